// DLLowered.cpp - parsers and printers of what the compiler makes: entry, kernel, launch.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/Ports.h"
#include "dialects/dl/Program.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace dlc;

/// (%name: type {attributes}, ...)
static ParseResult parseArguments(OpAsmParser &parser, SmallVectorImpl<OpAsmParser::Argument> &arguments,
                                  SmallVectorImpl<Attribute> &attributes) {
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, [&]() -> ParseResult {
    OpAsmParser::Argument &argument = arguments.emplace_back();
    Type type;
    NamedAttrList attrs;
    if (parser.parseArgument(argument) || parser.parseColon() || parseTensorType(parser, type) ||
        parser.parseOptionalAttrDict(attrs))
      return failure();
    addArgument(parser, argument, type);
    if (failed(parser.parseOptionalLocationSpecifier(argument.sourceLoc)))
      return failure();
    attributes.push_back(attrs.getDictionary(parser.getContext()));
    return success();
  });
}
static ParseResult parseResults(OpAsmParser &parser, SmallVectorImpl<Attribute> &types,
                                SmallVectorImpl<Attribute> &attributes) {
  if (parser.parseArrow())
    return failure();
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, [&]() -> ParseResult {
    Type type;
    NamedAttrList attrs;
    if (parseTensorType(parser, type) || parser.parseOptionalAttrDict(attrs))
      return failure();
    types.push_back(TypeAttr::get(type));
    attributes.push_back(attrs.getDictionary(parser.getContext()));
    return success();
  });
}
static void printArguments(OpAsmPrinter &printer, Block &block, ArrayAttr attributes) {
  printer << '(';
  for (auto [i, argument] : llvm::enumerate(block.getArguments())) {
    printer << (i ? ", " : "") << argument << ": " << show(argument.getType());
    if (attributes)
      printer.printOptionalAttrDict(cast<DictionaryAttr>(attributes[i]).getValue());
    printer.printOptionalLocationSpecifier(argument.getLoc());
  }
  printer << ')';
}
static void printResults(OpAsmPrinter &printer, ArrayAttr types, ArrayAttr attributes) {
  printer << " -> (";
  for (auto [i, type] : llvm::enumerate(types.getAsValueRange<TypeAttr>())) {
    printer << (i ? ", " : "") << show(type);
    if (attributes)
      printer.printOptionalAttrDict(cast<DictionaryAttr>(attributes[i]).getValue());
  }
  printer << ')';
}
static LogicalResult verifyReturn(Operation *op, Region &body, ArrayAttr types) {
  auto done = body.front().empty() ? ReturnOp() : dyn_cast<ReturnOp>(body.front().back());
  if (!done)
    return complain(op) << op->getName() << " must end with `return`";
  if (llvm::any_of(done.getOperandTypes(), llvm::IsaPred<UnrankedTensorType>)) // what makes it says what is wrong
    return success();
  // A kernel may store what it makes within a larger tensor.
  auto isStored = [&](Type made, Type result) {
    auto tensor = dyn_cast<RankedTensorType>(result);
    return made == (tensor && isa<KernelOp>(op) ? Type(unplaced(tensor)) : result);
  };
  if (!llvm::equal(done.getOperandTypes(), types.getAsValueRange<TypeAttr>(), isStored))
    return complain(done) << "the types returned are not those of " << op->getName();
  return success();
}

//===--- What arguments and results stand for -------------------------------------------------------------===//

