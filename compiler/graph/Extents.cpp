// Extents.cpp - the open sizes of a model, and the most that each may be.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/graph/Extents.h"

using namespace mlir;
using namespace dlc;

static bool dependsOn(Value value, StringRef name) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && llvm::any_of(dimsOf(type), [&](Dim dim) { return dim.power(name); });
}
Extents dlc::usualExtents(EntryOp entry, const CompileOptions &options) {
  std::vector<Extents> all = capacitiesOf(entry, options);
  return entry.getKind() == "train" || entry.getKind() == "gradients" ? all.back() : all.front();
}
bool dlc::dependsOn(EntryOp entry, StringAttr name) {
  auto depends = [&](Value value) { return ::dependsOn(value, name); };
  return llvm::any_of(entry.getBody().getArguments(), depends) ||
         llvm::any_of(entry.getBody().front().getTerminator()->getOperands(), depends);
}

/// All choices of one of these capacities for each size.
static std::vector<Extents> choices(ArrayRef<std::pair<StringAttr, std::vector<int64_t>>> sizes) {
  std::vector<Extents> all(1);
  for (const auto &[name, capacities] : sizes) {
    std::vector<Extents> longer;
    for (const Extents &one : all)
      for (int64_t capacity : capacities) {
        longer.push_back(one);
        longer.back().add(name, capacity);
      }
    all = std::move(longer);
  }
  return all;
}
static std::vector<Extents> capacitiesOf(ModelOp model, const CompileOptions &options,
                                         llvm::function_ref<bool(StringAttr)> isUsed) {
  SmallVector<std::pair<StringAttr, std::vector<int64_t>>> sizes{
      {StringAttr::get(model.getContext(), "batch"), options.batch}};
  for (auto [name, size] :
       llvm::zip(model.getOpenNames().getAsRange<StringAttr>(), model.getOpenSizes().getAsRange<SizeAttr>())) {
    auto given = options.open.find(name.str());
    sizes.push_back({name, given != options.open.end() ? given->second : std::vector<int64_t>{size.number()}});
  }
  for (auto &[name, capacities] : sizes)
    if (!isUsed(name))
      capacities.resize(1);
  return choices(sizes);
}
std::vector<Extents> dlc::capacitiesOf(ModelOp model, const CompileOptions &options) {
  return ::capacitiesOf(model, options, [](StringAttr) { return true; });
}
std::vector<Extents> dlc::capacitiesOf(EntryOp entry, const CompileOptions &options) {
  return ::capacitiesOf(entry->getParentOfType<ModelOp>(), options,
                        [&](StringAttr name) { return dependsOn(entry, name); });
}

LogicalResult dlc::checkExtents(EntryOp entry) {
  LogicalResult result = success();
  auto model = entry->getParentOfType<ModelOp>();
  for (StringAttr name : model.getOpenNames().getAsRange<StringAttr>()) {
    Dim size = openSize(name);
    bool isTold = false;
    for (auto [argument, about] :
         llvm::zip(entry.getBody().getArguments(), entry.getArgAttrs().getAsRange<DictionaryAttr>()))
      isTold |= about.contains("input") &&
                llvm::any_of(dimsOf(argument), [&](Dim dim) { return dim.isOpen() && dim.open == size.open; });
    if (isTold)
      continue;
    entry.walk([&](Operation *op) {
      auto depends = [&](Value value) { return ::dependsOn(value, name); };
      if (llvm::none_of(op->getResults(), depends) && llvm::none_of(op->getOperands(), depends))
        return WalkResult::advance();
      result = complain(op) << "@" << entry.getSymName() << " depends on the open size '" << name.getValue()
                            << "', which no input tells; expected an input with an axis of that size, such as f32["
                            << name.getValue() << "]";
      return WalkResult::interrupt();
    });
  }
  return result;
}

ArrayAttr dlc::describeExtents(EntryOp entry, const Extents &capacity) {
  Builder b(entry.getContext());
  return b.getArrayAttr(llvm::map_to_vector(capacity.list(), [&](auto one) -> Attribute {
    int64_t most = dependsOn(entry, one.first) ? one.second : 0;
    return b.getDictionaryAttr(
        {b.getNamedAttr("name", one.first), b.getNamedAttr("capacity", b.getI64IntegerAttr(most))});
  }));
}
Extents dlc::extentsOf(DictionaryAttr entry) {
  Extents extents;
  auto sizes = entry.getAs<ArrayAttr>("extents");
  for (auto one : (sizes ? sizes : ArrayAttr::get(entry.getContext(), {})).getAsRange<DictionaryAttr>())
    extents.add(one.getAs<StringAttr>("name"), one.getAs<IntegerAttr>("capacity").getInt());
  return extents;
}

std::string dlc::show(const Extents &extents) {
  std::string text;
  for (auto [name, number] : extents.list())
    text += (text.empty() ? "" : ", ") + name.str() + " " + std::to_string(number);
  return text;
}
