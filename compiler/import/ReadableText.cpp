// ReadableText.cpp - steps over what cannot be read.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/import/ReadableText.h"
#include "compiler/import/ParserMessages.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"

using namespace dlc;
using llvm::StringRef;

static constexpr size_t npos = StringRef::npos;
static constexpr StringRef unknownCall = " = call @\"?\"()";

/// What begins with a word and ends before the next: a model, a function, a line of its body.
struct ReadableText::Statement {
  size_t begin, end;  ///< without the space after it
  size_t body = npos; ///< its `{`
  size_t bodyEnd = npos;
  size_t limit = npos; ///< the next statement, or what follows the `}` around it
  int parent;
  unsigned depth = 0;
  char before; ///< the last character before it that is neither space nor comment
};

//===--- Words ------------------------------------------------------------------------------------------===//

static bool isWord(char c) { return isalnum((unsigned char)c) || c == '_'; }
static bool isName(char c) { return isWord(c) || c == '.' || c == '$' || c == '-'; }
static StringRef wordOf(StringRef text) { return text.take_while(isWord); }
static bool isFirstOfLine(StringRef text, size_t i) {
  StringRef before = text.take_front(i).rtrim(" \t");
  return before.empty() || before.back() == '\n';
}

/// Does a function, a training step or an optimizer begin here?
static bool isItem(StringRef rest) {
  rest.consume_front("dl.");
  StringRef keyword = wordOf(rest), line = rest.take_until([](char c) { return c == '\n'; });
  if (!llvm::is_contained({"func", "train", "optimizer"}, keyword) || !rest.drop_front(keyword.size()).starts_with(" "))
    return false;
  rest = rest.drop_front(keyword.size()).ltrim(" \t");
  for (StringRef kind : {"private ", "session "})
    if (rest.consume_front(kind))
      rest = rest.ltrim(" \t");
  if (rest.starts_with("@"))
    return true;
  StringRef after = rest.drop_front(wordOf(rest).size()).ltrim(" \t");
  return !wordOf(rest).empty() && (keyword == "train" ? line.contains("minimi") : after.starts_with("("));
}

/// The names before the `=` of a line, without `%`; empty if it has none. `%a:2` keeps its number.
static std::vector<StringRef> namesOf(StringRef line) {
  StringRef before = line.take_until([](char c) { return c == '=' || c == '\n'; });
  if (before.size() == line.size() || line[before.size()] == '\n')
    return {};
  std::vector<StringRef> names;
  for (;;) {
    auto [name, rest] = before.split(',');
    StringRef own = name.trim(" \t").drop_while([](char c) { return !isWord(c); });
    StringRef word = own.take_while(isName), number = own.drop_front(word.size());
    bool isNumbered = number.consume_front(":") && number.size() == 1 && number[0] > '0' && number[0] <= '9';
    if (word.empty() || (!isNumbered && !number.trim().empty()))
      return {};
    names.push_back(isNumbered ? own : word);
    if (rest.empty())
      return names;
    before = rest;
  }
}
/// The name that a line without `=` begins with.
static std::vector<StringRef> leadingNameOf(StringRef line) {
  StringRef name = line.consume_front("%") ? line.take_while(isName) : "";
  return name.empty() ? std::vector<StringRef>() : std::vector{name};
}
/// Does `%a, %b = ...` begin here?
static bool isAssignment(StringRef rest) { return rest.starts_with("%") && !namesOf(rest).empty(); }

/// Does a line that begins here go on with `statement`, which has open parentheses or not?
static bool isContinuation(StringRef rest, StringRef statement, char before, bool isInParentheses) {
  static constexpr StringRef words[] = {"carry", "with",     "slots",     "scalars", "minimizes",
                                        "along", "training", "inference", "loc",     "sizes"};
  bool isOpen = StringRef(",=([<:+-*/").contains(before);
  StringRef word = wordOf(rest);
  if (isItem(rest) || word == "return" || word == "yield")
    return false;
  if (isAssignment(rest))
    return isInParentheses && isOpen && (statement.contains("scan") || statement.contains("optimi"));
  return isOpen || StringRef(",)]>:-=({").contains(rest[0]) || llvm::is_contained(words, word);
}

