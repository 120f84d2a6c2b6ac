// DLProgram.cpp - parsers and printers of model, func, call, stack, param, state, constant.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/Program.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>

using namespace mlir;
using namespace dlc;

//===--- Shared ---------------------------------------------------------------------------------------===//

ParseResult dlc::parseText(OpAsmParser &parser, OperationState &result, StringRef attribute) {
  std::string text;
  if (failed(parser.parseOptionalString(&text)) || text.empty())
    return stop(parser) << result.name.stripDialect() << ": expected its " << attribute << " in quotes";
  result.addAttribute(attribute, parser.getBuilder().getStringAttr(text));
  return success();
}
ParseResult dlc::checkPlace(OpAsmParser &parser, OperationState &result) {
  if (Names::areInBody())
    return stop(parser, parser.getNameLoc()) << result.name.stripDialect()
                                             << " stands inside of the function, optimizer or training step above; "
                                                "is the `}` missing that closes it?";
  return success();
}
ParseResult dlc::parseSymbol(OpAsmParser &parser, OperationState &result) {
  StringAttr name;
  if (failed(parser.parseOptionalSymbolName(name, SymbolTable::getSymbolAttrName(), result.attributes)))
    return stop(parser) << result.name.stripDialect() << ": expected its name, such as @" << result.name.stripDialect();
  return success();
}
/// open name = size, ... close. A size without default is `?`.
ParseResult dlc::parseSizeList(OpAsmParser &parser, AsmParser::Delimiter delimiter, SmallVectorImpl<Attribute> &names,
                               SmallVectorImpl<Attribute> &values) {
  return parser.parseCommaSeparatedList(delimiter, [&]() -> ParseResult {
    StringRef name;
    SizeAttr value = SizeAttr::get(parser.getContext(), getAffineSymbolExpr(0, parser.getContext()),
                                   parser.getBuilder().getStringAttr("?"));
    SMLoc loc = parser.getCurrentLocation();
    if (parser.parseKeyword(&name))
      return failure();
    if (name == "batch")
      return stop(parser, loc) << "`batch` is the size that each call of a model brings along; take another name";
    if (llvm::is_contained(names, Attribute(parser.getBuilder().getStringAttr(name))))
      return stop(parser, loc) << "the size '" << name << "' stands here twice; leave one of them out";
    if ((succeeded(parser.parseOptionalEqual()) && parseSize(parser, value)))
      return failure();
    names.push_back(parser.getBuilder().getStringAttr(name));
    values.push_back(value);
    return success();
  });
}
void dlc::printSizeList(OpAsmPrinter &printer, ArrayAttr names, ArrayAttr values) {
  llvm::interleaveComma(llvm::zip(names.getAsRange<StringAttr>(), values.getAsRange<SizeAttr>()), printer,
                        [&](auto size) {
                          printer << std::get<0>(size).getValue();
                          if (std::string value = show(std::get<1>(size)); value != "?")
                            printer << " = " << value;
                        });
}
void dlc::printBody(OpAsmPrinter &printer, Region &body, bool terminator) {
  printer << ' ';
  printer.printRegion(body, /*printEntryBlockArgs=*/false, /*printBlockTerminators=*/terminator);
}
/// An argument `%name` of a body: the parser learns its type, the location keeps its name.
void dlc::addArgument(OpAsmParser &parser, OpAsmParser::Argument &argument, Type type) {
  argument.type = type;
  StringRef name = argument.ssaName.name.drop_front();
  Names::add(name, argument.ssaName.number, type);
  if (!argument.sourceLoc) // a printed level says it
    argument.sourceLoc = named(parser.getEncodedSourceLoc(argument.ssaName.location), name);
}
ParseResult dlc::parseBody(OpAsmParser &parser, OperationState &result, ArrayRef<OpAsmParser::Argument> arguments) {
  Region *body = result.addRegion();
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseRegion(*body, arguments))
    return failure();
  placeNumbers();
  if (body->getBlocks().size() > 1)
    return stop(parser, loc) << result.name.stripDialect()
                             << ": its body is one list of ops; leave labels such as `^here:` out";
  if (body->empty())
    body->emplaceBlock();
  return success();
}

//===--- model ------------------------------------------------------------------------------------------===//

