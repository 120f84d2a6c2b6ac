// Inliner.cpp - calls inlined with joined scopes, layers expanded, sizes filled in.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/graph/Flatten.h"
#include "dialects/nn/NN.h"

using namespace mlir;
using namespace dlc;

/// One call in flight.
struct Inliner::Frame {
  Sizes sizes;
  std::string scope;
  bool training = false;
  std::optional<Location> caller;
  IRMapping values;

  std::string join(StringRef name) const { return (scope.empty() ? name : scope + "." + name).str(); }
  Location at(Location loc) const { return caller ? Location(CallSiteLoc::get(loc, *caller)) : loc; }
};

/// A scan whose body is being made.
struct Inliner::Loop {
  Block &body;
  OpBuilder::InsertPoint before; ///< where the scan will stand
  Dim rounds;
  SmallVector<Value> scanned; ///< along axis 0; one of the first arguments of the body for each
};

Inliner::Inliner(ModelOp model, const Functions &functions, OpBuilder &builder,
                 const std::map<std::string, int64_t> &sizes, Block *entry)
    : functions(functions), builder(builder), entry(entry) {
  for (auto [name, value] :
       llvm::zip(model.getSizeNames().getAsRange<StringAttr>(), model.getSizeValues().getAsRange<SizeAttr>())) {
    auto given = sizes.find(name.str());
    modelSizes[name] = given != sizes.end() ? Dim(given->second) : value.evaluate(modelSizes);
  }
}

/// Size expressions become numbers (or multiples of the batch) wherever all names in them are known.
Attribute Inliner::resolve(Attribute attr, const Frame &frame) {
  AttrTypeReplacer replacer;
  replacer.addReplacement([&](SizeAttr size) -> std::pair<Attribute, WalkResult> {
    Dim dim = size.evaluate(frame.sizes);
    return {dim.isUnknown() ? size : SizeAttr::get(size.getContext(), dim), WalkResult::skip()};
  });
  return replacer.replace(attr);
}
OperationState Inliner::rebuild(Operation *op, Frame &frame) {
  OperationState state(frame.at(op->getLoc()), op->getName());
  for (Value operand : op->getOperands())
    state.operands.push_back(frame.values.lookup(operand));
  state.attributes = cast<DictionaryAttr>(resolve(op->getAttrDictionary(), frame));
  state.attributes.erase(statement);
  return state;
}

StringRef dlc::textOf(Stored::Kind kind) {
  return kind == Stored::Parameter ? "parameter" : kind == Stored::Buffer ? "state" : "session state";
}
Value Inliner::parameter(StringRef name, RankedTensorType type, InitAttr init, Location loc, Stored::Kind kind) {
  if (auto it = known.find(name); it != known.end()) {
    Stored &first = parameters[it->second];
    if (first.kind != kind) {
      InFlightDiagnostic error = complain(loc)
                                 << "'" << name << "' is a " << textOf(kind) << " here; one name is one of the two";
      error.attachNote(first.loc) << "and a " << textOf(first.kind) << " here";
      return Ops(builder, loc).splat(0, type); // go on
    }
    if (first.type != type || first.init != init) {
      InFlightDiagnostic error = complain(loc) << "'" << name << "' is " << show(type) << " = " << show(init)
                                               << " here; one parameter has one shape and one initialiser";
      error.attachNote(first.loc) << "and " << show(first.type) << " = " << show(first.init) << " here";
      return Ops(builder, loc).splat(0, type); // go on
    }
    return first.value;
  }
  for (Attribute number : init.getValues())
    if (!holds(type.getElementType(), number))
      complain(loc) << "'" << name << "' = " << show(init) << ": " << showNumber(number) << " is no number of "
                    << show(type.getElementType());
  known[name] = parameters.size();
  Value value = entry->addArgument(type, named(unnamed(loc), name));
  parameters.push_back({name.str(), type, init, loc, value, kind, {}});
  return value;
}

