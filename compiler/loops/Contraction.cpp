// Contraction.cpp - matrix products as loops over register tiles: what is tiled, copied and divided how.
// SPDX-License-Identifier: Apache-2.0
//
//   for each panel of columns:           as many vectors as the registers allow beside the rows
//     copy the panel of B, if it does not lie well
//     for each tile of rows:             of one height, or balanced: heights differ by one
//       for each k: ...                  ContractionTiles.cpp
//
// A part is a block of tiles of one panel; parts of a panel are neighbours, so that a range of parts copies
// each of its panels once. Where k is long, blocks of it are outside the tiles and the sums so far wait in
// scratch memory. Whatever the form, a block of k is summed by itself and then added: see Contraction.h.
#include "compiler/loops/ContractionTiles.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace dlc;

namespace {
using RightHandSide = ProductPlan::RightHandSide;

/// The loops around the tiles.
class ContractionEmitter {
public:
  ContractionEmitter(LoopBuilder &b, const Contraction &c, const ProductPlan &plan) : b(b), c(c), plan(plan) {}

  void emit(Value first, Value last) {
    if (c.m.capacity == 0 || c.n.capacity == 0)
      return;
    if (plan.rhs == RightHandSide::Dots)
      return emitDots(b, c, plan, first, last);
    if (plan.blocksOutside)
      return emitBlocksOutside(first, last);
    emitPanels(first, last, [&](const ColumnPanel &panel, const RowTiles &tiles, Value from, Value to) {
      emitPanel(panel, tiles, from, to);
    });
  }

private:
  using PanelBody =
      llvm::function_ref<void(const ColumnPanel &panel, const RowTiles &tiles, Value tileFirst, Value tileEnd)>;

  /// Each block of k for all columns. The sums of all panels wait, those of one after those of the other.
  void emitBlocksOutside(Value first, Value last) {
    auto forPanels = [&](auto body) {
      emitPanels(first, last, [&](const ColumnPanel &panel, const RowTiles &tiles, Value from, Value to) {
        ColumnPanel sums = panel, chains = panel;
        Value origin = b.add(b.mul(panel.column, plan.partialRows), plan.panelElements);
        sums.partial = PartialSums{c.scratch, origin, !plan.chainRows};
        chains.partial = PartialSums{c.scratch, b.add(origin, plan.partialRows * plan.waitingColumns()), true};
        Value row = tileRow(from, tiles), end = tileRow(to, tiles);
        body(sums, plan.chainRows ? chains : sums, tiles, from, to, row, c.m.size ? b.smaller(end, c.m.size) : end);
      });
    };
    using Panel = const ColumnPanel &;
    forPanels([&](Panel sums, Panel chains, const RowTiles &, Value, Value, Value row, Value end) {
      if (plan.chainRows)
        emitClearSums(b, c, sums, row, end, beforeBlocks(b, c));
      emitClearSums(b, c, chains, row, end, nullptr);
    });
    Value size = sizeOf(b, c.k);
    b.forEach(b.constant(0), size, sumBlock, [&](Value start) {
      Value stop = b.smaller(b.add(start, sumBlock), size);
      b.forEach(start, stop, plan.kBlock, [&](Value k) {
        forPanels([&](Panel, Panel chains, const RowTiles &tiles, Value from, Value to, Value, Value) {
          emitBlock(chains, tiles, from, to, tiles.count, k, stop);
        });
      });
      if (plan.chainRows)
        forPanels([&](Panel sums, Panel chains, const RowTiles &, Value, Value, Value row, Value end) {
          emitAddChains(b, c, sums, *chains.partial, row, end);
        });
    });
    forPanels([&](Panel sums, Panel, const RowTiles &, Value, Value, Value row, Value end) {
      emitFinishSums(b, c, sums, row, end);
    });
  }

