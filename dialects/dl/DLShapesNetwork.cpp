// DLShapesNetwork.cpp - the shape rules of products, normalisation, losses, random masks and gradients.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/ShapeRules.h"

using namespace mlir;
using llvm::Twine;

namespace dlc {
static void shape(MatmulOp::Adaptor op, Shapes s) {
  SmallVector<Dim> a = s.dims(op.getLhs()), b = s.dims(op.getRhs());
  size_t m = a.size(), n = b.size();
  if (m < 2 || n < 2)
    return s.rule.fail("matmul: expected matrices [..., rows, columns], found " + show(op.getLhs()) + " and " +
                       show(op.getRhs()));
  if (!s.sameElements(op.getLhs(), op.getRhs()) || !s.floats(op.getLhs(), "matmul"))
    return;
  bool ta = op.getTransposeA(), tb = op.getTransposeB();
  Dim ka = a[ta ? m - 2 : m - 1], kb = b[tb ? n - 1 : n - 2];
  if (!ka.agrees(kb))
    return s.rule.fail("matmul: " + show(op.getLhs()) + " has " + show(ka) + " to sum over, " + show(op.getRhs()) +
                       " has " + show(kb));
  SmallVector<Dim> dims(std::max(m, n) - 2, Dim(1));
  for (auto [side, value] : {std::pair(ArrayRef<Dim>(a), op.getLhs()), std::pair(ArrayRef<Dim>(b), op.getRhs())}) {
    ArrayRef<Dim> outer = side.drop_back(2);
    for (size_t i = 0; i < outer.size(); ++i) {
      Dim &sofar = dims[dims.size() - outer.size() + i];
      if (outer[i] == Dim(1))
        continue;
      if (sofar != Dim(1) && !sofar.agrees(outer[i]))
        return s.rule.fail("matmul: sizes differ before the last two axes: " + show(op.getLhs()) + " and " +
                           show(op.getRhs()));
      sofar = sofar == Dim(1) || sofar.isUnknown() ? outer[i] : sofar;
    }
  }
  if (!s.rowsMeetTheirOwn({op.getLhs(), op.getRhs()}, dims, /*own=*/2))
    return;
  dims.push_back(a[ta ? m - 1 : m - 2]);
  dims.push_back(b[tb ? n - 2 : n - 1]);
  s.set(dims, s.element(op.getLhs()));
}
/// A sum of dimensions with whole coefficients, and of a number; or a half of a dimension that is split: `d floordiv 16`,
/// `d mod 16`.
static bool isAffineSum(AffineExpr expr) {
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return !isa<AffineSymbolExpr>(expr);
  if (expr.getKind() == AffineExprKind::FloorDiv || expr.getKind() == AffineExprKind::Mod)
    return isa<AffineDimExpr>(binary.getLHS()) && isa<AffineConstantExpr>(binary.getRHS());
  if (expr.getKind() == AffineExprKind::Mul)
    return isAffineSum(binary.getLHS()) && isa<AffineConstantExpr>(binary.getRHS());
  return expr.getKind() == AffineExprKind::Add && isAffineSum(binary.getLHS()) && isAffineSum(binary.getRHS());
}
/// The least (or the greatest) value of such a sum where each dimension runs from 0 up to its size.
static __int128 boundOf(AffineExpr expr, ArrayRef<Dim> sizes, bool greatest) {
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return greatest ? sizes[dim.getPosition()].value - 1 : 0;
  if (auto number = dyn_cast<AffineConstantExpr>(expr))
    return number.getValue();
  auto binary = cast<AffineBinaryOpExpr>(expr);
  if (expr.getKind() == AffineExprKind::Add)
    return boundOf(binary.getLHS(), sizes, greatest) + boundOf(binary.getRHS(), sizes, greatest);
  int64_t factor = cast<AffineConstantExpr>(binary.getRHS()).getValue();
  if (expr.getKind() == AffineExprKind::FloorDiv)
    return boundOf(binary.getLHS(), sizes, greatest) / factor;
  if (expr.getKind() == AffineExprKind::Mod)
    return std::min<__int128>(boundOf(binary.getLHS(), sizes, greatest), factor - 1);
  return factor * boundOf(binary.getLHS(), sizes, greatest == factor > 0);
}
/// Is an axis of this size read within it?
static bool isWithin(AffineExpr expr, Dim size, ArrayRef<Dim> sizes) {
  if (auto dim = dyn_cast<AffineDimExpr>(expr); dim && sizes[dim.getPosition()] == size)
    return true;
  bool isOpen = !size.isNumber();
  for (unsigned i = 0; i < sizes.size(); ++i)
    isOpen |= !sizes[i].isNumber() && expr.isFunctionOfDim(i);
  return !isOpen && boundOf(expr, sizes, false) >= 0 && boundOf(expr, sizes, true) < size.value;
}
static bool isHalf(AffineExpr expr) {
  return expr.getKind() == AffineExprKind::FloorDiv || expr.getKind() == AffineExprKind::Mod;
}
/// Where a dimension is split, it is the columns, which this operand alone has: the last of those that are kept, in whole
/// blocks of a cache line, which the last axis counts within. Kernels read such weights a line at a time.
static bool isSplitByLines(AffineMap map, AffineMap other, ArrayRef<Dim> dims, ArrayRef<Dim> over, int64_t kept,
                           int64_t elementBytes) {
  SmallVector<AffineExpr> halves = llvm::filter_to_vector(map.getResults(), isHalf);
  if (halves.empty())
    return true;
  int64_t line = 64 / elementBytes;
  AffineExpr column = getAffineDimExpr(kept - 1, map.getContext());
  return kept > 0 && halves.size() == 2 && llvm::is_contained(halves, column.floorDiv(line)) &&
         map.getResults().back() == column % line && dims.back() == Dim(line) && over[kept - 1].isNumber() &&
         over[kept - 1].value % line == 0 && !other.isFunctionOfDim(kept - 1) &&
         llvm::count_if(map.getResults(), [&](AffineExpr expr) { return expr.isFunctionOfDim(kept - 1); }) == 2;
}
static void shape(ContractOp::Adaptor op, Shapes s) {
  SmallVector<Dim> over = sizesOf(op.getOver());
  int64_t kept = op.getKept().number();
  if (!s.sameElements(op.getLhs(), op.getRhs()) || !s.floats(op.getLhs(), "contract"))
    return;
  if (kept < 0 || kept >= (int64_t)over.size() ||
      llvm::any_of(over, [](Dim dim) { return dim.isUnknown() || (dim.isNumber() && dim.value < 1); }))
    return s.rule.fail("contract: expected known sizes of at least 1 in `over`, and more of them than are kept");
  int64_t elementBytes = s.element(op.getLhs()).getIntOrFloatBitWidth() / 8;
  for (auto [operand, map, other] : {std::tuple(op.getLhs(), op.getLhsMap(), op.getRhsMap()),
                                     std::tuple(op.getRhs(), op.getRhsMap(), op.getLhsMap())}) {
    SmallVector<Dim> dims = s.dims(operand);
    bool fits = map.getNumDims() == over.size() && !map.getNumSymbols() && map.getNumResults() == dims.size() &&
                llvm::all_of(map.getResults(), isAffineSum);
    for (size_t i = 0; fits && i < dims.size(); ++i)
      fits = isWithin(map.getResult(i), dims[i], over);
    if (!fits || !isSplitByLines(map, other, dims, over, kept, elementBytes)) {
      std::string text;
      llvm::raw_string_ostream(text) << map;
      return s.rule.fail("contract: " + text + " is no affine map into " + show(operand));
    }
  }
  s.set(ArrayRef<Dim>(over).take_front(kept), s.element(op.getLhs()));
}
template <typename Op> static void softmaxLike(typename Op::Adaptor op, Shapes s) {
  if (s.axis(op.getInput(), op.getAxisAttr()) >= 0)
    sameFloats<Op>(op, s);
}
static void shape(SoftmaxOp::Adaptor op, Shapes s) { softmaxLike<SoftmaxOp>(op, s); }
static void shape(LogSoftmaxOp::Adaptor op, Shapes s) { softmaxLike<LogSoftmaxOp>(op, s); }

static void shape(LayerNormOp::Adaptor op, Shapes s) {
  if (s.hasAxis(op.getInput(), "layer_norm") && s.floats(op.getInput(), "layer_norm") &&
      s.vectorOf(op.getWeight(), op.getInput(), "layer_norm: weight") &&
      s.vectorOf(op.getBias(), op.getInput(), "layer_norm: bias") &&
      s.isEpsilon(op.getEpsilonAttr(), op.getInput(), "layer_norm"))
    same<LayerNormOp>(op, s);
}
static void shape(NormalizeOp::Adaptor op, Shapes s) {
  if (!s.hasAxis(op.getInput(), "normalize") || !s.floats(op.getInput(), "normalize") ||
      !s.isEpsilon(op.getEpsilonAttr(), op.getInput(), "normalize"))
    return;
  SmallVector<Dim> dims = s.dims(op.getInput());
  if (op.getAxesAttr()) {
    auto axes = s.axes(op.getInput(), op.getAxesAttr());
    if (!axes)
      return;
    for (unsigned axis : axes->set_bits())
      dims[axis] = 1;
  } else {
    dims.back() = 1;
  }
  s.rule.results = {op.getInput().getType(), makeTensor(dims, s.element(op.getInput()))};
}
static void shape(RmsNormOp::Adaptor op, Shapes s) {
  if (s.hasAxis(op.getInput(), "rms_norm") && s.floats(op.getInput(), "rms_norm") &&
      s.vectorOf(op.getWeight(), op.getInput(), "rms_norm: weight") &&
      s.isEpsilon(op.getEpsilonAttr(), op.getInput(), "rms_norm"))
    same<RmsNormOp>(op, s);
}
bool Shapes::hasChannels(Value input, size_t axes, const char *what, bool openBetween) const {
  SmallVector<Dim> own = dims(input);
  if (own.size() < axes + 2)
    return rule.fail(Twine(what) + ": expected an input " + layout("...") +
                     (axes ? Twine(" with at least one axis ") + between() : Twine()) + ", found " + show(input)),
           false;
  for (Dim dim : ArrayRef<Dim>(own).drop_front())
    if (dim.isOpen() && (dim.hasRows() || !openBetween))
      return rule.fail(Twine(what) + ": only the first axis may depend on " + openPart(dim) + ", found " + show(input)),
             false;
  if (Dim channels = picture(input).back(); channels.isOpen())
    return rule.fail(Twine(what) + ": the channels cannot depend on " + openPart(channels) + ", found " + show(input)),
           false;
  return floats(input, what);
}
bool Shapes::areParted(Value input, SizeAttr groups, const char *what) const {
  int64_t count = number(groups, 1);
  Dim channels = picture(input).back();
  if (!fixed(groups, "groups") || ShapedType::isDynamic(count))
    return rule.problem.empty();
  if (count < 1)
    return rule.fail(Twine(what) + ": groups: expected a number of at least 1, found " + Twine(count)), false;
  if (channels.isNumber() && channels.value % count)
    return rule.fail(Twine(what) + ": " + show(channels) + " channels cannot be parted into " + Twine(count) +
                     " groups"),
           false;
  return true;
}
static void shape(GroupNormOp::Adaptor op, Shapes s) {
  if (s.hasChannels(op.getInput(), 0, "group_norm", /*openBetween=*/true) &&
      s.areParted(op.getInput(), op.getGroups(), "group_norm") &&
      s.vectorOf(op.getWeight(), op.getInput(), "group_norm: weight") &&
      s.vectorOf(op.getBias(), op.getInput(), "group_norm: bias") &&
      s.isEpsilon(op.getEpsilonAttr(), op.getInput(), "group_norm"))
    same<GroupNormOp>(op, s);
}
static void shape(InstanceNormOp::Adaptor op, Shapes s) {
  if (s.hasChannels(op.getInput(), 1, "instance_norm", /*openBetween=*/true) &&
      s.isEpsilon(op.getEpsilonAttr(), op.getInput(), "instance_norm"))
    same<InstanceNormOp>(op, s);
}

static void shape(LocalResponseNormOp::Adaptor op, Shapes s) {
  int64_t size = op.getSize().number();
  if (!s.hasChannels(op.getInput(), 0, "local_response_norm", /*openBetween=*/true) ||
      !s.fixed(op.getSize(), "local_response_norm: size"))
    return;
  if (!ShapedType::isDynamic(size) && (size < 1 || size > largestBatch))
    return s.rule.fail("local_response_norm: expected a size of at least 1, found " + Twine(size));
  if (!product(ArrayRef<Dim>(s.picture(op.getInput())).drop_back()).fitsAxis())
    return s.rule.fail("local_response_norm: expected each open size once, found " + show(op.getInput()));
  same<LocalResponseNormOp>(op, s);
}
static void shape(StandardizeOp::Adaptor op, Shapes s) {
  Value x = op.getInput();
  if (!s.hasAxis(x, "standardize") || !s.floats(x, "standardize") || !s.isLaidOut(x, "standardize"))
    return;
  Dim channels = s.picture(x).back();
  for (auto [name, option] : {std::pair("mean", op.getMeanAttr()), std::pair("deviation", op.getDeviationAttr())}) {
    auto list = dyn_cast_if_present<ArrayAttr>(option);
    if (list && !channels.agrees(Dim(list.size())))
      return s.rule.fail(Twine("standardize: ") + name + ": expected a number, or one for each of " + show(channels) +
                         " channels of " + show(x) + "; found " + Twine(list.size()));
    SmallVector<Attribute> all;
    if (option)
      list ? all.append(list.begin(), list.end()) : all.push_back(option);
    for (Attribute one : all)
      if (!s.held(one, x, name == StringRef("mean") ? "standardize: mean" : "standardize: deviation"))
        return;
    bool divides = name == StringRef("deviation");
    if (divides && llvm::any_of(all, [](Attribute one) { return !(realOf(one) > 0); }))
      return s.rule.fail("standardize: deviation: expected numbers above 0");
  }
  same<StandardizeOp>(op, s);
}

/// Integers [...] for scores [..., classes].
static bool scored(Value score, Value target, const char *what, bool probabilities, Shapes s,
                   Place place = Place::current()) {
  SmallVector<Dim> a = s.dims(score), b = s.dims(target);
  bool integers = s.element(target).isInteger() && !s.element(target).isInteger(1);
  bool fits = isFloat(s.element(score)) && !a.empty() &&
              (integers ? a.size() == b.size() + 1
                        : probabilities && a.size() == b.size() && s.element(score) == s.element(target));
  for (size_t i = 0; fits && i < b.size(); ++i)
    fits = a[i].agrees(b[i]);
  if (!fits)
    s.rule.fail(Twine(what) + ": expected scores [..., classes] and integers [...]" +
                    (probabilities ? " or probabilities [..., classes]" : "") + "; found " + show(score) + " and " +
                    show(target),
                place);
  if (fits && integers && a.back().isOpen()) // what a label is below would be known in a call alone
    return s.rule.fail(Twine(what) + ": expected a number of classes that does not depend on " + openPart(a.back()) +
                           ", found " + show(score),
                       place),
           false;
  return fits;
}
static void shape(CrossEntropyOp::Adaptor op, Shapes s) {
  if (!scored(op.getScore(), op.getTarget(), "cross_entropy", true, s))
    return;
  if (!s.fixed(op.getIgnoreIndexAttr(), "cross_entropy: ignore_index"))
    return;
  if (op.getIgnoreIndexAttr() && isFloat(s.element(op.getTarget())))
    return s.rule.fail("cross_entropy: ignore_index needs integers as target, found " + show(op.getTarget()));
  double smoothing = op.getLabelSmoothing() ? op.getLabelSmoothing()->convertToDouble() : 0;
  if (!(smoothing >= 0 && smoothing <= 1))
    return s.rule.fail("cross_entropy: label_smoothing must be in [0, 1], found " + std::to_string(smoothing));
  s.set({}, s.element(op.getScore()));
}
static void shape(MseLossOp::Adaptor op, Shapes s) {
  SmallVector<Dim> a = s.dims(op.getLhs()), b = s.dims(op.getRhs());
  bool fits = a.size() == b.size();
  for (size_t i = 0; fits && i < a.size(); ++i)
    fits = a[i].agrees(b[i]);
  if (!fits)
    return s.rule.fail("mse_loss: expected two tensors of one shape, found " + show(op.getLhs()) + " and " +
                       show(op.getRhs()));
  if (s.floats(op.getLhs(), "mse_loss") && s.sameElements(op.getLhs(), op.getRhs()))
    s.set({}, s.element(op.getLhs()));
}
static void shape(AccuracyOp::Adaptor op, Shapes s) {
  int64_t k = number(op.getKAttr(), 1);
  if (!s.fixed(op.getKAttr(), "accuracy: k") || !s.fixed(op.getIgnoreIndexAttr(), "accuracy: ignore_index"))
    return;
  if (k < 1 && !ShapedType::isDynamic(k))
    return s.rule.fail("accuracy: k must be at least 1, found " + Twine(k));
  if (!scored(op.getScore(), op.getTarget(), "accuracy", false, s))
    return;
  if (Dim classes = s.dims(op.getScore()).back(); classes.isNumber() && !ShapedType::isDynamic(k) && k > classes.value)
    return s.rule.fail("accuracy: expected k from 1 to " + show(classes) + ", the number of classes of " +
                       show(op.getScore()) + "; found " + Twine(k));
  s.set({}, s.element(op.getScore()));
}

//===--- Gradients --------------------------------------------------------------------------------------===//

static void shape(GradientOp::Adaptor op, Shapes s) {
  Value loss = op.getInputs().front();
  if (s[loss].getRank() || !isFloat(s.element(loss)))
    return s.rule.fail("gradient: expected a loss of one number, found " + show(loss));
  for (Value value : op.getInputs().drop_front())
    s.rule.results.push_back(value.getType());
}

static void shape(TotalOp::Adaptor op, Shapes s) { llvm::append_range(s.rule.results, op.getInputs().getTypes()); }

RULE(MatmulOp)
RULE(ContractOp)
RULE(SoftmaxOp)
RULE(LogSoftmaxOp)
RULE(LayerNormOp)
RULE(NormalizeOp)
RULE(RmsNormOp)
RULE(GroupNormOp)
RULE(InstanceNormOp)
RULE(LocalResponseNormOp)
RULE(StandardizeOp)
RULE(CrossEntropyOp)
RULE(MseLossOp)
RULE(AccuracyOp)
RULE(GradientOp)
RULE(TotalOp)
} // namespace dlc
