// CheckModel.cpp - checks op by op, and what more than one op is needed for.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/graph/Flatten.h"
#include "compiler/import/ReadModel.h"
#include "dialects/dl/Program.h"
#include "dialects/nn/NN.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace dlc;

static bool isOpen(TypeRange types) {
  return llvm::any_of(types, [](Type type) { return isa<UnrankedTensorType>(type); });
}

static void checkCall(Operation *op, FuncOp callee, OperandRange arguments, DictionaryAttr sizes) {
  if (callee.getBody().front().empty())
    return; // could not be read
  ArrayAttr shapes = callee.getArgShapes();
  if (shapes.size() != arguments.size()) {
    complain(op) << "@" << callee.getSymName() << " takes " << shapes.size()
                 << (shapes.size() == 1 ? " argument" : " arguments") << ", found " << arguments.size();
    return;
  }
  for (auto [i, shape, argument] : llvm::enumerate(shapes.getAsRange<ShapeAttr>(), arguments))
    if (!isOpen(callee.getBody().getArgument(i).getType()) && !isOpen(argument.getType()) &&
        !mayFit(shape.evaluate(), argument.getType()))
      complain(op) << "argument %" << cast<StringAttr>(callee.getArgNames()[i]).getValue() << " of @"
                   << callee.getSymName() << ": expected " << show(shape) << ", found " << show(argument);
  for (auto [name, value] :
       llvm::zip(callee.getSizeNames().getAsRange<StringAttr>(), callee.getSizeValues().getAsRange<SizeAttr>()))
    if (show(value) == "?" && (!sizes || !sizes.contains(name)))
      (void)complainOfMissingSize(op, callee, name);
  if (!sizes)
    return;
  for (NamedAttribute size : sizes)
    if (!llvm::is_contained(callee.getSizeNames(), Attribute(size.getName())))
      complain(op) << "@" << callee.getSymName() << " has no size '" << size.getName().getValue() << "'";
}

/// The name that differs from `word` in two letters at most; empty if none does.
static StringRef nearest(StringRef word, ArrayRef<StringRef> names) {
  unsigned distance = 3;
  StringRef best;
  for (StringRef name : names)
    if (unsigned own = word.edit_distance(name, true, distance); own < distance) {
      distance = own;
      best = name;
    }
  return best;
}

/// Names of sizes must be the model's, the function's, or (in a template) stand in the shape of an argument.
static void checkSizes(FuncOp function, ModelOp model) {
  llvm::StringSet<> known;
  known.insert("?");
  for (ArrayAttr names : {model.getSizeNames(), function.getSizeNames()})
    for (StringAttr name : names.getAsRange<StringAttr>())
      known.insert(name);
  for (ShapeAttr shape : function.getArgShapes().getAsRange<ShapeAttr>())
    for (SizeAttr size : shape.getSizes())
      if (auto name = isa<AffineSymbolExpr>(size.getExpr()) ? dyn_cast<StringAttr>(size.getNames()[0]) : StringAttr();
          name && function.getSymVisibility() == "private")
        known.insert(name);
  SmallVector<StringRef> names{"batch"};
  llvm::append_range(names, known.keys());
  llvm::append_range(names, model.getOpenNames().getAsValueRange<StringAttr>());
  llvm::erase_if(names, [](StringRef name) { return name.size() < 3; }); // these are near to any other
  llvm::sort(names);                                                     // of several that are as near, always the same
  bool hasSizes = !model.getSizeNames().empty() || !model.getOpenNames().empty();
  std::string open;
  for (StringRef name : model.getOpenNames().getAsValueRange<StringAttr>())
    open += (", '" + name + "'").str();
  auto check = [&](Attribute attribute, Location loc) {
    attribute.walk([&](SizeAttr size) {
      for (Attribute one : size.getNames())
        if (auto name = dyn_cast<StringAttr>(one); name && known.insert(name).second) { // all open ones are known
          bool isOpen = llvm::is_contained({"none", "null", "dynamic", "n", "b", "bs"}, name.getValue().lower());
          StringRef near = name.size() < 3 ? "" : nearest(name, names);
          InFlightDiagnostic error = complain(loc) << "no size is called '" << name.getValue() << "'";
          if (isOpen)
            error << "; what is open until a call is 'batch'" << open;
          else if (!near.empty())
            error << "; did you mean '" << near << "'?";
          error.attachNote(model.getLoc()) << (hasSizes ? "the model's sizes stand here"
                                                        : "the model has no sizes; they would stand here, as in "
                                                          "`dl.model @name sizes(width = 64) { ... }`");
        }
    });
  };
  for (auto [argument, shape] : llvm::zip(function.getBody().getArguments(), function.getArgShapes()))
    check(shape, argument.getLoc());
  function.walk([&](Operation *op) { check(op->getAttrDictionary(), op->getLoc()); });
}

