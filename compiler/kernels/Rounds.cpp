// Rounds.cpp - level `kernels`: what a loop stacks up for another one is computed again there, round by round.
// SPDX-License-Identifier: Apache-2.0
//
//   entry loop @f(%x {scanned}, %h {carried = 0, before = 1})      entry loop @f(%x {scanned}, %h {carried = 0, before = 0})
//     %s = sigmoid ...                                               ...
//     return %s, %n {stacked = 0}, {next = 0}                        return %n {next = 0}
//   entry loop @b(%s {scanned}, ...)                         =>    entry loop @b(%x {scanned}, %h {scanned}, ...)
//     ... %s ...                                                     %s = sigmoid ... {dl.again = 0}
//   %s, %h, %l = repeat 24 @f(%x, %h0)                             %h, %l = repeat 24 @f(%x, %h0)
//   ... = repeat 24 reverse @b(%s, ...)                            ... = repeat 24 reverse @b(%x, %h, ...)
//
// Slice i of what is stacked up was made by the round that has slice i of what the loop runs along. So a round that reads it,
// whichever way its loop goes, has all that it was made of at the same place: slices, what the round began with, and what is
// captured. Ops are copied as they are: they make the same bits, random numbers as well, which depend on places alone.
#include "compiler/kernels/Rounds.h"
#include "compiler/Passes.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace dlc;

EntryOp dlc::bodyOf(RepeatOp loop) { return SymbolTable::lookupNearestSymbolFrom<EntryOp>(loop, loop.getCalleeAttr()); }

/// Where all of it stands: no other place (`dl.again`) has this number.
static constexpr int64_t whereRoundsBegin = -1;

static std::optional<unsigned> numberOf(ArrayAttr all, size_t i, StringRef name) {
  auto number = cast<DictionaryAttr>(all[i]).getAs<IntegerAttr>(name);
  return number ? std::optional<unsigned>(number.getInt()) : std::nullopt;
}
static bool isScanned(EntryOp body, size_t i) {
  return cast<DictionaryAttr>(body.getArgAttrs()[i]).contains("scanned");
}

namespace {
/// A loop and its body, which is its own.
class Loop {
public:
  explicit Loop(RepeatOp repeat) : repeat(repeat), body(bodyOf(repeat)) {}
  void own();
  Value scan(Value tensor) { return give(tensor, "scanned"); }
  Value capture(Value tensor) { return give(tensor, "captured"); }
  void dropArgument(unsigned i);
  Block &block() { return body.getBody().front(); }

  RepeatOp repeat;
  EntryOp body;

private:
  Value give(Value tensor, StringRef how);
};
} // namespace

/// What others repeat as well is copied.
void Loop::own() {
  auto model = body->getParentOfType<ModelOp>();
  int repeats = 0;
  model.walk([&](RepeatOp other) { repeats += other.getCallee() == repeat.getCallee(); });
  if (repeats == 1)
    return;
  std::string name;
  int number = 0;
  do
    name = (body.getSymName() + "_" + Twine(++number)).str();
  while (SymbolTable::lookupSymbolIn(model, name));
  OpBuilder at(body);
  body = cast<EntryOp>(at.clone(*body));
  body.setSymName(name);
  repeat.setCallee(name);
}

/// The argument that is this tensor, or its slice.
Value Loop::give(Value tensor, StringRef how) {
  auto attrs = llvm::to_vector(body.getArgAttrs());
  unsigned place = how == "scanned" ? 0 : attrs.size();
  for (auto [i, operand] : llvm::enumerate(repeat.getArgs())) {
    bool isSo = cast<DictionaryAttr>(attrs[i]).contains(how);
    if (isSo && operand == tensor)
      return block().getArgument(i);
    if (isSo && how == "scanned")
      place = i + 1;
  }
  Builder b(repeat.getContext());
  attrs.insert(attrs.begin() + place, b.getDictionaryAttr(b.getNamedAttr(how, b.getUnitAttr())));
  body.setArgAttrsAttr(b.getArrayAttr(attrs));
  SmallVector<Value> operands(repeat.getArgs());
  operands.insert(operands.begin() + place, tensor);
  repeat->setOperands(operands);
  Type type = how == "scanned" ? sliceOf(typeOf(tensor)) : typeOf(tensor);
  return block().insertArgument(place, type, unnamed(tensor.getLoc()));
}

void Loop::dropArgument(unsigned i) {
  auto attrs = llvm::to_vector(body.getArgAttrs());
  attrs.erase(attrs.begin() + i);
  body.setArgAttrsAttr(Builder(repeat.getContext()).getArrayAttr(attrs));
  repeat->eraseOperand(i);
  block().eraseArgument(i);
}

