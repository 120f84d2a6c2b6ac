// Syntax.cpp - how sizes, shapes, initialisers, operands without types and names of values are written.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/Program.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace mlir;
using namespace dlc;

//===--- Names ------------------------------------------------------------------------------------===//

static thread_local Names *innermost = nullptr;
/// Constants of bodies that are being read, with their bodies: the innermost ones come last.
static thread_local std::vector<std::pair<const Names *, Operation *>> numbers;
static SmallVector<Operation *> takeNumbers(const Names *body) {
  SmallVector<Operation *> own;
  for (; !numbers.empty() && numbers.back().first == body; numbers.pop_back())
    own.push_back(numbers.back().second);
  return own;
}

Names::Names(bool holdsItems) : outer(innermost), holdsItems(holdsItems) { innermost = this; }
Names::~Names() {
  innermost = outer;
  for (Operation *number : takeNumbers(this)) { // of a body that could not be read
    number->dropAllUses();
    number->destroy();
  }
}

static std::string key(StringRef name, unsigned number) { return (name.ltrim('%') + "#" + Twine(number)).str(); }
void Names::add(StringRef name, unsigned number, Type type) {
  if (innermost)
    innermost->values[key(name, number)] = type;
}
Type Names::find(const OpAsmParser::UnresolvedOperand &operand) {
  for (Names *names = innermost; names; names = names->outer)
    if (Type type = names->values.lookup(key(operand.name, operand.number)))
      return type;
  return {};
}
void dlc::addNumber(Operation *constant) { numbers.push_back({innermost, constant}); }
void dlc::placeNumbers() {
  for (Operation *number : takeNumbers(innermost))
    if (number->use_empty()) // its line could not be read
      number->destroy();
    else
      OpBuilder(*number->user_begin()).insert(number);
}
void Names::addOpen(StringRef name) { innermost->openSizes.insert(name); }
bool Names::isOpen(StringRef name) {
  for (Names *names = innermost; names; names = names->outer)
    if (names->openSizes.contains(name))
      return true;
  return name == "batch";
}
bool Names::areInBody() { return innermost && !innermost->holdsItems; }
void Names::addFunction(StringRef name, Results results) {
  if (innermost)
    innermost->functions[name] = std::move(results);
}
const Names::Results *Names::findFunction(StringRef name) {
  for (Names *names = innermost; names; names = names->outer)
    if (auto it = names->functions.find(name); it != names->functions.end())
      return &it->second;
  return nullptr;
}

bool Names::isBeingRead(StringRef function) {
  for (Names *names = innermost; names; names = names->outer)
    if (names->function == function)
      return true;
  return false;
}

//===--- The author's names of values ---------------------------------------------------------------===//

std::string dlc::nameOf(Location loc) {
  if (auto call = dyn_cast<CallSiteLoc>(loc))
    return nameOf(call.getCallee());
  auto name = dyn_cast<NameLoc>(loc);
  return name ? name.getName().str() : "";
}
Location dlc::named(Location loc, StringRef name) {
  return name.empty() || isdigit(name[0]) ? loc : NameLoc::get(StringAttr::get(loc.getContext(), name), loc);
}
Location dlc::unnamed(Location loc) {
  auto name = dyn_cast<NameLoc>(loc);
  return name ? name.getChildLoc() : loc;
}
void dlc::nameResults(Operation *op, OpAsmSetValueNameFn set) {
  SmallVector<StringRef> names;
  std::string all = nameOf(op->getLoc());
  StringRef(all).split(names, ' ', -1, /*KeepEmpty=*/false);
  for (auto [result, name] : llvm::zip(op->getResults(), names))
    set(result, name);
}
void dlc::nameArguments(Region &region, OpAsmSetValueNameFn set) {
  for (BlockArgument argument : region.getArguments())
    if (std::string name = nameOf(argument.getLoc()); !name.empty())
      set(argument, name);
}

//===--- Reals, sizes, shapes, initialisers ---------------------------------------------------------===//

/// The text of the file from here on, as far as anything that is looked for in it may reach: what looks at all of it
/// takes as long as the file is large, for each word.
static StringRef textAt(AsmParser &parser) {
  const char *here = parser.getCurrentLocation().getPointer();
  return {here, strnlen(here, 1024)}; // the file ends with a zero
}

