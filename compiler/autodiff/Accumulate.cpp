// Accumulate.cpp - a step that accumulates becomes a loop over the parts of its batch.
// SPDX-License-Identifier: Apache-2.0
//
//   %l, %dw = ... %x ...                  %xs = reshape %x, [3, batch, 8]
//   %t = total %dw                  =>    %sl, %sw = scan (%xp in %xs) carry (%al = 0, %aw = 0) {
//   ... optimizer of %t ...                 %l, %dw = ... %xp ... ; yield carry (add %al, %l), (add %aw, %dw)
//   return %l, ...                        }
//                                         ... optimizer of (div %sw, 3) ... ; return (div %sl, 3), ...
//
// So memory for one part is enough. The inputs have three times the rows from here on. A mean over all rows is that of the
// means of equal parts; what is a mean over something else (labels that count) is weighed by it, and divided once, at the
// end. What a step remembers of the model, as running statistics, goes on from part to part.
#include "compiler/Passes.h"
#include "compiler/graph/Counts.h"
#include "compiler/graph/Rows.h"
#include "dialects/dl/Program.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace dlc;

namespace {
/// An output, a gradient or what the model remembers: what it is of one part, and how that of all parts is made of those.
struct Part {
  enum Kind {
    Rows,  ///< stacked up
    Sum,   ///< added up
    Mean,  ///< added up, and divided by the number of parts
    Ratio, ///< weighed by what counts, and divided by all that counts
    Last   ///< goes on from part to part
  } kind;
  Value value;
  Value weight = nullptr; ///< of a ratio: a value of `counted`
  Value begins = nullptr; ///< of the last: the argument with which the first part begins
};

class StepCutter {
public:
  StepCutter(EntryOp entry, int64_t parts)
      : entry(entry), block(entry.getBody().front()), parts(parts), done(cast<ReturnOp>(block.getTerminator())) {}
  ~StepCutter() {
    if (counted)
      counted.erase();
  }
  LogicalResult run();

private:
  LogicalResult findInputs();
  LogicalResult findOutputs();
  LogicalResult copyForCounts();
  FailureOr<Part> partOf(Value value, DictionaryAttr about);
  bool isTrained(BlockArgument argument);
  void findRemembered();
  void findMoved();
  void cutInputs(const Ops &ops);
  ScanOp makeLoop(const Ops &ops);
  void computePart(const Ops &ops, ValueRange slices, ValueRange carried, IRMapping &map);
  Value added(const Ops &ops, const Part &part, const IRMapping &map);
  Value whole(const Ops &ops, const Part &part, Value all, ScanOp loop);
  void finish(const Ops &ops, ScanOp loop);
  Location place() { return total ? total.getLoc() : entry.getLoc(); }

  EntryOp entry;
  Block &block;
  int64_t parts;
  ReturnOp done;
  TotalOp total;             ///< null if nothing is trained
  SmallVector<Value> inputs; ///< that have rows
  Value random;
  EntryOp counted;                   ///< the same, of which only the outputs are left, written out
  SmallVector<DictionaryAttr> about; ///< of the outputs of `counted`: how numbers of parts are combined
  SmallVector<Part> outputs, gradients, remembered;
  llvm::SetVector<Value> weights;       ///< values of `counted`
  llvm::SetVector<Operation *> moved;   ///< into the loop
  SmallVector<Value> tensors, slicedAs; ///< tensors of all parts; the arguments whose parts their slices are
};
} // namespace

static bool hasRows(Value value) {
  return llvm::any_of(dimsOf(value), [](Dim dim) { return dim.hasRows(); });
}
/// These, and all that they are made of.
static llvm::SetVector<Value> sourcesOf(ValueRange values, Operation *end = nullptr) {
  llvm::SetVector<Value> all;
  all.insert_range(values);
  for (size_t i = 0; i < all.size(); ++i)
    if (Operation *made = all[i].getDefiningOp(); made && made != end)
      all.insert_range(readBy(made));
  return all;
}
static bool makesAny(Operation &op, const llvm::SetVector<Value> &values) {
  return llvm::any_of(op.getResults(), [&](Value value) { return values.contains(value); });
}

LogicalResult StepCutter::findInputs() {
  for (auto one : block.getOps<TotalOp>())
    total = one;
  for (auto [argument, attrs] : llvm::zip(block.getArguments(), entry.getArgAttrs().getAsRange<DictionaryAttr>())) {
    if (auto name = attrs.getAs<StringAttr>("session"))
      return complain(place())
             << "accumulate: '" << name.getValue()
             << "' goes on from a row of one batch to that of the next, so that a step cannot be made "
                "of several batches; leave out `accumulate`, or what is `session` or `stateful`";
    if (attrs.contains("random"))
      random = argument;
    if (!attrs.contains("input") || !hasRows(argument))
      continue;
    if (!lieInRows(argument))
      return complain(argument.getLoc())
             << "accumulate: only the first axis of an input may depend on the batch, found " << show(argument);
    inputs.push_back(argument);
  }
  if (inputs.empty())
    return complain(place())
           << "accumulate: no input of the step depends on the batch, so that there is nothing to divide";
  return success();
}

