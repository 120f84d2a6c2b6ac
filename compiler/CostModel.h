// CostModel.h - the numbers that decisions of code generation rest on: unit, origin, and how to measure them again.
// SPDX-License-Identifier: Apache-2.0
//
// Numbers say what is fast and never what is right: whatever they are, results have the same bits, but for `mostDotRows`,
// `mostDotBytes`, `leastDotVectors`, `leastTurnedRows`, `mostTurnedColumns`, `turnedCopy`, which choose between two orders of a
// product's sum, and those of Winograd, which choose between two ways to compute a convolution: they are therefore the same for
// all targets.
//
// "Measured" means: one core of a Zen 4 with AVX-512 (v4; 117 GFLOP/s of f32, L2 1 MiB) and of a Zen 3 (v3; 104 GFLOP/s, L2
// 512 KiB), one thread, best of many runs. To repeat one: change the number, build, and time a model of one op of the size
// that is named, compiled before and after, in turns: `dlc-run bench`.
#ifndef DLC_COMPILER_COSTMODEL_H
#define DLC_COMPILER_COSTMODEL_H
#include "compiler/target/Target.h"
#include "mlir/IR/Operation.h"
#include <utility>

namespace dlc {
struct CostModel {
  explicit CostModel(const TargetDescription &target);

  //===--- Kernels that run over points ---===//

  /// Bytes that a kernel may keep of a row (or of the rows that it takes at once) for later passes: the second cache,
  /// since what falls out of it is as soon computed again as read again.
  int64_t keptBytes;
  /// Ops; a kernel with more of them is not written out four vectors at a time. Four vectors of a short body hide each
  /// other's latency; long ones have enough of their own, and take time to compile. Adam's update has 12.
  int64_t longBody = 12;
  /// Vectors of rows that go through the passes of a reduction together, so that a step reads a longer piece of what lies in
  /// order (512 bytes of f32), and ops that are written out for all of them at most. Measured: the sum of 4096 x 1024
  /// over its rows takes 0.44 ms, and 3.7 ms with one vector at a time; a training step of batch_norm on 8 x 112 x 112 x 96,
  /// 20 to 45 ops a kernel, 163 ms with 48 ops at most (one vector), 67 ms with 256 (four).
  int64_t rowVectors = 8, rowOps = 256;
  /// Sums over rows of so many bytes and more, which come from memory, lie in scratch memory themselves. Where columns are
  /// parts, a part has so many of them, or fewer where there would be fewer parts, but not less than half, and this many rows
  /// are added at once. Else whole rows are added, up to so many columns, one after the other, as they lie in memory. Measured
  /// on a Zen 4 of 64 MB, with sums of 512 bytes of each row in registers and so: 4096 x 4096 17 and 28 GB/s (pieces of 1 KiB
  /// 20, 4 rows at once 23, 16 28); whole rows of 256, 512, 1024 columns 13, 12, 14 and 42, 36, 39 GB/s. In the third cache (1024 x
  /// 1024) 78 and 77 GB/s.
  int64_t deepBytes, deepSteps = 8, deepRows = 1024, leastDeepRows = 512, deepParts = 4, mostDeepRows = 4096;
  /// Places of inner dimensions that are written out one after the other, a window of 3 x 3, and ops that this may make.
  int64_t writtenPlaces = 9, writtenOps = 600;
  /// Elements of a part of a kernel that reads and writes everything in order: 4 KiB of f32, a few hundred nanoseconds.
  int64_t flatPart = 1024;
  /// Elements that lie side by side where what is padded or joined is written into its place: a vector. Shorter ones, at each end
  /// of which a mask is needed, are better copied at once.
  static constexpr int64_t leastPlacedRun = 16;
  /// Columns of a part of a kernel whose lanes are rows: four vectors, and of a dropout mask the counters of one block.
  int64_t lanePart = 64;
  /// Rows of a part of a kernel that turns blocks in registers: pieces of 256 bytes are read, and as many rows written.
  int64_t turnedPart = 64;
  /// The same where rows that are written are a multiple of `crowdedStride` apart, of results of so many bytes at most, sixteen
  /// second caches: no more lines at once than a set has. Measured on a Zen 5, with 64 and 16 rows: 1024 x 1024 384 and 180 us,
  /// 256 x 256 6.7 and 4.7, 2048 x 2048 1.6 and 1.1 ms; 2048 x 4096 even, 8192 x 8192 28 and 50 ms; 1000 x 1000 74 and 84 us.
  int64_t turnedCrowdedPart = 16, turnedCrowdedBytes;
  /// Bytes of a call's result from which on it is stored past the caches: none holds it until it is read, and its lines need not be read
  /// before they are written. And places of a part where blocks of such a one are turned, along all that is read in order.
  /// Measured on a Zen 4, 64 and 256 MB, pages of 2 MiB: a copy 36 and 45 GB/s, 31 and 36; a transpose in blocks of 64 rows 12 and
  /// 23, 9 and 21 (blocks of 256 rows, past the caches, 22 and 17).
  int64_t streamedBytes, streamedLanes = 64;
  /// FLOPs that one point of an expensive op (exp, tanh, a division, ...) is counted for. Measured: 0.2 to 0.5 ns for exp,
  /// tanh and erf, against 0.03 ns for an addition in the first cache.
  double expensiveFlops = 10;

