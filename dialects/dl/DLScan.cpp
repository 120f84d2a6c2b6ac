// DLScan.cpp - loops: `scan` as a person writes it, `yield`, and the `repeat` that a scan becomes.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/Program.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace dlc;

//===--- scan -------------------------------------------------------------------------------------------===//

// scan [reverse] [count ["scope"]] [(%xt in %x along 1, ...)] [carry (%h = %h0, ...)] { ... yield [%y, ...] [carry %h, ...] }
ParseResult ScanOp::parse(OpAsmParser &parser, OperationState &result) {
  Builder &builder = parser.getBuilder();
  SmallVector<OpAsmParser::Argument> arguments;
  SmallVector<Value> scanned, initial;
  SmallVector<int64_t> axes;
  SizeAttr count;
  std::optional<Names> names(std::in_place);
  auto parseOne = [&](SmallVectorImpl<Value> &values) -> ParseResult {
    OptionalParseResult value = parseOptionalTensor(parser, values);
    if (!value.has_value())
      return stop(parser) << "expected a value, such as %x";
    return *value;
  };
  auto parseScanned = [&]() -> ParseResult {
    OpAsmParser::Argument &argument = arguments.emplace_back();
    SMLoc loc;
    if (parser.parseArgument(argument) || parser.parseKeyword("in") || parseOne(scanned) ||
        parser.parseKeyword("along") || parser.getCurrentLocation(&loc) || parser.parseInteger(axes.emplace_back()))
      return failure();
    auto type = dyn_cast<RankedTensorType>(scanned.back().getType());
    if (!type) { // its shape is not known
      addArgument(parser, argument, scanned.back().getType());
      return success();
    }
    if (axes.back() < 0 || axes.back() >= type.getRank())
      return stop(parser, loc) << "no axis " << axes.back() << " in " << show(scanned.back());
    SmallVector<Dim> dims = dimsOf(type);
    dims.erase(dims.begin() + axes.back());
    addArgument(parser, argument, makeTensor(dims, type.getElementType()));
    return success();
  };
  auto parseCarried = [&]() -> ParseResult {
    OpAsmParser::Argument &argument = arguments.emplace_back();
    if (parser.parseArgument(argument) || parser.parseEqual() || parseOne(initial))
      return failure();
    addArgument(parser, argument, initial.back().getType());
    return success();
  };
  if (succeeded(parser.parseOptionalKeyword("reverse")))
    result.addAttribute("reverse", builder.getUnitAttr());
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::OptionalParen, parseScanned))
    return failure();
  if (scanned.empty()) {
    std::string scope;
    if (parseSize(parser, count))
      return failure();
    result.addAttribute("count", count);
    if (succeeded(parser.parseOptionalString(&scope))) {
      if (scope.empty())
        return stop(parser) << "scan: its scope has no character; leave it out where all rounds share their parameters";
      result.addAttribute("scope", builder.getStringAttr(scope));
    }
  }
  if (succeeded(parser.parseOptionalKeyword("carry")) &&
      parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, parseCarried))
    return failure();
  result.addOperands(scanned);
  result.addOperands(initial);
  result.addAttribute("axes", builder.getDenseI64ArrayAttr(axes));
  result.addAttribute("operandSegmentSizes",
                      builder.getDenseI32ArrayAttr({(int32_t)scanned.size(), (int32_t)initial.size()}));
  if (parseBody(parser, result, arguments))
    return failure();
  names.reset();
  // The results follow from `yield`: stacked ones gain the axis, carried ones stay as they are.
  Block &block = result.regions[0]->front();
  auto yield = block.empty() ? YieldOp() : dyn_cast<YieldOp>(block.back());
  if (!yield)
    return stop(parser, parser.getNameLoc()) << "the body of a scan ends with `yield`";
  for (Value value : yield.getStacked()) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    auto first = axes.empty() ? RankedTensorType() : dyn_cast<RankedTensorType>(scanned[0].getType());
    if (!type) {
      result.addTypes(value.getType());
      continue;
    }
    SmallVector<Dim> dims = dimsOf(type);
    size_t axis = axes.empty() ? 0 : axes[0];
    dims.insert(dims.begin() + std::min(axis, dims.size()), first ? dimOf(first, axis) : count.evaluate());
    result.addTypes(makeTensor(dims, type.getElementType()));
  }
  result.addTypes(yield.getCarried().getTypes());
  return finishOp(parser, result);
}
void ScanOp::print(OpAsmPrinter &printer) {
  auto arguments = getBody().getArguments();
  size_t count = getScanned().size();
  if (getReverse())
    printer << " reverse";
  if (count) {
    printer << " (";
    llvm::interleaveComma(llvm::seq<size_t>(0, count), printer, [&](size_t i) {
      printer.printRegionArgument(arguments[i], {}, /*omitType=*/true);
      printer << " in ";
      printTensors(printer, getScanned()[i]);
      printer << " along " << getAxes()[i];
    });
    printer << ')';
  } else {
    printer << ' ' << show(*getCount());
    if (getScope())
      printer << " \"" << *getScope() << '"';
  }
  if (!getInitial().empty()) {
    printer << " carry (";
    llvm::interleaveComma(llvm::seq<size_t>(0, getInitial().size()), printer, [&](size_t i) {
      printer.printRegionArgument(arguments[count + i], {}, /*omitType=*/true);
      printer << " = ";
      printTensors(printer, getInitial()[i]);
    });
    printer << ')';
  }
  printBody(printer, getBody(), true);
  printTypes(printer, getResultTypes());
}

