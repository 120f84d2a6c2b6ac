// StoredTensors.cpp - every stored tensor of every entry point, each once, with a place in its arena.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/plan/StoredTensors.h"
#include "compiler/Types.h"
#include "compiler/graph/Extents.h"

using namespace mlir;
using namespace dlc;

/// A stream of calls has as many rows as a call may have.
static RankedTensorType atCapacity(RankedTensorType type, const Extents &capacity) {
  if (type.hasStaticShape())
    return type;
  return RankedTensorType::get(llvm::map_to_vector(dimsOf(type), [&](Dim dim) { return dim.at(capacity); }),
                               type.getElementType());
}

StoredTensors::StoredTensors(ModuleOp module) {
  auto batch = StringAttr::get(module.getContext(), "batch");
  int64_t most = 1; // the largest: entry points of several capacities have one state in common
  for (auto schedule : module.getOps<ScheduleOp>())
    most = std::max(most, extentsOf(schedule->getAttrOfType<DictionaryAttr>("dl.entry"))[batch]);
  Extents capacity;
  capacity.add(batch, most);
  for (bool slots : {false, true})
    for (auto schedule : module.getOps<ScheduleOp>()) {
      auto about = schedule->getAttrOfType<DictionaryAttr>("dl.entry");
      for (auto [attrs, type] : llvm::zip(about.getAs<ArrayAttr>("arg_attrs").getAsRange<DictionaryAttr>(),
                                          about.getAs<ArrayAttr>("arg_types").getAsValueRange<TypeAttr>())) {
        RankedTensorType tensor = atCapacity(cast<RankedTensorType>(type), capacity);
        SmallVector<int64_t> layout = llvm::to_vector(llvm::seq<int64_t>(0, tensor.getRank()));
        int64_t split = 0;
        if (auto order = attrs.getAs<DenseI64ArrayAttr>("layout")) {
          layout = llvm::to_vector(order.asArrayRef());
          bool isSplit = layout.size() > 1 && layout.front() == layout.back();
          split = isSplit ? tensor.getShape().back() : 0;
          SmallVector<int64_t> logical(layout.size() - isSplit, 1);
          for (auto [size, axis] : llvm::zip(tensor.getShape(), layout))
            logical[axis] *= size;
          tensor = RankedTensorType::get(logical, tensor.getElementType());
        }
        auto init = attrs.getAs<InitAttr>("init");
        if (auto name = attrs.getAs<StringAttr>("parameter"); name && !slots)
          add(attrs, {name.str(), "", "", "", tensor, init, DLC_PARAMETER, DLC_PARAMS, layout, split});
        if (auto name = attrs.getAs<StringAttr>("buffer"); name && !slots)
          add(attrs, {name.str(), "", "", "", tensor, init, DLC_BUFFER, DLC_BUFFERS, layout, split});
        if (auto name = attrs.getAs<StringAttr>("session"); name && !slots)
          add(attrs, {name.str(), "", "", "", tensor, init, DLC_SESSION_STATE, DLC_SESSION, layout, split});
        if (auto name = attrs.getAs<StringAttr>("slot"); name && slots) {
          auto of = attrs.getAs<StringAttr>("of");
          std::string group = attrs.getAs<StringAttr>("group").str();
          add(attrs, {(of.getValue() + "." + name.getValue()).str(), of.str(), name.str(), group, tensor, init,
                      DLC_SLOT, DLC_TRAINING, layout, split});
          tensors[indexOf.at({Attribute(), of})].group = group;
        }
      }
    }
  for (StoredTensor &one : tensors)
    place(one);
}

void StoredTensors::add(DictionaryAttr about, StoredTensor one) {
  if (indexOf.try_emplace(storedKey(about), tensors.size()).second)
    tensors.push_back(std::move(one));
}

/// Behind those that came before; dense, in lines of DLC_ALIGNMENT.
void StoredTensors::place(StoredTensor &one) {
  int64_t count = std::max<int64_t>(one.type.getNumElements(), 1);
  one.bytes = llvm::alignTo(count * bytesOf(one.type.getElementType()), DLC_ALIGNMENT);
  one.offset = arenaBytes[one.arena];
  arenaBytes[one.arena] += one.bytes;
  one.strides.resize(one.type.getRank());
  int64_t stride = 1;
  ArrayRef<int64_t> whole = one.layout;
  if (one.split) {
    one.strides[whole.back()] = 1;
    stride = one.split;
    whole = whole.drop_front().drop_back();
  }
  for (int64_t axis : llvm::reverse(whole)) {
    one.strides[axis] = stride;
    stride *= one.type.getDimSize(axis);
  }
  one.splitStride = one.split ? stride : 0;
}

const StoredTensor *StoredTensors::find(DictionaryAttr about) const {
  auto it = indexOf.find(storedKey(about));
  return it == indexOf.end() ? nullptr : &tensors[it->second];
}