/// A tensor of our elements, whose sizes are numbers or multiples of the batch.
static bool isKnown(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && isElement(tensor.getElementType()) &&
         llvm::none_of(dimsOf(tensor), [](Dim dim) { return dim.isUnknown() || (dim.isNumber() && dim.value < 0); });
}
/// What is wrong with the attributes of one argument of an entry point; empty if nothing is.
static std::string problemOfArgument(DictionaryAttr attrs, Type type) {
  if (!isKnown(type))
    return "expected a tensor with known sizes, found " + show(type);
  auto tensor = cast<RankedTensorType>(type);
  bool isNumber = tensor.getRank() == 0 && tensor.getElementType().isF64();
  auto hasTexts = [&](ArrayRef<StringRef> names) {
    return llvm::all_of(names, [&](StringRef name) { return attrs.getAs<StringAttr>(name) != nullptr; });
  };
  StringRef kind;
  for (StringRef one : argumentKinds)
    if (attrs.contains(one)) {
      if (!kind.empty())
        return ("it cannot be " + kind + " and " + one + " at once").str();
      kind = one;
    }
  if (kind.empty())
    return "nothing says what it stands for; expected input, parameter, buffer, session, slot, scalar, step or random";
  if (kind != "random" && !hasTexts(kind))
    return ("expected a name in quotes for " + kind).str();
  bool isStored = llvm::is_contained(storedKinds, kind);
  if (isStored && !attrs.getAs<InitAttr>("init"))
    return ("a " + kind + " has an initialiser `init`").str();
  if (kind == "session" ? !hasRowsFirst(tensor) : isStored && !tensor.hasStaticShape())
    return ("a " + kind + " has sizes that are numbers" + (kind == "session" ? ", but for the first axis" : "")).str();
  if (kind == "slot" && !hasTexts({"of", "group"}))
    return "a slot has the texts `of` and `group`";
  if (Attribute layout = attrs.get("layout")) {
    auto order = dyn_cast<DenseI64ArrayAttr>(layout);
    SmallVector<int64_t> axes(order ? order.asArrayRef() : ArrayRef<int64_t>());
    if (axes.size() == (size_t)tensor.getRank() && axes.size() > 1 && axes.front() == axes.back())
      axes.pop_back(); // split: blocks of it come first, the places within one last
    llvm::sort(axes);
    if (!isStored || !order || order.size() != tensor.getRank() ||
        !llvm::equal(axes, llvm::seq<int64_t>(0, axes.size())))
      return "only what is stored has a layout: each of its axes once, or a split one first and last";
  }
  if ((kind == "scalar" && (!isNumber || !attrs.getAs<FloatAttr>("value"))) || (kind == "step" && !isNumber))
    return ("a " + kind + " is one f64" + (kind == "scalar" ? " with a `value`" : "")).str();
  if (kind == "random" &&
      (tensor.getRank() != 1 || tensor.getDimSize(0) != 3 || !tensor.getElementType().isInteger(64)))
    return "what is random is i64[3]: seed, step, row";
  return "";
}
/// What is stored, as a result that replaces it names it: its own name, whose it is, and its type.
using StoredTensor = std::tuple<Attribute, Attribute, Type>;
/// The same of a result, of an entry point that is given what is in `stored`.
static std::string problemOfResult(DictionaryAttr attrs, Type type, const DenseSet<StoredTensor> &stored) {
  if (!isKnown(type))
    return "expected a tensor with known sizes, found " + show(type);
  if (attrs.contains("output") == attrs.contains("update"))
    return "expected `output` or `update`";
  auto output = attrs.getAs<StringAttr>("output"), update = attrs.getAs<StringAttr>("update");
  if (!output && !update)
    return "expected a name in quotes";
  if (output)
    return "";
  if (stored.contains({update, attrs.get("of"), type}))
    return "";
  return ("no stored tensor '" + update.getValue() + "' of its type is among the arguments").str();
}
LogicalResult dlc::verifyPorts(Operation *op, ArrayAttr argAttrs, TypeRange argTypes, ArrayAttr resAttrs,
                               TypeRange resTypes) {
  auto areDictionaries = [](ArrayAttr all) { return llvm::all_of(all, llvm::IsaPred<DictionaryAttr>); };
  if (argAttrs.size() != argTypes.size() || resAttrs.size() != resTypes.size() || !areDictionaries(argAttrs) ||
      !areDictionaries(resAttrs))
    return complain(op) << "an entry point needs one dictionary for each argument and result";
  DenseSet<Attribute> parameters;
  DenseSet<StoredTensor> stored;
  for (auto [i, attrs, type] : llvm::enumerate(argAttrs.getAsRange<DictionaryAttr>(), argTypes)) {
    if (std::string problem = problemOfArgument(attrs, type); !problem.empty())
      return complain(op) << "argument " << i << " of an entry point: " << problem;
    if (auto name = attrs.getAs<StringAttr>("parameter"))
      parameters.insert(name);
    for (StringRef kind : storedKinds)
      if (Attribute name = attrs.get(kind))
        stored.insert({name, attrs.get("of"), type});
  }
  for (DictionaryAttr attrs : argAttrs.getAsRange<DictionaryAttr>())
    if (auto of = attrs.getAs<StringAttr>("of"); of && attrs.contains("slot") && !parameters.contains(of))
      return complain(op) << "a slot of an entry point is of '" << of.getValue() << "', which is no parameter of it";
  for (auto [i, attrs, type] : llvm::enumerate(resAttrs.getAsRange<DictionaryAttr>(), resTypes))
    if (std::string problem = problemOfResult(attrs, type, stored); !problem.empty())
      return complain(op) << "result " << i << " of an entry point: " << problem;
  return success();
}
/// The same of the body of a loop: each argument is given in one way, and what is carried has one value that follows it.
static LogicalResult verifyRound(Operation *op, ArrayAttr argAttrs, TypeRange argTypes, ArrayAttr resAttrs,
                                 TypeRange resTypes) {
  auto areDictionaries = [](ArrayAttr all) { return llvm::all_of(all, llvm::IsaPred<DictionaryAttr>); };
  bool isGood = argAttrs.size() == argTypes.size() && resAttrs.size() == resTypes.size() && areDictionaries(argAttrs) &&
                areDictionaries(resAttrs) && llvm::all_of(argTypes, isKnown) && llvm::all_of(resTypes, isKnown);
  SmallVector<Type> carried;
  DenseSet<int64_t> next;
  if (isGood)
    for (auto [attrs, type] : llvm::zip(argAttrs.getAsRange<DictionaryAttr>(), argTypes)) {
      auto number = attrs.getAs<IntegerAttr>("carried");
      isGood &= attrs.contains("scanned") + attrs.contains("captured") + attrs.contains("carried") == 1 &&
                (!attrs.contains("carried") || (number && number.getInt() == (int64_t)carried.size()));
      if (number)
        carried.push_back(type);
    }
  if (isGood)
    for (auto [attrs, type] : llvm::zip(resAttrs.getAsRange<DictionaryAttr>(), resTypes)) {
      auto number = attrs.getAs<IntegerAttr>("next");
      isGood &= (number || attrs.getAs<IntegerAttr>("stacked")) && attrs.contains("next") == bool(number);
      if (number)
        isGood &= number.getInt() >= 0 && number.getInt() < (int64_t)carried.size() &&
                  carried[number.getInt()] == type && next.insert(number.getInt()).second;
    }
  return isGood && next.size() == carried.size()
             ? success()
             : LogicalResult(complain(op)
                             << "the body of a loop: expected arguments that are scanned, captured or carried "
                                "(numbered from 0), and results that are stacked or `next`, one for each that "
                                "is carried, of its type");
}
/// From level `graph` on, the values of a body have known sizes.
static LogicalResult verifyValues(Operation *op, Region &body) {
  for (Operation &line : body.front())
    for (Type type : line.getResultTypes())
      if (!isKnown(type) && !isa<UnrankedTensorType>(type))
        return complain(&line) << "expected a value with known sizes, found " << show(type);
  return success();
}

