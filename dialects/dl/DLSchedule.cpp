// DLSchedule.cpp - the ops of a schedule: their grammar and what holds for each of them.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/DL.h"

using namespace mlir;
using namespace dlc;

/// The words that say what a buffer is or where a place counts from.
static constexpr StringRef roles[] = {"argument", "output", "report", "constant", "temporary"};
static constexpr StringRef bases[] = {"params",    "buffers", "training", "session",
                                      "workspace", "input",   "output",   "constants"};

unsigned dlc::arenaOf(StringRef base) { return llvm::find(bases, base) - std::begin(bases); }

ParseResult dlc::parseWord(OpAsmParser &parser, StringAttr &word) {
  StringRef text;
  if (parser.parseKeyword(&text))
    return failure();
  word = parser.getBuilder().getStringAttr(text);
  return success();
}
void dlc::printWord(OpAsmPrinter &printer, Operation *, StringAttr word) { printer << word.getValue(); }

ParseResult dlc::parseKnown(OpAsmParser &parser, SizeAttr &size) {
  Dim dim;
  if (parseDim(parser, dim))
    return failure();
  size = SizeAttr::get(parser.getContext(), dim);
  return success();
}
void dlc::printKnown(OpAsmPrinter &printer, Operation *, SizeAttr size) { printer << show(size); }
ParseResult dlc::parseParts(OpAsmParser &parser, SizeAttr &count, IntegerAttr &unit) {
  int64_t size = 1;
  if (parseKnown(parser, count) || (succeeded(parser.parseOptionalKeyword("by")) && parser.parseInteger(size)))
    return failure();
  unit = parser.getBuilder().getI64IntegerAttr(size);
  return success();
}
void dlc::printParts(OpAsmPrinter &printer, Operation *, SizeAttr count, IntegerAttr unit) {
  printer << show(count);
  if (unit.getInt() != 1)
    printer << " by " << unit.getInt();
}
ParseResult dlc::parseMoves(OpAsmParser &parser, SizeAttr &first, ArrayAttr &steps,
                            SmallVectorImpl<OpAsmParser::UnresolvedOperand> &indices) {
  SmallVector<Attribute> all;
  auto parseStep = [&]() -> ParseResult {
    SizeAttr step;
    ParseResult parsed = parseKnown(parser, step);
    all.push_back(step);
    return parsed;
  };
  if ((succeeded(parser.parseOptionalKeyword("from")) && parseKnown(parser, first)) ||
      (succeeded(parser.parseOptionalKeyword("by")) &&
       (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseStep) ||
        parser.parseOperandList(indices, OpAsmParser::Delimiter::Paren))))
    return failure();
  steps = parser.getBuilder().getArrayAttr(all);
  return success();
}
void dlc::printMoves(OpAsmPrinter &printer, Operation *, SizeAttr first, ArrayAttr steps, OperandRange indices) {
  if (first)
    printer << " from " << show(first);
  if (steps.empty())
    return;
  printer << " by [";
  llvm::interleaveComma(steps.getAsRange<SizeAttr>(), printer, [&](SizeAttr step) { printer << show(step); });
  printer << "](" << indices << ')';
}
/// A number times open sizes, no more of them than a library can say.
static bool isMove(Dim dim) { return !dim.isUnknown() && (!dim.isOpen() || dim.open.size() <= 8); }
static bool isCount(Dim dim) { return isMove(dim) && dim.value >= 0; }

static LogicalResult wordIsOneOf(Operation *op, StringRef word, ArrayRef<StringRef> words) {
  if (llvm::is_contained(words, word))
    return success();
  InFlightDiagnostic error = complain(op) << "found `" << word << "`; expected ";
  for (StringRef one : words)
    error << (one == words.front() ? "" : ", ") << one;
  return error;
}