// model @name [version 1] [sizes(width = 768, ...)] [open(time = 64, ...)] { ... }
// The two lists may change places.
ParseResult ModelOp::parse(OpAsmParser &parser, OperationState &result) {
  Names names(/*holdsItems=*/true);
  SmallVector<Attribute> sizes, values;
  if (parseSymbol(parser, result))
    return failure();
  if (succeeded(parser.parseOptionalKeyword("version"))) {
    int64_t version;
    SMLoc loc = parser.getCurrentLocation();
    if (parser.parseInteger(version))
      return failure();
    if (version < 1 || version > languageVersion)
      return stop(parser, loc) << "this model is written in version " << version
                               << " of the language; this dlc reads version 1" << (languageVersion > 1 ? " to " : "")
                               << (languageVersion > 1 ? std::to_string(languageVersion) : "");
    result.addAttribute("dl.version", parser.getBuilder().getI64IntegerAttr(version));
  }
  SmallVector<Attribute> open, capacities;
  SMLoc loc;
  auto parseList = [&](StringRef keyword, SmallVectorImpl<Attribute> &listed,
                       SmallVectorImpl<Attribute> &numbers) -> ParseResult {
    SMLoc here = parser.getCurrentLocation();
    if (!listed.empty() || failed(parser.parseOptionalKeyword(keyword)))
      return success();
    if (keyword == "open")
      loc = here;
    return parseSizeList(parser, AsmParser::Delimiter::Paren, listed, numbers);
  };
  if (parseList("sizes", sizes, values) || parseList("open", open, capacities) || parseList("sizes", sizes, values))
    return failure();
  result.addAttribute("size_names", parser.getBuilder().getArrayAttr(sizes));
  result.addAttribute("size_values", parser.getBuilder().getArrayAttr(values));
  for (auto [name, capacity] : llvm::zip(open, capacities)) {
    StringRef text = cast<StringAttr>(name).getValue();
    if (llvm::is_contained(sizes, name))
      return stop(parser, loc) << "'" << text
                               << "' stands among the sizes and among those that are open; a size is known "
                               << "when the model is compiled, or open until a call: leave one of them out";
    if (show(cast<SizeAttr>(capacity)) == "?")
      return stop(parser, loc) << "the open size '" << text
                               << "' has no capacity; write the most that a call may have, "
                               << "such as open(" << text << " = 64)";
    Names::addOpen(text);
  }
  if (open.size() > mostOpenSizes)
    return stop(parser, loc) << "expected at most " << mostOpenSizes << " open sizes beside the batch, found "
                             << open.size();
  result.addAttribute("open_names", parser.getBuilder().getArrayAttr(open));
  result.addAttribute("open_sizes", parser.getBuilder().getArrayAttr(capacities));
  return parseBody(parser, result);
}
void ModelOp::print(OpAsmPrinter &printer) {
  printer << ' ';
  printer.printSymbolName(getSymName());
  if (auto version = (*this)->getAttrOfType<IntegerAttr>("dl.version"))
    printer << " version " << version.getInt();
  if (!getSizeNames().empty()) {
    printer << " sizes(";
    printSizeList(printer, getSizeNames(), getSizeValues());
    printer << ')';
  }
  if (!getOpenNames().empty()) {
    printer << " open(";
    printSizeList(printer, getOpenNames(), getOpenSizes());
    printer << ')';
  }
  printBody(printer, getBody(), false);
}

//===--- func -------------------------------------------------------------------------------------------===//

