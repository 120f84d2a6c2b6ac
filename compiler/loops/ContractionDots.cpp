// ContractionDots.cpp - products of few rows with a matrix stored by columns: dot products with lanes along
// k. SPDX-License-Identifier: Apache-2.0
//
// Few rows do not pay for transposing B, and both operands are consecutive along k:
//
//   for 16 columns, some at a time: acc[m, n] = scf.for k step 16 { vector.fma A[m, k..], B[k.., n], acc }
//   the lanes of 16 accumulators are added pairwise, neighbours first, until one vector holds the 16 sums
//
// A long k is done in blocks, whose accumulators are added up before that.
//
// The order depends on nothing but the number of lanes, which is the same for all targets.
#include "compiler/loops/ContractionTiles.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace dlc;

namespace {
class DotEmitter {
public:
  DotEmitter(LoopBuilder &b, const Contraction &c, const ProductPlan &plan)
      : b(b), c(c), lanes(plan.lanes), rowsAtOnce(plan.rowsAtOnce), columnsAtOnce(plan.columnsAtOnce),
        rowsUnrolled(plan.rowsUnrolled) {
    vectorType = VectorType::get({lanes}, c.element);
    maskType = VectorType::get({lanes}, b.getI1Type());
    zero = arith::ConstantOp::create(b, DenseElementsAttr::get(vectorType, b.getZeroAttr(c.element)));
  }

  /// Groups [first, last) of `lanes` columns.
  void emit(Value first, Value last) {
    int64_t whole = c.n.capacity / lanes, rest = c.n.capacity % lanes;
    Value wholeEnd = b.constant(whole);
    if (c.n.size)
      wholeEnd = arith::DivUIOp::create(b, c.n.size, b.constant(lanes));
    if (whole) {
      auto loop = scf::ForOp::create(b, first, arith::MinSIOp::create(b, last, wholeEnd), b.constant(1));
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(loop.getBody());
      emitGroup(loop.getInductionVar(), lanes, Value());
    }
    if (!c.n.size && !rest)
      return;
    Value end = b.constant(llvm::divideCeil(c.n.capacity, lanes)), mask;
    if (c.n.size) {
      Value left = arith::SubIOp::create(b, c.n.size, b.mul(wholeEnd, lanes));
      mask = vector::CreateMaskOp::create(b, maskType, left);
      end = arith::DivUIOp::create(b, b.add(c.n.size, lanes - 1), b.constant(lanes));
      rest = lanes;
    } else {
      SmallVector<bool> exist(lanes, false);
      std::fill_n(exist.begin(), rest, true);
      mask = arith::ConstantOp::create(b, DenseElementsAttr::get(maskType, exist));
    }
    // Runs once or never.
    auto loop = scf::ForOp::create(b, arith::MaxSIOp::create(b, first, wholeEnd), arith::MinSIOp::create(b, last, end),
                                   b.constant(1));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    emitGroup(loop.getInductionVar(), rest, mask);
  }

private:
  /// `columns` of the group may exist; `mask`: which do, null if all.
  void emitGroup(Value index, int64_t columns, Value mask) {
    Value column = b.mul(index, lanes), lastColumn = mask ? b.add(sizeOf(b, c.n), -1) : Value();
    int64_t width = std::min<int64_t>(columnsAtOnce, llvm::PowerOf2Ceil(columns));
    SmallVector<Value> columnOrigins;
    for (int64_t n = 0; n < llvm::divideCeil(columns, width) * width; ++n) {
      Value at = b.add(column, n);
      if (mask) // columns beyond the last repeat it
        at = arith::MinSIOp::create(b, at, lastColumn);
      columnOrigins.push_back(b.add(c.rhsBase, b.mul(at, c.rhsStride[1])));
    }
    auto tile = [&](Value row, int64_t rows, bool isCut) {
      emitTile(row, rows, isCut, columnOrigins, width, column, mask);
    };
    int64_t m = c.m.capacity;
    if (m <= rowsUnrolled || c.finishRows)
      return tile(b.constant(0), m, bool(c.m.size));
    Value whole =
        c.m.size ? b.mul(b.floorDiv(c.m.size, rowsAtOnce), rowsAtOnce) : b.constant(m / rowsAtOnce * rowsAtOnce);
    b.forEach(b.constant(0), whole, rowsAtOnce, [&](Value row) { tile(row, rowsAtOnce, false); });
    if (c.m.size)
      b.when(b.less(whole, c.m.size), [&] { tile(whole, rowsAtOnce - 1, true); });
    else if (m % rowsAtOnce)
      tile(whole, m % rowsAtOnce, false);
  }

  /// Some rows of a group. `isCut`: of the rows after the first, those from m.size on are not there.
  void emitTile(Value row, int64_t rows, bool isCut, ArrayRef<Value> columnOrigins, int64_t width, Value column,
                Value mask) {
    SmallVector<Value> rowIndices, rowOrigins;
    Value lastRow = isCut ? b.add(c.m.size, -1) : Value();
    for (int64_t r = 0; r < rows; ++r) {
      rowIndices.push_back(b.add(row, r));
      Value read = isCut && r ? arith::MinSIOp::create(b, rowIndices[r], lastRow).getResult() : rowIndices[r];
      rowOrigins.push_back(b.add(c.lhsBase, b.mul(read, c.lhsStride[0])));
    }
    SmallVector<SmallVector<Value>> sums(rows); // of each row, one vector for `width` columns
    for (size_t n = 0; n < columnOrigins.size(); n += width)
      for (int64_t r = 0; r < rows; r += rowsAtOnce) {
        int64_t some = std::min(rowsAtOnce, rows - r);
        SmallVector<Value> products = emitDots(ArrayRef(rowOrigins).slice(r, some), columnOrigins.slice(n, width));
        for (int64_t i = 0; i < some; ++i)
          sums[r + i].push_back(addLanes(ArrayRef(products).slice(i * width, width), 1));
      }
    SmallVector<Value> finished;
    for (SmallVector<Value> &ofRow : sums) {
      ofRow.resize(lanes / width, zero);
      finished.push_back(addLanes(ofRow, width));
    }
    if (c.finishRows)
      return c.finishRows(row, column, finished, mask);
    for (int64_t r = 0; r < rows; ++r) {
      OpBuilder::InsertionGuard guard(b);
      if (isCut && r)
        b.enterIf(b.less(rowIndices[r], c.m.size));
      c.finish(b, rowIndices[r], column, finished[r], mask);
    }
  }