/// Written out, losses are sums and quotients, and tell what they are means over.
LogicalResult StepCutter::copyForCounts() {
  OpBuilder b(entry);
  counted = cast<EntryOp>(b.clone(*entry));
  Operation *end = counted.getBody().front().getTerminator();
  SmallVector<Value> values;
  SmallVector<Attribute> attrs, types;
  for (auto [value, one] : llvm::zip(end->getOperands(), entry.getResAttrs().getAsRange<DictionaryAttr>()))
    if (one.contains("output") && !value.getDefiningOp<TotalOp>()) {
      values.push_back(value);
      attrs.push_back(one);
      types.push_back(TypeAttr::get(value.getType()));
    }
  end->setOperands(values);
  counted.setResAttrsAttr(b.getArrayAttr(attrs));
  counted.setResultTypesAttr(b.getArrayAttr(types));
  auto all = llvm::to_vector(llvm::make_pointer_range(counted.getBody().front().without_terminator()));
  for (Operation *op : llvm::reverse(all))
    if (op->use_empty())
      op->erase();
  decompose(counted);
  PassManager pm(entry.getContext(), EntryOp::getOperationName());
  pm.addPass(createCSEPass()); // equal counts are one
  if (failed(pm.run(counted)))
    return failure();
  describeCounts(counted);
  llvm::append_range(about, counted.getResAttrs().getAsRange<DictionaryAttr>());
  return success();
}

bool StepCutter::isTrained(BlockArgument argument) {
  auto name = cast<DictionaryAttr>(entry.getArgAttrs()[argument.getArgNumber()]).getAs<StringAttr>("parameter");
  return name && llvm::any_of(entry.getResAttrs().getAsRange<DictionaryAttr>(), [&](DictionaryAttr one) {
           auto output = one.getAs<StringAttr>("output");
           return (!one.contains("of") && one.get("update") == name) ||
                  (output && output.getValue() == "gradient." + name.getValue().str());
         });
}

FailureOr<Part> StepCutter::partOf(Value value, DictionaryAttr attrs) {
  if (hasRows(value) && lieInRows(value))
    return Part{Part::Rows, value};
  StringRef name = attrs.getAs<StringAttr>("output").getValue();
  auto combine = attrs.getAs<StringAttr>("combine");
  if (!combine)
    return LogicalResult(
        complain(place())
        << "accumulate: the result '" << name << "', " << show(value)
        << ", of parts of a batch does not tell that of the whole; return rows, or single numbers that "
           "are sums over rows or means over rows");
  if (combine.getValue() == "sum")
    return Part{Part::Sum, value};
  if (combine.getValue() == "rows") // of integers: one that is the same in all
    return Part{isa<FloatType>(typeOf(value).getElementType()) ? Part::Mean : Part::Last, value};
  Value weight;
  for (auto [one, other] : llvm::zip(counted.getBody().front().getTerminator()->getOperands(), about))
    if (other.get("output") == attrs.get("count"))
      weight = one;
  auto isTrainedHere = [&](Value one) {
    auto argument = dyn_cast<BlockArgument>(one);
    return argument && argument.getOwner() == &counted.getBody().front() && isTrained(argument);
  };
  if (outputs.empty() && llvm::any_of(sourcesOf(weight), isTrainedHere)) // only the loss has gradients
    return LogicalResult(complain(place())
                         << "accumulate: '" << name << "' is divided by what depends on trained parameters, so that "
                         << "the gradients of parts of a batch do not tell that of the whole");
  weights.insert(weight);
  return Part{Part::Ratio, value, weight};
}

LogicalResult StepCutter::findOutputs() {
  if (failed(copyForCounts()))
    return failure();
  for (auto [value, one] : llvm::zip(done->getOperands(), entry.getResAttrs().getAsRange<DictionaryAttr>())) {
    if (!one.contains("output") || value.getDefiningOp<TotalOp>())
      continue;
    auto part = partOf(value, about[outputs.size()]);
    if (failed(part))
      return failure();
    outputs.push_back(*part);
  }
  // The first is the loss: its gradients are combined as it is.
  if (total && !outputs.empty())
    for (Value gradient : total.getInputs()) {
      gradients.push_back(outputs.front());
      gradients.back().value = gradient;
    }
  return success();
}

