// StackedProducts.cpp - a stack of products, side by side in the lanes of a vector.
// SPDX-License-Identifier: Apache-2.0
//
//   for each part: outer indices
//     for each tile of rows, for each panel of vectors along the stack:
//       sum[row, vector]... = loops over what is summed, the innermost one written out some steps at a time {
//         sum = fma x[...], w[...], sum          what several rows or steps read is loaded once
//       }
//       what follows, at each row and vector
//
// Each sum is made as Contraction.h says, in the order of what is summed: a chain of fused multiply-adds of up to sumBlock
// terms, whole rounds of a dimension, and the chains' sums are added in their order. Rounds of the batch are counted alone,
// so that the order follows from the extent and not from the capacity.
#include "compiler/loops/Contraction.h"
#include "compiler/loops/KernelBody.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include <map>

using namespace mlir;
using namespace dlc;

namespace {
class StackEmitter {
public:
  explicit StackEmitter(KernelBody &body)
      : body(body), plan(body.plan), stack(*plan.stack), b(body.b), e(body.e),
        sizes(cast<FusibleOpInterface>(plan.root).getIterationSizes()) {
    element = typeOf(plan.root->getResult(0)).getElementType();
    point.index.assign(plan.domain.sizes.size(), b.constant(0));
    for (auto [output, buffer] : llvm::zip(plan.outputs, body.outputBuffers))
      stores.push_back({output, buffer});
  }
  void emit();

private:
  using Values = SmallVector<Value>;
  using Vectors = ArrayRef<LoopBuilder::Lanes>;
  /// Where both operands are read.
  using Places = std::array<Value, 2>;
  /// A distance in elements: for each product of open sizes (`factors`), how many times it.
  using Distance = SmallVector<int64_t, 2>;
  /// A point of a tile: how far it lies from the first one along each of the tile's dimensions.
  using Row = SmallVector<int64_t, 2>;

  const OperandView &view(int operand) const { return operand ? plan.rhs : plan.lhs; }
  void piece(Value from, Value to, int64_t length);
  void eachTile(llvm::function_ref<void(Value start, int64_t height)> body);
  void tile(Value start, int64_t height, Vectors vectors);
  void finish(Value start, Vectors vectors, ArrayRef<Value> sums);

  Places origin(Value start);
  Places moved(Places from, int dim, Value index);
  void findRows(int64_t height);
  Value number(double value);
  double termsFrom(size_t i) const;
  Values sumAll(Places at, Vectors vectors);
  Values blocks(size_t i, Places at, Values total, Vectors vectors);
  Values rounds(size_t i, Value from, Value to, Places at, Values sums, Vectors vectors);
  Values steps(Value from, Value to, Places at, Values sums, Vectors vectors);
  Values step(int64_t count, Places at, Values sums, Vectors vectors);
  void addTo(Distance &distance, Dim stride, int64_t times);
  Value valueOf(const Distance &distance);

  KernelBody &body;
  const KernelPlan &plan;
  const StackPlan &stack;
  LoopBuilder &b;
  PointEmitter &e;
  SmallVector<Dim> sizes;
  Type element;
  Point point; ///< of the part
  SmallVector<std::pair<Value, Value>> stores;
  SmallVector<Row> rows; ///< of the tile at hand
  SmallVector<Dim, 2> factors{Dim(1)};
};
} // namespace

//===--- Places -----------------------------------------------------------------------------------------===//

/// Of the first point of a tile, in the first lane of the stack.
StackEmitter::Places StackEmitter::origin(Value start) {
  Places places;
  for (int i : {0, 1}) {
    Value at = b.constant(0);
    for (Dim offset : view(i).offsets)
      at = b.add(at, e.size(offset));
    for (int dim : stack.outer)
      at = b.add(at, b.mul(point.index[dim], e.size(view(i).strides[dim])));
    places[i] = at;
  }
  return stack.tile.empty() ? places : moved(places, stack.tile.front(), start);
}
StackEmitter::Places StackEmitter::moved(Places from, int dim, Value index) {
  for (int i : {0, 1})
    from[i] = b.add(from[i], b.mul(index, e.size(view(i).strides[dim])));
  return from;
}
void StackEmitter::addTo(Distance &distance, Dim stride, int64_t times) {
  Dim factor(1, stride.open);
  size_t place = llvm::find(factors, factor) - factors.begin();
  if (place == factors.size())
    factors.push_back(factor);
  if (distance.size() <= place)
    distance.resize(place + 1, 0);
  distance[place] += stride.value * times;
}
Value StackEmitter::valueOf(const Distance &distance) {
  Value all = b.constant(0);
  for (auto [factor, times] : llvm::zip(factors, distance))
    if (times)
      all = b.add(all, b.mul(e.size(factor), times));
  return all;
}
void StackEmitter::findRows(int64_t height) {
  rows.assign(1, Row());
  for (int dim : stack.tile) {
    SmallVector<Row> longer;
    int64_t size = dim == stack.tile.front() ? height : sizes[dim].value;
    for (const Row &row : rows)
      for (int64_t i = 0; i < size; ++i) {
        longer.push_back(row);
        longer.back().push_back(i);
      }
    rows = longer;
  }
}