  /// Products of all rows with all columns, lanes not yet added.
  SmallVector<Value> emitDots(ArrayRef<Value> rowOrigins, ArrayRef<Value> columnOrigins) {
    int64_t block = sumBlock / 4 * lanes;
    if (c.k.capacity <= block)
      return emitDots(rowOrigins, columnOrigins, b.constant(0), sizeOf(b, c.k));
    Value size = sizeOf(b, c.k);
    SmallVector<Value> sums(rowOrigins.size() * columnOrigins.size(), beforeBlocks(b, c));
    auto forOp = scf::ForOp::create(b, b.constant(0), size, b.constant(block), sums);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(forOp.getBody());
    Value start = forOp.getInductionVar(), end = b.add(start, block);
    if (c.k.size || c.k.capacity % block)
      end = arith::MinSIOp::create(b, end, size);
    SmallVector<Value> own = emitDots(rowOrigins, columnOrigins, start, end);
    for (auto [sum, before] : llvm::zip(own, forOp.getRegionIterArgs()))
      sum = arith::AddFOp::create(b, before, sum);
    scf::YieldOp::create(b, own);
    return forOp.getResults();
  }

  /// The same for k in [start, size).
  SmallVector<Value> emitDots(ArrayRef<Value> rowOrigins, ArrayRef<Value> columnOrigins, Value start, Value size) {
    SmallVector<Value> sums(rowOrigins.size() * columnOrigins.size(), zero);
    Value step = b.constant(lanes);
    std::optional<int64_t> knownStart = getConstantIntValue(start), knownSize = getConstantIntValue(size);
    std::optional<int64_t> known;
    if (knownStart && knownSize)
      known = *knownSize - *knownStart;
    // Blocks start at multiples of the lanes.
    Value whole =
        knownSize ? b.constant(*knownSize & -lanes) : arith::AndIOp::create(b, size, b.constant(-lanes)).getResult();
    auto loop = [&](Value from, Value to, bool masked) {
      auto forOp = scf::ForOp::create(b, from, to, step, sums);
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(forOp.getBody());
      Value k = forOp.getInductionVar(), mask;
      if (masked)
        mask = vector::CreateMaskOp::create(b, maskType, arith::SubIOp::create(b, size, k).getResult());
      auto load = [&](Value buffer, Value origin) -> Value {
        Value at = b.add(origin, k);
        if (mask)
          return vector::MaskedLoadOp::create(b, vectorType, buffer, at, mask, zero);
        return vector::LoadOp::create(b, vectorType, buffer, at);
      };
      SmallVector<Value> next(forOp.getRegionIterArgs()), rows;
      for (Value origin : rowOrigins)
        rows.push_back(load(c.lhs, origin));
      for (auto [j, origin] : llvm::enumerate(columnOrigins)) {
        Value column = load(c.rhs, origin);
        for (auto [i, row] : llvm::enumerate(rows)) {
          Value &sum = next[i * columnOrigins.size() + j];
          sum = vector::FMAOp::create(b, row, column, sum);
        }
      }
      scf::YieldOp::create(b, next);
      sums.assign(forOp.getResults().begin(), forOp.getResults().end());
    };
    if (!known || *known >= lanes)
      loop(start, whole, false);
    if (!known || *known % lanes)
      loop(whole, size, true);
    return sums;
  }

  /// Adds lanes `distance` apart, of two vectors into one, then twice as far apart, until one vector is left.
  /// Lane l of it belongs to the vector that has its number, in units of the first distance.
  Value addLanes(ArrayRef<Value> vectors, int64_t distance) {
    SmallVector<Value> now(vectors);
    for (; now.size() > 1; distance *= 2) {
      SmallVector<int64_t> low, high;
      for (int64_t l = 0; l < lanes; ++l) {
        low.push_back(l & distance ? lanes + l - distance : l);
        high.push_back(l & distance ? lanes + l : l + distance);
      }
      SmallVector<Value> next;
      for (size_t i = 0; i < now.size(); i += 2)
        next.push_back(now[i] == zero && now[i + 1] == zero
                           ? zero
                           : arith::AddFOp::create(b, vector::ShuffleOp::create(b, now[i], now[i + 1], low),
                                                   vector::ShuffleOp::create(b, now[i], now[i + 1], high))
                                 .getResult());
      now = next;
    }
    return now[0];
  }

  LoopBuilder &b;
  const Contraction &c;
  int64_t lanes, rowsAtOnce, columnsAtOnce, rowsUnrolled;
  VectorType vectorType, maskType;
  Value zero;
};
} // namespace

void dlc::emitDots(LoopBuilder &b, const Contraction &c, const ProductPlan &plan, Value first, Value last) {
  OpBuilder::InsertionGuard guard(b);
  if (c.m.size)
    b.enterIf(arith::CmpIOp::create(b, arith::CmpIPredicate::sgt, c.m.size, b.constant(0)));
  DotEmitter(b, c, plan).emit(first, last);
}
