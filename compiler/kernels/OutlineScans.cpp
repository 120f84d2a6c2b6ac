// OutlineScans.cpp - level `kernels`, first: the body of each loop becomes an entry point of kind `loop`.
// SPDX-License-Identifier: Apache-2.0
//
//   %y, %l = scan (%xt in %x along 0)          entry loop @step.loop0(%xt {scanned}, %h {carried = 0}, %w {captured})
//       carry (%h = %h0) {               =>        -> ({stacked = 0, next = 0}) { ... return %h1 }
//     ... %w ... yield %h1 carry %h1
//   }                                          %y, %l = repeat 24 @step.loop0(%x, %h0, %w)
//
// So all that is done to entry points is done to bodies: fusion, the order of what runs, updates in place. What a round
// carries is a stored tensor of it.
#include "compiler/Passes.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace dlc;

namespace {
class ScanOutliner {
public:
  explicit ScanOutliner(ModelOp model) : model(model) {
    for (Operation &item : model.getBody().front())
      if (auto name = item.getAttrOfType<StringAttr>(SymbolTable::getSymbolAttrName()))
        names.insert(name.getValue());
  }
  void outline(ScanOp scan, EntryOp entry);

private:
  ModelOp model;
  llvm::StringSet<> names;
  int next = 0;
};
} // namespace

/// Constants from outside are those of the body from now on.
static void takeConstants(ScanOp scan) {
  DenseMap<Value, Value> own;
  OpBuilder b = OpBuilder::atBlockBegin(&scan.getBody().front());
  scan.getBody().walk([&](Operation *op) {
    for (OpOperand &operand : op->getOpOperands()) {
      auto constant = operand.get().getDefiningOp<ConstantOp>();
      if (!constant || scan.getBody().isAncestor(constant->getParentRegion()))
        continue;
      Value &copy = own[constant.getResult()];
      if (!copy)
        copy = b.clone(*constant)->getResult(0);
      operand.set(copy);
    }
  });
}

void ScanOutliner::outline(ScanOp scan, EntryOp entry) {
  takeConstants(scan);
  Builder b(scan.getContext());
  std::string name;
  do
    name = (entry.getSymName() + ".loop" + Twine(next++)).str();
  while (!names.insert(name).second);
  Block &old = scan.getBody().front();
  YieldOp yield = scan.getYield();
  SmallVector<Value> captured = scan.getCaptured();

  // What each result of a round is for; the value that a carried one begins with is the argument itself.
  llvm::MapVector<Value, NamedAttrList> results;
  SmallVector<NamedAttrList> arguments(old.getNumArguments() + captured.size());
  size_t scanned = scan.getScanned().size();
  for (auto [i, about] : llvm::enumerate(arguments))
    if (i < scanned)
      about.set("scanned", b.getUnitAttr());
    else if (i < old.getNumArguments())
      about.set("carried", b.getI64IntegerAttr(i - scanned));
    else
      about.set("captured", b.getUnitAttr());
  SmallVector<Value> returned;
  SmallVector<Attribute> resultAttrs;
  auto addResult = [&](Value value, StringRef kind, int64_t number) {
    returned.push_back(value);
    resultAttrs.push_back(b.getDictionaryAttr(b.getNamedAttr(kind, b.getI64IntegerAttr(number))));
  };
  for (auto [m, value] : llvm::enumerate(yield.getStacked())) {
    auto argument = dyn_cast<BlockArgument>(value);
    bool isBefore = argument && argument.getOwner() == &old && argument.getArgNumber() >= scanned &&
                    !arguments[argument.getArgNumber()].get("before");
    if (isBefore)
      arguments[argument.getArgNumber()].set("before", b.getI64IntegerAttr(m));
    else
      addResult(value, "stacked", m);
  }
  for (auto [j, value] : llvm::enumerate(yield.getCarried())) {
    auto same = llvm::find(returned, value);
    size_t at = same - returned.begin();
    if (same == returned.end() || isa<BlockArgument>(value) || cast<DictionaryAttr>(resultAttrs[at]).contains("next")) {
      addResult(value, "next", j);
      continue;
    }
    NamedAttrList both(cast<DictionaryAttr>(resultAttrs[at]));
    both.set("next", b.getI64IntegerAttr(j));
    resultAttrs[at] = both.getDictionary(scan.getContext());
  }
  auto attrsOf = [&](SmallVectorImpl<NamedAttrList> &lists) {
    return b.getArrayAttr(llvm::map_to_vector(
        lists, [&](NamedAttrList &list) -> Attribute { return list.getDictionary(scan.getContext()); }));
  };
  SmallVector<Attribute> types;
  for (Value value : returned)
    types.push_back(TypeAttr::get(value.getType()));

  OpBuilder at(entry);
  auto body = EntryOp::create(at, scan.getLoc(), name, "loop", attrsOf(arguments), b.getArrayAttr(resultAttrs),
                              b.getArrayAttr(types));
  for (Value value : captured) {
    Value own = old.addArgument(value.getType(), value.getLoc());
    for (OpOperand &use : llvm::make_early_inc_range(value.getUses()))
      if (scan.getBody().isAncestor(use.getOwner()->getParentRegion()))
        use.set(own);
    llvm::replace(returned, value, own);
  }
  body.getBody().takeBody(scan.getBody());
  OpBuilder end(yield);
  ReturnOp::create(end, yield.getLoc(), returned);
  yield.erase();

  at.setInsertionPoint(scan);
  SmallVector<Value> operands(scan.getOperands());
  llvm::append_range(operands, captured);
  auto repeat = RepeatOp::create(at, scan.getLoc(), scan.getResultTypes(), SymbolRefAttr::get(at.getContext(), name),
                                 operands, SizeAttr::get(at.getContext(), scan.getRounds()),
                                 scan.getReverse() ? at.getUnitAttr() : UnitAttr());
  scan.replaceAllUsesWith(repeat.getResults());
  scan.erase();
}

void dlc::outlineScans(ModelOp model) {
  ScanOutliner outliner(model);
  for (EntryOp entry : llvm::to_vector(model.getBody().getOps<EntryOp>())) {
    SmallVector<ScanOp> scans; // inner ones first
    entry.walk([&](ScanOp scan) { scans.push_back(scan); });
    for (ScanOp scan : scans)
      outliner.outline(scan, entry);
  }
}
