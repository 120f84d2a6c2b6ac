// Training.cpp - training steps as flat, pure functions.
// SPDX-License-Identifier: Apache-2.0
//
//   train @t minimizes @loss   =>   entry train @t, entry gradients @t.gradients, entry apply @t.apply
//
// Gradients are left to one op, `gradient`, for the next level. An optimizer whose ops are element-wise becomes a rule for one
// element, which a `map` names for each parameter; any other is written out for each.
#include "compiler/graph/Flattener.h"
#include "llvm/Support/GlobPattern.h"

using namespace mlir;
using namespace dlc;

/// A trained parameter that the loss does not depend on never changes, but for its decay.
static void warnOfUntrained(TrainOp train, Value loss, ArrayRef<Stored> trained) {
  DenseSet<Value> reached;
  SmallVector<Value> open{loss};
  while (!open.empty())
    if (Value value = open.pop_back_val(); reached.insert(value).second && value.getDefiningOp())
      llvm::append_range(open, readBy(value.getDefiningOp()));
  for (const Stored &one : trained)
    if (!reached.contains(one.value))
      warn(one.loc) << "@" << train.getSymName() << " trains '" << one.name
                    << "', but its loss does not depend on it: the gradient is 0; `freeze` it, or use it";
}

/// The last line that matches a parameter is its group.
LogicalResult Flattener::assignGroups(TrainOp train, ArrayRef<Stored> parameters) {
  groups.clear();
  groupOf.clear();
  LogicalResult result = success();
  auto match = [&](Operation &op, ArrayAttr patterns, int group) {
    for (StringAttr text : patterns.getAsRange<StringAttr>()) {
      auto pattern = llvm::GlobPattern::create(text.getValue());
      if (!pattern) {
        result = complain(&op) << "pattern " << text << ": " << llvm::toString(pattern.takeError());
        continue;
      }
      bool any = false;
      for (const Stored &one : parameters)
        if (pattern->match(one.name)) {
          groupOf[one.name] = group;
          any = true;
        }
      if (!any) {
        InFlightDiagnostic error = complain(&op) << "pattern " << text << " matches no parameter; there are ";
        for (auto [i, one] : llvm::enumerate(parameters))
          error << (i ? ", " : "") << one.name;
        result = error;
      }
    }
  };
  auto lines = llvm::to_vector(train.getBody().getOps<OptimizeOp>());
  for (auto [i, optimize] : llvm::enumerate(lines)) {
    OptimizerGroup &group = groups.emplace_back();
    group.name = lines.size() == 1 ? "" : "group" + std::to_string(i);
    group.optimizer = prelude.find(model, optimize.getOptimizer());
    group.given = optimize.getScalars();
  }
  int next = 0;
  for (Operation &op : train.getBody().front()) {
    if (auto optimize = dyn_cast<OptimizeOp>(op))
      match(op, optimize.getParameters(), next++);
    else if (auto freeze = dyn_cast<FreezeOp>(op))
      match(op, freeze.getParameters(), -1);
  }
  for (auto [i, optimize] : llvm::enumerate(lines))
    if (succeeded(result) && llvm::none_of(groupOf, [&](const auto &one) { return one.second == (int)i; }))
      warn(optimize.getLoc())
          << "this line optimizes nothing: lines below it match all its parameters, and the last one "
          << "wins; move it below them, or leave it out";
  for (const Stored &one : parameters)
    if (!groupOf.count(one.name) && train->hasAttr("dl.incomplete"))
      groupOf[one.name] = -1; // a line that is wrong may be meant for it
    else if (!groupOf.count(one.name))
      result = complain(train) << "no `optimize` or `freeze` line covers '" << one.name << "'";
  return result;
}

/// Training steps of one parameter share the slots that they call by one name.
LogicalResult Flattener::rememberSlot(StringRef parameter, StringRef name, InitAttr init, Location loc) {
  auto [it, isNew] = slots.try_emplace({parameter.str(), name.str()}, init, loc);
  if (it->second.first == init)
    return success();
  InFlightDiagnostic error = complain(loc)
                             << "slot '" << name << "' of '" << parameter << "' starts from " << show(init)
                             << " here; training steps of one parameter share slots of one name: give "
                                "this one another name";
  error.attachNote(it->second.second) << "and from " << show(it->second.first) << " here";
  return error;
}

