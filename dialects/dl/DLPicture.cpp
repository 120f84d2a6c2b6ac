// DLPicture.cpp - what convolutions and poolings become: products over windows, reductions of windows.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/Contract.h"
#include "dialects/dl/Rewritten.h"
#include "dialects/dl/Windows.h"

using namespace mlir;
using namespace dlc;
using Values = SmallVector<Value>;

/// The windows of a verified op.
static SmallVector<Window> windowsOf(Value input, ArrayRef<Dim> kernel, const WindowOptions &options) {
  std::optional<SmallVector<Window>> windows;
  std::string problem;
  (void)readWindows(ArrayRef<Dim>(dimsOf(input)).drop_front().drop_back(), kernel, options, windows, problem);
  return *windows;
}

/// The one element of the axis behind an open one becomes those of the window that stands at each place.
static Value elementsBehind(Ops &b, Value x, int64_t axis, const Window &window, double value = 0) {
  SmallVector<NamedAttribute> options{b.size("axis", axis), b.size("by", window.low), b.size("step", window.dilation),
                                      b.size("count", window.kernel)};
  if (value != 0)
    options.push_back(b.real("value", value));
  return b.create<ShiftOp>({x}, options).getResult();
}
/// The input with its padding, of `value` or of what `mode` puts there: nothing is read beyond it. An open axis is not made
/// longer: behind it stands one with the elements of the window at each of its places.
static Value padded(Ops &b, Value input, ArrayRef<Window> windows, double value = 0, StringAttr mode = {}) {
  SmallVector<int64_t> low(windows.size() + 2, 0), high(low);
  for (auto [i, window] : llvm::enumerate(windows)) {
    if (dimsOf(input)[i + 1].isOpen())
      continue;
    low[i + 1] = window.low;
    high[i + 1] = window.high;
  }
  Value x = input;
  if (llvm::any_of(low, [](int64_t n) { return n; }) || llvm::any_of(high, [](int64_t n) { return n; })) {
    SmallVector<NamedAttribute> options{b.sizes("low", low), b.sizes("high", high)};
    if (value != 0)
      options.push_back(b.real("value", value));
    if (mode && mode != "zeros")
      options.push_back(b.set("mode", mode));
    x = b.create<PadOp>({x}, options).getResult();
  }
  for (int64_t axis = windows.size(); axis > 0; --axis)
    if (dimsOf(input)[axis].isOpen())
      x = elementsBehind(b, b.unsqueeze(x, axis + 1), axis, windows[axis - 1], value);
  return x;
}
/// Where the result of `padded` is read: the windows' places along an axis of this size, and the elements of one.
static void readAt(SmallVectorImpl<AffineExpr> &at, const Window &window, Dim size, AffineExpr place,
                   AffineExpr element) {
  if (size.isOpen())
    at.append({place, element});
  else
    at.push_back(place * window.stride + element * window.dilation);
}

//===--- Convolutions -----------------------------------------------------------------------------------===//

