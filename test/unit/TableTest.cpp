// TableTest.cpp - records and fields, with quotes and without, and the line of what is wrong.
// SPDX-License-Identifier: Apache-2.0
#include "runtime/text/Table.h"
#include "runtime/Error.h"

#include <gtest/gtest.h>

using namespace dlc::text;
using Record = std::vector<std::string>;

static std::vector<Record> read(const std::string &text, const TableFormat &format, std::vector<int64_t> *lines = {}) {
  TableReader reader(text, "t.csv", format);
  std::vector<Record> records;
  while (reader.next()) {
    records.emplace_back(reader.fields().begin(), reader.fields().end());
    if (lines)
      lines->push_back(reader.line());
  }
  return records;
}

static std::string errorOf(const std::string &text, const TableFormat &format = {.separator = ','}) {
  try {
    (void)read(text, format);
  } catch (const dlc::Error &error) {
    return error.what();
  }
  return "no error";
}

TEST(Table, Fields) {
  EXPECT_EQ(read("a\tb\n\tc\t\n", {}), (std::vector<Record>{{"a", "b"}, {"", "c", ""}}));
  EXPECT_EQ(read("a,b\r\nc", {.separator = ','}), (std::vector<Record>{{"a", "b"}, {"c"}}));
  EXPECT_EQ(read("a\rb,\u4E2D", {.separator = ','}), (std::vector<Record>{{"a\rb", "\u4E2D"}}));
  EXPECT_EQ(read("", {}), std::vector<Record>{});
  EXPECT_EQ(read("\n\r\n\n", {}), std::vector<Record>{});
}

TEST(Table, QuotesOfRfc4180) {
  std::vector<int64_t> lines;
  EXPECT_EQ(read("\"a,\"\"b\"\"\nc\",d\n\n\"\",\"x\"\r\ny,a\"b\"\n", {.separator = ','}, &lines),
            (std::vector<Record>{{"a,\"b\"\nc", "d"}, {"", "x"}, {"y", "a\"b\""}}));
  EXPECT_EQ(lines, (std::vector<int64_t>{1, 4, 5}));
  EXPECT_EQ(read("\"a\" b\t\"\n", {.quotes = false}), (std::vector<Record>{{"\"a\" b", "\""}}));
}

TEST(Table, WhatIsWrongIsToldWithItsLine) {
  EXPECT_EQ(errorOf("a\nb,\"c\nd"), "t.csv:2: the quote that a field begins with here has no end. --quotes none takes "
                                    "quotes as they are.");
  EXPECT_EQ(errorOf("a\n\"b\" c,d\n"),
            "t.csv:2: behind a field in quotes there is ' c,d\\n'; expected a comma or the end "
            "of the line. --quotes none takes quotes as they are.");
  EXPECT_EQ(errorOf("a\n" + std::string(mostRecordBytes + 2, 'x')),
            "t.csv:2: the line is longer than 1048576 bytes, which is the most that is read.");
  EXPECT_EQ(
      errorOf("\"" + std::string(mostRecordBytes + 2, 'x') + "\""),
      "t.csv:1: the record is longer than 1048576 bytes: a quote is missing, or should be taken as it is (--quotes "
      "none).");
  EXPECT_EQ(errorOf(std::string(mostFields, ',')), "t.csv:1: the line has more than 4096 fields.");
  EXPECT_EQ(errorOf(std::string(mostFields - 1, ',')), "no error");
}
