// ProductPlan.cpp - how a matrix product is to be computed: what is tiled, copied and divided how.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/loops/ProductPlan.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>

using namespace dlc;
using RightHandSide = ProductPlan::RightHandSide;

/// Few rows and both operands consecutive along k: transposing B would not pay.
static bool takesDots(const ProductShape &shape, const CostModel &costs) {
  return shape.runs == 1 && shape.m <= costs.mostDotRows &&
         shape.m * shape.k * shape.elementBytes <= costs.mostDotBytes &&
         shape.k >= costs.leastDotVectors * productLanes(shape.elementBytes) && shape.lhsStride[1] == 1 &&
         shape.rhsStride[0] == 1 && shape.rhsStride[1] != 1;
}

static RightHandSide chooseRightHandSide(const ProductShape &shape, bool wide, const CostModel &costs) {
  if (takesDots(shape, costs))
    return RightHandSide::Dots;
  if (shape.k == 0 || shape.isPacked) // nothing is read, or as it lies
    return RightHandSide::InPlace;
  if (shape.rhsStride[1] == 1 || shape.n == 1) {
    bool crowded = !wide && shape.rhsStride[0] * shape.elementBytes % costs.crowdedStride == 0;
    return shape.m >= (crowded ? costs.crowdedCopyRows : costs.copyRows(wide)) ? RightHandSide::Copied
                                                                               : RightHandSide::InPlace;
  }
  return shape.rhsStride[0] == 1 && shape.k > 1 ? RightHandSide::Transposed : RightHandSide::Gathered;
}

/// `high`: as high as can be, rather than all of one height; so each line of an operand is read by fewer tiles.
static RowTiles divideRows(int64_t rows, bool high, bool wide, int64_t vectors, const CostModel &costs) {
  if (rows == 0 || vectors == 0)
    return {};
  int64_t most = costs.tileRows(wide, vectors), count = llvm::divideCeil(rows, most),
          cut = costs.cutRows(wide, vectors);
  for (int64_t height = most; height >= (high ? most : costs.leastTileRows(wide, vectors)); --height)
    if (rows % height == 0)
      return {height, rows / height, 0, std::min(cut, height)};
  RowTiles tiles{rows / count, count, rows % count, cut};
  tiles.cutHeight = std::min(cut, tiles.highest()); // sums that wait have room for no more
  return tiles;
}

/// Panels that crowd into few sets of the second cache; those of a stack are copied once for all of its products.
static bool isCrowdedPanel(const ProductShape &shape, const CostModel &costs) {
  int64_t apart = shape.rhsStride[0] * shape.elementBytes;
  return apart % costs.crowdedStride == 0 && shape.runs * shape.k * apart >= costs.crowdedBytes &&
         (shape.isShared || shape.m >= costs.crowdedCopyRows);
}

/// B comes from beyond the second cache: it is copied where what follows is to be hidden, and where rows of one panel, so many
/// as are read together, would push each other out of that cache.
static bool paysToCopy(const ProductShape &shape, bool mayDelay, const CostModel &costs) {
  int64_t apart = shape.rhsStride[0] * shape.elementBytes;
  bool isCrowded = costs.nearSteps * (apart & -apart) > costs.crowdedBytes;
  return shape.m >= (mayDelay ? costs.crowdedCopyRows : isCrowded ? costs.farCopyRows : costs.copyRows(true));
}

