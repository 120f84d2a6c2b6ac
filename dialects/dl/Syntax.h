// Syntax.h - the grammar that all ops share: sizes, shapes, initialisers, operands without types, options.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_DIALECTS_DL_SYNTAX_H
#define DLC_DIALECTS_DL_SYNTAX_H
#include "dialects/dl/Diagnostics.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpImplementation.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace dlc {
class SizeAttr;

/// A number for each open size of a model, the batch first: what a call has, or the most that a call may have.
class Extents {
public:
  using Extent = std::pair<mlir::StringAttr, int64_t>;
  /// `otherwise`: of sizes that are not there.
  explicit Extents(int64_t otherwise = 1) : otherwise(otherwise) {}
  void add(mlir::StringAttr name, int64_t number) { all.push_back({name, number}); }
  int64_t operator[](mlir::StringAttr name) const;
  llvm::ArrayRef<Extent> list() const { return all; }

private:
  llvm::SmallVector<Extent, 2> all;
  int64_t otherwise;
};

/// A size: a number, a number times open sizes (those that are open until a call: the batch, and what a model declares), or
/// unknown (in a template). An axis has each open size once at most; a number of elements, or what they are apart, may have
/// it more often.
struct Dim {
  int64_t value = mlir::ShapedType::kDynamic; ///< the number, or what the open sizes are multiplied by
  /// Names of the open sizes, as often as they are factors: the batch first, the others in the order of the alphabet. Null if
  /// there are none.
  mlir::ArrayAttr open;

  Dim() = default;
  Dim(int64_t value, mlir::ArrayAttr open = {}) : value(value), open(value == 0 ? mlir::ArrayAttr() : open) {}
  bool isNumber() const { return !open && !isUnknown(); }
  bool isOpen() const { return bool(open); }
  bool isUnknown() const { return mlir::ShapedType::isDynamic(value); }
  bool operator==(const Dim &other) const { return value == other.value && open == other.open; }
  /// How often an open size is a factor.
  unsigned power(llvm::StringRef name) const;
  /// Rows of the batch lie along it.
  bool hasRows() const { return power("batch"); }
  /// May an axis have this size?
  bool fitsAxis() const;
  /// The size where the open ones are these.
  int64_t at(const Extents &extents) const;
  /// May both be the size of one axis, as far as is known?
  bool agrees(const Dim &other) const { return isUnknown() || other.isUnknown() || *this == other; }
};
Dim operator*(Dim a, Dim b);
/// The quotient; unknown where it leaves a rest.
Dim operator/(Dim a, Dim b);
/// The sum; unknown where it is no number times open sizes.
Dim operator+(Dim a, Dim b);
/// The open size of that name.
Dim openSize(mlir::StringAttr name);
/// What makes a size open, as a message names it: "the batch", or "batch * time".
std::string openPart(Dim dim);
/// What is left of a size for one row of the batch.
Dim withoutRows(Dim dim);
std::string show(Dim dim);
inline llvm::hash_code hash_value(const Dim &dim) { return llvm::hash_combine(dim.value, dim.open); }
/// What names of sizes stand for, where that is known.
using Sizes = llvm::StringMap<Dim>;
} // namespace dlc

#define GET_ATTRDEF_CLASSES
#include "dialects/dl/DLAttrs.h.inc"

