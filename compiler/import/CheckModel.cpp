// CheckModel.cpp - checks op by op, and what more than one op is needed for.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/import/ReadModel.h"
#include "compiler/graph/Prelude.h"
#include "dialects/nn/NN.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace dlc;

static bool isOpen(TypeRange types) {
  return llvm::any_of(types, [](Type type) { return isa<UnrankedTensorType>(type); });
}

/// `found` may stand where `expected` is declared, as far as can be known before sizes are.
static bool mayFit(RankedTensorType expected, Type found) {
  auto ranked = dyn_cast<RankedTensorType>(found);
  return ranked && ranked.getElementType() == expected.getElementType() &&
         ranked.getRank() == expected.getRank() &&
         llvm::all_of(llvm::zip(dimsOf(ranked), dimsOf(expected)),
                      [](auto pair) { return std::get<0>(pair).agrees(std::get<1>(pair)); });
}

static void checkCall(Operation *op, FuncOp callee, OperandRange arguments, DictionaryAttr sizes) {
  if (callee.getBody().front().empty())
    return; // could not be read
  ArrayAttr shapes = callee.getArgShapes();
  if (shapes.size() != arguments.size()) {
    complain(op) << "@" << callee.getSymName() << " takes " << shapes.size() << " arguments, found "
                    << arguments.size();
    return;
  }
  for (auto [i, shape, argument] : llvm::enumerate(shapes.getAsRange<ShapeAttr>(), arguments))
    if (!isOpen(argument.getType()) && !mayFit(shape.evaluate(), argument.getType()))
      complain(op) << "argument " << callee.getArgNames()[i] << " of @" << callee.getSymName() << ": expected "
                      << show(shape) << ", found " << show(argument);
  if (!sizes)
    return;
  for (NamedAttribute size : sizes)
    if (!llvm::is_contained(callee.getSizeNames(), Attribute(size.getName())))
      complain(op) << "@" << callee.getSymName() << " has no size '" << size.getName().getValue() << "'";
}

/// Names of sizes must be the model's, the function's, or (in a template) stand in the shape of an argument.
static void checkSizes(FuncOp function, ModelOp model) {
  llvm::StringSet<> known;
  known.insert("?");
  known.insert("batch");
  for (ArrayAttr names : {model.getSizeNames(), function.getSizeNames()})
    for (StringAttr name : names.getAsRange<StringAttr>())
      known.insert(name);
  for (ShapeAttr shape : function.getArgShapes().getAsRange<ShapeAttr>())
    for (SizeAttr size : shape.getSizes())
      if (function.getSymVisibility() == "private" && isa<AffineSymbolExpr>(size.getExpr()))
        known.insert(size.getNames()[0]);
  function.walk([&](Operation *op) {
    op->getAttrDictionary().walk([&](SizeAttr size) {
      for (StringAttr name : size.getNames())
        if (known.insert(name).second) {
          InFlightDiagnostic error = complain(op) << "no size is called '" << name.getValue() << "'";
          error.attachNote(model.getLoc()) << "the model's sizes stand here";
        }
    });
  });
}

/// Initialisers are known, and have the numbers that they need (dlc_init in runtime/abi.h says what they mean).
static void checkInit(Operation *op, InitAttr init) {
  static const std::pair<StringRef, size_t> kinds[] = {
      {"zeros", 0},           {"ones", 0},           {"constant", 1},       {"normal", 1},        {"uniform", 2},
      {"kaiming_uniform", 1}, {"fan_in_uniform", 0}, {"xavier_uniform", 0}, {"xavier_normal", 0}, {"kaiming_normal", 0}};
  auto found = llvm::find_if(kinds, [&](auto kind) { return kind.first == init.getKind().getValue(); });
  if (found == std::end(kinds)) {
    InFlightDiagnostic error = complain(op) << "no initialiser is called '" << init.getKind().getValue()
                                            << "'; there are ";
    for (auto [i, kind] : llvm::enumerate(kinds))
      error << (i ? ", " : "") << kind.first;
  } else if (init.getValues().size() != found->second) {
    complain(op) << "the initialiser '" << found->first << "' takes " << found->second
                 << (found->second == 1 ? " number, found " : " numbers, found ") << init.getValues().size();
  }
}