bool dlc::isAssignment(AsmParser &parser) {
  StringRef text = textAt(parser), rest = text.drop_while([](char c) { return isalnum(c) || c == '_'; });
  return rest.size() != text.size() && !llvm::isDigit(text[0]) && rest.ltrim(" \t").starts_with("=");
}
bool dlc::isMissingComma(AsmParser &parser) {
  const char *next = parser.getCurrentLocation().getPointer(), *before = next;
  while (before[-1] == ' ' || before[-1] == '\t') // there is an op's name before
    --before;
  if (before[-1] == '\n' || textAt(parser).starts_with("loc("))
    return false;
  return isalnum(*next) || StringRef("%\"").contains(*next);
}
ParseResult dlc::parseSymbolRef(OpAsmParser &parser, OperationState &result, StringRef attribute, StringRef what) {
  StringAttr name;
  SMLoc loc = parser.getCurrentLocation();
  if (failed(parser.parseOptionalSymbolName(name)))
    return stop(parser, loc) << "expected " << what << ", such as @" << attribute;
  result.addAttribute(attribute, FlatSymbolRefAttr::get(name));
  return success();
}
/// A number that is written as a word; empty if none stands here.
static StringRef numberWord(AsmParser &parser) {
  StringRef word = textAt(parser).take_while([](char c) { return llvm::isAlnum(c) || c == '_' || c == '.'; });
  return word == "inf" || word == "nan" ? word : StringRef();
}
bool dlc::isNumber(AsmParser &parser) {
  StringRef text = textAt(parser);
  if (!numberWord(parser).empty())
    return true;
  text.consume_front("-");
  return !text.empty() && (llvm::isDigit(text[0]) || text.starts_with("inf"));
}
ParseResult dlc::parseLiteral(AsmParser &parser, Literal &literal) {
  bool negative = succeeded(parser.parseOptionalMinus()); // parseOptionalInteger would insist after a `-`
  APInt integer;
  if (StringRef word = numberWord(parser); !word.empty()) {
    literal = {false, 0, word == "nan" ? NAN : negative ? -INFINITY : INFINITY};
    return parser.parseKeyword(word);
  }
  SMLoc loc = parser.getCurrentLocation();
  StringRef text = textAt(parser), digits = text.take_while([](char c) { return isdigit(c); });
  if (text = text.drop_front(digits.size()); !digits.empty() && (text.starts_with("e") || text.starts_with("E"))) {
    StringRef exponent = text.drop_front().take_while([](char c) { return isalnum(c) || c == '-' || c == '+'; });
    return stop(parser) << "a number with an exponent needs a point; write " << digits << ".0e" << exponent
                        << " instead of " << digits << text[0] << exponent;
  }
  if (textAt(parser).take_while(llvm::isDigit).empty())
    return stop(parser) << "expected a number, such as 0.5";
  OptionalParseResult parsed = parser.parseOptionalInteger(integer);
  if (parsed.has_value() ? failed(*parsed) : failed(parser.parseFloat(literal.real)))
    return failure();
  literal.isWhole = false;
  if (!parsed.has_value() && std::isinf(literal.real))
    return stop(parser, loc)
           << "this number is larger than f64 holds, which is about 1.8e308; write `inf` for infinity";
  if (parsed.has_value()) {
    integer = digits == "0" ? integer.zext(128) : APInt(128 + 4 * digits.size(), digits, 10); // 0x... begins so
    integer = negative ? -integer : integer;
    literal.isWhole = integer.isSignedIntN(64) && !(negative && integer.isZero()); // -0 is a real
    literal.whole = literal.isWhole ? integer.getSExtValue() : 0;
    literal.real = literal.isWhole ? std::fabs(double(literal.whole)) : strtod(digits.str().c_str(), nullptr);
    if (!literal.isWhole && literal.real == 0x1p63) // rounded to a number of 64 bits, which it is not
      literal.real = std::nextafter(literal.real, INFINITY);
  }
  literal.real = negative ? -literal.real : literal.real;
  return success();
}
ParseResult dlc::parseReal(AsmParser &parser, double &value) {
  Literal literal;
  if (parseLiteral(parser, literal))
    return failure();
  value = literal.real;
  return success();
}

