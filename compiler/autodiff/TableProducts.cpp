// TableProducts.cpp - products of rows that were looked up are made of the table, where it has fewer rows.
// SPDX-License-Identifier: Apache-2.0
//
//   %e = gather %table, %i : f32[64, batch, 64]          %p = matmul %table, %w : f32[65, 1024]
//   %y = matmul %e, %w : f32[64, batch, 1024]     =>     %y = gather %p, %i : f32[64, batch, 1024]
//
// So for both gradients, %c being that of %y: rows of it that belong to one row of the table are added up first.
//
//   %dw = matmul %e, %c, transpose_a                     %s = scatter_add %i, %c : f32[65, 1024]
//   %de = matmul %c, %w, transpose_b              =>     %dw = matmul %table, %s, transpose_a
//   %dt = scatter_add %i, %de                            %dt = matmul %s, %w, transpose_b
//
// Views may lie between that leave the features side by side; indices are then viewed so.
#include "compiler/CostModel.h"
#include "compiler/Passes.h"
#include "compiler/Permutation.h"

using namespace mlir;
using namespace dlc;

namespace {
class TableProducts {
public:
  explicit TableProducts(const Extents &capacity) : capacity(capacity) {}
  void rewrite(EntryOp entry);

private:
  bool pays(Value index, Dim rows, Value features);
  Value forward(MatmulOp product);
  Value weightGradient(MatmulOp product);
  Value tableGradient(ScatterAddOp sum);

  const Extents &capacity;
};
} // namespace

//===--- Views of rows ----------------------------------------------------------------------------------===//

/// Moves whole rows: the last axis stays the last.
static bool isRowView(Operation *op) {
  if (!isa_and_nonnull<TransposeOp, ReshapeOp>(op))
    return false;
  SmallVector<Dim> from = dimsOf(op->getOperand(0)), to = dimsOf(op->getResult(0));
  if (from.empty() || to.empty() || from.back() != to.back())
    return false;
  auto swap = dyn_cast<TransposeOp>(op);
  return !swap || permutationOf(swap).back() == (int64_t)from.size() - 1;
}
/// What rows are views of, and the views, the last one first.
static Value underRowViews(Value value, SmallVectorImpl<Operation *> &views) {
  while (isRowView(value.getDefiningOp())) {
    views.push_back(value.getDefiningOp());
    value = views.back()->getOperand(0);
  }
  return value;
}
static SmallVector<Dim> leading(Value value) {
  SmallVector<Dim> dims = dimsOf(value);
  dims.pop_back();
  return dims;
}
static Value reshaped(const Ops &b, Value index, ArrayRef<Dim> dims) {
  if (auto view = index.getDefiningOp<ReshapeOp>())
    index = view->getOperand(0);
  return dimsOf(index) == dims ? index : b.reshape(index, dims);
}
/// The index of each row of what the views make, where `index` is that of each row that they are made of.
static Value viewed(const Ops &b, Value index, ArrayRef<Operation *> views) {
  for (Operation *view : llvm::reverse(views))
    if (auto swap = dyn_cast<TransposeOp>(view))
      index = b.transpose(index, ArrayRef<int64_t>(permutationOf(swap)).drop_back());
    else
      index = reshaped(b, index, leading(view->getResult(0)));
  return index;
}
/// And back.
static Value unviewed(const Ops &b, Value index, ArrayRef<Operation *> views) {
  for (Operation *view : views)
    if (auto swap = dyn_cast<TransposeOp>(view))
      index = b.transpose(index, ArrayRef<int64_t>(inverse(permutationOf(swap))).drop_back());
    else
      index = reshaped(b, index, leading(view->getOperand(0)));
  return index;
}

/// A lookup in one table of rows.
static GatherOp lookup(Value value) {
  auto gather = value.getDefiningOp<GatherOp>();
  return gather && !tableAxes(gather) && typeOf(gather.getTable()).getRank() == 2 ? gather : GatherOp();
}
static bool isMatrix(Value value) { return typeOf(value).getRank() == 2; }

