// Differentiate.cpp - level `autodiff`: each `gradient` becomes plain ops, by reverse-mode differentiation.
// SPDX-License-Identifier: Apache-2.0
//
//   %g = gradient %loss, %w   =>   the ops on the way from %w to %loss, walked backwards, each adding to the
//                                  cotangents of its operands
#include "compiler/Passes.h"
#include "dialects/dl/DL.h"

using namespace mlir;
using namespace dlc;

namespace {
class Differentiator {
public:
  Differentiator(GradientOp gradient, StringRef faultyRule)
      : gradient(gradient), block(gradient->getBlock()), builder(gradient), faultyRule(faultyRule) {}
  LogicalResult run();

private:
  /// Values that depend on what is differentiated by.
  DenseSet<Value> findActive();
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

DenseSet<Value> Differentiator::findActive() {
  DenseSet<Value> active;
  for (Value value : gradient.getInputs().drop_front())
    active.insert(value);
  for (Operation &op : llvm::make_range(block->begin(), gradient->getIterator()))
    if (llvm::any_of(op.getOpOperands(), [&](OpOperand &use) { return active.contains(use.get()) && reads(use); }))
      for (Value result : op.getResults())
        if (isFloat(result))
          active.insert(result);
  return active;
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
  if (missing)
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
  for (GradientOp gradient : gradients)
    if (failed(Differentiator(gradient, faultyRule).run()))
      return failure();
  return success();
}
