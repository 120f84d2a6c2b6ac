// ParserMessages.cpp - what MLIR's parser says, in the words of the model language.
// SPDX-License-Identifier: Apache-2.0
//
// MLIR's parser knows nothing of models: it speaks of regions, keywords, SSA operands, dialects. Its messages are
// matched by their beginnings. What no rule knows is shown as it is, with what was found.
#include "compiler/import/ParserMessages.h"
#include "dialects/dl/DL.h"
#include "mlir/IR/OperationSupport.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ConvertUTF.h"

using namespace mlir;
using namespace dlc;

void dlc::forEachCharacter(StringRef text, llvm::function_ref<bool(size_t)> visit) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '/' && text.substr(i).starts_with("//")) {
      i = std::min(text.find('\n', i), text.size());
    } else if (!visit(i)) {
      return;
    } else if (text[i] == '"') {
      for (++i; i < text.size() && text[i] != '"' && text[i] != '\n'; ++i)
        if (text[i] == '\\')
          ++i;
    }
  }
}

/// What stands at `offset`: a word, a number, a name, or one character.
static StringRef wordAt(StringRef text, size_t offset) {
  StringRef rest = text.drop_front(std::min(offset, text.size())).ltrim();
  while (rest.starts_with("//"))
    rest = rest.drop_until([](char c) { return c == '\n'; }).ltrim();
  if (rest.empty())
    return rest;
  auto isWord = [](char c) { return isalnum((unsigned char)c) || (c & 0x80) || c == '_' || c == '.'; };
  size_t sigil = StringRef("%@#!^").contains(rest[0]);
  if (size_t length = rest.drop_front(sigil).take_while(isWord).size())
    return rest.take_front(sigil + length);
  return rest.take_front(std::max(1u, llvm::getNumBytesForUTF8(rest[0])));
}
static std::string quote(StringRef word) { return word.empty() ? "the end of the file" : ("'" + word + "'").str(); }
/// The text between the first two quotes `'`.
static StringRef quoted(StringRef message) {
  return message.split('\'').second.take_until([](char c) { return c == '\''; });
}

/// How many braces are open at `offset`: none outside of the model, one among its functions.
static int depthAt(StringRef text, size_t offset, bool *isInTrain = nullptr) {
  int depth = 0;
  size_t item = 0;
  forEachCharacter(text, [&](size_t i) {
    if (i >= offset)
      return false;
    if (text[i] == '{' && ++depth == 2)
      item = text.take_front(i).rfind('\n') + 1;
    depth -= text[i] == '}';
    return true;
  });
  if (isInTrain)
    *isInTrain = depth == 2 && text.drop_front(item).ltrim().starts_with("train");
  return depth;
}