/// Where no call follows another, each begins as the first one of a stream would.
Value Inliner::sessionState(StringRef name, RankedTensorType type, InitAttr init, Location loc) {
  if (remembers)
    return parameter(name, type, init, loc, Stored::Session);
  StringRef kind = init.getKind();
  if (!llvm::is_contained({"zeros", "ones", "constant"}, kind))
    complain(loc) << "state '" << name << "' begins with " << show(init)
                  << ", which a function that is no `session` cannot draw; expected zeros, ones or constant(...)";
  double value = kind == "ones" ? 1 : kind == "constant" ? cast<FloatAttr>(init.getValues()[0]).getValueAsDouble() : 0;
  return Ops(builder, loc).splat(value, type);
}

/// A training step updates the model's states, and so does a call of a session those of its stream. Elsewhere they stay as
/// they are.
LogicalResult Inliner::update(StringRef name, Value value, Location loc, const Frame &frame) {
  auto it = known.find(name);
  if (it == known.end())
    return success();
  Stored &state = parameters[it->second];
  if (state.kind == Stored::Session ? !remembers : !frame.training)
    return success();
  if (!loops.empty())
    return complain(loc) << "update: '" << name
                         << "' would be updated in every round of a scan; update it behind the scan";
  if (value.getType() != state.type)
    return complain(loc) << "update: '" << name << "' is " << show(state.type) << ", found " << show(value);
  if (state.next)
    return complain(loc) << "update: '" << name << "' is updated twice in one "
                         << (state.kind == Stored::Session ? "call; call what updates it once"
                                                           : "training step; call what updates it once, or in "
                                                             "the mode `inference`");
  state.next = value;
  return success();
}

//===--- Calls ------------------------------------------------------------------------------------------===//

/// Names in argument shapes: known ones are checked, unknown ones are bound to what the caller passes.
LogicalResult Inliner::bind(FuncOp callee, TypeRange types, Frame &frame) {
  LogicalResult result = success();
  Location loc = frame.caller.value_or(callee.getLoc());
  for (auto [i, type, attr] : llvm::enumerate(types, callee.getArgShapes().getAsRange<ShapeAttr>())) {
    auto ranked = dyn_cast<RankedTensorType>(type);
    std::string name = cast<StringAttr>(callee.getArgNames()[i]).str();
    if (!ranked || ranked.getRank() != (int64_t)attr.getSizes().size() ||
        ranked.getElementType() != attr.getElementType()) {
      result = complain(loc) << "argument %" << name << " of @" << callee.getSymName() << ": expected " << show(attr)
                             << ", found " << show(type);
      continue;
    }
    for (auto [size, found] : llvm::zip(attr.getSizes(), dimsOf(ranked))) {
      Dim expected = size.evaluate(frame.sizes);
      bool isName = isa<AffineSymbolExpr>(size.getExpr());
      auto bound = isName ? dyn_cast<StringAttr>(size.getNames()[0]) : StringAttr(); // none of an open size
      StringRef symbol = bound ? bound.getValue() : "";
      if (expected.isUnknown() && bound && symbol != "?")
        frame.sizes[symbol] = found;
      else if (!expected.agrees(found))
        result = complain(loc) << "argument %" << name << " of @" << callee.getSymName() << ": expected " << show(attr)
                               << " with " << show(size) << " = " << show(expected) << ", found " << show(type);
    }
  }
  return result;
}

template <typename Op>
FailureOr<std::unique_ptr<Inliner::Frame>> Inliner::enter(Op call, FuncOp callee, StringRef scope, Frame &frame) {
  auto inner = std::make_unique<Frame>();
  inner->scope = scope.empty() ? frame.scope : frame.join(scope);
  inner->training = call.getMode() ? *call.getMode() == "training" : frame.training;
  inner->caller = frame.at(call->getLoc());
  inner->sizes = modelSizes; // the model's sizes are seen everywhere, a caller's own are not
  for (auto [name, value] :
       llvm::zip(callee.getSizeNames().getAsRange<StringAttr>(), callee.getSizeValues().getAsRange<SizeAttr>())) {
    auto given = call.getSizesAttr() ? call.getSizesAttr().template getAs<SizeAttr>(name) : SizeAttr();
    Dim size = given ? given.evaluate(frame.sizes) : value.evaluate(inner->sizes);
    if (size.isUnknown())
      return complainOfMissingSize(call, callee, name);
    inner->sizes[name] = size;
  }
  return inner;
}

