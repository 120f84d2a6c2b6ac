// Vocabulary.cpp - tokens and their numbers.
// SPDX-License-Identifier: Apache-2.0
//
// See Vocabulary.h. As text:
//
//   dlc-vocabulary 1
//   words 4 pad unk
//   10318046212903245941
//   the
//   of
//
// The second line has the unit, the number of tokens in all, and which of the two special ones are there; the third the
// checksum (FNV-1a) of the other lines. A line feed, a carriage return and a backslash in a token stand as \n, \r and \\. The
// tokens of bytes are not listed.
#include "runtime/text/Vocabulary.h"
#include "runtime/Error.h"
#include "runtime/Philox.h"
#include "runtime/Text.h"
#include "runtime/text/Utf8.h"
#include "runtime/text/Words.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace dlc::text {
using detail::cat;

static constexpr std::array<std::string_view, 3> unitNames = {"bytes", "characters", "words"};
static constexpr std::string_view firstLine = "dlc-vocabulary 1";

std::string_view unitName(Unit unit) { return unitNames[size_t(unit)]; }

std::optional<Unit> findUnit(std::string_view name) {
  for (size_t i = 0; i < unitNames.size(); ++i)
    if (unitNames[i] == name)
      return Unit(i);
  return std::nullopt;
}

void forEachToken(Unit unit, std::string_view text,
                  const std::function<void(std::string_view token, size_t offset)> &tell) {
  if (unit == Unit::Words)
    return forEachWord(text, tell);
  for (size_t at = 0, length; at < text.size(); at += length) {
    length = unit == Unit::Bytes ? 1 : std::max<size_t>(1, characterLength(text.substr(at, 4)));
    tell(text.substr(at, length), at);
  }
}

void TokenCounts::add(std::string_view text) {
  forEachToken(unit_, text, [&](std::string_view token, size_t) {
    if (token.size() > longestToken)
      return;
    auto found = counts_.find(token);
    if (found == counts_.end())
      found = counts_.emplace(token, 0).first;
    ++found->second;
  });
}

//===--- Making ----------------------------------------------------------------------------------------===//

Vocabulary::Vocabulary(Unit unit, const VocabularyOptions &options) : unit_(unit) {
  if (options.padding) {
    padding_ = int32_t(tokens_.size());
    tokens_.push_back("<pad>");
  }
  if (options.unknown) {
    unknown_ = int32_t(tokens_.size());
    tokens_.push_back("<unk>");
  }
  if (unit == Unit::Bytes)
    for (int byte = 0; byte < 256; ++byte)
      add(std::string(1, char(byte)));
}

void Vocabulary::add(std::string token) {
  numbers_.emplace(token, int32_t(tokens_.size()));
  tokens_.push_back(std::move(token));
}

