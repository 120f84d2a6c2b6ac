// ContractionTiles.cpp - the innermost code of a matrix product: one register tile, and the copies that feed
// it. SPDX-License-Identifier: Apache-2.0
//
// A tile keeps one vector a row and column group in registers over all of k:
//
//   acc... = scf.for k = 0 to K/4*4 step 4 iter_args(acc... = 0) {      or 2
//     4 times: b... = vector.load B[k, columns]; for each row: a = broadcast A[row, k]; acc = vector.fma a,
//     b, acc
//   }
//   and once more for what remains of k, step 1; then finish(row, column, acc)
//
// Where k is longer than sumBlock, that is the inside of a loop over blocks of k, which adds their sums up.
//
// Each accumulator is an iter_arg of its own: LLVM keeps it in a register and needs no shuffles to get at it.
#include "compiler/loops/ContractionTiles.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace dlc;

Value dlc::sizeOf(LoopBuilder &b, const LoopBound &bound) {
  return bound.size ? bound.size : b.constant(bound.capacity);
}

Value dlc::beforeBlocks(LoopBuilder &b, const Contraction &c) {
  auto type = VectorType::get({contractionLanes(c.element)}, c.element);
  auto number = [&](double value) -> Value {
    return arith::ConstantOp::create(b, DenseElementsAttr::get(type, Attribute(b.getFloatAttr(c.element, value))));
  };
  if (!c.k.size)
    return number(-0.0);
  Value any = arith::CmpIOp::create(b, arith::CmpIPredicate::sgt, c.k.size, b.constant(0));
  return arith::SelectOp::create(b, any, number(-0.0), number(0));
}

/// Where the vectors of piece `i` of a tile lie: its row, and the first of them and how many there are.
static std::tuple<Value, Value, int64_t> vectorsOf(LoopBuilder &b, const ColumnPanel &panel, Value i) {
  if (panel.delayed.areRows)
    return {i, b.constant(0), panel.vectors};
  Value row = b.floorDiv(i, panel.vectors);
  return {row, b.sub(i, b.mul(row, panel.vectors)), 1};
}
static void finishWaiting(LoopBuilder &b, const Contraction &c, const ColumnPanel &panel, const WaitingTile &tile,
                          Value i) {
  int64_t lanes = contractionLanes(c.element);
  auto [row, first, count] = vectorsOf(b, panel, i);
  Value place = b.add(panel.waiting, b.mul(b.add(b.mul(row, panel.vectors), first), lanes));
  Value column = b.add(panel.column, b.mul(first, lanes));
  for (int64_t q = 0; q < count; ++q) {
    Value sum = vector::LoadOp::create(b, VectorType::get({lanes}, c.element), c.scratch, b.add(place, q * lanes));
    c.finish(b, b.add(tile.row, row), b.add(column, q * lanes), sum, panel.delayed.areRows ? panel.masks[q] : Value());
  }
}

void dlc::emitWaiting(LoopBuilder &b, const Contraction &c, const ColumnPanel &panel, const WaitingTile &tile,
                      Value from) {
  b.forEach(from, tile.pieces, 1, [&](Value i) { finishWaiting(b, c, panel, tile, i); });
}

namespace {
/// The loops over k of one tile.
class TileEmitter {
public:
  TileEmitter(LoopBuilder &b, const Contraction &c, const ColumnPanel &panel, Value row, int64_t rows, Value tile,
              const WaitingTile *before)
      : b(b), c(c), panel(panel), rows(rows), tile(tile), before(before), guarded(!tile && rows > 1) {
    vectorType = VectorType::get({contractionLanes(c.element)}, c.element);
    zero = arith::ConstantOp::create(b, DenseElementsAttr::get(vectorType, b.getZeroAttr(c.element)));
    if (panel.source && tile)
      copies = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, tile, panel.copyingTile);
    Value lastRow = guarded ? b.add(c.m.size, -1) : Value();
    for (int64_t r = 0; r < rows; ++r) {
      rowIndices.push_back(b.add(row, r));
      if (guarded) {
        Value read = arith::MinSIOp::create(b, rowIndices[r], lastRow);
        rowOrigins.push_back(b.add(c.lhsBase, b.mul(read, c.lhsStride[0])));
      } else if (r == 0) {
        rowOrigins.push_back(b.add(c.lhsBase, b.mul(row, c.lhsStride[0])));
      }
    }
  }

