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
  DotEmitter(ImplicitLocOpBuilder &b, const Contraction &c, bool wideRegisters) : b(b), c(c) {
    lanes = contractionLanes(c.element);
    vectorType = VectorType::get({lanes}, c.element);
    maskType = VectorType::get({lanes}, b.getI1Type());
    zero = arith::ConstantOp::create(b, DenseElementsAttr::get(vectorType, b.getZeroAttr(c.element)));
    int64_t m = c.m.capacity;
    rowsAtOnce = std::min<int64_t>(m, wideRegisters ? 4 : 2);
    columnsAtOnce = wideRegisters ? (m <= 2 ? 8 : 4) : (m == 1 ? 4 : 2);
  }

  /// Groups [first, last) of `lanes` columns.
  void emit(Value first, Value last) {
    int64_t whole = c.n.capacity / lanes, rest = c.n.capacity % lanes;
    Value wholeEnd = indexConstant(b, whole);
    if (c.n.size)
      wholeEnd = arith::DivUIOp::create(b, c.n.size, indexConstant(b, lanes));
    if (whole) {
      auto loop =
          scf::ForOp::create(b, first, arith::MinSIOp::create(b, last, wholeEnd), indexConstant(b, 1));
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(loop.getBody());
      emitGroup(loop.getInductionVar(), lanes, Value());
    }
    if (!c.n.size && !rest)
      return;
    Value end = indexConstant(b, llvm::divideCeil(c.n.capacity, lanes)), mask;
    if (c.n.size) {
      Value left = arith::SubIOp::create(b, c.n.size, scaleIndex(b, wholeEnd, lanes));
      mask = vector::CreateMaskOp::create(b, maskType, left);
      end = arith::DivUIOp::create(b, addIndex(b, c.n.size, lanes - 1), indexConstant(b, lanes));
      rest = lanes;
    } else {
      SmallVector<bool> exist(lanes, false);
      std::fill_n(exist.begin(), rest, true);
      mask = arith::ConstantOp::create(b, DenseElementsAttr::get(maskType, exist));
    }
    // Runs once or never.
    auto loop = scf::ForOp::create(b, arith::MaxSIOp::create(b, first, wholeEnd),
                                   arith::MinSIOp::create(b, last, end), indexConstant(b, 1));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    emitGroup(loop.getInductionVar(), rest, mask);
  }

private:
  /// `columns` of the group may exist; `mask`: which do, null if all.
  void emitGroup(Value index, int64_t columns, Value mask) {
    int64_t m = c.m.capacity;
    Value column = scaleIndex(b, index, lanes);
    Value lastColumn = mask ? addIndex(b, sizeOf(b, c.n), -1) : Value();
    Value lastRow = c.m.size ? addIndex(b, c.m.size, -1) : Value();
    SmallVector<Value> rowIndices, rowOrigins;
    for (int64_t r = 0; r < m; ++r) {
      rowIndices.push_back(indexConstant(b, r));
      Value read =
          lastRow && r ? arith::MinSIOp::create(b, rowIndices[r], lastRow).getResult() : rowIndices[r];
      rowOrigins.push_back(addIndex(b, c.lhsBase, scaleIndex(b, read, c.lhsStride[0])));
    }

    int64_t width = std::min<int64_t>(columnsAtOnce, llvm::PowerOf2Ceil(columns));
    SmallVector<SmallVector<Value>> sums(m); // of each row, one vector for `width` columns
    for (int64_t n = 0; n < columns; n += width) {
      SmallVector<Value> columnOrigins;
      for (int64_t j = 0; j < width; ++j) {
        Value at = addIndex(b, column, n + j);
        if (mask) // columns beyond the last repeat it
          at = arith::MinSIOp::create(b, at, lastColumn);
        columnOrigins.push_back(addIndex(b, c.rhsBase, scaleIndex(b, at, c.rhsStride[1])));
      }
      for (int64_t r = 0; r < m; r += rowsAtOnce) {
        int64_t rows = std::min(rowsAtOnce, m - r);
        SmallVector<Value> products = emitDots(ArrayRef(rowOrigins).slice(r, rows), columnOrigins);
        for (int64_t i = 0; i < rows; ++i)
          sums[r + i].push_back(addLanes(ArrayRef(products).slice(i * width, width), 1));
      }
    }
    for (int64_t r = 0; r < m; ++r) {
      sums[r].resize(lanes / width, zero);
      Value sum = addLanes(sums[r], width);
      OpBuilder::InsertionGuard guard(b);
      if (c.m.size && r) {
        Value exists = arith::CmpIOp::create(b, arith::CmpIPredicate::slt, rowIndices[r], c.m.size);
        b.setInsertionPointToStart(scf::IfOp::create(b, exists, /*withElseRegion=*/false).thenBlock());
      }
      c.finish(b, rowIndices[r], column, sum, mask);
    }
  }

  /// Products of all rows with all columns, lanes not yet added.
  SmallVector<Value> emitDots(ArrayRef<Value> rowOrigins, ArrayRef<Value> columnOrigins) {
    int64_t block = sumBlock / 4 * lanes;
    if (c.k.capacity <= block)
      return emitDots(rowOrigins, columnOrigins, indexConstant(b, 0), sizeOf(b, c.k));
    Value size = sizeOf(b, c.k);
    SmallVector<Value> sums(rowOrigins.size() * columnOrigins.size(), beforeBlocks(b, c));
    auto forOp = scf::ForOp::create(b, indexConstant(b, 0), size, indexConstant(b, block), sums);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(forOp.getBody());
    Value start = forOp.getInductionVar(), end = addIndex(b, start, block);
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
    Value step = indexConstant(b, lanes);
    std::optional<int64_t> knownStart = getConstantIntValue(start), knownSize = getConstantIntValue(size);
    std::optional<int64_t> known;
    if (knownStart && knownSize)
      known = *knownSize - *knownStart;
    // Blocks start at multiples of the lanes.
    Value whole = knownSize ? indexConstant(b, *knownSize & -lanes)
                            : arith::AndIOp::create(b, size, indexConstant(b, -lanes)).getResult();
    auto loop = [&](Value from, Value to, bool masked) {
      auto forOp = scf::ForOp::create(b, from, to, step, sums);
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(forOp.getBody());
      Value k = forOp.getInductionVar(), mask;
      if (masked)
        mask = vector::CreateMaskOp::create(b, maskType, arith::SubIOp::create(b, size, k).getResult());
      auto load = [&](Value buffer, Value origin) -> Value {
        Value at = addIndex(b, origin, k);
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

  ImplicitLocOpBuilder &b;
  const Contraction &c;
  int64_t lanes, rowsAtOnce, columnsAtOnce;
  VectorType vectorType, maskType;
  Value zero;
};
} // namespace

bool dlc::takesDots(const Contraction &c) {
  return c.m.capacity <= 8 && c.k.capacity >= 4 * contractionLanes(c.element) && c.lhsStride[1] == 1 &&
         c.rhsStride[0] == 1 && c.rhsStride[1] != 1;
}

void dlc::emitDots(ImplicitLocOpBuilder &b, const Contraction &c, bool wideRegisters, Value first,
                   Value last) {
  OpBuilder::InsertionGuard guard(b);
  if (c.m.size) {
    Value exist = arith::CmpIOp::create(b, arith::CmpIPredicate::sgt, c.m.size, indexConstant(b, 0));
    b.setInsertionPointToStart(scf::IfOp::create(b, exist, /*withElseRegion=*/false).thenBlock());
  }
  DotEmitter(b, c, wideRegisters).emit(first, last);
}