FailureOr<SmallVector<Value>> Inliner::inlineCall(FuncOp callee, ValueRange arguments, Frame &frame) {
  if (failed(bind(callee, arguments.getTypes(), frame)))
    return failure();
  frame.values.map(callee.getBody().getArguments(), arguments);
  Block &block = callee.getBody().front();
  LogicalResult good = success();
  for (Operation &op : block.without_terminator())
    if (failed(inlineOp(&op, frame)))
      good = failure(); // go on: what does not read its results is checked too
  if (failed(good))
    return failure();
  auto results = llvm::map_to_vector(block.getTerminator()->getOperands(),
                                     [&](Value value) { return frame.values.lookup(value); });
  if (failed(checkResults(callee, results, frame)))
    return failure();
  return results;
}

/// What the function says of its results, now that its sizes are known.
LogicalResult Inliner::checkResults(FuncOp function, ArrayRef<Value> results, Frame &frame) {
  LogicalResult good = success();
  for (auto [i, value, shape] : llvm::enumerate(results, function.getResultShapes().getAsRange<ShapeAttr>())) {
    RankedTensorType expected = shape.evaluate(frame.sizes);
    std::string name = cast<StringAttr>(function.getResultNames()[i]).str();
    if (!mayFit(expected, value.getType()))
      good = complain(frame.at(function.getBody().front().getTerminator()->getLoc()))
             << "result " << (name.empty() ? std::to_string(i + 1) : "'" + name + "'") << " of @"
             << function.getSymName() << ": expected " << show(expected) << ", found " << show(value);
  }
  return good;
}
/// What a line says of its results, now that the caller's sizes are known.
LogicalResult Inliner::checkStatement(Operation *op, Frame &frame) {
  auto shapes = op->getAttrOfType<ArrayAttr>(statement);
  if (!shapes)
    return success();
  for (auto [shape, result] : llvm::zip(shapes.getAsRange<ShapeAttr>(), op->getResults())) {
    RankedTensorType expected = shape.evaluate(frame.sizes);
    Value value = frame.values.lookup(result);
    if (!mayFit(expected, value.getType()))
      return complain(frame.at(unnamed(op->getLoc())))
             << "the line says " << show(expected) << ", but the result is " << show(value.getType());
  }
  return success();
}

/// A random stream is named by call path and value; a scope that is used again has one a call.
std::string Inliner::streamOf(StringRef name, Location loc, Frame &frame) {
  if (!random) {
    auto type = RankedTensorType::get({3}, builder.getI64Type());
    random = entry->addArgument(type, named(unnamed(loc), "random"));
  }
  std::string stream = frame.join(name);
  if (int again = streams[stream]++)
    stream += "#" + std::to_string(again);
  return stream;
}
Value Inliner::dropout(Value input, double rate, StringRef name, Location loc, Frame &frame) {
  if (!frame.training || rate == 0)
    return input;
  std::string stream = streamOf(name.empty() ? "dropout" : name, loc, frame);
  Value mask = maskFor(
      input,
      [&](const Ops &ops, Value like) -> Value {
        return ops
            .create<DropoutMaskOp>({like, random},
                                   {ops.real("rate", rate), ops.set("stream", builder.getStringAttr(stream))})
            .getResult();
      },
      loc);
  return Ops(builder, loc).mul(input, mask);
}

/// An op that draws becomes others. Its first numbers are of the stream of its result, the next ones of `NAME.1`, and so on.
LogicalResult Inliner::expandDrawing(Operation *op, Frame &frame) {
  OperationState state = rebuild(op, frame);
  Operation *copy = createInferred(builder, state); // concrete operands; erased below
  if (failed(copy->getName().verifyInvariants(copy)))
    return failure();
  Location loc = unnamed(state.location);
  std::string names = nameOf(state.location);
  std::string name = StringRef(names).split(' ').first.str(), stream;
  name = name.empty() ? op->getName().stripDialect().str() : name;
  int count = 0;
  Draws draws{
      frame.training, [&](ArrayRef<Dim> shape, Type element) {
        stream = count ? stream : streamOf(name, loc, frame);
        std::string own = count ? stream + "." + std::to_string(count) : stream;
        ++count;
        return maskFor(
            Ops(builder, loc).splat(0, makeTensor(shape, element)),
            [&](const Ops &ops, Value like) -> Value {
              return ops.create<DrawOp>({like, random}, {ops.set("stream", builder.getStringAttr(own))}).getResult();
            },
            loc);
      }};
  Ops ops(builder, loc);
  SmallVector<Value> results = cast<DrawingOpInterface>(copy).expand(ops, draws);
  StringRef rest = names;
  for (Value result : results) { // what makes a result bears its name
    auto [own, others] = rest.split(' ');
    if (!llvm::is_contained(copy->getOperands(), result))
      result.getDefiningOp()->setLoc(named(loc, own));
    rest = others;
  }
  frame.values.map(op->getResults(), results);
  copy->erase();
  return success();
}

