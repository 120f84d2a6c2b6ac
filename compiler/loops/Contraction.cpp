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

int64_t dlc::contractionLanes(Type element) {
  return element.isF64() ? 8 : 16;
}

namespace {
enum class RightHandSide {
  InPlace,    ///< rows of columns, read where they are
  Copied,     ///< the same, but far apart and read often
  Transposed, ///< rows of k
  Gathered,   ///< neither
  Dots        ///< rows of k, and so few rows of A that lanes run along k
};

/// Tiles of one kind of panel.
struct RowTiles {
  int64_t height, count; ///< the first `tallCount` of `count` have a row more
  int64_t tallCount;

  int64_t tallHeight() const { return height + 1; }
};

/// All decisions, from capacities, strides and target only, so that the three public functions agree.
struct Schedule {
  int64_t lanes;
  int64_t vectors;     ///< of a panel
  int64_t panels;      ///< the last one may be narrower
  int64_t lastVectors; ///< of the last panel
  int64_t blocks;      ///< of rows in each panel, each a part
  RightHandSide rhs;
  int64_t shuffleLanes;
  bool wideRegisters;
  bool fetchAhead;         ///< B comes from beyond the second cache
  int64_t kBlock = 0;      ///< k is done so many at a time; 0: all at once
  int64_t partialRows = 0; ///< rows of sums that wait meanwhile

  Schedule(const Contraction &c, const TargetDescription &target) {
    lanes = contractionLanes(c.element);
    int64_t elementBytes = c.element.isF64() ? 8 : 4;
    wideRegisters = target.registerBytes / elementBytes >= lanes;
    shuffleLanes = std::min<int64_t>(target.registerBytes / elementBytes, lanes);
    int64_t columns = c.n.capacity, all = llvm::divideCeil(columns, lanes);
    if (takesDots(c)) {
      rhs = RightHandSide::Dots;
      vectors = lastVectors = blocks = 1;
      panels = all;
      fetchAhead = false;
      return;
    }
    if (c.k.capacity == 0) {
      rhs = RightHandSide::InPlace; // nothing is read
    } else if (c.rhsStride[1] == 1 || columns == 1) {
      // Rows of few cache lines at such distances share some sets of the cache.
      bool crowded = !wideRegisters && c.rhsStride[0] * elementBytes % 1024 == 0;
      bool large = c.m.capacity >= (wideRegisters ? 512 : 256);
      rhs = large || (crowded && c.m.capacity >= 24) ? RightHandSide::Copied : RightHandSide::InPlace;
    } else if (c.rhsStride[0] == 1 && c.k.capacity > 1) {
      rhs = RightHandSide::Transposed;
    } else {
      rhs = RightHandSide::Gathered;
    }

    // Few rows read B in place in long pieces; a copy need not be wide.
    int64_t width = panelVectors(rhs == RightHandSide::InPlace ? c.m.capacity : tileRows(1));
    panels = llvm::divideCeil(all, width);
    vectors = panels ? llvm::divideCeil(all, panels) : 0;
    panels = panels ? llvm::divideCeil(all, vectors) : 0;
    lastVectors = all - vectors * (panels - 1);
    fetchAhead = c.m.capacity > 8 && columns * c.k.capacity * elementBytes > target.l2Bytes / 2;

    // A copied panel is worth some tiles; parts that share one copy it once each.
    int64_t tiles = rowTiles(c, vectors).count;
    if (rhs == RightHandSide::InPlace)
      blocks = tiles;
    else
      blocks = std::max<int64_t>(tiles / (panels < 16 ? 4 : 16), 1);
    divideK(c);
  }

  /// A long k in blocks, whose part of a panel stays in the cache; this bounds the scratch memory too. What
  /// is read in place gains nothing.
  void divideK(const Contraction &c) {
    if (rhs == RightHandSide::InPlace || !vectors || c.m.capacity == 0 || c.k.capacity <= sumBlock + sumBlock / 2)
      return;
    kBlock = sumBlock;
    for (int64_t ofVectors : {vectors, lastVectors}) {
      RowTiles kind = rowTiles(c, ofVectors);
      partialRows = std::max(partialRows, std::min(kind.count, chunkTiles(kind)) * kind.tallHeight());
    }
  }