  //===--- Products ---===//

  /// Whether a vector of all logical lanes is one register (v4), not two (v3).
  bool isWide(int64_t elementBytes) const;
  /// Lanes of a block that is transposed in registers: 64 shuffles for 16 x 16 on v4; two registers a row spill on v3.
  int64_t shuffleLanes(int64_t elementBytes) const;
  /// Vectors of columns in a panel, where a tile has `rows` rows at most.
  int64_t panelVectors(bool wide, int64_t rows) const;
  /// Vectors of a panel that is packed, each of which is a stream of its own: these hide the latency of multiply-adds. Measured
  /// at 1x512x3136: 16 streams 66 us, 8 of them 54 us (in place, as rows of 16 vectors: 53 us).
  int64_t mostStreams = 8;
  /// Rows of a register tile beside so many vectors of columns: sums, a row of B and a broadcast must fit the registers.
  /// Measured on v4: 6 x 64 reaches 98 % of the peak, 7 x 64 spills (85 %), 16 x 32 and 8 x 64 leave no register for B.
  /// On v3: 6 x 16 99 %, 12 x 8 58 %.
  int64_t tileRows(bool wide, int64_t vectors) const;
  /// The least height of tiles that are all of one height, which halves the code: wide tiles lose nothing by being a
  /// third lower.
  int64_t leastTileRows(bool wide, int64_t vectors) const;
  /// Rows of the tiles that cover the rest of a call of fewer rows: eight registers of sums hide the latency of
  /// multiply-adds (4 cycles, 2 in each), so that a lower tile would not be faster. Measured with one row of a library for
  /// 32 (784x128 and 128x10): 7.5 us with whole tiles, 3.9 with these; a library for one row takes 3.7.
  int64_t cutRows(bool wide, int64_t vectors) const;
  /// Rows from which on a panel of B that lies in rows is copied. Measured at 2048x3072x768: copied 96 % of the peak, in
  /// place 93; 256 rows are even, at 64 the copy loses 3 to 4 points.
  int64_t copyRows(bool wide) const { return wide ? 512 : 256; }
  /// The same where rows of B are multiples of this many bytes apart, so that a panel shares few sets of the first cache.
  /// Measured on v3 at 64x3072x768: 47 % in place, 83 copied; v4, with four lines of each row, loses nothing.
  int64_t crowdedCopyRows = 24, crowdedStride = 1024;
  /// B larger than half of the second cache comes from beyond it. On v4, where it is read in place, tiles are as high as can be,
  /// and k is done so many at a time by all of them: few pages, and pieces that lie in the near caches for all tiles. Measured
  /// on a Zen 5 (267 GFLOP/s) in turns, tiles of one height, 1024 k at once, and hints for the next panel against this: 9 x 768 x
  /// 3072 164 and 244 GFLOP/s, 33 x 768 x 3072 193 and 250, 64 x 768 x 50257 167 and 196, 256 x 768 x 3072 236 and 256, 196 x
  /// 1024 x 256 246 and 257.
  int64_t farBytes, nearSteps = 512;
  /// Bytes of such a B from which on all columns are done with one block of k before the next: more than a third cache holds for
  /// one core.
  int64_t memoryBytes;
  /// Bytes of B up to which tiles are of one height, if they can be: it stays in the first cache for the next tile. Measured on a
  /// Zen 5, tiles of one height and as high as can be, B of 784 x 128 (392 KiB): mnist's step 71.4 and 69.2 us, 256 rows of its
  /// `predict` 217 and 204 us.
  int64_t lowTileBytes = 64 << 10;
  /// Bytes of a stack's B, and of one that is read in several runs, from which on panels are copied on v4, where its rows are
  /// multiples of `crowdedStride` apart: the second cache, of whose sets all panels share the same few. Measured on a Zen 5: a
  /// training step of ResNet-18 on 32 pictures of 32 x 32 takes 1.10 times as long without.
  int64_t crowdedBytes;
  /// Rows from which on a B that is read in one run is copied, where `nearSteps` of its rows do not fit into that cache for the
  /// power of two in their distance. Measured on a Zen 5: 64 x 3072 x 768 234 GFLOP/s in place and 241 copied, 256 x 3072 x 768
  /// 226 and 246; 256 x 768 x 3072, which fits, 256 and 244.
  int64_t farCopyRows = 64;
  /// Rows above which the next panel is fetched ahead, if B comes from beyond the second cache and is not read so. Fewer rows
  /// read B faster than hints can run ahead.
  int64_t fetchRows = 8;
  /// Bytes of a right operand that all products of a stack read, from which on each of its panels is read by all of them before
  /// the next: half of the second cache, since what is larger would come from beyond it once for each. And bytes of such a
  /// panel at most, as far as that leaves two vectors: three quarters of the second cache. From the sizes of caches; a difference
  /// has not been measured, on a busy machine.
  int64_t sharedBytes, sharedPanelBytes;
  /// Where not even two vectors are that small, runs are done some at a time for all parts whose sums are no more than this:
  /// they are read and written once for a block of runs, which takes a hundred times as long to compute.
  int64_t slabBytes = 2 << 20;
  /// Of these runs a panel is copied, where its rows are at least so many bytes apart. Gradients of filters, 56 x 56 x 64 (rows
  /// of 256 bytes): v3 129 GFLOP/s in place, 123 copied; 28 x 28 x 128 (512 bytes): v4 235 and 242, v3 112 and 124.
  int64_t slabCopyStride = 512;
  /// Bytes of A, whose neighbours are rows, from which on tiles are as high as they can be: each k brings another line of it, of
  /// which a tile reads a piece. Measured: gradients of filters 182 to 235 GFLOP/s (A of 512 KiB), dW of 3136 x 512 with Adam 125
  /// and 145 (784 KiB); of 784 x 128 (98 KiB) high tiles lose 2 %.
  int64_t columnBytes;
  /// A whose neighbours are rows brings another line with each k. Where all of it is larger than the second cache, it is asked
  /// for so many k before, of runs a run before: no cache does that by itself across pages.
  int64_t fetchLeftBytes, fetchLeftSteps = 16;
  /// Where these lines do not fit into the second cache for their distance is a multiple of `crowdedStride`, rows are copied
  /// first, so that they are consecutive along k: as many at a time as take so many bytes, four second caches, and in so many
  /// groups at least, which are the parts that threads take, if each has so many rows; for so many columns at least. Measured
  /// on a Zen 5 at 1024x1024x1024: 163 GFLOP/s in place, 246 copied (v3 49 and 123); 3072x3072x4096 138 and 230, 1024x128x1024
  /// 162 and 231; 512x512x512, whose A fits, 248 and 242, on two threads 499 and 441.
  int64_t packedLeftBytes, packedLeftGroups = 4, packedLeftRows = 128, packedLeftColumns = 128;
  /// Lines fetched in one step of the loop over k, at most: more of them are in the way of what is computed.
  int64_t fetchLines = 4;
  /// Tiles that share a copy of a panel before a part ends, with few panels and with many: a copy is worth some tiles, and
  /// threads want parts.
  int64_t tilesOfCopy = 4, tilesOfCopyMany = 16, manyPanels = 16;
  /// Parts that a product of pictures has at least, where panels are copied for rows of one picture together.
  int64_t leastParts = 8;
  /// Rows whose sums wait in scratch memory while k is done in blocks: with four vectors 128 KiB.
  int64_t waitingRows = 512;
  /// Steps of k in one turn of the innermost loop, with hints to fetch ahead (or narrow registers) and without. Measured on
  /// v4: all of 1, 2 and 4 within 4 points, near the noise, and 2 is less code; on v3 2 loses 2 points and 1 five.
  int64_t unrollFetching = 4, unroll = 2;