void StepCutter::findRemembered() {
  for (auto [value, one] : llvm::zip(done->getOperands(), entry.getResAttrs().getAsRange<DictionaryAttr>()))
    for (auto [argument, other] : llvm::zip(block.getArguments(), entry.getArgAttrs().getAsRange<DictionaryAttr>()))
      if (one.contains("update") && !one.contains("of") && one.get("update") == other.get("buffer"))
        remembered.push_back({Part::Last, value, nullptr, argument});
}

/// What depends on the rows, on what is drawn, or on what goes on from part to part.
void StepCutter::findMoved() {
  SmallVector<Value> wanted;
  DenseSet<Value> late(inputs.begin(), inputs.end());
  for (ArrayRef<Part> list : {ArrayRef(outputs), ArrayRef(gradients), ArrayRef(remembered)})
    for (const Part &part : list)
      wanted.push_back(part.value);
  for (const Part &part : remembered)
    late.insert(part.begins);
  if (random)
    late.insert(random);
  llvm::SetVector<Value> needed = sourcesOf(wanted, total);
  for (Operation &op : block.without_terminator())
    if (makesAny(op, needed) && llvm::any_of(readBy(&op), [&](Value value) { return late.contains(value); })) {
      late.insert_range(op.getResults());
      moved.insert(&op);
    }
}

/// The inputs of all parts, and what is random in each: the number of the first row is another one.
void StepCutter::cutInputs(const Ops &ops) {
  for (Value input : inputs) {
    SmallVector<Dim> dims = dimsOf(input), cut = dims;
    dims[0] = dims[0] * Dim(parts);
    cut.insert(cut.begin(), Dim(parts));
    input.setType(makeTensor(dims, typeOf(input).getElementType()));
    tensors.push_back(ops.reshape(input, cut));
  }
  slicedAs = inputs;
  if (!random)
    return;
  SmallVector<double> order;
  for (int64_t i = 0; i < parts; ++i)
    order.append({0.0, 0.0, (double)i});
  Type i64 = ops.builder.getI64Type();
  // Rows along an axis, which may be several for each row of the batch.
  Dim perRow = withoutRows(dimsOf(tensors[0])[1]);
  Value rows = ops.count(tensors[0], {1}, i64);
  if (perRow != Dim(1))
    rows = ops.div(rows, perRow.isNumber() ? ops.number(perRow.value, rows)
                                           : ops.count(ops.splat(0, makeTensor({perRow}, i64)), {0}, i64));
  tensors.push_back(ops.add(ops.mul(ops.values(order, RankedTensorType::get({parts, 3}, i64)), rows), random));
  slicedAs.push_back(random);
}

/// The ops of the step, for one part, and beside them what its weights are made of.
void StepCutter::computePart(const Ops &ops, ValueRange slices, ValueRange carried, IRMapping &map) {
  map.map(slicedAs, slices);
  for (auto [part, value] : llvm::zip(remembered, carried))
    map.map(part.begins, value);
  for (Operation &op : block)
    if (moved.contains(&op))
      ops.builder.clone(op, map);
  for (auto [mine, other] : llvm::zip(block.getArguments(), counted.getBody().getArguments()))
    map.map(Value(other), map.lookupOrDefault(Value(mine)));
  llvm::SetVector<Value> needed = sourcesOf(weights.getArrayRef());
  for (Operation &op : counted.getBody().front().without_terminator())
    if (makesAny(op, needed))
      ops.builder.clone(op, map);
}

/// What a part adds. Where nothing of it counts, its number is no number, and adds nothing.
Value StepCutter::added(const Ops &ops, const Part &part, const IRMapping &map) {
  Value value = map.lookupOrDefault(part.value);
  if (part.kind != Part::Ratio)
    return value;
  Value weight = map.lookup(part.weight), counts = ops.binary("ne", weight, ops.number(0, weight));
  Value share = ops.mul(value, ops.cast(weight, typeOf(value).getElementType()));
  return ops.where(counts, share, ops.splat(0, typeOf(value)));
}

