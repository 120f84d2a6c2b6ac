// Program.h - pieces that the parsers of program ops share.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_DIALECTS_DL_PROGRAM_H
#define DLC_DIALECTS_DL_PROGRAM_H
#include "dialects/dl/DL.h"

namespace dlc {
/// The numbers that a scalar of an optimizer may be, written [0, 1): a square bracket includes the limit. NaN is in
/// none.
struct Range {
  double low, high;
  bool withLow, withHigh;
  bool contains(double value) const {
    return (withLow ? value >= low : value > low) && (withHigh ? value <= high : value < high);
  }
};
/// What `show` wrote; nothing if it is no range.
std::optional<Range> readRange(llvm::StringRef text);
std::string show(const Range &range);
/// The numbers that scalar `index` of an optimizer may be, as text; "" for any.
llvm::StringRef rangeOf(OptimizerOp optimizer, size_t index);

/// A string, as the attribute of that name.
mlir::ParseResult parseText(mlir::OpAsmParser &parser, mlir::OperationState &result, llvm::StringRef attribute);
/// What stands in the body of a model, and nowhere else: false, and a message, if it stands in another body.
mlir::ParseResult checkPlace(mlir::OpAsmParser &parser, mlir::OperationState &result);
/// `@name`
mlir::ParseResult parseSymbol(mlir::OpAsmParser &parser, mlir::OperationState &result);
/// open name = size, ... close. A size without default is `?`.
mlir::ParseResult parseSizeList(mlir::OpAsmParser &parser, mlir::AsmParser::Delimiter delimiter,
                                llvm::SmallVectorImpl<mlir::Attribute> &names,
                                llvm::SmallVectorImpl<mlir::Attribute> &values);
/// Does a number stand here?
bool isNumber(mlir::AsmParser &parser);
/// A constant that stands for a number among the operands of a line. It belongs to the body that is being read, and has no
/// place in it before all of it is read.
void addNumber(mlir::Operation *constant);
/// Puts each such constant of the body that was read before the line that reads it.
void placeNumbers();
void printSizeList(mlir::OpAsmPrinter &printer, mlir::ArrayAttr names, mlir::ArrayAttr values);
/// Says of each argument and result of an entry point what it stands for, and that it can.
mlir::LogicalResult verifyPorts(mlir::Operation *op, mlir::ArrayAttr argAttrs, mlir::TypeRange argTypes,
                                mlir::ArrayAttr resAttrs, mlir::TypeRange resTypes);
void printBody(mlir::OpAsmPrinter &printer, mlir::Region &body, bool terminator);
/// An argument `%name` of a body: the parser learns its type, the location keeps its name.
void addArgument(mlir::OpAsmParser &parser, mlir::OpAsmParser::Argument &argument, mlir::Type type);
mlir::ParseResult parseBody(mlir::OpAsmParser &parser, mlir::OperationState &result,
                            llvm::ArrayRef<mlir::OpAsmParser::Argument> arguments = {});
} // namespace dlc
#endif
