// EvaluateNetwork.cpp - the meaning of products, normalisation, losses and random masks.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/evaluate/Evaluate.h"
#include "dialects/dl/Windows.h"
#include <cmath>

using namespace mlir;
using namespace dlc;

static double realOr(std::optional<APFloat> value, double otherwise) {
  return value ? value->convertToDouble() : otherwise;
}

static LogicalResult matmul(MatmulOp op, const Array &a, const Array &b, Array &out) {
  size_t rank = out.shape.size();
  bool ta = op.getTransposeA(), tb = op.getTransposeB();
  int64_t depth = a.shape[a.shape.size() - (ta ? 2 : 1)];
  Odometer at(out.shape);
  for (int64_t i = 0, n = out.size(); i < n; ++i, at.next()) {
    int64_t row = (*at)[rank - 2], column = (*at)[rank - 1];
    ArrayRef<int64_t> outer = (*at).drop_back(2);
    // Where the matrix of these outer indices starts.
    auto start = [&](const Array &x) {
      ArrayRef<int64_t> shape(x.shape);
      return offsetIn(shape.drop_back(2), outer) * shape[shape.size() - 2] * shape.back();
    };
    int64_t x = start(a), y = start(b), wa = a.shape.back(), wb = b.shape.back();
    long double sum = 0;
    for (int64_t k = 0; k < depth; ++k)
      sum += (long double)a.reals[x + (ta ? k * wa + row : row * wa + k)] *
             b.reals[y + (tb ? column * wb + k : k * wb + column)];
    out.reals[i] = (double)sum;
  }
  return success();
}

static LogicalResult contract(ContractOp op, const Array &a, const Array &b, Array &out, const Extents &extents) {
  SmallVector<int64_t> sizes;
  for (SizeAttr size : op.getOver().getAsRange<SizeAttr>())
    sizes.push_back(numberOf(size, 0, extents));
  size_t kept = out.shape.size();
  ArrayRef<int64_t> summed = ArrayRef(sizes).drop_front(kept);
  int64_t terms = 1;
  for (int64_t size : summed)
    terms *= size;
  size_t dims = sizes.size();
  // Where an operand is read is a sum over the dimensions: so far from its first element for each index of each of them.
  auto placeAt = [&](const Array &x, AffineMap map, size_t moved, int64_t index) {
    int64_t place = 0;
    SmallVector<AffineExpr> point(dims, getAffineConstantExpr(0, op.getContext()));
    if (moved < dims)
      point[moved] = getAffineConstantExpr(index, op.getContext());
    for (auto [axis, expr] : llvm::enumerate(map.getResults()))
      place = place * x.shape[axis] + cast<AffineConstantExpr>(expr.replaceDims(point)).getValue();
    return place;
  };
  struct Places {
    int64_t first;
    std::vector<std::vector<int64_t>> steps;
  };
  auto placesOf = [&](const Array &x, AffineMap map) {
    Places places{placeAt(x, map, dims, 0), {}};
    for (size_t i = 0; i < dims; ++i) {
      places.steps.emplace_back();
      for (int64_t index = 0; index < sizes[i]; ++index)
        places.steps.back().push_back(placeAt(x, map, i, index) - places.first);
    }
    return places;
  };
  Places lhs = placesOf(a, op.getLhsMap()), rhs = placesOf(b, op.getRhsMap());
  auto moved = [](int64_t from, ArrayRef<std::vector<int64_t>> by, ArrayRef<int64_t> at) {
    for (auto [steps, index] : llvm::zip(by, at))
      from += steps[index];
    return from;
  };
  Odometer at(out.shape);
  for (int64_t i = 0, n = out.size(); i < n; ++i, at.next()) {
    int64_t x = moved(lhs.first, ArrayRef(lhs.steps).take_front(kept), *at),
            y = moved(rhs.first, ArrayRef(rhs.steps).take_front(kept), *at);
    long double sum = 0;
    Odometer inner(summed);
    for (int64_t term = 0; term < terms; ++term, inner.next())
      sum += (long double)a.reals[moved(x, ArrayRef(lhs.steps).drop_front(kept), *inner)] *
             b.reals[moved(y, ArrayRef(rhs.steps).drop_front(kept), *inner)];
    out.reals[i] = (double)sum;
  }
  return success();
}