static ProductPlan planStraight(const ProductShape &shape, const CostModel &costs) {
  ProductPlan plan;
  plan.lanes = productLanes(shape.elementBytes);
  plan.wideRegisters = costs.isWide(shape.elementBytes);
  plan.shuffleLanes = costs.shuffleLanes(shape.elementBytes);
  plan.rhs = chooseRightHandSide(shape, plan.wideRegisters, costs);
  plan.isPacked = shape.isPacked;
  plan.waitingRows = costs.waitingRows;
  int64_t all = llvm::divideCeil(shape.n, plan.lanes);
  if (plan.rhs == RightHandSide::Dots) {
    plan.vectors = plan.lastVectors = plan.blocks = 1;
    plan.panels = all;
    std::tie(plan.rowsAtOnce, plan.columnsAtOnce) = costs.dotTile(plan.wideRegisters, shape.m);
    plan.rowsUnrolled = costs.unrolledDotRows;
    return plan;
  }

  // Few rows read B in place in long pieces; a copy need not be wide.
  bool inPlace = plan.rhs == RightHandSide::InPlace;
  int64_t width = costs.panelVectors(plan.wideRegisters, inPlace ? shape.m : costs.tileRows(plan.wideRegisters, 1));
  if (shape.isPacked)
    width = std::min(width, costs.mostStreams);
  int64_t bytesOfVector = shape.runs * shape.k * plan.lanes * shape.elementBytes;
  if (shape.isShared && all * bytesOfVector > costs.sharedBytes) {
    plan.panelsOutside = true;
    int64_t narrow = width;
    while (narrow > 2 && narrow * bytesOfVector > costs.sharedPanelBytes)
      narrow /= 2;
    // Where no panel stays in the cache whole, what some runs read of it does.
    bool mayBeSlab = shape.rhsStride[1] == 1 && shape.runs > runsOfBlock(shape.k) && shape.outer > 1;
    if (mayBeSlab && narrow * bytesOfVector > costs.sharedPanelBytes)
      plan.slabRuns = runsOfBlock(shape.k);
    else
      width = narrow;
  }
  plan.panels = llvm::divideCeil(all, width);
  plan.vectors = plan.panels ? llvm::divideCeil(all, plan.panels) : 0;
  plan.panels = plan.panels ? llvm::divideCeil(all, plan.vectors) : 0;
  plan.lastVectors = all - plan.vectors * (plan.panels - 1);
  if (plan.slabRuns) {
    plan.slabElements = shape.m * plan.vectors * plan.lanes;
    plan.slabParts =
        std::clamp<int64_t>(costs.slabBytes / (plan.slabElements * shape.elementBytes), 1, plan.panels * shape.outer);
    // Else all parts of a panel share its copy.
    inPlace = plan.panels == 1 || shape.isPacked || shape.rhsStride[0] * shape.elementBytes < costs.slabCopyStride;
    plan.rhs = inPlace ? RightHandSide::InPlace : RightHandSide::Copied;
  }
  int64_t rightBytes = shape.runs == 1 ? shape.n * shape.k * shape.elementBytes : 0;
  bool isFar = rightBytes > costs.farBytes;
  bool isLong = shape.runs == 1 && shape.k > sumBlock + sumBlock / 2;
  bool mayDelay = shape.followBytes > costs.delayedBytes && shape.runs == 1 && !isLong && shape.k >= costs.leastDelayed;
  if (inPlace && plan.vectors && plan.wideRegisters && !shape.isPacked && shape.rhsStride[1] == 1 &&
      (plan.panelsOutside || shape.runs > 1 ? isCrowdedPanel(shape, costs) && !isLong
                                            : isFar && paysToCopy(shape, mayDelay, costs))) {
    plan.rhs = RightHandSide::Copied;
    inPlace = false;
  }
  // What lies beyond the second cache is read by as few tiles as can be, and so many k at a time as it holds for all of them.
  bool isFarInPlace = isFar && inPlace && plan.wideRegisters && !shape.isPacked && !plan.panelsOutside;
  int64_t leftBytes = shape.runs * shape.k * shape.lhsStride[1] * shape.elementBytes;
  bool isColumn = shape.lhsStride[0] == 1 && shape.lhsStride[1] != 1 && leftBytes >= costs.columnBytes;
  for (auto [tiles, vectors] : {std::pair(&plan.tiles, plan.vectors), std::pair(&plan.lastTiles, plan.lastVectors)})
    *tiles = divideRows(shape.m, isColumn || (plan.wideRegisters && rightBytes > costs.lowTileBytes),
                        plan.wideRegisters, vectors, costs);

  if (isColumn && leftBytes > costs.fetchLeftBytes)
    plan.fetchLeft = costs.fetchLeftSteps;
  plan.fetchAhead = isFar && !isFarInPlace && shape.m > costs.fetchRows;
  plan.fetchLines = costs.fetchLines;
  plan.unroll = plan.wideRegisters && !plan.fetchAhead ? costs.unroll : costs.unrollFetching;

  // What follows a tile and comes from beyond the second cache is waited for beside the multiply-adds of the next.
  if (mayDelay && plan.tiles.count > 1) {
    plan.fetchFollowing = shape.followBytes > costs.distantBytes;
    int64_t sums = 0, rows = std::max(plan.tiles.highest(), plan.lastTiles.highest()), turns = shape.k / plan.unroll;
    for (auto [tiles, vectors] : {std::pair(plan.tiles, plan.vectors), std::pair(plan.lastTiles, plan.lastVectors)})
      sums = std::max(sums, tiles.highest() * vectors);
    // Where each turn has some, rows find their places once; what comes from memory comes best one by one.
    plan.delayed.areRows = sums >= turns && !plan.fetchFollowing;
    int64_t pieces = plan.delayed.areRows ? rows : sums;
    plan.delayed.count = llvm::divideCeil(pieces, turns);
    plan.delayed.turns = plan.delayed.areRows ? llvm::bit_floor<uint64_t>(std::max<int64_t>(turns / rows, 1)) : 1;
    plan.waitingElements = sums * plan.lanes;
  }

  // A copied panel is worth some tiles; parts that share one copy it once each.
  int64_t shared = plan.panels < costs.manyPanels ? costs.tilesOfCopy : costs.tilesOfCopyMany;
  plan.blocks = inPlace ? plan.tiles.count : std::max<int64_t>(plan.tiles.count / shared, 1);

  // A long k in blocks, whose part of a panel stays in the cache for all tiles; this bounds the scratch memory too.
  bool isReadAgain = !inPlace || plan.tiles.count > 1;
  int64_t near = isFarInPlace && !plan.delayed.count ? costs.nearSteps : sumBlock;
  if (isReadAgain && plan.vectors && shape.m && (isLong || (shape.runs == 1 && shape.k >= near + near / 2))) {
    plan.kBlock = near;
    for (const RowTiles &tiles : {plan.tiles, plan.lastTiles})
      // The last tile of a short call may reach beyond its rows.
      plan.partialRows =
          std::max(plan.partialRows, std::min(tiles.count, plan.waitingTiles(tiles)) * tiles.tallHeight() +
                                         std::max<int64_t>(tiles.cutHeight - 2, 0));
    if (plan.isChainDivided() && shape.k > sumBlock)
      plan.chainRows = plan.partialRows;
    // What comes from memory is best read in its order; the sums of all columns wait in the second cache meanwhile.
    int64_t waitingBytes = (plan.partialRows + plan.chainRows) * shape.n * shape.elementBytes;
    plan.blocksOutside = isFarInPlace && plan.panels > 1 && rightBytes > costs.memoryBytes &&
                         plan.tiles.count <= plan.waitingTiles(plan.tiles) &&
                         plan.lastTiles.count <= plan.waitingTiles(plan.lastTiles) && waitingBytes <= costs.farBytes;
  }
  // Long work on each element is written out for one row of a tile, and not for each of them.
  int64_t highest = std::max(plan.tiles.highest() * plan.vectors, plan.lastTiles.highest() * plan.lastVectors);
  if (!plan.delayed.count && !plan.kBlock && !plan.slabRuns && shape.runs * shape.k >= costs.leastLoopedTerms &&
      shape.followWork * highest > costs.mostWrittenWork) {
    plan.finishesRows = true;
    plan.waitingElements = highest * plan.lanes;
  }
  if (!inPlace && shape.m)
    plan.panelElements = (plan.slabRuns ? plan.slabRuns : shape.runs) *
                         llvm::alignTo(plan.kBlock ? plan.kBlock : shape.k, plan.lanes) * plan.vectors * plan.lanes;
  return plan;
}