/// The rule that these ops are for each element, if they are element-wise: `ops` were written out for `tensors`, which are
/// weight, gradient and slots, and make `results`.
void Flattener::makeRule(OptimizerGroup &group, ArrayRef<Value> tensors, ArrayRef<Operation *> ops,
                         ArrayRef<Value> results) {
  auto isNumber = [](Value value) { return typeOf(value).getRank() == 0; };
  auto isWhole = [&](Value value) { return dimsOf(value) == dimsOf(tensors.front()); };
  SmallVector<Operation *> own;
  SetVector<Value> numbers;
  DenseSet<Value> used(results.begin(), results.end());
  for (Operation *op : ops) {
    if (llvm::all_of(op->getOperands(), isNumber) && llvm::all_of(op->getResults(), isNumber))
      continue;
    if (!op->hasTrait<Pointwise>() || !llvm::all_of(op->getResults(), isWhole))
      return;
    for (Value operand : op->getOperands())
      if (isNumber(operand))
        numbers.insert(operand);
      else if (!isWhole(operand))
        return;
    used.insert(op->operand_begin(), op->operand_end());
    own.push_back(op);
  }
  auto isConstant = [](Value value) { return value.getDefiningOp<ConstantOp>(); };
  SmallVector<Value> given = llvm::to_vector(llvm::make_filter_range(numbers, [&](Value n) { return !isConstant(n); }));
  Type element = typeOf(tensors.front()).getElementType();
  RuleOp &rule = rules[{group.optimizer, element}];
  SmallVector<unsigned> read = llvm::filter_to_vector(llvm::seq<unsigned>(0, tensors.size()),
                                                      [&](unsigned i) { return used.contains(tensors[i]); });
  group.rules[element] = {rule, read, given};
  if (rule)
    return;
  auto single = [](Value value) { return RankedTensorType::get({}, typeOf(value).getElementType()); };
  SmallVector<Attribute> types(results.size(), TypeAttr::get(RankedTensorType::get({}, element)));
  SmallVector<Location> lines = llvm::map_to_vector(own, [](Operation *op) { return unnamed(op->getLoc()); });
  std::string name = group.optimizer.getSymName().str() + ".rule";
  while (SymbolTable::lookupSymbolIn(model, name))
    name += "_";
  rule = RuleOp::create(at, FusedLoc::get(at.getContext(), lines), name, at.getArrayAttr(types));
  OpBuilder body(at.getContext());
  Block *block = body.createBlock(&rule.getBody());
  IRMapping map;
  for (unsigned i : read)
    map.map(tensors[i], block->addArgument(single(tensors[i]), group.optimizer.getBody().getArgument(i).getLoc()));
  for (Value value : given)
    map.map(value, block->addArgument(single(value), value.getLoc()));
  for (Value value : numbers)
    if (isConstant(value))
      body.clone(*value.getDefiningOp(), map);
  for (Operation *op : own)
    for (Value result : body.clone(*op, map)->getResults())
      result.setType(single(result));
  ReturnOp::create(body, rule.getLoc(), llvm::map_to_vector(results, [&](Value value) { return map.lookup(value); }));
  group.rules[element].op = rule;
}

