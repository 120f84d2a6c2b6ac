// Differentiate.cpp - level `autodiff`: each `gradient` becomes plain ops, by reverse-mode differentiation.
// SPDX-License-Identifier: Apache-2.0
//
//   %g = gradient %loss, %w   =>   the ops on the way from %w to %loss, walked backwards, each adding to the
//                                  cotangents of its operands
#include "compiler/Passes.h"
#include "dialects/dl/DL.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace dlc;

namespace {
class Differentiator {
public:
  Differentiator(GradientOp gradient, StringRef faultyRule)
      : gradient(gradient), block(gradient->getBlock()), builder(gradient), faultyRule(faultyRule) {}
  LogicalResult run();

private:
  /// Values that depend on what is differentiated by, as far as derivatives go.
  DenseSet<Value> findActive() { return findActive(gradient.getInputs().drop_front()); }
  DenseSet<Value> findActive(ValueRange roots);
  /// Values that the loss depends on: whatever they are, or only as far as derivatives go.
  DenseSet<Value> findWanted(bool differentiably);
  /// Trained parameters that the loss depends on, but by no way that can be differentiated.
  LogicalResult checkConnected();
  void augment();
  /// The ops between what is differentiated by and the loss.
  SmallVector<Operation *> findPath();
  void add(Value value, Value cotangent);

  GradientOp gradient;
  Block *block;
  OpBuilder builder;
  StringRef faultyRule;
  DenseMap<Value, Value> cotangents;
};
} // namespace

static bool isFloat(Value value) { return isa<FloatType>(typeOf(value).getElementType()); }

/// What only knows its shape from an operand does not depend on its values.
static bool reads(OpOperand &operand) {
  auto fusible = dyn_cast<FusibleOpInterface>(operand.getOwner());
  return !fusible || fusible.getIterationKind() != IterationKind::Elementwise ||
         fusible.getAccessMaps()[operand.getOperandNumber()];
}

DenseSet<Value> Differentiator::findActive(ValueRange roots) {
  DenseSet<Value> active(roots.begin(), roots.end());
  for (Operation &op : llvm::make_range(block->begin(), gradient->getIterator()))
    if (llvm::any_of(op.getOpOperands(), [&](OpOperand &use) { return active.contains(use.get()) && reads(use); }))
      for (Value result : op.getResults())
        if (isFloat(result))
          active.insert(result);
  return active;
}

DenseSet<Value> Differentiator::findWanted(bool differentiably) {
  DenseSet<Value> wanted{gradient.getInputs().front()};
  for (Operation &op : llvm::reverse(llvm::make_range(block->begin(), gradient->getIterator()))) {
    auto counts = [&](Value value) { return !differentiably || isFloat(value); };
    if (llvm::none_of(op.getResults(), [&](Value result) { return wanted.contains(result) && counts(result); }))
      continue;
    for (OpOperand &use : op.getOpOperands())
      if (counts(use.get()) && reads(use))
        wanted.insert(use.get());
  }
  return wanted;
}