  /// Bytes that what follows a product reads beside its sums (a weight and its slots), above which it is done beside the next
  /// tile, so that nothing waits for memory: the second cache. And above which it is asked for a tile ahead: four of them.
  /// Measured on a Zen 5, dW with Adam, at once and beside: 3136 x 512 at 64 rows (19 MB) 1.68 and 1.07 ms, which is what memory
  /// gives; 768 x 3072 at 8 rows 1.42 and 1.02 ms; 784 x 128 at 32 rows (1.2 MB) 38.3 and 37.3 us, 40.3 if asked for; 392 x 128
  /// even, 196 x 128 8.8 and 9.1 us. What is written counts where many ops follow: 512 x 768 at k = 192 with gelu and its slope
  /// 760 and 705 us, as a plain product even or worse (4096 x 1000 at k = 8 227 and 136 GFLOP/s). And terms of a sum at least.
  int64_t delayedBytes, distantBytes, leastDelayed = 4;

  /// Instructions that what follows may take, written out for each vector of a tile; with more it is a loop over rows, if the
  /// sums are long enough to hide that they go through memory. 24 vectors with a bias and relu are 72, with a
  /// dropout, too, 384.
  int64_t mostWrittenWork = 240, leastLoopedTerms = 512;
  /// Rows up to which a product whose operands are both consecutive along k is made of dot products.
  int64_t mostDotRows = 32;
  /// And bytes of these rows: all of them are read for each few columns. Measured on a Zen 5, with dot products and with columns
  /// that are transposed, at 1024 x 1024 x 32 rows (128 KiB) 210 and 210 GFLOP/s, 24 rows 212 and 197; 2048 x 2048 x 12 rows 126
  /// and 126, 32 rows 137 and 178; 768 x 3072 x 9 rows 132 and 129, 24 rows 142 and 192.
  int64_t mostDotBytes = 128 << 10;
  /// Rows up to which they are written out one after the other, so that each reads the columns while they lie in the first
  /// cache; more are a loop.
  int64_t unrolledDotRows = 8;
  /// Vectors of k from which on it pays to add up lanes at the end.
  int64_t leastDotVectors = 4;
  /// Rows and columns of dot products that are computed at once, of `rows` rows in all: as many sums as the registers hold
  /// beside one operand. Measured on v4 at 4x3072x768: 4 x 4 93 % of the peak; at 2 rows 2 x 8 reads B at 80 GB/s.
  std::pair<int64_t, int64_t> dotTile(bool wide, int64_t rows) const;