/// How the channels of a convolution meet its filters [features, channels, taps...].
enum class Meeting {
  All,     ///< each feature is made of all channels
  Groups,  ///< of those of its group
  OneByOne ///< of one channel, which makes no other: a group is an element, and needs no axes of its own
};
static Meeting meetingOf(Attribute groups, ArrayRef<Dim> filters) {
  int64_t count = groups ? cast<SizeAttr>(groups).number() : 1;
  if (count <= 1)
    return Meeting::All;
  return filters[1] == Dim(1) && filters[0] == Dim(count) ? Meeting::OneByOne : Meeting::Groups;
}
/// All places read the filters: neighbours in the result lie side by side. Of [groups, ..., taps...] they become
/// [groups, taps..., channels, features]; `channels` is 0 or 1, their place among the two axes before the taps. Where each
/// feature is made of one channel, [features, 1, taps...] become [taps..., 1, features].
static SmallVector<int64_t> neighboursLast(int64_t taps, Meeting meeting, int64_t channels) {
  SmallVector<int64_t> order;
  int64_t from = meeting == Meeting::Groups;
  if (from)
    order.push_back(0);
  for (int64_t tap = 0; tap < taps; ++tap)
    order.push_back(from + 2 + tap);
  if (meeting == Meeting::OneByOne)
    channels = 1;
  order.append({from + channels, from + 1 - channels});
  return order;
}
/// result[n, o..., g, f] = sum over k..., c of x[n, o * stride + k * dilation..., g, c] * w[g, f, c, k...]
template <typename Op> static Value convolution(Ops &b, Op op) {
  SmallVector<Dim> dims = dimsOf(op.getInput()), filters = dimsOf(op.getWeight()), result = dimsOf(op.getResult());
  ArrayRef<Dim> kernel = ArrayRef<Dim>(filters).drop_front(2);
  SmallVector<Window> windows =
      windowsOf(op.getInput(), kernel, {op.getStrideAttr(), op.getPaddingAttr(), op.getDilationAttr()});
  Value x = padded(b, op.getInput(), windows, 0, op.getPaddingModeAttr()), w = op.getWeight();
  Meeting meeting = meetingOf(op.getGroupsAttr(), filters);
  bool grouped = meeting == Meeting::Groups;
  int64_t groups = grouped ? op.getGroupsAttr().number() : 1;
  if (grouped) {
    SmallVector<Dim> parts = dimsOf(x);
    parts.back() = groups;
    parts.push_back(filters[1]);
    x = b.reshape(x, parts);
    parts = filters;
    parts[0] = filters[0].value / groups;
    parts.insert(parts.begin(), Dim(groups));
    w = b.reshape(w, parts);
  }
  Contraction product(b);
  product.lhs.push_back(product.add(dims[0]));
  SmallVector<AffineExpr> at;
  for (auto [i, window] : llvm::enumerate(windows))
    at.push_back(product.add(result[i + 1]));
  AffineExpr group = grouped ? product.add(groups) : AffineExpr(), feature = product.add(filters[0].value / groups);
  int64_t kept = product.over.size();
  SmallVector<AffineExpr> taps;
  for (auto [i, window] : llvm::enumerate(windows)) {
    taps.push_back(product.add(window.kernel));
    readAt(product.lhs, window, dims[i + 1], at[i], taps[i]);
  }
  if (group) {
    product.lhs.push_back(group);
    product.rhs.push_back(group);
  }
  product.rhs.append(taps);
  if (meeting == Meeting::OneByOne) {
    product.lhs.push_back(feature);
    product.rhs.append({getAffineConstantExpr(0, b.builder.getContext()), feature});
  } else {
    AffineExpr channel = product.add(filters[1]);
    product.lhs.push_back(channel);
    product.rhs.append({channel, feature});
  }
  w = b.transpose(w, neighboursLast(taps.size(), meeting, /*channels=*/1));
  return b.reshape(product.build(x, w, kept), result);
}
#define CONVOLUTION(Op) \
  Values Op::augment(Ops &b) { return {convolution(b, *this)}; } \
  REWRITTEN(Op)
CONVOLUTION(Conv1dOp)
CONVOLUTION(Conv2dOp)
CONVOLUTION(Conv3dOp)