/// `%b = gt %w, 0.0 ; where %b, 1.0, 0.0` would train %w with a gradient that is zero everywhere. The places that
/// are shown are the ops whose results are no floats; those beside a way that can be differentiated are fine.
LogicalResult Differentiator::checkConnected() {
  DenseSet<Value> connected = findWanted(/*differentiably=*/true), wanted = findWanted(/*differentiably=*/false);
  llvm::MapVector<Operation *, SmallVector<Value>> cut; // by the first op that cuts them off
  llvm::MapVector<Operation *, SetVector<Operation *>> others;
  for (Value parameter : gradient.getInputs().drop_front()) {
    if (connected.contains(parameter) || !wanted.contains(parameter))
      continue;
    DenseSet<Value> active = findActive(parameter);
    Operation *first = nullptr;
    for (Operation &op : llvm::make_range(block->begin(), gradient->getIterator())) {
      if (llvm::none_of(op.getOpOperands(), [&](OpOperand &use) { return active.contains(use.get()) && reads(use); }) ||
          llvm::none_of(op.getResults(), [&](Value result) { return wanted.contains(result) && !isFloat(result); }))
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
      error.attachNote(other->getLoc()) << "and through `" << other->getName().stripDialect() << "`, which has none either";
    error.attachNote(gradient.getLoc()) << "differentiated here";
  }
  return success(cut.empty());
}

/// Rewrites what has to be rewritten before it can be differentiated, until nothing is left.
void Differentiator::augment() {
  for (bool changed = true; changed;) {
    changed = false;
    DenseSet<Value> active = findActive();
    for (Operation &op : llvm::make_early_inc_range(llvm::make_range(block->begin(), gradient->getIterator()))) {
      auto rule = dyn_cast<DifferentiableOpInterface>(op);
      if (!rule || llvm::none_of(op.getResults(), [&](Value result) { return active.contains(result); }))
        continue;
      OpBuilder before(&op);
      Ops ops(before, op.getLoc());
      SmallVector<Value> values = rule.augment(ops);
      if (values.empty())
        continue;
      op.replaceAllUsesWith(values);
      op.erase();
      changed = true;
    }
  }
}

SmallVector<Operation *> Differentiator::findPath() {
  DenseSet<Value> active = findActive(), wanted{gradient.getInputs().front()};
  SmallVector<Operation *> path;
  for (Operation &op : llvm::reverse(llvm::make_range(block->begin(), gradient->getIterator()))) {
    auto isOnPath = [&](Value result) { return wanted.contains(result) && active.contains(result); };
    if (llvm::none_of(op.getResults(), isOnPath))
      continue;
    path.push_back(&op);
    for (OpOperand &use : op.getOpOperands())
      if (isFloat(use.get()) && reads(use))
        wanted.insert(use.get());
  }
  return path;
}

void Differentiator::add(Value value, Value cotangent) {
  Value &sum = cotangents[value];
  sum = sum ? Ops(builder, cotangent.getLoc()).add(sum, cotangent) : cotangent;
}

LogicalResult Differentiator::run() {
  LogicalResult connected = checkConnected();
  augment();
  Value loss = gradient.getInputs().front();
  SmallVector<Operation *> path = findPath();
  bool missing = false;
  for (Operation *op : path)
    if (!isa<DifferentiableOpInterface>(op)) {
      InFlightDiagnostic error = complain(op) << "`" << op->getName().stripDialect()
                                              << "` has no gradient, and stands on the way from a trained parameter "
                                                 "to the loss; take it out of that way, or `freeze` what lies before it";
      error.attachNote(gradient.getLoc()) << "differentiated here";
      missing = true;
    }
  if (missing || failed(connected))
    return failure();
  builder.setInsertionPoint(gradient);
  add(loss, Ops(builder, unnamed(loss.getLoc())).number(1, loss));
  DenseSet<Value> active = findActive();
  for (Operation *op : path) {
    SmallVector<Value> given;
    for (Value result : op->getResults())
      given.push_back(cotangents.lookup(result));
    if (llvm::none_of(given, [](Value value) { return bool(value); }))
      continue;
    Ops ops(builder, unnamed(op->getLoc()));
    SmallVector<Value> found = cast<DifferentiableOpInterface>(op).vjp(ops, given);
    for (auto [operand, cotangent] : llvm::zip(op->getOperands(), found))
      if (cotangent && active.contains(operand))
        add(operand, op->getName().getStringRef() == faultyRule ? ops.mul(cotangent, 1.01) : cotangent);
  }
  for (auto [value, result] : llvm::zip(gradient.getInputs().drop_front(), gradient.getResults())) {
    Value found = cotangents.lookup(value);
    Ops ops(builder, gradient.getLoc());
    result.replaceAllUsesWith(found ? found : ops.splat(0, typeOf(value)));
  }
  gradient.erase();
  return success();
}

LogicalResult dlc::differentiate(EntryOp entry, StringRef faultyRule) {
  auto gradients = llvm::to_vector(entry.getBody().getOps<GradientOp>());
  LogicalResult result = success();
  for (GradientOp gradient : gradients)
    if (failed(Differentiator(gradient, faultyRule).run()))
      result = failure();
  return result;
}
