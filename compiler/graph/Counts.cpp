// Counts.cpp - what a single number is a mean over, so that those of several batches can be made one.
// SPDX-License-Identifier: Apache-2.0
//
//   %s = sum %x              // adds up: the sum of two batches is that of both together
//   %n = sum %counted        // so does this
//   %l = div %s, %n          // a mean, divided by %n: to be weighed by it
//   return %l                // => return %l, %n, named after it: "loss", "loss.count"
//
// Each value of an entry point is one of a few kinds, which follow from those of its operands. No result is known by
// its name and no loss by its op: at this level losses are sums, quotients and selections.
#include "compiler/graph/Counts.h"
#include "compiler/graph/Rows.h"
#include "llvm/ADT/StringSet.h"
#include <cmath>

using namespace mlir;
using namespace dlc;

namespace {
/// What a value says of a batch.
struct Said {
  enum Kind {
    Fixed, ///< the same, whatever the rows
    Rows,  ///< of each row by itself
    Sum,   ///< a number that adds up over batches
    Mean,  ///< such a number divided by another
    Unknown
  } kind;
  Value count;          ///< of a mean: what it was divided by; null: a multiple of the number of rows
  bool isRows = false;  ///< of a sum: it is a multiple of the number of rows
  bool isWhole = false; ///< of a sum: a whole number, at least 0
  Value zeroUnless;     ///< of a sum: what is summed is 0 where this condition is false
  Value guarded;        ///< of what is unknown otherwise: the larger of this whole sum and of something up to 1

  Said(Kind kind = Unknown, Value count = nullptr) : kind(kind), count(count) {}
  bool is(Kind other) const { return kind == other; }
};

class Counter {
public:
  explicit Counter(EntryOp entry) : random(randomOf(entry)), isStep(entry.getKind() != "function") {
    for (BlockArgument argument : entry.getBody().getArguments())
      said[argument] = !depends(argument) ? Said::Fixed : leads(argument) ? Said::Rows : Said::Unknown;
    SmallVector<Operation *> ops = behindOutputs(entry);
    for (Operation *op : llvm::reverse(ops)) {
      Said result = of(op);
      for (Value value : op->getResults())
        said[value] = result;
    }
  }
  Said operator()(Value value) const { return said.lookup(value); }

private:
  static int64_t batchAxes(Value value) {
    return llvm::count_if(dimsOf(value), [](Dim dim) { return dim.hasRows(); });
  }
  static bool depends(Value value) { return batchAxes(value) > 0; }
  /// What outputs are made of, the last first: what a step updates is not asked for.
  static SmallVector<Operation *> behindOutputs(EntryOp entry) {
    Block &block = entry.getBody().front();
    DenseSet<Operation *> wanted;
    SmallVector<Operation *> ops;
    for (auto [value, about] :
         llvm::zip(block.getTerminator()->getOperands(), entry.getResAttrs().getAsRange<DictionaryAttr>()))
      if (about.contains("output"))
        wanted.insert(value.getDefiningOp());
    for (Operation &op : llvm::reverse(block.without_terminator()))
      if (wanted.contains(&op)) {
        ops.push_back(&op);
        for (Value read : readBy(&op))
          wanted.insert(read.getDefiningOp());
      }
    return ops;
  }
  static bool leads(Value value) { return batchAxes(value) == 1 && dimsOf(value)[0].hasRows(); } // as rows are cut

  Said of(Operation *op) const;
  Said reduced(Operation *op) const;
  Said linear(Operation *op) const;
  Said quotient(const Said &above, const Said &below, Value count) const;

  Value random; ///< the same in no two parts of a batch: it holds the number of the first row
  bool isStep;  ///< each batch is a step of its own: its rows may depend on each other, as behind a batch norm
  DenseMap<Value, Said> said;
};
} // namespace

/// A condition as a number: 1 or 0.
static bool isWhole(Value value) {
  if (auto cast = value.getDefiningOp<CastOp>()) {
    Type from = typeOf(cast.getInput()).getElementType();
    return from.isInteger(1) || from.isInteger(8);
  }
  auto natural = [](Value one) {
    auto constant = one.getDefiningOp<ConstantOp>();
    std::optional<double> number = constant ? constant.getSplat() : std::nullopt;
    return number && *number >= 0 && *number == std::floor(*number);
  };
  if (auto choice = value.getDefiningOp<WhereOp>())
    return natural(choice->getOperand(1)) && natural(choice->getOperand(2));
  return false;
}

