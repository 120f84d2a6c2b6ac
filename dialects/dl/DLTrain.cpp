// DLTrain.cpp - parsers and printers of train, optimize, freeze, clip_norm, optimizer.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/Program.h"

using namespace mlir;
using namespace dlc;

//===--- train and optimizer ----------------------------------------------------------------------------===//

// train @name minimizes @loss { ... }
ParseResult TrainOp::parse(OpAsmParser &parser, OperationState &result) {
  if (checkPlace(parser, result))
    return failure();
  Names names;
  return failure(parseSymbol(parser, result) || parser.parseKeyword("minimizes") ||
                 parseSymbolRef(parser, result, "loss", "the function to minimise") || parseBody(parser, result));
}
void TrainOp::print(OpAsmPrinter &printer) {
  printer << ' ';
  printer.printSymbolName(getSymName());
  printer << " minimizes ";
  printer.printSymbolName(getLoss());
  printBody(printer, getBody(), false);
}

static ParseResult parsePatterns(OpAsmParser &parser, OperationState &result) {
  SmallVector<Attribute> patterns;
  if (parser.parseCommaSeparatedList([&]() -> ParseResult {
        std::string pattern;
        StringRef word;
        if (failed(parser.parseOptionalString(&pattern))) {
          complain(parser, result, placeOf(parser)) << "expected names of parameters in quotes, such as \"fc1.*\"";
          if (failed(parser.parseOptionalStar()) && failed(parser.parseOptionalKeyword(&word)))
            return failure();
        }
        patterns.push_back(parser.getBuilder().getStringAttr(pattern));
        return success();
      }))
    return failure();
  result.addAttribute("parameters", parser.getBuilder().getArrayAttr(patterns));
  return success();
}
static void printPatterns(OpAsmPrinter &printer, ArrayAttr patterns) {
  printer << ' ';
  llvm::interleaveComma(patterns, printer, [&](Attribute pattern) { printer << pattern; });
}

// optimize "pattern", ... with @optimizer[(scalar = value, ...)]
ParseResult OptimizeOp::parse(OpAsmParser &parser, OperationState &result) {
  NamedAttrList scalars;
  if (parsePatterns(parser, result) || parser.parseKeyword("with") ||
      parseSymbolRef(parser, result, "optimizer", "the name of an optimizer") ||
      parser.parseCommaSeparatedList(AsmParser::Delimiter::OptionalParen, [&]() -> ParseResult {
        StringRef name;
        double value;
        SMLoc loc = parser.getCurrentLocation();
        if (failed(parser.parseOptionalKeyword(&name)))
          return stop(parser) << "expected a scalar of the optimizer and its value, such as lr = 0.001";
        if (scalars.get(name))
          return stop(parser, loc) << "the scalar '" << name << "' stands here twice; leave one of them out";
        if (parser.parseEqual() || parseReal(parser, value))
          return failure();
        scalars.set(name, parser.getBuilder().getF64FloatAttr(value));
        return success();
      }))
    return failure();
  result.addAttribute("scalars", scalars.getDictionary(parser.getContext()));
  return success();
}
void OptimizeOp::print(OpAsmPrinter &printer) {
  printPatterns(printer, getParameters());
  printer << " with ";
  printer.printSymbolName(getOptimizer());
  if (getScalars().empty())
    return;
  printer << '(';
  llvm::interleaveComma(getScalars(), printer, [&](NamedAttribute scalar) {
    printer << scalar.getName().getValue() << " = ";
    printReal(printer.getStream(), cast<FloatAttr>(scalar.getValue()).getValueAsDouble());
  });
  printer << ')';
}
ParseResult FreezeOp::parse(OpAsmParser &parser, OperationState &result) { return parsePatterns(parser, result); }
void FreezeOp::print(OpAsmPrinter &printer) { printPatterns(printer, getParameters()); }