  /// Tiles whose sums wait at once while k is done in blocks.
  static int64_t chunkTiles(const RowTiles &tiles) { return 512 / tiles.tallHeight(); }

  int64_t panelElements(const Contraction &c) const {
    if (rhs == RightHandSide::InPlace || rhs == RightHandSide::Dots || !c.m.capacity)
      return 0;
    return llvm::alignTo(kBlock ? kBlock : c.k.capacity, lanes) * vectors * lanes;
  }

  /// Vectors of a panel when there are `rows` to a tile at most.
  int64_t panelVectors(int64_t rows) const {
    if (wideRegisters)
      return rows == 1 ? 16 : rows == 2 ? 8 : 4;
    return rows == 1 ? 4 : rows == 2 ? 2 : 1;
  }

  /// Rows of a tile beside that many vectors: accumulators, vectors of B and a broadcast must fit the
  /// registers.
  int64_t tileRows(int64_t ofVectors) const {
    if (!wideRegisters) // half as wide and half as many
      return ofVectors == 1 ? 6 : ofVectors == 2 ? 2 : 1;
    if (ofVectors > 8)
      return 1;
    if (ofVectors > 4)
      return 2;
    return std::array<int64_t, 4>{16, 12, 8, 6}[ofVectors - 1];
  }

  RowTiles rowTiles(const Contraction &c, int64_t ofVectors) const {
    if (c.m.capacity == 0 || ofVectors == 0)
      return {0, 0, 0};
    int64_t count = llvm::divideCeil(c.m.capacity, tileRows(ofVectors));
    // One height for all halves the code. Wide tiles lose nothing by being a third lower.
    int64_t least =
        wideRegisters ? llvm::divideCeil(16, std::max<int64_t>(ofVectors, 2)) : tileRows(ofVectors);
    for (int64_t height = tileRows(ofVectors); height >= least; --height)
      if (c.m.capacity % height == 0)
        return {height, c.m.capacity / height, 0};
    return {c.m.capacity / count, count, c.m.capacity % count};
  }

  bool lastDiffers(const Contraction &c) const { return c.n.capacity != panels * vectors * lanes; }
};

/// The loops around the tiles.
class ContractionEmitter {
public:
  ContractionEmitter(ImplicitLocOpBuilder &b, const Contraction &c, const TargetDescription &target)
      : b(b), c(c), schedule(c, target) {}

  void emit(Value first, Value last) {
    if (c.m.capacity == 0 || c.n.capacity == 0)
      return;
    if (schedule.rhs == RightHandSide::Dots)
      return emitDots(b, c, schedule.wideRegisters, first, last);
    Value panelFirst = first, panelEnd = last;
    if (schedule.blocks > 1) {
      Value blocks = indexConstant(b, schedule.blocks);
      panelFirst = arith::DivUIOp::create(b, first, blocks);
      panelEnd = arith::DivUIOp::create(b, addIndex(b, last, schedule.blocks - 1), blocks);
    }

    // Whole panels.
    int64_t width = schedule.vectors * schedule.lanes;
    int64_t wholePanels = c.n.capacity / width;
    Value wholeEnd = indexConstant(b, wholePanels);
    if (c.n.size)
      wholeEnd = arith::DivUIOp::create(b, c.n.size, indexConstant(b, width));
    if (wholePanels) {
      auto loop = scf::ForOp::create(b, panelFirst, minimum(panelEnd, wholeEnd), indexConstant(b, 1));
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(loop.getBody());
      SmallVector<Value> masks(schedule.vectors);
      emitPanel(loop.getInductionVar(), schedule.vectors, masks, first, last);
    }

    // What remains of the columns.
    if (!c.n.size && !schedule.lastDiffers(c))
      return;
    Value exists = both(arith::CmpIOp::create(b, arith::CmpIPredicate::slt, first, last),
                        both(arith::CmpIOp::create(b, arith::CmpIPredicate::sle, panelFirst, wholeEnd),
                             arith::CmpIOp::create(b, arith::CmpIPredicate::slt, wholeEnd, panelEnd)));
    if (c.n.size) {
      Value some =
          arith::CmpIOp::create(b, arith::CmpIPredicate::slt, scaleIndex(b, wholeEnd, width), c.n.size);
      exists = both(exists, some);
    }
    auto branch = scf::IfOp::create(b, exists, /*withElseRegion=*/false);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.thenBlock());
    int64_t vectors = c.n.size ? schedule.vectors : schedule.lastVectors;
    SmallVector<Value> masks(vectors);
    VectorType maskType = VectorType::get({schedule.lanes}, b.getI1Type());
    if (c.n.size) {
      Value left = arith::SubIOp::create(b, c.n.size, scaleIndex(b, wholeEnd, width));
      for (int64_t q = 0; q < vectors; ++q)
        masks[q] = vector::CreateMaskOp::create(b, maskType, addIndex(b, left, -q * schedule.lanes));
    } else if (int64_t rest = c.n.capacity % schedule.lanes) {
      SmallVector<bool> lanes(schedule.lanes, false);
      std::fill_n(lanes.begin(), rest, true);
      masks.back() = arith::ConstantOp::create(b, DenseElementsAttr::get(maskType, lanes));
    }
    emitPanel(wholeEnd, vectors, masks, first, last);
  }

private:
  Value minimum(Value x, Value y) { return arith::MinSIOp::create(b, x, y); }
  Value maximum(Value x, Value y) { return arith::MaxSIOp::create(b, x, y); }
  Value both(Value x, Value y) { return arith::AndIOp::create(b, x, y); }

