// Scans.cpp - scans with more or fewer operands and results.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/autodiff/Scans.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace dlc;

static void setSegments(Operation *op, size_t first, size_t second) {
  op->setAttr("operandSegmentSizes", Builder(op->getContext()).getDenseI32ArrayAttr({(int32_t)first, (int32_t)second}));
}

Value dlc::addScanned(ScanOp scan, Value tensor) {
  size_t count = scan.getScanned().size();
  SmallVector<Value> operands(scan.getOperands());
  operands.insert(operands.begin() + count, tensor);
  scan->setOperands(operands);
  setSegments(scan, count + 1, operands.size() - count - 1);
  scan.setAxes(SmallVector<int64_t>(count + 1, 0));
  scan->removeAttr("count");
  return scan.getBody().insertArgument(count, sliceOf(typeOf(tensor)), unnamed(tensor.getLoc()));
}

/// A scan with the same body, whose yield has changed, in the place of the old one, whose results are still in use.
static ScanOp remade(ScanOp scan, ValueRange scanned, ValueRange initial) {
  OpBuilder b(scan);
  OperationState state(scan.getLoc(), ScanOp::getOperationName());
  state.addOperands(scanned);
  state.addOperands(initial);
  state.addAttributes(scan->getAttrs());
  state.attributes.set("axes", b.getDenseI64ArrayAttr(SmallVector<int64_t>(scanned.size(), 0)));
  state.attributes.set("operandSegmentSizes",
                       b.getDenseI32ArrayAttr({(int32_t)scanned.size(), (int32_t)initial.size()}));
  if (scanned.empty())
    state.attributes.set("count", SizeAttr::get(b.getContext(), scan.getRounds()));
  YieldOp yield = scan.getYield();
  for (Value one : yield.getStacked())
    state.addTypes(stackOf(scan.getRounds(), typeOf(one)));
  state.addTypes(yield.getCarried().getTypes());
  state.addRegion()->takeBody(scan.getBody());
  return cast<ScanOp>(b.create(state));
}
static void setYield(YieldOp yield, ArrayRef<Value> stacked, ArrayRef<Value> carried) {
  SmallVector<Value> all(stacked);
  llvm::append_range(all, carried);
  yield->setOperands(all);
  setSegments(yield, stacked.size(), carried.size());
}

ScanOp dlc::addStacked(ScanOp scan, ArrayRef<Value> values) {
  YieldOp yield = scan.getYield();
  SmallVector<Value> stacked(yield.getStacked()), carried(yield.getCarried());
  size_t before = stacked.size();
  llvm::append_range(stacked, values);
  setYield(yield, stacked, carried);
  SmallVector<Value> scanned(scan.getScanned()), initial(scan.getInitial());
  ScanOp made = remade(scan, scanned, initial);
  for (size_t i = 0; i < before; ++i)
    scan.getResult(i).replaceAllUsesWith(made.getResult(i));
  for (size_t i = 0; i < carried.size(); ++i)
    scan.getResult(before + i).replaceAllUsesWith(made.getLastResults()[i]);
  scan.erase();
  return made;
}

ScanOp dlc::prune(ScanOp scan) {
  Block &body = scan.getBody().front();
  YieldOp yield = scan.getYield();
  size_t carries = scan.getInitial().size();
  // What is needed of the body: all that the results which somebody reads depend on, from round to round.
  DenseSet<Value> needed;
  SmallVector<bool> isCarried(carries), isStacked;
  for (auto [value, result] : llvm::zip(yield.getStacked(), scan.getStackedResults())) {
    isStacked.push_back(!result.use_empty());
    if (isStacked.back())
      needed.insert(value);
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (Operation &op : llvm::reverse(body.without_terminator()))
      if (llvm::any_of(op.getResults(), [&](Value value) { return needed.contains(value); })) {
        needed.insert_range(readBy(&op));
      }
    for (size_t j = 0; j < carries; ++j)
      if (!isCarried[j] && (!scan.getLastResults()[j].use_empty() || needed.contains(scan.getCarriedArguments()[j]))) {
        isCarried[j] = changed = true;
        needed.insert(yield.getCarried()[j]);
      }
  }
  // One result for each value that is stacked up.
  SmallVector<Value> stacked, next, initial, scanned, results;
  for (auto [value, result, isKept] : llvm::zip(yield.getStacked(), scan.getStackedResults(), isStacked)) {
    auto same = llvm::find(stacked, value);
    if (isKept && same != stacked.end())
      result.replaceAllUsesWith(results[same - stacked.begin()]);
    else if (isKept) {
      stacked.push_back(value);
      results.push_back(result);
    }
  }
  for (size_t j = 0; j < carries; ++j)
    if (isCarried[j]) {
      next.push_back(yield.getCarried()[j]);
      initial.push_back(scan.getInitial()[j]);
      results.push_back(scan.getLastResults()[j]);
    }
  setYield(yield, stacked, next);
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(body)))
    if (&op != yield && op.use_empty())
      op.erase();
  size_t count = scan.getScanned().size();
  DenseMap<Value, Value> sliceOfTensor;
  llvm::BitVector dead(body.getNumArguments());
  for (auto [i, value] : llvm::enumerate(scan.getScanned())) {
    Value &slice = sliceOfTensor[value];
    BlockArgument own = body.getArgument(i);
    if (slice)
      own.replaceAllUsesWith(slice);
    if (own.use_empty())
      dead.set(i);
    else {
      slice = own;
      scanned.push_back(value);
    }
  }
  for (size_t j = 0; j < carries; ++j)
    if (!isCarried[j])
      dead.set(count + j);
  if (stacked.empty() && next.empty()) {
    scan.erase();
    return {};
  }
  bool isSame = dead.none() && stacked.size() == scan.getStackedResults().size();
  if (isSame)
    return scan;
  body.eraseArguments(dead);
  ScanOp made = remade(scan, scanned, initial);
  for (auto [old, now] : llvm::zip(results, made.getResults()))
    old.replaceAllUsesWith(now);
  scan.erase();
  return made;
}
