// Flatten.cpp - entry points and training steps as flat, pure functions.
// SPDX-License-Identifier: Apache-2.0
//
//   train @t minimizes @loss   =>   entry train @t, entry gradients @t.gradients, entry apply @t.apply
//
// Gradients are left to one op, `gradient`, for the next level. An optimizer whose ops are element-wise becomes a rule for one
// element, which a `map` names for each parameter; any other is written out for each.
#include "compiler/graph/Flatten.h"
#include "compiler/graph/Extents.h"
#include "dialects/dl/Ports.h"
#include "dialects/dl/Program.h"
#include "dialects/nn/NN.h"
#include "runtime/abi.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/GlobPattern.h"

using namespace mlir;
using namespace dlc;

namespace {
/// One `optimize` line, as it applies to this model.
struct Group {
  std::string name; ///< "" if it is the only one
  OptimizerOp optimizer;
  DictionaryAttr given; ///< scalars set by the line
  llvm::StringMap<Value> scalars;
  /// What its optimizer makes of scalars alone, and that rounded to a type: the same for all parameters.
  DenseMap<std::pair<Value, Type>, Value> numbers;
  /// The optimizer for one element of a type: which of weight, gradient and slots it reads, and the numbers beside them.
  struct Rule {
    RuleOp op;
    SmallVector<unsigned> read;
    SmallVector<Value> numbers;
  };
  DenseMap<Type, Rule> rules;
};

/// A library gives names as C strings, and one without characters as none.
static LogicalResult checkName(const Twine &what, StringRef name, Location loc) {
  if (name.empty())
    return complain(loc) << what << " has no name; expected at least one character between the quotes";
  if (name.contains('\0'))
    return complain(loc) << what << " has a name with the character NUL in it, which no name of a library can hold";
  return success();
}

/// Builds one entry point: arguments in the order inputs, stored tensors, scalars, step, random.
class EntryBuilder {
public:
  EntryBuilder(ModelOp model, StringRef name, StringRef kind, Location loc)
      : builder(model.getContext()), owned(new Block), body(*owned), context(model.getContext()), name(name),
        kind(kind), loc(loc) {
    builder.setInsertionPointToEnd(&body);
  }
  Value input(StringRef inputName, Type type, Location at) { return argument(type, at, inputName, "input"); }
  Value argument(Type type, Location at, StringRef label, StringRef kindName, ArrayRef<NamedAttribute> more = {}) {
    Value value = body.addArgument(type, named(unnamed(at), label));
    describe(value, kindName, builder.getStringAttr(label), more);
    return value;
  }
  void describe(Value value, StringRef kindName, Attribute label, ArrayRef<NamedAttribute> more = {}) {
    attributes[value] = dictionary(kindName, label, more);
  }
  void result(Value value, StringRef kindName, StringRef label, ArrayRef<NamedAttribute> more = {}) {
    results.push_back(value);
    resultAttrs.push_back(dictionary(kindName, builder.getStringAttr(label), more));
  }
  /// Refuses what a library cannot describe (runtime/abi.h).
  LogicalResult check() {
    LogicalResult right = checkName("this entry point", name, loc);
    auto look = [&](Value value, DictionaryAttr attrs) {
      for (StringRef key : {"input", "output", "parameter", "buffer", "session"}) {
        auto label = attrs.getAs<StringAttr>(key);
        auto tensor = dyn_cast<RankedTensorType>(value.getType());
        if (!label)
          continue;
        if (failed(checkName("this " + key.str(), label, value.getLoc())))
          right = failure();
        if (tensor && tensor.getRank() > DLC_MAX_RANK)
          right = complain(value.getLoc()) << key << " '" << label.getValue() << "': expected at most " << DLC_MAX_RANK
                                           << " axes, found " << tensor.getRank() << ", " << show(value);
      }
    };
    for (BlockArgument argument : body.getArguments())
      look(argument, attributes.lookup(argument));
    for (auto [value, attrs] : llvm::zip(results, resultAttrs))
      look(value, cast<DictionaryAttr>(attrs));
    return right;
  }
  LogicalResult create(OpBuilder &at) {
    if (failed(check()))
      return failure();
    ReturnOp::create(builder, loc, results);
    SmallVector<Attribute> argAttrs, types;
    for (BlockArgument argument : body.getArguments())
      argAttrs.push_back(attributes.lookup(argument));
    for (Value value : results)
      types.push_back(TypeAttr::get(value.getType()));
    auto entry = EntryOp::create(at, loc, name, kind, at.getArrayAttr(argAttrs), at.getArrayAttr(resultAttrs),
                                 at.getArrayAttr(types));
    if (parts > 1)
      entry->setAttr("dl.accumulate", at.getI64IntegerAttr(parts));
    entry.getBody().push_back(owned.release());
    return success();
  }

