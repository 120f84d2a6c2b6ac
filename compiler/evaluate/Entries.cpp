// Entries.cpp - what the attributes of an entry point say.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/evaluate/Entries.h"
#include "dialects/dl/Ports.h"

using namespace mlir;
using namespace dlc;

/// A slot's name behind that of its parameter.
static std::string nameIn(DictionaryAttr about, StringAttr name) {
  auto of = about.getAs<StringAttr>("of");
  return of ? (of.getValue() + "." + name.getValue()).str() : name.str();
}
std::vector<Argument> dlc::argumentsOf(EntryOp entry) {
  std::vector<Argument> arguments;
  for (auto [value, attr] : llvm::zip(entry.getBody().getArguments(), entry.getArgAttrs())) {
    auto about = cast<DictionaryAttr>(attr);
    Argument one{"", "", value, about, dtypeOf(typeOf(value).getElementType())};
    for (StringRef kind : argumentKinds)
      if (Attribute label = about.get(kind)) {
        one.kind = kind.str();
        one.name = isa<StringAttr>(label) ? nameIn(about, cast<StringAttr>(label)) : kind.str();
      }
    arguments.push_back(std::move(one));
  }
  return arguments;
}
std::vector<std::string> dlc::resultNames(EntryOp entry) {
  std::vector<std::string> names;
  for (auto about : entry.getResAttrs().getAsRange<DictionaryAttr>()) {
    auto name = about.getAs<StringAttr>("output");
    names.push_back(name ? name.str() : nameIn(about, about.getAs<StringAttr>("update")));
  }
  return names;
}
Array dlc::defaultValue(const Argument &argument, const std::vector<int64_t> &shape, int64_t seed, int64_t step) {
  Array array = Array::make(argument.type, shape);
  if (argument.kind == "random") {
    array.integers = {seed, step, 0};
    return array;
  }
  double value = step;
  if (auto number = argument.about.getAs<FloatAttr>("value"))
    value = number.getValueAsDouble();
  llvm::fill(array.reals, argument.type == DLC_F32 ? (double)(float)value : value);
  llvm::fill(array.integers, (int64_t)value);
  return array;
}
EntryOp dlc::findEntry(ModuleOp module, StringRef name) {
  InFlightDiagnostic error = complain(module.getLoc());
  error << "there is no entry point @" << name << "; the model has ";
  bool first = true;
  for (ModelOp model : module.getOps<ModelOp>())
    for (EntryOp entry : model.getBody().getOps<EntryOp>()) {
      if (entry.getSymName() == name) {
        error.abandon();
        return entry;
      }
      error << (first ? "@" : ", @") << entry.getSymName();
      first = false;
    }
  return nullptr;
}