/// Does a result's name stand here: a word and a colon?
static bool isNamedResult(AsmParser &parser) {
  const char *here = parser.getCurrentLocation().getPointer();
  StringRef text(here, strnlen(here, 1024)); // no name is longer
  return text.drop_while([](char c) { return isalnum(c) || c == '_'; }).ltrim().starts_with(":");
}
// func [private | session] @name [<size = default, ...>] (%arg: shape, ...)
//     [-> shape | -> (shape, ...) | -> (name: shape, ...)] { ... }
ParseResult FuncOp::parse(OpAsmParser &parser, OperationState &result) {
  Builder &builder = parser.getBuilder();
  SmallVector<Attribute> sizes, values, argNames, argShapes, resultNames, resultShapes;
  SmallVector<OpAsmParser::Argument> arguments;
  SmallVector<Type> resultTypes;
  StringRef kind;
  if (checkPlace(parser, result))
    return failure();
  if (succeeded(parser.parseOptionalKeyword(&kind, {"private", "session"}))) {
    if (kind == "private")
      result.addAttribute("sym_visibility", builder.getStringAttr("private"));
    else
      result.addAttribute("session", builder.getUnitAttr());
  }
  if (parseSymbol(parser, result) || parseSizeList(parser, AsmParser::Delimiter::OptionalLessGreater, sizes, values))
    return failure();
  {
    Names names(cast<StringAttr>(result.attributes.get("sym_name")).getValue());
    if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, [&]() -> ParseResult {
          Type unknown = UnrankedTensorType::get(builder.getF32Type());
          ShapeAttr shape = ShapeAttr::get(RankedTensorType::get({}, builder.getF32Type()));
          OpAsmParser::Argument &argument = arguments.emplace_back();
          if (parser.parseArgument(argument))
            return failure();
          bool isTyped = succeeded(parser.parseOptionalColon()), hasColon = isTyped;
          SMLoc loc = parser.getCurrentLocation();
          isTyped |= !StringRef(",)").contains(*loc.getPointer());
          if (!hasColon)
            complain(parser, result, isTyped ? loc : argument.ssaName.location)
                << "argument " << argument.ssaName.name << " needs a type, as in `" << argument.ssaName.name
                << ": f32[batch, 128]`";
          if (isTyped && parseShape(parser, shape))
            return failure();
          addArgument(parser, argument, isTyped ? shape.evaluate() : unknown);
          argNames.push_back(builder.getStringAttr(argument.ssaName.name.drop_front()));
          argShapes.push_back(shape);
          return success();
        }))
      return failure();
    auto parseResultShape = [&](StringRef name) -> ParseResult {
      ShapeAttr shape;
      SMLoc loc = parser.getCurrentLocation();
      if (parseShape(parser, shape))
        return failure();
      for (SizeAttr size : shape.getSizes())
        if (Dim dim = size.evaluate(); dim.isNumber() && dim.value < 0)
          complain(parser, result, loc) << "sizes must be at least 0, found " << show(size);
      resultNames.push_back(builder.getStringAttr(name));
      resultShapes.push_back(shape);
      return success();
    };
    if (succeeded(parser.parseOptionalArrow())) {
      if (succeeded(parser.parseOptionalLParen())) {
        if (parser.parseCommaSeparatedList([&]() -> ParseResult {
              // A shape begins with a type, a name does not; some names would do as types (`i32`).
              StringRef name;
              if (!isNamedResult(parser))
                return parseResultShape("");
              if (failed(parser.parseOptionalKeyword(&name)))
                return stop(parser) << "expected a result: `name: type`";
              return failure(parser.parseColon() || parseResultShape(name));
            }) ||
            parser.parseRParen())
          return failure();
      } else if (isNamedResult(parser)) {
        return stop(parser) << "results with names stand in parentheses, as in `-> (loss: f32)`";
      } else if (parseResultShape("")) {
        return failure();
      }
    }
    if (parseBody(parser, result, arguments))
      return failure();
  }
  // Results that are not written down are those of `return`.
  Block &block = result.regions[0]->front();
  auto done = block.empty() ? ReturnOp() : dyn_cast<ReturnOp>(block.back());
  bool isReadable =
      done && llvm::none_of(done.getOperands(), [](Value value) { return nameOf(value).starts_with("$"); });
  if (resultShapes.empty() && isReadable) {
    llvm::append_range(resultTypes, done.getOperandTypes());
    if (llvm::all_of(resultTypes, llvm::IsaPred<RankedTensorType>))
      for (Type type : resultTypes) {
        resultShapes.push_back(ShapeAttr::get(type));
        resultNames.push_back(builder.getStringAttr(""));
      }
  } else {
    for (Attribute shape : resultShapes)
      resultTypes.push_back(cast<ShapeAttr>(shape).evaluate());
  }
  bool isKnown = isReadable || !resultShapes.empty();
  Names::addFunction(cast<StringAttr>(result.attributes.get("sym_name")),
                     isKnown ? Names::Results(resultTypes) : std::nullopt);
  result.addAttribute("size_names", builder.getArrayAttr(sizes));
  result.addAttribute("size_values", builder.getArrayAttr(values));
  result.addAttribute("arg_names", builder.getArrayAttr(argNames));
  result.addAttribute("arg_shapes", builder.getArrayAttr(argShapes));
  result.addAttribute("result_names", builder.getArrayAttr(resultNames));
  result.addAttribute("result_shapes", builder.getArrayAttr(resultShapes));
  return success();
}
void FuncOp::print(OpAsmPrinter &printer) {
  printer << (getSession() ? " session " : getSymVisibility() == "private" ? " private " : " ");
  printer.printSymbolName(getSymName());
  if (!getSizeNames().empty()) {
    printer << '<';
    printSizeList(printer, getSizeNames(), getSizeValues());
    printer << '>';
  }
  printer << '(';
  llvm::interleaveComma(llvm::zip(getBody().getArguments(), getArgShapes().getAsRange<ShapeAttr>()), printer,
                        [&](auto one) {
                          auto [argument, shape] = one;
                          printer.printRegionArgument(argument, {}, /*omitType=*/true);
                          printer << ": " << show(shape);
                        });
  printer << ')';
  bool one = getResultNames().size() == 1 && cast<StringAttr>(getResultNames()[0]).empty();
  if (!getResultNames().empty()) {
    printer << (one ? " -> " : " -> (");
    llvm::interleaveComma(
        llvm::zip(getResultNames().getAsRange<StringAttr>(), getResultShapes().getAsRange<ShapeAttr>()), printer,
        [&](auto output) {
          if (!std::get<0>(output).empty())
            printer << std::get<0>(output).getValue() << ": ";
          printer << show(std::get<1>(output));
        });
    printer << (one ? "" : ")");
  }
  printBody(printer, getBody(), true);
}