//===--- entry ------------------------------------------------------------------------------------------===//

// entry kind @name(%x: f32[batch, 4] {input = "x"}, ...) -> (f32 {output = "y"}, ...) attributes {...} { ... }
ParseResult EntryOp::parse(OpAsmParser &parser, OperationState &result) {
  Builder &builder = parser.getBuilder();
  SmallVector<OpAsmParser::Argument> arguments;
  SmallVector<Attribute> argAttrs, resTypes, resAttrs;
  StringRef kind;
  Names names;
  if (parser.parseKeyword(&kind) || parseSymbol(parser, result) || parseArguments(parser, arguments, argAttrs) ||
      parseResults(parser, resTypes, resAttrs) || parser.parseOptionalAttrDictWithKeyword(result.attributes) ||
      parseBody(parser, result, arguments))
    return failure();
  result.addAttribute("kind", builder.getStringAttr(kind));
  result.addAttribute("arg_attrs", builder.getArrayAttr(argAttrs));
  result.addAttribute("result_types", builder.getArrayAttr(resTypes));
  result.addAttribute("res_attrs", builder.getArrayAttr(resAttrs));
  return success();
}
void EntryOp::print(OpAsmPrinter &printer) {
  printer << ' ' << getKind() << ' ';
  printer.printSymbolName(getSymName());
  printArguments(printer, getBody().front(), getArgAttrs());
  printResults(printer, getResultTypes(), getResAttrs());
  printer.printOptionalAttrDictWithKeyword((*this)->getDiscardableAttrDictionary().getValue());
  printBody(printer, getBody(), true);
}
LogicalResult EntryOp::verify() {
  if (!llvm::is_contained({"function", "session", "train", "gradients", "apply", "loop"}, getKind()))
    return complain(*this) << "entry @" << getSymName()
                           << ": expected function, session, train, gradients, apply or loop, found '" << getKind()
                           << "'";
  if (failed(verifyReturn(*this, getBody(), getResultTypes())) || failed(verifyValues(*this, getBody())))
    return failure();
  SmallVector<Type> results(getResultTypes().getAsValueRange<TypeAttr>());
  if (getKind() == "loop")
    return verifyRound(*this, getArgAttrs(), getBody().getArgumentTypes(), getResAttrs(), results);
  return verifyPorts(*this, getArgAttrs(), getBody().getArgumentTypes(), getResAttrs(), results);
}