/// The windows of the convolution that reads the result where this one writes it.
static SmallVector<TransposedWindow> transposedOf(Value input, Value weight, const WindowOptions &options,
                                                  Attribute extra) {
  std::optional<SmallVector<TransposedWindow>> windows;
  std::string problem;
  (void)readTransposed(ArrayRef<Dim>(dimsOf(input)).drop_front().drop_back(),
                       ArrayRef<Dim>(dimsOf(weight)).drop_front(2), options, extra, windows, problem);
  return *windows;
}
/// result[n, o * stride + k * dilation..., g, f] is the sum of x[n, o..., g, c] * w[g, c, f, k...]: what the gradient of a
/// convolution is to its input. Padding is cut off.
template <typename Op> static Value convolutionTranspose(Ops &b, Op op) {
  SmallVector<Dim> dims = dimsOf(op.getInput()), filters = dimsOf(op.getWeight()), result = dimsOf(op.getResult());
  SmallVector<TransposedWindow> windows =
      transposedOf(op.getInput(), op.getWeight(), {op.getStrideAttr(), op.getPaddingAttr(), op.getDilationAttr()},
                   op.getOutputPaddingAttr());
  Meeting meeting = meetingOf(op.getGroupsAttr(), filters);
  bool grouped = meeting == Meeting::Groups;
  int64_t groups = grouped ? op.getGroupsAttr().number() : 1, own = dims.back().value / groups;
  Value x = op.getInput(), w = op.getWeight();
  if (grouped) {
    SmallVector<Dim> parts = dims;
    parts.back() = groups;
    parts.push_back(own);
    x = b.reshape(x, parts);
    parts = filters;
    parts[0] = own;
    parts.insert(parts.begin(), Dim(groups));
    w = b.reshape(w, parts);
  }
  Contraction product(b);
  SmallVector<Dim> sizes{dims[0]};
  product.lhs.push_back(product.add(dims[0]));
  for (auto [i, window] : llvm::enumerate(windows)) {
    product.lhs.push_back(product.add(dims[i + 1]) * window.stride);
    sizes.push_back(window.whole(dims[i + 1].value));
  }
  if (grouped) {
    product.lhs.push_back(product.add(groups));
    product.rhs.push_back(product.lhs.back());
    sizes.push_back(groups);
  }
  AffineExpr channel = product.add(own);
  int64_t kept = product.over.size();
  bool oneByOne = meeting == Meeting::OneByOne;
  AffineExpr feature = oneByOne ? channel : product.add(filters[1]);
  for (auto [i, window] : llvm::enumerate(windows)) {
    product.rhs.push_back(product.add(window.kernel));
    product.lhs[i + 1] = product.lhs[i + 1] + product.rhs.back() * window.dilation;
  }
  product.rhs.append({oneByOne ? getAffineConstantExpr(0, b.builder.getContext()) : channel, feature});
  product.lhs.push_back(feature);
  sizes.push_back(oneByOne ? Dim(own) : filters[1]);
  w = b.transpose(w, neighboursLast(windows.size(), meeting, /*channels=*/0));
  Value whole = product.transpose(x, w, kept, sizes);
  sizes.resize(windows.size() + 1);
  sizes.push_back(result.back());
  whole = b.reshape(whole, sizes);
  for (auto [i, window] : llvm::enumerate(windows))
    if (sizes[i + 1] != result[i + 1])
      whole = b.slice(whole, i + 1, window.low, result[i + 1]);
  return whole;
}
#define TRANSPOSED(Op) \
  Values Op::augment(Ops &b) { return {convolutionTranspose(b, *this)}; } \
  REWRITTEN(Op)
TRANSPOSED(Conv1dTransposeOp)
TRANSPOSED(Conv2dTransposeOp)

//===--- Poolings ---------------------------------------------------------------------------------------===//