ParseResult YieldOp::parse(OpAsmParser &parser, OperationState &result) {
  SmallVector<Value> stacked, carried;
  if (parseTensors(parser, stacked) ||
      (succeeded(parser.parseOptionalKeyword("carry")) && parseTensors(parser, carried)))
    return failure();
  result.addOperands(stacked);
  result.addOperands(carried);
  result.addAttribute("operandSegmentSizes",
                      parser.getBuilder().getDenseI32ArrayAttr({(int32_t)stacked.size(), (int32_t)carried.size()}));
  return success();
}
void YieldOp::print(OpAsmPrinter &printer) {
  if (!getStacked().empty())
    printer << ' ';
  printTensors(printer, getStacked());
  if (getCarried().empty())
    return;
  printer << " carry ";
  printTensors(printer, getCarried());
}

YieldOp ScanOp::getYield() { return cast<YieldOp>(getBody().front().getTerminator()); }
Dim ScanOp::getRounds() {
  if (getScanned().empty())
    return getCount() ? getCount()->evaluate() : Dim();
  auto first = dyn_cast<RankedTensorType>(getScanned()[0].getType());
  return first ? dimOf(first, getAxes()[0]) : Dim();
}
SmallVector<Value> ScanOp::getCaptured() {
  llvm::SetVector<Value> all;
  getBody().walk([&](Operation *op) {
    for (Value operand : op->getOperands()) {
      Region *home = operand.getParentRegion(); // none where an entry point is still being made
      if (!(home && getBody().isAncestor(home)) && !operand.getDefiningOp<ConstantOp>())
        all.insert(operand);
    }
  });
  return all.takeVector();
}

SmallVector<Value> dlc::readBy(Operation *op) {
  SmallVector<Value> values(op->getOperands());
  if (auto scan = dyn_cast<ScanOp>(op))
    llvm::append_range(values, scan.getCaptured());
  return values;
}

LogicalResult ScanOp::verify() {
  auto yield = dyn_cast<YieldOp>(getBody().front().back());
  if (!yield) // its parser has complained
    return success();
  if (getAxes().size() != getScanned().size() || getBody().getNumArguments() != getNumOperands() ||
      getNumResults() != yield.getNumOperands())
    return complain(*this) << "scan: expected an axis and an argument for each tensor that it runs along";
  LogicalResult good = success();
  auto isOpen = [](Value value) { return isa<UnrankedTensorType>(value.getType()); };
  Dim rounds = getRounds();
  for (auto [value, axis] : llvm::zip(getScanned(), getAxes())) {
    if (isOpen(value))
      continue;
    if (axis < 0 || axis >= typeOf(value).getRank())
      return complain(*this) << "scan: no axis " << axis << " in " << show(value);
    if (Dim own = dimOf(typeOf(value), axis); !own.agrees(rounds))
      good = complain(*this) << "scan: all tensors have one length along their axes; found " << show(rounds) << " in "
                             << show(getScanned()[0]) << " and " << show(own) << " in " << show(value);
  }
  if (rounds.isNumber() && rounds.value < 1)
    good = complain(*this) << "scan: expected at least one round, found " << show(rounds);
  if (yield.getCarried().size() != getInitial().size())
    return complain(yield) << "yield: the scan carries " << getInitial().size() << " values, found "
                           << yield.getCarried().size() << " after `carry`";
  for (auto [argument, next] : llvm::zip(getCarriedArguments(), yield.getCarried())) {
    if (isOpen(argument) || isOpen(next) || mayFit(typeOf(argument), next.getType()))
      continue;
    std::string name = nameOf(argument.getLoc());
    good = complain(yield) << "yield: what is carried keeps its type: " << (name.empty() ? "it" : "%" + name)
                           << " begins as " << show(argument) << ", and would go on as " << show(next);
  }
  return good;
}

