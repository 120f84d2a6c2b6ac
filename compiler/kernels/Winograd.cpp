// Winograd.cpp - convolutions of 3 x 3 by fewer multiplications.
// SPDX-License-Identifier: Apache-2.0
//
// Of a line, m results of a filter of three taps are A' ((G w) * (B' x)), with the t = m + 2 elements x that they are made of:
// t multiplications in place of 3 m. Of a picture it is the same along both axes (Lavin and Gray, 2015):
//
//   %y = contract %p, %w, over = [batch, 56, 56, f, 3, 3, c]
//   =>
//   %u = contract G x G, %w, over = [t, t, c, f, 3, 3]                           filters
//   %v = contract B x B, %p, over = [t, t, batch, 14, 14, c, t, t]               tiles of the picture, which overlap by two
//   %q = contract %v, %u, over = [t, t, batch, 14, 14, f, c]                     t * t products of matrices
//   %z = contract A x A, %q, over = [batch, 14, m, 14, m, f, t, t]               tiles of the result, side by side
//   %y = reshape %z, [batch, 56, 56, f]
//
// All four are products as any other. What follows the convolution element by element moves between the last one and the
// reshape, so that it is done on the tile; what tiles have beyond the picture is cut off behind it.
//
// The matrix of a transform in two dimensions is applied at once: more multiplications than along one axis after the other,
// but at the peak, and nothing lies in memory between.
#include "compiler/kernels/Winograd.h"
#include "compiler/CostModel.h"
#include "compiler/Passes.h"
#include "dialects/dl/Contract.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::winograd;

// Points 0, 1, -1 and infinity.
static constexpr double elements2[] = {1, 0, -1, 0, 0, 1, 1, 0, 0, -1, 1, 0, 0, 1, 0, -1};
static constexpr double filter2[] = {1, 0, 0, .5, .5, .5, .5, -.5, .5, 0, 0, 1};
static constexpr double sums2[] = {1, 1, 1, 0, 0, 1, -1, -1};
// Points 0, 1, -1, 2, -2 and infinity.
static constexpr double elements4[] = {4, 0,  -5, 0, 1, 0, 0, -4, -4, 1,  1, 0, 0, 4, -4, -1, 1, 0,
                                       0, -2, -1, 2, 1, 0, 0, 2,  -1, -2, 1, 0, 0, 4, 0,  -5, 0, 1};
static constexpr double filter4[] = {1. / 4,  0,       0,      -1. / 6, -1. / 6,  -1. / 6, -1. / 6, 1. / 6, -1. / 6,
                                     1. / 24, 1. / 12, 1. / 6, 1. / 24, -1. / 12, 1. / 6,  0,       0,      1};
static constexpr double sums4[] = {1, 1, 1, 1, 1, 0, 0, 1, -1, 2, -2, 0, 0, 1, 1, 4, 4, 0, 0, 1, -1, 8, -8, 1};
ArrayRef<Transform> winograd::transforms() {
  static const Transform all[] = {{2, elements2, filter2, sums2}, {4, elements4, filter4, sums4}};
  return all;
}

//===--- What is one ------------------------------------------------------------------------------------===//

/// The factor of a dimension in a place, which is a sum of dimensions.
static int64_t factorOf(AffineExpr place, unsigned dim, unsigned dims) {
  auto at = [&](int64_t value) {
    SmallVector<AffineExpr> point(dims, getAffineConstantExpr(0, place.getContext()));
    point[dim] = getAffineConstantExpr(value, place.getContext());
    return cast<AffineConstantExpr>(place.replaceDims(point)).getValue();
  };
  return at(1) - at(0);
}
static int64_t startOf(AffineExpr place, unsigned dims) {
  SmallVector<AffineExpr> origin(dims, getAffineConstantExpr(0, place.getContext()));
  return cast<AffineConstantExpr>(place.replaceDims(origin)).getValue();
}

/// A place that a dimension of the result and a tap move by one; nothing if it is another.
static std::optional<Axis> axisOf(const Convolution &one, unsigned place) {
  AffineExpr expr = one.pictureMap.getResult(place);
  unsigned dims = one.over.size();
  std::optional<unsigned> result, tap;
  for (unsigned i = 0; i < dims; ++i)
    if (expr.isFunctionOfDim(i)) {
      auto &slot = i < 4 ? result : tap;
      if (slot)
        return std::nullopt;
      slot = i;
    }
  if (!result || !tap || one.filterMap.isFunctionOfDim(*result) || !one.over[*result].isNumber() ||
      one.over[*tap] != Dim(3) || factorOf(expr, *result, dims) != 1)
    return std::nullopt;
  int64_t factor = factorOf(expr, *tap, dims), start = startOf(expr, dims);
  if (std::abs(factor) != 1)
    return std::nullopt;
  return Axis{*result, *tap, place, factor < 0 ? start - 2 : start, factor < 0};
}

