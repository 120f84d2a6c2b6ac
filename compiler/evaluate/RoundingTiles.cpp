// RoundingTiles.cpp - the bound of a convolution of 3 x 3 that `--winograd` may compute in tiles.
// SPDX-License-Identifier: Apache-2.0
//
// A result of a tile is A ((G w) * (B x)) A', summed over channels. Its rounding has little to do with the terms that the
// convolution adds up: it comes of elements of the tile that the result itself does not read, and of what the transforms make of
// them, much of which cancels. So the bound follows the computation, with its matrices: of each step what it adds up, and
// what it passes on of the steps before. Roundings of different elements are independent, and add up as squares.
//
// Where tiles begin is decided later, and whether there are any. The bound of a result is the largest over all places at
// which a tile with that result may begin, and not below that of the sum as it is written.
#include "compiler/evaluate/RoundingTiles.h"
#include "compiler/Options.h"
#include "compiler/evaluate/Rounding.h"
#include "compiler/kernels/Winograd.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/MapVector.h"
#include <array>
#include <cmath>

using namespace mlir;
using namespace dlc;
using namespace dlc::winograd;

namespace {
/// A matrix along both axes of a tile at once: the products of each two elements, those that are not 0.
struct Square {
  struct Term {
    int64_t from;
    double factor;
  };
  std::vector<std::vector<Term>> rows;
  Square(ArrayRef<double> matrix, int64_t columns) {
    int64_t count = (int64_t)matrix.size() / columns;
    for (int64_t i = 0; i < count; ++i)
      for (int64_t j = 0; j < count; ++j) {
        std::vector<Term> &row = rows.emplace_back();
        for (int64_t k = 0; k < columns; ++k)
          for (int64_t l = 0; l < columns; ++l)
            if (double factor = matrix[i * columns + k] * matrix[j * columns + l]; factor != 0)
              row.push_back({k * columns + l, factor});
      }
  }
  /// The sum of a row of what `read` says, and in `far` how far rounding may move it: the sum's, and that of the factors.
  double apply(size_t row, llvm::function_ref<double(int64_t)> read, double &far) const {
    double sum = 0, size = 0;
    for (Term term : rows[row]) {
      double one = term.factor * read(term.from);
      sum += one;
      size += std::fabs(one);
    }
    far = (1 + depthOfChain((double)rows[row].size())) * size;
    return sum;
  }
};

/// Where an operand is read: at `first`, and so far from there for each index of each dimension.
class Places {
public:
  Places(AffineMap map, ArrayRef<int64_t> shape) : map(map), shape(shape), first(placeAt(0, 0)) {}
  int64_t at(unsigned dim, int64_t index) const { return placeAt(dim, index) - first; }

private:
  int64_t placeAt(unsigned dim, int64_t index) const {
    MLIRContext *context = map.getContext();
    SmallVector<AffineExpr> point(map.getNumDims(), getAffineConstantExpr(0, context));
    point[dim] = getAffineConstantExpr(index, context);
    int64_t place = 0;
    for (auto [axis, expr] : llvm::enumerate(map.getResults()))
      place = place * shape[axis] + cast<AffineConstantExpr>(expr.replaceDims(point)).getValue();
    return place;
  }
  AffineMap map;
  ArrayRef<int64_t> shape;

public:
  const int64_t first;
};

/// The bounds of one convolution in tiles of one size.
class Tiles {
public:
  Tiles(const Convolution &one, const Transform &transform, const Array &picture, const Array &filter, const Array &out)
      : one(one), picture(picture), out(out), elements(transform.elements, transform.size()), taps(transform.filter, 3),
        sums(transform.sums, transform.size()), m(transform.results), t(transform.size()),
        channels(one.over[one.channel].value), features(one.over[one.feature].value), strides(picture.shape.size(), 1) {
    for (size_t axis = picture.shape.size(); axis-- > 1;)
      strides[axis - 1] = strides[axis] * picture.shape[axis];
    transformFilter(filter);
  }
  void widen(std::vector<double> &units);

private:
  void transformFilter(const Array &filter);
  void transformPicture(int64_t row, ArrayRef<int64_t> begin);
  void multiply();