/// A condition without which `value` is 0; null if none is known.
static Value conditionOf(Value value) {
  if (auto cast = value.getDefiningOp<CastOp>())
    return typeOf(cast.getInput()).getElementType().isInteger(1) ? cast.getInput() : Value();
  if (auto choice = value.getDefiningOp<WhereOp>()) {
    auto other = choice->getOperand(2).getDefiningOp<ConstantOp>();
    return other && other.getSplat() == 0.0 ? choice->getOperand(0) : Value();
  }
  if (auto product = value.getDefiningOp<MulOp>())
    for (Value factor : product->getOperands())
      if (factor.getDefiningOp<CastOp>() || factor.getDefiningOp<WhereOp>())
        if (Value condition = conditionOf(factor))
          return condition;
  return nullptr;
}

/// How many elements there are along axes: of one that depends on the batch, that many for each row.
static Said countOf(CountOp op) {
  SmallVector<Dim> dims = dimsOf(op.getLike());
  int64_t batches = 0;
  auto look = [&](int64_t axis) { batches += dims[axis < 0 ? axis + dims.size() : axis].hasRows(); };
  if (!op.getAxesAttr())
    for (int64_t axis = 0; axis < (int64_t)dims.size(); ++axis)
      look(axis);
  else
    for (SizeAttr axis : op.getAxesAttr().getAsRange<SizeAttr>())
      look(axis.number());
  Said result(batches == 0 ? Said::Fixed : batches == 1 ? Said::Sum : Said::Unknown);
  result.isRows = result.isWhole = batches == 1;
  return result;
}

Said Counter::of(Operation *op) const {
  if (auto count = dyn_cast<CountOp>(op))
    return countOf(count);
  auto all = [&](auto suits) {
    return llvm::all_of(op->getOperands(), [&](Value value) { return suits(said.lookup(value)); });
  };
  if (llvm::any_of(op->getResults(), depends)) {
    bool ofRows = all([](const Said &one) { return one.is(Said::Fixed) || one.is(Said::Rows); });
    return (ofRows && keepsRows(op, random)) || (isStep && llvm::all_of(op->getResults(), leads)) ? Said::Rows
                                                                                                  : Said::Unknown;
  }
  if (random && llvm::is_contained(op->getOperands(), random) && !isa<RandomOpInterface>(op))
    return {};
  if (all([](const Said &one) { return one.is(Said::Fixed); }))
    return Said::Fixed;
  if (llvm::any_of(op->getOperands(), depends))
    return reduced(op);
  return op->getNumResults() == 1 ? linear(op) : Said{};
}

/// What is left when all rows are gone: of a sum, or of a product summed over the rows, a number that adds up.
Said Counter::reduced(Operation *op) const {
  if (!isa<SumOp, MatmulOp>(op) ||
      !llvm::all_of(op->getOperands(), [&](Value value) { return said.lookup(value).is(Said::Rows); }))
    return {};
  Said result(Said::Sum);
  if (isa<SumOp>(op)) {
    result.isWhole = isWhole(op->getOperand(0));
    result.zeroUnless = conditionOf(op->getOperand(0));
  }
  return result;
}

Said Counter::quotient(const Said &above, const Said &below, Value count) const {
  if (below.is(Said::Fixed))
    return above.guarded ? Said{} : above;
  if (!above.is(Said::Sum))
    return {};
  // Where nothing counts the guard is no count, but then nothing was summed either.
  if (below.guarded)
    return above.zeroUnless && above.zeroUnless == below.zeroUnless ? Said(Said::Mean, below.guarded) : Said();
  if (below.is(Said::Sum))
    return {Said::Mean, below.isRows ? Value() : count};
  return {};
}

