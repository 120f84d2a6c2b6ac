// DLDecompose.cpp - what ops that stand for several simpler ones become. Fusion sees those.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/DL.h"

using namespace mlir;
using namespace dlc;
using Values = SmallVector<Value>;

static Type element(Value value) { return typeOf(value).getElementType(); }

Values MeanOp::decompose(Ops &b) {
  SmallVector<int64_t> axes;
  int64_t rank = typeOf(getInput()).getRank();
  if (getAxesAttr())
    for (SizeAttr axis : getAxesAttr().getAsRange<SizeAttr>())
      axes.push_back(axisOf(axis, 0, getInput()));
  else
    axes = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  return {b.div(b.sum(getInput(), axes, getKeepdim()), b.count(getInput(), axes))};
}
Values ArgmaxOp::decompose(Ops &b) {
  int64_t axis = getAlong();
  Value x = getInput(), highest = b.reduce("amax", x, {axis}, true), hit = b.binary("eq", x, highest);
  if (isa<FloatType>(element(x))) // NaN counts as largest
    hit = b.where(b.binary("ne", x, x), b.splat(1, RankedTensorType::get({}, element(hit))), hit);
  Value at = b.iota(x, axis),
        none = b.number(llvm::maxIntN(element(at).getIntOrFloatBitWidth()), at); // behind every place
  Value first = b.reduce("amin", b.where(hit, at, none), {axis}, getKeepdim());
  return {b.cast(first, element(getResult()))};
}
Values SplitOp::decompose(Ops &b) {
  int64_t axis = getAlong(), count = getCount().number();
  if (count == 1)
    return {getInput()};
  int64_t size = dimsOf(getInput())[axis].value / count;
  return llvm::map_to_vector(llvm::seq<int64_t>(0, count),
                             [&](int64_t i) { return b.slice(getInput(), axis, i * size, size); });
}

Values SoftmaxOp::decompose(Ops &b) {
  int64_t axis = getAlong();
  Value e = b.exp(b.sub(getInput(), b.reduce("amax", getInput(), {axis}, true)));
  return {b.div(e, b.sum(e, {axis}, true))};
}
Values LogSoftmaxOp::decompose(Ops &b) {
  int64_t axis = getAlong();
  Value z = b.sub(getInput(), b.reduce("amax", getInput(), {axis}, true));
  return {b.sub(z, b.log(b.sum(b.exp(z), {axis}, true)))};
}
/// Integers as [..., 1], checked to be below the number of classes; the class at each place of the scores.
static std::pair<Value, Value> targets(Ops &b, Value score, Value target, SizeAttr ignored, StringRef what) {
  int64_t classes = typeOf(score).getRank() - 1;
  SmallVector<NamedAttribute, 3> options{b.size("limit", dimsOf(score)[classes].value),
                                         b.set("op", b.builder.getStringAttr(what))};
  if (ignored)
    options.push_back(b.set("ignore_index", ignored));
  Value checked = b.create<CheckIndexOp>({target}, options).getResult();
  Value places = b.iota(score, classes), wanted = b.unsqueeze(checked, classes);
  if (element(target).getIntOrFloatBitWidth() < element(places).getIntOrFloatBitWidth()) // more classes than it counts
    return {b.cast(wanted, element(places)), places};
  return {wanted, b.cast(places, element(target))};
}
Values OneHotOp::decompose(Ops &b) {
  SmallVector<Dim> dims = dimsOf(getResult());
  int64_t depth = dims.back().value, last = dims.size() - 1;
  Value index =
      b.create<CheckIndexOp>({getIndex()}, {b.size("limit", depth), b.set("op", b.builder.getStringAttr("one_hot"))})
          .getResult();
  Value places = b.iota(b.splat(0, makeTensor({dims.back()}, getType())), 0), wanted = b.unsqueeze(index, last);
  bool isNarrow = element(index).getIntOrFloatBitWidth() < element(places).getIntOrFloatBitWidth();
  wanted = isNarrow ? b.cast(wanted, element(places)) : wanted;
  return {b.cast(b.binary("eq", wanted, b.cast(places, element(wanted))), getType())};
}
/// The target that does not count, where there may be one of that number.
static SizeAttr ignoredOf(SizeAttr ignored, Value target) {
  return ignored && holds(element(target), ignored.number()) ? ignored : SizeAttr();
}
/// The mean of rows that count: all of them, or those whose target is not `ignored`; 0 if those are none, so that
/// neither the loss nor what comes of it has a NaN.
static Value meanOfRows(Ops &b, Value rows, Value target, SizeAttr ignored, Value score) {
  SmallVector<int64_t> all = llvm::to_vector(llvm::seq<int64_t>(0, typeOf(rows).getRank()));
  if (!ignored) {
    Value sum = all.empty() ? rows : b.sum(rows, all);
    return b.div(sum, b.count(rows, all));
  }
  Value counts = b.binary("ne", target, b.number(ignored.number(), target));
  Value kept = b.where(counts, rows, b.number(0, rows)), ones = b.cast(counts, element(rows));
  Value sum = all.empty() ? kept : b.sum(kept, all), count = all.empty() ? ones : b.sum(ones, all);
  return b.div(sum, b.binary("max", count, b.number(1, count)));
}