/// The sizes of an entry point's arguments are known, or will be.
static void checkEntry(FuncOp function, ModelOp model) {
  if (function.getSymVisibility() == "private")
    return;
  Sizes sizes; // one without a default is given when the model is compiled
  for (auto [name, value] :
       llvm::zip(model.getSizeNames().getAsRange<StringAttr>(), model.getSizeValues().getAsRange<SizeAttr>()))
    sizes[name] = value.evaluate().isNumber() ? value.number() : 1;
  bool isKnown = true; // what has no such name has been reported
  function.getArgShapes().walk([&](SizeAttr size) {
    for (Attribute one : size.getNames())
      if (auto name = dyn_cast<StringAttr>(one))
        isKnown &= name == "?" || sizes.contains(name);
  });
  if (isKnown)
    (void)checkConcrete(function, sizes);
}

/// Initialisers are known, and have the numbers that they need (dlc_init in runtime/abi.h says what they mean).
static void checkInit(Operation *op, InitAttr init) {
  static const std::pair<StringRef, size_t> kinds[] = {{"zeros", 0},          {"ones", 0},
                                                       {"constant", 1},       {"normal", 1},
                                                       {"uniform", 2},        {"kaiming_uniform", 1},
                                                       {"fan_in_uniform", 0}, {"xavier_uniform", 0},
                                                       {"xavier_normal", 0},  {"kaiming_normal", 0}};
  auto found = llvm::find_if(kinds, [&](auto kind) { return kind.first == init.getKind().getValue(); });
  if (found == std::end(kinds)) {
    InFlightDiagnostic error = complain(op)
                               << "no initialiser is called '" << init.getKind().getValue() << "'; there are ";
    for (auto [i, kind] : llvm::enumerate(kinds))
      error << (i ? ", " : "") << kind.first;
  } else if (init.getValues().size() != found->second) {
    complain(op) << "the initialiser '" << found->first << "' takes " << found->second
                 << (found->second == 1 ? " number, found " : " numbers, found ") << init.getValues().size();
  }
}

/// Sizes are numbers of elements.
static void checkPositive(Operation *op) {
  auto wrong = [&](SizeAttr size, int64_t least, Location loc) {
    Dim dim = size.evaluate();
    if (dim.isNumber() && dim.value < least)
      complain(loc) << "sizes must be at least " << least << ", found " << show(size);
  };
  auto function = dyn_cast<FuncOp>(op);
  if (function)
    for (auto [argument, shape] :
         llvm::zip(function.getBody().getArguments(), function.getArgShapes().getAsRange<ShapeAttr>()))
      for (SizeAttr size : shape.getSizes())
        wrong(size, 0, argument.getLoc());
  for (NamedAttribute attr : op->getAttrs()) {
    // Those of arguments: above; those of results: where they were read.
    if (function &&
        (attr.getName() == function.getArgShapesAttrName() || attr.getName() == function.getResultShapesAttrName()))
      continue;
    attr.getValue().walk([&](ShapeAttr shape) {
      for (SizeAttr size : shape.getSizes())
        wrong(size, 0, op->getLoc());
    });
    attr.getValue().walk([&](InitAttr init) { checkInit(op, init); });
    // What is wrong with groups the layer's shape rule says.
    if (auto size = dyn_cast<SizeAttr>(attr.getValue());
        size && isa<nn::LayerOpInterface>(op) && attr.getName() != "groups")
      wrong(size, nn::leastOf(attr.getName()), op->getLoc());
  }
}

