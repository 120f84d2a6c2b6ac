// CutProducts.cpp - of a product only what is read is made, and of its padded operands only what it reads.
// SPDX-License-Identifier: Apache-2.0
//
//   %p = pad %c, low = 2, high = 2 : f32[11]             %p = pad %c, low = 1, high = 1 : f32[9]
//   %y = contract %p, %w, over = [9, 3]          =>      %z = contract %p, %w, over = [7, 3]
//   %z = slice %y, start = 1, size = 7
//
// The gradient of a picture with a border is such a product: the border has one, too, that nobody asks for.
#include "compiler/Passes.h"
#include "dialects/dl/DL.h"

using namespace mlir;
using namespace dlc;

static ContractOp remade(ContractOp product, ArrayRef<Value> operands, ArrayRef<Dim> over, ArrayRef<AffineMap> maps) {
  OpBuilder builder(product);
  Ops b(builder, product.getLoc());
  Value made = b.create<ContractOp>(operands, {b.sizes("over", over), b.size("kept", product.getKept().number()),
                                               b.set("lhs_map", AffineMapAttr::get(maps[0])),
                                               b.set("rhs_map", AffineMapAttr::get(maps[1]))})
                   .getResult();
  return made.getDefiningOp<ContractOp>();
}
/// Each result with an expression in place of one of the dimensions.
static AffineMap withPlace(AffineMap map, unsigned dim, AffineExpr place) {
  return map.replace(getAffineDimExpr(dim, map.getContext()), place, map.getNumDims(), 0);
}

/// Where one slice alone reads a product, its points are those of the slice.
static ContractOp cutToSlice(ContractOp product) {
  auto slice = product.getResult().hasOneUse() ? dyn_cast<SliceOp>(*product.getResult().user_begin()) : SliceOp();
  if (!slice)
    return nullptr;
  SmallVector<Dim> over = product.getIterationSizes();
  int64_t axis = slice.getAlong();
  Dim start = slice.getStartAttr() ? slice.getStartAttr().evaluate() : Dim(0), size = dimsOf(slice.getResult())[axis];
  if (!over[axis].isNumber() || !start.isNumber() || !size.isNumber() || size.value < 1)
    return nullptr;
  over[axis] = size;
  AffineExpr place = getAffineDimExpr(axis, product.getContext()) + start.value;
  ContractOp cut = remade(product, {product.getLhs(), product.getRhs()}, over,
                          {withPlace(product.getLhsMap(), axis, place), withPlace(product.getRhsMap(), axis, place)});
  slice.getResult().replaceAllUsesWith(cut.getResult());
  slice.erase();
  product.erase();
  return cut;
}

/// The least and the greatest place that a sum of dimensions reaches; nothing if that depends on the batch.
static std::optional<std::pair<int64_t, int64_t>> rangeOf(AffineExpr expr, ArrayRef<Dim> sizes) {
  auto at = [&](std::optional<unsigned> one) {
    SmallVector<AffineExpr> point;
    for (unsigned i = 0; i < sizes.size(); ++i)
      point.push_back(getAffineConstantExpr(one == i, expr.getContext()));
    return cast<AffineConstantExpr>(expr.replaceDims(point)).getValue();
  };
  int64_t least = at({}), most = least, start = least;
  for (unsigned i = 0; i < sizes.size(); ++i) {
    int64_t factor = expr.isFunctionOfDim(i) ? at(i) - start : 0;
    if (factor && !sizes[i].isNumber())
      return std::nullopt;
    if (factor)
      (factor < 0 ? least : most) += factor * (sizes[i].value - 1);
  }
  return std::pair(least, most);
}

/// A border that a product reads in part is made in part.
static ContractOp narrowPads(ContractOp product) {
  SmallVector<Value> operands(product->getOperands());
  SmallVector<AffineMap> maps{product.getLhsMap(), product.getRhsMap()};
  SmallVector<Dim> over = product.getIterationSizes();
  bool changed = false;
  SmallVector<Operation *> old;
  for (auto [operand, map] : llvm::zip(operands, maps)) {
    auto pad = operand.getDefiningOp<PadOp>();
    if (!pad || !operand.hasOneUse())
      continue;
    SmallVector<Dim> dims = dimsOf(operand);
    auto numbers = [&](ArrayAttr sizes) {
      SmallVector<int64_t> result(dims.size(), 0);
      for (size_t i = 0; sizes && i < result.size(); ++i)
        result[i] = cast<SizeAttr>(sizes[i]).number();
      return result;
    };
    SmallVector<int64_t> low = numbers(pad.getLowAttr()), high = numbers(pad.getHighAttr());
    SmallVector<AffineExpr> places(map.getResults());
    bool isNarrower = false;
    for (auto [axis, place] : llvm::enumerate(places)) {
      auto range = rangeOf(place, over);
      if (!range || !dims[axis].isNumber())
        continue;
      int64_t before = std::max<int64_t>(std::min(low[axis], range->first), 0),
              behind = std::max<int64_t>(std::min(high[axis], dims[axis].value - 1 - range->second), 0);
      isNarrower |= before > 0 || behind > 0;
      low[axis] -= before;
      high[axis] -= behind;
      place = place - before;
    }
    if (!isNarrower)
      continue;
    OpBuilder builder(pad);
    Ops b(builder, pad.getLoc());
    SmallVector<NamedAttribute> options{b.sizes("low", low), b.sizes("high", high)};
    if (pad.getValueAttr())
      options.push_back({pad.getValueAttrName(), pad.getValueAttr()});
    old.push_back(pad);
    operand = b.create<PadOp>({pad.getInput()}, options).getResult();
    map = AffineMap::get(map.getNumDims(), 0, places, map.getContext());
    changed = true;
  }
  if (!changed)
    return product;
  ContractOp narrow = remade(product, operands, over, maps);
  product.getResult().replaceAllUsesWith(narrow.getResult());
  product.erase();
  for (Operation *pad : old)
    pad->erase();
  return narrow;
}

void dlc::cutProducts(EntryOp entry) {
  SmallVector<ContractOp> products;
  entry.walk([&](ContractOp product) { products.push_back(product); });
  for (ContractOp product : products) {
    bool isCut = false;
    while (ContractOp cut = cutToSlice(product)) {
      product = cut;
      isCut = true;
    }
    if (isCut)
      narrowPads(product);
  }
}
