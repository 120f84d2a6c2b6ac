// PackWeights.cpp - weights that products alone read, and what loops read again and again, lie in blocks of columns.
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
//
// What the products of a loop read in each of many rounds is packed before the loop, whatever it is and along whichever axis
// its columns lie:
//
//   %y = repeat 64 @body(%h, %u)         %b = transpose (reshape %u, [256, 64, 16]), [1, 0, 2]
//                                 =>     %y = repeat 64 @body(%h, %b)
#include "compiler/CostModel.h"
#include "compiler/Passes.h"
#include "compiler/Types.h"
#include "compiler/graph/Extents.h"
#include "compiler/graph/Stored.h"
#include "compiler/kernels/Rounds.h"
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
/// The axis of the operand that a product reads at its last dimension, and nothing else there: that of the columns.
static std::optional<unsigned> columnsOf(OpOperand &use) {
  Operation *op = use.getOwner();
  if (!isProduct(op))
    return std::nullopt;
  auto fusible = cast<FusibleOpInterface>(op);
  SmallVector<AffineMap> maps = fusible.getAccessMaps();
  unsigned kept = typeOf(op->getResult(0)).getRank(), number = use.getOperandNumber();
  AffineMap own = maps[number], other = maps[1 - number];
  if (kept == 0 || op->getOperand(1 - number) == use.get() || own.getNumSymbols() || other.getNumSymbols() ||
      other.isFunctionOfDim(kept - 1))
    return std::nullopt;
  std::optional<unsigned> axis = own.getResultPosition(getAffineDimExpr(kept - 1, op->getContext()));
  auto moves = [&](AffineExpr expr) { return expr.isFunctionOfDim(kept - 1); };
  if (!axis || llvm::count_if(own.getResults(), moves) != 1 ||
      fusible.getIterationSizes()[kept - 1] != dimsOf(use.get())[*axis])
    return std::nullopt;
  return axis;
}
/// As many elements as a cache line has: vectors of columns in the order of the plan of a product.
static int64_t blockOf(RankedTensorType type) { return productLanes(type.getElementTypeBitWidth() / 8); }

static bool mayBePacked(RankedTensorType type, unsigned axis) {
  return type.getRank() > 1 && type.getRank() < (int64_t)DLC_MAX_RANK && isa<FloatType>(type.getElementType()) &&
         type.hasStaticShape() && type.getDimSize(axis) % blockOf(type) == 0 &&
         type.getNumElements() * bytesOf(type.getElementType()) >= leastPackedBytes;
}
/// A stored weight, whose last axis is that of the columns for all that read it.
static bool mayBePacked(BlockArgument argument) {
  unsigned last = typeOf(argument).getRank() - 1;
  return llvm::all_of(argument.getUses(), [&](OpOperand &use) { return columnsOf(use) == last; }) &&
         mayBePacked(typeOf(argument), last);
}

/// The same product, of what is given in blocks for one of its operands.
static void readBlocks(OpOperand &use, unsigned axis, Value packed) {
  Operation *op = use.getOwner();
  auto fusible = cast<FusibleOpInterface>(op);
  SmallVector<AffineMap> maps = fusible.getAccessMaps();
  AffineMap &own = maps[use.getOperandNumber()];
  int64_t block = typeOf(packed).getShape().back(), kept = typeOf(op->getResult(0)).getRank();
  AffineExpr column = own.getResult(axis);
  SmallVector<AffineExpr> places(own.getResults());
  places.erase(places.begin() + axis);
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
    readBlocks(use, type.getRank() - 1, packed);
  entry.getBody().eraseArgument(number);
}

static void packStored(ModelOp model) {
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

//===--- Before a loop ----------------------------------------------------------------------------------===//

/// All places of the product that read one element of the operand: its rows, and products that share it.
static int64_t readersOf(OpOperand &use, const Extents &capacity) {
  auto fusible = cast<FusibleOpInterface>(use.getOwner());
  AffineMap own = fusible.getAccessMaps()[use.getOperandNumber()];
  int64_t count = 1;
  for (auto [dim, size] : llvm::enumerate(fusible.getIterationSizes()))
    if (!own.isFunctionOfDim(dim))
      count *= size.at(capacity);
  return count;
}

/// The tensor in blocks of columns, which lie along the axis.
static Value blocksOf(const Ops &b, Value value, unsigned axis) {
  SmallVector<Dim> dims = dimsOf(value);
  int64_t block = blockOf(typeOf(value));
  dims.insert(dims.begin() + axis + 1, Dim(block));
  dims[axis] = dims[axis].value / block;
  SmallVector<int64_t> order = llvm::to_vector(llvm::seq<int64_t>(0, dims.size()));
  order.erase(order.begin() + axis, order.begin() + axis + 2);
  order.insert(order.begin(), axis);
  order.push_back(axis + 1);
  return b.transpose(b.reshape(value, dims), order);
}

/// Gives the loop one more argument, which is the same in each round.
static Value capture(RepeatOp repeat, EntryOp body, Value value) {
  Builder b(repeat.getContext());
  repeat.getArgsMutable().append(value);
  SmallVector<Attribute> about(body.getArgAttrs().getValue());
  about.push_back(b.getDictionaryAttr(b.getNamedAttr("captured", b.getUnitAttr())));
  body.setArgAttrsAttr(b.getArrayAttr(about));
  return body.getBody().addArgument(value.getType(), value.getLoc());
}
static void release(RepeatOp repeat, EntryOp body, unsigned number) {
  repeat.getArgsMutable().erase(number);
  SmallVector<Attribute> about(body.getArgAttrs().getValue());
  about.erase(about.begin() + number);
  body.setArgAttrsAttr(Builder(repeat.getContext()).getArrayAttr(about));
  body.getBody().eraseArgument(number);
}

static void packBefore(RepeatOp repeat, const Extents &capacity) {
  EntryOp body = bodyOf(repeat);
  int64_t rounds = repeat.getCount().evaluate().at(capacity);
  OpBuilder builder(repeat);
  Ops b(builder, repeat.getLoc());
  for (unsigned number = body.getArgAttrs().size(); number-- > 0;) {
    BlockArgument argument = body.getBody().getArgument(number);
    if (!cast<DictionaryAttr>(body.getArgAttrs()[number]).contains("captured"))
      continue;
    llvm::MapVector<unsigned, Value> packed; // by the axis of its columns
    for (OpOperand &use : llvm::make_early_inc_range(argument.getUses())) {
      std::optional<unsigned> axis = columnsOf(use);
      if (!axis || !mayBePacked(typeOf(argument), *axis))
        continue;
      int64_t rows = readersOf(use, capacity);
      if (rows > mostPackedRows || rows * rounds < leastPackedReads)
        continue;
      Value &blocks = packed[*axis];
      if (!blocks)
        blocks = capture(repeat, body, blocksOf(b, repeat.getArgs()[number], *axis));
      readBlocks(use, *axis, blocks);
    }
    if (argument.use_empty() && !packed.empty())
      release(repeat, body, number);
  }
}

void dlc::packWeights(ModelOp model, const CompileOptions &options) {
  packStored(model);
  if (options.memoryBudget) // a copy takes memory
    return;
  llvm::StringMap<int> repeats; // of a body: one that several repeat would have to read blocks in all of them
  model.walk([&](RepeatOp repeat) { ++repeats[repeat.getCallee()]; });
  for (EntryOp entry : model.getBody().getOps<EntryOp>())
    for (auto repeat : entry.getBody().getOps<RepeatOp>())
      if (repeats[repeat.getCallee()] == 1)
        packBefore(repeat, usualExtents(entry, options));
}