  /// The panels of parts [first, last), and which of their tiles these are.
  void emitPanels(Value first, Value last, PanelBody body) {
    Value panelFirst = first, panelEnd = last;
    if (plan.blocks > 1) {
      Value blocks = b.constant(plan.blocks);
      panelFirst = arith::DivUIOp::create(b, first, blocks);
      panelEnd = arith::DivUIOp::create(b, b.add(last, plan.blocks - 1), blocks);
    }

    // Whole panels.
    int64_t width = plan.vectors * plan.lanes;
    int64_t wholePanels = c.n.capacity / width;
    Value wholeEnd = b.constant(wholePanels);
    if (c.n.size)
      wholeEnd = arith::DivUIOp::create(b, c.n.size, b.constant(width));
    if (wholePanels) {
      auto loop = scf::ForOp::create(b, panelFirst, b.smaller(panelEnd, wholeEnd), b.constant(1));
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(loop.getBody());
      SmallVector<Value> masks(plan.vectors);
      withPanel(loop.getInductionVar(), plan.vectors, masks, first, last, body);
    }

    // What remains of the columns.
    if (!c.n.size && c.n.capacity == plan.panels * width)
      return;
    Value exists =
        both(b.less(first, last), both(arith::CmpIOp::create(b, arith::CmpIPredicate::sle, panelFirst, wholeEnd),
                                       b.less(wholeEnd, panelEnd)));
    if (c.n.size) {
      Value some = b.less(b.mul(wholeEnd, width), c.n.size);
      exists = both(exists, some);
    }
    auto branch = scf::IfOp::create(b, exists, /*withElseRegion=*/false);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.thenBlock());
    int64_t vectors = c.n.size ? plan.vectors : plan.lastVectors;
    SmallVector<Value> masks(vectors);
    VectorType maskType = VectorType::get({plan.lanes}, b.getI1Type());
    if (c.n.size) {
      Value left = arith::SubIOp::create(b, c.n.size, b.mul(wholeEnd, width));
      for (int64_t q = 0; q < vectors; ++q)
        masks[q] = vector::CreateMaskOp::create(b, maskType, b.add(left, -q * plan.lanes));
    } else if (int64_t rest = c.n.capacity % plan.lanes) {
      SmallVector<bool> lanes(plan.lanes, false);
      std::fill_n(lanes.begin(), rest, true);
      masks.back() = arith::ConstantOp::create(b, DenseElementsAttr::get(maskType, lanes));
    }
    withPanel(wholeEnd, vectors, masks, first, last, body);
  }

  Value both(Value x, Value y) { return arith::AndIOp::create(b, x, y); }

  /// Calls `body` for a panel, with those of its tiles that lie in parts [first, last).
  void withPanel(Value index, int64_t vectors, ArrayRef<Value> masks, Value first, Value last, PanelBody body) {
    ColumnPanel panel;
    panel.column = b.mul(index, plan.vectors * plan.lanes);
    panel.vectors = vectors;
    panel.masks.assign(masks.begin(), masks.end());
    panel.buffer = c.rhs;
    panel.vectorStride = c.rhsVectorStride ? c.rhsVectorStride : b.constant(plan.lanes);
    panel.origin = b.add(c.rhsBase, c.rhsVectorStride ? b.mul(b.mul(index, plan.vectors), c.rhsVectorStride)
                                                      : b.mul(panel.column, c.rhsStride[1]));
    panel.stride = c.rhsStride[0];
    panel.padded = false;
    panel.unroll = plan.unroll;
    panel.fetchLeft = plan.fetchLeft;
    panel.delayed = llvm::all_of(masks, [](Value mask) { return !mask; }) ? plan.delayed : DelayedPieces();
    panel.finishesRows = plan.finishesRows;
    panel.waiting = b.constant(plan.waitingOrigin());

    const RowTiles &tiles = plan.tilesOf(vectors);
    Value blockFirst = b.constant(0), blockEnd = b.constant(plan.blocks);
    if (plan.blocks > 1) {
      Value start = b.mul(index, plan.blocks);
      blockFirst = b.larger(arith::SubIOp::create(b, first, start), blockFirst);
      blockEnd = b.smaller(arith::SubIOp::create(b, last, start), blockEnd);
    }
    body(panel, tiles, blockTile(blockFirst, tiles.count), blockTile(blockEnd, tiles.count));
  }