/// A product is a convolution of 3 x 3 that moves by one, of this operand as the picture.
static std::optional<Convolution> convolutionOf(ContractOp op, bool isLeft) {
  Convolution one{op,
                  isLeft ? op.getLhs() : op.getRhs(),
                  isLeft ? op.getRhs() : op.getLhs(),
                  isLeft ? op.getLhsMap() : op.getRhsMap(),
                  isLeft ? op.getRhsMap() : op.getLhsMap(),
                  op.getIterationSizes(),
                  {},
                  0,
                  0,
                  0};
  if (op.getKept().number() != 4 || one.over.size() != 7 || one.pictureMap.getNumResults() != 4 ||
      !typeOf(op.getResult()).getElementType().isF32())
    return std::nullopt;
  std::optional<unsigned> channel, row;
  for (unsigned place = 0; place < 4; ++place) {
    if (auto dim = dyn_cast<AffineDimExpr>(one.pictureMap.getResult(place))) {
      auto &slot = dim.getPosition() < 4 ? row : channel;
      if (slot)
        return std::nullopt;
      slot = dim.getPosition();
    } else if (auto axis = axisOf(one, place)) {
      one.axes.push_back(*axis);
    } else {
      return std::nullopt;
    }
  }
  if (!row || !channel || one.axes.size() != 2 || one.axes[0].result == one.axes[1].result ||
      one.axes[0].tap == one.axes[1].tap)
    return std::nullopt;
  one.channel = *channel;
  one.row = *row;
  one.feature = 6 - *row - one.axes[0].result - one.axes[1].result; // of 0 to 3, the one that is left
  auto isOfFilter = [&](unsigned dim) { return one.filterMap.isFunctionOfDim(dim); };
  if (one.feature != 3 || isOfFilter(one.row) || !isOfFilter(one.feature) || !isOfFilter(one.channel) ||
      !isOfFilter(one.axes[0].tap) || !isOfFilter(one.axes[1].tap) || !one.over[one.feature].isNumber() ||
      !one.over[one.channel].isNumber())
    return std::nullopt;
  return one;
}

std::optional<Convolution> winograd::convolutionOf(ContractOp op) {
  std::optional<Convolution> one = ::convolutionOf(op, true);
  return one ? one : ::convolutionOf(op, false);
}

//===--- What it costs ----------------------------------------------------------------------------------===//

static int64_t tilesAlong(const Convolution &one, const Axis &axis, int64_t results) {
  return llvm::divideCeil(one.over[axis.result].value, results);
}
/// What moving a tensor of f32 to memory and back takes, in FLOPs.
static double costOfMoving(double elements) {
  double bytes = 4 * elements;
  return 2 * bytes * (bytes > winogradNearBytes ? winogradFarFlops : winogradNearFlops);
}
/// FLOPs of a convolution as it is, for a batch.
static double directCost(const Convolution &one, const Extents &capacity) {
  double points = 2 * 9.0;
  for (unsigned dim : {one.row, one.axes[0].result, one.axes[1].result, one.channel})
    points *= (double)one.over[dim].at(capacity);
  return points * (double)llvm::alignTo(one.over[one.feature].value, 16);
}
/// FLOPs of the four products, and what it takes to move what lies between them.
static double transformedCost(const Convolution &one, const Transform &transform, const Extents &capacity) {
  double tiles = (double)one.over[one.row].at(capacity), t = (double)transform.size(), square = t * t;
  for (const Axis &axis : one.axes)
    tiles *= (double)tilesAlong(one, axis, transform.results);
  double channels = (double)one.over[one.channel].value,
         columns = (double)llvm::alignTo(one.over[one.channel].value, 16),
         features = (double)llvm::alignTo(one.over[one.feature].value, 16);
  double filters = 2 * 9 * square * channels * features, picture = 2 * square * square * tiles * columns,
         products = 2 * square * tiles * channels * features,
         results = 2 * square * (double)(transform.results * transform.results) * tiles * features;
  return filters + picture + products + results + costOfMoving(square * channels * features) +
         costOfMoving(square * tiles * channels) + costOfMoving(square * tiles * features);
}
/// The cost of a transform as a share of the direct convolution's, at the capacity at which it is the most.
static double shareOf(const Convolution &one, const Transform &transform, ArrayRef<Extents> capacities) {
  double most = 0;
  for (const Extents &capacity : capacities)
    most = std::max(most, transformedCost(one, transform, capacity) / directCost(one, capacity));
  return most;
}
/// The transform that pays at each capacity, the best one at the largest; null if none does.
static const Transform *choose(const Convolution &one, ArrayRef<Extents> capacities) {
  const Transform *best = nullptr;
  const Extents &most = capacities.back();
  for (const Transform &transform : transforms())
    if (shareOf(one, transform, capacities) < winogradShare &&
        (!best || transformedCost(one, transform, most) < transformedCost(one, *best, most)))
      best = &transform;
  return best;
}

