// Products.cpp - kernels that hold a matrix product: loops around it, and what is done with its elements.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/loops/Contraction.h"
#include "compiler/loops/KernelBody.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace dlc;

/// The oracle's form: element by element, k by k, in the same blocks.
static void emitNaive(PointEmitter &e, const Contraction &c) {
  LoopBuilder &b = e.b;
  auto size = [&](const LoopBound &bound) { return bound.size ? bound.size : b.constant(bound.capacity); };
  int64_t lanes = contractionLanes(c.element);
  auto type = VectorType::get({lanes}, c.element);
  b.forEach(b.constant(0), size(c.m), 1, [&](Value row) {
    b.forEach(b.constant(0), size(c.n), lanes, [&](Value column) {
      Value zero = arith::ConstantOp::create(b, cast<TypedAttr>(b.getZeroAttr(type)));
      Value mask = b.mask(lanes, b.sub(size(c.n), column));
      Value last = arith::SubIOp::create(b, size(c.n), b.constant(1));
      auto product = [&](Value k, ValueRange carried) {
        Value x = memref::LoadOp::create(b, c.lhs,
                                         b.add(c.lhsBase, b.add(b.mul(row, c.lhsStride[0]), b.mul(k, c.lhsStride[1]))));
        Value y = zero;
        for (int64_t i = 0; i < lanes; ++i) {
          Value here = arith::MinSIOp::create(b, b.add(column, i), last);
          Value one = memref::LoadOp::create(
              b, c.rhs, b.add(c.rhsBase, b.add(b.mul(k, c.rhsStride[0]), b.mul(here, c.rhsStride[1]))));
          y = vector::InsertOp::create(b, one, y, ArrayRef<int64_t>{i});
        }
        return SmallVector<Value>{vector::FMAOp::create(b, e.spread(x, lanes), y, carried[0])};
      };
      SmallVector<Value> sums = b.loop(b.constant(0), size(c.k), sumBlock, zero, [&](Value start, ValueRange before) {
        Value end = arith::MinSIOp::create(b, b.add(start, sumBlock), size(c.k));
        SmallVector<Value> own = b.loop(start, end, 1, zero, product);
        return SmallVector<Value>{arith::AddFOp::create(b, before[0], own[0])};
      });
      c.finish(b, row, column, sums[0], mask);
    });
  });
}

/// Copies A to scratch memory from `origin` on, with rows that are consecutive along k.
static void packRows(LoopBuilder &b, const Contraction &c, Value origin) {
  Value none = b.constant(0);
  auto size = [&](const LoopBound &bound) { return bound.size ? bound.size : b.constant(bound.capacity); };
  b.forEach(none, size(c.k), 1, [&](Value k) {
    b.forEach(none, size(c.m), 1, [&](Value row) {
      Value from = b.add(c.lhsBase, b.add(b.mul(row, c.lhsStride[0]), b.mul(k, c.lhsStride[1])));
      Value to = b.add(origin, b.add(b.mul(row, c.k.capacity), k));
      memref::StoreOp::create(b, memref::LoadOp::create(b, c.lhs, from), c.scratch, to);
    });
  });
}

/// Operands that are read element by element with the result of a matrix product, if they are too large for near
/// caches together.
static SmallVector<Value> distantOperands(const KernelPlan &plan) {
  Value product = plan.root->getResult(0);
  auto type = typeOf(product);
  SmallVector<Value> operands;
  if (!plan.product || plan.product->turned || type.getRank() != 2 || !type.hasStaticShape())
    return operands;
  for (BlockArgument argument : plan.root->getBlock()->getArguments()) {
    bool isRead = typeOf(argument) == type && llvm::any_of(argument.getUses(), [&](OpOperand &use) {
                    auto fusible = dyn_cast<FusibleOpInterface>(use.getOwner());
                    AffineMap map = fusible && use.getOwner() != plan.root
                                        ? fusible.getAccessMaps()[use.getOperandNumber()]
                                        : AffineMap();
                    return map && map.isIdentity();
                  });
    if (isRead)
      operands.push_back(argument);
  }
  int64_t bytes = type.getNumElements() * type.getElementTypeBitWidth() / 8;
  return bytes * (int64_t)operands.size() > plan.product->distantBytes ? operands : SmallVector<Value>();
}