//===--- The text -----------------------------------------------------------------------------------------===//

ReadableText::ReadableText(std::string given) : text(std::move(given)) {
  for (size_t i = 0; i <= text.size(); ++i)
    origins.push_back(i);
}
bool ReadableText::isKnown(size_t offset) const {
  return isReplaced(offset) || llvm::is_contained(given, originOf(offset));
}
bool ReadableText::isReplaced(size_t offset) const {
  return llvm::any_of(replaced, [&](Range range) { return range.begin <= offset && offset < range.end; });
}
void ReadableText::replace(size_t begin, size_t end, StringRef with) {
  size_t origin = origins[begin];
  text.replace(begin, end - begin, with.str());
  origins.erase(origins.begin() + begin, origins.begin() + end);
  origins.insert(origins.begin() + begin, with.size(), origin);
  auto moved = [&](size_t at) { return at <= begin ? at : at >= end ? at - end + begin + with.size() : begin; };
  for (Range &range : replaced)
    range = {moved(range.begin), moved(range.end)};
  replaced.push_back({begin, begin + with.size()});
}
std::vector<size_t> ReadableText::changes() const {
  std::vector<size_t> places;
  for (Range range : replaced)
    places.push_back(origins[range.begin]);
  return places;
}
std::string ReadableText::unknownValue() { return "%$" + std::to_string(unknownValues++); }

std::vector<ReadableText::Statement> ReadableText::statements() const {
  struct Level {
    int owner = -1, current = -1, parentheses = 0;
  };
  std::vector<Statement> all;
  std::vector<Level> levels(1);
  size_t last = npos; // what was visited before
  auto finish = [&](size_t next, size_t limit) {
    if (int current = levels.back().current; current >= 0) {
      all[current].end = StringRef(text).take_front(next).rtrim().size();
      all[current].limit = limit;
    }
  };
  forEachCharacter(text, [&](size_t i) {
    char c = text[i], before = last == npos ? '\n' : text[last];
    if (isspace((unsigned char)c))
      return true;
    Level &level = levels.back();
    bool mayBegin = last == npos || before == '{' || before == '}' || isFirstOfLine(text, i);
    if (c != '}' && (level.current < 0 ? isWord(c) || StringRef("{%\"@").contains(c)
                                       : mayBegin && !isContinuation(StringRef(text).substr(i),
                                                                     StringRef(text).slice(all[level.current].begin, i),
                                                                     before, level.parentheses > 0))) {
      finish(i, i);
      level.current = all.size();
      level.parentheses = 0;
      Statement &next = all.emplace_back();
      next.begin = i;
      next.end = text.size();
      next.parent = level.owner;
      next.depth = levels.size() - 1;
      next.before = before;
    }
    if (c == '{' && level.current >= 0) {
      if (Statement &own = all[level.current]; own.body == npos)
        own.body = i;
      levels.push_back({level.current});
    } else if (c == '}' && levels.size() > 1) {
      finish(i, i + 1);
      levels.pop_back();
      all[levels.back().current].bodyEnd = i;
    } else if (c == '(' || c == '[') {
      ++level.parentheses;
    } else if ((c == ')' || c == ']') && level.parentheses) {
      --level.parentheses;
    }
    last = i;
    return true;
  });
  for (; !levels.empty(); levels.pop_back())
    finish(text.size(), npos);
  return all;
}

/// How many `{` have no `}`.
unsigned ReadableText::unclosed(const std::vector<Statement> &all) {
  return llvm::count_if(all, [](const Statement &own) { return own.body != npos && own.bodyEnd == npos; });
}

//===--- Stepping over ------------------------------------------------------------------------------------===//

