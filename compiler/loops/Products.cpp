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
  Value lhsBase = c.lhsBase, rhsBase = c.rhsBase;
  b.forEach(b.constant(0), size(c.m), 1, [&](Value row) {
    b.forEach(b.constant(0), size(c.n), lanes, [&](Value column) {
      Value zero = arith::ConstantOp::create(b, cast<TypedAttr>(b.getZeroAttr(type)));
      Value mask = b.mask(lanes, b.sub(size(c.n), column));
      Value last = arith::SubIOp::create(b, size(c.n), b.constant(1));
      auto product = [&](Value k, ValueRange carried) {
        Value x = memref::LoadOp::create(b, c.lhs,
                                         b.add(lhsBase, b.add(b.mul(row, c.lhsStride[0]), b.mul(k, c.lhsStride[1]))));
        Value y = zero;
        for (int64_t i = 0; i < lanes; ++i) {
          Value here = arith::MinSIOp::create(b, b.add(column, i), last);
          // Packed columns come in whole blocks of a vector.
          Value there = c.rhsVectorStride ? b.add(b.mul(b.floorDiv(column, lanes), c.rhsVectorStride), i)
                                          : b.mul(here, c.rhsStride[1]);
          Value one = memref::LoadOp::create(b, c.rhs, b.add(rhsBase, b.add(b.mul(k, c.rhsStride[0]), there)));
          y = vector::InsertOp::create(b, one, y, ArrayRef<int64_t>{i});
        }
        return SmallVector<Value>{vector::FMAOp::create(b, e.spread(x, lanes), y, carried[0])};
      };
      auto sumOfRun = [&](ValueRange sofar) {
        return b.loop(b.constant(0), size(c.k), sumBlock, sofar, [&](Value start, ValueRange before) {
          Value end = arith::MinSIOp::create(b, b.add(start, sumBlock), size(c.k));
          SmallVector<Value> own = b.loop(start, end, 1, zero, product);
          return SmallVector<Value>{arith::AddFOp::create(b, before[0], own[0])};
        });
      };
      SmallVector<Value> sums =
          !c.runs ? sumOfRun(zero) : b.loop(b.constant(0), c.runs->count, 1, zero, [&](Value run, ValueRange before) {
            auto [left, right] = c.runs->offsets(run);
            lhsBase = b.add(c.lhsBase, left);
            rhsBase = b.add(c.rhsBase, right);
            return sumOfRun(before);
          });
      c.finish(b, row, column, sums[0], mask);
    });
  });
}

/// What is summed beside the innermost dimensions: its indices count through, the last one running fastest.
static SumRuns runsOf(PointEmitter &e, const KernelPlan &plan, ArrayRef<Dim> sizes) {
  LoopBuilder &b = e.b;
  SumRuns runs{1, b.constant(1), {}};
  for (int dim : plan.runs) {
    runs.capacity *= sizes[dim].at(plan.capacity);
    runs.count = b.mul(runs.count, e.size(sizes[dim]));
  }
  runs.offsets = [&e, &plan, own = llvm::to_vector(sizes)](Value run) {
    LoopBuilder &b = e.b;
    Value left = b.constant(0), right = b.constant(0);
    for (int dim : llvm::reverse(plan.runs)) {
      Value size = e.size(own[dim]),
            at = dim == plan.runs.front() ? run : arith::RemUIOp::create(b, run, size).getResult();
      left = b.add(left, b.mul(at, e.size(plan.lhs.strides[dim])));
      right = b.add(right, b.mul(at, e.size(plan.rhs.strides[dim])));
      if (dim != plan.runs.front())
        run = arith::DivUIOp::create(b, run, size);
    }
    return std::pair(left, right);
  };
  return runs;
}