  void emit() {
    SmallVector<Value> none(rows * panel.vectors, zero);
    SmallVector<Value> sums = c.runs                                    ? sumRuns()
                              : panel.partial && panel.partial->isChain ? sumBlockAt(b.constant(0), c.k, sumsBefore())
                              : c.k.capacity > sumBlock                 ? sumBlocks(nothingYet())
                                                                        : sumBlockAt(b.constant(0), c.k, none);
    if (before) {
      if (c.k.size) // of a short call there may not have been enough turns
        emitWaiting(
            b, c, panel, *before,
            b.mul(b.floorDiv(b.add(b.floorDiv(c.k.size, panel.unroll), panel.delayed.turns - 1), panel.delayed.turns),
                  panel.delayed.count));
      for (auto [i, sum] : llvm::enumerate(sums))
        vector::StoreOp::create(b, sum, c.scratch, b.add(panel.waiting, i * vectorType.getNumElements()));
      return;
    }
    if (c.slab || (panel.partial && panel.partial->isChain)) {
      for (auto [i, sum] : llvm::enumerate(sums))
        vector::StoreOp::create(b, sum, panel.partial->buffer, partialIndex(i));
      return;
    }
    if (panel.partial) {
      for (auto [i, sum] : llvm::enumerate(sums)) {
        Value before = vector::LoadOp::create(b, vectorType, panel.partial->buffer, partialIndex(i));
        sum = arith::AddFOp::create(b, before, sum);
        vector::StoreOp::create(b, sum, panel.partial->buffer, partialIndex(i));
      }
      return;
    }
    if (c.finishRows) {
      for (int64_t q = 0; q < panel.vectors; ++q) {
        SmallVector<Value> column;
        for (int64_t r = 0; r < rows; ++r)
          column.push_back(sums[r * panel.vectors + q]);
        c.finishRows(rowIndices[0], b.add(panel.column, q * vectorType.getNumElements()), column, panel.masks[q]);
      }
      return;
    }
    if (panel.finishesRows)
      for (auto [i, sum] : llvm::enumerate(sums))
        vector::StoreOp::create(b, sum, c.scratch, b.add(panel.waiting, i * vectorType.getNumElements()));
    // A processor takes a masked store for one of all lanes: a load of the row below, which begins in them, would wait for it.
    // So where rows lie in a panel whole, the vectors that masks cut come last.
    bool areWholeRows = c.n.capacity <= panel.vectors * vectorType.getNumElements();
    SmallVector<int64_t> whole, cut;
    for (int64_t q = 0; q < panel.vectors; ++q)
      (panel.masks[q] && areWholeRows ? cut : whole).push_back(q);
    for (ArrayRef<int64_t> some : {ArrayRef(whole), ArrayRef(cut)})
      if (!some.empty())
        finish(sums, some);
  }

private:
  /// What follows, for some of the vectors of each row.
  void finish(ArrayRef<Value> sums, ArrayRef<int64_t> vectors) {
    int64_t lanes = vectorType.getNumElements();
    auto columnOf = [&](int64_t q) { return b.add(panel.column, q * lanes); };
    if (panel.finishesRows) {
      Value count = b.constant(rows);
      if (guarded)
        count = b.smaller(b.sub(c.m.size, rowIndices[0]), count);
      b.forEach(b.constant(0), count, 1, [&](Value r) {
        Value place = b.add(panel.waiting, b.mul(r, panel.vectors * lanes));
        for (int64_t q : vectors)
          c.finish(b, b.add(rowIndices[0], r), columnOf(q),
                   vector::LoadOp::create(b, vectorType, c.scratch, b.add(place, q * lanes)), panel.masks[q]);
      });
      return;
    }
    for (int64_t r = 0; r < rows; ++r) {
      // The first row of a guarded tile exists, or the tile would not run.
      OpBuilder::InsertionGuard guard(b);
      if (guarded && r > 0) {
        Value exists = arith::CmpIOp::create(b, arith::CmpIPredicate::slt, rowIndices[r], c.m.size);
        auto branch = scf::IfOp::create(b, exists, /*withElseRegion=*/false);
        b.setInsertionPointToStart(branch.thenBlock());
      }
      for (int64_t q : vectors)
        c.finish(b, rowIndices[r], columnOf(q), sums[r * panel.vectors + q], panel.masks[q]);
    }
  }
  SmallVector<Value> nothingYet() { return SmallVector<Value>(rows * panel.vectors, beforeBlocks(b, c)); }
  SmallVector<Value> added(ValueRange before, ArrayRef<Value> own) {
    return llvm::map_to_vector(llvm::zip(before, own), [&](auto pair) -> Value {
      return arith::AddFOp::create(b, std::get<0>(pair), std::get<1>(pair));
    });
  }
  /// The sums so far.
  SmallVector<Value> sumsBefore() {
    if (!panel.partial)
      return nothingYet();
    SmallVector<Value> sums;
    for (int64_t i = 0; i < rows * panel.vectors; ++i)
      sums.push_back(vector::LoadOp::create(b, vectorType, panel.partial->buffer, partialIndex(i)));
    return sums;
  }
  /// All runs, or those of a slab, which is whole blocks: the runs of a block are one chain.
  SmallVector<Value> sumRuns() {
    int64_t together = runsOfBlock(c.k.capacity);
    Value first = c.slab ? c.slab->first : b.constant(0), end = c.slab ? c.slab->end : c.runs->count;
    auto chain = [&](Value from, Value to, SmallVector<Value> sums) {
      return b.loop(from, to, 1, sums, [&](Value run, ValueRange carried) {
        std::tie(lhsOffset, rhsOffset) = c.runs->offsets(run);
        if (panel.fetchLeft)
          nextOffset = c.runs->offsets(b.add(run, 1)).first;
        if (panel.runStride)
          rhsOffset = b.mul(c.slab ? b.sub(run, c.slab->first) : run, panel.runStride);
        SmallVector<Value> now(carried);
        return c.k.capacity > sumBlock ? sumBlocks(now) : sumBlockAt(b.constant(0), c.k, now);
      });
    };
    if (c.k.capacity > sumBlock) // each run adds its blocks
      return chain(first, end, sumsBefore());
    SmallVector<Value> none(rows * panel.vectors, zero);
    if (c.runs->capacity <= together)
      return chain(first, end, none);
    if (c.slab) // one block
      return added(sumsBefore(), chain(first, end, none));
    return b.loop(first, end, together, nothingYet(), [&](Value from, ValueRange before) {
      return added(before, chain(from, b.smaller(b.add(from, together), end), none));
    });
  }

