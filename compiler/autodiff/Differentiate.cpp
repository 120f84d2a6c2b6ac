// Differentiate.cpp - level `autodiff`: each `gradient` becomes plain ops, by reverse-mode differentiation.
// SPDX-License-Identifier: Apache-2.0
//
//   %g = gradient %loss, %w   =>   the ops on the way from %w to %loss, walked backwards, each adding to the
//                                  cotangents of its operands
#include "compiler/Passes.h"
#include "compiler/autodiff/Differentiator.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace dlc;

/// A scan also reads what its body captures.
static bool capturesAny(Operation &op, const DenseSet<Value> &values) {
  auto scan = dyn_cast<ScanOp>(op);
  return scan && llvm::any_of(scan.getCaptured(), [&](Value value) { return values.contains(value); });
}

bool Differentiator::isFloat(Value value) { return isa<FloatType>(typeOf(value).getElementType()); }

/// What only knows its shape from an operand does not depend on its values.
static bool reads(OpOperand &operand) {
  return !operand.getOwner()->hasTrait<Generator>() || operand.getOperandNumber() > 0;
}

DenseSet<Value> Differentiator::findActive(ValueRange roots) const {
  DenseSet<Value> active(roots.begin(), roots.end());
  for (Operation &op : ops())
    if (capturesAny(op, active) ||
        llvm::any_of(op.getOpOperands(), [&](OpOperand &use) { return active.contains(use.get()) && reads(use); }))
      for (Value result : op.getResults())
        if (isFloat(result))
          active.insert(result);
  return active;
}

DenseSet<Value> Differentiator::findSources(ValueRange values, bool differentiably) const {
  DenseSet<Value> sources(values.begin(), values.end());
  for (Operation &op : llvm::reverse(ops())) {
    auto counts = [&](Value value) { return !differentiably || isFloat(value); };
    if (llvm::none_of(op.getResults(), [&](Value result) { return sources.contains(result) && counts(result); }))
      continue;
    for (OpOperand &use : op.getOpOperands())
      if (counts(use.get()) && reads(use))
        sources.insert(use.get());
    if (auto scan = dyn_cast<ScanOp>(op))
      for (Value value : scan.getCaptured())
        if (counts(value))
          sources.insert(value);
  }
  return sources;
}

/// `%b = gt %w, 0.0 ; where %b, 1.0, 0.0` would train %w with a gradient that is zero everywhere. The places that
/// are shown are the ops whose results are no floats; those beside a way that can be differentiated are fine.
static LogicalResult checkConnected(GradientOp gradient, const Differentiator &d) {
  Value loss = gradient.getInputs().front();
  DenseSet<Value> connected = d.findSources(loss, /*differentiably=*/true),
                  wanted = d.findSources(loss, /*differentiably=*/false);
  llvm::MapVector<Operation *, SmallVector<Value>> cut; // by the first op that cuts them off
  llvm::MapVector<Operation *, SetVector<Operation *>> others;
  for (Value parameter : gradient.getInputs().drop_front()) {
    if (connected.contains(parameter) || !wanted.contains(parameter))
      continue;
    DenseSet<Value> active = d.findActive(parameter);
    Operation *first = nullptr;
    for (Operation &op : d.ops()) {
      if (llvm::none_of(op.getOpOperands(), [&](OpOperand &use) { return active.contains(use.get()) && reads(use); }) ||
          llvm::none_of(op.getResults(),
                        [&](Value result) { return wanted.contains(result) && !Differentiator::isFloat(result); }))
        continue;
      if (first)
        others[first].insert(&op);
      else
        cut[first = &op].push_back(parameter);
    }
  }
  for (auto &[op, parameters] : cut) {
    InFlightDiagnostic error = complain(op) << "the loss depends on ";
    ArrayRef<Value> shown = ArrayRef<Value>(parameters).take_front(4);
    for (auto [i, parameter] : llvm::enumerate(shown))
      error << (i ? ", '" : "'") << nameOf(parameter) << "'";
    if (size_t more = parameters.size() - shown.size())
      error << " and " << more << " more parameters";
    error << " only through `" << op->getName().stripDialect()
          << "`, which has no derivative, so that training would leave "
          << (parameters.size() == 1 ? "it as it is" : "them as they are") << "; `freeze` "
          << (parameters.size() == 1 ? "it" : "them") << ", or let the loss depend on "
          << (parameters.size() == 1 ? "it" : "them") << " some other way";
    for (Operation *other : others[op])
      error.attachNote(other->getLoc()) << "and through `" << other->getName().stripDialect()
                                        << "`, which has none either";
    error.attachNote(gradient.getLoc()) << "differentiated here";
  }
  return success(cut.empty());
}