/// Sizes are numbers of elements.
static void checkPositive(Operation *op) {
  auto wrong = [&](SizeAttr size, int64_t least) {
    Dim dim = size.evaluate();
    if (dim.isNumber() && dim.value < least)
      complain(op) << "sizes must be at least " << least << ", found " << show(size);
  };
  for (NamedAttribute attr : op->getAttrs()) {
    attr.getValue().walk([&](ShapeAttr shape) {
      for (SizeAttr size : shape.getSizes())
        wrong(size, 0);
    });
    attr.getValue().walk([&](InitAttr init) { checkInit(op, init); });
    if (auto size = dyn_cast<SizeAttr>(attr.getValue()); size && isa<nn::LayerOpInterface>(op))
      wrong(size, 1);
  }
}

static void checkFunction(FuncOp function, ModelOp model) {
  if (function.getBody().front().empty())
    return;
  checkSizes(function, model);
  function->walk(checkPositive);
  llvm::StringMap<Operation *> declared;
  function.walk([&](Operation *op) {
    if (!isa<ParamOp, StateOp, nn::LayerOpInterface>(op))
      return;
    StringRef name = op->getAttrOfType<StringAttr>("name");
    auto [it, isNew] = declared.try_emplace(name, op);
    if (isNew)
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
  auto done = dyn_cast<ReturnOp>(function.getBody().front().back());
  if (!done) {
    complain(function) << "@" << function.getSymName() << " must end with `return`";
    return;
  }
  ArrayAttr shapes = function.getResultShapes();
  if (shapes.size() != done.getNumOperands()) {
    if (!isOpen(done.getOperandTypes()))
      complain(done) << "@" << function.getSymName() << " returns " << shapes.size() << " values, found "
                       << done.getNumOperands();
    return;
  }
  for (auto [i, shape, value] : llvm::enumerate(shapes.getAsRange<ShapeAttr>(), done.getOperands()))
    if (!isOpen(value.getType()) && !mayFit(shape.evaluate(), value.getType()))
      complain(done) << "result " << (i + 1) << " of @" << function.getSymName() << ": expected " << show(shape)
                       << ", found " << show(value);
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
  for (NamedAttribute scalar : optimize.getScalars())
    if (!llvm::is_contained(optimizer.getScalarNames(), Attribute(scalar.getName())))
      complain(optimize) << "@" << optimize.getOptimizer() << " has no scalar '" << scalar.getName().getValue()
                         << "'; it knows " << listOf(optimizer.getScalarNames());
}

static void checkProgram(ModelOp model) {
  Prelude prelude(model.getContext());
  auto find = [&](FlatSymbolRefAttr name) {
    return dyn_cast_or_null<FuncOp>(SymbolTable::lookupSymbolIn(model, name.getAttr()));
  };
  for (auto function : model.getBody().getOps<FuncOp>())
    checkFunction(function, model);
  for (auto optimizer : model.getBody().getOps<OptimizerOp>())
    for (InitAttr init : optimizer.getSlots().getAsRange<InitAttr>())
      checkInit(optimizer, init);
  model.walk([&](Operation *op) {
    if (auto call = dyn_cast<CallOp>(op))
      if (FuncOp callee = find(call.getCalleeAttr()))
        checkCall(op, callee, call.getArgs(), call.getSizesAttr());
    if (auto stack = dyn_cast<StackOp>(op)) {
      if (FuncOp callee = find(stack.getCalleeAttr()))
        checkCall(op, callee, stack.getArgs(), stack.getSizesAttr());
      else
        complain(op) << "no function is called @" << stack.getCallee();
    }
    if (auto optimize = dyn_cast<OptimizeOp>(op))
      checkOptimize(optimize, model, prelude);
    if (auto train = dyn_cast<TrainOp>(op)) {
      FuncOp loss = find(train.getLossAttr());
      if (!loss)
        complain(op) << "no function is called @" << train.getLoss();
      else if (!loss.getBody().front().empty() &&
               (loss.getResultShapes().empty() || !cast<ShapeAttr>(loss.getResultShapes()[0]).getSizes().empty()))
        complain(op) << "the first result of @" << train.getLoss() << " is minimised and must be one number";
    }
  });
}

void dlc::checkModel(Operation *root) {
  root->walk<WalkOrder::PreOrder>([&](Operation *op) {
    bool fedByWrong = isOpen(op->getOperandTypes()) && !op->getParentOfType<OptimizerOp>();
    bool stub = isa<FuncOp>(op) && op->getRegion(0).front().empty();
    if (!fedByWrong && !stub && succeeded(op->getName().verifyInvariants(op)))
      (void)op->getName().verifyRegionInvariants(op);
    if (auto model = dyn_cast<ModelOp>(op))
      checkProgram(model);
    return stub ? WalkResult::skip() : WalkResult::advance();
  });
}