/// Carried: what is added up or goes on of outputs, then of gradients, the weights, what is remembered.
ScanOp StepCutter::makeLoop(const Ops &ops) {
  SmallVector<Part> numbers;
  SmallVector<Value> initial, rows;
  for (ArrayRef<Part> list : {ArrayRef(outputs), ArrayRef(gradients)})
    for (const Part &part : list)
      if (part.kind == Part::Rows)
        rows.push_back(part.value);
      else
        numbers.push_back(part);
  for (const Part &part : numbers)
    initial.push_back(ops.splat(0, typeOf(part.value)));
  for (Value weight : weights)
    initial.push_back(ops.splat(0, typeOf(weight)));
  for (const Part &part : remembered)
    initial.push_back(part.begins);
  return makeScan(ops, tensors, initial, Dim(parts), false, [&](const Ops &own, ValueRange slices, ValueRange carried) {
    IRMapping map;
    computePart(own, slices, carried.take_back(remembered.size()), map);
    Round round;
    for (Value value : rows)
      round.stacked.push_back(map.lookupOrDefault(value));
    for (auto [part, sum] : llvm::zip(numbers, carried)) {
      Value value = added(own, part, map);
      round.carried.push_back(part.kind == Part::Last ? value : own.add(sum, value));
    }
    for (auto [weight, sum] : llvm::zip(weights, carried.drop_front(numbers.size())))
      round.carried.push_back(own.add(sum, map.lookup(weight)));
    for (const Part &part : remembered)
      round.carried.push_back(map.lookupOrDefault(part.value));
    return round;
  });
}

/// What the parts make together; `all` is what the loop makes of them.
Value StepCutter::whole(const Ops &ops, const Part &part, Value all, ScanOp loop) {
  if (part.kind == Part::Rows) {
    SmallVector<Dim> dims = dimsOf(all);
    dims[1] = dims[0] * dims[1];
    dims.erase(dims.begin());
    return ops.reshape(all, dims);
  }
  if (part.kind == Part::Mean)
    return ops.div(all, ops.number((double)parts, all));
  if (part.kind != Part::Ratio)
    return all;
  size_t at = llvm::find(weights, part.weight) - weights.begin();
  Value weight = loop.getLastResults().drop_back(remembered.size()).take_back(weights.size())[at];
  // Where nothing counts at all, the sum is 0, and so is what is returned.
  Value one = ops.number(1, weight), divisor = ops.where(ops.binary("ne", weight, ops.number(0, weight)), weight, one);
  return ops.div(all, ops.cast(divisor, typeOf(all).getElementType()));
}

void StepCutter::finish(const Ops &ops, ScanOp loop) {
  auto stacked = loop.getStackedResults().begin();
  auto last = loop.getLastResults().begin();
  auto next = [&](const Part &part) {
    Value all = part.kind == Part::Rows ? *stacked++ : *last++;
    return whole(ops, part, all, loop);
  };
  SmallVector<Value> made = llvm::map_to_vector(outputs, next);
  for (auto [i, part] : llvm::enumerate(gradients))
    total.getResult(i).replaceAllUsesWith(next(part));
  SmallVector<Value> sums;
  for (size_t i = 0; i < weights.size(); ++i)
    sums.push_back(*last++);
  SmallVector<Value> values(done->getOperands());
  SmallVector<Attribute> attrs(entry.getResAttrs().getValue());
  size_t output = 0, memory = 0;
  for (auto [value, one] : llvm::zip(values, attrs)) {
    if (memory < remembered.size() && value == remembered[memory].value &&
        cast<DictionaryAttr>(one).contains("update")) {
      value = *last++;
      ++memory;
    } else if (cast<DictionaryAttr>(one).contains("output") && output < made.size()) {
      one = about[output];
      value = made[output++];
    }
  }
  // What numbers are means over, where the step did not return it before.
  auto *end = counted.getBody().front().getTerminator();
  for (size_t i = outputs.size(); i < about.size(); ++i) {
    values.push_back(sums[llvm::find(weights, end->getOperand(i)) - weights.begin()]);
    attrs.push_back(about[i]);
  }
  done->setOperands(values);
  Builder &b = ops.builder;
  entry.setResAttrsAttr(b.getArrayAttr(attrs));
  entry.setResultTypesAttr(b.getArrayAttr(
      llvm::map_to_vector(values, [](Value value) -> Attribute { return TypeAttr::get(value.getType()); })));
  if (total)
    total.erase();
  for (Operation *op : llvm::reverse(moved))
    op->erase();
}

LogicalResult StepCutter::run() {
  findRemembered();
  if (failed(findInputs()) || failed(findOutputs()))
    return failure();
  findMoved();
  OpBuilder b(total ? total.getOperation() : done.getOperation());
  Ops ops(b, unnamed(place()));
  cutInputs(ops);
  finish(ops, makeLoop(ops));
  return success();
}

LogicalResult dlc::accumulate(EntryOp entry) {
  auto parts = entry->getAttrOfType<IntegerAttr>("dl.accumulate");
  if (!parts)
    return success();
  entry->removeAttr("dl.accumulate");
  entry->setAttr("dl.parts", parts);
  return StepCutter(entry, parts.getInt()).run();
}