void Differentiator::augment() {
  for (bool changed = true; changed;) {
    changed = false;
    DenseSet<Value> active = findActive(wanted);
    for (Operation &op : llvm::make_early_inc_range(ops())) {
      if (auto scan = dyn_cast<ScanOp>(op);
          scan && llvm::any_of(op.getResults(), [&](Value result) { return active.contains(result); })) {
        inside(scan, active).augment();
        continue;
      }
      auto rule = dyn_cast<DifferentiableOpInterface>(op);
      if (!rule || llvm::none_of(op.getResults(), [&](Value result) { return active.contains(result); }))
        continue;
      OpBuilder before(&op);
      Ops own(before, op.getLoc());
      SmallVector<Value> values = rule.augment(own);
      if (values.empty())
        continue;
      for (auto [old, now] : llvm::zip(op.getResults(), values))
        llvm::replace(wanted, Value(old), now);
      op.replaceAllUsesWith(values);
      op.erase();
      changed = true;
    }
  }
}

SmallVector<Operation *> Differentiator::findPath(ValueRange seeds) const {
  DenseSet<Value> active = findActive(wanted), sources(seeds.begin(), seeds.end());
  SmallVector<Operation *> path;
  for (Operation &op : llvm::reverse(ops())) {
    auto isOnPath = [&](Value result) { return sources.contains(result) && active.contains(result); };
    if (llvm::none_of(op.getResults(), isOnPath))
      continue;
    path.push_back(&op);
    for (OpOperand &use : op.getOpOperands())
      if (isFloat(use.get()) && reads(use))
        sources.insert(use.get());
    if (auto scan = dyn_cast<ScanOp>(op))
      for (Value value : scan.getCaptured())
        if (isFloat(value))
          sources.insert(value);
  }
  return path;
}

SmallVector<Operation *> Differentiator::findObstacles(ValueRange seeds) {
  SmallVector<Operation *> obstacles;
  DenseSet<Value> active = findActive(wanted);
  for (Operation *op : findPath(seeds))
    if (auto scan = dyn_cast<ScanOp>(op))
      llvm::append_range(obstacles, inside(scan, active)
                                        .findObstacles(llvm::to_vector(
                                            llvm::make_filter_range(scan.getYield().getOperands(), isFloat))));
    else if (!isa<DifferentiableOpInterface>(op))
      obstacles.push_back(op);
  return obstacles;
}

void Differentiator::add(Value value, Value cotangent) {
  Value &sum = cotangents[value];
  sum = sum ? Ops(builder, cotangent.getLoc()).add(sum, cotangent) : cotangent;
}

void Differentiator::run(Seeds seeds) {
  SmallVector<Value> values;
  for (auto [value, cotangent] : seeds) {
    values.push_back(value);
    add(value, cotangent);
  }
  SmallVector<Operation *> path = findPath(values);
  DenseSet<Value> active = findActive(wanted);
  for (Operation *op : path) {
    if (auto scan = dyn_cast<ScanOp>(op)) {
      runBack(scan, active);
      continue;
    }
    SmallVector<Value> given;
    for (Value result : op->getResults())
      given.push_back(cotangents.lookup(result));
    if (llvm::none_of(given, [](Value value) { return bool(value); }))
      continue;
    Ops own(builder, unnamed(op->getLoc()));
    SmallVector<Value> found = cast<DifferentiableOpInterface>(op).vjp(own, given);
    for (auto [operand, cotangent] : llvm::zip(op->getOperands(), found))
      if (cotangent && active.contains(operand))
        add(operand, op->getName().getStringRef() == faultyRule ? own.mul(cotangent, 1.01) : cotangent);
  }
}

/// Replaces one `gradient` by plain ops.
static LogicalResult differentiate(GradientOp gradient, StringRef faultyRule) {
  Differentiator d(*gradient->getBlock(), gradient->getIterator(), gradient.getInputs().drop_front(), faultyRule);
  LogicalResult result = checkConnected(gradient, d);
  d.augment();
  Value loss = gradient.getInputs().front();
  for (Operation *op : d.findObstacles(loss)) {
    InFlightDiagnostic error = complain(op) << "`" << op->getName().stripDialect()
                                            << "` has no gradient, and stands on the way from a trained parameter "
                                               "to the loss; take it out of that way, or `freeze` what lies before it";
    error.attachNote(gradient.getLoc()) << "differentiated here";
    result = failure();
  }
  if (failed(result))
    return failure();
  OpBuilder builder(gradient);
  d.run({{loss, Ops(builder, unnamed(loss.getLoc())).number(1, loss)}});
  for (auto [value, derivative] : llvm::zip(gradient.getInputs().drop_front(), gradient.getResults())) {
    Value found = d.cotangentOf(value);
    Ops ops(builder, gradient.getLoc());
    derivative.replaceAllUsesWith(found ? found : ops.splat(0, typeOf(value)));
  }
  gradient.erase();
  return success();
}

LogicalResult dlc::differentiate(EntryOp entry, StringRef faultyRule) {
  LogicalResult result = success();
  for (GradientOp gradient : llvm::to_vector(entry.getBody().getOps<GradientOp>()))
    if (failed(::differentiate(gradient, faultyRule)))
      result = failure();
  return result;
}
