// Table.h - tables as text: a record a line, its fields parted by commas or tabs.
// SPDX-License-Identifier: Apache-2.0
//
// Quotes are those of RFC 4180: a field that begins with one ends with one, may hold the separator and line ends, and has
// each quote twice. A line ends with LF or CR LF; a line without anything is passed over.
#ifndef DLC_RUNTIME_TEXT_TABLE_H
#define DLC_RUNTIME_TEXT_TABLE_H

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace dlc::text {

struct TableFormat {
  char separator = '\t';
  bool quotes = true; ///< false: a quote is a character like any other
};

/// The largest record that is read, and the most fields that it may have.
inline constexpr size_t mostRecordBytes = size_t(1) << 20, mostFields = 4096;

class TableReader {
public:
  /// Borrows the text, which is UTF-8; `file` stands for it in messages.
  TableReader(std::string_view text, std::string file, const TableFormat &format)
      : text(text), file(std::move(file)), format(format) {}

  /// Reads the next record; false at the end. Throws Error, which tells the line, where it is not as the format says.
  bool next();
  /// Of the record that was read last; they live until the next one is read.
  const std::vector<std::string_view> &fields() const { return current; }
  /// The line that the record begins with, from 1.
  int64_t line() const { return first; }

private:
  [[noreturn]] void fail(int64_t at, const std::string &found) const;
  void readField();
  void readQuoted();
  bool atLineEnd() const;

  std::string_view text;
  std::string file;
  TableFormat format;
  size_t at = 0, recordStart = 0;
  int64_t lineNow = 1, first = 0;
  std::vector<std::string_view> current;
  std::deque<std::string> unquoted; ///< what the fields with quotes hold
};

} // namespace dlc::text

#endif // DLC_RUNTIME_TEXT_TABLE_H