/// Copies A to scratch memory from `origin` on, with rows that are consecutive along k: squares of it in registers where it is
/// consecutive along rows.
static void packRows(LoopBuilder &b, const Contraction &c, const ProductPlan &plan, Value origin) {
  Value none = b.constant(0);
  auto size = [&](const LoopBound &bound) { return bound.size ? bound.size : b.constant(bound.capacity); };
  auto from = [&](Value row, Value k) {
    return b.add(c.lhsBase, b.add(b.mul(row, c.lhsStride[0]), b.mul(k, c.lhsStride[1])));
  };
  auto to = [&](Value row, Value k) { return b.add(origin, b.add(b.mul(row, plan.packedStride), k)); };
  auto copyRest = [&](Value row, Value rowEnd, Value start, Value end) {
    b.forEach(start, end, 1, [&](Value k) {
      b.forEach(row, rowEnd, 1, [&](Value r) {
        memref::StoreOp::create(b, memref::LoadOp::create(b, c.lhs, from(r, k)), c.scratch, to(r, k));
      });
    });
  };
  if (getConstantIntValue(c.lhsStride[0]) != 1)
    return copyRest(none, size(c.m), none, size(c.k));
  int64_t side = plan.shuffleLanes;
  auto whole = [&](Value count) { return b.mul(b.floorDiv(count, side), side); };
  auto type = VectorType::get({side}, c.element);
  Value rows = whole(size(c.m)), depth = whole(size(c.k));
  b.forEach(none, depth, side, [&](Value k) {
    b.forEach(none, rows, side, [&](Value row) {
      SmallVector<Value> square;
      for (int64_t i = 0; i < side; ++i)
        square.push_back(vector::LoadOp::create(b, type, c.lhs, from(row, b.add(k, i))));
      for (auto [i, line] : llvm::enumerate(transposeSquare(b, square)))
        vector::StoreOp::create(b, line, c.scratch, to(b.add(row, (int64_t)i), k));
    });
  });
  copyRest(none, rows, depth, size(c.k));
  copyRest(rows, size(c.m), none, size(c.k));
}

/// One group of rows after the other: copied, if one of its parts is asked for, and multiplied.
static void emitPacked(LoopBuilder &b, const Contraction &c, const ProductPlan &plan, Value first, Value last) {
  int64_t parts = plan.partsOfGroup();
  Value origin = b.constant(plan.packedOrigin()), none = b.constant(0);
  auto emitGroup = [&](Value group, Value from, Value to) {
    Contraction part = c;
    Value row = b.mul(group, plan.packedRows);
    part.lhsBase = b.add(c.lhsBase, b.mul(row, c.lhsStride[0]));
    part.m.capacity = plan.packedRows;
    if (c.m.size || c.m.capacity % plan.packedRows) {
      Value rows = c.m.size ? c.m.size : b.constant(c.m.capacity);
      part.m.size = b.larger(b.smaller(b.sub(rows, row), b.constant(plan.packedRows)), none);
    }
    packRows(b, part, plan, origin);
    part.lhs = c.scratch;
    part.lhsBase = origin;
    part.lhsStride = {b.constant(plan.packedStride), b.constant(1)};
    part.finish = [&](LoopBuilder &b, Value r, Value column, Value sums, Value mask) {
      c.finish(b, b.add(row, r), column, sums, mask);
    };
    if (c.fetch)
      part.fetch = [&](Value r, Value column) { c.fetch(b.add(row, r), column); };
    emitContraction(b, part, plan, from, to);
  };
  if (plan.groups == 1)
    return b.when(b.less(first, last), [&] { emitGroup(none, first, last); });
  b.forEach(b.floorDiv(first, parts), b.floorDiv(b.add(last, parts - 1), parts), 1, [&](Value group) {
    Value start = b.mul(group, parts);
    emitGroup(group, b.larger(b.sub(first, start), none), b.smaller(b.sub(last, start), b.constant(parts)));
  });
}