Attribute dlc::numberAttr(MLIRContext *context, const Literal &literal) {
  Builder builder(context);
  return literal.isWhole ? Attribute(builder.getI64IntegerAttr(literal.whole)) : builder.getF64FloatAttr(literal.real);
}
double dlc::realOf(Attribute number) {
  auto whole = dyn_cast<IntegerAttr>(number);
  return whole ? double(whole.getInt()) : cast<FloatAttr>(number).getValueAsDouble();
}
static Literal literalOf(Attribute number) {
  if (auto whole = dyn_cast<IntegerAttr>(number))
    return {true, whole.getInt(), double(whole.getInt())};
  return {false, 0, realOf(number)};
}
static std::optional<int64_t> wholeOf(const Literal &number) {
  if (number.isWhole)
    return number.whole;
  bool fits = number.real == std::trunc(number.real) && number.real >= -0x1p63 && number.real < 0x1p63;
  return fits ? std::optional<int64_t>(int64_t(number.real)) : std::nullopt;
}
std::optional<int64_t> dlc::wholeOf(Attribute number) { return ::wholeOf(literalOf(number)); }

bool dlc::holds(Type element, const Literal &number) {
  auto integer = dyn_cast<IntegerType>(element);
  if (!integer)
    return !element.isF32() || std::isinf(number.real) || !std::isinf(float(number.real));
  std::optional<int64_t> whole = ::wholeOf(number);
  bool isUnsigned = integer.isUnsigned() || integer.getWidth() == 1; // i32 and i64 are signed
  return whole && (isUnsigned ? *whole >= 0 && llvm::isUIntN(integer.getWidth(), *whole)
                              : llvm::isIntN(integer.getWidth(), *whole));
}
bool dlc::holds(Type element, Attribute number) { return holds(element, literalOf(number)); }
bool dlc::holds(Type element, int64_t number) { return holds(element, Literal{true, number, double(number)}); }
std::string dlc::showNumber(Attribute number) {
  auto whole = dyn_cast<IntegerAttr>(number);
  return whole ? std::to_string(whole.getInt()) : show(realOf(number));
}
/// The shortest decimal that reads back as the same number; MLIR wants a point in it.
void dlc::printReal(raw_ostream &os, double value) {
  char text[40];
  if (!std::isfinite(value)) { // words that are read as numbers
    os << (std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
    return;
  }
  for (int digits = 1; digits <= 17; ++digits) {
    snprintf(text, sizeof text, "%.*g", digits, value);
    if (strtod(text, nullptr) == value)
      break;
  }
  auto [mantissa, exponent] = StringRef(text).split('e');
  os << mantissa << (mantissa.contains('.') ? "" : ".0");
  if (int power = atoi(exponent.str().c_str()))
    os << 'e' << power;
}

std::string dlc::show(double value) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printReal(os, value);
  return text;
}

SizeAttr SizeAttr::get(MLIRContext *context, int64_t value) {
  return get(context, getAffineConstantExpr(value, context), {});
}
SizeAttr SizeAttr::get(MLIRContext *context, Dim dim) {
  if (dim.isUnknown())
    return get(context, getAffineSymbolExpr(0, context), {StringAttr::get(context, "?")});
  AffineExpr expr = getAffineConstantExpr(dim.value, context);
  SmallVector<Attribute> names;
  for (Attribute name : dim.open ? dim.open.getValue() : ArrayRef<Attribute>()) {
    Attribute open = ArrayAttr::get(context, name);
    if (names.empty() || names.back() != open)
      names.push_back(open);
    expr = expr * getAffineSymbolExpr(names.size() - 1, context);
  }
  return get(context, expr, names);
}