/// An op whose operands and result do not depend on the batch's size: sums and means go through what is linear.
Said Counter::linear(Operation *op) const {
  SmallVector<Said> in = llvm::map_to_vector(op->getOperands(), [&](Value value) { return said.lookup(value); });
  auto scaled = [](Said one) { // by a number of either sign
    one.isWhole = false;
    one.guarded = nullptr;
    return one;
  };
  auto both = [&](const Said &a, const Said &b) -> Said {
    if (a.is(Said::Sum) && b.is(Said::Sum)) {
      Said result(Said::Sum);
      result.isRows = a.isRows && b.isRows && isa<AddOp>(op);
      return result;
    }
    if (a.is(Said::Mean) && (b.is(Said::Fixed) || (b.is(Said::Mean) && a.count == b.count)))
      return a;
    if (a.is(Said::Fixed) && b.is(Said::Mean))
      return b;
    return {};
  };
  if (isa<DivOp>(op) && !isa<FloatType>(typeOf(op->getResult(0)).getElementType()))
    return {}; // is cut off: the quotient of sums is not the sum of quotients
  if (isa<DivOp>(op))
    return scaled(quotient(in[0], in[1], op->getOperand(1)));
  if (isa<MulOp, MatmulOp>(op))
    return in[0].is(Said::Fixed) ? scaled(in[1]) : in[1].is(Said::Fixed) ? scaled(in[0]) : Said{};
  if (isa<AddOp, SubOp>(op))
    return both(in[0], in[1]);
  if (isa<WhereOp>(op))
    return in[0].is(Said::Fixed) ? scaled(both(in[1], in[2])) : Said{};
  if (isa<MaxOp>(op)) {
    for (int64_t i : {0, 1}) {
      auto least = op->getOperand(1 - i).getDefiningOp<ConstantOp>();
      std::optional<double> number = least ? least.getSplat() : std::nullopt;
      if (in[i].is(Said::Sum) && in[i].isWhole && number && *number <= 1) {
        Said result;
        result.guarded = op->getOperand(i);
        result.zeroUnless = in[i].zeroUnless;
        return result;
      }
    }
    return {};
  }
  if (isa<NegOp, SumOp>(op))
    return scaled(in[0]);
  if (op->hasTrait<View>())
    return in[0];
  if (auto cast = dyn_cast<CastOp>(op))
    return isa<FloatType>(typeOf(cast.getResult()).getElementType()) ? in[0] : Said{};
  return {};
}

namespace {
/// The results of an entry point, to which counts are added.
struct Results {
  SmallVector<Value> values;
  SmallVector<Attribute> attrs;
  llvm::StringSet<> names;
  DenseMap<Value, StringAttr> nameOf; ///< the first, of a value that is returned several times

  void add(Value value, DictionaryAttr about) {
    values.push_back(value);
    attrs.push_back(about);
    if (auto name = about.getAs<StringAttr>("output")) {
      names.insert(name.getValue());
      nameOf.try_emplace(value, name);
    }
  }
  /// The result that holds `count`; a new one, named after the mean, where there is none.
  StringAttr holding(Value count, StringRef mean) {
    if (StringAttr known = nameOf.lookup(count))
      return known;
    std::string name = (mean + ".count").str();
    while (names.contains(name))
      name += "_";
    Builder b(count.getContext());
    add(count, b.getDictionaryAttr({b.getNamedAttr("output", b.getStringAttr(name)),
                                    b.getNamedAttr("combine", b.getStringAttr("sum"))}));
    return b.getStringAttr(name);
  }
};
} // namespace

void dlc::describeCounts(EntryOp entry) {
  Counter counter(entry);
  Operation *done = entry.getBody().front().getTerminator();
  Builder b(entry.getContext());
  Results results;
  for (auto [value, about] : llvm::zip(done->getOperands(), entry.getResAttrs().getAsRange<DictionaryAttr>()))
    results.add(value, about);
  for (size_t i = 0, own = results.values.size(); i < own; ++i) {
    NamedAttrList about(cast<DictionaryAttr>(results.attrs[i]));
    auto name = dyn_cast_or_null<StringAttr>(about.get("output"));
    if (!name || typeOf(results.values[i]).getRank() != 0)
      continue;
    Said one = counter(results.values[i]);
    if (one.is(Said::Fixed) || (one.is(Said::Mean) && !one.count))
      about.set("combine", b.getStringAttr("rows"));
    else if (one.is(Said::Sum))
      about.set("combine", b.getStringAttr("sum"));
    else if (one.is(Said::Mean) && typeOf(one.count).getRank() == 0) {
      about.set("combine", b.getStringAttr("count"));
      about.set("count", results.holding(one.count, name));
    }
    results.attrs[i] = about.getDictionary(entry.getContext());
  }
  done->setOperands(results.values);
  entry.setResAttrsAttr(b.getArrayAttr(results.attrs));
  entry.setResultTypesAttr(b.getArrayAttr(
      llvm::map_to_vector(results.values, [](Value value) -> Attribute { return TypeAttr::get(value.getType()); })));
}

bool dlc::partsMakeTheWhole(EntryOp entry) {
  if (!hasBatch(entry) || entry.getKind() != "function" || !inputsLieInRows(entry))
    return false;
  Counter counter(entry);
  for (auto [value, about] : llvm::zip(entry.getBody().front().getTerminator()->getOperands(),
                                       entry.getResAttrs().getAsRange<DictionaryAttr>()))
    if (!(counter(value).is(Said::Rows) && lieInRows(value)) && !about.contains("combine"))
      return false;
  return true;
}