ParseResult ClipNormOp::parse(OpAsmParser &parser, OperationState &result) {
  double limit;
  SMLoc loc = parser.getCurrentLocation();
  if (parseReal(parser, limit))
    return failure();
  if (!(limit > 0))
    return stop(parser, loc) << "clip_norm: the largest norm must be above 0, found " << show(limit);
  result.addAttribute("limit", parser.getBuilder().getF64FloatAttr(limit));
  return success();
}
void ClipNormOp::print(OpAsmPrinter &printer) {
  printer << ' ';
  printReal(printer.getStream(), getLimit().convertToDouble());
}

// accumulate count
ParseResult AccumulateOp::parse(OpAsmParser &parser, OperationState &result) {
  SizeAttr count;
  if (parseSize(parser, count))
    return failure();
  result.addAttribute("count", count);
  return success();
}
void AccumulateOp::print(OpAsmPrinter &printer) { printer << ' ' << show(getCount()); }

// optimizer @name(%w, %g) slots(%m = zeros, ...) scalars(%lr = 0.001, %step, ...) { ... return %w, slots }
ParseResult OptimizerOp::parse(OpAsmParser &parser, OperationState &result) {
  Builder &builder = parser.getBuilder();
  Type any = UnrankedTensorType::get(builder.getF32Type()), scalar = RankedTensorType::get({}, builder.getF32Type());
  SmallVector<OpAsmParser::Argument> arguments;
  SmallVector<Attribute> slots, names, defaults;
  if (checkPlace(parser, result))
    return failure();
  Names frame;
  auto argument = [&](Type type) -> ParseResult {
    OpAsmParser::Argument &one = arguments.emplace_back();
    if (parser.parseArgument(one))
      return failure();
    addArgument(parser, one, type);
    return success();
  };
  auto slot = [&]() -> ParseResult {
    InitAttr init;
    if (argument(any) || parser.parseEqual() || parseInit(parser, init))
      return failure();
    slots.push_back(init);
    return success();
  };
  auto scalarArgument = [&]() -> ParseResult {
    double value;
    if (argument(scalar))
      return failure();
    names.push_back(builder.getStringAttr(arguments.back().ssaName.name.drop_front()));
    defaults.push_back(builder.getUnitAttr()); // no default: the runtime provides it
    if (failed(parser.parseOptionalEqual()))
      return success();
    if (parseReal(parser, value))
      return failure();
    defaults.back() = builder.getF64FloatAttr(value);
    return success();
  };
  if (parseSymbol(parser, result) || parser.parseLParen() || argument(any) || parser.parseComma() ||
      argument(any) || parser.parseRParen() ||
      (succeeded(parser.parseOptionalKeyword("slots")) &&
       parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, slot)) ||
      (succeeded(parser.parseOptionalKeyword("scalars")) &&
       parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, scalarArgument)))
    return failure();
  result.addAttribute("slots", builder.getArrayAttr(slots));
  result.addAttribute("scalar_names", builder.getArrayAttr(names));
  result.addAttribute("scalar_defaults", builder.getArrayAttr(defaults));
  return parseBody(parser, result, arguments);
}
void OptimizerOp::print(OpAsmPrinter &printer) {
  auto arguments = getBody().getArguments();
  printer << ' ';
  printer.printSymbolName(getSymName());
  printer << '(' << arguments[0] << ", " << arguments[1] << ')';
  size_t next = 2;
  if (!getSlots().empty()) {
    printer << " slots(";
    llvm::interleaveComma(getSlots().getAsRange<InitAttr>(), printer,
                          [&](InitAttr init) { printer << arguments[next++] << " = " << show(init); });
    printer << ')';
  }
  if (!getScalarNames().empty()) {
    printer << " scalars(";
    llvm::interleaveComma(getScalarDefaults(), printer, [&](Attribute value) {
      printer << arguments[next++];
      if (auto real = dyn_cast<FloatAttr>(value)) {
        printer << " = ";
        printReal(printer.getStream(), real.getValueAsDouble());
      }
    });
    printer << ')';
  }
  printBody(printer, getBody(), true);
}