namespace {
/// A size expression as a sum: a number for each product of open sizes.
using Terms = SmallVector<Dim, 2>;
} // namespace
static std::optional<Terms> sumOf(const Terms &a, const Terms &b) {
  Terms sum = a;
  for (Dim term : b) {
    auto *same = llvm::find_if(sum, [&](Dim one) { return one.open == term.open; });
    if (same == sum.end())
      sum.push_back(term);
    else if (llvm::AddOverflow(same->value, term.value, same->value))
      return std::nullopt;
    llvm::erase_if(sum, [](Dim one) { return one.value == 0; });
  }
  return sum;
}
static std::optional<Terms> termsOf(AffineExpr expr, ArrayRef<Attribute> names, const Sizes &known) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return constant.getValue() ? Terms{Dim(constant.getValue())} : Terms();
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr)) {
    Attribute name = names[symbol.getPosition()];
    if (auto open = dyn_cast<ArrayAttr>(name))
      return Terms{Dim(1, open)};
    auto found = known.find(cast<StringAttr>(name));
    if (found == known.end() || found->second.isUnknown())
      return std::nullopt;
    return found->second == Dim(0) ? Terms() : Terms{found->second};
  }
  auto binary = cast<AffineBinaryOpExpr>(expr);
  auto lhs = termsOf(binary.getLHS(), names, known), rhs = termsOf(binary.getRHS(), names, known);
  if (!lhs || !rhs)
    return std::nullopt;
  if (expr.getKind() == AffineExprKind::Add)
    return sumOf(*lhs, *rhs);
  std::optional<Terms> result = Terms();
  if (expr.getKind() == AffineExprKind::Mul) {
    for (Dim a : *lhs)
      for (Dim b : *rhs)
        if (Dim product = a * b; !result || product.isUnknown())
          return std::nullopt;
        else
          result = sumOf(*result, {product});
    return result;
  }
  if (rhs->size() != 1 || rhs->front().value < 1) // divided by nothing, or by a sum
    return std::nullopt;
  Dim divisor = rhs->front();
  for (Dim term : *lhs) {
    bool rounds = lhs->size() == 1 && term.isNumber() && divisor.isNumber();
    Dim quotient = rounds ? Dim(llvm::divideFloorSigned(term.value, divisor.value)) : term / divisor;
    if (quotient.isUnknown())
      return std::nullopt;
    if (quotient.value)
      result->push_back(quotient);
  }
  return result;
}
Dim SizeAttr::evaluate(const Sizes &known) const {
  if (auto constant = dyn_cast<AffineConstantExpr>(getExpr()))
    return Dim(constant.getValue());
  std::optional<Terms> terms = termsOf(getExpr(), getNames(), known);
  if (!terms || terms->size() > 1)
    return {};
  Dim only = terms->empty() ? Dim(0) : terms->front();
  constexpr int64_t most = INT64_MAX / 4; // what is more overflows where the open size is no more than some
  return only.isOpen() && (only.value < 1 || only.value > most) ? Dim() : only;
}
int64_t SizeAttr::number(const Sizes &known) const {
  Dim dim = evaluate(known);
  return dim.isNumber() ? dim.value : ShapedType::kDynamic;
}