/// The optimizer's body in this place, for one parameter: `tensors` are its weight, gradient and slots; the results are the
/// weight and the slots. Numbers that depend on scalars alone are computed in f64, as they are given, and rounded where they
/// meet a tensor: of 1 - 0.99999999, f32 would leave nothing.
FailureOr<SmallVector<Value>> Flattener::writtenOut(EntryBuilder &b, OptimizerGroup &group, const Stored &parameter,
                                                    ArrayRef<Value> tensors) {
  OptimizerOp optimizer = group.optimizer;
  Block &block = optimizer.getBody().front();
  Type element = parameter.type.getElementType();
  IRMapping map;
  DenseSet<Value> numbers;
  map.map(block.getArguments().take_front(tensors.size()), tensors);
  size_t next = tensors.size();
  Type f64 = at.getF64Type();
  for (auto [index, name, value] :
       llvm::enumerate(optimizer.getScalarNames().getAsRange<StringAttr>(), optimizer.getScalarDefaults())) {
    BlockArgument scalar = block.getArgument(next++);
    numbers.insert(scalar);
    std::string full = (group.name.empty() ? "" : group.name + ".") + name.str();
    Value &known = group.scalars[full];
    if (!known) {
      Type type = RankedTensorType::get({}, f64);
      Attribute given = group.given.get(name);
      Attribute number = given ? given : value;
      if (isa<FloatAttr>(number)) {
        SmallVector<NamedAttribute, 2> about{at.getNamedAttr("value", number)};
        if (StringRef range = rangeOf(optimizer, index); !range.empty())
          about.push_back(at.getNamedAttr("range", at.getStringAttr(range)));
        known = b.argument(type, scalar.getLoc(), full, "scalar", about);
      } else if (name == "step") {
        known = b.argument(type, scalar.getLoc(), full, "step");
      } else {
        return LogicalResult(complain(scalar.getLoc()) << "@" << optimizer.getSymName() << ": the scalar '"
                                                       << name.getValue() << "' needs a default (`%" << name.getValue()
                                                       << " = 1.0`); only %step is known without one");
      }
    }
    map.map(scalar, known);
  }
  auto constantOf = [&](ConstantOp op, Type own) -> Value {
    auto type = makeTensor(dimsOf(op.getResult()), own);
    return ConstantOp::create(b.builder, op.getLoc(), type, ShapeAttr::get(type), op.getValue());
  };
  auto isFloat = [](Value value) { return isa<FloatType>(typeOf(value).getElementType()); };
  // A number as a tensor of `type` meets it.
  auto rounded = [&](Value value, Type type) -> Value {
    Value own = map.lookup(value);
    if (!numbers.contains(value) || !isFloat(own))
      return own;
    Value &known = group.numbers[{value, type}];
    if (!known) {
      auto constant = value.getDefiningOp<ConstantOp>();
      known = constant ? constantOf(constant, type) : Ops(b.builder, unnamed(own.getLoc())).cast(own, type);
    }
    return known;
  };
  for (Operation &op : block.without_terminator()) {
    if (isa<DropoutOp, DrawingOpInterface>(op))
      return LogicalResult(
          complain(&op) << op.getName().stripDialect()
                        << ": an optimizer draws no random numbers; expected ops that compute with the "
                           "weight, the gradient, slots and scalars");
    bool isNumber = llvm::all_of(op.getOperands(), [&](Value operand) { return numbers.contains(operand); });
    if (auto constant = dyn_cast<ConstantOp>(op))
      isNumber = typeOf(constant.getResult()).getRank() == 0;
    if (isNumber) {
      numbers.insert(op.result_begin(), op.result_end());
      if (Value known = group.numbers.lookup({op.getResult(0), Type()})) {
        map.map(op.getResult(0), known);
        continue;
      }
    }
    if (auto constant = dyn_cast<ConstantOp>(op)) {
      auto type = typeOf(constant.getResult());
      Type own = !isFloat(constant.getResult()) ? type.getElementType() : isNumber ? f64 : element;
      map.map(constant.getResult(), constantOf(constant, own));
    } else {
      Type met = element;
      for (Value operand : op.getOperands())
        if (!numbers.contains(operand) && isFloat(map.lookup(operand)))
          met = typeOf(map.lookup(operand)).getElementType();
      OperationState state(op.getLoc(), op.getName());
      for (Value operand : op.getOperands())
        state.operands.push_back(isNumber ? map.lookup(operand) : rounded(operand, met));
      NamedAttrList attributes(op.getAttrDictionary());
      if (auto type = dyn_cast_or_null<TypeAttr>(attributes.get("type")); type && type.getValue().isF32())
        attributes.set("type", TypeAttr::get(isNumber ? f64 : element));
      state.attributes = attributes;
      Operation *copy = createInferred(b.builder, state);
      if (failed(copy->getName().verifyInvariants(copy)))
        return failure();
      map.map(op.getResults(), copy->getResults());
    }
    if (isNumber)
      group.numbers[{op.getResult(0), Type()}] = map.lookup(op.getResult(0));
  }
  SmallVector<Value> results =
      llvm::map_to_vector(block.getTerminator()->getOperands(), [&](Value value) { return rounded(value, element); });
  if (results.size() != 1 + optimizer.getSlots().size())
    return LogicalResult(complain(block.getTerminator())
                         << "@" << optimizer.getSymName() << " returns the weight, then its "
                         << optimizer.getSlots().size() << " slots; found " << results.size() << " values");
  for (Value result : results)
    if (result.getType() != parameter.type)
      return LogicalResult(complain(block.getTerminator())
                           << "@" << optimizer.getSymName() << " returns " << show(result) << " for '" << parameter.name
                           << "', which is " << show(parameter.type));
  return results;
}