// return %a, %b
ParseResult ReturnOp::parse(OpAsmParser &parser, OperationState &result) {
  SmallVector<Value> values;
  if (parseTensors(parser, values))
    return failure();
  if (isMissingComma(parser))
    return stop(parser) << "return: expected `,` before what follows on this line";
  result.addOperands(values);
  return success();
}
void ReturnOp::print(OpAsmPrinter &printer) {
  if (getNumOperands())
    printer << ' ';
  printTensors(printer, getOperands());
}

//===--- call and stack ---------------------------------------------------------------------------------===//

// @callee[<size = value, ...>](%a, ...)[, training | inference]
static ParseResult parseCallee(OpAsmParser &parser, OperationState &result, SmallVectorImpl<Value> &arguments) {
  SmallVector<Attribute> names, values;
  if (parseSymbolRef(parser, result, "callee", "the name of a function") ||
      parseSizeList(parser, AsmParser::Delimiter::OptionalLessGreater, names, values) || parser.parseLParen() ||
      parseTensors(parser, arguments) || parser.parseRParen())
    return failure();
  result.addOperands(arguments);
  if (!names.empty()) {
    NamedAttrList sizes;
    for (auto [name, value] : llvm::zip(names, values))
      sizes.set(cast<StringAttr>(name), value);
    result.addAttribute("sizes", sizes.getDictionary(parser.getContext()));
  }
  if (succeeded(parser.parseOptionalComma())) {
    StringRef mode;
    if (parser.parseOptionalKeyword(&mode, {"training", "inference"}))
      return stop(parser) << "expected `training` or `inference`";
    result.addAttribute("mode", parser.getBuilder().getStringAttr(mode));
  }
  return success();
}
template <typename Op> static void printCallee(OpAsmPrinter &printer, Op op) {
  printer.printSymbolName(op.getCallee());
  if (DictionaryAttr sizes = op.getSizesAttr()) {
    printer << '<';
    llvm::interleaveComma(sizes, printer, [&](NamedAttribute size) {
      printer << size.getName().getValue() << " = " << show(cast<SizeAttr>(size.getValue()));
    });
    printer << '>';
  }
  printer << '(';
  printTensors(printer, op.getArgs());
  printer << ')';
  if (op.getMode())
    printer << ", " << *op.getMode();
  if (op->hasAttr(statement))
    printStatement(printer, op);
  else
    printTypes(printer, op.getResultTypes());
}