/// What the body returns, to be stacked up as that result; null if that is a carried value with which rounds begin.
static Value stackedOf(EntryOp body, unsigned result) {
  for (auto [i, value] : llvm::enumerate(body.getBody().front().getTerminator()->getOperands()))
    if (numberOf(body.getResAttrs(), i, "stacked") == result)
      return value;
  return {};
}
static size_t stackedResults(RepeatOp loop) {
  size_t carried = 0;
  for (auto attrs : bodyOf(loop).getArgAttrs().getAsRange<DictionaryAttr>())
    carried += attrs.contains("carried");
  return loop.getNumResults() - carried;
}

SmallVector<unsigned> dlc::readInRounds(RepeatOp loop) {
  EntryOp body = bodyOf(loop);
  SmallVector<unsigned> all;
  for (auto [i, value] : llvm::enumerate(body.getBody().front().getTerminator()->getOperands())) {
    auto result = numberOf(body.getResAttrs(), i, "stacked");
    if (!result || numberOf(body.getResAttrs(), i, "next") || loop.getResult(*result).use_empty())
      continue;
    auto isSlice = [&](OpOperand &use) {
      auto reader = dyn_cast<RepeatOp>(use.getOwner());
      return reader && isScanned(bodyOf(reader), use.getOperandNumber()) &&
             reader.getCount().evaluate() == loop.getCount().evaluate();
    };
    if (llvm::all_of(loop.getResult(*result).getUses(), isSlice))
      all.push_back(*result);
  }
  llvm::sort(all);
  return all;
}

std::optional<AgainInRounds> dlc::againInRounds(RepeatOp loop, ArrayRef<unsigned> results) {
  EntryOp body = bodyOf(loop);
  AgainInRounds again{loop, SmallVector<unsigned>(results), {}, {}};
  DenseSet<Value> kept, seen;
  for (size_t m = 0; m < stackedResults(loop); ++m)
    if (Value value = stackedOf(body, m); value && !llvm::is_contained(results, m))
      kept.insert(value);
  SmallVector<Value> open;
  for (unsigned result : results)
    open.push_back(stackedOf(body, result));
  DenseSet<Operation *> ops;
  while (!open.empty()) {
    Value value = open.pop_back_val();
    if (kept.contains(value) || !seen.insert(value).second)
      continue;
    if (auto argument = dyn_cast<BlockArgument>(value)) {
      auto carried = numberOf(body.getArgAttrs(), argument.getArgNumber(), "carried");
      if (carried && !numberOf(body.getArgAttrs(), argument.getArgNumber(), "before"))
        again.carried.push_back(*carried);
      continue;
    }
    Operation *op = value.getDefiningOp();
    bool isCheck = isa<CheckIndexOp>(op); // the loop has found it good
    if (!isCheck && !isMemoryEffectFree(op))
      return std::nullopt;
    if (!isCheck)
      ops.insert(op);
    llvm::append_range(open, op->getOperands());
  }
  llvm::sort(again.carried);
  for (Operation &op : body.getBody().front())
    if (ops.contains(&op))
      again.ops.push_back(&op);
  return again;
}

/// Equal ops that stand behind this one, and are computed again as well, are not read any more.
static void readInPlaceOfEqual(Operation *op) {
  for (Operation *other = op->getNextNode(); other; other = other->getNextNode())
    if (other->hasAttr(againName) && other->getName() == op->getName()) {
      Attribute own = op->getAttr(againName);
      op->setAttr(againName, other->getAttr(againName));
      if (OperationEquivalence::isEquivalentTo(op, other, OperationEquivalence::IgnoreLocations))
        other->replaceAllUsesWith(op);
      op->setAttr(againName, own);
    }
}

