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

ParseResult dlc::parseParts(OpAsmParser &parser, IntegerAttr &count, IntegerAttr &extents, IntegerAttr &unit) {
  Builder &b = parser.getBuilder();
  int64_t units = 1, rows = 0, size = 1;
  if (succeeded(parser.parseOptionalKeyword("batch")))
    rows = 1;
  else if (parser.parseInteger(units))
    return failure();
  while (succeeded(parser.parseOptionalStar())) {
    if (parser.parseKeyword("batch"))
      return failure();
    ++rows;
  }
  if (succeeded(parser.parseOptionalKeyword("by")) && parser.parseInteger(size))
    return failure();
  count = b.getI64IntegerAttr(units);
  extents = b.getI64IntegerAttr(rows);
  unit = b.getI64IntegerAttr(size);
  return success();
}
void dlc::printParts(OpAsmPrinter &printer, Operation *, IntegerAttr count, IntegerAttr extents, IntegerAttr unit) {
  int64_t rows = extents.getInt();
  if (count.getInt() == 1 && rows)
    printer << "batch";
  else
    printer << count.getInt();
  for (rows -= count.getInt() == 1; rows > 0; --rows)
    printer << " * batch";
  if (unit.getInt() != 1)
    printer << " by " << unit.getInt();
}

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
  if ((int64_t)getOffset() < 0 || getSteps().size() != getIndices().size() || getExtents() > 8)
    return complain(*this)
           << "expected an offset of at least 0, one step for each index, and at most 8 times the extent";
  return areOfLoops(*this, getIndices());
}
LogicalResult SlotOp::verify() {
  auto whole = cast<MemRefType>(getWhole().getType()), own = cast<MemRefType>(getBuffer().getType());
  if (getSteps().size() != getIndices().size() || (int64_t)getSize() < 0 || getExtents() > 8 ||
      whole.getElementType() != own.getElementType())
    return complain(*this)
           << "expected one step for each index, a size of at least 0, at most 8 times the extent, and the "
              "elements of the whole";
  return areOfLoops(*this, getIndices());
}
LogicalResult RunOp::verify() {
  if ((int64_t)getCount() < 0 || getExtents() > 8 || (int64_t)getUnit() < 1)
    return complain(*this) << "expected at least 0 parts, at most 8 times per batch, in units of at least 1";
  if (DictionaryAttr check = getCheckAttr()) {
    auto limit = check.getAs<IntegerAttr>("limit"), size = check.getAs<IntegerAttr>("row_size");
    if (!check.getAs<StringAttr>("op") || !limit || !size || size.getInt() < 0 || getOutputs().empty())
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
  if ((int64_t)getCount() < 0 || getBody().getNumArguments() != 1 || !getBody().getArgument(0).getType().isIndex() ||
      depth > 8)
    return complain(*this) << "expected one index, at least 0 rounds, and at most 8 loops in each other";
  return holdsSteps(*this, getBody());
}

// loop %i to 12 { ... }
ParseResult LoopOp::parse(OpAsmParser &parser, OperationState &result) {
  OpAsmParser::Argument index;
  IntegerAttr count;
  Type i64 = parser.getBuilder().getI64Type();
  if (parser.parseArgument(index) || parser.parseKeyword("to") ||
      parser.parseAttribute(count, i64, "count", result.attributes) ||
      parser.parseOptionalAttrDictWithKeyword(result.attributes))
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
  printer << ' ' << getBody().getArgument(0) << " to " << getCount() << ' ';
  printer.printOptionalAttrDictWithKeyword((*this)->getDiscardableAttrDictionary().getValue());
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false, /*printBlockTerminators=*/true);
}