/// The input as [batch, places, kernel, places, kernel, ..., channels]: a view where windows lie side by side, shifted along
/// open axes, else each element times 1, so that its gradient is known.
static Value windowed(Ops &b, Value input, ArrayRef<Window> windows, double padding) {
  SmallVector<Dim> dims = dimsOf(input), all{dims[0]};
  bool sideBySide = true;
  for (auto [i, window] : llvm::enumerate(windows)) {
    all.append({window.places(dims[i + 1]), Dim(window.kernel)});
    sideBySide &= window.stride == window.kernel && window.dilation == 1 && !window.low && !window.high;
  }
  all.push_back(dims.back());
  if (sideBySide) {
    Value whole = input;
    for (auto [i, window] : llvm::enumerate(windows))
      if (Dim size = window.places(dims[i + 1]) * Dim(window.kernel); size != dims[i + 1])
        whole = b.slice(whole, i + 1, 0, size);
    return b.reshape(whole, all);
  }
  Value x = padded(b, input, windows, padding);
  if (dimsOf(x) == all) // each axis is open
    return x;
  Contraction product(b);
  product.lhs.push_back(product.add(dims[0]));
  for (auto [i, window] : llvm::enumerate(windows)) {
    AffineExpr place = product.add(all[2 * i + 1]);
    readAt(product.lhs, window, dims[i + 1], place, product.add(window.kernel));
  }
  product.lhs.push_back(product.add(dims.back()));
  product.add(1);
  return product.build(x, b.number(1, input), all.size());
}
/// The axes of `windowed` that are the elements of a window.
static SmallVector<int64_t> elementAxes(ArrayRef<Window> windows) {
  SmallVector<int64_t> axes;
  for (size_t i = 0; i < windows.size(); ++i)
    axes.push_back(2 * i + 2);
  return axes;
}
static SmallVector<Window> windowsOf(MaxPoolOp op) {
  Attribute stride = op.getStrideAttr() ? op.getStrideAttr() : op.getKernel();
  return windowsOf(op.getInput(), eachOf(op.getKernel(), typeOf(op.getInput()).getRank() - 2, 1),
                   {stride, op.getPaddingAttr(), op.getDilationAttr(), op.getCeilMode()});
}

Values MaxPoolOp::decompose(Ops &b) {
  SmallVector<Window> windows = windowsOf(*this);
  return {b.reduce("amax", windowed(b, getInput(), windows, -INFINITY), elementAxes(windows))};
}
/// The cotangent goes to the first element of a window that is the largest; NaN counts as largest.
Values MaxPoolOp::vjp(Ops &b, ValueRange cotangents) {
  SmallVector<Window> windows = windowsOf(*this);
  SmallVector<int64_t> elements = elementAxes(windows);
  Value all = windowed(b, getInput(), windows, -INFINITY);
  SmallVector<Dim> kept = dimsOf(all);
  for (int64_t axis : elements)
    kept[axis] = 1;
  Value hit = b.binary("eq", all, b.reshape(getResult(), kept));
  hit = b.where(b.binary("ne", all, all), b.splat(1, RankedTensorType::get({}, typeOf(hit).getElementType())), hit);
  Value place;
  for (auto [axis, window] : llvm::zip(elements, windows)) {
    Value own = b.iota(all, axis);
    place = place ? b.add(b.mul(place, b.number(window.kernel, place)), own) : own;
  }
  Value none = b.number(llvm::maxIntN(typeOf(place).getElementTypeBitWidth()), place);
  Value first = b.reduce("amin", b.where(hit, place, none), elements, /*keepdim=*/true);
  Value c = b.where(b.binary("eq", place, first), b.reshape(cotangents[0], kept), b.number(0, all));
  for (Value value = all; value != getInput(); value = value.getDefiningOp()->getOperand(0))
    c = cast<DifferentiableOpInterface>(value.getDefiningOp()).vjp(b, c)[0];
  return {c};
}

