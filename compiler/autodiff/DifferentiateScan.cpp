// DifferentiateScan.cpp - the gradient of a loop is a loop that runs back.
// SPDX-License-Identifier: Apache-2.0
//
//   %y, %l = scan (%xt in %x along 0) carry (%h = %h0) { f; yield %yt carry %h1 }
//
//   =>   %y, %H, %s, %l = scan (...) { f; yield %yt, %h, %st carry %h1 }          what the way back needs is kept
//        %dx, %dh0, %dw = scan reverse (%xt in %x, %dyt in %dy, %h in %H, %st in %s) carry (%dh = %dl, %dw = 0) {
//          f'; yield %dxt carry %dh1, %dw + %dwt
//        }
//
// The body is copied, differentiated in place, and cut: a value of the forward half that the other half reads is kept by
// the forward scan, unless it only moves or makes numbers that are there anyhow. Cotangents of what the scan runs along are
// stacked up, those of what is carried are carried, those of what is captured are added up.
#include "compiler/autodiff/Differentiator.h"
#include "compiler/autodiff/Scans.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace dlc;

Differentiator Differentiator::inside(ScanOp scan, const DenseSet<Value> &active) {
  Block &body = scan.getBody().front();
  SmallVector<Value> wanted;
  for (Value argument : body.getArguments())
    if (isFloat(argument))
      wanted.push_back(argument);
  for (Value value : scan.getCaptured())
    if (isFloat(value) && active.contains(value))
      wanted.push_back(value);
  return Differentiator(body, body.getTerminator()->getIterator(), wanted, faultyRule);
}

/// It costs nothing to make again in each round: what it is made of is there.
static bool isMadeAgain(Operation *op) { return op->hasTrait<Generator>() || op->hasTrait<View>(); }

namespace {
/// The body of the scan that runs back: what has been derived in the forward body moves there.
class ReverseBody {
public:
  ReverseBody(ScanOp scan, Block &body) : scan(scan), body(body), next(body.getNumArguments()) {}
  /// `forward`, a value of the forward body, is `here` in this one.
  void map(Value forward, Value here) { values.map(forward, here); }
  /// From now on further arguments are slices that stand before argument `place`.
  void begin(unsigned place) { next = place; }
  /// Takes over the ops behind `marker`.
  void takeFrom(Operation *marker);
  /// A value of the forward body, in this one.
  Value find(Value forward);

  SmallVector<Value> kept; ///< values of the forward body that are further slices here

private:
  ScanOp scan;
  Block &body;
  unsigned next;
  IRMapping values;
  Operation *first = nullptr; ///< of the ops that were taken over
};
} // namespace

Value ReverseBody::find(Value forward) {
  if (Value known = values.lookupOrNull(forward))
    return known;
  if (forward.getParentBlock() != &scan.getBody().front())
    return forward; // from outside, or it has come here
  Operation *maker = forward.getDefiningOp();
  if (maker && isMadeAgain(maker)) {
    for (Value operand : maker->getOperands())
      values.map(operand, find(operand));
    OpBuilder b(forward.getContext());
    first ? b.setInsertionPoint(first) : b.setInsertionPointToEnd(&body);
    b.clone(*maker, values);
  } else {
    kept.push_back(forward);
    values.map(forward, body.insertArgument(next++, forward.getType(), unnamed(forward.getLoc())));
  }
  return values.lookup(forward);
}

void ReverseBody::takeFrom(Operation *marker) {
  SmallVector<Operation *> ops;
  for (Operation *op = marker->getNextNode(); !op->hasTrait<OpTrait::IsTerminator>(); op = op->getNextNode())
    ops.push_back(op);
  for (Operation *op : ops)
    op->moveBefore(&body, body.end());
  first = ops.empty() ? nullptr : ops.front();
  for (Operation *op : ops)
    op->walk([&](Operation *inner) {
      for (OpOperand &operand : inner->getOpOperands())
        operand.set(find(operand.get()));
    });
}