/// Windows of axes whose sizes are these, and of kernels of these sizes.
static SmallVector<Window> windowsOf(ArrayRef<int64_t> size, ArrayRef<int64_t> kernel, const WindowOptions &options) {
  std::optional<SmallVector<Window>> windows;
  std::string problem;
  auto dims = [](ArrayRef<int64_t> sizes) { return SmallVector<Dim>(sizes.begin(), sizes.end()); };
  (void)readWindows(dims(size), dims(kernel), options, windows, problem);
  return *windows;
}
/// Where in an axis the element stands that padding of this mode repeats; out of the axis where it repeats none.
static int64_t repeated(int64_t at, int64_t size, StringRef mode) {
  if (mode == "replicate")
    return std::clamp<int64_t>(at, 0, size - 1);
  if (mode == "reflect")
    return at < 0 ? -at : at >= size ? 2 * (size - 1) - at : at;
  return mode == "circular" ? (at + size) % size : at;
}
/// Calls `visit` with each element of the window at a place: where it lies in the window, and on the axes of the input;
/// those in the padding are left out, unless its mode repeats others there.
static void elementsOf(ArrayRef<Window> windows, ArrayRef<int64_t> size, ArrayRef<int64_t> place,
                       llvm::function_ref<void(ArrayRef<int64_t>, ArrayRef<int64_t>)> visit, StringRef mode = "zeros") {
  SmallVector<int64_t> kernel = llvm::map_to_vector(windows, [](const Window &window) { return window.kernel; });
  int64_t count = 1;
  for (int64_t one : kernel)
    count *= one;
  Odometer at(kernel);
  for (int64_t i = 0; i < count; ++i, at.next()) {
    SmallVector<int64_t> there;
    bool inside = true;
    for (auto [axis, window] : llvm::enumerate(windows)) {
      there.push_back(
          repeated(place[axis] * window.stride + (*at)[axis] * window.dilation - window.low, size[axis], mode));
      inside &= there.back() >= 0 && there.back() < size[axis];
    }
    if (inside)
      visit(*at, there);
  }
}
/// [batch, there..., channel]
static SmallVector<int64_t> between(int64_t first, ArrayRef<int64_t> there, int64_t last) {
  SmallVector<int64_t> at{first};
  at.append(there.begin(), there.end());
  at.push_back(last);
  return at;
}
template <typename Op> static LogicalResult convolution(Op op, const Array &x, const Array &w, Array &out) {
  ArrayRef<int64_t> size = ArrayRef(x.shape).drop_front().drop_back(), kernel = ArrayRef(w.shape).drop_front(2);
  SmallVector<Window> windows =
      windowsOf(size, kernel, {op.getStrideAttr(), op.getPaddingAttr(), op.getDilationAttr()});
  StringRef mode = op.getPaddingMode().value_or("zeros");
  int64_t own = w.shape[1], groups = x.shape.back() / std::max<int64_t>(own, 1),
          features = w.shape[0] / std::max<int64_t>(groups, 1);
  Odometer at(out.shape);
  for (int64_t i = 0, n = out.size(); i < n; ++i, at.next()) {
    int64_t picture = (*at).front(), feature = (*at).back(), group = feature / features;
    long double sum = 0;
    auto visit = [&](ArrayRef<int64_t> tap, ArrayRef<int64_t> there) {
      for (int64_t channel = 0; channel < own; ++channel) {
        SmallVector<int64_t> weight{feature, channel};
        weight.append(tap.begin(), tap.end());
        sum += (long double)x.reals[offsetIn(x.shape, between(picture, there, group * own + channel))] *
               w.reals[offsetIn(w.shape, weight)];
      }
    };
    elementsOf(windows, size, (*at).drop_front().drop_back(), visit, mode);
    out.reals[i] = (double)sum;
  }
  return success();
}
template <typename Op> static LogicalResult convolutionTranspose(Op op, const Array &x, const Array &w, Array &out) {
  ArrayRef<int64_t> size = ArrayRef(x.shape).drop_front().drop_back(), kernel = ArrayRef(w.shape).drop_front(2);
  std::optional<SmallVector<TransposedWindow>> windows;
  std::string problem;
  (void)readTransposed(SmallVector<Dim>(size), SmallVector<Dim>(kernel),
                       {op.getStrideAttr(), op.getPaddingAttr(), op.getDilationAttr()}, op.getOutputPaddingAttr(),
                       windows, problem);
  int64_t features = w.shape[1], groups = op.getGroupsAttr() ? op.getGroupsAttr().number() : 1,
          own = x.shape.back() / groups;
  std::vector<long double> sums(out.reals.size());
  Odometer at(x.shape), tap(kernel);
  int64_t taps = 1;
  for (int64_t one : kernel)
    taps *= one;
  for (int64_t i = 0, n = x.size(); i < n; ++i, at.next())
    for (int64_t k = 0; k < taps; ++k, tap.next()) {
      SmallVector<int64_t> there;
      bool inside = true;
      for (auto [axis, window] : llvm::enumerate(*windows)) {
        there.push_back((*at)[axis + 1] * window.stride + (*tap)[axis] * window.dilation - window.low);
        inside &= there.back() >= 0 && there.back() < out.shape[axis + 1];
      }
      int64_t channel = (*at).back();
      for (int64_t feature = 0; inside && feature < features; ++feature) {
        SmallVector<int64_t> weight{channel, feature};
        weight.append((*tap).begin(), (*tap).end());
        sums[offsetIn(out.shape, between((*at).front(), there, channel / own * features + feature))] +=
            (long double)x.reals[i] * w.reals[offsetIn(w.shape, weight)];
      }
    }
  llvm::copy(sums, out.reals.begin());
  return success();
}
/// What a window comes to: the largest element, the sum, how many elements there are and how many with the padding, those of
/// a whole window.
struct Pooled {
  double largest = -INFINITY, count = 0, padded = 1, whole = 1;
  long double sum = 0;
};
static LogicalResult pool(Attribute kernel, WindowOptions options, const Array &x, Array &out,
                          llvm::function_ref<double(double)> part, llvm::function_ref<double(const Pooled &)> result) {
  ArrayRef<int64_t> size = ArrayRef(x.shape).drop_front().drop_back();
  SmallVector<int64_t> each = llvm::map_to_vector(eachOf(kernel, size.size(), 1), [](Dim dim) { return dim.value; });
  if (!options.stride)
    options.stride = kernel;
  SmallVector<Window> windows = windowsOf(size, each, options);
  Odometer at(out.shape);
  for (int64_t i = 0, n = out.size(); i < n; ++i, at.next()) {
    Pooled all;
    for (auto [axis, window] : llvm::enumerate(windows)) {
      int64_t begin = (*at)[axis + 1] * window.stride, end = size[axis] + window.low + window.high - window.beyond;
      all.padded *= (double)std::min(window.kernel, end - begin);
      all.whole *= (double)window.kernel;
    }
    elementsOf(windows, size, (*at).drop_front().drop_back(), [&](ArrayRef<int64_t>, ArrayRef<int64_t> there) {
      double value = part(x.reals[offsetIn(x.shape, between((*at).front(), there, (*at).back()))]);
      all.largest = all.largest != all.largest || value != value ? NAN : std::max(all.largest, value);
      all.sum += value;
      ++all.count;
    });
    out.reals[i] = result(all);
  }
  return success();
}