  /// The tiles of one panel that lie in parts [first, last).
  void emitPanel(Value index, int64_t vectors, ArrayRef<Value> masks, Value first, Value last) {
    ColumnPanel panel;
    panel.column = scaleIndex(b, index, schedule.vectors * schedule.lanes);
    panel.vectors = vectors;
    panel.masks.assign(masks.begin(), masks.end());
    panel.buffer = c.rhs;
    panel.origin = addIndex(b, c.rhsBase, scaleIndex(b, panel.column, c.rhsStride[1]));
    panel.stride = c.rhsStride[0];
    panel.padded = false;
    panel.unroll = schedule.wideRegisters && !schedule.fetchAhead ? 2 : 4;

    RowTiles tiles = schedule.rowTiles(c, vectors);
    Value blockFirst = indexConstant(b, 0), blockEnd = indexConstant(b, schedule.blocks);
    if (schedule.blocks > 1) {
      Value start = scaleIndex(b, index, schedule.blocks);
      blockFirst = maximum(arith::SubIOp::create(b, first, start), blockFirst);
      blockEnd = minimum(arith::SubIOp::create(b, last, start), blockEnd);
    }
    Value tileFirst = blockTile(blockFirst, tiles.count), tileEnd = blockTile(blockEnd, tiles.count);
    OpBuilder::InsertionGuard guard(b);
    if (c.m.size && schedule.rhs != RightHandSide::InPlace)
      enterIfBelow(tileRow(tileFirst, tiles), c.m.size); // no copy for nothing
    if (schedule.kBlock) {
      emitDividedPanel(panel, tiles, tileFirst, tileEnd);
      return;
    }
    if (schedule.fetchAhead)
      panel.ahead =
          describeAhead(c, panel, tileFirst, tiles.count, vectors * schedule.lanes * c.rhsStride[1]);
    emitCopy(c, panel);
    emitTiles(c, panel, tiles, tileFirst, tileEnd);
  }

  void emitCopy(const Contraction &part, ColumnPanel &panel) {
    switch (schedule.rhs) {
    case RightHandSide::InPlace:
    case RightHandSide::Dots:
      break;
    case RightHandSide::Copied:
      emitPanelCopy(b, part, panel);
      break;
    case RightHandSide::Transposed:
      emitPanelTranspose(b, part, panel, schedule.shuffleLanes);
      break;
    case RightHandSide::Gathered:
      emitPanelGather(b, part, panel);
      break;
    }
  }