/// sum ::= product (('+' | '-') product)*, product ::= atom (('*' | '/') atom)*
/// Nested expressions are walked recursively, so that their size is bounded here.
static constexpr unsigned mostTerms = 256;
static ParseResult countTerm(AsmParser &parser, unsigned &terms) {
  if (++terms > mostTerms)
    return stop(parser) << "expected at most " << mostTerms << " terms in a size expression";
  return success();
}
static ParseResult parseSum(AsmParser &parser, AffineExpr &expr, SmallVectorImpl<Attribute> &names);
static ParseResult parseAtom(AsmParser &parser, AffineExpr &expr, SmallVectorImpl<Attribute> &names) {
  int64_t value;
  StringRef name;
  OptionalParseResult integer = parser.parseOptionalInteger(value);
  if (integer.has_value()) {
    expr = getAffineConstantExpr(value, parser.getContext());
    return *integer;
  }
  if (succeeded(parser.parseOptionalLParen()))
    return failure(parseSum(parser, expr, names) || parser.parseRParen());
  if (succeeded(parser.parseOptionalQuestion()))
    name = "?";
  else if (failed(parser.parseOptionalKeyword(&name)))
    return stop(parser) << "expected a whole number or a size expression";
  Attribute attr = parser.getBuilder().getStringAttr(name);
  if (Names::isOpen(name))
    attr = parser.getBuilder().getArrayAttr(attr);
  if (!llvm::is_contained(names, attr))
    names.push_back(attr);
  expr = getAffineSymbolExpr(llvm::find(names, attr) - names.begin(), parser.getContext());
  return success();
}
static ParseResult parseProduct(AsmParser &parser, AffineExpr &expr, SmallVectorImpl<Attribute> &names) {
  unsigned terms = 1;
  if (parseAtom(parser, expr, names))
    return failure();
  for (AffineExpr next;;) {
    bool times = succeeded(parser.parseOptionalStar());
    if (!times && failed(parser.parseOptionalSlash()))
      return success();
    SMLoc loc = parser.getCurrentLocation();
    if (countTerm(parser, terms) || parseAtom(parser, next, names))
      return failure();
    if (auto divisor = dyn_cast<AffineConstantExpr>(next); divisor && !times && divisor.getValue() < 1)
      return stop(parser, loc) << "a size is divided by a number of at least 1, found " << divisor.getValue();
    expr = times ? expr * next : expr.floorDiv(next);
  }
}
static ParseResult parseSum(AsmParser &parser, AffineExpr &expr, SmallVectorImpl<Attribute> &names) {
  unsigned terms = 1;
  if (parseProduct(parser, expr, names))
    return failure();
  for (AffineExpr next;;) {
    bool plus = succeeded(parser.parseOptionalPlus());
    if (!plus && failed(parser.parseOptionalMinus()))
      return success();
    if (countTerm(parser, terms) || parseProduct(parser, next, names))
      return failure();
    expr = plus ? expr + next : expr - next;
  }
}
ParseResult dlc::parseSize(AsmParser &parser, SizeAttr &size) {
  AffineExpr expr;
  SmallVector<Attribute> names;
  if (parseSum(parser, expr, names))
    return failure();
  size = SizeAttr::get(parser.getContext(), expr, names);
  return success();
}
static void printExpr(raw_ostream &os, AffineExpr expr, ArrayRef<Attribute> names, bool nested = false) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr)) {
    os << constant.getValue();
    return;
  }
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr)) {
    Attribute name = names[symbol.getPosition()];
    os << cast<StringAttr>(isa<ArrayAttr>(name) ? cast<ArrayAttr>(name)[0] : name).getValue();
    return;
  }
  auto binary = cast<AffineBinaryOpExpr>(expr);
  AffineExpr lhs = binary.getLHS(), rhs = binary.getRHS();
  bool sum = expr.getKind() == AffineExprKind::Add, product = expr.getKind() == AffineExprKind::Mul;
  if (product && isa<AffineConstantExpr>(rhs))
    std::swap(lhs, rhs); // `3 * width`, as people write it
  if (nested && sum)
    os << '(';
  printExpr(os, lhs, names, !sum);
  auto number = dyn_cast<AffineConstantExpr>(rhs);
  if (sum && number && number.getValue() < 0 && number.getValue() != INT64_MIN) { // `width - 8`, as people write it
    os << " - " << -number.getValue();
  } else {
    os << (sum ? " + " : product ? " * " : " / ");
    printExpr(os, rhs, names, !sum);
  }
  if (nested && sum)
    os << ')';
}
std::string dlc::show(SizeAttr size) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printExpr(os, size.getExpr(), size.getNames());
  return text;
}