RankedTensorType dlc::sliceOf(RankedTensorType stacked) {
  return makeTensor(llvm::to_vector(llvm::drop_begin(dimsOf(stacked))), stacked.getElementType());
}
RankedTensorType dlc::stackOf(Dim rounds, RankedTensorType one) {
  SmallVector<Dim> dims = dimsOf(one);
  dims.insert(dims.begin(), rounds);
  return makeTensor(dims, one.getElementType());
}
ScanOp dlc::makeScan(const Ops &ops, ValueRange scanned, ValueRange initial, Dim rounds, bool reverse,
                     function_ref<Round(const Ops &, ValueRange, ValueRange)> body) {
  OpBuilder &b = ops.builder;
  OperationState state(ops.loc, ScanOp::getOperationName());
  Region *region = state.addRegion();
  Block &block = region->emplaceBlock();
  SmallVector<Value> along(scanned);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToEnd(&block);
    for (Value one : scanned)
      block.addArgument(sliceOf(typeOf(one)), unnamed(one.getLoc()));
    for (Value one : initial)
      block.addArgument(one.getType(), unnamed(one.getLoc()));
    SmallVector<Value> arguments(block.getArguments());
    Round round =
        body(ops, ValueRange(arguments).take_front(scanned.size()), ValueRange(arguments).drop_front(scanned.size()));
    YieldOp::create(b, ops.loc, round.stacked, round.carried);
    for (Value one : round.stacked)
      state.addTypes(stackOf(rounds, typeOf(one)));
    llvm::append_range(along, round.scanned);
  }
  state.addOperands(along);
  state.addOperands(initial);
  state.addTypes(initial.getTypes());
  state.addAttribute("axes", b.getDenseI64ArrayAttr(SmallVector<int64_t>(along.size(), 0)));
  state.addAttribute("operandSegmentSizes", b.getDenseI32ArrayAttr({(int32_t)along.size(), (int32_t)initial.size()}));
  if (along.empty())
    state.addAttribute("count", SizeAttr::get(b.getContext(), rounds));
  if (reverse)
    state.addAttribute("reverse", b.getUnitAttr());
  return cast<ScanOp>(b.create(state));
}

//===--- repeat -----------------------------------------------------------------------------------------===//

// repeat 24 [reverse] @body(%x, ...) -> (f32[24, batch, 8], ...)
ParseResult RepeatOp::parse(OpAsmParser &parser, OperationState &result) {
  FlatSymbolRefAttr callee;
  SmallVector<Value> arguments;
  SizeAttr count;
  Builder &builder = parser.getBuilder();
  if (parseKnown(parser, count))
    return failure();
  result.addAttribute("count", count);
  if (succeeded(parser.parseOptionalKeyword("reverse")))
    result.addAttribute("reverse", builder.getUnitAttr());
  auto parseResult = [&]() -> ParseResult { return parseTensorType(parser, result.types.emplace_back()); };
  if (parser.parseAttribute(callee, "callee", result.attributes) || parser.parseLParen() ||
      parseTensors(parser, arguments) || parser.parseRParen() || parser.parseArrow() ||
      parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, parseResult))
    return failure();
  result.addOperands(arguments);
  return finishOp(parser, result);
}
void RepeatOp::print(OpAsmPrinter &printer) {
  printer << ' ' << show(getCount()) << (getReverse() ? " reverse " : " ");
  printer.printSymbolName(getCallee());
  printer << '(';
  printTensors(printer, getArgs());
  printer << ") -> (";
  llvm::interleaveComma(getResultTypes(), printer, [&](Type type) { printer << show(type); });
  printer << ')';
}