  /// All accumulators over one block of k, from `start` on.
  SmallVector<Value> sumBlockAt(Value start, LoopBound count, SmallVector<Value> sums) {
    int64_t unroll = guarded ? 1 : panel.unroll; // a cut tile is rare: little code
    Value end = b.add(start, sizeOf(b, count));
    if (unroll == 1)
      return loop(start, end, 1, sums);
    Value whole = count.size ? Value(arith::AndIOp::create(b, count.size, b.constant(-unroll)))
                             : b.constant(count.capacity / unroll * unroll);
    whole = b.add(start, whole);
    if (count.size || count.capacity >= unroll)
      sums = loop(start, whole, unroll, sums);
    if (count.size || count.capacity % unroll)
      sums = loop(whole, end, 1, sums);
    return sums;
  }

  /// All accumulators over all of k, where that is longer than a block.
  SmallVector<Value> sumBlocks(ArrayRef<Value> sums) {
    Value size = sizeOf(b, c.k);
    auto forOp = scf::ForOp::create(b, b.constant(0), size, b.constant(sumBlock), sums);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(forOp.getBody());
    Value start = forOp.getInductionVar();
    LoopBound count{sumBlock, Value()};
    if (c.k.size || c.k.capacity % sumBlock)
      count.size = arith::MinSIOp::create(b, arith::SubIOp::create(b, size, start), b.constant(sumBlock));
    SmallVector<Value> none(rows * panel.vectors, zero);
    scf::YieldOp::create(b, added(forOp.getRegionIterArgs(), sumBlockAt(start, count, none)));
    return forOp.getResults();
  }