/// The optimizer for one parameter; its results are the weight and the slots. For the first one it is written out, so that all is
/// said that is wrong with it; a rule that this shows is for all others, too.
FailureOr<SmallVector<Value>> Flattener::update(EntryBuilder &b, OptimizerGroup &group, const Stored &parameter,
                                                Value gradient) {
  OptimizerOp optimizer = group.optimizer;
  Type element = parameter.type.getElementType();
  SmallVector<Value> tensors{parameter.value, gradient};
  for (auto [slot, init] :
       llvm::zip(optimizer.getBody().getArguments().drop_front(2), optimizer.getSlots().getAsRange<InitAttr>())) {
    std::string own = nameOf(slot.getLoc());
    if (failed(rememberSlot(parameter.name, own, init, slot.getLoc())))
      return failure();
    Value argument = b.body.addArgument(parameter.type, named(unnamed(slot.getLoc()), parameter.name + "." + own));
    b.describe(argument, "slot", at.getStringAttr(own),
               {at.getNamedAttr("of", at.getStringAttr(parameter.name)), at.getNamedAttr("init", init),
                at.getNamedAttr("group", at.getStringAttr(group.name))});
    tensors.push_back(argument);
  }
  auto mapped = [&](OptimizerGroup::Rule &rule) {
    SmallVector<Value> operands = llvm::map_to_vector(rule.read, [&](unsigned i) { return tensors[i]; });
    llvm::append_range(operands, rule.numbers);
    SmallVector<Type> types(tensors.size() - 1, parameter.type);
    SmallVector<std::string> names;
    for (Value result : rule.op.getBody().front().getTerminator()->getOperands())
      names.push_back(nameOf(result).empty() ? "_" : nameOf(result));
    Location loc = named(rule.op.getLoc(), llvm::join(names, " "));
    auto results = MapOp::create(b.builder, loc, types, rule.op.getSymName(), operands).getResults();
    return llvm::to_vector_of<Value>(results);
  };
  bool isTensor = parameter.type.getRank() > 0; // what is made of numbers alone is no tensor
  if (auto rule = group.rules.find(element); isTensor && rule != group.rules.end())
    return mapped(rule->second);
  Operation *before = b.body.empty() ? nullptr : &b.body.back();
  auto results = writtenOut(b, group, parameter, tensors);
  bool areApart = DenseSet<Value>(tensors.begin(), tensors.end()).size() == tensors.size(); // no gradient is its weight
  if (failed(results) || !isTensor || !areApart)
    return results;
  SmallVector<Operation *> ops = llvm::to_vector(llvm::make_pointer_range(
      llvm::make_range(before ? std::next(before->getIterator()) : b.body.begin(), b.body.end())));
  makeRule(group, tensors, ops, *results);
  auto rule = group.rules.find(element);
  if (rule == group.rules.end())
    return results;
  results = mapped(rule->second);
  for (Operation *op : llvm::reverse(ops)) // but for numbers
    if (op->use_empty() && typeOf(op->getResult(0)).getRank() > 0)
      op->erase();
  return results;
}

/// The line that divides a batch into several parts; null where it is one.
FailureOr<AccumulateOp> Flattener::accumulation(TrainOp train) {
  constexpr int64_t most = 1 << 14;
  auto lines = llvm::to_vector(train.getBody().getOps<AccumulateOp>());
  if (lines.empty())
    return AccumulateOp();
  if (lines.size() > 1) {
    InFlightDiagnostic error = complain(lines[1]) << "a step has one `accumulate`; leave this one out";
    error.attachNote(lines[0].getLoc()) << "and this one";
    return LogicalResult(error);
  }
  int64_t count = lines[0].getCount().number(Inliner(model, functions, at, options.sizes, nullptr).sizes());
  if (count < 1 || count > most)
    return LogicalResult(complain(lines[0])
                         << "accumulate: expected 1 to " << most << " parts of a batch, found "
                         << (ShapedType::isDynamic(count) ? show(lines[0].getCount()) : std::to_string(count)));
  return count > 1 ? lines[0] : AccumulateOp();
}

LogicalResult Flattener::apply(TrainOp train, EntryBuilder &b, ArrayRef<Stored> parameters, ArrayRef<Value> given) {
  SmallVector<Value> gradients(given);
  auto clips = llvm::to_vector(train.getBody().getOps<ClipNormOp>());
  if (!clips.empty() && !gradients.empty()) {
    ClipNormOp clip = clips.back();
    Ops ops(b.builder, clip.getLoc());
    SmallVector<Value> sums;
    for (Value gradient : gradients) {
      SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(0, typeOf(gradient).getRank()));
      Value square = ops.mul(gradient, gradient), sum = axes.empty() ? square : ops.sum(square, axes);
      sums.push_back(sums.empty() ? sum : ops.cast(sum, typeOf(sums[0]).getElementType()));
    }
    // Added up in pairs, so that many parameters lose no digits.
    for (; sums.size() > 1; sums.resize((sums.size() + 1) / 2))
      for (size_t i = 0; i < sums.size(); i += 2)
        sums[i / 2] = i + 1 < sums.size() ? ops.add(sums[i], sums[i + 1]) : sums[i];
    // As PyTorch's clip_grad_norm_: limit / (norm + 1e-6), at most 1.
    Value norm = ops.add(ops.unary("sqrt", sums[0]), 1e-6);
    Value scale = ops.binary("min", ops.div(clip.getLimit().convertToDouble(), norm), ops.number(1, norm));
    for (Value &gradient : gradients)
      gradient = ops.mul(gradient, ops.cast(scale, typeOf(gradient).getElementType()));
  }
  for (auto [parameter, gradient] : llvm::zip(parameters, gradients)) {
    OptimizerGroup &group = groups[groupOf.lookup(parameter.name)];
    auto results = update(b, group, parameter, gradient);
    if (failed(results))
      return failure();
    b.result((*results)[0], "update", parameter.name);
    for (auto [i, slot] : llvm::enumerate(ArrayRef<Value>(*results).drop_front()))
      b.result(slot, "update", nameOf(group.optimizer.getBody().getArgument(2 + i).getLoc()),
               {at.getNamedAttr("of", at.getStringAttr(parameter.name))});
  }
  return success();
}