  const Convolution &one;
  const Array &picture, &out;
  Square elements, taps, sums;
  int64_t m, t, channels, features;
  SmallVector<int64_t> strides;
  // By element of the tile, then channel and feature: what the transforms make, and how far rounding may move it.
  std::vector<double> filters, farFilters, pictures, farPictures, products, farProducts;
};
} // namespace

void Tiles::transformFilter(const Array &filter) {
  Places places(one.filterMap, filter.shape);
  std::vector<int64_t> ofChannel, ofFeature, ofTap;
  for (int64_t c = 0; c < channels; ++c)
    ofChannel.push_back(places.at(one.channel, c));
  for (int64_t f = 0; f < features; ++f)
    ofFeature.push_back(places.at(one.feature, f));
  auto turned = [](const Axis &axis, int64_t tap) { return axis.turned ? 2 - tap : tap; };
  for (int64_t k = 0; k < 3; ++k)
    for (int64_t l = 0; l < 3; ++l)
      ofTap.push_back(places.at(one.axes[0].tap, turned(one.axes[0], k)) +
                      places.at(one.axes[1].tap, turned(one.axes[1], l)));
  filters.resize(taps.rows.size() * channels * features);
  farFilters.resize(filters.size());
  for (size_t e = 0, i = 0; e < taps.rows.size(); ++e)
    for (int64_t c = 0; c < channels; ++c)
      for (int64_t f = 0; f < features; ++f, ++i)
        filters[i] = taps.apply(
            e, [&](int64_t tap) { return filter.reals[places.first + ofChannel[c] + ofFeature[f] + ofTap[tap]]; },
            farFilters[i]);
}
/// Of the tile whose first result is at `begin`.
void Tiles::transformPicture(int64_t row, ArrayRef<int64_t> begin) {
  std::vector<int64_t> places; // of the elements; -1 beyond the picture, where zeros are
  int64_t first = row * strides[one.placeOf(one.row)], step = strides[one.placeOf(one.channel)];
  for (int64_t i = 0; i < t; ++i)
    for (int64_t j = 0; j < t; ++j) {
      int64_t place = first;
      for (auto [axis, at] : llvm::zip(one.axes, std::array<int64_t, 2>{begin[0] + i, begin[1] + j})) {
        int64_t there = at + axis.start;
        bool isInside = place >= 0 && there >= 0 && there < picture.shape[axis.place];
        place = isInside ? place + there * strides[axis.place] : -1;
      }
      places.push_back(place);
    }
  pictures.resize(elements.rows.size() * channels);
  farPictures.resize(pictures.size());
  for (size_t e = 0, i = 0; e < elements.rows.size(); ++e)
    for (int64_t c = 0; c < channels; ++c, ++i)
      pictures[i] = elements.apply(
          e, [&](int64_t at) { return places[at] < 0 ? 0 : picture.reals[places[at] + c * step]; }, farPictures[i]);
}
void Tiles::multiply() {
  products.assign(elements.rows.size() * features, 0);
  farProducts.assign(products.size(), 0);
  std::vector<double> sizes(features);
  double depth = depthOfChain((double)channels);
  for (size_t e = 0; e < elements.rows.size(); ++e) {
    double *sum = &products[e * features], *far = &farProducts[e * features];
    llvm::fill(sizes, 0);
    for (int64_t c = 0; c < channels; ++c) {
      double x = pictures[e * channels + c], farX = farPictures[e * channels + c];
      const double *w = &filters[(e * channels + c) * features], *farW = &farFilters[(e * channels + c) * features];
      for (int64_t f = 0; f < features; ++f) {
        sum[f] += x * w[f];
        sizes[f] += std::fabs(x * w[f]);
        far[f] += (x * farW[f]) * (x * farW[f]) + (farX * w[f]) * (farX * w[f]);
      }
    }
    for (int64_t f = 0; f < features; ++f)
      far[f] = std::sqrt(far[f]) + depth * sizes[f];
  }
}
void Tiles::widen(std::vector<double> &units) {
  SmallVector<int64_t> steps(4, 1);
  for (size_t axis = 3; axis-- > 0;)
    steps[axis] = steps[axis + 1] * out.shape[axis + 1];
  int64_t height = out.shape[one.axes[0].result], width = out.shape[one.axes[1].result];
  for (int64_t row = 0; row < out.shape[one.row]; ++row)
    for (int64_t i = 1 - m; i < height; ++i)
      for (int64_t j = 1 - m; j < width; ++j) {
        transformPicture(row, {i, j});
        multiply();
        for (int64_t result = 0; result < m * m; ++result) {
          int64_t y = i + result / m, x = j + result % m;
          if (y < 0 || x < 0 || y >= height || x >= width)
            continue;
          for (int64_t f = 0; f < features; ++f) {
            double far, squares = 0;
            sums.apply(result, [&](int64_t e) { return products[e * features + f]; }, far);
            for (Square::Term term : sums.rows[result]) {
              double one = term.factor * farProducts[term.from * features + f];
              squares += one * one;
            }
            double &unit = units[row * steps[one.row] + y * steps[one.axes[0].result] + x * steps[one.axes[1].result] +
                                 f * steps[one.feature]];
            unit = std::max(unit, far + std::sqrt(squares));
          }
        }
      }
}

