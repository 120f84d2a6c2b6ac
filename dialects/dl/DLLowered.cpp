// DLLowered.cpp - parsers and printers of what the compiler makes: entry, kernel, launch.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/Program.h"

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
  if (!llvm::equal(done.getOperandTypes(), types.getAsValueRange<TypeAttr>()))
    return complain(done) << "the types returned are not those of " << op->getName();
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
  if (getArgAttrs().size() != getBody().getNumArguments() || getResAttrs().size() != getResultTypes().size())
    return complain(*this) << "entry @" << getSymName() << ": one dictionary is needed for each argument and result";
  return verifyReturn(*this, getBody(), getResultTypes());
}

//===--- kernel and launch ------------------------------------------------------------------------------===//

// kernel @name(%a: f32[4], ...) -> (f32[4], ...) attributes {...} { ... }
ParseResult KernelOp::parse(OpAsmParser &parser, OperationState &result) {
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
void KernelOp::print(OpAsmPrinter &printer) {
  printer << ' ';
  printer.printSymbolName(getSymName());
  printArguments(printer, getBody().front(), {});
  printResults(printer, getResultTypes(), {});
  printer.printOptionalAttrDictWithKeyword((*this)->getDiscardableAttrDictionary().getValue());
  printBody(printer, getBody(), true);
}
LogicalResult KernelOp::verify() { return verifyReturn(*this, getBody(), getResultTypes()); }

// launch @kernel(%a, ...)
ParseResult LaunchOp::parse(OpAsmParser &parser, OperationState &result) {
  FlatSymbolRefAttr kernel;
  SmallVector<Value> arguments;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseAttribute(kernel, "kernel", result.attributes) || parser.parseLParen() ||
      parseTensors(parser, arguments) || parser.parseRParen())
    return failure();
  const Names::Results *types = Names::findFunction(kernel.getValue());
  if (!types || !*types)
    return stop(parser, loc) << "no kernel @" << kernel.getValue() << " stands above this line";
  result.addOperands(arguments);
  result.addTypes(**types);
  return finishOp(parser, result);
}
void LaunchOp::print(OpAsmPrinter &printer) {
  printer << ' ';
  printer.printSymbolName(getKernel());
  printer << '(';
  printTensors(printer, getArgs());
  printer << ')';
  printTypes(printer, getResultTypes());
}