ShapeAttr ShapeAttr::get(Type tensor) {
  auto type = cast<RankedTensorType>(tensor);
  return get(type.getContext(), type.getElementType(),
             llvm::map_to_vector(dimsOf(type), [&](Dim dim) { return SizeAttr::get(type.getContext(), dim); }));
}
RankedTensorType ShapeAttr::evaluate(const Sizes &known) const {
  return makeTensor(llvm::map_to_vector(getSizes(), [&](SizeAttr size) { return size.evaluate(known); }),
                    getElementType());
}
ParseResult dlc::parseOptionalSizes(AsmParser &parser, SmallVectorImpl<SizeAttr> &sizes) {
  if (failed(parser.parseOptionalLSquare()) || succeeded(parser.parseOptionalRSquare())) // f32[] is f32
    return success();
  if (parser.parseCommaSeparatedList([&] { return parseSize(parser, sizes.emplace_back()); }))
    return failure();
  if (failed(parser.parseOptionalRSquare()))
    return stop(parser) << "expected `,` or `]` in a list of sizes";
  return success();
}
bool dlc::isElement(Type type) {
  return type.isF32() || type.isF64() || type.isSignlessInteger(32) || type.isSignlessInteger(64) ||
         type.isSignlessInteger(1) || type.isUnsignedInteger(8);
}
/// A `tensor<...>` that becomes a shape says no more than one: what else it says would be lost.
static ParseResult checkSaysShape(AsmParser &parser, SMLoc loc, RankedTensorType type) {
  if (Attribute more = type.getEncoding(); more && !isa<OpenAttr>(more))
    return stop(parser, loc) << "expected a type with sizes alone, such as f32[batch, 128], found " << type;
  return success();
}
/// The element type of a shape, or all of a `tensor<...>`.
static ParseResult parseElement(AsmParser &parser, Type &type) {
  SMLoc loc = parser.getCurrentLocation();
  OptionalParseResult parsed = parser.parseOptionalType(type);
  if (!parsed.has_value())
    return stop(parser, loc) << "expected a type: f32, f64, i32, i64, ui8 or i1, with sizes as in f32[batch, 128]";
  if (failed(*parsed))
    return failure();
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!isElement(tensor ? tensor.getElementType() : type))
    return stop(parser, loc) << "expected numbers of type f32, f64, i32, i64, ui8 or i1, found " << type;
  return tensor ? checkSaysShape(parser, loc, tensor) : ParseResult(success());
}
ParseResult dlc::parseShape(AsmParser &parser, ShapeAttr &shape) {
  Type type;
  SmallVector<SizeAttr> sizes;
  if (parseElement(parser, type))
    return failure();
  if (isa<RankedTensorType>(type)) {
    shape = ShapeAttr::get(type);
    return success();
  }
  if (parseOptionalSizes(parser, sizes))
    return failure();
  if (StringRef next = textAt(parser); sizes.empty() && (next.starts_with("(") || next.starts_with("<")))
    return stop(parser) << "sizes stand in square brackets, as in f32[batch, 128]";
  shape = ShapeAttr::get(parser.getContext(), type, sizes);
  return success();
}
std::string dlc::show(ShapeAttr shape) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << shape.getElementType();
  if (!shape.getSizes().empty()) {
    os << '[';
    llvm::interleaveComma(shape.getSizes(), os, [&](SizeAttr size) { os << show(size); });
    os << ']';
  }
  return text;
}
std::string dlc::show(Type type) {
  auto ranked = dyn_cast<RankedTensorType>(type);
  std::string text;
  llvm::raw_string_ostream os(text);
  if (ranked && (!ranked.getEncoding() || isa<OpenAttr>(ranked.getEncoding())))
    os << show(ShapeAttr::get(ranked));
  else
    os << type;
  return text;
}
std::string dlc::nameOf(Value value) {
  std::string name = nameOf(value.getLoc());
  auto result = dyn_cast<OpResult>(value);
  if (!result)
    return name;
  SmallVector<StringRef> names;
  StringRef(name).split(names, ' ', -1, /*KeepEmpty=*/false);
  return result.getResultNumber() < names.size() ? names[result.getResultNumber()].str() : "";
}
std::string dlc::show(Value value) {
  std::string name = nameOf(value);
  return (name.empty() ? "" : "%" + name + " : ") + show(value.getType());
}
ParseResult dlc::parseTensorType(AsmParser &parser, Type &type, ShapeAttr *shape) {
  OptionalParseResult parsed = parser.parseOptionalType(type);
  if (!parsed.has_value() || failed(*parsed))
    return stop(parser) << "expected a type such as f32[?, 128]";
  ShapeAttr known;
  if (!isa<TensorType>(type)) {
    SmallVector<SizeAttr> sizes;
    if (parseOptionalSizes(parser, sizes))
      return failure();
    known = ShapeAttr::get(parser.getContext(), type, sizes);
    type = known.evaluate();
  } else if (isa<RankedTensorType>(type)) {
    known = ShapeAttr::get(type);
  }
  if (shape)
    *shape = known;
  return success();
}

ParseResult dlc::parseInit(AsmParser &parser, InitAttr &init) {
  StringRef kind;
  SmallVector<Attribute> values;
  auto one = [&]() -> ParseResult {
    double value;
    if (parseReal(parser, value))
      return failure();
    values.push_back(parser.getBuilder().getF64FloatAttr(value));
    return success();
  };
  if (failed(parser.parseOptionalKeyword(&kind)))
    return stop(parser) << "expected an initialiser, such as zeros, normal(0.02) or constant(1.0)";
  if ((succeeded(parser.parseOptionalLParen()) && (parser.parseCommaSeparatedList(one) || parser.parseRParen())))
    return failure();
  init = InitAttr::get(parser.getContext(), parser.getBuilder().getStringAttr(kind),
                       parser.getBuilder().getArrayAttr(values));
  return success();
}
std::string dlc::show(InitAttr init) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << init.getKind().getValue();
  if (!init.getValues().empty()) {
    os << '(';
    llvm::interleaveComma(init.getValues().getAsRange<FloatAttr>(), os,
                          [&](FloatAttr value) { printReal(os, value.getValueAsDouble()); });
    os << ')';
  }
  return text;
}