void dlc::computeInRounds(const AgainInRounds &again) {
  RepeatOp old = again.loop;
  Builder b(old.getContext());
  Attribute place = b.getI64IntegerAttr(whereRoundsBegin);
  Loop from(old);
  SmallVector<unsigned> ops; // their places in the body, which may be another one from now on
  for (auto [i, op] : llvm::enumerate(from.block()))
    if (llvm::is_contained(again.ops, &op))
      ops.push_back(i);
  from.own();

  // The loop as it will be: which of its results stay, and what of the carried values is stacked up with them.
  size_t before = stackedResults(old);
  SmallVector<Type> types;
  DenseMap<unsigned, unsigned> now; // the number of a stacked result
  for (size_t m = 0; m < before; ++m)
    if (!llvm::is_contained(again.results, m)) {
      now[m] = types.size();
      types.push_back(old.getResult(m).getType());
    }
  auto renumbered = [&](DictionaryAttr attrs, StringRef name) {
    NamedAttrList list(attrs);
    if (auto number = attrs.getAs<IntegerAttr>(name))
      list.set(name, b.getI64IntegerAttr(now.lookup(number.getInt())));
    return list.getDictionary(b.getContext());
  };
  SmallVector<Attribute> argAttrs, resAttrs, resTypes;
  for (auto [i, attrs] : llvm::enumerate(from.body.getArgAttrs().getAsRange<DictionaryAttr>())) {
    NamedAttrList list(renumbered(attrs, "before"));
    auto carried = numberOf(from.body.getArgAttrs(), i, "carried");
    if (carried && llvm::is_contained(again.carried, *carried)) {
      list.set("before", b.getI64IntegerAttr(types.size()));
      types.push_back(stackOf(old.getCount().evaluate(), typeOf(from.block().getArgument(i))));
    }
    argAttrs.push_back(list.getDictionary(b.getContext()));
  }
  size_t stacked = types.size();
  llvm::append_range(types, llvm::drop_begin(old.getResultTypes(), before));
  OpBuilder at(old);
  auto loop = RepeatOp::create(at, old.getLoc(), types, from.repeat.getCalleeAttr(), from.repeat.getArgs(),
                               old.getCountAttr(), old.getReverseAttr());
  loop->setDiscardableAttrs(old->getDiscardableAttrDictionary());
  for (auto [m, number] : now)
    old.getResult(m).replaceAllUsesWith(loop.getResult(number));
  for (size_t j = before; j < old.getNumResults(); ++j)
    old.getResult(j).replaceAllUsesWith(loop.getResult(stacked + j - before));
  from.body.setArgAttrsAttr(b.getArrayAttr(argAttrs));

  // Those who read what it no longer stacks up.
  SmallVector<Operation *> own;
  for (auto [i, op] : llvm::enumerate(from.block()))
    if (llvm::is_contained(ops, i))
      own.push_back(&op);
  llvm::SetVector<Operation *> readers;
  for (unsigned result : again.results)
    for (Operation *user : old.getResult(result).getUsers())
      readers.insert(user);
  DenseMap<Value, unsigned> kept; // values of the body: the results that they are stacked up to
  for (auto [m, number] : now)
    if (Value value = stackedOf(from.body, m))
      kept[value] = number;
  for (Operation *reader : readers) {
    Loop to(cast<RepeatOp>(reader));
    to.own();
    IRMapping values;
    auto find = [&](Value value) {
      while (auto check = value.getDefiningOp<CheckIndexOp>())
        value = check.getInput();
      if (values.contains(value))
        return values.lookup(value);
      Value here;
      auto argument = dyn_cast<BlockArgument>(value);
      if (auto it = kept.find(value); it != kept.end())
        here = to.scan(loop.getResult(it->second));
      else if (auto number = numberOf(from.body.getArgAttrs(), argument.getArgNumber(), "before"))
        here = to.scan(loop.getResult(*number));
      else {
        Value given = loop.getArgs()[argument.getArgNumber()];
        here = isScanned(from.body, argument.getArgNumber()) ? to.scan(given) : to.capture(given);
      }
      values.map(value, here);
      return here;
    };
    OpBuilder first = OpBuilder::atBlockBegin(&to.block());
    for (Operation *op : own) {
      for (Value operand : op->getOperands())
        values.map(operand, find(operand));
      Operation *clone = first.clone(*op, values);
      clone->setAttr(againName, place);
      readInPlaceOfEqual(clone);
    }
    for (unsigned result : again.results)
      for (unsigned i = to.repeat.getArgs().size(); i-- > 0;)
        if (to.repeat.getArgs()[i] == old.getResult(result)) {
          Value made = find(stackedOf(from.body, result));
          i = llvm::find(to.repeat.getArgs(), old.getResult(result)) - to.repeat.getArgs().begin();
          to.block().getArgument(i).replaceAllUsesWith(made);
          to.dropArgument(i);
        }
  }

  // The body without them.
  Operation *done = from.block().getTerminator();
  for (unsigned i = done->getNumOperands(); i-- > 0;)
    if (auto result = numberOf(from.body.getResAttrs(), i, "stacked"); result && !now.contains(*result))
      done->eraseOperand(i);
    else {
      resAttrs.insert(resAttrs.begin(), renumbered(cast<DictionaryAttr>(from.body.getResAttrs()[i]), "stacked"));
      resTypes.insert(resTypes.begin(), from.body.getResultTypes()[i]);
    }
  from.body.setResAttrsAttr(b.getArrayAttr(resAttrs));
  from.body.setResultTypesAttr(b.getArrayAttr(resTypes));
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(from.block())))
    if (isOpTriviallyDead(&op))
      op.erase();
  from.repeat.erase();
}