namespace dlc {
mlir::RankedTensorType makeTensor(llvm::ArrayRef<Dim> dims, mlir::Type elementType);
Dim dimOf(mlir::RankedTensorType type, unsigned axis);
llvm::SmallVector<Dim> dimsOf(mlir::RankedTensorType type);
/// All sizes are numbers, but for one along the first axis that may be a multiple of the batch: rows lie one after the other.
bool hasRowsFirst(mlir::RankedTensorType type);
/// Do its elements lie within a larger tensor, which is known by its sizes but for that of the first axis?
bool isPlaced(mlir::RankedTensorType type);
/// The type of a tensor whose elements lie as those of a larger one do, which has so many axes. The same type where that is how
/// they lie anyway.
mlir::RankedTensorType placedIn(mlir::RankedTensorType type, mlir::RankedTensorType larger);
/// The type of the same tensor where it lies by itself.
mlir::RankedTensorType unplaced(mlir::RankedTensorType type);
/// Row-major strides, in elements. A tensor lies densely for what the call has: only its first axis, and what stands before
/// it, has a stride that is a number where a later axis is open.
llvm::SmallVector<Dim> stridesOf(mlir::RankedTensorType type);
/// How many elements it has.
Dim elementsOf(mlir::RankedTensorType type);

/// What the parser of a model knows: the types of the values above the current line, and the results of
/// the functions above it. MLIR's parser wants each operand's type and offers no way to ask for it; it does
/// tell an op's parser how the op's results are called, so this table is filled as ops are read.
class Names {
public:
  explicit Names(bool holdsItems = false); ///< Enters a body; that of a model holds functions and the like.
  explicit Names(llvm::StringRef function) : Names() { this->function = function; } ///< Enters that of a function.
  ~Names();                                                                         ///< Leaves it.
  static void add(llvm::StringRef name, unsigned number, mlir::Type type);
  static mlir::Type find(const mlir::OpAsmParser::UnresolvedOperand &operand);
  /// The types of a function's results; nothing where it could not be read.
  using Results = std::optional<llvm::SmallVector<mlir::Type>>;
  static void addFunction(llvm::StringRef name, Results results);
  static const Results *findFunction(llvm::StringRef name); ///< null if there is none of that name
  static bool isBeingRead(llvm::StringRef function);
  /// From here on, in this body, the name is that of an open size; `batch` is one everywhere.
  static void addOpen(llvm::StringRef name);
  static bool isOpen(llvm::StringRef name);
  /// Does what is being read stand in the body of a function, a training step or an optimizer?
  static bool areInBody();

private:
  llvm::StringMap<mlir::Type> values;
  llvm::StringMap<Results> functions;
  llvm::StringSet<> openSizes;
  llvm::StringRef function; ///< empty where this is another body
  Names *outer;
  bool holdsItems;
};

//===--- Pieces ---------------------------------------------------------------------------------===//

/// The six types of elements.
bool isElement(mlir::Type type);
/// Does the line go on with `name =`, where something else should stand?
bool isAssignment(mlir::AsmParser &parser);
/// Does the line go on here where it should have ended, or with a comma?
bool isMissingComma(mlir::AsmParser &parser);
/// `@name` as the attribute; `what` says what it names.
mlir::ParseResult parseSymbolRef(mlir::OpAsmParser &parser, mlir::OperationState &result, llvm::StringRef attribute,
                                 llvm::StringRef what);
/// A number as it is written: whole ones of up to 64 bits exactly.
struct Literal {
  bool isWhole = false;
  int64_t whole = 0;
  double real = 0;
};
mlir::ParseResult parseLiteral(mlir::AsmParser &parser, Literal &literal);
mlir::ParseResult parseReal(mlir::AsmParser &parser, double &value);
void printReal(llvm::raw_ostream &os, double value);
std::string show(double value);
mlir::ParseResult parseSize(mlir::AsmParser &parser, SizeAttr &size);
/// A size that is known but for open ones, as `show` prints it: every name is that of an open size.
mlir::ParseResult parseDim(mlir::AsmParser &parser, Dim &dim);
mlir::ParseResult parseShape(mlir::AsmParser &parser, ShapeAttr &shape);
mlir::ParseResult parseInit(mlir::AsmParser &parser, InitAttr &init);
/// `shape`: the same with its sizes as they are written; null where nothing is known of them.
mlir::ParseResult parseTensorType(mlir::AsmParser &parser, mlir::Type &type, ShapeAttr *shape = nullptr);
/// `[size, ...]` if it stands here.
mlir::ParseResult parseOptionalSizes(mlir::AsmParser &parser, llvm::SmallVectorImpl<SizeAttr> &sizes);
//===--- Numbers as attributes: an IntegerAttr of i64, or a FloatAttr of f64 ----------------------===//

mlir::Attribute numberAttr(mlir::MLIRContext *context, const Literal &literal);
double realOf(mlir::Attribute number);
/// The whole number that it is; nothing where it is none, or needs more than 64 bits.
std::optional<int64_t> wholeOf(mlir::Attribute number);
/// Can an element of this type be that number? Floats round, but not to infinity.
bool holds(mlir::Type element, const Literal &number);
bool holds(mlir::Type element, mlir::Attribute number);
bool holds(mlir::Type element, int64_t number);
std::string showNumber(mlir::Attribute number);

std::string show(SizeAttr size);
std::string show(ShapeAttr shape);
std::string show(InitAttr init);
std::string show(mlir::Type type);   ///< `f32[batch, 128]`
std::string show(mlir::Value value); ///< `%h : f32[batch, 128]`

/// `%x`, or `(%x : type)` where the parser cannot know the type.
mlir::OptionalParseResult parseOptionalTensor(mlir::OpAsmParser &parser, llvm::SmallVectorImpl<mlir::Value> &values);
mlir::ParseResult parseTensors(mlir::OpAsmParser &parser, llvm::SmallVectorImpl<mlir::Value> &values);
void printTensor(mlir::OpAsmPrinter &printer, mlir::Value value);
void printTensors(mlir::OpAsmPrinter &printer, mlir::ValueRange values);

/// Reads the optional `: types` and compares; keeps the results' names and types.
mlir::ParseResult finishOp(mlir::OpAsmParser &parser, mlir::OperationState &result);
void printTypes(mlir::OpAsmPrinter &printer, mlir::TypeRange types);

/// What a line says of its results where that can only be checked when the caller's sizes are known: an attribute of
/// shapes, one for each result.
constexpr llvm::StringLiteral statement = "dl.stated";
/// The statement, if there is one.
void printStatement(mlir::OpAsmPrinter &printer, mlir::Operation *op);
/// May `found` stand where `expected` is said, as far as sizes are known?
bool mayFit(mlir::RankedTensorType expected, mlir::Type found);

/// The author's name of a value, from the location that keeps it; empty if there is none.
std::string nameOf(mlir::Location loc);
std::string nameOf(mlir::Value value);
mlir::Location named(mlir::Location loc, llvm::StringRef name);
/// The place itself, without the name of a value.
mlir::Location unnamed(mlir::Location loc);
void nameResults(mlir::Operation *op, mlir::OpAsmSetValueNameFn set);
void nameArguments(mlir::Region &region, mlir::OpAsmSetValueNameFn set);

//===--- Value ops ------------------------------------------------------------------------------===//

struct OpSyntax {
  int operands;                                         ///< leading operands, -1: any number
  llvm::SmallVector<llvm::StringRef> positional, keyed; ///< attributes by position; operands by name
  llvm::ArrayRef<llvm::StringRef> attributes;           ///< all attributes
};
mlir::ParseResult parseSyntax(mlir::OpAsmParser &parser, mlir::OperationState &result, const OpSyntax &syntax,
                              mlir::NamedAttrList &attributes);
void printValueOp(mlir::OpAsmPrinter &printer, mlir::Operation *op, const OpSyntax &syntax);

template <typename Op> mlir::ParseResult parseValueOp(mlir::OpAsmParser &parser, mlir::OperationState &result) {
  mlir::NamedAttrList attributes;
  if (parseSyntax(parser, result, Op::getSyntax(), attributes))
    return mlir::failure();
  bool isWrong = result.attributes.get("dl.wrong") != nullptr;
  auto loc = parser.getNameLoc();
  auto &properties = result.getOrAddProperties<typename Op::Properties>();
  if (failed(Op::setPropertiesFromAttr(properties, attributes.getDictionary(parser.getContext()),
                                       [&] { return parser.emitError(loc); })))
    return mlir::failure();
  if (isWrong) // what it yields is not known, so that ops that read it are not blamed
    result.types.assign(parser.getNumResults(), mlir::UnrankedTensorType::get(parser.getBuilder().getF32Type()));
  else if (failed(Op::inferReturnTypes(parser.getContext(), result.location, result.operands,
                                       result.attributes.getDictionary(parser.getContext()), result.getRawProperties(),
                                       result.regions, result.types)))
    return mlir::failure();
  return finishOp(parser, result);
}

/// Creates an op from its state; result types are inferred.
mlir::Operation *createInferred(mlir::OpBuilder &builder, mlir::OperationState &state);

/// One rule an op serves inference, which never fails, and verification, which explains.
struct ShapeRule {
  explicit ShapeRule(mlir::ValueRange operands) : operands(operands) {}
  mlir::ValueRange operands;
  llvm::SmallVector<mlir::Type> results;
  std::string problem;
  Place place;

  void fail(const llvm::Twine &text, Place where = Place::current()) {
    if (!problem.empty())
      return;
    problem = text.str();
    place = where;
  }
  template <typename Op> void run(typename Op::Adaptor op); // ShapeRules.h
  mlir::LogicalResult report(mlir::Operation *op);

private:
  bool hasOperands();
};
} // namespace dlc
#endif