//===--- kernel and launch ------------------------------------------------------------------------------===//

/// @name(%a: f32[4], ...) -> (f32[4], ...) attributes {...} { ... }
static ParseResult parseItem(OpAsmParser &parser, OperationState &result) {
  SmallVector<OpAsmParser::Argument> arguments;
  SmallVector<Attribute> argAttrs, resTypes, resAttrs;
  SmallVector<Type> types;
  {
    Names names;
    if (parseSymbol(parser, result) || parseArguments(parser, arguments, argAttrs) ||
        parseResults(parser, resTypes, resAttrs) || parser.parseOptionalAttrDictWithKeyword(result.attributes) ||
        parseBody(parser, result, arguments))
      return failure();
  }
  for (Attribute type : resTypes)
    types.push_back(cast<TypeAttr>(type).getValue());
  Names::addFunction(cast<StringAttr>(result.attributes.get("sym_name")), types);
  result.addAttribute("result_types", parser.getBuilder().getArrayAttr(resTypes));
  return success();
}
template <typename Item> static void printItem(OpAsmPrinter &printer, Item item) {
  printer << ' ';
  printer.printSymbolName(item.getSymName());
  printArguments(printer, item.getBody().front(), {});
  printResults(printer, item.getResultTypes(), {});
  printer.printOptionalAttrDictWithKeyword(item->getDiscardableAttrDictionary().getValue());
  printBody(printer, item.getBody(), true);
}
/// @name(%a, ...): the arguments, and the types of results that `name` was read with.
static FailureOr<SmallVector<Type>> parseUse(OpAsmParser &parser, OperationState &result, StringRef what) {
  FlatSymbolRefAttr item;
  SmallVector<Value> arguments;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseAttribute(item, what, result.attributes) || parser.parseLParen() || parseTensors(parser, arguments) ||
      parser.parseRParen())
    return failure();
  const Names::Results *types = Names::findFunction(item.getValue());
  if (!types || !*types) {
    (void)(stop(parser, loc) << "no " << what << " @" << item.getValue() << " stands above this line");
    return failure();
  }
  result.addOperands(arguments);
  return **types;
}
static void printUse(OpAsmPrinter &printer, StringRef item, OperandRange arguments, TypeRange types) {
  printer << ' ';
  printer.printSymbolName(item);
  printer << '(';
  printTensors(printer, arguments);
  printer << ')';
  printTypes(printer, types);
}

// kernel @name(%a: f32[4], ...) -> (f32[4], ...) attributes {...} { ... }
ParseResult KernelOp::parse(OpAsmParser &parser, OperationState &result) { return parseItem(parser, result); }
void KernelOp::print(OpAsmPrinter &printer) { printItem(printer, *this); }
LogicalResult KernelOp::verify() {
  for (Type type : getBody().getArgumentTypes())
    if (!isKnown(type))
      return complain(*this) << "expected a kernel whose arguments have known sizes, found " << show(type);
  if (failed(verifyValues(*this, getBody())))
    return failure();
  return verifyReturn(*this, getBody(), getResultTypes());
}

// lifted 17
ParseResult LiftedOp::parse(OpAsmParser &parser, OperationState &result) {
  IntegerAttr value;
  Type i64 = parser.getBuilder().getI64Type();
  if (parser.parseAttribute(value, i64, "value", result.attributes))
    return failure();
  result.addTypes(RankedTensorType::get({}, i64));
  return finishOp(parser, result);
}
void LiftedOp::print(OpAsmPrinter &printer) {
  printer << ' ' << getValue();
  printTypes(printer, getResult().getType());
}

// launch @kernel(%a, ...)
ParseResult LaunchOp::parse(OpAsmParser &parser, OperationState &result) {
  auto types = parseUse(parser, result, "kernel");
  if (failed(types))
    return failure();
  result.addTypes(*types);
  return finishOp(parser, result);
}
void LaunchOp::print(OpAsmPrinter &printer) { printUse(printer, getKernel(), getArgs(), getResultTypes()); }