static void checkFunction(FuncOp function, ModelOp model) {
  if (function.getBody().front().empty()) {
    complain(function) << "@" << function.getSymName() << " is empty; its body must end with `return`";
    return;
  }
  checkSizes(function, model);
  checkEntry(function, model);
  function->walk(checkPositive);
  llvm::StringMap<Operation *> declared;
  function.walk([&](Operation *op) {
    if (!isa<ParamOp, StateOp, nn::LayerOpInterface>(op))
      return;
    StringRef name = op->getAttrOfType<StringAttr>("name");
    auto [it, isNew] = declared.try_emplace(name, op);
    if (isNew || name.empty()) // what has no name has been reported
      return;
    InFlightDiagnostic error = complain(op) << "'" << name << "' is declared twice in @" << function.getSymName()
                                            << "; to share it, use its value twice, or call one function twice "
                                               "with the same scope";
    error.attachNote(it->second->getLoc()) << "first here";
  });
  function.walk([&](UpdateOp update) {
    if (!isa_and_nonnull<StateOp>(declared.lookup(update.getName())))
      complain(update) << "@" << function.getSymName() << " declares no `state \"" << update.getName() << "\"`";
  });
  llvm::StringSet<> results;
  for (StringAttr name : function.getResultNames().getAsRange<StringAttr>())
    if (!name.empty() && !results.insert(name).second)
      complain(function) << "two results of @" << function.getSymName() << " are called '" << name.getValue()
                         << "'; give one of them another name";
  auto done = dyn_cast<ReturnOp>(function.getBody().front().back());
  if (!done) {
    if (!function.getBody().front().getOps<ReturnOp>().empty())
      return; // it stands elsewhere, which has been said
    complain(function) << "@" << function.getSymName() << " must end with `return`";
    return;
  }
  ArrayAttr shapes = function.getResultShapes();
  if (shapes.size() != done.getNumOperands()) {
    if (!shapes.empty() || !isOpen(done.getOperandTypes())) // where none are written down, they are those returned
      complain(done) << "@" << function.getSymName() << " returns " << shapes.size() << " values, found "
                     << done.getNumOperands();
    return;
  }
  for (auto [i, shape, value] : llvm::enumerate(shapes.getAsRange<ShapeAttr>(), done.getOperands()))
    if (!isOpen(value.getType()) && !mayFit(shape.evaluate(), value.getType()))
      complain(done) << "result " << (i + 1) << " of @" << function.getSymName() << ": expected " << show(shape)
                     << ", found " << show(value);
}

/// `; did you mean @name?` where one of the names of `Op`s in the model is near to `word`.
template <typename Op> static std::string didYouMean(ModelOp model, StringRef word) {
  auto names = llvm::map_to_vector(model.getBody().getOps<Op>(), [](Op item) { return item.getSymName(); });
  StringRef best = nearest(word, names);
  return best.empty() ? "" : ("; did you mean @" + best + "?").str();
}
static std::string listOf(ArrayAttr names) {
  std::string text;
  for (StringAttr name : names.getAsRange<StringAttr>())
    text += (text.empty() ? "" : ", ") + name.getValue().str();
  return text;
}
static void checkOptimize(OptimizeOp optimize, ModelOp model, Prelude &prelude) {
  OptimizerOp optimizer = prelude.find(model, optimize.getOptimizer());
  if (!optimizer) {
    complain(optimize) << "no optimizer is called @" << optimize.getOptimizer()
                       << "; the compiler brings @sgd, @adam and @adamw, and a model may define others";
    return;
  }
  for (NamedAttribute scalar : optimize.getScalars()) {
    auto known = llvm::find(optimizer.getScalarNames(), Attribute(scalar.getName()));
    if (known == optimizer.getScalarNames().end()) {
      complain(optimize) << "@" << optimize.getOptimizer() << " has no scalar '" << scalar.getName().getValue()
                         << "'; it knows " << listOf(optimizer.getScalarNames());
      continue;
    }
    double value = cast<FloatAttr>(scalar.getValue()).getValueAsDouble();
    StringRef text = rangeOf(optimizer, known - optimizer.getScalarNames().begin());
    if (std::optional<Range> range = readRange(text); range && !range->contains(value))
      complain(optimize) << "@" << optimize.getOptimizer() << ": '" << scalar.getName().getValue() << "' is in " << text
                         << "; found " << show(value);
  }
}