static ParseResult parseDims(AsmParser &parser, SmallVectorImpl<Dim> &dims) {
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Square,
                                        [&] { return parseDim(parser, dims.emplace_back()); });
}
static ParseResult parseOpen(AsmParser &parser, OpenAttr &attr) {
  SmallVector<Dim> dims;
  if (parseDims(parser, dims))
    return failure();
  attr = OpenAttr::get(parser.getContext(), dims);
  return success();
}
static ParseResult parsePlaced(AsmParser &parser, PlacedAttr &attr) {
  SmallVector<Dim> dims, within;
  if (parseDims(parser, dims) || parser.parseComma() || parseDims(parser, within))
    return failure();
  attr = PlacedAttr::get(parser.getContext(), dims, within);
  return success();
}

// In the generic form the attributes stand as #dl.size<...>.
template <typename Attr, ParseResult (*parse)(AsmParser &, Attr &)> static Attribute parseInAngles(AsmParser &parser) {
  Attr attr;
  if (parser.parseLess() || parse(parser, attr) || parser.parseGreater())
    return {};
  return attr;
}
Attribute SizeAttr::parse(AsmParser &parser, Type) { return parseInAngles<SizeAttr, parseSize>(parser); }
Attribute ShapeAttr::parse(AsmParser &parser, Type) { return parseInAngles<ShapeAttr, parseShape>(parser); }
Attribute OpenAttr::parse(AsmParser &parser, Type) { return parseInAngles<OpenAttr, parseOpen>(parser); }
Attribute InitAttr::parse(AsmParser &parser, Type) { return parseInAngles<InitAttr, parseInit>(parser); }
Attribute PlacedAttr::parse(AsmParser &parser, Type) { return parseInAngles<PlacedAttr, parsePlaced>(parser); }
static void printDims(AsmPrinter &printer, ArrayRef<Dim> dims) {
  printer << '[';
  llvm::interleaveComma(dims, printer, [&](Dim dim) { printer << show(dim); });
  printer << ']';
}
void OpenAttr::print(AsmPrinter &printer) const {
  printer << '<';
  printDims(printer, getDims());
  printer << '>';
}
void PlacedAttr::print(AsmPrinter &printer) const {
  printer << '<';
  printDims(printer, getDims());
  printer << ", ";
  printDims(printer, getWithin());
  printer << '>';
}
void SizeAttr::print(AsmPrinter &printer) const { printer << '<' << show(*this) << '>'; }
void ShapeAttr::print(AsmPrinter &printer) const { printer << '<' << show(*this) << '>'; }
void InitAttr::print(AsmPrinter &printer) const { printer << '<' << show(*this) << '>'; }

//===--- Operands and results -----------------------------------------------------------------------===//

OptionalParseResult dlc::parseOptionalTensor(OpAsmParser &parser, SmallVectorImpl<Value> &values) {
  OpAsmParser::UnresolvedOperand operand;
  if (succeeded(parser.parseOptionalLParen())) {
    Type type;
    if (parser.parseOperand(operand))
      return ParseResult(failure());
    if (failed(parser.parseOptionalColon()))
      return ParseResult(stop(parser) << "operands of an op stand without parentheses, as in `relu %x`; only a value "
                                         "that comes with its type has them, as in (%x : f32[4])");
    return failure(parseTensorType(parser, type) || parser.parseRParen() ||
                   parser.resolveOperand(operand, type, values));
  }
  OptionalParseResult parsed = parser.parseOptionalOperand(operand);
  if (!parsed.has_value() || failed(*parsed))
    return parsed;
  Type type = Names::find(operand);
  if (!type && operand.number)
    return ParseResult(stop(parser, operand.location)
                       << "no value above this line is called " << operand.name << "#" << operand.number
                       << "; `%x#1` is the second value of `%x:2 = ...`");
  if (!type)
    return ParseResult(stop(parser, operand.location) << "nothing above this line is called " << operand.name);
  return ParseResult(parser.resolveOperand(operand, type, values));
}
ParseResult dlc::parseTensors(OpAsmParser &parser, SmallVectorImpl<Value> &values) {
  OptionalParseResult parsed = parseOptionalTensor(parser, values);
  if (!parsed.has_value())
    return success();
  while (succeeded(*parsed) && succeeded(parser.parseOptionalComma())) {
    parsed = parseOptionalTensor(parser, values);
    if (!parsed.has_value())
      return stop(parser) << "expected a value, such as %x";
  }
  return *parsed;
}
/// Can the parser know this value's type without being told? It was made by an op of ours, in a body of ours.
static bool isOurs(Value value) {
  auto ours = [](Operation *op) { return op && llvm::is_contained({"dl", "nn"}, op->getName().getDialectNamespace()); };
  return ours(value.getParentBlock()->getParentOp()) && (isa<BlockArgument>(value) || ours(value.getDefiningOp()));
}
void dlc::printTensor(OpAsmPrinter &printer, Value value) {
  if (isOurs(value))
    printer << value;
  else
    printer << '(' << value << " : " << show(value.getType()) << ')';
}
void dlc::printTensors(OpAsmPrinter &printer, ValueRange values) {
  llvm::interleaveComma(values, printer, [&](Value value) { printTensor(printer, value); });
}
void dlc::printTypes(OpAsmPrinter &printer, TypeRange types) {
  if (types.empty())
    return;
  printer << " : ";
  llvm::interleaveComma(types, printer, [&](Type type) { printer << show(type); });
}