// call ["scope"] @callee...
ParseResult CallOp::parse(OpAsmParser &parser, OperationState &result) {
  std::string scope;
  SmallVector<Value> arguments;
  if (succeeded(parser.parseOptionalString(&scope)))
    result.addAttribute("scope", parser.getBuilder().getStringAttr(scope));
  SMLoc loc = parser.getCurrentLocation();
  if (parseCallee(parser, result, arguments))
    return failure();
  StringRef callee = cast<FlatSymbolRefAttr>(result.attributes.get("callee")).getValue();
  auto function = Names::findFunction(callee);
  if (Names::isBeingRead(callee))
    complain(parser, result, loc) << "@" << callee
                                  << " calls itself, which has no end; call functions that stand above "
                                  << "this one, and write rounds as a `stack` or a `scan`";
  else if (!function)
    complain(parser, result, loc) << "no function @" << callee
                                  << " stands above this line; define a function before it is called";
  if (function && *function)
    result.addTypes(**function);
  else
    result.types.assign(parser.getNumResults(), UnrankedTensorType::get(parser.getBuilder().getF32Type()));
  return finishOp(parser, result);
}
void CallOp::print(OpAsmPrinter &printer) {
  printer << ' ';
  if (getScope())
    printer << '"' << *getScope() << "\" ";
  printCallee(printer, *this);
}

// stack count "scope" @callee...: each result has the type of the argument that it replaces
ParseResult StackOp::parse(OpAsmParser &parser, OperationState &result) {
  SizeAttr count;
  SmallVector<Value> arguments;
  if (parseSize(parser, count) || parseText(parser, result, "scope"))
    return failure();
  SMLoc loc = parser.getCurrentLocation();
  if (parseCallee(parser, result, arguments))
    return failure();
  result.addAttribute("count", count);
  if (parser.getNumResults() > arguments.size())
    return stop(parser, loc) << "a stack hands its results on as arguments: " << parser.getNumResults()
                             << " results, but only " << arguments.size() << " arguments";
  for (Value argument : ArrayRef<Value>(arguments).take_front(parser.getNumResults()))
    result.addTypes(argument.getType());
  return finishOp(parser, result);
}
void StackOp::print(OpAsmPrinter &printer) {
  printer << ' ' << show(getCount()) << " \"" << getScope() << "\" ";
  printCallee(printer, *this);
}

//===--- param, state, constant, update -----------------------------------------------------------------===//

// "name" shape = init
static ParseResult parseStored(OpAsmParser &parser, OperationState &result) {
  ShapeAttr shape;
  InitAttr init;
  if (parseText(parser, result, "name") || parseShape(parser, shape))
    return failure();
  if (failed(parser.parseOptionalEqual()))
    return stop(parser) << result.name.stripDialect()
                        << ": expected `= initialiser`, such as `= zeros`, after its type";
  if (parseInit(parser, init))
    return failure();
  result.addAttribute("shape", shape);
  result.addAttribute("init", init);
  result.addTypes(shape.evaluate());
  return finishOp(parser, result);
}
template <typename Op> static void printStored(OpAsmPrinter &printer, Op op) {
  printer << " \"" << op.getName() << "\" " << show(op.getShape()) << " = " << show(op.getInit());
  printStatement(printer, op);
}
ParseResult ParamOp::parse(OpAsmParser &parser, OperationState &result) { return parseStored(parser, result); }
void ParamOp::print(OpAsmPrinter &printer) { printStored(printer, *this); }

ParseResult StateOp::parse(OpAsmParser &parser, OperationState &result) {
  if (succeeded(parser.parseOptionalKeyword("session")))
    result.addAttribute("session", parser.getBuilder().getUnitAttr());
  return parseStored(parser, result);
}
void StateOp::print(OpAsmPrinter &printer) {
  printer << (getSession() ? " session" : "");
  printStored(printer, *this);
}