  /// Where the partial sum of accumulator `i` lies.
  Value partialIndex(int64_t i) {
    int64_t lanes = vectorType.getNumElements();
    Value first = b.add(panel.partial->origin, b.mul(rowIndices[0], panel.vectors * lanes));
    return b.add(first, i * lanes);
  }

  SmallVector<Value> loop(Value from, Value to, int64_t step, ArrayRef<Value> init) {
    auto forOp = scf::ForOp::create(b, from, to, b.constant(step), init);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(forOp.getBody());
    SmallVector<Value> sums(forOp.getRegionIterArgs());
    if (copies)
      b.when(copies, [&] { emitRowsCopy(b, c, *panel.source, forOp.getInductionVar(), step); });
    if (panel.ahead && tile && step > 1)
      fetchAhead(forOp.getInductionVar(), step);
    if (before && step > 1)
      finishBeside(b.floorDiv(forOp.getInductionVar(), step));
    for (int64_t u = 0; u < step; ++u)
      accumulate(forOp.getInductionVar(), u, sums);
    scf::YieldOp::create(b, sums);
    return forOp.getResults();
  }

  /// In this turn of the loop over k: some pieces of the tile before, and what is asked for of as many of this one.
  void finishBeside(Value turn) {
    const DelayedPieces &delayed = panel.delayed;
    Value isDue;
    if (delayed.turns > 1) {
      Value rest = arith::AndIOp::create(b, turn, b.constant(delayed.turns - 1));
      isDue = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, rest, b.constant(0));
    }
    Value first = b.mul(b.floorDiv(turn, delayed.turns), delayed.count);
    for (int64_t i = 0; i < delayed.count; ++i) {
      Value piece = b.add(first, i), isThere = b.less(piece, before->pieces);
      b.when(isDue ? arith::AndIOp::create(b, isDue, isThere).getResult() : isThere, [&] {
        if (c.fetch) {
          auto [row, vector, count] = vectorsOf(b, panel, piece);
          for (int64_t q = 0; q < count; ++q)
            c.fetch(b.add(rowIndices[0], row),
                    b.add(panel.column, b.mul(b.add(vector, q), vectorType.getNumElements())));
        }
        finishWaiting(b, c, panel, *before, piece);
      });
    }
  }

  /// Lines of the next panel: those that follow what tiles and steps before this one have fetched.
  void fetchAhead(Value k, int64_t step) {
    const AheadFetch &ahead = *panel.ahead;
    Value done = arith::SubIOp::create(b, tile, ahead.tileFirst);
    done = b.add(b.mul(done, sizeOf(b, c.k)), k); // in units of step lines
    done = arith::DivUIOp::create(b, done, b.constant(step));
    for (int64_t i = 0; i < ahead.perStep; ++i) {
      Value line = b.add(b.mul(done, ahead.perStep), i);
      Value row = arith::DivUIOp::create(b, line, b.constant(ahead.lines));
      line = arith::RemUIOp::create(b, line, b.constant(ahead.lines));
      row = arith::MinUIOp::create(b, row, b.constant(ahead.rows - 1));
      Value at = b.add(b.add(ahead.origin, b.mul(row, ahead.rowStride)), b.mul(line, ahead.lineStride));
      memref::PrefetchOp::create(b, c.rhs, at, /*isWrite=*/false, /*localityHint=*/2, /*isDataCache=*/true);
    }
  }

  /// One k, `u` past `k`: rows times vectors multiply-adds.
  void accumulate(Value k, int64_t u, MutableArrayRef<Value> sums) {
    int64_t lanes = vectorType.getNumElements();
    Value rhsK = b.add(panel.origin, b.mul(k, panel.stride));
    if (rhsOffset)
      rhsK = b.add(rhsK, rhsOffset);
    SmallVector<Value> rhs;
    for (int64_t q = 0; q < panel.vectors; ++q) {
      Value at = b.add(b.add(rhsK, b.mul(panel.stride, u)), b.mul(panel.vectorStride, q));
      if (panel.masks[q] && !panel.padded)
        rhs.push_back(vector::MaskedLoadOp::create(b, vectorType, panel.buffer, at, panel.masks[q], zero));
      else
        rhs.push_back(vector::LoadOp::create(b, vectorType, panel.buffer, at));
    }
    Value lhsK = b.mul(k, c.lhsStride[1]);
    if (lhsOffset)
      lhsK = b.add(lhsK, lhsOffset);
    Value lhsRow = guarded ? Value() : b.add(rowOrigins[0], lhsK);
    if (panel.fetchLeft && tile) {
      Value later = nextOffset ? b.add(rowOrigins[0], b.add(nextOffset, b.mul(c.lhsStride[1], b.add(k, u))))
                               : b.add(lhsRow, b.mul(c.lhsStride[1], u + panel.fetchLeft));
      memref::PrefetchOp::create(b, c.lhs, later, /*isWrite=*/false, /*localityHint=*/3, /*isDataCache=*/true);
    }
    for (int64_t r = 0; r < rows; ++r) {
      Value at = guarded ? b.add(rowOrigins[r], lhsK) : b.add(lhsRow, b.mul(c.lhsStride[0], r));
      at = b.add(at, b.mul(c.lhsStride[1], u));
      Value lhs = vector::BroadcastOp::create(b, vectorType, memref::LoadOp::create(b, c.lhs, at));
      for (int64_t q = 0; q < panel.vectors; ++q) {
        Value &sum = sums[r * panel.vectors + q];
        sum = vector::FMAOp::create(b, lhs, rhs[q], sum);
      }
    }
  }

  LoopBuilder &b;
  const Contraction &c;
  const ColumnPanel &panel;
  int64_t rows;
  Value tile;
  const WaitingTile *before;
  bool guarded;
  Value copies; ///< this tile copies what the others read
  VectorType vectorType;
  Value zero;
  Value lhsOffset, rhsOffset; ///< of the run at hand
  Value nextOffset;           ///< in A, of the next one
  SmallVector<Value> rowIndices;
  SmallVector<Value> rowOrigins; ///< in A at k = 0: of every row if guarded, else of the first
};
} // namespace