//===--- The three products -----------------------------------------------------------------------------===//

bool TableProducts::pays(Value index, Dim rows, Value features) {
  int64_t lookups = 1;
  for (Dim dim : dimsOf(index))
    lookups *= dim.at(capacity);
  Dim summed = dimsOf(features).back();
  return rows.isNumber() && rows.value * leastLookups <= lookups && summed.isNumber() &&
         summed.value >= leastLookedUpFeatures && isa<FloatType>(typeOf(features).getElementType());
}

Value TableProducts::forward(MatmulOp product) {
  SmallVector<Operation *> views;
  GatherOp gather = lookup(underRowViews(product.getLhs(), views));
  if (!gather || product.getTransposeA() || !isMatrix(product.getRhs()) ||
      !pays(gather.getIndex(), dimsOf(gather.getTable())[0], gather.getTable()))
    return nullptr;
  OpBuilder builder(product);
  Value made =
      Ops(builder, product.getLoc()).matmul(gather.getTable(), product.getRhs(), false, product.getTransposeB());
  Ops b(builder, gather.getLoc());
  return b.create<GatherOp>({made, viewed(b, gather.getIndex(), views)}, {}).getResult();
}

/// The rows of `value` that belong to one index added up; `index` has one for each row.
static Value sumsOf(const Ops &b, Value index, Value value, Dim rows) {
  SmallVector<Operation *> views;
  Value source = underRowViews(value, views);
  return b.create<ScatterAddOp>({unviewed(b, index, views), source}, {b.size("count", rows.value)}).getResult();
}

Value TableProducts::weightGradient(MatmulOp product) {
  if (!product.getTransposeA() || product.getTransposeB() || !isMatrix(product.getLhs()) || !isMatrix(product.getRhs()))
    return nullptr;
  for (bool isRight : {false, true}) {
    SmallVector<Operation *> views;
    GatherOp gather = lookup(underRowViews(product->getOperand(isRight), views));
    if (!gather || !pays(gather.getIndex(), dimsOf(gather.getTable())[0], gather.getTable()))
      continue;
    OpBuilder builder(product);
    Ops b(builder, product.getLoc());
    Value table = gather.getTable(),
          sums = sumsOf(b, viewed(b, gather.getIndex(), views), product->getOperand(!isRight), dimsOf(table)[0]);
    return isRight ? b.matmul(sums, table, true, false) : b.matmul(table, sums, true, false);
  }
  return nullptr;
}

Value TableProducts::tableGradient(ScatterAddOp sum) {
  SmallVector<Operation *> views;
  auto product = underRowViews(sum.getUpdate(), views).getDefiningOp<MatmulOp>();
  Dim rows = dimsOf(sum.getResult())[0];
  if (tableAxes(sum) || !product || product.getTransposeA() || !isMatrix(product.getRhs()) || !product->hasOneUse() ||
      llvm::any_of(views, [](Operation *view) { return !view->hasOneUse(); }) ||
      !pays(sum.getIndex(), rows, sum.getUpdate()))
    return nullptr;
  OpBuilder builder(sum);
  Ops b(builder, product.getLoc());
  Value sums = sumsOf(b, unviewed(b, sum.getIndex(), views), product.getLhs(), rows);
  return b.matmul(sums, product.getRhs(), false, product.getTransposeB());
}

void TableProducts::rewrite(EntryOp entry) {
  SmallVector<Operation *> all;
  entry.walk([&](Operation *op) { all.push_back(op); });
  for (Operation *op : all) {
    Value made;
    if (auto product = dyn_cast<MatmulOp>(op)) {
      made = forward(product);
      if (!made)
        made = weightGradient(product);
    } else if (auto sum = dyn_cast<ScatterAddOp>(op)) {
      made = tableGradient(sum);
    }
    if (made)
      op->replaceAllUsesWith(ValueRange{made});
  }
}

void dlc::multiplyTables(EntryOp entry, const Extents &capacity) { TableProducts(capacity).rewrite(entry); }