//===--- What it becomes --------------------------------------------------------------------------------===//

namespace {
class Rewriter {
public:
  Rewriter(const Convolution &one, const Transform &transform)
      : one(one), transform(transform), builder(this->one.op), b(builder, unnamed(this->one.op.getLoc())) {}
  void run();

private:
  Value square(ArrayRef<double> matrix, int64_t columns);
  Value bordered();
  Value filters();
  Value picture();
  Value products(Value picture, Value filters);
  Value results(Value products);
  bool mayMove(Operation *op, Value from) const;
  Value moved(Operation *op, Value from, Value tiles);
  Value untiled(Value tiles);
  int64_t tiles(const Axis &axis) const { return tilesAlong(one, axis, transform.results); }
  const Axis *axisOf(unsigned result) const {
    const Axis *it = llvm::find_if(one.axes, [&](const Axis &axis) { return axis.result == result; });
    return it == one.axes.end() ? nullptr : it;
  }
  bool isWhole() const {
    return llvm::all_of(one.axes,
                        [&](const Axis &axis) { return one.over[axis.result].value % transform.results == 0; });
  }

  Convolution one;
  const Transform &transform;
  OpBuilder builder;
  Ops b;
};
} // namespace

/// [rows, rows, columns, columns]: the products of each two elements of a matrix.
Value Rewriter::square(ArrayRef<double> matrix, int64_t columns) {
  int64_t rows = (int64_t)matrix.size() / columns;
  SmallVector<double> numbers;
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < rows; ++j)
      for (int64_t k = 0; k < columns; ++k)
        for (int64_t l = 0; l < columns; ++l)
          numbers.push_back(matrix[i * columns + k] * matrix[j * columns + l]);
  return b.values(numbers, RankedTensorType::get({rows, rows, columns, columns}, builder.getF32Type()));
}

/// The picture, with what tiles read behind its end.
Value Rewriter::bordered() {
  Value input = one.picture;
  SmallVector<Dim> dims = dimsOf(input);
  SmallVector<int64_t> low(dims.size(), 0), high(low);
  bool isEnough = true;
  for (const Axis &axis : one.axes) {
    int64_t end = axis.start + tiles(axis) * transform.results + 2;
    high[axis.place] = std::max<int64_t>(end - dims[axis.place].value, 0);
    isEnough &= high[axis.place] == 0;
  }
  if (isEnough)
    return input;
  auto pad = input.getDefiningOp<PadOp>(); // one border of zeros is made at once
  if (pad && pad->getAttrs().size() == 2 && pad.getLowAttr() && pad.getHighAttr()) {
    for (auto [i, size] : llvm::enumerate(high)) {
      low[i] = cast<SizeAttr>(pad.getLowAttr()[i]).number();
      size += cast<SizeAttr>(pad.getHighAttr()[i]).number();
    }
    input = pad.getInput();
  }
  return b.create<PadOp>({input}, {b.sizes("low", low), b.sizes("high", high)}).getResult();
}

/// [t, t, channels, features]
Value Rewriter::filters() {
  Contraction product(b);
  SmallVector<AffineExpr> at(7, getAffineConstantExpr(0, builder.getContext()));
  product.lhs = {product.add(transform.size()), product.add(transform.size())};
  at[one.channel] = product.add(one.over[one.channel]);
  at[one.feature] = product.add(one.over[one.feature]);
  for (const Axis &axis : one.axes) {
    AffineExpr tap = product.add(3);
    product.lhs.push_back(tap);
    at[axis.tap] = axis.turned ? 2 - tap : tap;
  }
  for (AffineExpr place : one.filterMap.getResults())
    product.rhs.push_back(place.replaceDims(at));
  return product.build(square(transform.filter, 3), one.filter, 4);
}