void dlc::emitTile(LoopBuilder &b, const Contraction &c, const ColumnPanel &panel, Value row, int64_t rows, Value tile,
                   const WaitingTile *before) {
  TileEmitter(b, c, panel, row, rows, tile, before).emit();
}

/// A loop over rows and vectors of the partial sums.
static void forEachSum(LoopBuilder &b, const Contraction &c, const ColumnPanel &panel, Value row, Value end,
                       llvm::function_ref<void(Value row, int64_t vector, Value at)> body) {
  int64_t lanes = contractionLanes(c.element);
  auto loop = scf::ForOp::create(b, row, end, b.constant(1));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value first = b.mul(loop.getInductionVar(), panel.vectors * lanes);
  first = b.add(panel.partial->origin, first);
  for (int64_t q = 0; q < panel.vectors; ++q)
    body(loop.getInductionVar(), q, b.add(first, q * lanes));
}

void dlc::emitClearSums(LoopBuilder &b, const Contraction &c, const ColumnPanel &panel, Value row, Value end,
                        Value vector) {
  VectorType vectorType = VectorType::get({contractionLanes(c.element)}, c.element);
  if (!vector)
    vector = arith::ConstantOp::create(b, DenseElementsAttr::get(vectorType, b.getZeroAttr(c.element)));
  forEachSum(b, c, panel, row, end,
             [&](Value, int64_t, Value at) { vector::StoreOp::create(b, vector, panel.partial->buffer, at); });
}

