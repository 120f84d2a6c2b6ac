// Vocabulary.h - tokens and their numbers.
// SPDX-License-Identifier: Apache-2.0
//
// A token is a byte, a character (a Unicode scalar value) or a word. A vocabulary numbers those that a text has: first, where
// it has them, `<pad>` (what short texts are filled up with) and `<unk>` (what stands for every token that it does not have),
// then bytes by value, characters by code point, words by how often they were found (the most frequent first).
//
//   auto vocabulary = dlc::text::Vocabulary::make(dlc::text::Unit::Characters, text);
//   std::vector<int32_t> tokens = vocabulary.encode(text, "a.txt");
//
// It is kept as text (str, parse): a line that says what it is, and how many tokens; a checksum; then a token a line.
#ifndef DLC_RUNTIME_TEXT_VOCABULARY_H
#define DLC_RUNTIME_TEXT_VOCABULARY_H

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dlc::text {

enum class Unit { Bytes, Characters, Words };

/// "bytes", "characters", "words", and back.
std::string_view unitName(Unit unit);
std::optional<Unit> findUnit(std::string_view name);

/// Limits of what is read and made.
inline constexpr int64_t mostTokens = int64_t(1) << 20;
inline constexpr size_t longestToken = 256; ///< bytes; a longer word is unknown to every vocabulary

/// Tells each token of a text, with the number of its first byte, in order. `text` is UTF-8, but for bytes.
void forEachToken(Unit unit, std::string_view text,
                  const std::function<void(std::string_view token, size_t offset)> &tell);

/// By token, found without making a string.
struct TokenHash {
  using is_transparent = void;
  size_t operator()(std::string_view token) const { return std::hash<std::string_view>()(token); }
};
template <class Value> using TokenMap = std::unordered_map<std::string, Value, TokenHash, std::equal_to<>>;

/// How often each token was found.
class TokenCounts {
public:
  explicit TokenCounts(Unit unit) : unit_(unit) {}
  void add(std::string_view text);
  Unit unit() const { return unit_; }
  const TokenMap<int64_t> &counts() const { return counts_; }

private:
  Unit unit_;
  TokenMap<int64_t> counts_;
};

struct VocabularyOptions {
  bool padding = false, unknown = false; ///< whether it has `<pad>` and `<unk>`
  int64_t leastCount = 1;                ///< rarer tokens are left out
  int64_t largestSize = mostTokens;      ///< in all; the rarest tokens are left out
};

class Vocabulary {
public:
  /// Throws Error where tokens are left out and there is no `<unk>` to stand for them, and where none is left.
  static Vocabulary make(const TokenCounts &counts, const VocabularyOptions &options = {});
  static Vocabulary make(Unit unit, std::string_view text, const VocabularyOptions &options = {});
  /// Reads what str() wrote, which may be anything: throws Error, naming `what`, where it is not as it was written.
  static Vocabulary parse(std::string_view text, const std::string &what);
  std::string str() const;

  Unit unit() const { return unit_; }
  int64_t size() const { return int64_t(tokens_.size()); }
  std::optional<int32_t> padding() const { return padding_; }
  std::optional<int32_t> unknown() const { return unknown_; }
  /// A token's bytes; "<pad>" and "<unk>" for those two, which find() does not find.
  const std::string &token(int32_t number) const { return tokens_.at(size_t(number)); }
  bool isSpecial(int32_t number) const { return number < int32_t(specials()); }
  /// The number of a token.
  std::optional<int32_t> find(std::string_view token) const;

  /// The numbers of a text's tokens. Throws Error, which tells the line (`firstLine` being that of the text's beginning),
  /// where the vocabulary has no number for one.
  std::vector<int32_t> encode(std::string_view text, const std::string &file, int64_t firstLine = 1) const;
  /// The same, one after the other.
  void encode(std::string_view text, const std::string &file, int64_t firstLine,
              const std::function<void(int32_t number)> &tell) const;
  /// What is written for a token where `before` was written last: words are parted by spaces, but for punctuation.
  std::string written(int32_t number, std::string_view before) const;

  /// "65 characters", "8,000 words": to read.
  std::string describe() const;

private:
  Vocabulary(Unit unit, const VocabularyOptions &options);
  void add(std::string token);
  size_t specials() const { return size_t(padding_.has_value()) + size_t(unknown_.has_value()); }

  Unit unit_;
  std::optional<int32_t> padding_, unknown_;
  std::vector<std::string> tokens_;
  TokenMap<int32_t> numbers_;
};

} // namespace dlc::text

#endif // DLC_RUNTIME_TEXT_VOCABULARY_H