void Differentiator::runBack(ScanOp scan, const DenseSet<Value> &active) {
  Ops ops(builder, unnamed(scan.getLoc()));
  Block &body = scan.getBody().front();
  YieldOp yield = scan.getYield();
  if (llvm::none_of(scan.getResults(), [&](Value one) { return bool(cotangents.lookup(one)); }))
    return;
  size_t scanned = scan.getScanned().size(), stacked = scan.getStackedResults().size();
  SmallVector<Value> along(scan.getScanned()), begins(scan.getInitial()), initial, captured;
  SmallVector<unsigned> carries; // of floats

  // Derived in place, for cotangents that are arguments as long as that takes.
  Operation *marker = ops.number(0, scan.getResult(0)).getDefiningOp();
  marker->moveBefore(yield);
  SmallVector<std::pair<Value, Value>> seeds;
  SmallVector<Value> given; // the arguments
  auto seed = [&](Value value) {
    given.push_back(body.addArgument(value.getType(), ops.loc));
    seeds.push_back({value, given.back()});
  };
  for (auto [i, result] : llvm::enumerate(scan.getStackedResults()))
    if (Value cotangent = cotangents.lookup(result)) {
      along.push_back(cotangent);
      seed(yield.getStacked()[i]);
    }
  for (auto [j, result] : llvm::enumerate(scan.getLastResults()))
    if (isFloat(result)) {
      Value cotangent = cotangents.lookup(result);
      carries.push_back(j);
      initial.push_back(cotangent ? cotangent : ops.splat(0, typeOf(result)));
      seed(yield.getCarried()[j]);
    }
  for (Value result : scan.getResults())
    cotangents.erase(result); // it will be gone
  for (Value value : scan.getCaptured())
    if (isFloat(value) && active.contains(value)) {
      captured.push_back(value);
      initial.push_back(ops.splat(0, typeOf(value)));
      given.push_back(body.addArgument(value.getType(), ops.loc));
    }
  Differentiator inner = inside(scan, active);
  llvm::erase_if(inner.wanted, [&](Value value) { return llvm::is_contained(given, value); });
  inner.run(seeds);

  OpBuilder end(yield);
  Ops own(end, ops.loc);
  Round found;                  // in the forward body
  SmallVector<unsigned> slices; // of what it runs along that has a cotangent
  for (size_t i = 0; i < scanned; ++i)
    if (Value cotangent = inner.cotangentOf(body.getArgument(i)); cotangent && active.contains(along[i])) {
      slices.push_back(i);
      found.stacked.push_back(cotangent);
    }
  for (unsigned j : carries) {
    Value cotangent = inner.cotangentOf(body.getArgument(scanned + j));
    found.carried.push_back(cotangent ? cotangent : own.splat(0, typeOf(begins[j])));
  }
  for (auto [value, sum] : llvm::zip(captured, ArrayRef<Value>(given).take_back(captured.size()))) {
    Value cotangent = inner.cotangentOf(value);
    found.carried.push_back(cotangent ? own.add(sum, cotangent) : sum);
  }

  // Cut.
  SmallVector<Value> kept;
  ScanOp back = makeScan(ops, along, initial, scan.getRounds(), !scan.getReverse(),
                         [&](const Ops &, ValueRange own, ValueRange carried) -> Round {
                           ReverseBody reverse(scan, *builder.getInsertionBlock());
                           reverse.begin(own.size());
                           for (size_t i = 0; i < scanned; ++i)
                             reverse.map(body.getArgument(i), own[i]);
                           SmallVector<Value> here(own.drop_front(scanned));
                           llvm::append_range(here, carried);
                           for (auto [argument, value] : llvm::zip(given, here))
                             reverse.map(argument, value);
                           reverse.takeFrom(marker);
                           Round round;
                           for (Value value : found.stacked)
                             round.stacked.push_back(reverse.find(value));
                           for (Value value : found.carried)
                             round.carried.push_back(reverse.find(value));
                           body.eraseArguments(body.getNumArguments() - given.size(), given.size());
                           marker->erase();
                           kept = reverse.kept;
                           builder.setInsertionPointToEnd(builder.getInsertionBlock());
                           ScanOp forward = addStacked(scan, kept);
                           llvm::append_range(round.scanned, forward.getStackedResults().drop_front(stacked));
                           return round;
                         });
  for (auto [i, cotangent] : llvm::zip(slices, back.getStackedResults()))
    add(along[i], cotangent);
  for (auto [j, cotangent] : llvm::zip(carries, back.getLastResults()))
    if (active.contains(begins[j]))
      add(begins[j], cotangent);
  for (auto [value, cotangent] : llvm::zip(captured, back.getLastResults().drop_front(carries.size())))
    add(value, cotangent);
}