Values CrossEntropyOp::decompose(Ops &b) {
  Value score = getScore(), target = getTarget();
  SizeAttr ignored = ignoredOf(getIgnoreIndexAttr(), target);
  int64_t axis = typeOf(score).getRank() - 1;
  Value logs = b.create<LogSoftmaxOp>({score}).getResult(), rows;
  double smoothing = getLabelSmoothing() ? getLabelSmoothing()->convertToDouble() : 0;
  // What smoothing spreads: a number, or one that a call tells where the classes are an open size.
  Dim classes = dimsOf(score)[axis];
  Value even = classes.isNumber() ? b.number(smoothing / (double)classes.value, score)
                                  : b.div(b.number(smoothing, score), b.count(score, {axis}));
  if (isa<FloatType>(element(target))) {
    Value share = smoothing ? b.add(b.mul(target, 1 - smoothing), even) : target;
    rows = b.neg(b.sum(b.mul(share, logs), {axis}));
  } else {
    auto [wanted, classAt] = targets(b, score, target, ignored, "cross_entropy");
    Value hit = b.binary("eq", classAt, wanted);
    rows = b.neg(b.sum(b.where(hit, logs, b.number(0, logs)), {axis}));
    if (smoothing)
      rows = b.sub(b.mul(rows, 1 - smoothing), b.mul(b.sum(logs, {axis}), even));
  }
  return {meanOfRows(b, rows, target, ignored, score)};
}
Values MseLossOp::decompose(Ops &b) {
  Value d = b.sub(getLhs(), getRhs());
  SmallVector<int64_t> all = llvm::to_vector(llvm::seq<int64_t>(0, typeOf(d).getRank()));
  Value square = b.mul(d, d);
  return {all.empty() ? square : b.div(b.sum(square, all), b.count(d, all))};
}
/// A class stands higher unless its score is at most the target's (so that NaN is never right).
Values AccuracyOp::decompose(Ops &b) {
  Value score = getScore();
  int64_t axis = typeOf(score).getRank() - 1;
  SizeAttr ignored = ignoredOf(getIgnoreIndexAttr(), getTarget());
  auto [wanted, classAt] = targets(b, score, getTarget(), ignored, "accuracy");
  Value none = b.number(0, score), one = b.number(1, score);
  Value own = b.sum(b.where(b.binary("eq", classAt, wanted), score, none), {axis}, true);
  Value tied = b.where(b.binary("eq", score, own), b.where(b.binary("lt", classAt, wanted), one, none), none);
  Value higher = b.where(b.binary("le", score, own), tied, one);
  double k = getKAttr() ? getKAttr().number() : 1;
  Value right = b.cast(b.binary("lt", b.sum(higher, {axis}), b.number(k, score)), element(score));
  return {meanOfRows(b, right, getTarget(), ignored, score)};
}
