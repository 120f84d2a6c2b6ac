// DLTrain.cpp - parsers and printers of train, optimize, freeze, clip_norm, optimizer.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/Program.h"
#include <cmath>

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

static std::string showLimit(double value) {
  if (std::isinf(value))
    return value < 0 ? "-inf" : "inf";
  std::string text = show(value);
  return StringRef(text).ends_with(".0") ? text.substr(0, text.size() - 2) : text;
}
std::string dlc::show(const Range &range) {
  return (range.withLow ? "[" : "(") + showLimit(range.low) + ", " + showLimit(range.high) +
         (range.withHigh ? "]" : ")");
}
std::optional<Range> dlc::readRange(StringRef text) {
  Range range;
  range.withLow = text.starts_with("[");
  range.withHigh = text.ends_with("]");
  auto [low, high] = text.drop_front(text.empty() ? 0 : 1).drop_back(text.size() < 2 ? 0 : 1).split(", ");
  if (low.getAsDouble(range.low) || high.getAsDouble(range.high))
    return std::nullopt;
  return range;
}
StringRef dlc::rangeOf(OptimizerOp optimizer, size_t index) {
  auto ranges = optimizer->getAttrOfType<ArrayAttr>("scalar_ranges");
  return ranges && index < ranges.size() ? cast<StringAttr>(ranges[index]).getValue() : "";
}
static ParseResult parseRange(OpAsmParser &parser, Range &range) {
  SMLoc loc = parser.getCurrentLocation();
  auto wrong = [&]() -> ParseResult {
    return stop(parser) << "expected a range of numbers, such as [0, 1) or (0, inf)";
  };
  auto limit = [&](double &value) -> ParseResult {
    bool negative = succeeded(parser.parseOptionalMinus());
    if (succeeded(parser.parseOptionalKeyword("inf")))
      value = std::numeric_limits<double>::infinity();
    else if (parseReal(parser, value))
      return failure();
    value = negative ? -value : value;
    return success();
  };
  range.withLow = succeeded(parser.parseOptionalLSquare());
  if (!range.withLow && failed(parser.parseOptionalLParen()))
    return wrong();
  if (limit(range.low) || parser.parseComma() || limit(range.high))
    return failure();
  range.withHigh = succeeded(parser.parseOptionalRSquare());
  if (!range.withHigh && failed(parser.parseOptionalRParen()))
    return wrong();
  if (!(range.low < range.high))
    return stop(parser, loc) << "no number is in " << show(range) << "; the lower limit comes first";
  return success();
}

// optimizer @name(%w, %g) slots(%m = zeros, ...) scalars(%lr = 0.001 in [0, inf), %step, ...) { ... return %w, slots }
ParseResult OptimizerOp::parse(OpAsmParser &parser, OperationState &result) {
  Builder &builder = parser.getBuilder();
  Type any = UnrankedTensorType::get(builder.getF32Type()), scalar = RankedTensorType::get({}, builder.getF32Type());
  SmallVector<OpAsmParser::Argument> arguments;
  SmallVector<Attribute> slots, names, defaults, ranges;
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
    defaults.push_back(builder.getUnitAttr());   // no default: the runtime provides it
    ranges.push_back(builder.getStringAttr("")); // any number
    if (failed(parser.parseOptionalEqual()))
      return success();
    SMLoc loc = parser.getCurrentLocation();
    Range range;
    if (parseReal(parser, value))
      return failure();
    defaults.back() = builder.getF64FloatAttr(value);
    if (failed(parser.parseOptionalKeyword("in")))
      return success();
    if (parseRange(parser, range))
      return failure();
    if (!range.contains(value))
      return stop(parser, loc) << "the default " << show(value) << " is not in " << show(range);
    ranges.back() = builder.getStringAttr(show(range));
    return success();
  };
  if (parseSymbol(parser, result) || parser.parseLParen() || argument(any) || parser.parseComma() || argument(any) ||
      parser.parseRParen() ||
      (succeeded(parser.parseOptionalKeyword("slots")) &&
       parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, slot)) ||
      (succeeded(parser.parseOptionalKeyword("scalars")) &&
       parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, scalarArgument)))
    return failure();
  result.addAttribute("slots", builder.getArrayAttr(slots));
  result.addAttribute("scalar_names", builder.getArrayAttr(names));
  result.addAttribute("scalar_defaults", builder.getArrayAttr(defaults));
  result.addAttribute("scalar_ranges", builder.getArrayAttr(ranges));
  return parseBody(parser, result, arguments);
}
void OptimizerOp::print(OpAsmPrinter &printer) {
  size_t next = 0;
  auto printNext = [&] { printer.printRegionArgument(getBody().getArgument(next++), {}, /*omitType=*/true); };
  printer << ' ';
  printer.printSymbolName(getSymName());
  printer << '(';
  printNext();
  printer << ", ";
  printNext();
  printer << ')';
  if (!getSlots().empty()) {
    printer << " slots(";
    llvm::interleaveComma(getSlots().getAsRange<InitAttr>(), printer, [&](InitAttr init) {
      printNext();
      printer << " = " << show(init);
    });
    printer << ')';
  }
  if (!getScalarNames().empty()) {
    printer << " scalars(";
    llvm::interleaveComma(llvm::enumerate(getScalarDefaults()), printer, [&](auto scalar) {
      auto [index, value] = scalar;
      printNext();
      if (auto real = dyn_cast<FloatAttr>(value)) {
        printer << " = ";
        printReal(printer.getStream(), real.getValueAsDouble());
      }
      if (StringRef range = rangeOf(*this, index); !range.empty())
        printer << " in " << range;
    });
    printer << ')';
  }
  printBody(printer, getBody(), true);
}