void dlc::emitProduct(KernelBody &body) {
  const KernelPlan &plan = body.plan;
  if (plan.stack)
    return emitStack(body);
  PointEmitter &e = body.e;
  LoopBuilder &b = body.b;
  Operation *root = plan.root;
  auto fusible = cast<FusibleOpInterface>(root);
  SmallVector<Dim> sizes = fusible.getIterationSizes();
  int k = plan.depthDim;
  auto bound = [&](Dim dim) { return LoopBound{dim.at(plan.capacity), dim.isOpen() ? e.size(dim) : Value()}; };
  auto stride = [&](const OperandView &view, int dim) { return dim < 0 ? b.constant(0) : e.size(view.strides[dim]); };
  Contraction c;
  c.element = typeOf(root->getResult(0)).getElementType();
  c.m = bound(plan.rows);
  c.n = bound(plan.columnDim < 0 ? Dim(1) : sizes[plan.columnDim]);
  c.k = bound(plan.depth);
  c.lhs = e.buffers.lookup(plan.lhs.buffer);
  c.rhs = e.buffers.lookup(plan.rhs.buffer);
  c.lhsStride = {stride(plan.lhs, plan.rowDim), stride(plan.lhs, k)};
  c.rhsStride = {stride(plan.rhs, k), stride(plan.rhs, plan.columnDim)};
  if (plan.rhs.blockStride)
    c.rhsVectorStride = e.size(*plan.rhs.blockStride);
  if (!plan.runs.empty())
    c.runs = runsOf(e, plan, sizes);
  if (plan.scratchBytes)
    c.scratch = body.takeScratch(MemRefType::get({plan.product->scratchElements()}, c.element));

  Point point; // of the stack
  point.index.assign(plan.domain.sizes.size(), b.constant(0));
  auto baseOf = [&](const OperandView &view) {
    Value base = b.constant(0);
    for (Dim offset : view.offsets)
      base = b.add(base, e.size(offset));
    for (int dim : plan.outer)
      base = b.add(base, b.mul(point.index[dim], e.size(view.strides[dim])));
    return base;
  };
  SmallVector<std::pair<Value, Value>> stores;
  for (auto [output, buffer] : llvm::zip(plan.outputs, body.outputBuffers))
    stores.push_back({output, buffer});
  int64_t lanes = contractionLanes(c.element);
  auto isApart = [](Value argument) { return isPlaced(typeOf(argument)); };
  bool needsApart =
      plan.merged.size() > 1 && (!plan.placed.empty() || llvm::any_of(root->getBlock()->getArguments(), isApart));
  SmallVector<Dim> mergedSizes = llvm::map_to_vector(plan.merged, [&](int dim) { return plan.domain.sizes[dim]; });
  /// What is done with the sums of a vector along dimension `lane`.
  auto finish = [&](Value row, Value column, int lane, Value sums, Value mask) {
    Point here = point;
    if (plan.rowDim >= 0)
      here.index[plan.rowDim] = row;
    if (plan.columnDim >= 0)
      here.index[plan.columnDim] = column;
    if (needsApart) {
      here.apart = here.index;
      body.setIndices(here.apart, row, plan.merged, mergedSizes);
    }
    if (lane < 0) // one column
      sums = vector::ExtractOp::create(b, sums, ArrayRef<int64_t>{0});
    here.lane = lane;
    here.lanes = lanes;
    here.mask = lane < 0 ? Value() : mask;
    here.known[root->getResult(0)] = sums;
    e.store(stores, here);
  };
  c.finish = [&](LoopBuilder &, Value row, Value column, Value sums, Value mask) {
    finish(row, column, plan.columnDim, sums, mask);
  };
  /// Of a turned product `sums` are columns of the result from `column` on, for a vector of rows.
  auto finishTurned = [&](Value column, Value row, ArrayRef<Value> sums, Value mask) {
    if (sizes[plan.columnDim] == Dim(1))
      return finish(row, column, plan.rowDim, sums[0], mask);
    Value zero = arith::ConstantOp::create(b, cast<TypedAttr>(b.getZeroAttr(sums[0].getType())));
    for (int64_t from = 0; from < (int64_t)sums.size(); from += lanes) {
      SmallVector<Value> square(sums.slice(from, std::min<int64_t>(lanes, sums.size() - from)));
      Value some = square.size() < (size_t)lanes ? b.mask(lanes, b.constant(square.size())) : Value();
      square.resize(lanes, zero);
      square = transposeSquare(b, square);
      for (int64_t r = 0; r < lanes; ++r) {
        OpBuilder::InsertionGuard guard(b);
        Value here = b.add(row, r);
        if (mask && (r || plan.rows.isOpen())) // of a short call a whole vector of rows may be missing
          b.enterIf(b.less(here, e.size(plan.rows)));
        finish(here, b.add(column, from), plan.columnDim, square[r], some);
      }
    }
  };
  if (plan.product && plan.product->fetchFollowing)
    c.fetch = [&](Value row, Value column) {
      for (Value operand : plan.following)
        memref::PrefetchOp::create(b, e.buffers.lookup(operand), b.add(b.mul(row, sizes[plan.columnDim].value), column),
                                   /*isWrite=*/false, /*localityHint=*/3, /*isDataCache=*/true);
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
    if (plan.product->packedRows)
      return emitPacked(b, c, *plan.product, first, last);
    emitContraction(b, c, *plan.product, first, last);
  };
  if (plan.outer.empty())
    return emit(body.first, body.last);
  Value begin = body.first, end = body.last;
  if (plan.partSize > 1) {
    Value all = b.constant(plan.product->panels);
    for (int dim : plan.outer)
      all = b.mul(all, e.size(sizes[dim]));
    begin = b.mul(begin, plan.partSize);
    end = b.smaller(b.mul(end, plan.partSize), all);
  }
  auto emitPart = [&](Value number, Value isNewPanel) {
    Value part = number, from = b.constant(0), to = b.constant(plan.product ? plan.product->parts() : 1);
    if (plan.product && plan.product->panelsOutside) {
      Value count = b.constant(1);
      for (int dim : plan.outer)
        count = b.mul(count, e.size(sizes[dim]));
      Value panel = arith::DivUIOp::create(b, part, count);
      part = arith::RemUIOp::create(b, part, count);
      from = b.mul(panel, plan.product->blocks);
      to = b.add(from, plan.product->blocks);
      c.isNewPanel = arith::OrIOp::create(b, isNewPanel, b.equal(part, b.constant(0)));
    } else if (plan.panelsAreParts) {
      Value panels = b.constant(plan.product->panels), panel = arith::RemUIOp::create(b, part, panels);
      part = arith::DivUIOp::create(b, part, panels);
      from = b.mul(panel, plan.product->blocks);
      to = b.add(from, plan.product->blocks);
    }
    body.setIndices(point.index, part, plan.outer,
                    llvm::map_to_vector(plan.outer, [&](int dim) { return sizes[dim]; }));
    emit(from, to);
  };
  if (!plan.product || !plan.product->slabRuns)
    return b.forEach(begin, end, 1, [&](Value number) { emitPart(number, b.equal(number, begin)); });
  // Some runs of all parts, then the next: what they read of these runs stays in the cache.
  b.forEach(begin, end, plan.product->slabParts, [&](Value start) {
    Value stop = b.smaller(b.add(start, plan.product->slabParts), end);
    auto eachPart = [&](SlabStep step) {
      b.forEach(start, stop, 1, [&](Value number) {
        step.sums = b.add(b.mul(b.sub(number, start), plan.product->slabElements), plan.product->panelElements);
        c.slab = step;
        emitPart(number, b.equal(number, start));
      });
    };
    eachPart({SlabStep::Clear, {}, {}, {}});
    b.forEach(b.constant(0), c.runs->count, plan.product->slabRuns, [&](Value first) {
      eachPart({SlabStep::Add, first, b.smaller(b.add(first, plan.product->slabRuns), c.runs->count), {}});
    });
    eachPart({SlabStep::Finish, {}, {}, {}});
  });
}