/// Two neighbours have changed places: one mistake, and not two.
static bool areSwapped(StringRef a, StringRef b) {
  if (a.size() != b.size())
    return false;
  size_t at = std::mismatch(a.begin(), a.end(), b.begin()).first - a.begin();
  return at + 1 < a.size() && a[at] == b[at + 1] && a[at + 1] == b[at] && a.drop_front(at + 2) == b.drop_front(at + 2);
}
/// The op of `dl` or `nn` whose name is nearest to `word`; empty if none is near.
static std::string nearestOp(StringRef word, MLIRContext &context) {
  std::string best;
  std::string lower = word.lower();
  StringRef plain = StringRef(lower).contains('.') ? StringRef(lower).rsplit('.').second : StringRef(lower);
  unsigned distance = (plain.size() < 5 ? 1 : plain.size() < 9 ? 2 : plain.size() / 3) + 1;
  for (RegisteredOperationName name : context.getRegisteredOperations()) {
    StringRef own = name.getStringRef();
    if ((!own.consume_front("dl.") && !own.starts_with("nn.")) || name.hasTrait<MadeByCompiler>())
      continue;
    for (StringRef one : {own, own.starts_with("nn.") ? own.drop_front(3) : own})
      if (unsigned d = areSwapped(plain, one) ? 1 : plain.edit_distance(one, true, distance); d < distance) {
        distance = d;
        best = own.str();
      }
  }
  return best;
}
/// How to write what has another name elsewhere, or is none here: the words of PyTorch, Keras, NumPy and ONNX.
static StringRef knownElsewhere(StringRef word) {
  static constexpr StringRef reshape = "write `reshape %x, [batch, ...]`, with the size of each axis",
                             convolution = "write `nn.conv2d \"name\" %x, features, kernel = 3`, channels last",
                             attention = "there is no attention layer; it can be written with `matmul` and `softmax`",
                             maximum = "write `max_pool %x, 2`, channels last",
                             average = "write `avg_pool %x, 2`, channels last",
                             global = "write `mean %x, axes = [1, 2]`", product = "write `matmul %a, %b`";
  static const llvm::StringMap<StringRef> words = {
      {"view", reshape},
      {"squeeze", reshape},
      {"unsqueeze", reshape},
      {"conv", convolution},
      {"maxpool", maximum},
      {"max_pool2d", maximum},
      {"maxpool2d", maximum},
      {"avg_pool2d", average},
      {"avgpool2d", average},
      {"global_avg_pool", global},
      {"adaptive_avg_pool2d", "write `adaptive_avg_pool %x, 7`, channels last"},
      {"attention", attention},
      {"multihead_attention", attention},
      {"multiheadattention", attention},
      {"scaled_dot_product_attention", attention},
      {"dense", "write `nn.linear \"name\" %x, features`"},
      {"gemm", "write `nn.linear \"name\" %x, features`, or `matmul %a, %b`"},
      {"dot", product},
      {"mm", product},
      {"bmm", product},
      {"einsum", product},
      {"permute", "write `transpose %x, [0, 2, 1]`, with the axes in their new order"},
      {"cat", "write `concat %a, %b, axis = 1`"},
      {"concatenate", "write `concat %a, %b, axis = 1`"},
      {"chunk", "write `split %x, 2, axis = 1`"},
      {"expand", "write `broadcast %x, [batch, 8]`"},
      {"arange", "write `iota`"},
      {"clip", "write `clamp %x, min = 0.0, max = 1.0`"},
      {"to", "write `cast %x, f32`"},
      {"astype", "write `cast %x, f32`"},
      {"square", "write `mul %x, %x`"},
      {"plus", "write `add %a, %b`"},
      {"minus", "write `sub %a, %b`"},
      {"times", "write `mul %a, %b`"},
      {"swish", "write `silu %x`"},
      {"maximum", "write `max %a, %b`"},
      {"minimum", "write `min %a, %b`"},
      {"zeros", "write `constant f32[8] = 0.0`"},
      {"ones", "write `constant f32[8] = 1.0`"},
      {"full", "write `constant f32[8] = 0.5`"},
      {"batchnorm", "write `nn.batch_norm \"name\" %x`, channels last"}};
  StringRef plain = word.contains('.') ? word.rsplit('.').second : word;
  return words.lookup(plain.lower());
}
/// `%a + 1.0` and the like at `offset`: what the language writes for it.
static std::string infix(StringRef text, size_t offset) {
  static constexpr std::pair<StringRef, StringRef> signs[] = {
      {"**", "pow"}, {"==", "eq"}, {"!=", "ne"}, {"<=", "le"}, {">=", "ge"},    {"+", "add"}, {"-", "sub"},
      {"*", "mul"},  {"/", "div"}, {"<", "lt"},  {">", "gt"},  {"@", "matmul"}, {"^", "pow"}};
  StringRef line = text.drop_front(std::min(offset, text.size())).take_until([](char c) { return c == '\n'; });
  line = line.split("//").first.trim();
  auto isOperand = [](char c) { return isalnum((unsigned char)c) || StringRef("%_.$#").contains(c); };
  StringRef first = line.take_while(isOperand), rest = line.drop_front(first.size()).ltrim();
  auto found = llvm::find_if(signs, [&](auto sign) { return rest.starts_with(sign.first); });
  if (first.empty() || found == std::end(signs))
    return "";
  StringRef second = rest.drop_front(found->first.size()).ltrim();
  std::string other = second.take_while(isOperand).str();
  std::string with = found->second.str() + " " + first.str() + ", " + (other.empty() ? "%b" : other);
  return "lines have no arithmetic signs; write `" + with + "`, one op a line; found '" +
         (first + " " + found->first).str() + "'";
}
/// The name around `offset` that has letters of another alphabet; empty if there is none.
static StringRef foreignName(StringRef text, size_t offset) {
  auto isPart = [](char c) { return isalnum((unsigned char)c) || (c & 0x80) || c == '_'; };
  if (offset >= text.size() || !(text[offset] & 0x80))
    return "";
  size_t begin = offset;
  while (begin && isPart(text[begin - 1]))
    --begin;
  if (!begin || !StringRef("%@").contains(text[begin - 1]))
    return "";
  return text.drop_front(begin - 1).take_front(1 + text.drop_front(begin).take_while(isPart).size());
}