  /// Some hundred rows after the other; within each, one block of k after the other.
  void emitDividedPanel(const ColumnPanel &panel, const RowTiles &tiles, Value from, Value to) {
    int64_t chunk = schedule.chunkTiles(tiles);
    auto rowsLoop = scf::ForOp::create(b, from, to, indexConstant(b, chunk));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(rowsLoop.getBody());
    Value tileFirst = rowsLoop.getInductionVar();
    Value tileEnd = minimum(addIndex(b, tileFirst, chunk), to);
    Value row = tileRow(tileFirst, tiles), rowEnd = tileRow(tileEnd, tiles);
    if (c.m.size) {
      enterIfBelow(row, c.m.size);
      rowEnd = minimum(rowEnd, c.m.size);
    }
    int64_t width = panel.vectors * schedule.lanes;
    ColumnPanel divided = panel;
    Value origin =
        arith::SubIOp::create(b, indexConstant(b, schedule.panelElements(c)), scaleIndex(b, row, width));
    divided.partial = PartialSums{c.scratch, origin};
    emitClearSums(b, c, divided, row, rowEnd);
    {
      Value size = sizeOf(b, c.k);
      auto kLoop = scf::ForOp::create(b, indexConstant(b, 0), size, indexConstant(b, schedule.kBlock));
      OpBuilder::InsertionGuard inner(b);
      b.setInsertionPointToStart(kLoop.getBody());
      Value k = kLoop.getInductionVar();
      Contraction part = c;
      part.lhsBase = addIndex(b, c.lhsBase, scaleIndex(b, k, c.lhsStride[1]));
      part.rhsBase = addIndex(b, c.rhsBase, scaleIndex(b, k, c.rhsStride[0]));
      part.k.capacity = schedule.kBlock;
      if (c.k.size || c.k.capacity % schedule.kBlock)
        part.k.size = minimum(arith::SubIOp::create(b, size, k), indexConstant(b, schedule.kBlock));
      ColumnPanel ofPart = divided;
      ofPart.origin = addIndex(b, panel.origin, scaleIndex(b, k, c.rhsStride[0]));
      if (schedule.fetchAhead)
        ofPart.ahead = describeAhead(part, ofPart, tileFirst, std::min(tiles.count, chunk),
                                     schedule.kBlock * c.rhsStride[0]);
      emitCopy(part, ofPart);
      emitTiles(part, ofPart, tiles, tileFirst, tileEnd);
    }
    emitFinishSums(b, c, divided, row, rowEnd);
  }

  /// What follows is emitted into code that runs only if x < y.
  void enterIfBelow(Value x, Value y) {
    Value below = arith::CmpIOp::create(b, arith::CmpIPredicate::slt, x, y);
    b.setInsertionPointToStart(scf::IfOp::create(b, below, /*withElseRegion=*/false).thenBlock());
  }

  /// The first row of a tile.
  Value tileRow(Value tile, const RowTiles &tiles) {
    return addIndex(b, scaleIndex(b, tile, tiles.height), smaller(tile, indexConstant(b, tiles.tallCount)));
  }

  /// What to fetch while `tileCount` tiles of the panel are computed: as much of B again, `distance` further
  /// on.
  AheadFetch describeAhead(const Contraction &part, const ColumnPanel &panel, Value tileFirst,
                           int64_t tileCount, int64_t distance) {
    int64_t width = panel.vectors * schedule.lanes, line = 64 * 8 / c.element.getIntOrFloatBitWidth();
    AheadFetch ahead;
    ahead.tileFirst = tileFirst;
    ahead.origin = addIndex(b, panel.origin, distance);
    bool transposed = schedule.rhs == RightHandSide::Transposed;
    ahead.rows = transposed ? width : part.k.capacity;
    ahead.rowStride = c.rhsStride[transposed];
    ahead.lines = llvm::divideCeil(transposed ? part.k.capacity : width, line);
    int64_t steps = std::max<int64_t>(part.k.capacity / 4, 1) * tileCount;
    ahead.perStep = std::min<int64_t>(llvm::divideCeil(ahead.rows * ahead.lines, steps), 4);
    return ahead;
  }

  /// Of `tiles`, the first one in a block.
  Value blockTile(Value block, int64_t tiles) {
    if (tiles == schedule.blocks)
      return block;
    if (std::optional<int64_t> known = getConstantIntValue(block))
      return indexConstant(b, *known * tiles / schedule.blocks);
    return arith::DivUIOp::create(b, scaleIndex(b, block, tiles), indexConstant(b, schedule.blocks));
  }