/// A mask has a row of the batch in one piece, wherever the batch is among the axes: an element's number is then the same
/// however the batch is cut. In a loop each round has a mask of its own. All of them are drawn before the loop, as one tensor
/// in which a row has its rounds side by side.
Value Inliner::maskFor(Value input, function_ref<Value(const Ops &, Value)> make, Location loc) {
  SmallVector<Dim> dims = dimsOf(input);
  int64_t own = dims.size(), rounds = loops.size();
  auto batch = llvm::find_if(dims, [](Dim dim) { return dim.hasRows(); });
  int64_t row = batch == dims.end() ? -1 : batch - dims.begin();
  if (loops.empty() && row <= 0)
    return make(Ops(builder, loc), input);
  SmallVector<Dim> drawn;
  SmallVector<int64_t> order; // of the axes of what is drawn, as the body has them
  if (row >= 0)
    drawn.push_back(dims[row]);
  for (Loop *loop : loops) {
    order.push_back(drawn.size());
    drawn.push_back(loop->rounds);
  }
  for (int64_t axis = 0; axis < own; ++axis) {
    order.push_back(axis == row ? 0 : drawn.size());
    if (axis != row)
      drawn.push_back(dims[axis]);
  }
  OpBuilder::InsertionGuard guard(builder);
  if (rounds)
    builder.restoreInsertionPoint(loops.front()->before);
  Ops ops(builder, loc);
  Value mask = make(ops, ops.splat(0, makeTensor(drawn, typeOf(input).getElementType())));
  if (!llvm::is_sorted(order))
    mask = ops.transpose(mask, order);
  for (Loop *loop : loops) {
    loop->scanned.push_back(mask);
    mask = loop->body.insertArgument(loop->scanned.size() - 1, sliceOf(typeOf(mask)), unnamed(loc));
  }
  return mask;
}

//===--- Loops ------------------------------------------------------------------------------------------===//

constexpr int64_t mostRounds = 1 << 20;
/// How many rounds or instances there are, as a number.
FailureOr<int64_t> Inliner::countOf(Operation *op, Dim count) {
  constexpr int64_t most = mostRounds;
  if (count.isNumber() && count.value >= 1 && count.value <= most)
    return count.value;
  return LogicalResult(complain(op) << op->getName().stripDialect() << ": expected 1 to " << most
                                    << " rounds, a number that is known when the model is compiled, found "
                                    << show(count));
}

/// One round of a scan in this place.
FailureOr<Round> Inliner::inlineRound(ScanOp scan, Frame &frame) {
  LogicalResult good = success();
  for (Operation &op : scan.getBody().front().without_terminator())
    if (failed(inlineOp(&op, frame)))
      good = failure();
  if (failed(good))
    return failure();
  Round round;
  auto look = [&](Value value) { return frame.values.lookup(value); };
  round.stacked = llvm::map_to_vector(scan.getYield().getStacked(), look);
  round.carried = llvm::map_to_vector(scan.getYield().getCarried(), look);
  return round;
}