bool dlc::mayFit(RankedTensorType expected, Type found) {
  auto ranked = dyn_cast<RankedTensorType>(found);
  return ranked && ranked.getElementType() == expected.getElementType() && ranked.getRank() == expected.getRank() &&
         llvm::all_of(llvm::zip(dimsOf(ranked), dimsOf(expected)),
                      [](auto pair) { return std::get<0>(pair).agrees(std::get<1>(pair)); });
}
void dlc::printStatement(OpAsmPrinter &printer, Operation *op) {
  auto shapes = op->getAttrOfType<ArrayAttr>(statement);
  if (!shapes)
    return;
  printer << " : ";
  llvm::interleaveComma(shapes.getAsRange<ShapeAttr>(), printer, [&](ShapeAttr shape) { printer << show(shape); });
}
/// `: types`: what is known to be wrong is reported, what cannot be known yet is kept.
static ParseResult parseStatement(OpAsmParser &parser, OperationState &result) {
  SmallVector<Type> types;
  SmallVector<Attribute> shapes;
  SMLoc loc = parser.getCurrentLocation();
  auto parseOne = [&]() -> ParseResult {
    ShapeAttr shape;
    SMLoc at = parser.getCurrentLocation();
    if (parseTensorType(parser, types.emplace_back(), &shape))
      return failure();
    shapes.push_back(shape);
    auto tensor = dyn_cast<RankedTensorType>(types.back());
    bool isResult = types.size() <= result.types.size() && types.back() == result.types[types.size() - 1];
    return isResult || !tensor ? ParseResult(success()) : checkSaysShape(parser, at, tensor);
  };
  if (failed(parser.parseOptionalColon()))
    return success();
  if (parser.parseCommaSeparatedList(parseOne))
    return failure();
  if (!llvm::all_of(result.types, llvm::IsaPred<RankedTensorType>))
    return success();
  auto fits = [](auto pair) {
    auto expected = dyn_cast<RankedTensorType>(std::get<0>(pair));
    return expected && mayFit(expected, std::get<1>(pair));
  };
  if (types.size() != result.types.size() || !llvm::all_of(llvm::zip(types, result.types), fits)) {
    auto text = [](ArrayRef<Type> list) {
      return llvm::join(llvm::map_range(list, [](Type type) { return show(type); }), ", ");
    };
    complain(parser, result, loc) << "the line says " << text(types) << ", but the result is " << text(result.types);
    return success();
  }
  auto isOpen = [](SizeAttr size) { return size.evaluate().isUnknown() && show(size) != "?"; };
  bool namesSizes =
      llvm::any_of(shapes, [&](Attribute shape) { return llvm::any_of(cast<ShapeAttr>(shape).getSizes(), isOpen); });
  if (namesSizes || ArrayRef<Type>(types) != ArrayRef<Type>(result.types))
    result.addAttribute(statement, parser.getBuilder().getArrayAttr(shapes));
  return success();
}

ParseResult dlc::finishOp(OpAsmParser &parser, OperationState &result) {
  if (parseStatement(parser, result))
    return failure();
  std::string names;
  for (auto [i, type] : llvm::enumerate(result.types)) {
    auto [name, number] = parser.getResultName(i);
    Names::add(name, number, type);
    if (number == 0)
      names += (i ? " " : "") + name.str();
  }
  result.location = named(result.location, names);
  return success();
}