  OpBuilder builder;

private:
  std::unique_ptr<Block> owned; ///< until the entry has it

public:
  Block &body;
  int64_t parts = 1; ///< of a batch, whose gradients are added up

private:
  DictionaryAttr dictionary(StringRef kindName, Attribute label, ArrayRef<NamedAttribute> more) {
    NamedAttrList list;
    list.set(kindName, label);
    for (NamedAttribute one : more)
      list.set(one.getName(), one.getValue());
    return list.getDictionary(context);
  }

  MLIRContext *context;
  std::string name, kind;
  Location loc;
  DenseMap<Value, DictionaryAttr> attributes;
  SmallVector<Value> results;
  SmallVector<Attribute> resultAttrs;
};

class Flattener {
public:
  Flattener(ModelOp model, const CompileOptions &options, bool isPart)
      : model(model), options(options), isPart(isPart), prelude(model.getContext()), at(model.getContext()) {}
  LogicalResult run();

private:
  enum class Part { Whole, Gradients, Apply };
  LogicalResult entry(FuncOp function);
  LogicalResult train(TrainOp train, Part part);
  FailureOr<SmallVector<Value>> inputs(FuncOp function, EntryBuilder &b);
  FailureOr<SmallVector<Value>> body(FuncOp function, EntryBuilder &b, Inliner &inliner, bool training, bool remembers);
  FailureOr<AccumulateOp> accumulation(TrainOp train);
  LogicalResult assignGroups(TrainOp train, ArrayRef<Stored> parameters);
  LogicalResult apply(TrainOp train, EntryBuilder &b, ArrayRef<Stored> parameters, ArrayRef<Value> gradients);
  FailureOr<SmallVector<Value>> update(EntryBuilder &b, Group &group, const Stored &parameter, Value gradient);
  void makeRule(Group &group, ArrayRef<Value> tensors, ArrayRef<Operation *> ops, ArrayRef<Value> results);
  LogicalResult remember(ArrayRef<Stored> parameters, ArrayRef<Value> results);
  LogicalResult findCapacities(const Sizes &sizes);
  LogicalResult rememberSlot(StringRef parameter, StringRef name, InitAttr init, Location loc);
  LogicalResult countOps();
  std::string outputName(FuncOp function, size_t i);

  ModelOp model;
  const CompileOptions &options;
  bool isPart;
  Prelude prelude;
  OpBuilder at;
  Inliner::Functions functions;
  std::vector<Group> groups;
  DenseMap<std::pair<Operation *, Type>, RuleOp> rules;    ///< by optimizer and type of elements
  DenseMap<Operation *, std::vector<Stored>> parametersOf; ///< what a training step trains, or freezes
  llvm::StringMap<int> groupOf;                            ///< of a parameter; -1: frozen
  std::map<std::string, Stored> all;                       ///< every parameter of the model
  llvm::StringSet<> read;                                  ///< those that some entry point reads
  std::map<std::pair<std::string, std::string>, std::pair<InitAttr, Location>> slots; ///< by parameter and name
};
} // namespace

std::string Flattener::outputName(FuncOp function, size_t i) {
  StringRef own = cast<StringAttr>(function.getResultNames()[i]).getValue();
  return own.empty() ? function.getResultNames().size() == 1 ? "result" : "result" + std::to_string(i) : own.str();
}

