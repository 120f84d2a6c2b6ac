// Table.cpp - tables as text: a record a line, its fields parted by commas or tabs.
// SPDX-License-Identifier: Apache-2.0
#include "runtime/text/Table.h"
#include "runtime/Error.h"
#include "runtime/Text.h"
#include "runtime/text/Utf8.h"

namespace dlc::text {
using detail::cat;

void TableReader::fail(int64_t line, const std::string &found) const { throw Error(cat(file, ":", line, ": ", found)); }

bool TableReader::atLineEnd() const {
  return at >= text.size() || text[at] == '\n' || (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n');
}

/// A field that begins with a quote, to behind the one that ends it.
void TableReader::readQuoted() {
  int64_t opened = lineNow;
  std::string &value = unquoted.emplace_back();
  for (++at;; ++at) {
    if (at >= text.size())
      fail(opened, "the quote that a field begins with here has no end. --quotes none takes quotes as they are.");
    if (at - recordStart > mostRecordBytes)
      fail(opened, cat("the record is longer than ", mostRecordBytes,
                       " bytes: a quote is missing, or should be taken as it is (--quotes none)."));
    if (text[at] == '"') {
      if (at + 1 >= text.size() || text[at + 1] != '"')
        break;
      ++at;
    }
    lineNow += text[at] == '\n';
    value += text[at];
  }
  ++at;
  if (!atLineEnd() && text[at] != format.separator)
    fail(lineNow, cat("behind a field in quotes there is ", shown(text.substr(at, 20)), "; expected ",
                      format.separator == '\t' ? "a tab" : "a comma",
                      " or the end of the line. --quotes none takes quotes as they are."));
  current.push_back(value);
}

void TableReader::readField() {
  if (current.size() >= mostFields)
    fail(lineNow, cat("the line has more than ", mostFields, " fields."));
  if (format.quotes && at < text.size() && text[at] == '"')
    return readQuoted();
  size_t begin = at;
  while (!atLineEnd() && text[at] != format.separator) {
    if (at - recordStart > mostRecordBytes)
      fail(lineNow, cat("the line is longer than ", mostRecordBytes, " bytes, which is the most that is read."));
    ++at;
  }
  current.push_back(text.substr(begin, at - begin));
}

bool TableReader::next() {
  for (; at < text.size() && atLineEnd(); ++lineNow)
    at += text[at] == '\r' ? 2 : 1;
  if (at >= text.size())
    return false;
  current.clear();
  unquoted.clear();
  recordStart = at;
  first = lineNow;
  readField();
  while (!atLineEnd()) { // at a separator
    ++at;
    readField();
  }
  if (at < text.size()) {
    at += text[at] == '\r' ? 2 : 1;
    ++lineNow;
  }
  return true;
}

} // namespace dlc::text