/// `scan 12 "h"`: each round has parameters of its own, and is written out.
LogicalResult Inliner::inlineRounds(ScanOp scan, Frame &frame) {
  FailureOr<int64_t> count = countOf(scan, scan.getCount()->evaluate(frame.sizes));
  if (failed(count))
    return failure();
  std::string outer = frame.scope;
  SmallVector<Value> carried =
      llvm::map_to_vector(scan.getInitial(), [&](Value value) { return frame.values.lookup(value); });
  SmallVector<SmallVector<Value>> stacked(scan.getStackedResults().size());
  Location loc = frame.at(scan->getLoc());
  Ops ops(builder, loc);
  for (int64_t i = 0; i < *count; ++i) {
    int64_t number = scan.getReverse() ? *count - 1 - i : i;
    frame.scope = outer;
    frame.scope = frame.join((*scan.getScope() + "." + Twine(number)).str());
    for (auto [argument, value] : llvm::zip(scan.getCarriedArguments(), carried))
      frame.values.map(argument, value);
    FailureOr<Round> round = inlineRound(scan, frame);
    frame.scope = outer;
    if (failed(round))
      return failure();
    for (auto [all, one] : llvm::zip(stacked, round->stacked))
      all.insert(scan.getReverse() ? all.begin() : all.end(), ops.unsqueeze(one, 0));
    carried = round->carried;
  }
  for (auto [result, all] : llvm::zip(scan.getStackedResults(), stacked))
    frame.values.map(result, ops.create<ConcatOp>(all, {ops.size("axis", 0)}).getResult());
  for (auto [result, value] : llvm::zip(scan.getLastResults(), carried))
    frame.values.map(result, value);
  return success();
}

/// The value with another axis as its first; or the first axis taken back there.
static Value withAxisFirst(const Ops &ops, Value value, int64_t axis, bool back) {
  if (axis == 0)
    return value;
  int64_t rank = typeOf(value).getRank();
  SmallVector<int64_t> order = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  if (back)
    std::rotate(order.begin(), order.begin() + 1, order.begin() + axis + 1);
  else
    std::rotate(order.begin(), order.begin() + axis, order.begin() + axis + 1);
  return ops.transpose(value, order);
}

LogicalResult Inliner::inlineScan(ScanOp scan, Frame &frame) {
  if (scan.getScope())
    return inlineRounds(scan, frame);
  Location loc = frame.at(unnamed(scan->getLoc()));
  Ops ops(builder, loc);
  SmallVector<Value> scanned, initial;
  for (auto [value, axis] : llvm::zip(scan.getScanned(), scan.getAxes()))
    scanned.push_back(withAxisFirst(ops, frame.values.lookup(value), axis, /*back=*/false));
  for (Value value : scan.getInitial())
    initial.push_back(frame.values.lookup(value));
  Dim rounds = scanned.empty() ? scan.getCount()->evaluate(frame.sizes) : dimsOf(scanned[0])[0];
  for (Value value : scanned)
    if (dimsOf(value)[0] != rounds)
      return complain(loc) << "scan: all tensors have one length along their axes; found " << show(rounds) << " and "
                           << show(dimsOf(value)[0]);
  if (rounds.hasRows())
    return complain(scan) << "scan: rows of a batch are computed side by side, not one after the other; expected a "
                          << "number of rounds, or an open size other than the batch, found " << show(rounds);
  if (!rounds.isOpen() && failed(countOf(scan, rounds)))
    return failure();
  LogicalResult good = success();
  OpBuilder::InsertPoint before = builder.saveInsertionPoint();
  ScanOp made = makeScan(ops, scanned, initial, rounds, scan.getReverse(),
                         [&](const Ops &, ValueRange slices, ValueRange carried) {
                           for (auto [argument, value] : llvm::zip(scan.getScannedArguments(), slices))
                             frame.values.map(argument, value);
                           for (auto [argument, value] : llvm::zip(scan.getCarriedArguments(), carried))
                             frame.values.map(argument, value);
                           Loop loop{*builder.getInsertionBlock(), before, rounds, scanned};
                           loops.push_back(&loop);
                           FailureOr<Round> round = inlineRound(scan, frame);
                           loops.pop_back();
                           if (failed(round)) {
                             good = failure();
                             round = Round{{}, SmallVector<Value>(carried), {}};
                           }
                           llvm::append_range(round->scanned, llvm::drop_begin(loop.scanned, scanned.size()));
                           return *round;
                         });
  if (failed(good) || failed(made.verify()))
    return failure();
  int64_t axis = scan.getAxes().empty() ? 0 : scan.getAxes()[0];
  for (auto [old, value] : llvm::zip(scan.getStackedResults(), made.getStackedResults())) {
    int64_t last = std::min<int64_t>(axis, typeOf(value).getRank() - 1);
    frame.values.map(old, withAxisFirst(ops, value, last, /*back=*/true));
  }
  for (auto [old, value] : llvm::zip(scan.getLastResults(), made.getLastResults()))
    frame.values.map(old, value);
  return success();
}