  /// Rows from which on, and columns up to which, a product is computed as its transpose, if a quarter of the lanes would be empty
  /// else. Measured on a Zen 4 as it is and turned, rows of A turned on the way or dot products: 64 x 1 x 30000 525 and 90 us, 64
  /// x 5 x 6000 109 and 48, 64 x 12 x 2048 78 and 28, 1000 x 17 x 2048 1240 and 840, 105 x 5 x 54 1.76 and 1.3, 200 x 10 x 40 2.4
  /// and 2.4. What is made of dot products anyway gains and loses: 20 x 6 x 300 0.99 and 0.79, 31 x 12 x 200 1.60 and 1.78.
  int64_t leastTurnedRows = 16, mostTurnedColumns = 17;
  /// Where k is not consecutive in B either, B is copied first: rows times lanes that are empty else, for each column, that pay for
  /// that. Measured: 32 x 12 x 3000 (11) 28 and 46 us, 48 x 12 x 200 (16) 2.9 and 3.2, 32 x 10 x 128 (19) even, 20 x 17 x 256 (18)
  /// 2.9 and 2.2, 64 x 17 x 2048 (56) 74 and 56, 32 x 1 x 784 6.9 and 1.0.
  int64_t turnedCopy = 20;
  /// What it takes to turn a vector of A, in multiply-adds of a vector. With it the numbers above come out within a tenth, but for
  /// long k, where they gain more; 22 x 7 x 44 (24 against 22) is a tenth slower turned.
  int64_t turnedWork = 5;
  /// Rows from which on it pays where they are consecutive in A and more than columns. Measured on a Zen 5, as it is against
  /// turned, k = 1024: 8 x 4 1.48 and 1.16 us, 16 x 1 2.37 and 1.16, 32 x 3 5.14 and 1.23, 48 x 12 7.8 and 5.1; k = 32: 8 x 4 0.11
  /// and 0.10, 48 x 17 0.47 and 0.34; on v3 more.
  int64_t leastRowsInLine = 8;
  /// Ops on each element of a product up to which that pays, unless it is made of dot products: they are done on rows that were
  /// turned back and are mostly masks. Measured at 128x10x32: with Adam (12 ops) 6.6 us, and 4.0 as it is.
  int64_t mostTurnedFollowers = 4;