LogicalResult Flattener::train(TrainOp train, Part part) {
  FuncOp function = functions.lookup(train.getLoss());
  std::string name = train.getSymName().str() + (part == Part::Gradients ? ".gradients"
                                                 : part == Part::Apply   ? ".apply"
                                                                         : "");
  StringRef kind = part == Part::Whole ? "train" : part == Part::Gradients ? "gradients" : "apply";
  EntryBuilder whole(model, name, kind, train.getLoc());
  Inliner inliner(model, functions, whole.builder, options.sizes, &whole.body);
  FailureOr<SmallVector<Value>> results = SmallVector<Value>();
  std::vector<Stored> &parameters = parametersOf[train];
  if (part != Part::Apply) { // which has no use for the loss
    results = body(function, whole, inliner, /*training=*/true, /*remembers=*/true);
    if (failed(results))
      return failure();
    parameters.clear();
    llvm::copy_if(inliner.parameters, std::back_inserter(parameters),
                  [](const Stored &one) { return one.kind == Stored::Parameter; });
  }
  LogicalResult good = assignGroups(train, parameters);
  if (failed(good) && groups.empty())
    return failure();
  SmallVector<Stored> trained;
  for (const Stored &one : parameters)
    if (groupOf.lookup(one.name) >= 0)
      trained.push_back(one);
  for (const Stored &one : trained)
    if (!isa<FloatType>(one.type.getElementType()))
      return complain(one.loc) << "'" << one.name << "' is " << show(one.type)
                               << ": only floats can be trained; `freeze` it";

  if (part == Part::Apply) {
    EntryBuilder b(model, name, kind, train.getLoc());
    SmallVector<Value> gradients;
    for (Stored &one : trained)
      gradients.push_back(b.input("gradient." + one.name, one.type, one.loc));
    for (Stored &one : trained)
      one.value = b.argument(one.type, one.loc, one.name, "parameter", {at.getNamedAttr("init", one.init)});
    if (failed(apply(train, b, trained, gradients)))
      return failure();
    return b.create(at);
  }
  auto accumulates = accumulation(train);
  if (failed(accumulates))
    return failure();
  AccumulateOp line = *accumulates;
  if (line)
    whole.parts = line.getCount().number(inliner.sizes());
  if (part == Part::Whole)
    warnOfUntrained(train, results->front(), trained);
  SmallVector<Value> operands{results->front()};
  SmallVector<Type> types;
  for (const Stored &one : trained) {
    operands.push_back(one.value);
    types.push_back(one.type);
  }
  SmallVector<Value> gradients;
  if (!trained.empty()) {
    auto gradient = GradientOp::create(whole.builder, train.getLoc(), types, operands);
    gradients = llvm::to_vector(ValueRange(gradient.getResults()));
    if (line) {
      auto total = TotalOp::create(whole.builder, line.getLoc(), types, gradients);
      gradients = llvm::to_vector(ValueRange(total.getResults()));
    }
  }
  for (auto [i, value] : llvm::enumerate(*results))
    whole.result(value, "output", outputName(function, i));
  if (part == Part::Whole)
    whole.updates(inliner.parameters);
  if (part == Part::Gradients) {
    for (auto [one, gradient] : llvm::zip(trained, gradients))
      whole.result(gradient, "output", "gradient." + one.name);
  } else if (failed(apply(train, whole, trained, gradients))) {
    return failure();
  }
  // Where groups are wrong too: so that gradients are checked.
  return failed(whole.create(at)) ? LogicalResult(failure()) : good;
}