//===--- rule and map -----------------------------------------------------------------------------------===//

static bool isSingle(Type type) { return isKnown(type) && cast<RankedTensorType>(type).getRank() == 0; }

// rule @name(%w: f32, ...) -> (f32, ...) { ... }
ParseResult RuleOp::parse(OpAsmParser &parser, OperationState &result) { return parseItem(parser, result); }
void RuleOp::print(OpAsmPrinter &printer) { printItem(printer, *this); }
LogicalResult RuleOp::verify() {
  if (!llvm::all_of(getBody().getArgumentTypes(), isSingle))
    return complain(*this) << "expected a rule whose arguments are single numbers";
  for (Operation &line : getBody().front())
    if (!isa<ReturnOp, ConstantOp>(line) && !(line.hasTrait<Pointwise>() && !isa<MapOp>(line)))
      return complain(&line) << "`" << line.getName().stripDialect() << "` is not element-wise; a rule holds what is";
    else if (!llvm::all_of(line.getResultTypes(), isSingle))
      return complain(&line) << "expected a single number in a rule, found " << show(line.getResult(0).getType());
  return verifyReturn(*this, getBody(), getResultTypes());
}

/// The tensor that others lie beside: the first that is no single number; the first if all are.
static Value wholeOperand(ValueRange operands) {
  auto it = llvm::find_if(operands, [](Value one) { return typeOf(one).getRank() > 0; });
  return it != operands.end() ? *it : operands.front();
}
// map @rule(%w, ...)
ParseResult MapOp::parse(OpAsmParser &parser, OperationState &result) {
  SMLoc loc = parser.getCurrentLocation();
  auto types = parseUse(parser, result, "rule");
  if (failed(types))
    return failure();
  auto isRanked = [](Type type) { return isa<RankedTensorType>(type); };
  if (result.operands.empty() || !llvm::all_of(ValueRange(result.operands).getTypes(), isRanked) ||
      !llvm::all_of(*types, isRanked))
    return stop(parser, loc) << "expected tensors for a rule of single numbers";
  for (Type type : *types)
    result.addTypes(makeTensor(dimsOf(wholeOperand(result.operands)), cast<RankedTensorType>(type).getElementType()));
  return finishOp(parser, result);
}
void MapOp::print(OpAsmPrinter &printer) { printUse(printer, getRule(), getArgs(), getResultTypes()); }
LogicalResult MapOp::verify() {
  if (getArgs().empty() || getNumResults() == 0)
    return complain(*this) << "map: expected operands and results";
  Value whole = wholeOperand(getArgs());
  for (Value value : llvm::concat<Value>(getArgs(), getResults()))
    if (dimsOf(value) != dimsOf(whole) && (typeOf(value).getRank() || value.getDefiningOp() == *this))
      return complain(*this) << "map: expected tensors of one shape, or single numbers as operands; found "
                             << show(whole.getType()) << " and " << show(value.getType());
  return success();
}
SmallVector<Value> MapOp::writtenOut(Ops &b) {
  auto rule = SymbolTable::lookupNearestSymbolFrom<RuleOp>(*this, getRuleAttr());
  Block &body = rule.getBody().front();
  SmallVector<Dim> dims = dimsOf(getResult(0));
  IRMapping map;
  map.map(body.getArguments(), getArgs());
  for (Operation &line : body.without_terminator()) {
    OperationState state(line.getLoc(), line.getName());
    for (Value operand : line.getOperands())
      state.operands.push_back(map.lookup(operand));
    state.addAttributes(line.getAttrs());
    bool isWhole = llvm::any_of(state.operands, [](Value operand) { return typeOf(operand).getRank() > 0; });
    for (Value result : line.getResults())
      state.addTypes(isWhole ? makeTensor(dims, typeOf(result).getElementType()) : typeOf(result));
    map.map(line.getResults(), b.builder.create(state)->getResults());
  }
  // Each result is a tensor of its own, though the rule may hand on what it was given, or one value twice.
  DenseSet<Value> taken(getArgs().begin(), getArgs().end());
  return llvm::map_to_vector(body.getTerminator()->getOperands(), [&](Value single) -> Value {
    Value value = map.lookup(single);
    if (typeOf(value).getRank() == 0 && !dims.empty())
      return b.broadcast(value, dims);
    if (taken.insert(value).second)
      return value;
    auto element = TypeAttr::get(typeOf(value).getElementType());
    return CastOp::create(b.builder, b.loc, value.getType(), value, element);
  });
}
