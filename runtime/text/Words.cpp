// Words.cpp - the words of a text, by Unicode's rules.
// SPDX-License-Identifier: Apache-2.0
//
// ICU does it: its boundaries, its normal form, its lower case, all in the root locale, so that the words do not depend on
// the language that a machine is set to.
#include "runtime/text/Words.h"
#include "runtime/Error.h"
#include "runtime/Text.h"

#include <algorithm>
#include <memory>
#include <string>
#include <unicode/brkiter.h>
#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>
#include <unicode/utf8.h>

namespace dlc::text {

static void check(UErrorCode status) {
  if (U_FAILURE(status))
    throw Error(detail::cat("ICU, which cuts text into words, failed: ", u_errorName(status), "."));
}

/// A text as ICU reads it, in place.
struct OpenText {
  explicit OpenText(std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    utext_openUTF8(&value, text.data(), int64_t(text.size()), &status);
    check(status);
  }
  ~OpenText() { utext_close(&value); }
  UText value = UTEXT_INITIALIZER;
};

static bool isSpace(std::string_view piece) {
  UChar32 first;
  int32_t at = 0;
  U8_NEXT(piece.data(), at, int32_t(std::min<size_t>(piece.size(), 4)), first);
  int8_t category = u_charType(first);
  return first < 0 || u_isUWhiteSpace(first) || category == U_CONTROL_CHAR || category == U_FORMAT_CHAR;
}

static std::string lowerCased(std::string_view word) {
  std::string result;
  if (std::all_of(word.begin(), word.end(), [](char c) { return uint8_t(c) < 0x80; })) {
    for (char c : word)
      result += c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
    return result;
  }
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2 *normal = icu::Normalizer2::getNFCInstance(status);
  check(status);
  auto piece = [](std::string_view text) { return icu::StringPiece(text.data(), int32_t(text.size())); };
  std::string composed, lower;
  icu::StringByteSink<std::string> composedSink(&composed), lowerSink(&lower), resultSink(&result);
  normal->normalizeUTF8(0, piece(word), composedSink, nullptr, status);
  icu::CaseMap::utf8ToLower("", 0, piece(composed), lowerSink, nullptr, status);
  normal->normalizeUTF8(0, piece(lower), resultSink, nullptr, status);
  check(status);
  return result;
}

/// ICU counts in 32 bits, and a boundary may look far ahead: a text is taken in pieces that end with a line, or, where a
/// line is longer than `most`, with a space.
static size_t pieceLength(std::string_view text) {
  constexpr size_t most = size_t(1) << 24;
  if (text.size() <= most)
    return text.size();
  for (char end : {'\n', ' '})
    if (size_t at = text.rfind(end, most - 1); at != std::string_view::npos)
      return at + 1;
  size_t at = most;
  while (at > 0 && (uint8_t(text[at]) & 0xC0) == 0x80)
    --at;
  return at;
}

void forEachWord(std::string_view text, const std::function<void(std::string_view word, size_t offset)> &tell) {
  UErrorCode status = U_ZERO_ERROR;
  std::unique_ptr<icu::BreakIterator> breaks(icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), status));
  check(status);
  for (size_t base = 0; base < text.size();) {
    std::string_view part = text.substr(base, pieceLength(text.substr(base)));
    OpenText open(part);
    breaks->setText(&open.value, status);
    check(status);
    int32_t from = breaks->first();
    for (int32_t to = breaks->next(); to != icu::BreakIterator::DONE; from = to, to = breaks->next()) {
      std::string_view piece = part.substr(size_t(from), size_t(to - from));
      if (!isSpace(piece))
        tell(lowerCased(piece), base + size_t(from));
    }
    base += part.size();
  }
}

} // namespace dlc::text
