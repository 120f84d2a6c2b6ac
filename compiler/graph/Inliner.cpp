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

Value Inliner::parameter(StringRef name, RankedTensorType type, InitAttr init, Location loc) {
  if (auto it = known.find(name); it != known.end()) {
    Stored &first = parameters[it->second];
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
  parameters.push_back({name.str(), type, init, loc, value});
  return value;
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
      StringRef symbol = isName ? size.getNames()[0].getValue() : "";
      if (expected.isUnknown() && isName && symbol != "?")
        frame.sizes[symbol] = found;
      else if (!expected.agrees(found))
        result = complain(loc) << "argument %" << name << " of @" << callee.getSymName() << ": expected " << show(attr)
                               << " with " << show(size) << " = " << show(expected) << ", found " << show(type);
    }
  }
  return result;
}

FailureOr<std::unique_ptr<Inliner::Frame>> Inliner::enter(CallOp call, FuncOp callee, Frame &frame) {
  auto inner = std::make_unique<Frame>();
  StringRef scope = call.getScope().value_or("");
  inner->scope = scope.empty() ? frame.scope : frame.join(scope);
  inner->training = call.getMode() ? *call.getMode() == "training" : frame.training;
  inner->caller = frame.at(call->getLoc());
  inner->sizes = modelSizes; // the model's sizes are seen everywhere, a caller's own are not
  for (auto [name, value] :
       llvm::zip(callee.getSizeNames().getAsRange<StringAttr>(), callee.getSizeValues().getAsRange<SizeAttr>())) {
    auto given = call.getSizesAttr() ? call.getSizesAttr().getAs<SizeAttr>(name) : SizeAttr();
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

/// In training, the random stream is named by call path and value; a scope that is used again has one a call.
Value Inliner::dropout(DropoutOp op, Frame &frame) {
  Value input = frame.values.lookup(op.getInput());
  double rate = op.getRate().convertToDouble();
  if (!frame.training || rate == 0)
    return input;
  if (!random) {
    auto type = RankedTensorType::get({3}, builder.getI64Type());
    random = entry->addArgument(type, named(unnamed(op.getLoc()), "random"));
  }
  std::string own = nameOf(op->getLoc()), stream = frame.join(own.empty() ? "dropout" : own);
  if (int again = streams[stream]++)
    stream += "#" + std::to_string(again);
  Ops ops(builder, frame.at(op->getLoc()));
  Value mask = ops.create<DropoutMaskOp>({input, random},
                                         {ops.real("rate", rate), ops.set("stream", builder.getStringAttr(stream))})
                   .getResult();
  return ops.mul(input, mask);
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
    auto inner = enter(call, callee, frame);
    if (failed(inner))
      return failure();
    auto arguments = llvm::map_to_vector(call.getArgs(), [&](Value value) { return frame.values.lookup(value); });
    auto results = inlineCall(callee, arguments, **inner);
    if (failed(results))
      return failure();
    frame.values.map(call.getResults(), *results);
    return success();
  }
  if (isa<StackOp, ScanOp, StateOp, UpdateOp>(op))
    return complain(loc) << "`" << op->getName().stripDialect()
                         << "` is read and checked, but this version cannot compile it yet; write the layers out "
                            "one by one, with `call \"name\" @function(...)`";
  if (isa<nn::LayerOpInterface>(op))
    return expandLayer(op, frame);
  if (auto drop = dyn_cast<DropoutOp>(op)) {
    frame.values.map(drop.getResult(), dropout(drop, frame));
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
    if (auto size = dyn_cast<SizeAttr>(attr.getValue()); size && size.number() < 1)
      return complain(layer) << layer->getName() << ": expected a number of at least 1 for '"
                             << attr.getName().getValue() << "', found " << show(size);
  if (typeOf(layer->getOperand(0)).getRank() && isa<FloatType>(typeOf(layer->getOperand(0)).getElementType()) &&
      !dimsOf(layer->getOperand(0)).back().isNumber())
    return complain(layer) << layer->getName() << ": the size of the last axis must be known, found "
                           << show(layer->getOperand(0));
  std::string scope = frame.join(layer->getAttrOfType<StringAttr>("name").getValue());
  nn::Expansion expansion{Ops(builder, frame.at(unnamed(op->getLoc()))), frame.training,
                          [&](StringRef name, ArrayRef<int64_t> shape, Type element, InitAttr init) {
                            return parameter(scope + "." + name.str(), RankedTensorType::get(shape, element), init,
                                             state.location);
                          }};
  SmallVector<Value> results = cast<nn::LayerOpInterface>(layer).expand(expansion);
  results.back().getDefiningOp()->setLoc(state.location); // the last op bears the layer's name
  frame.values.map(op->getResults(), results);
  layer->erase();
  return success();
}

//===--- Entry points -----------------------------------------------------------------------------------===//

FailureOr<SmallVector<Value>> Inliner::run(FuncOp function, ValueRange arguments, bool training) {
  Frame frame;
  frame.sizes = modelSizes;
  frame.training = training;
  return inlineCall(function, arguments, frame);
}