static void checkProgram(ModelOp model) {
  Prelude prelude(model.getContext());
  llvm::StringMap<int> items; // what is defined twice has been reported; which is meant is not known
  for (auto item : model.getBody().getOps<SymbolOpInterface>())
    ++items[item.getName()];
  auto find = [&](FlatSymbolRefAttr name) {
    return dyn_cast_or_null<FuncOp>(SymbolTable::lookupSymbolIn(model, name.getAttr()));
  };
  auto isTwice = [&](FlatSymbolRefAttr name) { return items.lookup(name.getValue()) > 1; };
  for (auto function : model.getBody().getOps<FuncOp>())
    checkFunction(function, model);
  for (auto optimizer : model.getBody().getOps<OptimizerOp>()) {
    for (InitAttr init : optimizer.getSlots().getAsRange<InitAttr>())
      checkInit(optimizer, init);
    for (BlockArgument argument : llvm::drop_begin(optimizer.getBody().getArguments(), 2))
      if (std::string name = nameOf(argument.getLoc()); StringRef(name).contains('.'))
        complain(argument.getLoc()) << "%" << name << " of @" << optimizer.getSymName()
                                    << ": the name of a slot or a scalar has no dot; one stands between it and its "
                                       "parameter or group";
  }
  model.walk([&](Operation *op) {
    if (auto call = dyn_cast<CallOp>(op); call && !isTwice(call.getCalleeAttr()))
      if (FuncOp callee = find(call.getCalleeAttr()))
        checkCall(op, callee, call.getArgs(), call.getSizesAttr());
    if (auto stack = dyn_cast<StackOp>(op); stack && !isTwice(stack.getCalleeAttr())) {
      if (FuncOp callee = find(stack.getCalleeAttr()))
        checkCall(op, callee, stack.getArgs(), stack.getSizesAttr());
      else
        complain(op) << "no function is called @" << stack.getCallee();
    }
    if (auto optimize = dyn_cast<OptimizeOp>(op))
      checkOptimize(optimize, model, prelude);
    if (auto train = dyn_cast<TrainOp>(op); train && !isTwice(train.getLossAttr())) {
      FuncOp loss = find(train.getLossAttr());
      if (!loss)
        complain(op) << "no function is called @" << train.getLoss() << didYouMean<FuncOp>(model, train.getLoss());
      else if (!loss.getBody().front().empty() && !isOpen(loss.getBody().front().back().getOperandTypes()) &&
               (loss.getResultShapes().empty() || !cast<ShapeAttr>(loss.getResultShapes()[0]).getSizes().empty()))
        complain(op) << "the first result of @" << train.getLoss() << " is minimised and must be one number";
    }
  });
}

/// Is every op of a body of a kind that may stand there? A text of a level has other items in its model.
static void checkPlaces(ModelOp model, bool isWritten) {
  auto check = [](Operation *parent, StringRef what, function_ref<bool(Operation *)> may) {
    for (Operation &op : parent->getRegion(0).front())
      if (!may(&op)) {
        StringRef name = op.getName().getStringRef();
        name.consume_front("dl.");
        complain(&op) << "`" << name << "` cannot stand here; " << what;
      }
  };
  if (isWritten)
    check(model, "a model holds `func`, `train` and `optimizer`",
          [](Operation *op) { return isa<FuncOp, TrainOp, OptimizerOp>(op); });
  auto isOfTraining = [](Operation *line) { return isa<OptimizeOp, FreezeOp, ClipNormOp, AccumulateOp>(line); };
  for (Operation &op : model.getBody().front()) {
    if (isa<TrainOp>(op))
      check(&op, "a training step holds `optimize`, `freeze`, `clip_norm` and `accumulate`", isOfTraining);
    else if (isa<FuncOp, OptimizerOp>(op))
      check(&op, "it is a line of `train @step minimizes @loss { ... }`",
            [&](Operation *line) { return !isOfTraining(line); });
    if (isa<OptimizerOp>(op)) // its body is copied for each parameter, op by op, in the parameter's type
      check(&op,
            "an optimizer computes with the weight, the gradient, slots and scalars, op by op: without layers, calls, "
            "loops, parameters and states; write out what they would do",
            [&](Operation *line) {
              bool isValueOp = isa<InferTypeOpInterface, ConstantOp>(line) && line->getNumRegions() == 0;
              return (isValueOp && !isa<nn::LayerOpInterface>(line)) || line->hasTrait<OpTrait::IsTerminator>() ||
                     line->hasAttr("dl.wrong") || isOfTraining(line);
            });
  }
  model.walk([](TotalOp total) {
    if (!total->getParentOfType<EntryOp>())
      complain(total) << "`total` cannot stand here; level `graph` makes it, where a training step has `accumulate`";
  });
}

void dlc::checkModel(Operation *root) {
  root->walk<WalkOrder::PreOrder>([&](Operation *op) {
    bool fedByWrong = isOpen(op->getOperandTypes()) && !op->getParentOfType<OptimizerOp>();
    bool stub = isa<FuncOp>(op) && op->getRegion(0).front().empty();
    bool isKnown = op->hasAttr("dl.wrong"); // its parser has complained
    if (!fedByWrong && !stub && !isKnown && succeeded(op->getName().verifyInvariants(op)))
      (void)op->getName().verifyRegionInvariants(op);
    if (fedByWrong && op->hasTrait<OpTrait::IsTerminator>())
      (void)OpTrait::impl::verifyIsTerminator(op); // whatever it returns
    auto model = dyn_cast<ModelOp>(op);
    if (model) {
      checkPlaces(model, /*isWritten=*/!root->hasAttr("dl.level"));
      checkProgram(model);
    }
    return stub ? WalkResult::skip() : WalkResult::advance();
  });
}