void dlc::emitAddChains(LoopBuilder &b, const Contraction &c, const ColumnPanel &panel, const PartialSums &chains,
                        Value row, Value end) {
  VectorType vectorType = VectorType::get({contractionLanes(c.element)}, c.element);
  Value zero = arith::ConstantOp::create(b, DenseElementsAttr::get(vectorType, b.getZeroAttr(c.element)));
  Value distance = b.sub(chains.origin, panel.partial->origin);
  forEachSum(b, c, panel, row, end, [&](Value, int64_t, Value at) {
    Value chain = b.add(at, distance);
    Value sum = arith::AddFOp::create(b, vector::LoadOp::create(b, vectorType, chains.buffer, at),
                                      vector::LoadOp::create(b, vectorType, chains.buffer, chain));
    vector::StoreOp::create(b, sum, panel.partial->buffer, at);
    vector::StoreOp::create(b, zero, chains.buffer, chain);
  });
}

void dlc::emitFinishSums(LoopBuilder &b, const Contraction &c, const ColumnPanel &panel, Value row, Value end) {
  int64_t lanes = contractionLanes(c.element);
  VectorType vectorType = VectorType::get({lanes}, c.element);
  if (c.finishRows) { // all rows at once
    for (int64_t q = 0; q < panel.vectors; ++q) {
      SmallVector<Value> sums;
      for (int64_t r = 0; r < c.m.capacity; ++r) {
        Value at = b.add(panel.partial->origin, (r * panel.vectors + q) * lanes);
        sums.push_back(vector::LoadOp::create(b, vectorType, panel.partial->buffer, at));
      }
      c.finishRows(row, b.add(panel.column, q * lanes), sums, panel.masks[q]);
    }
    return;
  }
  forEachSum(b, c, panel, row, end, [&](Value r, int64_t q, Value at) {
    Value sum = vector::LoadOp::create(b, vectorType, panel.partial->buffer, at);
    c.finish(b, r, b.add(panel.column, q * lanes), sum, panel.masks[q]);
  });
}

static Value targetOf(LoopBuilder &b, const ColumnPanel &panel, Value place) {
  return panel.target ? b.add(panel.target, place) : place;
}
/// The panel after a copy.
void dlc::describeCopy(LoopBuilder &b, const Contraction &c, ColumnPanel &panel) {
  panel.buffer = c.scratch;
  panel.origin = b.constant(0);
  panel.stride = b.constant(panel.vectors * contractionLanes(c.element));
  panel.vectorStride = b.constant(contractionLanes(c.element));
  panel.padded = true;
}

void dlc::emitRowsCopy(LoopBuilder &b, const Contraction &c, const ColumnPanel &panel, Value k, int64_t count) {
  int64_t lanes = contractionLanes(c.element), width = panel.vectors * lanes;
  VectorType vectorType = VectorType::get({lanes}, c.element);
  Value zero = arith::ConstantOp::create(b, DenseElementsAttr::get(vectorType, b.getZeroAttr(c.element)));
  Value from = b.add(panel.origin, b.mul(k, panel.stride)), to = targetOf(b, panel, b.mul(k, width));
  for (int64_t u = 0; u < count; ++u)
    for (int64_t q = 0; q < panel.vectors; ++q) {
      Value at = b.add(b.add(from, b.mul(panel.stride, u)), q * lanes), read;
      if (panel.masks[q])
        read = vector::MaskedLoadOp::create(b, vectorType, panel.buffer, at, panel.masks[q], zero);
      else
        read = vector::LoadOp::create(b, vectorType, panel.buffer, at);
      vector::StoreOp::create(b, read, c.scratch, b.add(to, u * width + q * lanes));
    }
}

void dlc::emitPanelCopy(LoopBuilder &b, const Contraction &c, ColumnPanel &panel) {
  b.forEach(b.constant(0), sizeOf(b, c.k), 1, [&](Value k) { emitRowsCopy(b, c, panel, k, 1); });
  describeCopy(b, c, panel);
}