/// [t, t, the result's axes with tiles for places, channels]
Value Rewriter::picture() {
  Contraction product(b);
  int64_t t = transform.size();
  Value input = bordered();
  product.lhs = {product.add(t), product.add(t)};
  product.rhs.resize(4);
  for (unsigned dim = 0; dim < 3; ++dim) {
    const Axis *axis = axisOf(dim);
    product.rhs[axis ? axis->place : one.placeOf(dim)] =
        axis ? product.add(tiles(*axis)) * transform.results + axis->start : product.add(one.over[dim]);
  }
  product.rhs[one.placeOf(one.channel)] = product.add(one.over[one.channel]);
  for (const Axis &axis : one.axes) {
    AffineExpr element = product.add(t);
    product.lhs.push_back(element);
    product.rhs[axis.place] = product.rhs[axis.place] + element;
  }
  return product.build(square(transform.elements, t), input, 6);
}

/// [t, t, the result's axes with tiles for places, features]
Value Rewriter::products(Value picture, Value filters) {
  Contraction product(b);
  for (unsigned i = 0; i < 2; ++i) {
    product.lhs.push_back(product.add(transform.size()));
    product.rhs.push_back(product.lhs.back());
  }
  for (unsigned dim = 0; dim < 3; ++dim) {
    const Axis *axis = axisOf(dim);
    product.lhs.push_back(product.add(axis ? Dim(tiles(*axis)) : one.over[dim]));
  }
  AffineExpr feature = product.add(one.over[one.feature]), channel = product.add(one.over[one.channel]);
  product.lhs.push_back(channel);
  product.rhs.append({channel, feature});
  return product.build(picture, filters, 6);
}

/// The result's axes, of each place the tile and, behind it, the place in it.
Value Rewriter::results(Value products) {
  Contraction product(b);
  SmallVector<AffineExpr, 2> within(2);
  SmallVector<AffineExpr> outer;
  for (unsigned dim = 0; dim < 3; ++dim) {
    const Axis *axis = axisOf(dim);
    outer.push_back(product.add(axis ? Dim(tiles(*axis)) : one.over[dim]));
    if (axis)
      within[axis - one.axes.begin()] = product.add(transform.results);
  }
  AffineExpr feature = product.add(one.over[one.feature]);
  product.lhs.append(within);
  for (unsigned i = 0; i < 2; ++i) {
    AffineExpr element = product.add(transform.size());
    product.lhs.push_back(element);
    product.rhs.push_back(element);
  }
  product.rhs.append(outer);
  product.rhs.push_back(feature);
  return product.build(square(transform.sums, transform.size()), products, 6);
}

/// An op that acts on each element alone, and what it reads beside is the same for all places, or can be read in tiles.
bool Rewriter::mayMove(Operation *op, Value from) const {
  if (!hasKind(op, IterationKind::Elementwise) || dimsOf(op->getResult(0)) != dimsOf(from))
    return false;
  SmallVector<AffineMap> maps = cast<FusibleOpInterface>(op).getAccessMaps();
  auto isRead = [&](Value operand, AffineMap map) {
    if (!map)
      return false;
    if (operand == from || dimsOf(operand) == dimsOf(from))
      return map.isIdentity() && (operand == from || isWhole());
    SmallVector<Dim> dims = dimsOf(operand);
    AffineExpr last = getAffineDimExpr(3, builder.getContext());
    return dims.empty() || (dims.size() == 1 && (map.getResult(0) == last || dims[0] == Dim(1)));
  };
  return maps.back().isIdentity() && llvm::all_of_zip(op->getOperands(), ArrayRef(maps).drop_back(), isRead);
}
/// The same op on tiles.
Value Rewriter::moved(Operation *op, Value from, Value tiles) {
  builder.setInsertionPoint(op);
  OperationState state(op->getLoc(), op->getName().getStringRef());
  state.addAttributes(op->getAttrs());
  for (Value operand : op->getOperands())
    state.addOperands(operand == from                   ? tiles
                      : dimsOf(operand) == dimsOf(from) ? b.reshape(operand, dimsOf(tiles))
                                                        : operand);
  return createInferred(builder, state)->getResult(0);
}

