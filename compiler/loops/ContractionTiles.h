// ContractionTiles.h - the innermost code of a matrix product: one register tile, and the copies that feed
// it. SPDX-License-Identifier: Apache-2.0
//
// Used by Contraction.cpp alone, which decides what is tiled how.
#ifndef DLC_COMPILER_LOOPS_CONTRACTIONTILES_H
#define DLC_COMPILER_LOOPS_CONTRACTIONTILES_H
#include "compiler/loops/Contraction.h"

namespace dlc {
/// The size as an index.
mlir::Value sizeOf(LoopBuilder &b, const LoopBound &bound);

/// What the first block's sum is added to: -0.0, which changes no bit of it, so that a product of one block has the
/// same bits in a library for more. Over no block the sum is 0.
mlir::Value beforeBlocks(LoopBuilder &b, const Contraction &contraction);

/// Cache lines of B that the tiles of a panel fetch for the next one, a few every four k, in turn.
struct AheadFetch {
  mlir::Value tileFirst;  ///< the tile that starts with it
  mlir::Value origin;     ///< of the next panel in B
  int64_t rows;           ///< pieces that are fetched, each consecutive in memory
  mlir::Value rowStride;  ///< elements from one to the next
  int64_t lines;          ///< cache lines of each
  mlir::Value lineStride; ///< elements from one to the next
  int64_t perStep;        ///< lines fetched every four k
};

/// Sums so far, where k is divided: row r of the columns lies at origin + r * (vectors * lanes).
struct PartialSums {
  mlir::Value buffer, origin;
  bool isChain = false; ///< of one chain of multiply-adds, which goes on; else of whole chains
};

/// A tile whose sums wait in scratch memory to be finished beside the next one.
struct WaitingTile {
  mlir::Value row, pieces; ///< its first row, and how many pieces there are: 0, there is none
};

/// The columns that a tile works on, and where their right-hand side lies.
struct ColumnPanel {
  mlir::Value column;                   ///< the first column
  int64_t vectors;                      ///< how many vectors of contractionLanes() columns
  llvm::SmallVector<mlir::Value> masks; ///< for each vector which columns exist; null: all
  mlir::Value buffer;                   ///< B, or the scratch memory
  mlir::Value origin;                   ///< of k = 0 and the first column in the buffer
  mlir::Value stride;                   ///< in the buffer, from one k to the next
  mlir::Value vectorStride;             ///< in the buffer, from one vector of columns to the next
  bool padded;                          ///< the buffer has columns also where the masks are false
  int64_t unroll;                       ///< steps of k in one iteration: 2 or 4
  std::optional<AheadFetch> ahead;      ///< needs an unroll of 4
  int64_t fetchLeft = 0;                ///< so many k ahead A is asked for, of runs a run ahead; 0: never
  mlir::Value target;                   ///< where its copy begins in the scratch memory; null: at 0
  mlir::Value runStride;                ///< of a copy: from one run to the next; null: B lies where it did
  std::optional<PartialSums> partial;   ///< tiles add to these and don't finish
  /// What is copied to `buffer` beside the multiply-adds of this tile, before they read it; null: it lies there already.
  const ColumnPanel *source = nullptr;
  mlir::Value copyingTile;
  DelayedPieces delayed;     ///< of the waiting tile
  bool finishesRows = false; ///< what follows is a loop over rows of sums that lie there, too
  mlir::Value waiting;       ///< where in the scratch memory its sums lie
};

/// Rows [row, row + rows) of the panel, all of k, then `finish`. `tile` counts the tiles of a panel. Without it the tile is
/// cut: `row` exists; further rows from m.size on are not finished, and the last row is read in their place.
/// `before`: a tile that waits, which is finished meanwhile; this one waits then.
void emitTile(LoopBuilder &b, const Contraction &contraction, const ColumnPanel &panel, mlir::Value row, int64_t rows,
              mlir::Value tile, const WaitingTile *before = nullptr);
/// `finish` for pieces [from, tile.pieces) of the tile that waits.
void emitWaiting(LoopBuilder &b, const Contraction &contraction, const ColumnPanel &panel, const WaitingTile &tile,
                 mlir::Value from);

/// Such a vector in place of the sums of rows [row, end); null: zeros.
void emitClearSums(LoopBuilder &b, const Contraction &contraction, const ColumnPanel &panel, mlir::Value row,
                   mlir::Value end, mlir::Value vector);
/// Adds to the sums of rows [row, end) those of `chains`, which begin anew.
void emitAddChains(LoopBuilder &b, const Contraction &contraction, const ColumnPanel &panel, const PartialSums &chains,
                   mlir::Value row, mlir::Value end);
/// `finish` for the sums of rows [row, end).
void emitFinishSums(LoopBuilder &b, const Contraction &contraction, const ColumnPanel &panel, mlir::Value row,
                    mlir::Value end);

/// Copies of B's columns from panel.column on to the scratch memory as [k][panel.vectors * lanes]; columns
/// that don't exist become zeros or repeat others. `panel` still describes B in place, and describes the copy
/// afterwards. Columns are consecutive in memory:
void emitPanelCopy(LoopBuilder &b, const Contraction &contraction, ColumnPanel &panel);
/// Consecutive along k; `shuffleLanes` is what one transposed block has on a side. Writes whole blocks: k is
/// rounded up to a multiple of the lanes.
void emitPanelTranspose(LoopBuilder &b, const Contraction &contraction, ColumnPanel &panel, int64_t shuffleLanes);
/// Consecutive neither way.
void emitPanelGather(LoopBuilder &b, const Contraction &contraction, ColumnPanel &panel);

/// Rows `k` to `k` + `count` of such a copy.
void emitRowsCopy(LoopBuilder &b, const Contraction &contraction, const ColumnPanel &panel, mlir::Value k,
                  int64_t count);
/// The panel after a copy.
void describeCopy(LoopBuilder &b, const Contraction &contraction, ColumnPanel &panel);

/// Sums over lanes along k, as Contraction.h says; a part is contractionLanes() columns.
void emitDots(LoopBuilder &b, const Contraction &contraction, const ProductPlan &plan, mlir::Value first,
              mlir::Value last);
} // namespace dlc
#endif