void dlc::emitPanelGather(LoopBuilder &b, const Contraction &c, ColumnPanel &panel) {
  int64_t width = panel.vectors * contractionLanes(c.element);
  Value none = b.constant(0), one = b.constant(1), all = b.constant(width);
  Value columns = arith::SubIOp::create(b, sizeOf(b, c.n), panel.column);
  columns = arith::MinSIOp::create(b, columns, all);
  Value zero = arith::ConstantOp::create(b, b.getZeroAttr(c.element));
  auto rowLoop = scf::ForOp::create(b, none, sizeOf(b, c.k), one);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(rowLoop.getBody());
    Value from = b.add(panel.origin, b.mul(rowLoop.getInductionVar(), c.rhsStride[0]));
    Value to = targetOf(b, panel, b.mul(rowLoop.getInductionVar(), width));
    auto copyLoop = scf::ForOp::create(b, none, columns, one);
    auto zeroLoop = scf::ForOp::create(b, columns, all, one);
    b.setInsertionPointToStart(copyLoop.getBody());
    Value column = copyLoop.getInductionVar();
    Value read = memref::LoadOp::create(b, c.rhs, b.add(from, b.mul(column, c.rhsStride[1])));
    memref::StoreOp::create(b, read, c.scratch, b.add(to, column));
    b.setInsertionPointToStart(zeroLoop.getBody());
    memref::StoreOp::create(b, zero, c.scratch, b.add(to, zeroLoop.getInductionVar()));
  }
  describeCopy(b, c, panel);
}

/// f32 takes the shuffles that stay within 128 bits first, which are the cheap ones; others exchange ever larger blocks.
SmallVector<Value> dlc::transposeSquare(LoopBuilder &b, ArrayRef<Value> rows) {
  int64_t lanes = rows.size();
  auto shuffle = [&](Value x, Value y, ArrayRef<int64_t> lanesOfBoth) -> Value {
    return vector::ShuffleOp::create(b, x, y, lanesOfBoth);
  };
  bool wide = cast<VectorType>(rows[0].getType()).getElementTypeBitWidth() == 32 && lanes >= 8;
  if (!wide) {
    SmallVector<Value> now(rows);
    for (int64_t distance = 1; distance < lanes; distance *= 2) {
      SmallVector<int64_t> low, high;
      for (int64_t l = 0; l < lanes; ++l) {
        low.push_back(l & distance ? lanes + l - distance : l);
        high.push_back(l & distance ? lanes + l : l + distance);
      }
      SmallVector<Value> next(lanes);
      for (int64_t i = 0; i < lanes; ++i)
        if (!(i & distance)) {
          next[i] = shuffle(now[i], now[i + distance], low);
          next[i + distance] = shuffle(now[i], now[i + distance], high);
        }
      now = next;
    }
    return now;
  }

  SmallVector<int64_t> low, high, pairLow, pairHigh, even, odd;
  for (int64_t l = 0; l < lanes; l += 4) {
    low.append({l, lanes + l, l + 1, lanes + l + 1});
    high.append({l + 2, lanes + l + 2, l + 3, lanes + l + 3});
    pairLow.append({l, l + 1, lanes + l, lanes + l + 1});
    pairHigh.append({l + 2, l + 3, lanes + l + 2, lanes + l + 3});
  }
  for (int64_t operand : {int64_t(0), lanes})
    for (int64_t l = 0; l < lanes; l += 8)
      for (int64_t e = 0; e < 4; ++e) {
        even.push_back(operand + l + e);
        odd.push_back(operand + l + 4 + e);
      }
  // quads[i][q]: in every 128 bits l, column 4 * l + q of rows 4 * i to 4 * i + 3
  SmallVector<std::array<Value, 4>> quads;
  for (int64_t i = 0; i < lanes; i += 4) {
    Value lowA = shuffle(rows[i], rows[i + 1], low), highA = shuffle(rows[i], rows[i + 1], high);
    Value lowB = shuffle(rows[i + 2], rows[i + 3], low), highB = shuffle(rows[i + 2], rows[i + 3], high);
    quads.push_back({shuffle(lowA, lowB, pairLow), shuffle(lowA, lowB, pairHigh), shuffle(highA, highB, pairLow),
                     shuffle(highA, highB, pairHigh)});
  }
  SmallVector<Value> columns(lanes);
  for (int64_t q = 0; q < 4; ++q) {
    if (lanes == 8) {
      columns[q] = shuffle(quads[0][q], quads[1][q], even);
      columns[4 + q] = shuffle(quads[0][q], quads[1][q], odd);
      continue;
    }
    Value even0 = shuffle(quads[0][q], quads[1][q], even), even1 = shuffle(quads[2][q], quads[3][q], even);
    Value odd0 = shuffle(quads[0][q], quads[1][q], odd), odd1 = shuffle(quads[2][q], quads[3][q], odd);
    columns[q] = shuffle(even0, even1, even);
    columns[8 + q] = shuffle(even0, even1, odd);
    columns[4 + q] = shuffle(odd0, odd1, even);
    columns[12 + q] = shuffle(odd0, odd1, odd);
  }
  return columns;
}