Vocabulary Vocabulary::make(const TokenCounts &found, const VocabularyOptions &options) {
  Vocabulary vocabulary(found.unit(), options);
  if (found.unit() == Unit::Bytes)
    return vocabulary;
  std::vector<std::pair<std::string, int64_t>> kept;
  for (const auto &[token, count] : found.counts())
    if (count >= options.leastCount)
      kept.emplace_back(token, count);
  std::sort(kept.begin(), kept.end(), [](const auto &a, const auto &b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  int64_t room = std::min(options.largestSize, mostTokens) - int64_t(vocabulary.specials());
  if (int64_t(kept.size()) > room)
    kept.resize(size_t(std::max<int64_t>(room, 0)));
  if (kept.empty())
    throw Error(cat("A vocabulary without a token: ", found.counts().size(), " different ", unitName(found.unit()),
                    " were found, and none of them is left; expected at least one."));
  if (kept.size() < found.counts().size() && !options.unknown)
    throw Error(cat(found.counts().size(), " different ", unitName(found.unit()), " were found, and ", kept.size(),
                    " of them are left; the others need a token <unk> that stands for them."));
  if (found.unit() == Unit::Characters)
    std::sort(kept.begin(), kept.end()); // UTF-8 is in the order of code points
  for (auto &[token, count] : kept)
    vocabulary.add(std::move(token));
  return vocabulary;
}

Vocabulary Vocabulary::make(Unit unit, std::string_view text, const VocabularyOptions &options) {
  TokenCounts counts(unit);
  counts.add(text);
  return make(counts, options);
}

//===--- Use -------------------------------------------------------------------------------------------===//

std::optional<int32_t> Vocabulary::find(std::string_view token) const {
  auto found = numbers_.find(token);
  return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<int32_t> Vocabulary::encode(std::string_view text, const std::string &file, int64_t firstLine) const {
  std::vector<int32_t> result;
  encode(text, file, firstLine, [&](int32_t number) { result.push_back(number); });
  return result;
}

void Vocabulary::encode(std::string_view text, const std::string &file, int64_t firstLine,
                        const std::function<void(int32_t)> &tell) const {
  forEachToken(unit_, text, [&](std::string_view token, size_t offset) {
    auto found = numbers_.find(token);
    if (found == numbers_.end() && !unknown_)
      throw Error(cat(file, ":", firstLine - 1 + lineOf(text, offset), ": ", shown(token), " is not among the ",
                      describe(), " of the vocabulary, which has no <unk> for others."));
    tell(found == numbers_.end() ? *unknown_ : found->second);
  });
}

static bool isIn(std::string_view list, std::string_view character) {
  return !character.empty() && list.find(character) != std::string_view::npos;
}

std::string Vocabulary::written(int32_t number, std::string_view before) const {
  const std::string &text = token(number);
  if (unit_ != Unit::Words || before.empty() || uint8_t(before.back()) <= ' ')
    return text;
  bool closes = isIn(".,;:!?)]}%'\u2019\u201D\u3002\u3001", text);
  bool opened = isIn("([{\u201C", before.substr(before.size() - 1)) || before.ends_with("\u201C");
  return closes || opened ? text : " " + text;
}

std::string Vocabulary::describe() const { return cat(size(), " ", unitName(unit_)); }

//===--- As text ---------------------------------------------------------------------------------------===//

static std::string escaped(std::string_view token) {
  std::string result;
  for (char c : token)
    if (c == '\n')
      result += "\\n";
    else if (c == '\r')
      result += "\\r";
    else if (c == '\\')
      result += "\\\\";
    else
      result += c;
  return result;
}

static std::optional<std::string> unescaped(std::string_view line) {
  std::string result;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\\') {
      result += line[i];
      continue;
    }
    char next = ++i < line.size() ? line[i] : 0;
    if (next != 'n' && next != 'r' && next != '\\')
      return std::nullopt;
    result += next == 'n' ? '\n' : next == 'r' ? '\r' : '\\';
  }
  return result;
}

std::string Vocabulary::str() const {
  std::string second = cat(unitName(unit_), " ", size(), padding_ ? " pad" : "", unknown_ ? " unk" : "", "\n");
  std::string list;
  if (unit_ != Unit::Bytes)
    for (size_t i = specials(); i < tokens_.size(); ++i)
      list += escaped(tokens_[i]) + "\n";
  return cat(firstLine, "\n", second, fnv1a(second + list), "\n", list);
}

namespace {
/// A vocabulary's text, line by line.
class Reader {
public:
  Reader(std::string_view text, const std::string &what) : rest(text), what(what) {}

  [[noreturn]] void fail(const std::string &found) const {
    throw Error(cat(what, " is damaged at its line ", line, ": ", found));
  }
  std::string_view next() {
    ++line;
    size_t end = rest.find('\n');
    if (end == std::string_view::npos)
      fail("it ends too early.");
    std::string_view result = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return result;
  }
  std::string_view left() const { return rest; }

private:
  std::string_view rest;
  const std::string &what;
  int64_t line = 0;
};

/// The second line.
struct Kind {
  Unit unit;
  int64_t size = 0;
  VocabularyOptions options;
};
} // namespace

static std::optional<Kind> readKind(std::string_view line) {
  std::vector<std::string_view> words;
  for (size_t at = 0; at <= line.size();) {
    size_t end = std::min(line.find(' ', at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end + 1;
  }
  Kind kind;
  if (words.size() < 2 || !findUnit(words[0]))
    return std::nullopt;
  kind.unit = *findUnit(words[0]);
  auto [end, code] = std::from_chars(words[1].data(), words[1].data() + words[1].size(), kind.size);
  if (code != std::errc() || end != words[1].data() + words[1].size() || kind.size < 1 || kind.size > mostTokens)
    return std::nullopt;
  size_t at = 2;
  kind.options.padding = at < words.size() && words[at] == "pad" && ++at;
  kind.options.unknown = at < words.size() && words[at] == "unk" && ++at;
  return at == words.size() ? std::optional(kind) : std::nullopt;
}

Vocabulary Vocabulary::parse(std::string_view text, const std::string &what) {
  Reader reader(text, what);
  if (std::string_view line = reader.next(); line != firstLine) {
    if (line.starts_with("dlc-vocabulary "))
      throw Error(cat(what, " is a vocabulary of another format: ", shown(line), "; this program reads ",
                      shown(firstLine), "."));
    reader.fail(cat("found ", shown(line), ", expected ", shown(firstLine), "."));
  }
  std::string_view second = reader.next();
  std::optional<Kind> kind = readKind(second);
  if (!kind)
    reader.fail(cat("found ", shown(second), ", expected bytes, characters or words, and the number of tokens, 1 to ",
                    mostTokens, "."));
  std::string_view sum = reader.next();
  if (sum != cat(fnv1a(cat(second, "\n", reader.left()))))
    reader.fail("its content does not match its checksum. It was changed by hand, or by a fault of the disk; train "
                "again, or take another copy.");
  Vocabulary vocabulary(kind->unit, kind->options);
  while (vocabulary.size() < kind->size && kind->unit != Unit::Bytes) {
    std::optional<std::string> token = unescaped(reader.next());
    bool fits = token && !token->empty() && token->size() <= longestToken && !findNoUtf8(*token) &&
                (kind->unit == Unit::Words || characterLength(*token) == token->size());
    if (!fits || vocabulary.numbers_.contains(*token))
      reader.fail(fits ? "the token is there twice." : "this is no token.");
    vocabulary.add(std::move(*token));
  }
  if (vocabulary.size() != kind->size || !reader.left().empty())
    reader.fail(cat("expected ", kind->size, " tokens."));
  return vocabulary;
}

} // namespace dlc::text