/// One name is one tensor, in all entry points.
LogicalResult Flattener::remember(ArrayRef<Stored> parameters, ArrayRef<Value> results) {
  LogicalResult result = success();
  for (const Stored &one : parameters) {
    if (!one.value.use_empty() || llvm::is_contained(results, one.value) || one.kind != Stored::Parameter)
      read.insert(one.name);
    auto [it, isNew] = all.try_emplace(one.name, one);
    for (StringRef taken : {"optimizer.", "session."})
      if (isNew && StringRef(one.name).starts_with(taken))
        result = complain(one.loc) << "a parameter cannot be called '" << one.name << "': in a checkpoint, names that "
                                   << "begin with '" << taken << "' are those of "
                                   << (taken == "session." ? "session state" : "optimizer slots")
                                   << "; give it, or the scope, another name";
    if (it->second.kind != one.kind) {
      InFlightDiagnostic error = complain(one.loc) << "'" << one.name << "' is a " << textOf(one.kind)
                                                   << " here; one name is one of the two";
      error.attachNote(it->second.loc) << "and a " << textOf(it->second.kind) << " here";
      result = failure();
      continue;
    }
    if (isNew || (it->second.type == one.type && it->second.init == one.init))
      continue;
    InFlightDiagnostic error = complain(one.loc)
                               << "'" << one.name << "' is " << show(one.type) << " = " << show(one.init)
                               << " here; one parameter has one shape and one initialiser";
    error.attachNote(it->second.loc) << "and " << show(it->second.type) << " = " << show(it->second.init) << " here";
    result = failure();
  }
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

FailureOr<SmallVector<Value>> Flattener::inputs(FuncOp function, EntryBuilder &b) {
  Inliner sizes(model, functions, at, options.sizes, nullptr);
  if (failed(checkConcrete(function, sizes.sizes())))
    return failure();
  SmallVector<Value> values;
  for (auto [argument, name, shape] :
       llvm::zip(function.getBody().getArguments(), function.getArgNames().getAsRange<StringAttr>(),
                 function.getArgShapes().getAsRange<ShapeAttr>()))
    values.push_back(b.input(name, shape.evaluate(sizes.sizes()), argument.getLoc()));
  return values;
}

FailureOr<SmallVector<Value>> Flattener::body(FuncOp function, EntryBuilder &b, Inliner &inliner, bool training,
                                              bool remembers) {
  auto arguments = inputs(function, b);
  if (failed(arguments))
    return failure();
  auto results = inliner.run(function, *arguments, training, remembers);
  if (failed(results) || failed(remember(inliner.parameters, *results)))
    return failure();
  for (const Stored &one : inliner.parameters)
    b.describe(one.value, storedKinds[one.kind], at.getStringAttr(one.name), {at.getNamedAttr("init", one.init)});
  if (inliner.random)
    b.describe(inliner.random, "random", at.getUnitAttr());
  return results;
}

static void describeUpdates(EntryBuilder &b, ArrayRef<Stored> stored) {
  for (const Stored &one : stored)
    if (one.next)
      b.result(one.next, "update", one.name);
}

LogicalResult Flattener::entry(FuncOp function) {
  bool session = function.getSession();
  EntryBuilder b(model, function.getSymName(), session ? "session" : "function", function.getLoc());
  Inliner inliner(model, functions, b.builder, options.sizes, &b.body);
  auto results = body(function, b, inliner, /*training=*/false, /*remembers=*/session);
  if (failed(results))
    return failure();
  if (session && llvm::none_of(inliner.parameters, [](const Stored &one) { return one.kind == Stored::Session; }))
    warn(function.getLoc())
        << "session @" << function.getSymName()
        << " remembers nothing: no `state session` and no `stateful` layer is in what it calls; write `func`";
  for (auto [i, value] : llvm::enumerate(*results))
    b.result(value, "output", outputName(function, i));
  describeUpdates(b, inliner.parameters);
  return b.create(at);
}

/// Layers, parameters and calls that nothing which is returned depends on: written, and forgotten.
static void warnOfUnused(FuncOp function) {
  Block &block = function.getBody().front();
  DenseSet<Operation *> used;
  for (Operation &op : llvm::reverse(block)) {
    if (!op.hasTrait<OpTrait::IsTerminator>() && !used.contains(&op)) {
      StringRef name = op.getName().getStringRef();
      name.consume_front("dl.");
      if (isa<nn::LayerOpInterface, ParamOp, CallOp>(op))
        warn(op.getLoc()) << "nothing that @" << function.getSymName() << " returns depends on this `" << name
                          << "`; use its result, or leave it out";
      continue;
    }
    op.walk([&](Operation *inner) {
      for (Value operand : inner->getOperands())
        used.insert(operand.getDefiningOp());
    });
  }
}

//===--- Training ---------------------------------------------------------------------------------------===//

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
    Group &group = groups.emplace_back();
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

/// The rule that these ops are for each element, if they are element-wise: `ops` were written out for `tensors`, which are
/// weight, gradient and slots, and make `results`.
void Flattener::makeRule(Group &group, ArrayRef<Value> tensors, ArrayRef<Operation *> ops, ArrayRef<Value> results) {
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

/// The optimizer for one parameter; its results are the weight and the slots. For the first one its body is written out in this
/// place, so that all is said that is wrong with it. Numbers that depend on scalars alone are computed in f64, as they are given, and rounded where they meet a tensor: of 1 - 0.99999999,
/// f32 would leave nothing.
FailureOr<SmallVector<Value>> Flattener::update(EntryBuilder &b, Group &group, const Stored &parameter,
                                                Value gradient) {
  OptimizerOp optimizer = group.optimizer;
  Block &block = optimizer.getBody().front();
  Type element = parameter.type.getElementType();
  IRMapping map;
  DenseSet<Value> numbers;
  SmallVector<Value> tensors{parameter.value, gradient};
  size_t next = 2;
  for (InitAttr init : optimizer.getSlots().getAsRange<InitAttr>()) {
    BlockArgument slot = block.getArgument(next++);
    std::string own = nameOf(slot.getLoc());
    if (failed(rememberSlot(parameter.name, own, init, slot.getLoc())))
      return failure();
    Value argument = b.body.addArgument(parameter.type, named(unnamed(slot.getLoc()), parameter.name + "." + own));
    b.describe(argument, "slot", at.getStringAttr(own),
               {at.getNamedAttr("of", at.getStringAttr(parameter.name)), at.getNamedAttr("init", init),
                at.getNamedAttr("group", at.getStringAttr(group.name))});
    tensors.push_back(argument);
  }
  bool isMapped = parameter.type.getRank() > 0; // what is made of numbers alone is no tensor
  auto mapped = [&](Group::Rule &rule) {
    SmallVector<Value> operands = llvm::map_to_vector(rule.read, [&](unsigned i) { return tensors[i]; });
    llvm::append_range(operands, rule.numbers);
    SmallVector<Type> types(1 + optimizer.getSlots().size(), parameter.type);
    SmallVector<std::string> names;
    for (Value result : rule.op.getBody().front().getTerminator()->getOperands())
      names.push_back(nameOf(result).empty() ? "_" : nameOf(result));
    Location loc = named(rule.op.getLoc(), llvm::join(names, " "));
    auto results = MapOp::create(b.builder, loc, types, rule.op.getSymName(), operands).getResults();
    return llvm::to_vector_of<Value>(results);
  };
  if (auto rule = group.rules.find(element); isMapped && rule != group.rules.end())
    return mapped(rule->second);
  map.map(block.getArguments().take_front(tensors.size()), tensors);
  Operation *before = b.body.empty() ? nullptr : &b.body.back();
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
  bool areApart = DenseSet<Value>(tensors.begin(), tensors.end()).size() == tensors.size(); // no gradient is its weight
  if (!isMapped || !areApart)
    return results;
  SmallVector<Operation *> ops = llvm::to_vector(llvm::make_pointer_range(
      llvm::make_range(before ? std::next(before->getIterator()) : b.body.begin(), b.body.end())));
  makeRule(group, tensors, ops, results);
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
    Group &group = groups[groupOf.lookup(parameter.name)];
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
    describeUpdates(whole, inliner.parameters);
  if (part == Part::Gradients) {
    for (auto [one, gradient] : llvm::zip(trained, gradients))
      whole.result(gradient, "output", "gradient." + one.name);
  } else if (failed(apply(train, whole, trained, gradients))) {
    return failure();
  }
  // Where groups are wrong too: so that gradients are checked.
  return failed(whole.create(at)) ? LogicalResult(failure()) : good;
}

//===--- The model --------------------------------------------------------------------------------------===//

/// Calls are inlined: functions that each call the one above twice double the ops with every one of them. What would
/// come of it is counted before it is made.
LogicalResult Flattener::countOps() {
  constexpr int64_t most = 1 << 17,
                    deepest = 256; // places keep the calls that led to an op, and are walked recursively
  struct Count {
    int64_t ops = 0, depth = 0;
    Operation *largest = nullptr; ///< the call that brings in most of them
    int64_t of = -1;
  };
  llvm::StringMap<Count> counts;
  Sizes sizes = Inliner(model, functions, at, options.sizes, nullptr).sizes();
  // Of a count that is not known yet, as of one that is out of range, other messages tell.
  auto numberOf = [&](SizeAttr size) { return std::clamp<int64_t>(size.number(sizes), 1, most + 1); };
  // How often an op is written out: a scan with a scope writes each of its rounds.
  auto timesOf = [&](Operation *op) {
    int64_t times = 1;
    for (auto scan = op->getParentOfType<ScanOp>(); scan; scan = scan->getParentOfType<ScanOp>())
      if (scan.getScope() && scan.getCount())
        times = std::min(times * numberOf(*scan.getCount()), most + 1);
    return times;
  };
  for (auto function : model.getBody().getOps<FuncOp>()) { // what is called stands above
    Count own;
    LogicalResult good = success();
    function.getBody().walk([&](Operation *op) {
      int64_t times = timesOf(op);
      own.ops += times;
      auto call = dyn_cast<CallOp>(op);
      auto stack = dyn_cast<StackOp>(op);
      if (!call && !stack)
        return;
      FlatSymbolRefAttr name = call ? call.getCalleeAttr() : stack.getCalleeAttr();
      auto callee = counts.find(name.getValue());
      if (callee == counts.end()) {
        good = complain(op) << "@" << name.getValue()
                            << " does not stand above this line; define a function before it is called";
        return;
      }
      int64_t ops = std::min(callee->second.ops, most + 1) * (stack ? numberOf(stack.getCount()) : 1);
      own.ops += std::min(ops, most + 1) * times;
      own.depth = std::max(own.depth, callee->second.depth + 1);
      if (ops > own.of) {
        own.of = ops;
        own.largest = op;
      }
    });
    if (failed(good))
      return failure();
    if (own.ops > most && own.largest) {
      InFlightDiagnostic error = complain(function) << "@" << function.getSymName() << " becomes " << own.ops
                                                    << " ops where its calls are inlined; expected at most " << most
                                                    << ": call fewer functions, or each less often";
      int notes = 0;
      for (Operation *call = own.largest; call && notes++ < 20;) {
        StringRef callee = call->getAttrOfType<FlatSymbolRefAttr>("callee").getValue();
        error.attachNote(call->getLoc()) << "@" << callee << " is " << counts[callee].ops
                                         << " of them each time it is called";
        call = counts[callee].largest;
      }
      return error;
    }
    if (own.depth > deepest)
      return complain(function) << "@" << function.getSymName() << " calls functions that call others, " << own.depth
                                << " deep; expected at most " << deepest;
    counts[function.getSymName()] = own;
  }
  return success();
}

/// The capacities of open sizes become numbers.
LogicalResult Flattener::findCapacities(const Sizes &sizes) {
  LogicalResult result = success();
  for (const auto &[name, capacities] : options.open)
    if (!llvm::is_contained(model.getOpenNames(), at.getStringAttr(name))) {
      InFlightDiagnostic error = complain(model) << "--open " << name << "=...: @" << model.getSymName()
                                                 << " has no open size of that name; it has `batch` (--batch)";
      for (StringAttr known : model.getOpenNames().getAsRange<StringAttr>())
        error << ", " << known.getValue();
      result = error;
    }
  SmallVector<Attribute> numbers;
  for (auto [name, size] :
       llvm::zip(model.getOpenNames().getAsRange<StringAttr>(), model.getOpenSizes().getAsRange<SizeAttr>())) {
    auto given = options.sizes.find(name.str());
    Dim capacity = given != options.sizes.end() ? Dim(given->second) : size.evaluate(sizes);
    if (!capacity.isNumber() || capacity.value < 1 || capacity.value > largestBatch)
      result = complain(model) << "the capacity of '" << name.getValue() << "': expected a number from 1 to "
                               << largestBatch << ", found " << show(capacity);
    numbers.push_back(SizeAttr::get(model.getContext(), capacity));
  }
  if (succeeded(result))
    model.setOpenSizesAttr(at.getArrayAttr(numbers));
  return result;
}

LogicalResult Flattener::run() {
  LogicalResult result = success();
  for (const auto &[name, value] : options.sizes) {
    if (llvm::is_contained(model.getOpenNames(), at.getStringAttr(name))) // its capacity
      continue;
    if (!llvm::is_contained(model.getSizeNames(), at.getStringAttr(name))) {
      InFlightDiagnostic error = complain(model) << "--size " << name << "=" << value << ": @" << model.getSymName()
                                                 << " has no such size; ";
      if (model.getSizeNames().empty())
        error << "it has none";
      else
        for (auto [i, known] : llvm::enumerate(model.getSizeNames().getAsRange<StringAttr>()))
          error << (i ? ", " : "it has ") << known.getValue();
      result = error;
    } else if (value < 1) {
      result = complain(model) << "--size " << name << "=" << value << ": expected at least 1";
    }
  }
  if (failed(result))
    return failure();
  for (auto function : model.getBody().getOps<FuncOp>())
    functions[function.getSymName()] = function;
  if (failed(countOps()))
    return failure();
  Inliner sizes(model, functions, at, options.sizes, nullptr);
  if (failed(findCapacities(sizes.sizes())))
    result = failure();
  for (StringAttr name : model.getSizeNames().getAsRange<StringAttr>())
    if (!sizes.sizes().lookup(name).isNumber())
      result = complain(model) << "the size '" << name.getValue() << "' has no default; say --size " << name.getValue()
                               << "=...";
  if (failed(result))
    return failure();
  result = checkName("this model", model.getSymName(), model.getLoc());

  Block &old = model.getBody().front();
  auto items = llvm::to_vector(llvm::make_pointer_range(old));
  at.setInsertionPointToEnd(&old);
  bool any = false;
  for (Operation *item : items) {
    if (auto function = dyn_cast<FuncOp>(item); function && function.getSymVisibility() != "private") {
      any = true;
      if (failed(entry(function)))
        result = failure();
    }
    if (auto step = dyn_cast<TrainOp>(item)) {
      any = true;
      for (Part part : {Part::Whole, Part::Gradients, Part::Apply})
        if (failed(train(step, part))) {
          result = failure();
          break;
        }
    }
  }
  if (!any && !isPart)
    result = complain(model) << "@" << model.getSymName()
                             << " has no entry point; expected a `func` that is not private, or a `train`";
  if (succeeded(result) && !isPart)
    for (auto one : model.getBody().getOps<EntryOp>())
      if (failed(checkExtents(one)))
        result = failure();
  if (succeeded(result) && !isPart) {
    for (const auto &[name, one] : all)
      if (!read.contains(name))
        result = complainOfUnread(one.loc, name);
  } else if (!isPart) { // what could not be flattened may read some of them
    llvm::StringMap<int> declared;
    model.walk([&](ParamOp param) { ++declared[param.getName()]; });
    model.walk([&](ParamOp param) {
      if (param->use_empty() && declared.lookup(param.getName()) == 1)
        (void)complainOfUnread(param.getLoc(), param.getName());
    });
  }
  if (failed(result))
    return failure();
  if (!isPart)
    for (Operation *item : items)
      if (auto function = dyn_cast<FuncOp>(item))
        warnOfUnused(function);
  for (Operation *item : llvm::reverse(items))
    item->erase();
  model.setSizeNamesAttr(at.getArrayAttr({}));
  model.setSizeValuesAttr(at.getArrayAttr({}));
  return success();
}

LogicalResult dlc::checkConcrete(FuncOp function, const Sizes &sizes) {
  LogicalResult good = success();
  for (auto [argument, name, shape] :
       llvm::zip(function.getBody().getArguments(), function.getArgNames().getAsRange<StringAttr>(),
                 function.getArgShapes().getAsRange<ShapeAttr>()))
    for (auto [dim, size] : llvm::zip(dimsOf(shape.evaluate(sizes)), shape.getSizes()))
      if (dim.isUnknown() && !size.getNames().empty() && llvm::all_of(size.getNames(), [&](Attribute one) {
            return isa<StringAttr>(one) && sizes.contains(cast<StringAttr>(one));
          }))
        good = complain(argument.getLoc())
               << "argument %" << name.getValue() << " of @" << function.getSymName() << ": size '" << show(size)
               << "' is no number of 64 bits; expected smaller sizes, and no division by 0";
      else if (dim.isNumber() && dim.value < 0 && !size.getNames().empty()) // a number is told where it is read
        good = complain(argument.getLoc())
               << "argument %" << name.getValue() << " of @" << function.getSymName() << ": size '" << show(size)
               << "' is " << dim.value << "; expected at least 0";
      else if (dim.isUnknown())
        good = complain(argument.getLoc())
               << "argument %" << name.getValue() << " of @" << function.getSymName() << ": size '" << show(size)
               << "' is not known; an entry point is concrete but for `batch` (and multiples of it): write a number, "
                  "or one of the model's sizes";
  return good;
}
LogicalResult dlc::complainOfMissingSize(Operation *call, FuncOp callee, StringRef size) {
  return complain(call) << "@" << callee.getSymName() << " needs a value for '" << size << "': @" << callee.getSymName()
                        << "<" << size << " = ...>";
}
LogicalResult dlc::complainOfUnread(Location loc, StringRef name) {
  return complain(loc) << "nothing reads the parameter '" << name << "'; use its value, or leave it out";
}
LogicalResult dlc::flattenModel(ModelOp model, const CompileOptions &options, bool isPart) {
  return Flattener(model, options, isPart).run();
}