bool ReadableText::stepOver(size_t offset, StringRef message) {
  std::vector<Statement> all = statements();
  int innermost = -1;
  for (auto [i, statement] : llvm::enumerate(all))
    if (statement.begin <= offset && offset < statement.limit)
      innermost = i;
  // What is missing at the start of a line is missing at the end of the one above.
  if (innermost > 0 && offset == all[innermost].begin && StringRef(",=(").contains(all[innermost].before))
    for (int i = innermost - 1; i >= 0; --i)
      if (all[i].parent == all[innermost].parent) {
        innermost = i;
        break;
      }
  bool isNew = !isKnown(offset);
  given.push_back(originOf(offset));
  if (isNew && stepOverPart(all, innermost, offset, message))
    return true;
  for (; innermost >= 0; innermost = all[innermost].parent)
    if ((isNew && stepOverHeader(all[innermost], offset)) || stepOverStatement(all, innermost, offset))
      return true;
  return false;
}

/// Is `%name` the result of a line, or an argument, of this item?
static bool isDefined(StringRef item, StringRef name) {
  for (size_t at = 0; (at = item.find(name, at)) != npos; at += name.size()) {
    StringRef rest = item.drop_front(at + name.size());
    if (!rest.empty() && isName(rest[0]))
      continue;
    StringRef next = rest.ltrim(" \t");
    if (next.starts_with("=") || next.starts_with("in ") || next.starts_with(":"))
      return true;
    size_t line = item.take_front(at).rfind('\n') + 1;
    for (StringRef own : namesOf(item.drop_front(line).ltrim()))
      if (own.split(':').first == name.drop_front())
        return true;
  }
  return false;
}

/// A character, a word, a brace.
bool ReadableText::stepOverPart(const std::vector<Statement> &all, int innermost, size_t offset, StringRef message) {
  StringRef rest = StringRef(text).drop_front(offset), here = rest.ltrim();
  size_t start = offset + (rest.size() - here.size());
  unsigned depth = innermost < 0 ? 0 : all[innermost].depth;
  StringRef quoted = message.split('\'').second.take_until([](char c) { return c == '\''; });
  if (here.starts_with("/*")) {
    size_t end = std::min({here.find("*/"), here.find('{'), here.find('}')});
    end = here.substr(end).starts_with("*/") ? end + 2 : std::min(here.find('\n'), here.size());
    replace(start, start + end, " ");
    return true;
  }
  if (rest.starts_with("#")) {
    replace(offset, offset + std::min(rest.find('\n'), rest.size()), " ");
    return true;
  }
  if (rest.starts_with(";")) {
    replace(offset, offset + 1, " ");
    return true;
  }
  if (message.contains("stands inside of the function") && depth > 1) {
    if (unclosed(all) < depth - 1) // it is closed, and so is the body around it
      replace(all[innermost].begin, all[innermost].end, " ");
    else
      replace(offset, offset, std::string(depth - 1, '}') + " ");
    return true;
  }
  if (message.contains("leave labels such as"))
    if (size_t label = StringRef(text).find('^', offset); label != npos) {
      replace(label, label + StringRef(text).drop_front(label).find_first_of(":\n") + 1, " ");
      return true;
    }
  if (depth == 0 && isItem(rest))
    for (const Statement &model : llvm::reverse(all))
      if (model.depth == 0 && model.begin < offset && model.bodyEnd < offset) {
        replace(model.bodyEnd, model.bodyEnd + 1, " ");
        return true;
      }
  if (here.empty() && !all.empty() && message.starts_with("expected operation name")) {
    replace(text.size(), text.size(), std::string(std::max(1u, unclosed(all)), '}'));
    return true;
  }
  if (here.starts_with("}") && message.starts_with("expected operation name") &&
      (innermost < 0 || (depth == 0 && all[innermost].bodyEnd < start))) {
    replace(start, start + 1, " ");
    return true;
  }
  if (innermost < 0)
    return false;
  const Statement &own = all[innermost];
  if (message.contains("expected '{' to begin a region") && own.body == npos) {
    replace(offset, offset, " {");
    return true;
  }
  if (message.starts_with("redefinition of SSA value") || message.starts_with("region entry argument")) {
    size_t at = StringRef(text).find(quoted, own.begin);
    if (message.starts_with("region entry"))
      at = offset;
    if (!StringRef(text).substr(at).starts_with(quoted) || isReplaced(at))
      return false;
    replace(at, at + quoted.size(), unknownValue());
    return true;
  }
  if (message.consume_front("nothing above this line is called ") && message.starts_with("%")) {
    int item = innermost;
    while (all[item].depth > 1)
      item = all[item].parent;
    if (all[item].depth != 1 || all[item].body == npos ||
        isDefined(StringRef(text).slice(all[item].begin, all[item].end), message))
      return false;
    replace(all[item].body + 1, all[item].body + 1, (" " + message + unknownCall).str());
    return true;
  }
  return false;
}