  /// Some tiles of one panel, all of k.
  void emitPanel(ColumnPanel panel, const RowTiles &tiles, Value tileFirst, Value tileEnd) {
    OpBuilder::InsertionGuard guard(b);
    if (c.m.size && plan.rhs != RightHandSide::InPlace)
      b.enterIf(b.less(tileRow(tileFirst, tiles), c.m.size)); // no copy for nothing
    if (c.slab) {
      panel.partial = PartialSums{c.scratch, c.slab->sums};
      Value none = b.constant(0), rows = sizeOf(b, c.m);
      if (c.slab->kind == SlabStep::Clear)
        emitClearSums(b, c, panel, none, rows, beforeBlocks(b, c));
      else if (c.slab->kind == SlabStep::Finish)
        emitFinishSums(b, c, panel, none, rows);
      else {
        emitCopy(c, panel);
        emitTiles(c, panel, tiles, tileFirst, tileEnd);
      }
      return;
    }
    if (plan.kBlock) {
      emitDividedPanel(panel, tiles, tileFirst, tileEnd);
      return;
    }
    if (plan.fetchAhead)
      panel.ahead = describeAhead(c, panel, tileFirst, tiles.count,
                                  c.rhsVectorStride ? b.mul(c.rhsVectorStride, panel.vectors)
                                                    : b.mul(c.rhsStride[1], panel.vectors * plan.lanes));
    emitCopiedTiles(c, panel, tiles, tileFirst, tileEnd);
  }

  /// The tiles, and before them, or beside the first of them, the copy of what they read.
  void emitCopiedTiles(const Contraction &part, ColumnPanel &panel, const RowTiles &tiles, Value from, Value to) {
    if (plan.rhs != RightHandSide::Copied || part.isNewPanel || part.runs) {
      emitCopy(part, panel);
      return emitTiles(part, panel, tiles, from, to);
    }
    const ColumnPanel source = panel;
    panel.source = &source;
    panel.copyingTile = from;
    describeCopy(b, part, panel);
    if (c.m.size) { // a call of so few rows that there is no whole tile
      auto [tallWhole, allWhole] = wholeTiles(tiles);
      Value whole = arith::SelectOp::create(b, b.less(tallWhole, b.constant(tiles.tallCount)), tallWhole, allWhole);
      b.when(arith::CmpIOp::create(b, arith::CmpIPredicate::sge, from, whole), [&] {
        ColumnPanel copied = source;
        emitPanelCopy(b, part, copied);
      });
    }
    emitTiles(part, panel, tiles, from, to);
  }

  /// Copies what the tiles of a panel read, of all runs; nothing where the copy is there already.
  void emitCopy(const Contraction &part, ColumnPanel &panel) {
    if (part.isNewPanel && plan.rhs == RightHandSide::Copied) {
      ColumnPanel copied = panel;
      b.when(part.isNewPanel, [&] { emitCopyOfRuns(part, copied); });
      describeCopy(b, part, panel);
      if (copied.runStride)
        panel.runStride = b.constant(llvm::alignTo(part.k.capacity, plan.lanes) * plan.vectors * plan.lanes);
      return;
    }
    emitCopyOfRuns(part, panel);
  }

  void emitCopyOfRuns(const Contraction &part, ColumnPanel &panel) {
    if (!part.runs || plan.rhs == RightHandSide::InPlace)
      return emitCopyOfRun(part, panel);
    int64_t size = llvm::alignTo(part.k.capacity, plan.lanes) * plan.vectors * plan.lanes;
    ColumnPanel copied = panel;
    Value first = part.slab ? part.slab->first : b.constant(0), end = part.slab ? part.slab->end : part.runs->count;
    b.forEach(first, end, 1, [&](Value run) {
      Value offset = part.runs->offsets(run).second;
      Contraction one = part;
      one.rhsBase = b.add(part.rhsBase, offset);
      copied = panel;
      copied.origin = b.add(panel.origin, offset);
      copied.target = b.mul(b.sub(run, first), size);
      emitCopyOfRun(one, copied);
    });
    describeCopy(b, part, panel);
    panel.runStride = b.constant(size);
  }

  void emitCopyOfRun(const Contraction &part, ColumnPanel &panel) {
    switch (plan.rhs) {
    case RightHandSide::InPlace:
    case RightHandSide::Dots:
      break;
    case RightHandSide::Copied:
      emitPanelCopy(b, part, panel);
      break;
    case RightHandSide::Transposed:
      emitPanelTranspose(b, part, panel, plan.shuffleLanes);
      break;
    case RightHandSide::Gathered:
      emitPanelGather(b, part, panel);
      break;
    }
  }

