// ValueSyntax.cpp - the one grammar of all value ops: `op "name" %operands, numbers, options`.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/Program.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace dlc;

Operation *dlc::createInferred(OpBuilder &builder, OperationState &state) {
  auto infer = state.name.getInterface<InferTypeOpInterface>();
  auto dictionary = state.attributes.getDictionary(builder.getContext());
  OpaqueProperties properties = state.getRawProperties();
  Operation *scratch = nullptr;
  if (!properties && !state.types.size()) { // attributes become properties when the op is made
    scratch = Operation::create(state);
    properties = scratch->getPropertiesStorage();
  }
  (void)infer->inferReturnTypes(builder.getContext(), state.location, state.operands, dictionary, properties,
                                state.regions, state.types);
  if (scratch)
    scratch->destroy();
  return builder.create(state);
}

//===--- The one grammar of value ops ---------------------------------------------------------------===//

namespace {
enum class Kind { Size, Real, Reals, Number, Flag, Bool, Word, Init, Sizes, Type, String, Map, Each, Padding };
}
/// An option means the same wherever it stands.
static Kind kindOf(StringRef option) {
  static const llvm::StringMap<Kind> kinds = {{"bias", Kind::Bool},
                                              {"weight", Kind::Word},
                                              {"init", Kind::Init},
                                              {"epsilon", Kind::Real},
                                              {"rate", Kind::Real},
                                              {"slope", Kind::Real},
                                              {"mean", Kind::Reals},
                                              {"deviation", Kind::Reals},
                                              {"strength", Kind::Real},
                                              {"rotation", Kind::Real},
                                              {"scale", Kind::Real},
                                              {"shear", Kind::Real},
                                              {"translation", Kind::Real},
                                              {"area", Kind::Real},
                                              {"most", Kind::Each},
                                              {"alpha", Kind::Real},
                                              {"beta", Kind::Real},
                                              {"offset", Kind::Real},
                                              {"min", Kind::Number},
                                              {"max", Kind::Number},
                                              {"value", Kind::Number},
                                              {"label_smoothing", Kind::Real},
                                              {"shape", Kind::Sizes},
                                              {"permutation", Kind::Sizes},
                                              {"axes", Kind::Sizes},
                                              {"low", Kind::Sizes},
                                              {"over", Kind::Sizes},
                                              {"lhs_map", Kind::Map},
                                              {"rhs_map", Kind::Map},
                                              {"high", Kind::Sizes},
                                              {"type", Kind::Type},
                                              {"stream", Kind::String},
                                              {"op", Kind::String},
                                              {"tanh", Kind::Flag},
                                              {"affine", Kind::Flag},
                                              {"keepdim", Kind::Flag},
                                              {"reverse", Kind::Flag},
                                              {"exclusive", Kind::Flag},
                                              {"smallest", Kind::Flag},
                                              {"temperature", Kind::Real},
                                              {"top_p", Kind::Real},
                                              {"descending", Kind::Flag},
                                              {"bidirectional", Kind::Flag},
                                              {"states", Kind::Flag},
                                              {"stateful", Kind::Flag},
                                              {"dropout", Kind::Real},
                                              {"momentum", Kind::Real},
                                              {"activation", Kind::Word},
                                              {"transpose_a", Kind::Flag},
                                              {"transpose_b", Kind::Flag},
                                              {"kernel", Kind::Each},
                                              {"stride", Kind::Each},
                                              {"dilation", Kind::Each},
                                              {"padding", Kind::Padding},
                                              {"output_padding", Kind::Each},
                                              {"ceil_mode", Kind::Flag},
                                              {"scale_factor", Kind::Each},
                                              {"output_size", Kind::Each},
                                              {"mode", Kind::Word},
                                              {"align_corners", Kind::Flag},
                                              {"count_include_pad", Kind::Bool},
                                              {"padding_mode", Kind::Word},
                                              {"norm_type", Kind::Real},
                                              {"channels_first", Kind::Flag}};
  auto it = kinds.find(option);
  return it == kinds.end() ? Kind::Size : it->second;
}
/// A number, or a list of such; lists in each other as deep as that.
static Attribute parseEach(OpAsmParser &parser, int depth) {
  SizeAttr size;
  if (!depth || failed(parser.parseOptionalLSquare()))
    return parseSize(parser, size) ? Attribute() : size;
  SmallVector<Attribute> items;
  do {
    items.push_back(parseEach(parser, depth - 1));
    if (!items.back())
      return {};
  } while (succeeded(parser.parseOptionalComma()));
  return parser.parseRSquare() ? Attribute() : parser.getBuilder().getArrayAttr(items);
}
static Attribute parseOptionValue(OpAsmParser &parser, Kind kind) {
  Builder &builder = parser.getBuilder();
  StringRef word;
  SizeAttr size;
  switch (kind) {
  case Kind::Flag:
    return builder.getUnitAttr();
  case Kind::Size:
    return parseSize(parser, size) ? Attribute() : size;
  case Kind::Real: {
    double value;
    return parseReal(parser, value) ? Attribute() : builder.getF64FloatAttr(value);
  }
  case Kind::Reals: {
    if (failed(parser.parseOptionalLSquare()))
      return parseOptionValue(parser, Kind::Real);
    SmallVector<Attribute> reals;
    do {
      reals.push_back(parseOptionValue(parser, Kind::Real));
      if (!reals.back())
        return {};
    } while (succeeded(parser.parseOptionalComma()));
    return parser.parseRSquare() ? Attribute() : builder.getArrayAttr(reals);
  }
  case Kind::Number: {
    Literal literal;
    return parseLiteral(parser, literal) ? Attribute() : numberAttr(parser.getContext(), literal);
  }
  case Kind::Bool:
    if (succeeded(parser.parseOptionalKeyword(&word, {"true", "false"})))
      return builder.getBoolAttr(word == "true");
    stop(parser) << "expected true or false";
    return {};
  case Kind::Word:
    return parser.parseKeyword(&word) ? Attribute() : builder.getStringAttr(word);
  case Kind::String: {
    std::string text;
    return parser.parseString(&text) ? Attribute() : builder.getStringAttr(text);
  }
  case Kind::Init: {
    InitAttr init;
    return parseInit(parser, init) ? Attribute() : init;
  }
  case Kind::Sizes: {
    SmallVector<Attribute> sizes;
    if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, [&] {
          sizes.push_back(parseOptionValue(parser, Kind::Size));
          return success(sizes.back() != nullptr);
        }))
      return {};
    return builder.getArrayAttr(sizes);
  }
  case Kind::Padding:
    if (succeeded(parser.parseOptionalKeyword(&word, {"same", "valid"})))
      return builder.getStringAttr(word);
    return parseEach(parser, 2);
  case Kind::Each:
    return parseEach(parser, 1);
  case Kind::Map: {
    AffineMapAttr map;
    return parser.parseAttribute(map) ? Attribute() : map;
  }
  case Kind::Type: {
    Type type;
    return parser.parseType(type) ? Attribute() : TypeAttr::get(type);
  }
  }
  llvm_unreachable("all kinds are handled");
}
/// The value of an option that nobody knows: a number, a size, or a word.
static ParseResult skipValue(OpAsmParser &parser) {
  OpAsmParser::UnresolvedOperand operand;
  Attribute any;
  if (OptionalParseResult parsed = parser.parseOptionalOperand(operand); parsed.has_value())
    return *parsed;
  if (OptionalParseResult parsed = parser.parseOptionalAttribute(any); parsed.has_value())
    return *parsed;
  return failure(!parseOptionValue(parser, Kind::Size));
}
static void printOptionValue(raw_ostream &os, Attribute value) {
  if (auto size = dyn_cast<SizeAttr>(value))
    os << show(size);
  else if (auto init = dyn_cast<InitAttr>(value))
    os << show(init);
  else if (auto real = dyn_cast<FloatAttr>(value))
    printReal(os, real.getValueAsDouble());
  else if (auto flag = dyn_cast<BoolAttr>(value))
    os << (flag.getValue() ? "true" : "false");
  else if (auto whole = dyn_cast<IntegerAttr>(value))
    os << whole.getInt();
  else if (auto word = dyn_cast<StringAttr>(value))
    os << word.getValue();
  else if (auto type = dyn_cast<TypeAttr>(value))
    os << type.getValue();
  else if (isa<AffineMapAttr>(value))
    os << value;
  else if (auto list = dyn_cast<ArrayAttr>(value)) {
    os << '[';
    llvm::interleaveComma(list, os, [&](Attribute item) { printOptionValue(os, item); });
    os << ']';
  }
}
static SmallVector<StringRef> optionsOf(const OpSyntax &syntax) {
  SmallVector<StringRef> options;
  for (StringRef name : syntax.attributes)
    if (name != "name" && name != "operandSegmentSizes" && !llvm::is_contained(syntax.positional, name))
      options.push_back(name);
  options.append(syntax.keyed.begin(), syntax.keyed.end());
  llvm::sort(options);
  return options;
}