  //===--- Products that stand side by side (StackPlan.h) ---===//

  /// Sums of a tile, in vectors of all logical lanes: registers that are left beside what is read. Measured on v4, 3 x 3, each
  /// of 32 channels for itself, 8 x 112 x 112: the gradient of the filters 40 GFLOP/s, the convolution with what follows it 22,
  /// which is what memory gives.
  int64_t stackSums(bool wide) const { return wide ? 24 : 6; }
  /// Vectors of lanes that a tile has at least, where there are as many: whole cache lines side by side.
  int64_t stackVectors(bool wide) const { return wide ? 2 : 1; }
  /// And at most.
  int64_t mostStackVectors = 4;
  /// A sum of so many steps is written out whole, of a longer one so many steps: points that several steps or rows read are
  /// read once. Narrow registers have no room for them.
  int64_t wholeStackSum = 7, stackUnroll = 4;

private:
  int64_t registerBytes;
};

//===--- Winograd (Winograd.cpp); the choice changes bits, and is therefore the same for all targets ---===//

/// Bytes of a tensor that is written by one kernel and read by another, up to which that costs little: the third cache's part
/// of a core, four second caches of v4. And FLOPs that fit into the time in which a byte of it is written, or read: up to
/// that size, and above. Measured on a core of 268 GFLOP/s (AVX-512; 259 GB/s from its second cache, 110 from the third, 40
/// from memory); the two rates are fitted to nine layers, 7 x 7 x 512 to 224 x 224 x 64, with both transforms each
/// (docs/performance.md): of these 18 times 16 come out within 20 %, two 27 and 36 % too long. To measure it again: what
/// `dlc-run profile` says of the four kernels, above their FLOPs at the peak, by the bytes that they read and write.
inline constexpr double winogradNearBytes = 4 << 20, winogradNearFlops = 2, winogradFarFlops = 8;
/// The share of the direct convolution's cost that it has to stay below: its errors are larger, and the cost is an estimate.
inline constexpr double winogradShare = 0.9;

/// Terms of a product that make one sum before it is added to those before it: a bound on rounding (see Contraction.h),
/// and at 64 columns of f32 a block of B of 256 KiB, which the second cache holds. Measured at 64x3072x768: 768 and 1024
/// are even, 256 loses 2 to 5 points.
inline constexpr int64_t sumBlock = 1024;
/// Weights of at least so many bytes are packed (PackWeights.cpp): smaller ones stay in the first cache as they are. Measured on
/// a Zen 5 (v4), packed against in place: 1x4096x4096 1.33 times as fast, 8x4096x4096 1.78, 8x1024x1024 1.6, 784 to 128
/// columns with 1, 2, 32, 256 rows 0.99, 0.98, 1.02, 1.08.
inline constexpr int64_t leastPackedBytes = 16 << 10;
/// Times that a loop's products read each element of an operand, rows times rounds, from which on it is packed before the loop,
/// and rows of such a product at most: many rows copy their panels themselves. Measured on a Zen 5, the training step of an LSTM
/// of 256, v4, not packed and packed: 32 rows and 4 rounds 1.19 and 1.15 to 1.21 ms, 8 rounds 2.62 and 2.32; 8 rows and 32
/// rounds 2.77 and 2.40, 4 rows and 64 rounds 2.57 and 2.43 (v3 15.2 and 13.2); one row and 16 rounds 344 and 458 us.
inline constexpr int64_t leastPackedReads = 256, mostPackedRows = 256;
/// Rows that are looked up for each row of a table from which on their products are made of the table, and terms of such a
/// product at least: its rows are read once more, to be added up or copied, which takes as long as a few terms.
inline constexpr int64_t leastLookups = 4, leastLookedUpFeatures = 16;
/// Steps that make one sum where values are added up along an axis (see RowKernels.cpp).
inline constexpr int64_t sumSteps = 32;
} // namespace dlc
#endif