  /// Tiles [from, to): first the tall ones, then the others, then the one that m.size cuts.
  void emitTiles(const Contraction &part, const ColumnPanel &panel, const RowTiles &tiles, Value from,
                 Value to) {
    Value none = indexConstant(b, 0), tallCount = indexConstant(b, tiles.tallCount);
    int64_t tallRows = tiles.tallCount * tiles.tallHeight();
    Value tallWhole = tallCount, allWhole = indexConstant(b, tiles.count); // ends of what m.size leaves whole
    if (c.m.size) {
      if (tiles.tallCount)
        tallWhole =
            minimum(arith::DivUIOp::create(b, c.m.size, indexConstant(b, tiles.tallHeight())), tallCount);
      Value rest = maximum(addIndex(b, c.m.size, -tallRows), none);
      allWhole =
          addIndex(b, arith::DivUIOp::create(b, rest, indexConstant(b, tiles.height)), tiles.tallCount);
    }
    if (tiles.tallCount)
      emitTileLoop(part, panel, from, smaller(to, tallWhole), tiles.tallHeight(), 0);
    if (tiles.tallCount < tiles.count)
      emitTileLoop(part, panel, larger(from, tallCount), smaller(to, allWhole), tiles.height,
                   tallRows - tiles.tallCount * tiles.height);
    if (!c.m.size)
      return;

    // All tall ones are whole if the others have begun.
    Value cut = allWhole, row = addIndex(b, scaleIndex(b, allWhole, tiles.height), tiles.tallCount);
    int64_t height = tiles.height;
    if (tiles.tallCount) {
      height = tiles.tallHeight();
      Value amongTall = arith::CmpIOp::create(b, arith::CmpIPredicate::slt, tallWhole, tallCount);
      cut = arith::SelectOp::create(b, amongTall, tallWhole, allWhole);
      row = arith::SelectOp::create(b, amongTall, scaleIndex(b, tallWhole, height), row);
    }
    if (height == 1)
      return;
    Value exists = both(arith::CmpIOp::create(b, arith::CmpIPredicate::slt, row, c.m.size),
                        both(arith::CmpIOp::create(b, arith::CmpIPredicate::sle, from, cut),
                             arith::CmpIOp::create(b, arith::CmpIPredicate::slt, cut, to)));
    auto branch = scf::IfOp::create(b, exists, /*withElseRegion=*/false);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.thenBlock());
    emitTile(b, part, panel, row, height, Value());
  }

  /// Tiles [from, to) of one height; the first row of tile t is t * height + offset.
  void emitTileLoop(const Contraction &part, const ColumnPanel &panel, Value from, Value to, int64_t height,
                    int64_t offset) {
    auto loop = scf::ForOp::create(b, from, to, indexConstant(b, 1));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    Value row = addIndex(b, scaleIndex(b, loop.getInductionVar(), height), offset);
    emitTile(b, part, panel, row, height, loop.getInductionVar());
  }

  /// As minimum and maximum, but folded where both are constant.
  Value smaller(Value x, Value y) {
    std::optional<int64_t> cx = getConstantIntValue(x), cy = getConstantIntValue(y);
    return cx && cy ? indexConstant(b, std::min(*cx, *cy)) : minimum(x, y);
  }
  Value larger(Value x, Value y) {
    std::optional<int64_t> cx = getConstantIntValue(x), cy = getConstantIntValue(y);
    return cx && cy ? indexConstant(b, std::max(*cx, *cy)) : maximum(x, y);
  }

  ImplicitLocOpBuilder &b;
  const Contraction &c;
  Schedule schedule;
};
} // namespace

int64_t dlc::contractionScratch(const Contraction &c, const TargetDescription &target) {
  Schedule schedule(c, target);
  return schedule.panelElements(c) + schedule.partialRows * schedule.vectors * schedule.lanes;
}

int64_t dlc::contractionParts(const Contraction &c, const TargetDescription &target) {
  Schedule schedule(c, target);
  return schedule.panels * schedule.blocks;
}

void dlc::emitContraction(ImplicitLocOpBuilder &b, const Contraction &contraction,
                          const TargetDescription &target, Value first, Value last) {
  ContractionEmitter(b, contraction, target).emit(first, last);
}
