// ProductPlan.h - how a matrix product is to be computed: what is tiled, copied and divided how.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_LOOPS_PRODUCTPLAN_H
#define DLC_COMPILER_LOOPS_PRODUCTPLAN_H
#include "compiler/CostModel.h"
#include "llvm/Support/raw_ostream.h"
#include <array>

namespace dlc {
/// C[m, n] = sum over k of A[m, k] * B[k, n], as far as the way to compute it depends on it: sizes at the capacity, and how
/// far apart neighbours lie along (m, k) of A and along (k, n) of B, in elements.
struct ProductShape {
  int64_t elementBytes; ///< 4 or 8
  int64_t m, n, k;
  std::array<int64_t, 2> lhsStride, rhsStride;
  int64_t runs = 1;        ///< k is summed so many times, each time from other places on
  int64_t followers = 0;   ///< ops that are done with each element
  int64_t followWork = 0;  ///< the same, each as many as it takes instructions, about
  bool isShared = false;   ///< B is the same for all products of a stack, and there are several
  int64_t followBytes = 0; ///< that these read beside the sums; if they are many, what they write, too
  int64_t outer = 1;       ///< products of the stack; 0: as many as a call has
  bool isPacked = false;   ///< columns of B lie in blocks of a vector, each with all of k: in order, whatever the panel
  bool isAlone = false;    ///< there is no stack
  bool mayTurn = false;    ///< it may be computed as its transpose; n is then the same in all calls

  /// B^T A^T, whose rows are the columns of the product.
  ProductShape turned() const {
    return {elementBytes, n, m, k, {rhsStride[1], rhsStride[0]}, {lhsStride[1], lhsStride[0]}};
  }
};

/// So many runs of k make a sum before it is added to those before it, if k is that long.
inline int64_t runsOfBlock(int64_t k) { return std::max<int64_t>(sumBlock / std::max<int64_t>(k, 1), 1); }

/// Rows of a panel as tiles: balanced, so that heights differ by one at most.
struct RowTiles {
  int64_t height = 0, count = 0; ///< the first `tallCount` of `count` have a row more
  int64_t tallCount = 0;
  int64_t cutHeight = 0; ///< of the tiles that cover what a call of fewer rows leaves of one

  int64_t tallHeight() const { return height + 1; }
  int64_t highest() const { return tallCount ? tallHeight() : height; }
};

/// What of a tile is finished while the next one is computed: so many pieces every so many turns of the loop over k.
struct DelayedPieces {
  int64_t count = 0;    ///< 0: a tile is finished at once
  int64_t turns = 1;    ///< a power of two
  bool areRows = false; ///< whole rows of the tile; else single vectors
};

struct ProductPlan {
  /// The product is computed as its transpose: "A" is B^T, "rows" are its columns, and each block of results is turned
  /// before it is finished.
  bool turned = false;
  /// Rows of A are copied to scratch memory first, so many at a time, so that they are consecutive along k. 0: never.
  int64_t packedRows = 0;
  enum class RightHandSide {
    InPlace,    ///< rows of columns, read where they are
    Copied,     ///< the same, but far apart and read often
    Transposed, ///< rows of k
    Gathered,   ///< neither
    Dots        ///< rows of k, and so few rows of A that lanes run along k
  };
  RightHandSide rhs = RightHandSide::InPlace;
  bool isPacked = false; ///< in place, but in blocks of a vector
  /// Of a stack of products: all of them are done with one panel before the next.
  bool panelsOutside = false;
  bool wideRegisters = false;
  int64_t lanes = 0;         ///< of a vector of columns
  int64_t vectors = 0;       ///< of a panel
  int64_t panels = 0;        ///< the last one may be narrower
  int64_t lastVectors = 0;   ///< of the last panel
  RowTiles tiles, lastTiles; ///< of whole panels, of the last one
  int64_t blocks = 0;        ///< of rows in each panel, each a part
  int64_t shuffleLanes = 0;  ///< side of a block that is transposed in registers
  int64_t unroll = 1;        ///< steps of k in one turn of the loop
  bool fetchAhead = false;   ///< B comes from beyond the second cache
  int64_t fetchLeft =
      0; ///< so many k ahead A is asked for, of runs a run ahead: each brings a line from far away; 0: never
  bool fetchFollowing = false; ///< what is read with the sums of a tile is asked for before
  int64_t fetchLines = 0;      ///< cache lines that one step of the loop over k may fetch
  int64_t kBlock = 0;          ///< k is done so many at a time; 0: all at once
  bool blocksOutside = false;  ///< all panels are done with one block of k before the next
  int64_t waitingRows = 0;     ///< rows whose sums wait meanwhile
  /// Runs are done so many at a time, for `slabParts` parts after the other, whose sums wait: what the parts read of these
  /// runs stays in the cache. 0: each part does all runs at once.
  int64_t slabRuns = 0, slabParts = 0;
  int64_t slabElements = 0;  ///< of the sums of one part
  DelayedPieces delayed;     ///< what follows a tile is done while the next one is computed
  bool finishesRows = false; ///< the sums of a tile go through scratch memory, and what follows is a loop over its rows
  int64_t waitingElements = 0;               ///< of the sums of such a tile
  int64_t panelElements = 0;                 ///< of scratch memory: the copy of a panel
  int64_t partialRows = 0;                   ///< rows of sums there
  int64_t chainRows = 0;                     ///< and of chains that are not at their end, where there are several
  int64_t groups = 1;                        ///< of rows of A that are copied together
  int64_t packedStride = 0;                  ///< of such a copy, from one row to the next
  int64_t rowsAtOnce = 0, columnsAtOnce = 0; ///< dot products that are computed at once
  int64_t rowsUnrolled = 0;                  ///< up to so many rows are written out one after the other

  /// How many independent parts the work is made of, at full capacity (a range of them is one thread's share).
  int64_t parts() const { return groups * partsOfGroup(); }
  int64_t partsOfGroup() const { return panels * blocks; }
  /// Elements of scratch memory that one part needs.
  int64_t scratchElements() const {
    return panelElements + (partialRows + chainRows) * waitingColumns() + packedRows * packedStride +
           slabParts * slabElements + waitingElements;
  }
  /// Columns whose sums wait at once.
  int64_t waitingColumns() const { return vectors * lanes * (blocksOutside ? panels : 1); }
  /// A block of k is less than a chain of multiply-adds.
  bool isChainDivided() const { return kBlock && kBlock < sumBlock; }
  /// Where in it the sums of a tile wait, and where rows of A lie.
  int64_t waitingOrigin() const { return packedOrigin() - waitingElements; }
  int64_t packedOrigin() const { return scratchElements() - packedRows * packedStride; }
  const RowTiles &tilesOf(int64_t ofVectors) const { return ofVectors == vectors ? tiles : lastTiles; }
  /// Tiles whose sums wait at once.
  int64_t waitingTiles(const RowTiles &of) const { return waitingRows / of.tallHeight(); }
  void print(llvm::raw_ostream &os) const;
};

ProductPlan planProduct(const ProductShape &shape, const CostModel &costs);
} // namespace dlc
#endif