/// Neighbours of A are rows: each k brings another line of it, of which a tile reads a piece. Rows that are copied at once so that
/// they are consecutive along k, where these lines do not fit into the second cache: lines that are a multiple of a power of two
/// apart share few sets of it. 0: none.
static int64_t rowsToPack(const ProductShape &shape, const CostModel &costs) {
  int64_t stride = shape.lhsStride[1] * shape.elementBytes, lines = std::min(shape.k, sumBlock);
  bool isColumn = shape.lhsStride[0] == 1 && shape.lhsStride[1] != 1;
  bool isCrowded = stride % costs.crowdedStride == 0 && lines * (stride & -stride) >= costs.fetchLeftBytes &&
                   shape.m * shape.k * shape.elementBytes > costs.fetchLeftBytes;
  if (!isColumn || !isCrowded || !shape.isAlone || shape.runs != 1 || shape.m < costs.packedLeftRows ||
      shape.n < costs.packedLeftColumns)
    return 0;
  int64_t most = std::max(costs.packedLeftBytes / (shape.k * shape.elementBytes), costs.packedLeftRows);
  int64_t some = std::min(shape.m / costs.packedLeftRows, costs.packedLeftGroups);
  int64_t groups = std::max<int64_t>(llvm::divideCeil(shape.m, most), some);
  return llvm::alignTo(llvm::divideCeil(shape.m, groups), productLanes(shape.elementBytes));
}