/// A number, or a (nested) list of numbers in row-major order.
static ParseResult parseNumbers(OpAsmParser &parser, std::vector<Literal> &values) {
  if (succeeded(parser.parseOptionalLSquare())) {
    if (succeeded(parser.parseOptionalRSquare()))
      return success();
    return failure(parser.parseCommaSeparatedList([&] { return parseNumbers(parser, values); }) ||
                   parser.parseRSquare());
  }
  StringRef word;
  if (succeeded(parser.parseOptionalKeyword(&word, {"true", "false"}))) {
    values.push_back({true, word == "true", double(word == "true")});
    return success();
  }
  return parseLiteral(parser, values.emplace_back());
}
// constant shape = 0.5   or   constant shape = [[1.0, 2.0], [3.0, 4.0]]
ParseResult ConstantOp::parse(OpAsmParser &parser, OperationState &result) {
  ShapeAttr shape;
  std::vector<Literal> values;
  if (parseShape(parser, shape) || parser.parseEqual())
    return failure();
  SMLoc loc = parser.getCurrentLocation();
  bool isList = succeeded(parser.parseOptionalLSquare());
  if (isList) {
    if (failed(parser.parseOptionalRSquare()) &&
        (parser.parseCommaSeparatedList([&] { return parseNumbers(parser, values); }) || parser.parseRSquare()))
      return failure();
  } else if (parseNumbers(parser, values)) {
    return failure();
  }
  RankedTensorType type = shape.evaluate();
  Dim count = 1;
  for (Dim dim : dimsOf(type))
    count = count * dim;
  if (isList && count != Dim(values.size()))
    complain(parser, result, loc) << "constant: " << show(shape) << " needs "
                                  << (count.isNumber() ? std::to_string(count.value) + " numbers"
                                                       : std::string("sizes that are numbers"))
                                  << ", found a list of " << values.size();
  Type element = type.getElementType();
  bool isWhole = isa<IntegerType>(element);
  std::vector<int64_t> wholes;
  std::vector<double> reals;
  for (const Literal &value : values) {
    if (!holds(element, value)) {
      complain(parser, result, loc) << "constant: expected " << (isWhole ? "whole " : "") << "numbers that fit into "
                                    << show(element) << ", found "
                                    << showNumber(numberAttr(parser.getContext(), value));
      break;
    }
    if (isWhole)
      wholes.push_back(value.isWhole ? value.whole : int64_t(value.real));
    else
      reals.push_back(value.real);
  }
  Builder &builder = parser.getBuilder();
  result.addAttribute("shape", shape);
  if (isList)
    result.addAttribute("value", isWhole ? Attribute(builder.getDenseI64ArrayAttr(wholes))
                                         : Attribute(builder.getDenseF64ArrayAttr(reals)));
  else
    result.addAttribute("value", isWhole ? Attribute(builder.getI64IntegerAttr(wholes.empty() ? 0 : wholes[0]))
                                         : Attribute(builder.getF64FloatAttr(reals.empty() ? 0 : reals[0])));
  result.addTypes(type);
  return finishOp(parser, result);
}
void ConstantOp::print(OpAsmPrinter &printer) {
  bool isWhole = getShape().getElementType().isInteger(), isList = !getSplat() || isa<DenseArrayAttr>(getValue());
  printer << ' ' << show(getShape()) << " = " << (isList ? "[" : "");
  llvm::interleaveComma(llvm::seq<size_t>(0, getCount()), printer, [&](size_t i) {
    if (isWhole)
      printer << getWhole(i);
    else
      printReal(printer.getStream(), getReal(i));
  });
  printer << (isList ? "]" : "");
  printStatement(printer, *this);
}
std::optional<double> ConstantOp::getSplat() { return getCount() == 1 ? std::optional(getReal(0)) : std::nullopt; }
size_t ConstantOp::getCount() {
  auto list = dyn_cast<DenseArrayAttr>(getValue());
  return list ? list.size() : 1;
}
double ConstantOp::getReal(size_t i) {
  if (auto list = dyn_cast<DenseF64ArrayAttr>(getValue()))
    return list[i];
  auto list = dyn_cast<DenseI64ArrayAttr>(getValue());
  return list ? double(list[i]) : realOf(getValue());
}
int64_t ConstantOp::getWhole(size_t i) {
  if (auto list = dyn_cast<DenseI64ArrayAttr>(getValue()))
    return list[i];
  auto list = dyn_cast<DenseF64ArrayAttr>(getValue());
  return list ? int64_t(list[i]) : wholeOf(getValue()).value_or(0);
}

// update "name", %value
ParseResult UpdateOp::parse(OpAsmParser &parser, OperationState &result) {
  SmallVector<Value> values;
  if (parseText(parser, result, "name") || parser.parseComma() || parseTensors(parser, values))
    return failure();
  if (values.size() != 1)
    return stop(parser, parser.getNameLoc()) << "update takes one value, found " << values.size();
  result.addOperands(values);
  return success();
}
void UpdateOp::print(OpAsmPrinter &printer) {
  printer << " \"" << getName() << "\", ";
  printTensors(printer, getValue());
}