/// `stack 12 "h" @block(%x)`: as many calls, each with a scope of its own.
LogicalResult Inliner::inlineStack(StackOp stack, Frame &frame) {
  FailureOr<int64_t> count = countOf(stack, stack.getCount().evaluate(frame.sizes));
  FuncOp callee = functions.lookup(stack.getCallee());
  if (failed(count))
    return failure();
  auto values = llvm::map_to_vector(stack.getArgs(), [&](Value value) { return frame.values.lookup(value); });
  size_t results = stack.getNumResults();
  for (int64_t i = 0; i < *count; ++i) {
    auto inner = enter(stack, callee, (stack.getScope() + "." + Twine(i)).str(), frame);
    if (failed(inner))
      return failure();
    auto made = inlineCall(callee, values, **inner);
    if (failed(made))
      return failure();
    if (made->size() != results)
      return complain(stack) << "stack: @" << stack.getCallee() << " returns " << made->size()
                             << " values, which go on as arguments; found " << results << " results on this line";
    std::copy(made->begin(), made->end(), values.begin());
  }
  for (auto [result, value] : llvm::zip(stack.getResults(), values))
    frame.values.map(result, value);
  return success();
}

LogicalResult Inliner::inlineOp(Operation *op, Frame &frame) {
  return failed(inlineOne(op, frame)) ? failure() : checkStatement(op, frame);
}
LogicalResult Inliner::inlineOne(Operation *op, Frame &frame) {
  Location loc = frame.at(op->getLoc());
  if (llvm::any_of(op->getOperands(), [&](Value operand) { return !frame.values.contains(operand); }))
    return failure(); // has been reported
  if (auto param = dyn_cast<ParamOp>(op)) {
    RankedTensorType type = param.getShape().evaluate(frame.sizes);
    if (!type.hasStaticShape())
      return complain(loc) << "parameter '" << param.getName() << "': the sizes of " << show(param.getShape())
                           << " must be known";
    frame.values.map(param.getResult(), parameter(frame.join(param.getName()), type, param.getInit(), loc));
    return success();
  }
  if (auto constant = dyn_cast<ConstantOp>(op)) {
    auto shape = cast<ShapeAttr>(resolve(constant.getShape(), frame));
    frame.values.map(constant.getResult(),
                     ConstantOp::create(builder, loc, shape.evaluate(), shape, constant.getValue()).getResult());
    return success();
  }
  if (auto call = dyn_cast<CallOp>(op)) {
    FuncOp callee = functions.lookup(call.getCallee());
    auto inner = enter(call, callee, call.getScope().value_or(""), frame);
    if (failed(inner))
      return failure();
    auto arguments = llvm::map_to_vector(call.getArgs(), [&](Value value) { return frame.values.lookup(value); });
    auto results = inlineCall(callee, arguments, **inner);
    if (failed(results))
      return failure();
    frame.values.map(call.getResults(), *results);
    return success();
  }
  if (auto stack = dyn_cast<StackOp>(op))
    return inlineStack(stack, frame);
  if (auto scan = dyn_cast<ScanOp>(op))
    return inlineScan(scan, frame);
  if (auto state = dyn_cast<StateOp>(op)) {
    RankedTensorType type = state.getShape().evaluate(frame.sizes);
    if (state.getSession()) {
      if (!hasRowsFirst(type))
        return complain(loc) << "state session '" << state.getName()
                             << "': expected sizes that are numbers, but for rows along "
                             << "the first axis, found " << show(state.getShape());
      frame.values.map(state.getResult(), sessionState(frame.join(state.getName()), type, state.getInit(), loc));
      return success();
    }
    if (!type.hasStaticShape())
      return complain(loc) << "state '" << state.getName() << "': the sizes of " << show(state.getShape())
                           << " must be known";
    frame.values.map(state.getResult(),
                     parameter(frame.join(state.getName()), type, state.getInit(), loc, Stored::Buffer));
    return success();
  }
  if (auto change = dyn_cast<UpdateOp>(op))
    return update(frame.join(change.getName()), frame.values.lookup(change.getValue()), loc, frame);
  if (isa<nn::LayerOpInterface>(op))
    return expandLayer(op, frame);
  if (isa<DrawingOpInterface>(op))
    return expandDrawing(op, frame);
  if (auto drop = dyn_cast<DropoutOp>(op)) {
    frame.values.map(drop.getResult(), dropout(frame.values.lookup(drop.getInput()), drop.getRate().convertToDouble(),
                                               nameOf(op->getLoc()), loc, frame));
    return success();
  }
  if (!isa<InferTypeOpInterface>(op) || !isa<DLDialect>(op->getDialect()))
    return complain(loc) << "'" << op->getName() << "' is no op of a model; expected ops of `dl` and layers of `nn`";
  OperationState state = rebuild(op, frame);
  Operation *copy = createInferred(builder, state);
  if (failed(copy->getName().verifyInvariants(copy)))
    return failure();
  frame.values.map(op->getResults(), copy->getResults());
  return success();
}

