// DLContract.cpp - the gradient of a product over any dimensions, which is one again.
// SPDX-License-Identifier: Apache-2.0
//
//   y[n, o] = sum over i of x[n, 2 * o + i] * w[i]          a convolution of signals that moves by two
//
// Each axis of x is solved for one of the dimensions that move it: p = 2 * o + i gives o = (p - i) / 2. Elements whose p is
// even meet the even i, the others the odd ones; so there is a product for each residue:
//
//   dx[n, 2 * u]     = sum over j of c[n, u - j] * w[2 * j]
//   dx[n, 2 * u + 1] = sum over j of c[n, u - j] * w[2 * j + 1]
//
// Where no two windows overlap, each place is reached once: both dimensions are axes of one product, p = 2 * o + i.
//
// What is read outside of c is 0: it is padded. What no point reads has no gradient: the result is padded.
#include "dialects/dl/Contract.h"
#include <numeric>

using namespace mlir;
using namespace dlc;

namespace {
/// A place as a sum of dimensions with coefficients.
struct Sum {
  int64_t start = 0;
  SmallVector<int64_t> of; ///< for each dimension

  Sum(AffineExpr expr, unsigned dims);
  /// The dimensions that it depends on.
  SmallVector<unsigned> used() const;
  /// The least and the largest place.
  std::pair<int64_t, int64_t> range(ArrayRef<Dim> sizes) const;
};

/// The gradient of a contraction with respect to one of its operands, of these sizes, which it reads at `map`.
class ContractGradient {
public:
  ContractGradient(Ops &b, Value cotangent, Value other, ArrayRef<Dim> mine, ArrayRef<Dim> over, unsigned kept,
                   AffineMap map, AffineMap otherMap);
  Value run();

private:
  /// A product under construction: the first dimensions are the axes of the operand, the others are summed.
  struct Product {
    SmallVector<Dim> sizes;
    SmallVector<AffineExpr> at; ///< for each dimension of the contraction, where it is; null: not known yet
    /// For each axis of the operand, the dimension that counts within a step; it is an axis of the result behind it. 0: none.
    SmallVector<unsigned> within;

    /// Where an axis of the operand stands in the result, when those behind it are whole.
    unsigned position(unsigned axis) const { return axis + axis - llvm::count(ArrayRef(within).take_front(axis), 0u); }
  };

  Value solve(unsigned axis, Product product);
  Value apart(unsigned axis, unsigned outer, std::optional<unsigned> inner, Product product);
  Value residue(unsigned axis, unsigned solved, int64_t remainder, Product product);
  Value finish(Product product);
  unsigned chooseSolved(const Sum &place) const;
  void padded(Value &value, SmallVectorImpl<AffineExpr> &places, ArrayRef<Dim> sizes);
  Value columnsSideBySide(Value value, SmallVectorImpl<AffineExpr> &at, unsigned column,
                          ArrayRef<AffineExpr> cotangentAt);
  SmallVector<unsigned> columnsLast(ArrayRef<unsigned> axes, ArrayRef<AffineExpr> cotangentAt,
                                    ArrayRef<AffineExpr> otherAt) const;
  AffineExpr dim(unsigned i) const { return getAffineDimExpr(i, b.builder.getContext()); }
  AffineExpr number(int64_t value) const { return getAffineConstantExpr(value, b.builder.getContext()); }

  Ops &b;
  Value cotangent, other;
  SmallVector<Dim> mine, over;
  unsigned kept;
  AffineMap map, otherMap;
  SmallVector<Sum> places;                          ///< of the operand's axes
  SmallVector<std::pair<int64_t, int64_t>> touched; ///< for each axis the first and the last place that is read
  SmallVector<int64_t> steps; ///< of each axis that is made residue by residue; an axis of residues stands behind it
};
} // namespace