static std::vector<double> boundInTiles(ContractOp op, Operands in, const Array &out) {
  std::vector<double> units(out.reals.size());
  if (auto one = winograd::convolutionOf(op)) {
    bool isLeft = one->pictureMap == op.getLhsMap() && one->picture == op.getLhs();
    for (const Transform &transform : transforms())
      Tiles(*one, transform, *in[isLeft ? 0 : 1], *in[isLeft ? 1 : 0], out).widen(units);
  }
  return units;
}
/// Of an op that is rewritten into products and into what puts elements elsewhere: a bound goes where its element goes.
static std::vector<double> boundOfProducts(Operation *op, Operands in, const Extents &extents) {
  Block block;
  IRMapping mapping;
  llvm::MapVector<Value, std::pair<Array, Array>> known; // what a value is, and its bounds
  for (auto [operand, array] : llvm::zip(op->getOperands(), in)) {
    Value argument = mapping.lookupOrNull(operand);
    if (!argument)
      mapping.map(operand, argument = block.addArgument(operand.getType(), operand.getLoc()));
    known[argument] = {*array, Array::make(array->type, array->shape)};
  }
  Operation *copy = op->clone(mapping);
  block.push_back(copy);
  OpBuilder builder(copy);
  Ops ops(builder, op->getLoc());
  Value result = cast<DecomposableOpInterface>(copy).decompose(ops)[0];
  copy->erase();
  for (Operation &line : block) {
    SmallVector<const Array *> values, bounds;
    for (Value operand : line.getOperands()) {
      values.push_back(&known[operand].first);
      bounds.push_back(&known[operand].second);
    }
    std::vector<Array> out;
    for (Value one : line.getResults())
      out.push_back(zerosFor(one, extents));
    std::vector<Array> far = out;
    if (failed(evaluateOp(line, values, out, extents)))
      return {};
    if (auto product = dyn_cast<ContractOp>(line))
      far[0].reals = boundInTiles(product, values, out[0]);
    else if (failed(evaluateOp(line, bounds, far, extents)))
      return {};
    for (auto [i, one] : llvm::enumerate(line.getResults()))
      known[one] = {std::move(out[i]), std::move(far[i])};
  }
  return known[result].second.reals;
}

bool dlc::mayBeInTiles(Operation *op) {
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  auto module = op->getParentOfType<ModuleOp>();
  if (!module || !type || !type.getElementType().isF32() || op->hasAttr("channels_first"))
    return false;
  CompileOptions options = loadOptions(module);
  return options.winograd && options.optimize > 0;
}
void dlc::widenToTiles(Operation *op, Operands in, const Extents &extents, std::vector<double> &units) {
  std::vector<double> tiles;
  if (auto product = dyn_cast<ContractOp>(op)) {
    Array out = zerosFor(op->getResult(0), extents);
    tiles = boundInTiles(product, in, out);
  } else {
    tiles = boundOfProducts(op, in, extents);
  }
  for (auto [unit, one] : llvm::zip(units, tiles))
    unit = std::max(unit, one);
}