/// Calls `visit` with the first offset, the stride and the number of the elements of each line along an axis.
static void lines(ArrayRef<int64_t> shape, int64_t axis, llvm::function_ref<void(int64_t, int64_t, int64_t)> visit) {
  int64_t outer = 1, inner = 1, length = shape[axis];
  for (int64_t size : shape.take_front(axis))
    outer *= size;
  for (int64_t size : shape.drop_front(axis + 1))
    inner *= size;
  for (int64_t i = 0; i < outer; ++i)
    for (int64_t j = 0; j < inner; ++j)
      visit(i * length * inner + j, inner, length);
}
/// Of a line the largest, and sum(exp(x - largest)): neither overflows, nor is x rounded to what is larger.
struct Exponentials {
  double highest = -INFINITY, sum = 0;
  Exponentials(const double *x, int64_t stride, int64_t length) {
    for (int64_t i = 0; i < length; ++i)
      highest = x[i * stride] != x[i * stride] || x[i * stride] > highest ? x[i * stride] : highest;
    for (int64_t i = 0; i < length; ++i)
      sum += std::exp(x[i * stride] - highest);
  }
  double softmax(double x) const { return std::exp(x - highest) / sum; }
  double logSoftmax(double x) const { return x - highest - std::log(sum); }
};
static LogicalResult softmax(SizeAttr axis, const Array &in, Array &out, bool logarithm) {
  lines(in.shape, axisOf(axis, -1, in.shape.size()), [&](int64_t first, int64_t stride, int64_t length) {
    Exponentials all(in.reals.data() + first, stride, length);
    for (int64_t i = first; length-- > 0; i += stride)
      out.reals[i] = logarithm ? all.logSoftmax(in.reals[i]) : all.softmax(in.reals[i]);
  });
  return success();
}