Sum::Sum(AffineExpr expr, unsigned dims) {
  auto at = [&](std::optional<unsigned> one) {
    SmallVector<AffineExpr> point;
    for (unsigned i = 0; i < dims; ++i)
      point.push_back(getAffineConstantExpr(one == i, expr.getContext()));
    return cast<AffineConstantExpr>(expr.replaceDims(point)).getValue();
  };
  start = at({});
  for (unsigned i = 0; i < dims; ++i)
    of.push_back(expr.isFunctionOfDim(i) ? at(i) - start : 0);
}
SmallVector<unsigned> Sum::used() const {
  SmallVector<unsigned> result;
  for (auto [i, factor] : llvm::enumerate(of))
    if (factor)
      result.push_back(i);
  return result;
}
std::pair<int64_t, int64_t> Sum::range(ArrayRef<Dim> sizes) const {
  int64_t least = start, most = start;
  for (auto [factor, size] : llvm::zip(of, sizes))
    if (factor)
      (factor < 0 ? least : most) += factor * (size.value - 1);
  return {least, most};
}
/// An axis of the batch is read at a dimension of its size.
static bool isWhole(const Sum &place, ArrayRef<Dim> sizes) {
  SmallVector<unsigned> used = place.used();
  return used.size() == 1 && sizes[used[0]].isOpen();
}

ContractGradient::ContractGradient(Ops &b, Value cotangent, Value other, ArrayRef<Dim> mine, ArrayRef<Dim> over,
                                   unsigned kept, AffineMap map, AffineMap otherMap)
    : b(b), cotangent(cotangent), other(other), mine(mine), over(over), kept(kept), map(map), otherMap(otherMap),
      steps(mine.size(), 1) {
  for (AffineExpr expr : map.getResults()) {
    places.emplace_back(expr, over.size());
    touched.push_back(isWhole(places.back(), over) ? std::pair<int64_t, int64_t>() : places.back().range(over));
  }
}

/// The dimension that an axis is solved for: best one that only the cotangent, or only the other operand has, since what has
/// it is padded; and one that leaves the fewest points to be summed: it is long itself, and of the others each residue of its
/// steps meets a part.
unsigned ContractGradient::chooseSolved(const Sum &place) const {
  auto cost = [&](unsigned i) {
    unsigned readers = (i < kept) + otherMap.isFunctionOfDim(i);
    return std::tuple(readers == 0, readers != 1, -std::abs(place.of[i]) * over[i].value);
  };
  SmallVector<unsigned> used = place.used();
  return *llvm::min_element(used, [&](unsigned a, unsigned c) { return cost(a) < cost(c); });
}

/// The elements at p = first + step * u + remainder of an axis, where step is what the solved dimension moves it by; null if
/// no point reads them. The other dimensions of the axis are taken apart into those that reach these elements.
Value ContractGradient::residue(unsigned axis, unsigned solved, int64_t remainder, Product product) {
  const Sum &place = places[axis];
  int64_t move = place.of[solved], step = std::abs(move);
  AffineExpr u = dim(axis);
  SmallVector<unsigned> others = place.used();
  llvm::erase(others, solved);
  Value sum;
  // i = stride * j + rest, for each rest.
  std::function<void(size_t, int64_t, AffineExpr, Product)> choose = [&](size_t next, int64_t start, AffineExpr moved,
                                                                         Product here) {
    if (next == others.size()) {
      if (start % step)
        return;
      Sum place(u * step + start + moved, here.sizes.size()); // all of it are multiples of what it moves by
      AffineExpr expr = number(place.start / move);
      for (unsigned i : place.used())
        expr = expr + dim(i) * (place.of[i] / move);
      here.at[solved] = expr;
      if (Value one = solve(axis + 1, here))
        sum = sum ? b.add(sum, one) : one;
      return;
    }
    unsigned i = others[next];
    int64_t factor = place.of[i], stride = step / std::gcd(step, factor);
    for (int64_t rest = 0; rest < std::min(stride, over[i].value); ++rest) {
      Product more = here;
      unsigned j = more.sizes.size();
      more.sizes.push_back(Dim((over[i].value - rest + stride - 1) / stride));
      more.at[i] = dim(j) * stride + rest;
      choose(next + 1, start - factor * rest, moved - dim(j) * (factor * stride), more);
    }
  };
  choose(0, touched[axis].first + remainder - place.start, number(0), product);
  return sum;
}