/// Is there nothing before `loc` on its line?
static bool isFirstOfLine(SMLoc loc) {
  const char *before = loc.getPointer() - 1; // the op's name stands before
  while (*before == ' ' || *before == '\t')
    --before;
  return *before == '\n';
}

namespace {
/// A number where a value may stand.
struct Number {
  size_t at; ///< among the operands
  Literal value;
  SMLoc loc;
};
} // namespace
/// A constant for a number of a line: of one element, and of the type of the value beside it.
static void makeNumber(OpAsmParser &parser, OperationState &result, Number number, SmallVectorImpl<Value> &operands) {
  if (result.attributes.get("dl.wrong"))
    return;
  StringRef op = result.name.stripDialect();
  size_t last = operands.size() - 1, other = number.at == last ? last - 1 : last;
  Value beside = number.at + 1 < last ? Value() : operands[other];
  if (!beside) {
    complain(parser, result, number.loc) << op
                                         << ": a number takes the type of the value beside it, and there is none; "
                                         << "write `%c = constant f32 = " << show(number.value.real)
                                         << "` above this line, and %c here";
    return;
  }
  auto type = dyn_cast<RankedTensorType>(beside.getType());
  Type element =
      type ? type.getElementType() : parser.getBuilder().getF32Type(); // unknown, or the parameter of an optimizer
  Attribute value = numberAttr(parser.getContext(), number.value);
  if (!holds(element, number.value)) {
    complain(parser, result, number.loc) << op << ": expected a number of " << show(element) << ", as " << show(beside)
                                         << " beside it; found " << show(number.value.real) << "; `cast` the value "
                                         << (isa<IntegerType>(element) ? "to a float first" : "to f64 first");
    return;
  }
  OpBuilder builder(parser.getContext());
  auto constant = RankedTensorType::get({}, element);
  operands[number.at] = Ops(builder, parser.getEncodedSourceLoc(number.loc)).splat(value, constant);
  addNumber(operands[number.at].getDefiningOp());
}