void dlc::forEachRow(ArrayRef<int64_t> shape, const llvm::SmallBitVector &axes,
                     llvm::function_ref<void(ArrayRef<int64_t>)> visit) {
  SmallVector<int64_t> kept, along, keptStride, alongStride;
  int64_t stride = 1, rows = 1, length = 1;
  for (int64_t axis = (int64_t)shape.size() - 1; axis >= 0; stride *= shape[axis--]) {
    (axes[axis] ? along : kept).insert((axes[axis] ? along : kept).begin(), shape[axis]);
    (axes[axis] ? alongStride : keptStride).insert((axes[axis] ? alongStride : keptStride).begin(), stride);
    (axes[axis] ? length : rows) *= shape[axis];
  }
  auto offset = [](ArrayRef<int64_t> at, ArrayRef<int64_t> strides) {
    int64_t sum = 0;
    for (auto [index, one] : llvm::zip(at, strides))
      sum += index * one;
    return sum;
  };
  Odometer outer(kept);
  for (int64_t row = 0; row < rows; ++row, outer.next()) {
    SmallVector<int64_t> elements;
    Odometer inner(along);
    for (int64_t i = 0; i < length; ++i, inner.next())
      elements.push_back(offset(*outer, keptStride) + offset(*inner, alongStride));
    visit(elements);
  }
}
static llvm::SmallBitVector bitsOf(size_t rank, ArrayRef<int64_t> axes) {
  llvm::SmallBitVector bits(rank);
  for (int64_t axis : axes)
    bits.set(axis);
  return bits;
}
llvm::SmallBitVector dlc::axesOf(NormalizeOp op) {
  size_t rank = dimsOf(op.getInput()).size();
  SmallVector<int64_t> axes;
  if (op.getAxesAttr())
    for (SizeAttr axis : op.getAxesAttr().getAsRange<SizeAttr>())
      axes.push_back(axisOf(axis, -1, rank));
  else
    axes.push_back(rank - 1);
  return bitsOf(rank, axes);
}
SmallVector<int64_t> dlc::inGroups(ArrayRef<int64_t> shape, int64_t groups) {
  int64_t places = 1;
  for (int64_t size : shape.drop_front().drop_back())
    places *= size;
  return {shape[0], places, groups, shape.back() / groups};
}