bool ReadableText::stepOverHeader(const Statement &own, size_t offset) {
  if (own.body == npos || offset > own.body)
    return false;
  StringRef header = StringRef(text).slice(own.begin, own.body);
  if (own.depth == 0)
    return stepOverModelHeader(own);
  if (own.depth > 1)
    return header.contains("scan") && stepOverScanHeader(own);
  if (header.contains("minimi"))
    return stepOverTrainHeader(own);
  return header.starts_with("optimi") ? stepOverOptimizerHeader(own) : stepOverFuncHeader(own, offset);
}

bool ReadableText::stepOverStatement(const std::vector<Statement> &all, int index, size_t offset) {
  const Statement &own = all[index];
  StringRef whole = StringRef(text).slice(own.begin, own.end), word = wordOf(whole);
  size_t nextChild = own.bodyEnd;
  for (const Statement &other : llvm::reverse(all))
    if (other.parent == index)
      nextChild = other.begin;
  auto isBlank = [&](size_t begin, size_t end) { return StringRef(text).slice(begin, end).trim().empty(); };
  if (own.body != npos && offset > own.body) { // what no line of the body holds
    for (auto [begin, end] : {std::pair(own.body + 1, nextChild), std::pair(own.bodyEnd + 1, own.end)})
      if (own.bodyEnd != npos && begin <= offset && offset < end && !isBlank(begin, end)) {
        replace(begin, end, " ");
        return true;
      }
  }
  // All of it.
  if (isReplaced(own.begin) && isReplaced(own.end - 1))
    return false;
  if (own.depth == 0) {
    auto isModel = [&](const Statement &one) {
      return one.depth == 0 && one.body != npos && StringRef(text).substr(one.begin).starts_with("dl.model");
    };
    if (isModel(own) || llvm::none_of(all, isModel))
      return false; // what else there is goes on
    replace(own.begin, own.end, " ");
    return true;
  }
  std::string with = " ";
  if (own.depth == 1) {
    StringRef name = whole.take_until([](char c) { return c == '(' || c == '{'; }).split('@').second.take_while(isWord);
    if (word == "optimizer" && !name.empty())
      with = ("optimizer @\"" + name + "\"(%w, %g) { return %w }").str();
    else if (word == "func" && !name.empty())
      with = ("func private @\"" + name + "\"(){}").str();
  } else if (word == "yield") {
    return false; // how many values it hands on is not known: the scan gives way
  } else if (word == "return") {
    std::string value = unknownValue();
    with = value + unknownCall.str() + " return " + value;
  } else if (std::vector<StringRef> names = namesOf(whole).empty() ? leadingNameOf(whole) : namesOf(whole);
             !names.empty()) {
    with = "%" + llvm::join(names, ", %") + unknownCall.str();
  }
  replace(own.begin, own.end, with);
  return true;
}

//===--- Headers ------------------------------------------------------------------------------------------===//

/// `a = 1, b = x, c` with a number for what is none.
static std::string sizesOf(StringRef list) {
  std::vector<std::string> sizes;
  std::vector<StringRef> names{"batch"};
  while (!list.empty()) {
    auto [one, rest] = list.split(',');
    list = rest;
    StringRef name = wordOf(one.trim()), value = one.split('=').second.trim();
    if (name.empty() || llvm::isDigit(name[0]) || llvm::is_contained(names, name))
      continue;
    names.push_back(name);
    bool isNumber = !value.empty() && value.size() < 10 && llvm::all_of(value, llvm::isDigit);
    sizes.push_back((name + (value.empty() ? "" : " = ") + (value.empty() || isNumber ? value : "1")).str());
  }
  return llvm::join(sizes, ", ");
}