  /// Some hundred rows after the other; within each, one block of k after the other.
  void emitDividedPanel(const ColumnPanel &panel, const RowTiles &tiles, Value from, Value to) {
    int64_t chunk = plan.waitingTiles(tiles);
    auto rowsLoop = scf::ForOp::create(b, from, to, b.constant(chunk));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(rowsLoop.getBody());
    Value tileFirst = rowsLoop.getInductionVar();
    Value tileEnd = b.smaller(b.add(tileFirst, chunk), to);
    Value row = tileRow(tileFirst, tiles), rowEnd = tileRow(tileEnd, tiles);
    if (c.m.size) {
      b.enterIf(b.less(row, c.m.size));
      rowEnd = b.smaller(rowEnd, c.m.size);
    }
    int64_t width = panel.vectors * plan.lanes;
    ColumnPanel divided = panel;
    Value origin = arith::SubIOp::create(b, b.constant(plan.panelElements), b.mul(row, width));
    divided.partial = PartialSums{c.scratch, origin, plan.isChainDivided()};
    Value size = sizeOf(b, c.k);
    auto blocks = [&](const ColumnPanel &at, Value first, Value end) {
      b.forEach(first, end, plan.kBlock, [&](Value k) { emitBlock(at, tiles, tileFirst, tileEnd, chunk, k, end); });
    };
    if (!plan.chainRows) {
      emitClearSums(b, c, divided, row, rowEnd, plan.isChainDivided() ? Value() : beforeBlocks(b, c));
      blocks(divided, b.constant(0), size);
      emitFinishSums(b, c, divided, row, rowEnd);
      return;
    }
    ColumnPanel chains = divided;
    chains.partial->origin = b.add(origin, plan.partialRows * plan.vectors * plan.lanes);
    divided.partial->isChain = false;
    emitClearSums(b, c, divided, row, rowEnd, beforeBlocks(b, c));
    emitClearSums(b, c, chains, row, rowEnd, nullptr);
    b.forEach(b.constant(0), size, sumBlock, [&](Value first) {
      blocks(chains, first, b.smaller(b.add(first, sumBlock), size));
      emitAddChains(b, c, divided, *chains.partial, row, rowEnd);
    });
    emitFinishSums(b, c, divided, row, rowEnd);
  }

  /// One block of k, from `k` on and below `end`, of the tiles of a panel.
  void emitBlock(const ColumnPanel &panel, const RowTiles &tiles, Value tileFirst, Value tileEnd, int64_t chunk,
                 Value k, Value end) {
    Contraction part = c;
    part.lhsBase = b.add(c.lhsBase, b.mul(k, c.lhsStride[1]));
    part.rhsBase = b.add(c.rhsBase, b.mul(k, c.rhsStride[0]));
    part.k.capacity = plan.kBlock;
    if (c.k.size || c.k.capacity % plan.kBlock)
      part.k.size = b.smaller(b.sub(end, k), b.constant(plan.kBlock));
    ColumnPanel ofPart = panel;
    ofPart.origin = b.add(panel.origin, b.mul(k, c.rhsStride[0]));
    if (plan.fetchAhead)
      ofPart.ahead =
          describeAhead(part, ofPart, tileFirst, std::min(tiles.count, chunk), b.mul(c.rhsStride[0], plan.kBlock));
    emitCopiedTiles(part, ofPart, tiles, tileFirst, tileEnd);
  }

  /// The first row of a tile.
  Value tileRow(Value tile, const RowTiles &tiles) {
    return b.add(b.mul(tile, tiles.height), b.smaller(tile, b.constant(tiles.tallCount)));
  }

  /// What to fetch while `tileCount` tiles of the panel are computed: as much of B again, `distance` further
  /// on.
  AheadFetch describeAhead(const Contraction &part, const ColumnPanel &panel, Value tileFirst, int64_t tileCount,
                           Value distance) {
    int64_t width = panel.vectors * plan.lanes, line = 64 * 8 / c.element.getIntOrFloatBitWidth();
    AheadFetch ahead;
    ahead.tileFirst = tileFirst;
    ahead.origin = b.add(panel.origin, distance);
    bool transposed = plan.rhs == RightHandSide::Transposed;
    ahead.rows = transposed ? width : part.k.capacity;
    ahead.rowStride = c.rhsStride[transposed];
    ahead.lines = llvm::divideCeil(transposed ? part.k.capacity : width, line);
    ahead.lineStride = c.rhsVectorStride ? c.rhsVectorStride : b.constant(line); // a vector of columns is a line
    int64_t steps = std::max<int64_t>(part.k.capacity / 4, 1) * tileCount;
    ahead.perStep = std::min<int64_t>(llvm::divideCeil(ahead.rows * ahead.lines, steps), plan.fetchLines);
    return ahead;
  }