LogicalResult BufferOp::verify() {
  bool hasNumber = getRole() == "argument" || getRole() == "output";
  if (hasNumber != getIndex().has_value() || getIndex().value_or(0) > INT32_MAX)
    return complain(*this) << "expected argument[number], output[number], report, constant or temporary";
  if ((getRole() == "constant") != getValue().has_value())
    return complain(*this) << "expected a number of a constant, and of nothing else";
  return wordIsOneOf(*this, getRole(), roles);
}
static LogicalResult areOfLoops(Operation *op, ValueRange indices) {
  for (Value index : indices) {
    auto argument = dyn_cast<BlockArgument>(index);
    if (!argument || !isa<LoopOp>(argument.getOwner()->getParentOp()))
      return complain(op) << "expected indices of loops";
  }
  return success();
}
LogicalResult PlaceOp::verify() {
  if (failed(wordIsOneOf(*this, getBase(), bases)))
    return failure();
  bool hasNumber = getBase() == "input" || getBase() == "output";
  if (hasNumber != getIndex().has_value() || getIndex().value_or(0) > INT32_MAX)
    return complain(*this) << "expected input[number], output[number] or an arena";
  if ((int64_t)getOffset() < 0 || getSteps().size() != getIndices().size() ||
      (getFirst() && !isMove(getFirst()->evaluate())) ||
      !llvm::all_of(getSteps().getAsRange<SizeAttr>(), [](SizeAttr step) { return isMove(step.evaluate()); }))
    return complain(*this)
           << "expected an offset of at least 0, one step for each index, and at most 8 open sizes in each";
  return areOfLoops(*this, getIndices());
}
LogicalResult SlotOp::verify() {
  auto whole = cast<MemRefType>(getWhole().getType()), own = cast<MemRefType>(getBuffer().getType());
  if (getSteps().size() != getIndices().size() || !isCount(getSize().evaluate()) ||
      whole.getElementType() != own.getElementType())
    return complain(*this)
           << "expected one step for each index, a size of at least 0 with at most 8 open sizes, and the "
              "elements of the whole";
  return areOfLoops(*this, getIndices());
}
LogicalResult RunOp::verify() {
  if (!isCount(getCount().evaluate()) || (int64_t)getUnit() < 1)
    return complain(*this) << "expected at least 0 parts, with at most 8 open sizes, in units of at least 1";
  if (DictionaryAttr check = getCheckAttr()) {
    auto limit = check.getAs<IntegerAttr>("limit");
    Dim size = OpenAttr::numberOf(check.getAs<OpenAttr>("row_size"));
    if (!check.getAs<StringAttr>("op") || !limit || !isCount(size) || getOutputs().empty())
      return complain(*this) << "expected op, limit and row_size of a check, and a report";
  }
  return success();
}
/// What may stand in a schedule or a loop of it.
static LogicalResult holdsSteps(Operation *op, Region &body) {
  for (Operation &line : body.front())
    if (!isa<BufferOp, SlotOp, PlaceOp, RunOp, LoopOp, EndOp>(line))
      return complain(&line) << "`" << line.getName() << "` cannot stand in a schedule";
  return success();
}
LogicalResult ScheduleOp::verifyRegions() {
  if (!isa<EndOp>(getBody().front().back()) || getBody().getNumArguments())
    return complain(*this) << "expected a schedule without arguments that ends with `end`";
  return holdsSteps(*this, getBody());
}
LogicalResult LoopOp::verifyRegions() {
  unsigned depth = 1;
  for (Operation *outer = (*this)->getParentOp(); isa<LoopOp>(outer); outer = outer->getParentOp())
    ++depth;
  if (!isCount(getCount().evaluate()) || getBody().getNumArguments() != 1 ||
      !getBody().getArgument(0).getType().isIndex() || depth > 8)
    return complain(*this) << "expected one index, at least 0 rounds, and at most 8 loops in each other";
  return holdsSteps(*this, getBody());
}

// loop %i to 12 [reverse] { ... }
ParseResult LoopOp::parse(OpAsmParser &parser, OperationState &result) {
  OpAsmParser::Argument index;
  SizeAttr count;
  if (parser.parseArgument(index) || parser.parseKeyword("to") || parseKnown(parser, count))
    return failure();
  result.addAttribute("count", count);
  if (succeeded(parser.parseOptionalKeyword("reverse")))
    result.addAttribute("reverse", parser.getBuilder().getUnitAttr());
  if (parser.parseOptionalAttrDictWithKeyword(result.attributes))
    return failure();
  index.type = parser.getBuilder().getIndexType();
  Region *body = result.addRegion();
  if (parser.parseRegion(*body, index))
    return failure();
  if (body->empty())
    body->emplaceBlock().addArgument(index.type, result.location);
  return success();
}
void LoopOp::print(OpAsmPrinter &printer) {
  printer << ' ' << getBody().getArgument(0) << " to " << show(getCount()) << (getReverse() ? " reverse " : " ");
  printer.printOptionalAttrDictWithKeyword((*this)->getDiscardableAttrDictionary().getValue());
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false, /*printBlockTerminators=*/true);
}