/// `scale`: where 1 / sqrt(variance + epsilon) goes, or null.
static void normalize(const Array &in, ArrayRef<int64_t> shape, const llvm::SmallBitVector &axes, double epsilon,
                      Array &out, Array *scale = nullptr) {
  int64_t row = 0;
  forEachRow(shape, axes, [&](ArrayRef<int64_t> at) {
    long double mean = 0, variance = 0;
    for (int64_t i : at)
      mean += in.reals[i];
    mean /= at.size();
    for (int64_t i : at)
      variance += (in.reals[i] - mean) * (in.reals[i] - mean);
    double factor = 1 / std::sqrt((double)(variance / at.size()) + epsilon);
    for (int64_t i : at)
      out.reals[i] = (double)(in.reals[i] - mean) * factor;
    if (scale)
      scale->reals[row++] = factor;
  });
}
/// One weight and one bias for each element of the last axis.
static LogicalResult affine(Operands in, Array &out) {
  int64_t width = in[0]->shape.back();
  for (int64_t i = 0, n = out.size(); i < n; ++i)
    out.reals[i] = out.reals[i] * in[1]->reals[i % width] + in[2]->reals[i % width];
  return success();
}
static LogicalResult layerNorm(LayerNormOp op, Operands in, Array &out) {
  size_t rank = in[0]->shape.size();
  normalize(*in[0], in[0]->shape, bitsOf(rank, rank - 1), realOr(op.getEpsilon(), 1e-5), out);
  return affine(in, out);
}
static LogicalResult groupNorm(GroupNormOp op, Operands in, Array &out) {
  normalize(*in[0], inGroups(in[0]->shape, op.getGroups().number()), bitsOf(4, {1, 3}), realOr(op.getEpsilon(), 1e-5),
            out);
  return affine(in, out);
}
static LogicalResult rmsNorm(RmsNormOp op, const Array &in, const Array &weight, Array &out) {
  size_t rank = in.shape.size();
  double epsilon = realOr(op.getEpsilon(), in.type == DLC_F32 ? 0x1p-23 : 0x1p-52);
  forEachRow(in.shape, bitsOf(rank, rank - 1), [&](ArrayRef<int64_t> at) {
    long double squares = 0;
    for (int64_t i : at)
      squares += (long double)in.reals[i] * in.reals[i];
    double scale = 1 / std::sqrt((double)(squares / at.size()) + epsilon);
    for (auto [channel, i] : llvm::enumerate(at))
      out.reals[i] = in.reals[i] * scale * weight.reals[channel];
  });
  return success();
}

static LogicalResult localResponseNorm(LocalResponseNormOp op, const Array &in, Array &out) {
  int64_t channels = in.shape.back(), size = op.getSize().number();
  double alpha = realOr(op.getAlpha(), 1e-4), beta = realOr(op.getBeta(), 0.75), offset = realOr(op.getOffset(), 1);
  for (int64_t i = 0, n = in.size(); i < n; ++i) {
    int64_t channel = i % channels;
    long double squares = 0;
    for (int64_t j = std::max<int64_t>(channel - size / 2, 0); j <= std::min(channel + (size - 1) / 2, channels - 1);
         ++j)
      squares += (long double)in.reals[i - channel + j] * in.reals[i - channel + j];
    out.reals[i] = in.reals[i] / std::pow(offset + alpha * (double)squares / (double)size, beta);
  }
  return success();
}
static LogicalResult standardize(StandardizeOp op, const Array &in, Array &out) {
  int64_t channels = in.shape.back();
  auto at = [&](std::optional<Attribute> option, int64_t i, double otherwise) {
    if (!option)
      return otherwise;
    auto list = dyn_cast<ArrayAttr>(*option);
    return realOf(list ? list[i % channels] : *option);
  };
  for (int64_t i = 0, n = in.size(); i < n; ++i)
    out.reals[i] = (in.reals[i] - at(op.getMean(), i, 0)) / at(op.getDeviation(), i, 1);
  return success();
}

//===--- Losses -----------------------------------------------------------------------------------------===//