ParseResult dlc::parseSyntax(OpAsmParser &parser, OperationState &result, const OpSyntax &syntax,
                             NamedAttrList &attributes) {
  StringRef op = result.name.getStringRef();
  op.consume_front("dl.");
  if (llvm::is_contained(syntax.attributes, "name")) {
    std::string name;
    StringRef word;
    if (failed(parser.parseOptionalString(&name)) || name.empty()) {
      complain(parser, result, placeOf(parser))
          << op << ": expected the layer's name in quotes, as in `" << op << " \"fc1\" %x`";
      (void)parser.parseOptionalKeyword(&word);
    }
    attributes.set("name", parser.getBuilder().getStringAttr(name));
  }
  SmallVector<StringRef> options = optionsOf(syntax);
  SmallVector<Value> operands, one;
  SmallVector<Number> numbers;
  // Ops that are computed element by element, of operands alone: their last two have one type, and are broadcast.
  bool takesNumbers = syntax.operands > 1 && syntax.attributes.empty() && Names::areInBody() &&
                      result.name.hasInterface<FusibleOpInterface>();
  llvm::StringMap<Value> keyed;
  size_t position = 0;
  SMLoc start = parser.getCurrentLocation();
  auto goesOn = [&] {
    if (succeeded(parser.parseOptionalComma()))
      return true;
    if (!isMissingComma(parser))
      return false;
    complain(parser, result, parser.getCurrentLocation()) << op << ": expected `,` before what follows on this line";
    return true;
  };
  do {
    SMLoc loc = parser.getCurrentLocation();
    OptionalParseResult operand = parseOptionalTensor(parser, operands);
    if (operand.has_value()) {
      if (failed(*operand))
        return failure();
      continue;
    }
    if (takesNumbers && isNumber(parser)) {
      Number &number = numbers.emplace_back(operands.size(), Literal(), loc);
      operands.push_back(Value());
      if (parseLiteral(parser, number.value))
        return failure();
      continue;
    }
    StringRef word;
    bool isOption = succeeded(parser.parseOptionalKeyword(&word, options));
    if (!isOption && position < syntax.positional.size()) {
      StringRef name = syntax.positional[position];
      if (isAssignment(parser)) {
        (void)parser.parseOptionalKeyword(&word);
        return stop(parser, loc) << op << ": expected its " << name << " without a name, as in `" << op
                                 << (syntax.attributes.front() == "name" ? " \"name\"" : "") << " %x, " << name
                                 << "`; found '" << word << " ='";
      }
      ++position;
      Attribute value = parseOptionValue(parser, kindOf(name));
      if (!value)
        return failure();
      attributes.set(name, value);
      continue;
    }
    if (!isOption && isFirstOfLine(loc))
      return stop(parser, loc) << op << ": the line above ends in `,`; expected a value, such as %x, or an option of "
                               << op;
    if (!isOption) {
      if (failed(parser.parseOptionalKeyword(&word)))
        return stop(parser) << "expected a value, such as %x"
                            << (options.empty()
                                    ? ""
                                    : ", or an option of " + op.str() + " (" + llvm::join(options, ", ") + ")");
      std::string name = ("%" + word).str();
      OpAsmParser::UnresolvedOperand value{loc, name, 0};
      if (Type type = Names::find(value)) {
        complain(parser, result, loc) << op << ": expected the value " << name << "; found '" << word
                                      << "' without its `%`";
        if (parser.resolveOperand(value, type, operands))
          return failure();
        continue;
      }
      complain(parser, result, loc) << op << " has no option '" << word << "'; it knows "
                                    << (options.empty() ? "none" : llvm::join(options, ", "));
      if (succeeded(parser.parseOptionalEqual()) && failed(skipValue(parser)))
        return failure();
      continue;
    }
    if (attributes.get(word) || keyed.count(word))
      complain(parser, result, loc) << "option '" << word << "' stands here twice; leave one of them out";
    Kind kind = kindOf(word);
    bool isOperand = llvm::is_contained(syntax.keyed, word);
    if (isOperand || kind != Kind::Flag) {
      if (parser.parseEqual())
        return failure();
    } else if (succeeded(parser.parseOptionalEqual())) {
      return stop(parser) << "the option '" << word << "' stands alone, without a value";
    }
    if (isOperand) {
      OptionalParseResult value = parseOptionalTensor(parser, one);
      if (!value.has_value())
        return stop(parser) << "expected a value, such as %x";
      if (failed(*value))
        return failure();
      keyed[word] = one.back();
    } else if (Attribute value = parseOptionValue(parser, kind)) {
      attributes.set(word, value);
    } else {
      return failure();
    }
  } while (goesOn());

  if (result.attributes.get("dl.wrong")) // what else is wrong may follow from that
    ;
  else if (syntax.operands >= 0 && (int)operands.size() != syntax.operands)
    complain(parser, result, start) << op << " takes " << syntax.operands << " value"
                                    << (syntax.operands == 1 ? "" : "s") << ", found " << operands.size();
  else if (operands.empty())
    complain(parser, result, start) << op << " takes at least one value, found none";
  else if (position < syntax.positional.size())
    complain(parser, result, start) << op << " needs '" << syntax.positional[position] << "' after its operands";
  else
    for (Number number : numbers)
      makeNumber(parser, result, number, operands);
  llvm::erase(operands, Value()); // what is no value has been reported
  SmallVector<int32_t> segments(operands.size(), 1);
  for (StringRef name : syntax.keyed) {
    Value value = keyed.lookup(name);
    segments.push_back(value != nullptr);
    if (value)
      operands.push_back(value);
  }
  if (syntax.keyed.size() > 1)
    attributes.set("operandSegmentSizes", parser.getBuilder().getDenseI32ArrayAttr(segments));
  result.addOperands(operands);
  SMLoc loc = parser.getCurrentLocation();
  NamedAttrList others;
  if (parser.parseOptionalAttrDict(others))
    return failure();
  for (NamedAttribute attribute : others) { // those of a dialect have a dot, and may go with any op
    if (StringRef name = attribute.getName(); name.contains('.') && name != "dl.wrong")
      result.attributes.set(attribute.getName(), attribute.getValue());
    else
      complain(parser, result, loc) << op << " has no attribute '" << attribute.getName().getValue()
                                    << "'; options of an op stand after a comma, as in `" << op
                                    << " %x, option = value`; it knows "
                                    << (options.empty() ? "none" : llvm::join(options, ", "));
  }
  return success();
}