// dl.model @name [version 1] [sizes(...)]
bool ReadableText::stepOverModelHeader(const Statement &model) {
  StringRef line = StringRef(text).drop_front(model.body).take_until([](char c) { return c == '\n'; });
  size_t end = model.body + (line.rtrim().ends_with("{") ? line.rfind('{') : 0); // `attributes {...} {`
  StringRef header = StringRef(text).slice(model.begin, model.body), name = wordOf(header.split('@').second);
  StringRef body = StringRef(text).slice(model.body, model.end), keyword = header.take_while(isName);
  if (keyword != "dl.model" && !body.contains("func") && !body.contains("train"))
    return false; // this is something else
  auto [before, sizes] = header.split("sizes");
  sizes = sizes.trim();
  sizes.consume_front("(");
  std::string list = sizesOf(sizes.rtrim(" )"));
  std::string with = ("dl.model @\"" + (name.empty() ? "model" : name) + "\"").str();
  with += list.empty() ? " " : " sizes(" + list + ") ";
  replace(model.begin, end, with);
  return true;
}

// func [private | session] @name [<...>] (%arg: shape, ...) [-> ...]
bool ReadableText::stepOverFuncHeader(const Statement &func, size_t offset) {
  StringRef all = text, header = all.slice(func.begin, func.body);
  size_t open = header.find('('), first = header.find('%');
  if (first != npos && open > first && header.find('<') > first) { // its arguments stand without parentheses
    size_t end = std::min(header.find("->"), header.size());
    replace(func.begin + first, func.begin + end, ("(" + header.slice(first, end).rtrim() + ") ").str());
    return true;
  }
  if (open == npos)
    return false;
  open += func.begin;
  StringRef before = all.slice(func.begin, open), keyword = before.take_while(isName);
  if (keyword != "func" && keyword != "dl.func") {
    replace(func.begin, func.begin + keyword.size(), "func");
    return true;
  }
  size_t close = npos, depth = 0;
  for (size_t i = open; i < func.body && close == npos; ++i) {
    depth += all[i] == '(' ? 1 : all[i] == ')' ? -1 : 0;
    close = depth == 0 ? i : npos;
  }
  bool isClosed = close != npos;
  size_t arrow = std::min(all.find("->", isClosed ? close : open), func.body);
  if (!isClosed) {
    size_t last = all.slice(open, arrow).rfind(')');
    isClosed = last != npos;
    close = isClosed ? open + last : arrow;
  }
  if (offset <= open && !(offset == open && header.contains('@'))) {
    size_t at = before.find('@'), less = before.find('<');
    if (less != npos && offset >= func.begin + less) {
      replace(func.begin + less, open, "<" + sizesOf(before.drop_front(less + 1).rtrim(" >")) + ">");
    } else if (at == npos) {
      size_t name = before.rtrim().find_last_of(" \t") + 1;
      if (name == 0 || wordOf(before.drop_front(name)).empty())
        return false;
      replace(func.begin + name, func.begin + name, "@");
    } else if (StringRef name = before.drop_front(at + 1); !name.empty() && llvm::isDigit(name[0])) {
      size_t begin = func.begin + at + 1, length = wordOf(name).size();
      replace(begin, begin + length, ("\"" + wordOf(name) + "\"").str());
    } else { // what stands between `func` and the name
      StringRef kind = before.take_front(at).drop_front(keyword.size()).trim();
      if (kind.empty() || kind == "private")
        return false;
      replace(func.begin + keyword.size(), func.begin + at, " private ");
    }
    return true;
  }
  if (offset > close || (offset == arrow && isClosed)) {
    replace(close + 1, func.body, " ");
    return true;
  }
  // The arguments: each begins with a `%`, or after a comma with a word and a colon.
  std::vector<size_t> begins{open + 1};
  for (size_t i = open + 2; i < close; ++i) {
    StringRef before = all.slice(open + 1, i).rtrim(), rest = all.slice(i, close);
    bool isWordStart = isWord(rest[0]) && before.ends_with(",") && all[i - 1] != '%' &&
                       rest.drop_front(wordOf(rest).size()).ltrim().starts_with(":");
    if (!before.empty() && (rest[0] == '%' || isWordStart))
      begins.push_back(i);
  }
  size_t argument = llvm::upper_bound(begins, std::max(offset, begins[0])) - begins.begin() - 1;
  bool isLast = argument + 1 == begins.size();
  size_t begin = begins[argument], end = isLast ? close : begins[argument + 1];
  if (offset == begin && argument && !all.slice(begins[argument - 1], begin).rtrim().ends_with(",")) {
    replace(begin, begin, ", ");
    return true;
  }
  StringRef one = all.slice(begin, end).ltrim();
  one.consume_front("%");
  StringRef name = one.take_while(isName);
  std::string with = name.empty() ? " " : ("%" + name + (isLast ? "" : ", ")).str();
  replace(begin, end, with + (isClosed || !isLast ? "" : ") "));
  return true;
}