/// The gradient, of all places that are read, when the axes before this one are solved.
Value ContractGradient::solve(unsigned axis, Product product) {
  if (axis == places.size())
    return finish(product);
  const Sum &place = places[axis];
  SmallVector<unsigned> used = place.used();
  if (used.empty()) { // one element
    product.sizes[axis] = 1;
    return solve(axis + 1, product);
  }
  unsigned solved = chooseSolved(place);
  if (isWhole(place, over)) {
    product.sizes[axis] = over[solved];
    product.at[solved] = dim(axis);
    return solve(axis + 1, product);
  }
  // One dimension steps over all that another one counts.
  auto reach = [&](unsigned i) { return std::abs(place.of[i]) * (over[i].value - 1) + 1; };
  llvm::stable_sort(used, [&](unsigned a, unsigned c) { return std::abs(place.of[a]) > std::abs(place.of[c]); });
  if (used.size() == 1)
    return apart(axis, used[0], {}, product);
  if (used.size() == 2 && std::abs(place.of[used[0]]) > 1 && reach(used[1]) <= std::abs(place.of[used[0]]))
    return apart(axis, used[0], used[1], product);
  int64_t step = std::abs(place.of[solved]), length = touched[axis].second - touched[axis].first + 1;
  int64_t rows = (length + step - 1) / step;
  product.sizes[axis] = rows;
  if (step == 1)
    return residue(axis, solved, 0, product);
  // Each product has an axis of one for its residue, so that it can be written where it lies among the others.
  product.within[axis] = product.sizes.size();
  product.sizes.push_back(1);
  steps[axis] = step;
  SmallVector<Value> pieces;
  Value some;
  for (int64_t remainder = 0; remainder < step; ++remainder) {
    pieces.push_back(residue(axis, solved, remainder, product));
    some = some ? some : pieces.back();
  }
  if (!some)
    return nullptr;
  for (Value &piece : pieces)
    piece = piece ? piece : b.splat(0, typeOf(some));
  return b.create<ConcatOp>(pieces, {b.size("axis", product.position(axis) + 1)}).getResult();
}

/// [..., n, m, ...] at two axes as one of n * m.
static Value merged(Ops &b, Value value, unsigned axis) {
  SmallVector<Dim> dims = dimsOf(value);
  dims[axis] = dims[axis] * dims[axis + 1];
  dims.erase(dims.begin() + axis + 1);
  return b.reshape(value, dims);
}
/// An axis with zeros behind it, or cut, so that it is as long as that.
static Value resized(Ops &b, Value value, unsigned axis, int64_t size) {
  int64_t own = dimsOf(value)[axis].value;
  if (own >= size)
    return own == size ? value : b.slice(value, axis, 0, size);
  SmallVector<int64_t> none(dimsOf(value).size(), 0), high(none);
  high[axis] = size - own;
  return b.create<PadOp>({value}, {b.sizes("low", none), b.sizes("high", high)}).getResult();
}

/// The elements of an axis that is reached once at each place: by the steps of one dimension, and within a step by another.
Value ContractGradient::apart(unsigned axis, unsigned outer, std::optional<unsigned> inner, Product product) {
  const Sum &place = places[axis];
  auto placeOf = [&](unsigned i, unsigned at) {
    return place.of[i] > 0 ? dim(at) : number(over[i].value - 1) - dim(at);
  };
  int64_t step = std::abs(place.of[outer]), stride = 1, reach = 1;
  product.sizes[axis] = over[outer];
  product.at[outer] = placeOf(outer, axis);
  if (inner) {
    stride = std::abs(place.of[*inner]);
    reach = stride * (over[*inner].value - 1) + 1;
    product.within[axis] = product.sizes.size();
    product.at[*inner] = placeOf(*inner, product.sizes.size());
    product.sizes.push_back(over[*inner]);
  }
  Value result = solve(axis + 1, product);
  if (!result || step == 1)
    return result;
  unsigned at = product.position(axis);
  if (!inner)
    result = b.unsqueeze(result, at + 1);
  if (stride > 1)
    result = resized(b, merged(b, resized(b, b.unsqueeze(result, at + 2), at + 2, stride), at + 1), at + 1, reach);
  result = merged(b, resized(b, result, at + 1, step), at);
  return resized(b, result, at, (over[outer].value - 1) * step + reach);
}

/// Pads a value with zeros, so that all places that are read lie within.
void ContractGradient::padded(Value &value, SmallVectorImpl<AffineExpr> &at, ArrayRef<Dim> sizes) {
  SmallVector<Dim> dims = dimsOf(value);
  SmallVector<int64_t> low(dims.size(), 0), high(dims.size(), 0);
  for (auto [axis, expr] : llvm::enumerate(at)) {
    Sum place(expr, sizes.size());
    if (isWhole(place, sizes))
      continue;
    auto [least, most] = place.range(sizes);
    low[axis] = std::max<int64_t>(-least, 0);
    high[axis] = std::max<int64_t>(most - dims[axis].value + 1, 0);
    expr = expr + low[axis];
  }
  if (llvm::any_of(low, [](int64_t n) { return n; }) || llvm::any_of(high, [](int64_t n) { return n; }))
    value = b.create<PadOp>({value}, {b.sizes("low", low), b.sizes("high", high)}).getResult();
}