void dlc::printValueOp(OpAsmPrinter &printer, Operation *op, const OpSyntax &syntax) {
  DictionaryAttr attributes = op->getAttrDictionary();
  raw_ostream &os = printer.getStream();
  printer << ' ';
  if (auto name = attributes.getAs<StringAttr>("name"))
    printer << '"' << name.getValue() << "\" ";
  size_t leading = syntax.operands < 0 ? op->getNumOperands() : syntax.operands;
  printTensors(printer, op->getOperands().take_front(leading));
  for (StringRef name : syntax.positional) {
    os << ", ";
    printOptionValue(os, attributes.get(name));
  }
  auto segments = attributes.getAs<DenseI32ArrayAttr>("operandSegmentSizes");
  for (auto [i, name] : llvm::enumerate(syntax.keyed)) {
    bool present = segments ? segments[syntax.operands + i] : op->getNumOperands() > leading;
    if (!present)
      continue;
    os << ", " << name << " = ";
    printTensor(printer, op->getOperand(leading++));
  }
  for (StringRef name : optionsOf(syntax)) {
    Attribute value = attributes.get(name);
    if (!value)
      continue;
    os << ", " << name;
    if (isa<UnitAttr>(value))
      continue;
    os << " = ";
    if (kindOf(name) == Kind::String)
      os << value;
    else
      printOptionValue(os, value);
  }
  SmallVector<StringRef> known(syntax.attributes.begin(), syntax.attributes.end());
  known.push_back(statement);
  printer.printOptionalAttrDict(op->getDiscardableAttrDictionary().getValue(), known);
  if (op->hasAttr(statement))
    printStatement(printer, op);
  else
    printTypes(printer, op->getResultTypes());
}