//===--- Sums -------------------------------------------------------------------------------------------===//

Value StackEmitter::number(double value) {
  auto type = VectorType::get({stack.lanes}, element);
  return arith::ConstantOp::create(b, DenseElementsAttr::get(type, Attribute(b.getFloatAttr(element, value))));
}
/// Of the innermost sums from number `i` on: how many terms they have, whatever the extent.
double StackEmitter::termsFrom(size_t i) const {
  double terms = 1;
  for (int dim : ArrayRef(stack.sums).drop_front(i))
    terms *= sizes[dim].isNumber() ? sizes[dim].value : std::numeric_limits<double>::infinity();
  return terms;
}
StackEmitter::Values StackEmitter::sumAll(Places at, Vectors vectors) {
  Values none(rows.size() * vectors.size(), number(0));
  if (stack.sums.empty())
    return step(1, at, none, vectors);
  if (termsFrom(0) <= sumBlock)
    return rounds(0, b.constant(0), e.size(sizes[stack.sums[0]]), at, none, vectors);
  return blocks(0, at, Values(none.size(), number(-0.0)), vectors); // see beforeBlocks
}
/// Adds the sums of chains to those before them.
StackEmitter::Values StackEmitter::blocks(size_t i, Places at, Values total, Vectors vectors) {
  int dim = stack.sums[i];
  Value size = e.size(sizes[dim]);
  double inside = termsFrom(i + 1);
  if (inside > sumBlock)
    return b.loop(b.constant(0), size, 1, total, [&](Value round, ValueRange carried) {
      return blocks(i + 1, moved(at, dim, round), llvm::to_vector(carried), vectors);
    });
  int64_t together = sumBlock / (int64_t)inside;
  bool isWhole = sizes[dim].isNumber() && sizes[dim].value % together == 0;
  return b.loop(b.constant(0), size, together, total, [&](Value from, ValueRange before) {
    Value to = b.add(from, together);
    Values own = rounds(i, from, isWhole ? to : b.smaller(to, size), at, Values(before.size(), number(0)), vectors);
    for (auto [sum, sofar] : llvm::zip(own, before))
      sum = arith::AddFOp::create(b, sofar, sum);
    return own;
  });
}
/// Rounds [from, to) of a dimension, and all of those within it, as one chain.
StackEmitter::Values StackEmitter::rounds(size_t i, Value from, Value to, Places at, Values sums, Vectors vectors) {
  if (i + 1 == stack.sums.size())
    return steps(from, to, at, sums, vectors);
  return b.loop(from, to, 1, sums, [&](Value round, ValueRange carried) {
    return rounds(i + 1, b.constant(0), e.size(sizes[stack.sums[i + 1]]), moved(at, stack.sums[i], round),
                  llvm::to_vector(carried), vectors);
  });
}
StackEmitter::Values StackEmitter::steps(Value from, Value to, Places at, Values sums, Vectors vectors) {
  int dim = stack.sums.back();
  int64_t many = stack.unroll;
  std::optional<int64_t> first = getConstantIntValue(from), end = getConstantIntValue(to);
  if (first && end && *end - *first == many)
    return step(many, moved(at, dim, from), sums, vectors);
  auto some = [&](Value start, Value stop, int64_t count) {
    sums = b.loop(start, stop, count, sums, [&](Value i, ValueRange carried) {
      return step(count, moved(at, dim, i), llvm::to_vector(carried), vectors);
    });
  };
  Value whole = b.add(from, b.mul(b.floorDiv(b.sub(to, from), many), many));
  if (many > 1 && !(first && getConstantIntValue(whole) == first))
    some(from, whole, many);
  if (many == 1 || !(end && getConstantIntValue(whole) == end))
    some(many == 1 ? from : whole, to, 1);
  return sums;
}
/// `count` steps of the innermost sum.
StackEmitter::Values StackEmitter::step(int64_t count, Places at, Values sums, Vectors vectors) {
  for (auto [q, vector] : llvm::enumerate(vectors)) {
    std::array<std::map<Distance, Value>, 2> loaded;
    Point here;
    here.lanes = stack.lanes;
    here.mask = vector.mask;
    for (int64_t u = 0; u < count; ++u)
      for (auto [r, row] : llvm::enumerate(rows)) {
        Values read;
        for (int i : {0, 1}) {
          Distance distance;
          for (auto [dim, steps] : llvm::zip(stack.tile, row))
            addTo(distance, view(i).strides[dim], steps);
          if (!stack.sums.empty())
            addTo(distance, view(i).strides[stack.sums.back()], u);
          Value &known = loaded[i][distance];
          if (!known) {
            Value place = b.add(b.add(at[i], vector.at), valueOf(distance));
            known = e.load(e.buffers.lookup(view(i).buffer), element, {place, b.constant(1)}, here);
          }
          read.push_back(known);
        }
        Value &sum = sums[r * vectors.size() + q];
        sum = vector::FMAOp::create(b, read[0], read[1], sum);
      }
  }
  return sums;
}