static LogicalResult crossEntropy(CrossEntropyOp op, const Array &score, const Array &target, Array &out) {
  int64_t classes = score.shape.back(), rows = classes ? score.size() / classes : 0, counted = 0;
  double smoothing = realOr(op.getLabelSmoothing(), 0), total = 0;
  for (int64_t row = 0; row < rows; ++row) {
    const double *x = score.reals.data() + row * classes;
    if (!target.isFloat()) {
      int64_t label = target.integers[row];
      if (op.getIgnoreIndexAttr() && label == op.getIgnoreIndexAttr().number())
        continue;
      if (failed(checkRange(op, row, label, classes)))
        return failure();
    }
    ++counted;
    Exponentials all(x, 1, classes);
    for (int64_t c = 0; c < classes; ++c) {
      double share = target.isFloat() ? target.reals[row * classes + c] : target.integers[row] == c;
      share = share * (1 - smoothing) + smoothing / classes;
      if (share != 0)
        total -= share * all.logSoftmax(x[c]);
    }
  }
  out.reals[0] = op.getIgnoreIndexAttr() && !counted ? 0 : total / counted;
  return success();
}
static LogicalResult accuracy(AccuracyOp op, const Array &score, const Array &target, Array &out) {
  int64_t classes = score.shape.back(), rows = classes ? score.size() / classes : 0, counted = 0, right = 0;
  int64_t k = op.getKAttr() ? op.getKAttr().number() : 1;
  for (int64_t row = 0; row < rows; ++row) {
    const double *x = score.reals.data() + row * classes;
    int64_t label = target.integers[row], higher = 0;
    if (op.getIgnoreIndexAttr() && label == op.getIgnoreIndexAttr().number())
      continue;
    if (failed(checkRange(op, row, label, classes)))
      return failure();
    ++counted;
    for (int64_t c = 0; c < classes; ++c)
      higher += !(x[c] <= x[label]) || (x[c] == x[label] && c < label);
    right += higher < k;
  }
  out.reals[0] = op.getIgnoreIndexAttr() && !counted ? 0 : (double)right / counted;
  return success();
}
static LogicalResult mse(const Array &a, const Array &b, Array &out) {
  // The operands are stretched to each other.
  SmallVector<int64_t> shape(std::max(a.shape.size(), b.shape.size()), 1);
  int64_t count = 1;
  for (const Array *one : {&a, &b})
    for (size_t i = 0; i < one->shape.size(); ++i)
      if (int64_t size = one->shape[i]; size != 1)
        shape[shape.size() - one->shape.size() + i] = size;
  for (int64_t size : shape)
    count *= size;
  double total = 0;
  Odometer at(shape);
  for (int64_t i = 0; i < count; ++i, at.next()) {
    double d = a.reals[offsetIn(a.shape, *at)] - b.reals[offsetIn(b.shape, *at)];
    total += d * d;
  }
  out.reals[0] = total / count;
  return success();
}

//===--- Random numbers ---------------------------------------------------------------------------------===//

/// One block of Philox4x32-10, as its authors define it.
static void philox(uint32_t c[4], uint32_t k0, uint32_t k1) {
  for (int round = 0; round < 10; ++round) {
    uint64_t p = (uint64_t)c[0] * 0xD2511F53, q = (uint64_t)c[2] * 0xCD9E8D57;
    uint32_t next[4] = {(uint32_t)(q >> 32) ^ c[1] ^ k0, (uint32_t)q, (uint32_t)(p >> 32) ^ c[3] ^ k1, (uint32_t)p};
    std::copy(next, next + 4, c);
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
}
/// Calls `visit` with each element and its word.
static LogicalResult words(RandomOpInterface op, Operands in, const Array &out,
                           llvm::function_ref<void(int64_t, uint32_t)> visit) {
  const Array &random = *in[1];
  uint64_t hash = op.getKey() ? (uint64_t)in[2]->integers[0] : 0xcbf29ce484222325;
  for (unsigned char letter : op.getStream().value_or(""))
    hash = (hash ^ letter) * 0x100000001b3;
  uint64_t key = (uint64_t)random.integers[0] ^ hash, step = random.integers[1];
  int64_t rowSize = 1;
  for (size_t axis = 1; axis < out.shape.size(); ++axis)
    rowSize *= out.shape[axis];
  uint64_t start = out.shape.empty() ? 0 : (uint64_t)(random.integers[2] * rowSize);
  for (int64_t i = 0, n = out.size(); i < n; ++i) {
    uint64_t p = start + i, block = p / 64 * 16 + p % 16;
    uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), (uint32_t)step, (uint32_t)(step >> 32)};
    philox(counter, (uint32_t)key, (uint32_t)(key >> 32));
    visit(i, counter[p / 16 % 4]);
  }
  return success();
}
static LogicalResult dropoutMask(DropoutMaskOp op, Operands in, Array &out) {
  double rate = op.getRate().convertToDouble();
  return words(op, in, out, [&](int64_t i, uint32_t word) {
    out.reals[i] = word >= std::floor(rate * 0x1p32) ? 1 / (1 - rate) : 0;
  });
}
static LogicalResult draw(DrawOp op, Operands in, Array &out) {
  return words(op, in, out, [&](int64_t i, uint32_t word) { out.reals[i] = std::floor(word / 0x1p8) / 0x1p24; });
}