LogicalResult Inliner::expandLayer(Operation *op, Frame &frame) {
  OperationState state = rebuild(op, frame);
  Operation *layer = createInferred(builder, state); // concrete operands and numbers; erased below
  if (failed(layer->getName().verifyInvariants(layer)))
    return failure();
  for (NamedAttribute attr : layer->getAttrs())
    if (auto size = dyn_cast<SizeAttr>(attr.getValue()); size && size.number() < nn::leastOf(attr.getName()))
      return complain(layer) << layer->getName() << ": expected a number of at least " << nn::leastOf(attr.getName())
                             << " for '" << attr.getName().getValue() << "', found " << show(size);
  SmallVector<Dim> dims = dimsOf(layer->getOperand(0));
  bool channelsFirst = layer->getAttr("channels_first") && dims.size() > 1;
  if (!dims.empty() && isa<FloatType>(typeOf(layer->getOperand(0)).getElementType()) &&
      !(channelsFirst ? dims[1] : dims.back()).isNumber())
    return complain(layer) << layer->getName() << ": the size of " << (channelsFirst ? "axis 1" : "the last axis")
                           << " must be known, found " << show(layer->getOperand(0));
  std::string scope = frame.join(layer->getAttrOfType<StringAttr>("name").getValue());
  bool isGood = true;
  nn::Expansion expansion{
      Ops(builder, frame.at(unnamed(op->getLoc()))),
      frame.training,
      inSession,
      [&](Value input, double rate, StringRef name) {
        return dropout(input, rate, layer->getAttrOfType<StringAttr>("name").str() + "." + name.str(), state.location,
                       frame);
      },
      [&](StringRef name, ArrayRef<int64_t> shape, Type element, InitAttr init) {
        return parameter(scope + "." + name.str(), RankedTensorType::get(shape, element), init, state.location);
      },
      [&](StringRef name, ArrayRef<int64_t> shape, Type element, InitAttr init) {
        return parameter(scope + "." + name.str(), RankedTensorType::get(shape, element), init, state.location,
                         Stored::Buffer);
      },
      [&](StringRef name, RankedTensorType type, InitAttr init) {
        return sessionState(scope + "." + name.str(), type, init, state.location);
      },
      [&](StringRef name, Value value) {
        isGood &= succeeded(update(scope + "." + name.str(), value, state.location, frame));
      }};
  SmallVector<Value> results = cast<nn::LayerOpInterface>(layer).expand(expansion);
  // What makes a result bears its name.
  std::string names = nameOf(state.location);
  StringRef rest = names;
  for (Value result : results) {
    auto [name, others] = rest.split(' ');
    if (!llvm::is_contained(layer->getOperands(), result)) // has a name already
      result.getDefiningOp()->setLoc(named(unnamed(state.location), name));
    rest = others;
  }
  frame.values.map(op->getResults(), results);
  layer->erase();
  return success(isGood);
}

//===--- Entry points -----------------------------------------------------------------------------------===//

FailureOr<SmallVector<Value>> Inliner::run(FuncOp function, ValueRange arguments, bool training, bool remembers) {
  this->remembers = remembers;
  inSession = remembers && !training;
  Frame frame;
  frame.sizes = modelSizes;
  frame.training = training;
  return inlineCall(function, arguments, frame);
}