//===--- Tiles ------------------------------------------------------------------------------------------===//

void StackEmitter::finish(Value start, Vectors vectors, ArrayRef<Value> sums) {
  for (auto [r, row] : llvm::enumerate(rows))
    for (auto [q, vector] : llvm::enumerate(vectors)) {
      Point here = point;
      for (auto [dim, steps] : llvm::zip(stack.tile, row))
        here.index[dim] = b.add(dim == stack.tile.front() ? start : b.constant(0), steps);
      here.lane = stack.lane;
      here.lanes = stack.lanes;
      here.index[stack.lane] = vector.at;
      here.mask = vector.mask;
      here.known[plan.root->getResult(0)] = sums[r * vectors.size() + q];
      e.store(stores, here);
    }
}
void StackEmitter::tile(Value start, int64_t height, Vectors vectors) {
  findRows(height);
  finish(start, vectors, sumAll(origin(start), vectors));
}
/// Tiles along the first of the tile's dimensions: the tall ones come first.
void StackEmitter::eachTile(llvm::function_ref<void(Value start, int64_t height)> body) {
  const RowTiles &tiles = stack.tiles;
  if (stack.tile.empty() || tiles.count == 1)
    return body(b.constant(0), tiles.height);
  b.forEach(b.constant(0), b.constant(tiles.tallCount), 1,
            [&](Value i) { body(b.mul(i, tiles.tallHeight()), tiles.tallHeight()); });
  b.forEach(b.constant(tiles.tallCount), b.constant(tiles.count), 1,
            [&](Value i) { body(b.add(b.mul(i, tiles.height), tiles.tallCount), tiles.height); });
}
/// A piece of the stack, with all tiles.
void StackEmitter::piece(Value from, Value to, int64_t length) {
  b.forEachVector(from, to, {stack.lanes, stack.vectors, length}, [&](Vectors vectors) {
    eachTile([&](Value start, int64_t height) { tile(start, height, vectors); });
  });
}

void StackEmitter::emit() {
  Dim size = sizes[stack.lane];
  if (!stack.outer.empty()) // neighbours along the stack come one after the other
    return b.forEach(body.first, body.last, 1, [&](Value part) {
      body.setIndices(point.index, part, stack.outer,
                      llvm::map_to_vector(stack.outer, [&](int dim) { return sizes[dim]; }));
      eachTile([&](Value start, int64_t height) {
        b.forEachVector(b.constant(0), e.size(size), {stack.lanes, stack.vectors, size.isNumber() ? size.value : -1},
                        [&](Vectors vectors) { tile(start, height, vectors); });
      });
    });
  int64_t width = stack.vectors * stack.lanes;
  if (!size.isNumber())
    return b.forEach(body.first, body.last, 1, [&](Value part) {
      Value from = b.mul(part, width);
      piece(from, b.smaller(b.add(from, width), e.size(size)), -1);
    });
  int64_t whole = size.value / width;
  if (whole)
    b.forEach(body.first, b.smaller(body.last, b.constant(whole)), 1, [&](Value part) {
      Value from = b.mul(part, width);
      piece(from, b.add(from, width), width);
    });
  if (size.value % width)
    b.forEach(b.larger(body.first, b.constant(whole)), body.last, 1, [&](Value) { // once or never
      piece(b.constant(whole * width), b.constant(size.value), size.value % width);
    });
}

void dlc::emitStack(KernelBody &body) { StackEmitter(body).emit(); }