Evaluated dlc::evaluateNetwork(Operation *op, Operands in, MutableArrayRef<Array> out, const Extents &extents) {
  return llvm::TypeSwitch<Operation *, Evaluated>(op)
      .Case([&](MatmulOp one) { return matmul(one, *in[0], *in[1], out[0]); })
      .Case<Conv1dOp, Conv2dOp, Conv3dOp>([&](auto one) { return convolution(one, *in[0], *in[1], out[0]); })
      .Case<Conv1dTransposeOp, Conv2dTransposeOp>(
          [&](auto one) { return convolutionTranspose(one, *in[0], *in[1], out[0]); })
      .Case([&](MaxPoolOp one) {
        return pool(
            one.getKernel(), {one.getStrideAttr(), one.getPaddingAttr(), one.getDilationAttr(), one.getCeilMode()},
            *in[0], out[0], [](double value) { return value; }, [](const Pooled &all) { return all.largest; });
      })
      .Case([&](AvgPoolOp one) {
        bool withPadding = one.getCountIncludePad().value_or(true);
        return pool(
            one.getKernel(), {one.getStrideAttr(), one.getPaddingAttr(), {}, one.getCeilMode()}, *in[0], out[0],
            [](double value) { return value; },
            [=](const Pooled &all) { return (double)(all.sum / (withPadding ? all.padded : all.count)); });
      })
      .Case([&](LpPoolOp one) { // of a last window that is cut off the mean, times what a whole one has
        double norm = realOr(one.getNormType(), 2);
        return pool(
            one.getKernel(), {one.getStrideAttr(), {}, {}, one.getCeilMode()}, *in[0], out[0],
            [=](double value) { return std::pow(value, norm); },
            [=](const Pooled &all) { return std::pow((double)(all.sum / all.count * all.whole), 1 / norm); });
      })
      .Case([&](FlattenOp) {
        out[0].reals = in[0]->reals;
        out[0].integers = in[0]->integers;
        return success();
      })
      .Case([&](ContractOp one) { return contract(one, *in[0], *in[1], out[0], extents); })
      .Case([&](SoftmaxOp one) { return softmax(one.getAxisAttr(), *in[0], out[0], false); })
      .Case([&](LogSoftmaxOp one) { return softmax(one.getAxisAttr(), *in[0], out[0], true); })
      .Case([&](LayerNormOp one) { return layerNorm(one, in, out[0]); })
      .Case([&](NormalizeOp one) {
        normalize(*in[0], in[0]->shape, axesOf(one), realOr(one.getEpsilon(), 1e-5), out[0], &out[1]);
        return success();
      })
      .Case([&](RmsNormOp one) { return rmsNorm(one, *in[0], *in[1], out[0]); })
      .Case([&](GroupNormOp one) { return groupNorm(one, in, out[0]); })
      .Case([&](InstanceNormOp one) { // a group for each channel
        normalize(*in[0], inGroups(in[0]->shape, in[0]->shape.back()), bitsOf(4, {1, 3}),
                  realOr(one.getEpsilon(), 1e-5), out[0]);
        return success();
      })
      .Case([&](CrossEntropyOp one) { return crossEntropy(one, *in[0], *in[1], out[0]); })
      .Case([&](AccuracyOp one) { return accuracy(one, *in[0], *in[1], out[0]); })
      .Case([&](MseLossOp) { return mse(*in[0], *in[1], out[0]); })
      .Case([&](DropoutMaskOp one) { return dropoutMask(one, in, out[0]); })
      .Case([&](DrawOp one) { return draw(one, in, out[0]); })
      .Case([&](LocalResponseNormOp one) { return localResponseNorm(one, *in[0], out[0]); })
      .Case([&](StandardizeOp one) { return standardize(one, *in[0], out[0]); })
      .Case([&](LiftedOp one) {
        out[0].integers[0] = one.getValue();
        return success();
      })
      .Default([](Operation *) { return std::nullopt; });
}