void dlc::emitPanelTranspose(LoopBuilder &b, const Contraction &c, ColumnPanel &panel, int64_t shuffleLanes) {
  int64_t width = panel.vectors * contractionLanes(c.element);
  VectorType vectorType = VectorType::get({shuffleLanes}, c.element);
  VectorType maskType = VectorType::get({shuffleLanes}, b.getI1Type());
  Value zero = arith::ConstantOp::create(b, DenseElementsAttr::get(vectorType, b.getZeroAttr(c.element)));
  Value lastColumn = b.add(sizeOf(b, c.n), -1);
  bool mayEnd = llvm::any_of(panel.masks, [](Value mask) { return bool(mask); });

  // One block: columns from `group` on, at k; `mask`: which k exist.
  auto block = [&](Value k, Value group, Value mask) {
    Value first = b.add(panel.column, group);
    SmallVector<Value> rows;
    for (int64_t r = 0; r < shuffleLanes; ++r) {
      Value column = b.add(first, r);
      if (mayEnd) // columns beyond the last repeat it
        column = arith::MinSIOp::create(b, column, lastColumn);
      Value at = b.add(b.add(c.rhsBase, b.mul(column, c.rhsStride[1])), k);
      if (mask)
        rows.push_back(vector::MaskedLoadOp::create(b, vectorType, c.rhs, at, mask, zero));
      else
        rows.push_back(vector::LoadOp::create(b, vectorType, c.rhs, at));
    }
    SmallVector<Value> columns = transposeSquare(b, rows);
    for (int64_t r = 0; r < shuffleLanes; ++r)
      vector::StoreOp::create(b, columns[r], c.scratch, b.add(targetOf(b, panel, b.mul(b.add(k, r), width)), group));
  };

  // All of a vector's columns, so that whole cache lines are written.
  auto blocks = [&](Value k, Value group, Value mask) {
    for (int64_t column = 0; column < contractionLanes(c.element); column += shuffleLanes)
      block(k, b.add(group, column), mask);
  };

  Value none = b.constant(0), side = b.constant(shuffleLanes);
  Value size = sizeOf(b, c.k);
  Value whole = c.k.size ? arith::AndIOp::create(b, size, b.constant(-shuffleLanes)).getResult()
                         : b.constant(c.k.capacity & -shuffleLanes);
  auto groupLoop = scf::ForOp::create(b, none, b.constant(width), b.constant(contractionLanes(c.element)));
  OpBuilder::InsertPoint afterwards = b.saveInsertionPoint();
  b.setInsertionPointToStart(groupLoop.getBody());
  Value group = groupLoop.getInductionVar();
  if (c.k.size || c.k.capacity >= shuffleLanes) {
    auto loop = scf::ForOp::create(b, none, whole, side);
    OpBuilder::InsertionGuard inner(b);
    b.setInsertionPointToStart(loop.getBody());
    blocks(loop.getInductionVar(), group, Value());
  }
  if (c.k.size || c.k.capacity % shuffleLanes) {
    auto loop = scf::ForOp::create(b, whole, size, side); // once or never
    OpBuilder::InsertionGuard inner(b);
    b.setInsertionPointToStart(loop.getBody());
    Value left = arith::SubIOp::create(b, size, loop.getInductionVar());
    blocks(loop.getInductionVar(), group, vector::CreateMaskOp::create(b, maskType, left));
  }
  b.restoreInsertionPoint(afterwards);
  describeCopy(b, c, panel);
}