/// How many elements of each window along an axis count: those that are not padding, or `withPadding` what is not beyond it.
static SmallVector<double> counted(const Window &window, int64_t size, bool withPadding) {
  int64_t begin = withPadding ? -window.low : 0, end = withPadding ? size + window.high - window.beyond : size;
  SmallVector<double> counts;
  for (int64_t place = 0; place < window.places(size).value; ++place) {
    int64_t first = place * window.stride - window.low;
    counts.push_back(std::min(first + window.kernel, end) - std::max(first, begin));
  }
  return counts;
}
static Value average(Ops &b, AvgPoolOp op) {
  SmallVector<Dim> dims = dimsOf(op.getInput());
  size_t axes = dims.size() - 2;
  SmallVector<Window> windows =
      windowsOf(op.getInput(), eachOf(op.getKernel(), axes, 1),
                {op.getStrideAttr() ? op.getStrideAttr() : op.getKernel(), op.getPaddingAttr(), {}, op.getCeilMode()});
  Contraction product(b);
  product.lhs.push_back(product.add(dims[0]));
  SmallVector<AffineExpr> at;
  for (auto [i, window] : llvm::enumerate(windows))
    at.push_back(product.add(window.places(dims[i + 1])));
  AffineExpr channel = product.add(dims.back());
  double whole = 1;
  for (auto [i, window] : llvm::enumerate(windows)) {
    readAt(product.lhs, window, dims[i + 1], at[i], product.add(window.kernel));
    whole *= window.kernel;
  }
  product.lhs.push_back(channel);
  Value sum = product.build(padded(b, op.getInput(), windows), b.number(1, op.getInput()), dims.size());
  bool withPadding = op.getCountIncludePad().value_or(true);
  if (withPadding && llvm::none_of(windows, [](const Window &window) { return window.beyond; }))
    return b.div(sum, b.number(whole, sum));
  for (auto [i, window] : llvm::enumerate(windows)) {
    Type element = typeOf(sum).getElementType();
    SmallVector<Dim> alone(axes + 1 - i, Dim(1));
    alone[0] = dims[i + 1];
    if (dims[i + 1].isOpen() && !withPadding) { // as a call tells
      Value ones = elementsBehind(b, b.splat(1, makeTensor({dims[i + 1], 1}, element)), 0, window);
      sum = b.div(sum, b.reshape(b.sum(ones, {1}), alone));
      continue;
    }
    SmallVector<double> counts{double(window.kernel)};
    if (!dims[i + 1].isOpen())
      counts = counted(window, dims[i + 1].value, withPadding);
    if (llvm::all_equal(counts)) {
      sum = b.div(sum, b.number(counts.front(), sum));
      continue;
    }
    alone[0] = counts.size();
    sum = b.div(sum, b.values(counts, makeTensor(alone, element)));
  }
  return sum;
}
Values AvgPoolOp::augment(Ops &b) { return {average(b, *this)}; }
REWRITTEN(AvgPoolOp)

/// The root of 0, and a power of it below 1, is taken of 1 and left out, so that no gradient is infinite.
Values LpPoolOp::augment(Ops &b) {
  Value x = getInput();
  double norm = getNormType() ? getNormType()->convertToDouble() : 2, whole = 1;
  for (Dim size : eachOf(getKernel(), typeOf(x).getRank() - 2, 1))
    whole *= size.value;
  Value powers = norm == 2 ? b.mul(x, x) : x;
  if (norm != 2 && norm != 1) {
    Value zero = b.number(0, x), isZero = b.binary("eq", x, zero);
    Value base = norm < 1 ? b.where(isZero, b.number(1, x), x) : x, power = b.binary("pow", base, b.number(norm, x));
    powers = norm < 1 ? b.where(isZero, zero, power) : power;
  }
  SmallVector<NamedAttribute> options{b.set("kernel", getKernel())};
  if (getStrideAttr())
    options.push_back(b.set("stride", getStrideAttr()));
  if (getCeilMode())
    options.push_back(b.flag("ceil_mode"));
  Value sum = b.mul(b.create<AvgPoolOp>({powers}, options).getResult(), whole), none = b.number(0, sum);
  Value isNone = b.binary("eq", sum, none), some = b.where(isNone, b.number(1, sum), sum);
  Value root = norm == 2 ? b.unary("sqrt", some) : norm == 1 ? some : b.binary("pow", some, b.number(1 / norm, some));
  return {b.where(isNone, none, root)};
}
REWRITTEN(LpPoolOp)

//===--- Flatten ----------------------------------------------------------------------------------------===//

Values FlattenOp::augment(Ops &b) { return {b.reshape(getInput(), dimsOf(getResult()))}; }
REWRITTEN(FlattenOp)