  /// Of `tiles`, the first one in a block.
  Value blockTile(Value block, int64_t tiles) {
    if (tiles == plan.blocks)
      return block;
    if (std::optional<int64_t> known = getConstantIntValue(block))
      return b.constant(*known * tiles / plan.blocks);
    return arith::DivUIOp::create(b, b.mul(block, tiles), b.constant(plan.blocks));
  }

  /// The ends of what m.size leaves whole: of the tall tiles, and of all.
  std::pair<Value, Value> wholeTiles(const RowTiles &tiles) {
    Value tallCount = b.constant(tiles.tallCount);
    if (!c.m.size)
      return {tallCount, b.constant(tiles.count)};
    Value tall = tallCount;
    if (tiles.tallCount)
      tall = b.smaller(arith::DivUIOp::create(b, c.m.size, b.constant(tiles.tallHeight())), tallCount);
    Value rest = b.larger(b.add(c.m.size, -tiles.tallCount * tiles.tallHeight()), b.constant(0));
    return {tall, b.add(arith::DivUIOp::create(b, rest, b.constant(tiles.height)), tiles.tallCount)};
  }

  /// Tiles [from, to): first the tall ones, then the others, then the one that m.size cuts.
  void emitTiles(const Contraction &part, const ColumnPanel &panel, const RowTiles &tiles, Value from, Value to) {
    Value none = b.constant(0), tallCount = b.constant(tiles.tallCount);
    int64_t tallRows = tiles.tallCount * tiles.tallHeight();
    auto [tallWhole, allWhole] = wholeTiles(tiles);
    WaitingTile waiting{none, none};
    if (tiles.tallCount)
      emitTileLoop(part, panel, from, b.smaller(to, tallWhole), tiles.tallHeight(), 0, waiting);
    if (tiles.tallCount < tiles.count)
      emitTileLoop(part, panel, b.larger(from, tallCount), b.smaller(to, allWhole), tiles.height,
                   tallRows - tiles.tallCount * tiles.height, waiting);
    if (panel.delayed.count)
      emitWaiting(b, part, panel, waiting, none);
    if (!c.m.size)
      return;

    // All tall ones are whole if the others have begun.
    Value cut = allWhole, row = b.add(b.mul(allWhole, tiles.height), tiles.tallCount);
    int64_t height = tiles.height;
    if (tiles.tallCount) {
      height = tiles.tallHeight();
      Value amongTall = b.less(tallWhole, tallCount);
      cut = arith::SelectOp::create(b, amongTall, tallWhole, allWhole);
      row = arith::SelectOp::create(b, amongTall, b.mul(tallWhole, height), row);
    }
    if (height == 1)
      return;
    Value exists = both(b.less(row, c.m.size),
                        both(arith::CmpIOp::create(b, arith::CmpIPredicate::sle, from, cut), b.less(cut, to)));
    auto branch = scf::IfOp::create(b, exists, /*withElseRegion=*/false);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.thenBlock());
    b.forEach(row, c.m.size, tiles.cutHeight,
              [&](Value first) { emitTile(b, part, panel, first, tiles.cutHeight, Value()); });
  }

  /// Tiles [from, to) of one height; the first row of tile t is t * height + offset. `waiting`: the tile before them that
  /// waits, and then the last of them.
  void emitTileLoop(const Contraction &part, const ColumnPanel &panel, Value from, Value to, int64_t height,
                    int64_t offset, WaitingTile &waiting) {
    auto rowOf = [&](Value tile) { return b.add(b.mul(tile, height), offset); };
    if (!panel.delayed.count)
      return b.forEach(from, to, 1, [&](Value tile) { emitTile(b, part, panel, rowOf(tile), height, tile); });
    SmallVector<Value> last =
        b.loop(from, to, 1, {waiting.row, waiting.pieces}, [&](Value tile, ValueRange carried) -> SmallVector<Value> {
          WaitingTile before{carried[0], carried[1]};
          emitTile(b, part, panel, rowOf(tile), height, tile, &before);
          return {rowOf(tile), b.constant(panel.delayed.areRows ? height : height * panel.vectors)};
        });
    waiting = {last[0], last[1]};
  }

  LoopBuilder &b;
  const Contraction &c;
  const ProductPlan &plan;
};
} // namespace

void dlc::emitContraction(LoopBuilder &b, const Contraction &contraction, const ProductPlan &plan, Value first,
                          Value last) {
  ContractionEmitter(b, contraction, plan).emit(first, last);
}