/// Tiles side by side, without what they have beyond the picture.
Value Rewriter::untiled(Value tiles) {
  SmallVector<Dim> dims;
  for (unsigned dim = 0; dim < 4; ++dim) {
    const Axis *axis = axisOf(dim);
    dims.push_back(axis ? Dim(this->tiles(*axis) * transform.results) : one.over[dim]);
  }
  Value value = b.reshape(tiles, dims);
  for (unsigned dim = 0; dim < 3; ++dim)
    if (dims[dim] != one.over[dim])
      value = b.slice(value, dim, 0, one.over[dim]);
  return value;
}

void Rewriter::run() {
  Value value = one.op.getResult(), tiles = results(products(picture(), filters()));
  tiles.getDefiningOp()->setLoc(one.op.getLoc());
  SmallVector<Operation *> old{one.op};
  while (value.hasOneUse() && mayMove(*value.user_begin(), value)) {
    Operation *user = *value.user_begin();
    tiles = moved(user, value, tiles);
    value = user->getResult(0);
    old.push_back(user);
  }
  value.replaceAllUsesWith(untiled(tiles));
  for (Operation *op : llvm::reverse(old))
    op->erase();
}

//===--- Why, or why not --------------------------------------------------------------------------------===//

/// A product that is no convolution of 3 x 3 by steps of one, and yet has windows along two axes: what it is instead. Empty for
/// other products.
static std::string otherThan(ContractOp op) {
  SmallVector<Dim> over = op.getIterationSizes();
  unsigned kept = op.getKept().number(), dims = over.size();
  std::string windows;
  unsigned axes = 0;
  bool isSmall = true, isStepped = false, isSpread = false;
  for (AffineMap map : {op.getLhsMap(), op.getRhsMap()})
    for (AffineExpr place : map.getResults()) {
      auto at = [&](unsigned dim) { return place.isFunctionOfDim(dim); };
      auto results = llvm::make_filter_range(llvm::seq(0u, kept), at),
           taps = llvm::make_filter_range(llvm::seq(kept, dims), at);
      if (place.getKind() != AffineExprKind::Add || results.empty() || taps.empty())
        continue;
      ++axes;
      windows += (windows.empty() ? "" : " x ") + show(over[*taps.begin()]);
      isSmall &= over[*taps.begin()] == Dim(3);
      isStepped |= std::abs(factorOf(place, *results.begin(), dims)) != 1;
      isSpread |= std::abs(factorOf(place, *taps.begin(), dims)) != 1;
    }
  if (axes != 2)
    return "";
  if (llvm::any_of(ArrayRef(over).drop_front(kept), [](Dim size) { return size.hasRows(); }))
    return "it is summed over the batch, as the gradient of filters is";
  if (!typeOf(op.getResult()).getElementType().isF32())
    return "its numbers are not f32";
  if (!isSmall)
    return "its windows have " + windows + " elements";
  return isStepped  ? "its windows move by more than one place"
         : isSpread ? "the elements of its windows do not lie side by side"
                    : "its channels are in groups, or its size is open";
}
/// Says what has become of a product with windows.
static void explain(ContractOp op, const Convolution *one, const Transform *chosen, ArrayRef<Extents> capacities) {
  std::string why = one ? "" : otherThan(op);
  if (!one && why.empty())
    return;
  InFlightDiagnostic remark = mlir::emitRemark(op.getLoc()) << "--winograd: ";
  if (!one) {
    remark << "a direct convolution; " << why << ", and it is for 3 x 3 by steps of one";
    return;
  }
  auto sizeOf = [](const Transform &transform) { return llvm::formatv("{0} x {0}", transform.results).str(); };
  if (chosen)
    remark << "in tiles of " << sizeOf(*chosen);
  else
    remark << "a direct convolution";
  remark << "; predicted shares of its cost:";
  for (const Transform &transform : transforms())
    remark << (&transform == transforms().begin() ? " " : ", ") << sizeOf(transform) << " "
           << llvm::formatv("{0:F2}", shareOf(*one, transform, capacities)).str();
  remark << "; it has to be below " << llvm::formatv("{0:F2}", winogradShare).str();
}

void dlc::useWinograd(EntryOp entry, ArrayRef<Extents> capacities) {
  SmallVector<ContractOp> all;
  entry.walk([&](ContractOp op) { all.push_back(op); });
  for (ContractOp op : all) {
    std::optional<Convolution> one = winograd::convolutionOf(op);
    const Transform *transform = one ? choose(*one, capacities) : nullptr;
    explain(op, one ? &*one : nullptr, transform, capacities);
    if (transform)
      Rewriter(*one, *transform).run();
  }
}