/// Few columns would leave most lanes of a vector empty. As its transpose the product has lanes along its many rows, which lie
/// so, or are turned on the way; or along k.
static bool paysToTurn(const ProductShape &shape, const CostModel &costs) {
  if (!shape.mayTurn || shape.n == 0 || shape.k == 0)
    return false;
  if (shape.lhsStride[0] == 1) // the same sums either way
    return shape.m >= costs.leastRowsInLine && shape.n < shape.m && shape.n <= costs.mostTurnedColumns &&
           shape.followers <= costs.mostTurnedFollowers;
  // Along k the sums have another order: what decides is the same for all targets.
  int64_t lanes = productLanes(shape.elementBytes), empty = llvm::alignTo(shape.n, lanes) - shape.n;
  if (shape.lhsStride[1] != 1 || shape.m < costs.leastTurnedRows || shape.n > costs.mostTurnedColumns ||
      4 * empty < shape.n + empty || shape.k < lanes || takesDots(shape, costs))
    return false;
  bool copies = shape.n > 1 && shape.rhsStride[0] != 1; // B, so that k is consecutive
  if (copies && shape.m * empty < costs.turnedCopy * shape.n)
    return false;
  if (shape.k >= costs.leastDotVectors * lanes && shape.n * shape.k * shape.elementBytes <= costs.mostDotBytes)
    return true; // dot products
  int64_t turned = (shape.n + costs.turnedWork) * llvm::divideCeil(shape.m, lanes);
  return shape.followers <= costs.mostTurnedFollowers && turned < shape.m * llvm::divideCeil(shape.n, lanes);
}

/// Groups of `rows` rows of A, copied so that they are consecutive along k.
static ProductPlan planPacked(ProductShape shape, int64_t rows, const CostModel &costs) {
  int64_t groups = llvm::divideCeil(shape.m, rows), lanes = productLanes(shape.elementBytes);
  shape.m = std::min(rows, shape.m);
  shape.lhsStride = {(int64_t)llvm::alignTo(shape.k, lanes) + lanes,
                     1}; // rows of a tile in different sets of the first cache
  ProductPlan plan = planStraight(shape, costs);
  plan.groups = groups;
  plan.packedRows = shape.m;
  plan.packedStride = shape.lhsStride[0];
  return plan;
}

ProductPlan dlc::planProduct(const ProductShape &shape, const CostModel &costs) {
  if (!paysToTurn(shape, costs)) {
    if (int64_t rows = rowsToPack(shape, costs))
      return planPacked(shape, rows, costs);
    return planStraight(shape, costs);
  }
  ProductShape turned = shape.turned();
  bool packs = turned.lhsStride[1] != 1 && turned.rhsStride[0] == 1 && turned.rhsStride[1] != 1;
  ProductPlan plan = packs ? planPacked(turned, turned.m, costs) : planStraight(turned, costs);
  plan.turned = true;
  if (plan.rhs != RightHandSide::Dots)
    plan.blocks = 1; // all rows are turned together
  return plan;
}

static llvm::StringRef nameOf(RightHandSide rhs) {
  switch (rhs) {
  case RightHandSide::InPlace:
    return "in place";
  case RightHandSide::Copied:
    return "copied";
  case RightHandSide::Transposed:
    return "transposed";
  case RightHandSide::Gathered:
    return "gathered";
  case RightHandSide::Dots:
    break;
  }
  return "dots";
}

void ProductPlan::print(llvm::raw_ostream &os) const {
  if (turned)
    os << "turned, ";
  if (rhs == RightHandSide::Dots) {
    os << "dot products of " << rowsAtOnce << " rows and " << columnsAtOnce << " columns at once";
    return;
  }
  os << "tiles of " << tiles.highest() << " x " << vectors * lanes << ", right operand "
     << (isPacked ? "packed" : nameOf(rhs));
  if (packedRows && !turned)
    os << ", left operand copied, " << packedRows << " rows at a time";
  if (slabRuns)
    os << ", " << slabRuns << " sums at a time for " << slabParts << " parts";
  if (delayed.count)
    os << ", finished beside the next tile";
  if (finishesRows)
    os << ", finished row by row";
  if (kBlock)
    os << ", k in blocks of " << kBlock;
  if (blocksOutside)
    os << ", all columns of one after the other";
  if (fetchAhead)
    os << ", fetched ahead";
  if (fetchLeft)
    os << ", left operand fetched ahead";
  if (panelsOutside)
    os << ", one panel after the other";
}