/// A word stands where an op should, and no op has that name.
static std::string unknownOp(StringRef word, StringRef text, size_t offset, MLIRContext &context) {
  bool isInTrain;
  int depth = depthAt(text, offset, &isInTrain);
  if (isInTrain && nearestOp(word, context).empty())
    return ("no line of a training step begins with '" + word +
            "'; there are `optimize`, `freeze`, `clip_norm` and `accumulate`")
        .str();
  StringRef after = text.drop_front(std::min(offset, text.size()));
  after = after.drop_front(std::min(after.find(word) + word.size(), after.size())).ltrim(" \t");
  if (after.starts_with("=") && !word.contains('.'))
    return ("expected `%" + word + " = op ...`: names of values begin with `%`; found '" + word + "'").str();
  if (depth < 1) {
    StringRef own = word;
    own.consume_front("dl.");
    if (own.edit_distance("model", true, 3) < 3)
      return ("expected `dl.model @name { ... }`, found '" + word + "'").str();
    if (context.isOperationRegistered(("dl." + own).str()))
      return ("'" + word +
              "' stands outside of `dl.model @name { ... }`; is there a `}` too many above, or no `dl.model`?")
          .str();
    return ("expected `dl.model @name { ... }`, or the end of the file after it; found '" + word + "'").str();
  }
  if (StringRef other = knownElsewhere(word); !other.empty())
    return ("no op is called '" + word + "'; " + other).str();
  std::string near = nearestOp(word, context);
  if (near == word) // the body is that of an op in its generic form
    near = "dl." + near;
  std::string said = ("no op is called '" + word + "'").str();
  if (!near.empty())
    return said + "; did you mean '" + near + "'?";
  return depth == 1 ? said + "; a model holds `func`, `train` and `optimizer`" : said;
}
/// The op after the `=` of the line at `offset`.
static StringRef opOfLine(StringRef text, size_t offset) {
  StringRef rest = text.drop_front(std::min(offset, text.size())).split('=').second.ltrim(" \t\"");
  return rest.take_while([](char c) { return isalnum((unsigned char)c) || c == '_' || c == '.'; });
}
/// `%a, %b = op` binds another number of names than the op has results.
static std::string wrongCount(StringRef message, StringRef text, size_t offset) {
  unsigned results = 0, names = 0;
  StringRef rest = message.drop_until([](char c) { return isdigit((unsigned char)c); });
  rest.consumeInteger(10, results);
  rest.drop_until([](char c) { return isdigit((unsigned char)c); }).consumeInteger(10, names);
  StringRef op = opOfLine(text, offset);
  auto count = [](unsigned n, StringRef what) { return std::to_string(n) + " " + what.str() + (n == 1 ? "" : "s"); };
  return op.str() + " has " + count(results, "result") + ", but " + count(names, "name") +
         (names == 1 ? " stands" : " stand") + " before the `=`";
}

size_t dlc::placeOfMessage(StringRef message, StringRef text, size_t offset) {
  StringRef word = wordAt(text, offset);
  if (!message.starts_with("expected operation name in quotes") || word.empty())
    return offset;
  size_t there = word.data() - text.data();
  bool isMissing = text.take_front(offset).ends_with("=") && text.slice(offset, there).contains('\n');
  return isMissing ? offset : there;
}