/// The axes of the operand in the order in which the product yields them: neighbours of what it reads are columns.
SmallVector<unsigned> ContractGradient::columnsLast(ArrayRef<unsigned> axes, ArrayRef<AffineExpr> cotangentAt,
                                                    ArrayRef<AffineExpr> otherAt) const {
  auto isLastOf = [](ArrayRef<AffineExpr> at, unsigned axis) { return !at.empty() && at.back().isFunctionOfDim(axis); };
  auto rank = [&](unsigned axis) { return isLastOf(cotangentAt, axis) ? 2 : isLastOf(otherAt, axis) ? 1 : 0; };
  SmallVector<unsigned> order(axes);
  llvm::stable_sort(order, [&](unsigned a, unsigned c) { return rank(a) < rank(c); });
  return order;
}

/// What is the same for all rows of the batch is read often: if it has the columns alone, they lie side by side.
Value ContractGradient::columnsSideBySide(Value value, SmallVectorImpl<AffineExpr> &at, unsigned column,
                                          ArrayRef<AffineExpr> cotangentAt) {
  auto isColumn = [&](AffineExpr expr) { return expr.isFunctionOfDim(column); };
  auto *it = llvm::find_if(at, isColumn);
  if (it == at.end() || it == at.end() - 1 || llvm::any_of(cotangentAt, isColumn) ||
      llvm::any_of(dimsOf(value), [](Dim dim) { return dim.isOpen(); }))
    return value;
  SmallVector<int64_t> permutation = llvm::to_vector(llvm::seq<int64_t>(0, at.size()));
  std::rotate(permutation.begin() + (it - at.begin()), permutation.begin() + (it - at.begin()) + 1, permutation.end());
  std::rotate(it, it + 1, at.end());
  return b.transpose(value, permutation);
}

/// The product itself, when each dimension is known in terms of the new ones.
Value ContractGradient::finish(Product product) {
  for (auto [i, at] : llvm::enumerate(product.at))
    if (!at) { // summed as it is
      at = dim(product.sizes.size());
      product.sizes.push_back(over[i]);
    }
  SmallVector<unsigned> axes;
  for (unsigned axis = 0; axis < places.size(); ++axis) {
    axes.push_back(axis);
    if (product.within[axis])
      axes.push_back(product.within[axis]);
  }
  if (product.sizes.size() == axes.size()) // something has to be summed
    product.sizes.push_back(1);
  SmallVector<AffineExpr> cotangentAt(ArrayRef(product.at).take_front(kept)), otherAt;
  for (AffineExpr expr : otherMap.getResults())
    otherAt.push_back(expr.replaceDims(product.at));
  Value c = cotangent, x = other;
  padded(c, cotangentAt, product.sizes);
  padded(x, otherAt, product.sizes);
  // Axes in their order of the product.
  SmallVector<unsigned> order = columnsLast(axes, cotangentAt, otherAt);
  if (!order.empty() && !cotangentAt.empty())
    x = columnsSideBySide(x, otherAt, order.back(), cotangentAt);
  SmallVector<Dim> sizes;
  SmallVector<AffineExpr> moved(product.sizes.size());
  SmallVector<int64_t> back(order.size());
  for (auto [to, from] : llvm::enumerate(order)) {
    sizes.push_back(product.sizes[from]);
    moved[from] = dim(to);
    back[llvm::find(axes, from) - axes.begin()] = to;
  }
  for (auto [i, size] : llvm::enumerate(product.sizes))
    if (!moved[i]) {
      moved[i] = dim(sizes.size());
      sizes.push_back(size);
    }
  auto mapOf = [&](ArrayRef<AffineExpr> at) {
    SmallVector<AffineExpr> exprs = llvm::map_to_vector(at, [&](AffineExpr expr) { return expr.replaceDims(moved); });
    return AffineMapAttr::get(AffineMap::get(sizes.size(), 0, exprs, b.builder.getContext()));
  };
  Value result = b.create<ContractOp>({c, x}, {b.sizes("over", sizes), b.size("kept", order.size()),
                                               b.set("lhs_map", mapOf(cotangentAt)), b.set("rhs_map", mapOf(otherAt))})
                     .getResult();
  return llvm::is_sorted(back) ? result : b.transpose(result, back);
}

