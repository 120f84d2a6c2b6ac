// PackWeights.cpp - weights that products alone read lie in blocks of columns.
// SPDX-License-Identifier: Apache-2.0
//
//   entry @predict(%x, %w: f32[256, 512] {layout = [1, 0]})
//     %y = matmul %x, %w
// =>
//   entry @predict(%x, %w: f32[32, 256, 16] {layout = [0, 1, 0]})
//     %y = contract %x, %w, over = [batch, 512, 256], ... (d0, d2), (d1 floordiv 16, d2, d1 mod 16)
//
// A product reads its right operand in panels of a few vectors of columns. Where rows are long, the lines of a panel lie far
// apart: they fall into few sets of the caches and many pages, so that a panel is copied first. Packed, each vector of
// columns has all of its rows one after the other: a panel is a few streams, however wide a target makes it, and no call
// copies it. Files stay as they are: the runtime brings a weight into order when it is loaded.
//
// A weight is packed if all entry points agree: products alone read it, each along its last axis as columns that the other
// operand does not have. What training writes is not: its gradient and its slots would have to lie so, too.
#include "compiler/CostModel.h"
#include "compiler/Passes.h"
#include "compiler/Types.h"
#include "compiler/graph/Stored.h"
#include "runtime/abi.h"

using namespace mlir;
using namespace dlc;

namespace {
/// Where a weight is given to entry points.
struct Weight {
  bool mayBePacked = true;
  SmallVector<std::pair<EntryOp, unsigned>> given; ///< as which argument
};
} // namespace

static bool isProduct(Operation *op) { return hasKind(op, IterationKind::Contraction) && op->getNumOperands() == 2; }
/// A product reads the operand's last axis, and nothing else, at its last dimension: that of the columns.
static bool readsColumns(OpOperand &use) {
  Operation *op = use.getOwner();
  if (!isProduct(op))
    return false;
  auto fusible = cast<FusibleOpInterface>(op);
  SmallVector<AffineMap> maps = fusible.getAccessMaps();
  unsigned kept = typeOf(op->getResult(0)).getRank(), number = use.getOperandNumber();
  AffineMap own = maps[number], other = maps[1 - number];
  if (kept == 0 || own.getNumSymbols() || other.getNumSymbols() || other.isFunctionOfDim(kept - 1) ||
      own.getResults().back() != getAffineDimExpr(kept - 1, op->getContext()) ||
      fusible.getIterationSizes()[kept - 1] != dimsOf(use.get()).back())
    return false;
  return llvm::none_of(own.getResults().drop_back(), [&](AffineExpr expr) { return expr.isFunctionOfDim(kept - 1); });
}
/// As many elements as a cache line has: vectors of columns in the order of the plan of a product.
static int64_t blockOf(RankedTensorType type) { return productLanes(type.getElementTypeBitWidth() / 8); }

static bool mayBePacked(BlockArgument argument) {
  RankedTensorType type = typeOf(argument);
  return type.getRank() > 1 && type.getRank() < (int64_t)DLC_MAX_RANK && isa<FloatType>(type.getElementType()) &&
         type.getShape().back() % blockOf(type) == 0 &&
         type.getNumElements() * bytesOf(type.getElementType()) >= leastPackedBytes &&
         llvm::all_of(argument.getUses(), readsColumns);
}

/// The same product, of what is given in blocks for one of its operands.
static void readBlocks(OpOperand &use, Value packed) {
  Operation *op = use.getOwner();
  auto fusible = cast<FusibleOpInterface>(op);
  SmallVector<AffineMap> maps = fusible.getAccessMaps();
  AffineMap &own = maps[use.getOperandNumber()];
  int64_t block = typeOf(packed).getShape().back(), kept = typeOf(op->getResult(0)).getRank();
  AffineExpr column = own.getResults().back();
  SmallVector<AffineExpr> places(own.getResults().drop_back());
  places.insert(places.begin(), column.floorDiv(block));
  places.push_back(column % block);
  own = AffineMap::get(own.getNumDims(), 0, places, op->getContext());
  SmallVector<Value> operands(op->getOperands());
  operands[use.getOperandNumber()] = packed;
  OpBuilder builder(op);
  Ops b(builder, op->getLoc());
  auto product = b.create<ContractOp>(operands, {b.sizes("over", fusible.getIterationSizes()), b.size("kept", kept),
                                                 b.set("lhs_map", AffineMapAttr::get(maps[0])),
                                                 b.set("rhs_map", AffineMapAttr::get(maps[1]))});
  op->replaceAllUsesWith(product);
  op->erase();
}

static void pack(EntryOp entry, unsigned number) {
  Builder b(entry.getContext());
  BlockArgument argument = entry.getBody().getArgument(number);
  RankedTensorType type = typeOf(argument);
  int64_t block = blockOf(type);
  SmallVector<int64_t> sizes(type.getShape());
  sizes.back() /= block;
  std::rotate(sizes.begin(), sizes.end() - 1, sizes.end());
  sizes.push_back(block);

  SmallVector<Attribute> all(entry.getArgAttrs().getValue());
  NamedAttrList about(cast<DictionaryAttr>(all[number]));
  auto order = dyn_cast_or_null<DenseI64ArrayAttr>(about.get("layout"));
  SmallVector<int64_t> layout =
      order ? llvm::to_vector(order.asArrayRef()) : llvm::to_vector(llvm::seq<int64_t>(0, type.getRank()));
  layout.insert(layout.begin(), layout.back());
  about.set("layout", b.getDenseI64ArrayAttr(layout));
  all[number] = about.getDictionary(entry.getContext());
  entry.setArgAttrsAttr(b.getArrayAttr(all));

  BlockArgument packed = entry.getBody().insertArgument(number + 1, RankedTensorType::get(sizes, type.getElementType()),
                                                        argument.getLoc());
  for (OpOperand &use : llvm::make_early_inc_range(argument.getUses()))
    readBlocks(use, packed);
  entry.getBody().eraseArgument(number);
}

void dlc::packWeights(ModelOp model) {
  llvm::MapVector<Attribute, Weight> weights; // by name
  for (EntryOp entry : model.getBody().getOps<EntryOp>()) {
    for (auto [argument, about] :
         llvm::zip(entry.getBody().getArguments(), entry.getArgAttrs().getAsRange<DictionaryAttr>()))
      if (Attribute name = about.get("parameter")) {
        Weight &weight = weights[name];
        weight.mayBePacked &= mayBePacked(argument);
        weight.given.push_back({entry, argument.getArgNumber()});
      } else if (Attribute of = about.get("of")) {
        weights[of].mayBePacked = false; // has slots
      }
    for (auto about : entry.getResAttrs().getAsRange<DictionaryAttr>())
      if (about.contains("update") && !about.contains("of"))
        weights[about.get("update")].mayBePacked = false;
  }
  for (auto &[name, weight] : weights)
    if (weight.mayBePacked)
      for (auto [entry, number] : weight.given)
        pack(entry, number);
}
