// KernelPlanTest.cpp - what is decided about kernels, without any code being emitted.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/loops/KernelPlan.h"
#include "compiler/Pipeline.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace dlc;
using RightHandSide = ProductPlan::RightHandSide;

namespace {
class KernelPlanTest : public testing::Test {
protected:
  KernelPlanTest() {
    DialectRegistry registry;
    registerDialects(registry);
    context.appendDialectRegistry(registry);
  }

  /// The plan of a kernel: its arguments, the types of its results, its ops.
  KernelPlan plan(StringRef arguments, StringRef results, StringRef ops, int64_t batch = 32, bool vectorize = true,
                  StringRef target = "v4") {
    std::string text = ("dl.model @m {\n kernel @k(" + arguments + ") -> (" + results + ") {\n" + ops + "\n } }").str();
    module = parseSourceString<ModuleOp>(text, &context);
    if (!module) {
      ADD_FAILURE() << text;
      return KernelPlan();
    }
    KernelOp kernel;
    module->walk([&](KernelOp op) { kernel = op; });
    Extents capacity;
    capacity.add(StringAttr::get(&context, "batch"), batch);
    return planKernel(kernel, capacity, CostModel(*findTarget(target)), vectorize);
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module; ///< of the last plan, which refers to it
};

TEST_F(KernelPlanTest, WhatLiesInOrderIsOneDimension) {
  KernelPlan p = plan("%x: f32[batch, 40], %y: f32[batch, 40]", "f32[batch, 40]",
                      "%a = add %x, %y : f32[batch, 40]\n %b = relu %a : f32[batch, 40]\n return %b");
  EXPECT_TRUE(p.flat);
  EXPECT_EQ(p.lanes, 16);
  EXPECT_EQ(p.lane, 0);
  ASSERT_EQ(p.parts.size(), 1u);
  EXPECT_EQ(p.parts[0], Dim(40) * openSize(StringAttr::get(&context, "batch")));
  EXPECT_EQ(p.partSize, 1024);
  EXPECT_EQ(p.scratchBytes, 0);
  EXPECT_EQ(p.flops, 2 * 32 * 40);
  EXPECT_EQ(p.bytes, 3 * 32 * 40 * 4);
}

TEST_F(KernelPlanTest, ARowVectorKeepsDimensionsApart) {
  KernelPlan p = plan("%x: f32[8, 40], %y: f32[40]", "f32[8, 40]", "%a = add %x, %y : f32[8, 40]\n return %a");
  EXPECT_FALSE(p.flat);
  EXPECT_EQ(p.lane, 1);
  EXPECT_EQ(p.outer, SmallVector<int>{0});
  EXPECT_TRUE(p.inner.empty());
  ASSERT_EQ(p.parts.size(), 1u);
  EXPECT_EQ(p.parts[0], Dim(8));
}

TEST_F(KernelPlanTest, PassesEndWithReductions) {
  KernelPlan p = plan("%x: f32[batch, 100]", "f32[batch, 100]",
                      "%m = amax %x, axes = [1], keepdim : f32[batch, 1]\n"
                      "%d = sub %x, %m : f32[batch, 100]\n"
                      "%e = exp %d : f32[batch, 100]\n"
                      "%s = sum %e, axes = [1], keepdim : f32[batch, 1]\n"
                      "%y = div %e, %s : f32[batch, 100]\n return %y");
  EXPECT_EQ(p.domain.kind, Domain::Kind::Rows);
  EXPECT_EQ(p.passes, 3);
  EXPECT_EQ(p.lane, 1);
  EXPECT_EQ(p.inner, SmallVector<int>{1});
  EXPECT_EQ(p.outer, SmallVector<int>{0});
  // The exponential is expensive: kept of each row, in whole vectors of 16; the difference is computed again.
  ASSERT_EQ(p.kept.size(), 4u);
  EXPECT_TRUE(p.kept[0].empty());
  ASSERT_EQ(p.kept[1].size(), 1u);
  EXPECT_TRUE(isa<ExpOp>(p.kept[1][0].getDefiningOp()));
  ASSERT_EQ(p.keptBuffers.size(), 1u);
  EXPECT_EQ(p.scratchBytes, 112 * 4);
  EXPECT_EQ(p.flops, 32 * 100 * (1 + 1 + 10 + 1 + 10));
}

TEST_F(KernelPlanTest, WhatDoesNotFitTheCacheIsComputedAgain) {
  StringRef ops = "%e = exp %x : f32[4, 300000]\n %s = sum %e, axes = [1], keepdim : f32[4, 1]\n"
                  "%y = div %e, %s : f32[4, 300000]\n return %y";
  KernelPlan p = plan("%x: f32[4, 300000]", "f32[4, 300000]", ops);
  EXPECT_EQ(p.passes, 2);
  EXPECT_TRUE(p.keptBuffers.empty());
  EXPECT_EQ(p.scratchBytes, 0);
}

TEST_F(KernelPlanTest, ColumnsAreSummedWithLanesAlongThem) {
  KernelPlan p = plan("%x: f32[batch, 200]", "f32[200]", "%s = sum %x, axes = [0] : f32[200]\n return %s");
  EXPECT_TRUE(p.lanesAreRows());
  EXPECT_EQ(p.domain.sizes[p.lane], Dim(200));
  EXPECT_TRUE(p.outer.empty());
  EXPECT_EQ(p.parts, SmallVector<Dim>{Dim(200)});
}

TEST_F(KernelPlanTest, TheSlowTwinHasOneLaneAndNaiveProducts) {
  KernelPlan map = plan("%x: f32[64]", "f32[64]", "%y = relu %x : f32[64]\n return %y", 1, /*vectorize=*/false);
  EXPECT_EQ(map.lanes, 1);
  EXPECT_EQ(map.unroll, 1);
  KernelPlan product = plan("%x: f32[8, 16], %w: f32[16, 32]", "f32[8, 32]",
                            "%y = matmul %x, %w : f32[8, 32]\n return %y", 1, /*vectorize=*/false);
  EXPECT_FALSE(product.product);
  EXPECT_EQ(product.scratchBytes, 0);
  EXPECT_EQ(product.parts, SmallVector<Dim>{Dim(1)});
}

TEST_F(KernelPlanTest, AProductKnowsItsStridesAndParts) {
  KernelPlan p = plan("%x: f32[batch, 784], %w: f32[784, 128]", "f32[batch, 128]",
                      "%y = matmul %x, %w : f32[batch, 128]\n return %y");
  ASSERT_TRUE(p.product);
  EXPECT_EQ(p.product->rhs, RightHandSide::InPlace);
  EXPECT_EQ(p.product->vectors, 4);
  EXPECT_EQ(p.product->panels, 2);
  // 32 rows, of which each tile reads 392 KiB: as few as can be, two of 6 and four of 5.
  EXPECT_EQ(p.product->tiles.height, 5);
  EXPECT_EQ(p.product->tiles.count, 6);
  EXPECT_EQ(p.product->tiles.tallCount, 2);
  EXPECT_EQ(p.parts, SmallVector<Dim>{Dim(2 * 6)});
  EXPECT_EQ(p.flops, 2.0 * 32 * 784 * 128);
  EXPECT_EQ(p.bytes, 4.0 * (32 * 784 + 784 * 128 + 32 * 128));
}

TEST_F(KernelPlanTest, BatchesOfProductsAreALoopAroundThem) {
  KernelPlan p =
      plan("%x: f32[3, 8, 20], %w: f32[3, 20, 32]", "f32[3, 8, 32]", "%y = matmul %x, %w : f32[3, 8, 32]\n return %y");
  EXPECT_EQ(p.parts, SmallVector<Dim>{Dim(3)});
}

TEST_F(KernelPlanTest, ItPrintsOnOneLine) {
  std::string text;
  llvm::raw_string_ostream os(text);
  plan("%x: f32[batch, 40]", "f32[batch, 40]", "%b = relu %x : f32[batch, 40]\n return %b").print(os);
  EXPECT_EQ(text, "map, flat, 16 lanes along rows 40 * batch; parts 40 * batch / 1024; 1.28e+03 FLOPs, 1.02e+04 bytes");
}

//===--- Products alone ---------------------------------------------------------------------------------===//

ProductPlan planOf(int64_t m, int64_t n, int64_t k, std::array<int64_t, 2> lhs, std::array<int64_t, 2> rhs,
                   StringRef target = "v4") {
  return planProduct({4, m, n, k, lhs, rhs}, CostModel(*findTarget(target)));
}

TEST(ProductPlanTest, TilesFillTheRegisters) {
  ProductPlan wide = planOf(60, 640, 100, {100, 1}, {640, 1});
  EXPECT_EQ(wide.tiles.height, 6);
  EXPECT_EQ(wide.vectors, 4);
  ProductPlan narrow = planOf(60, 640, 100, {100, 1}, {640, 1}, "v3");
  EXPECT_EQ(narrow.tiles.height, 6);
  EXPECT_EQ(narrow.vectors, 1);
  EXPECT_EQ(narrow.lanes, 16); // of two registers each
}

TEST(ProductPlanTest, ALongKIsDoneInBlocksOfOneSum) {
  ProductPlan copied = planOf(600, 640, 5000, {5000, 1}, {640, 1});
  EXPECT_EQ(copied.rhs, RightHandSide::Copied);
  EXPECT_EQ(copied.kBlock, 1024);
  EXPECT_EQ(planOf(600, 640, 1500, {1500, 1}, {640, 1}).kBlock, 0);
  // The copy of a panel's block, and sums of 512 rows at most: 73 tiles of 6, with room for a row more in each.
  EXPECT_EQ(copied.scratchElements(), 1024 * 64 + 73 * 7 * 64);
}

TEST(ProductPlanTest, FewRowsThatLieAlongKAreDotProducts) {
  EXPECT_EQ(planOf(4, 500, 640, {640, 1}, {1, 640}).rhs, RightHandSide::Dots);
  EXPECT_EQ(planOf(4, 500, 63, {63, 1}, {1, 63}).rhs, RightHandSide::Transposed);
  // The choice changes the order of sums: it is the same for all targets.
  EXPECT_EQ(planOf(4, 500, 640, {640, 1}, {1, 640}, "v3").rhs, RightHandSide::Dots);
}

TEST(ProductPlanTest, SumsHaveOneOrderOnAllTargets) {
  auto isAlongK = [](ProductShape shape, const char *target) {
    return planProduct(shape, CostModel(*findTarget(target))).rhs == ProductPlan::RightHandSide::Dots;
  };
  for (int64_t elementBytes : {4, 8})
    for (int64_t m : {1, 9, 32, 33, 63, 64, 1000})
      for (int64_t n : {1, 3, 8, 12, 13, 16, 17, 18, 33})
        for (int64_t k : {31, 64, 200, 1000, 4000, 20000, 70000})
          for (std::array<int64_t, 2> lhs : {std::array{k, int64_t(1)}, std::array{int64_t(1), m}})
            for (std::array<int64_t, 2> rhs : {std::array{n, int64_t(1)}, std::array{int64_t(1), k}}) {
              ProductShape shape{elementBytes, m, n, k, lhs, rhs};
              shape.mayTurn = true;
              EXPECT_EQ(isAlongK(shape, "v3"), isAlongK(shape, "v4")) << m << " x " << n << " x " << k;
            }
}
TEST(ProductPlanTest, EmptyProductsHaveNoParts) {
  EXPECT_EQ(planOf(0, 10, 10, {10, 1}, {10, 1}).parts(), 0);
  EXPECT_EQ(planOf(10, 0, 10, {10, 1}, {1, 1}).parts(), 0);
  EXPECT_EQ(planOf(10, 10, 0, {1, 1}, {10, 1}).rhs, RightHandSide::InPlace);
}
} // namespace