// train @name minimizes @loss
bool ReadableText::stepOverTrainHeader(const Statement &train) {
  StringRef header = StringRef(text).slice(train.begin, train.body);
  auto [before, after] = header.split("minimi");
  StringRef name = before.drop_while(isName).ltrim(" \t@").take_while(isWord);
  StringRef loss = after.drop_while(isWord).ltrim(" \t@").take_while(isWord);
  if (name.empty())
    name = "?";
  replace(train.begin, train.body,
          ("train @\"" + name + "\" minimizes @\"" + (loss.empty() ? "?" : loss) + "\" ").str());
  return true;
}

// optimizer @name(%w, %g) slots(%m = zeros, ...) scalars(%lr = 0.001, %step, ...)
bool ReadableText::stepOverOptimizerHeader(const Statement &optimizer) {
  StringRef header = StringRef(text).slice(optimizer.begin, optimizer.body);
  StringRef name = header.drop_while(isName).ltrim(" \t@").take_while(isWord);
  size_t slots = header.find("slots"), scalars = header.find("scalars");
  std::vector<std::string> lists[3]; // the weight and its gradient, slots, scalars
  for (size_t at = header.find('%'); at != npos; at = header.find('%', at + 1)) {
    StringRef own = header.drop_front(at + 1).take_while(isName);
    if (own.empty())
      continue;
    int list = at > scalars ? 2 : at > slots ? 1 : lists[0].size() < 2 ? 0 : 2;
    lists[list].push_back(("%" + own + (list == 1 ? " = zeros" : "")).str());
  }
  if (name.empty() || lists[0].size() != 2)
    return false;
  std::string with = ("optimizer @\"" + name + "\"(" + llvm::join(lists[0], ", ") + ")").str();
  for (auto [i, word] : {std::pair(1, " slots("), std::pair(2, " scalars(")})
    if (!lists[i].empty())
      with += word + llvm::join(lists[i], ", ") + ")";
  replace(optimizer.begin, optimizer.body, with + " ");
  return true;
}

// %y, ... = scan (%xt in %x along 1, ...) carry (%h = %h0, ...)
bool ReadableText::stepOverScanHeader(const Statement &scan) {
  StringRef header = StringRef(text).slice(scan.begin, scan.body);
  std::vector<StringRef> names = namesOf(header);
  std::string value = unknownValue(), arguments;
  StringRef list = header.drop_front(header.find("scan"));
  for (size_t at = list.find('%'); at != npos; at = list.find('%', at + 1)) {
    StringRef own = list.drop_front(at + 1).take_while(isName), next = list.drop_front(at + 1 + own.size()).ltrim();
    if (!own.empty() && (next.starts_with("in ") || next.starts_with("=")))
      arguments += ((arguments.empty() ? "%" : ", %") + own + " = " + value).str();
  }
  std::string with = value + unknownCall.str() + " ";
  if (!names.empty())
    with += "%" + llvm::join(names, ", %") + " = ";
  with += "scan 1 \"?\" " + (arguments.empty() ? "" : "carry (" + arguments + ") ");
  replace(scan.begin, scan.body, with);
  return true;
}