Value ContractGradient::run() {
  Value result = solve(0, {SmallVector<Dim>(places.size(), 1), SmallVector<AffineExpr>(over.size()),
                           SmallVector<unsigned>(places.size(), 0)});
  if (!result)
    return nullptr;
  // Residues are neighbours. What lies behind the last place that is read, and has room in the operand, is 0 already.
  for (unsigned axis = 0; axis < mine.size(); ++axis)
    if (steps[axis] > 1) {
      result = merged(b, result, axis);
      int64_t length = std::min(dimsOf(result)[axis].value, mine[axis].value - touched[axis].first);
      result = resized(b, result, axis, length);
      touched[axis].second = touched[axis].first + length - 1;
    }
  // What no point reads.
  SmallVector<int64_t> low(mine.size(), 0), high(mine.size(), 0);
  for (auto [axis, place] : llvm::enumerate(places))
    if (!isWhole(place, over)) {
      low[axis] = touched[axis].first;
      high[axis] = mine[axis].value - 1 - touched[axis].second;
    }
  if (dimsOf(result) == mine)
    return result;
  return b.create<PadOp>({result}, {b.sizes("low", low), b.sizes("high", high)}).getResult();
}

//===--- Written down -----------------------------------------------------------------------------------===//

AffineExpr Contraction::add(Dim size) {
  over.push_back(size);
  return getAffineDimExpr(over.size() - 1, b.builder.getContext());
}
static AffineMap mapOf(const Contraction &one, ArrayRef<AffineExpr> places) {
  return AffineMap::get(one.over.size(), 0, places, one.b.builder.getContext());
}
Value Contraction::build(Value x, Value w, int64_t kept) {
  return b
      .create<ContractOp>({x, w}, {b.sizes("over", over), b.size("kept", kept),
                                   b.set("lhs_map", AffineMapAttr::get(mapOf(*this, lhs))),
                                   b.set("rhs_map", AffineMapAttr::get(mapOf(*this, rhs)))})
      .getResult();
}
Value Contraction::transpose(Value y, Value w, int64_t kept, ArrayRef<Dim> sizes) {
  return ContractGradient(b, y, w, sizes, over, kept, mapOf(*this, lhs), mapOf(*this, rhs)).run();
}

//===--- The rule ---------------------------------------------------------------------------------------===//

/// The axes can be solved apart from each other: each dimension moves one of them at most. Where several move one, the
/// cotangent or the other operand has one of them, whose padding leaves out what lies beyond.
static bool isSolvable(AffineMap map, AffineMap other, unsigned kept) {
  auto uses = [&](AffineExpr expr) {
    return llvm::count_if(llvm::seq<unsigned>(0, map.getNumDims()),
                          [&](unsigned i) { return expr.isFunctionOfDim(i); });
  };
  auto isRead = [&](AffineExpr expr) {
    return llvm::any_of(llvm::seq<unsigned>(0, map.getNumDims()),
                        [&](unsigned i) { return expr.isFunctionOfDim(i) && (i < kept || other.isFunctionOfDim(i)); });
  };
  return llvm::all_of(llvm::seq<unsigned>(0, map.getNumDims()),
                      [&](unsigned i) {
                        return llvm::count_if(map.getResults(),
                                              [&](AffineExpr expr) { return expr.isFunctionOfDim(i); }) <= 1;
                      }) &&
         llvm::all_of(map.getResults(), [&](AffineExpr expr) { return uses(expr) <= 1 || isRead(expr); });
}
SmallVector<Value> ContractOp::vjp(Ops &b, ValueRange cotangents) {
  SmallVector<Value> gradients;
  AffineMap maps[] = {getLhsMap(), getRhsMap()};
  for (auto [operand, map] : llvm::enumerate(maps))
    if (isSolvable(map, maps[1 - operand], getKept().number())) {
      gradients.push_back(ContractGradient(b, cotangents[0], getOperand(1 - operand), dimsOf(getOperand(operand)),
                                           getIterationSizes(), getKept().number(), map, maps[1 - operand])
                              .run());
    } else {
      complain(*this) << "`contract` has no gradient where one dimension moves two axes of an operand, or an axis is "
                         "moved by several that "
                         "nothing else has";
      gradients.push_back(nullptr);
    }
  return gradients;
}