std::string dlc::inOurWords(StringRef message, StringRef text, size_t offset, bool parsing, MLIRContext &context) {
  auto begins = [&](StringRef prefix) { return message.starts_with(prefix); };
  StringRef word = quoted(message);
  if (begins("redefinition of SSA value '"))
    return ("the value " + word + " is defined twice; give one of them another name").str();
  if (begins("redefinition of symbol named '"))
    return ("@" + word + " is defined twice; give one of them another name").str();
  if (begins("region entry argument '"))
    return ("the argument " + word + " stands here twice, or hides a value of that name; give it another name").str();
  // Traits of MLIR begin with the op's full name.
  if (message.contains("must be the last operation in the parent block"))
    return ("`" + word.rsplit('.').second + "` must be the last op of its body").str();
  if (message.contains("' op ") && (message.consume_front("'dl.") || message.consume_front("'nn.")))
    return (message.split("' op ").first + ": " + message.split("' op ").second).str();
  if (!parsing)
    return message.str();

  StringRef at = wordAt(text, offset);
  std::string found = quote(at);
  if (begins("custom op '") && message.contains("' is unknown"))
    return unknownOp(word, text, offset, context);
  if (begins("Dialect `"))
    return unknownOp(at, text, offset, context);
  if (begins("operation being parsed with an unregistered dialect")) {
    auto [before, name] = text.take_front(offset).rtrim("\" \t").rsplit('"');
    return ("no op is called '" + name.take_until([](char c) { return c == '\n'; }) +
            "'; in quotes stands an op's full name, as in \"dl.relu\"")
        .str();
  }
  if (begins("expected three consecutive dots"))
    return "a dot stands alone before this; a number begins with a digit and has one point, as in 0.5";
  if (begins("operation defines "))
    return wrongCount(message, text, offset);
  if (begins("cannot name an operation with no results"))
    return opOfLine(text, offset).str() + " has no result; leave out the name and the `=` before it";
  if (begins("use of value '"))
    return ("the value " + word + " has another type here than where it is defined").str();
  if (begins("expected operation name in quotes")) {
    if (text.drop_front(std::min(offset, text.size())).ltrim().starts_with("/*"))
      return "comments begin with `//`; found '/*'";
    if (at.empty())
      return "expected `}`: something above is not closed; found the end of the file";
    if (at == "}" && depthAt(text, offset) < 1)
      return "expected the end of the file: there is a `}` more than there are `{`; found '}'";
    if (std::string own = infix(text, offset); !own.empty())
      return own;
    return "expected an op, or `%name = op ...`; found " + found;
  }
  if (begins("unexpected character")) {
    if (StringRef name = foreignName(text, offset); !name.empty())
      return ("names are of the letters a to z, digits and `_`; found '" + name + "'").str();
    StringRef own = at.take_front(llvm::getNumBytesForUTF8(at.empty() ? 0 : at[0]));
    StringRef hint = own == ";" ? "; a line ends without it"
                     : llvm::is_contained({"'", "\u2018", "\u2019", "\u201c", "\u201d"}, own)
                         ? "; texts stand in straight double quotes, as in \"fc1\""
                         : "";
    return ("unexpected character " + quote(own) + hint).str();
  }
  if (at.starts_with("#") && (begins("invalid attribute name") || begins("expected '='")))
    return "comments begin with `//`; found " + found;

  if (begins("custom op '")) // MLIR's parser says so before every message
    message = message.drop_front(11).split("' ").second;
  static const std::pair<StringRef, StringRef> rules[] = {
      {"expected '{' to begin a region", "expected `{`, which opens the body"},
      {"invalid SSA name", "expected a name of letters, digits and `_` after `%`"},
      {"expected non-function type", "expected a type: f32, f64, i32, i64, ui8 or i1"},
      {"dialect 'dl' provides no type parsing hook", "expected a type: f32, f64, i32, i64, ui8 or i1"},
      {"`!", "expected a type: f32, f64, i32, i64, ui8 or i1"},
      {"expected '=' after SSA name", "expected `=` after the names of values"},
      {"expected integer number of results", "expected `=`, or after a `:` how many values there are"},
      {"expected valid keyword", "expected a name"},
      {"expected SSA operand", "expected a value, such as %x"},
      {"expected valid ssa identifier", "expected a value, such as %x"},
      {"expected SSA identifier", "expected a value, such as %x"},
      {"integer value too large", "expected a whole number below 2^63"},
      {"expected integer value", "expected a whole number"},
      {"expected named operation to have at least 1 result", "expected a number of results of at least 1"},
      {"expected '\"' in string literal", "expected `\"` at the end of a text on one line"},
      {"expected string", "expected a text in quotes"},
      {"expected floating point literal", "expected a number, such as 0.5"},
      {"expected ':' followed by operation type", "expected `:` and a type, as the generic form of an op has"},
      {"expected location instance", "expected a place after `loc(`"}};
  for (auto [prefix, ours] : rules)
    if (message.starts_with(prefix))
      return (ours + ", found " + found).str();
  if (!message.contains("expected ") || message.contains("found"))
    return message.str();
  return (message + (message.contains(';') ? ": " : ", ") + "found " + found).str();
}

std::string dlc::noteInOurWords(StringRef note) {
  if (note.starts_with("Available dialects"))
    return "";
  if (note == "see existing symbol definition here" || note == "previously defined here" ||
      note == "previously referenced here" || note == "prior use here")
    return "first here";
  return note.str();
}