void dlc::emitProduct(KernelBody &body) {
  const KernelPlan &plan = body.plan;
  PointEmitter &e = body.e;
  LoopBuilder &b = body.b;
  Operation *root = plan.root;
  auto fusible = cast<FusibleOpInterface>(root);
  SmallVector<Dim> sizes = fusible.getIterationSizes();
  unsigned m = sizes.size() - 3, n = m + 1, k = m + 2;
  auto bound = [&](Dim dim) { return LoopBound{dim.at(plan.batch), dim.isBatch() ? e.size(dim) : Value()}; };
  Contraction c;
  c.element = typeOf(root->getResult(0)).getElementType();
  c.m = bound(plan.rows);
  c.n = bound(sizes[n]);
  c.k = bound(sizes[k]);
  c.lhs = e.buffers.lookup(plan.lhs.buffer);
  c.rhs = e.buffers.lookup(plan.rhs.buffer);
  c.lhsStride = {e.size(plan.lhs.strides[m]), e.size(plan.lhs.strides[k])};
  c.rhsStride = {e.size(plan.rhs.strides[k]), e.size(plan.rhs.strides[n])};
  if (plan.scratchBytes)
    c.scratch = body.takeScratch(MemRefType::get({plan.product->scratchElements()}, c.element));

  Point point; // of the stack
  point.index.assign(plan.domain.sizes.size(), b.constant(0));
  auto baseOf = [&](const OperandView &view) {
    Value base = b.constant(0);
    for (Dim offset : view.offsets)
      base = b.add(base, e.size(offset));
    for (unsigned dim = 0; dim < m; ++dim)
      base = b.add(base, b.mul(point.index[dim], e.size(view.strides[dim])));
    return base;
  };
  SmallVector<std::pair<Value, Value>> stores;
  for (auto [output, buffer] : llvm::zip(plan.outputs, body.outputBuffers))
    stores.push_back({output, buffer});
  int64_t lanes = contractionLanes(c.element);
  /// What is done with the sums of a vector along dimension `lane`.
  auto finish = [&](Value row, Value column, unsigned lane, Value sums, Value mask) {
    Point here = point;
    here.index[m] = row;
    here.index[n] = column;
    here.lane = lane;
    here.lanes = lanes;
    here.mask = mask;
    here.known[root->getResult(0)] = sums;
    e.store(stores, here);
  };
  c.finish = [&](LoopBuilder &, Value row, Value column, Value sums, Value mask) {
    finish(row, column, n, sums, mask);
  };
  /// Of a turned product `sums` are columns of the result from `column` on, for a vector of rows.
  auto finishTurned = [&](Value column, Value row, ArrayRef<Value> sums, Value mask) {
    if (sizes[n] == Dim(1))
      return finish(row, column, m, sums[0], mask);
    Value zero = arith::ConstantOp::create(b, cast<TypedAttr>(b.getZeroAttr(sums[0].getType())));
    for (int64_t from = 0; from < (int64_t)sums.size(); from += lanes) {
      SmallVector<Value> square(sums.slice(from, std::min<int64_t>(lanes, sums.size() - from)));
      Value some = square.size() < (size_t)lanes ? b.mask(lanes, b.constant(square.size())) : Value();
      square.resize(lanes, zero);
      square = transposeSquare(b, square);
      for (int64_t r = 0; r < lanes; ++r) {
        OpBuilder::InsertionGuard guard(b);
        Value here = b.add(row, r);
        if (mask && r)
          b.enterIf(b.less(here, e.size(plan.rows)));
        finish(here, b.add(column, from), n, square[r], some);
      }
    }
  };
  // What a weight's update reads beside the sums comes from beyond the caches, once: it is asked for before it is needed.
  SmallVector<Value> distant = distantOperands(plan);
  if (!distant.empty())
    c.fetch = [&](Value row, Value column) {
      for (Value operand : distant)
        memref::PrefetchOp::create(b, e.buffers.lookup(operand), b.add(b.mul(row, sizes[n].value), column),
                                   /*isWrite=*/false, /*localityHint=*/2, /*isDataCache=*/true);
    };
  bool turned = plan.product && plan.product->turned;
  if (turned) {
    std::swap(c.m, c.n);
    std::swap(c.lhs, c.rhs);
    std::swap(c.lhsStride, c.rhsStride);
    std::swap(c.lhsStride[0], c.lhsStride[1]);
    std::swap(c.rhsStride[0], c.rhsStride[1]);
    c.finishRows = finishTurned;
  }
  auto emit = [&](Value first, Value last) {
    c.lhsBase = baseOf(turned ? plan.rhs : plan.lhs);
    c.rhsBase = baseOf(turned ? plan.lhs : plan.rhs);
    if (!plan.product)
      return b.forEach(first, last, 1, [&](Value) { emitNaive(e, c); });
    Contraction product = c;
    if (plan.product->packsLeft) {
      Value origin = b.constant(plan.product->scratchElements() - plan.product->packedElements);
      b.when(b.less(first, last), [&] { packRows(b, c, origin); });
      product.lhs = c.scratch;
      product.lhsBase = origin;
      product.lhsStride = {b.constant(c.k.capacity), b.constant(1)};
    }
    emitContraction(b, product, *plan.product, first, last);
  };
  if (plan.outer.empty())
    return emit(body.first, body.last);
  b.forEach(body.first, body.last, 1, [&](Value part) {
    body.setIndices(point, part, plan.outer, llvm::map_to_vector(plan.outer, [&](int dim) { return sizes[dim]; }));
    emit(b.constant(0), b.constant(plan.product ? plan.product->parts() : 1));
  });
}
