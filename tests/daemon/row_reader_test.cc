#include "daemon/cli/row_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mime/text/text.h"

namespace postbounce {
namespace {

using Strings = std::vector<std::string>;

// The rows of a text that comes in pieces of `step` bytes, and the error that
// ends them, if one does.
Strings RowsOf(std::string_view text, std::optional<char> delimiter,
               std::size_t step = 1) {
  RowReader reader(delimiter);
  Strings rows;
  for (std::size_t at = 0;;) {
    const auto row = reader.Next();
    if (!row) {
      rows.push_back("error: " + row.error().ToString());
      return rows;
    }
    if (*row) {
      rows.push_back((*row)->bytes);
    } else if (reader.ended()) {
      return rows;
    } else if (at >= text.size()) {
      reader.End();
    } else {
      reader.Append(text.substr(at, step));
      at += step;
    }
  }
}

Strings FieldsOf(std::string_view record, char delimiter = ',') {
  FieldReader reader(record, delimiter);
  Strings fields;
  while (auto field = reader.Next()) fields.push_back(*std::move(field));
  return fields;
}

TEST(RowReaderTest, RowsAreCutAsTheyAre) {
  const struct {
    std::string_view text;
    std::optional<char> delimiter;
    Strings rows;
  } kCases[] = {
      {"", std::nullopt, {}},
      {"a\nb", std::nullopt, {"a\n", "b"}},
      {"a\r\n\n\"b\n", std::nullopt, {"a\r\n", "\n", "\"b\n"}},
      {"a,b\r\nc\r\n", ',', {"a,b\r\n", "c\r\n"}},
      {"a,\"b\r\nc\"\nd", ',', {"a,\"b\r\nc\"\n", "d"}},
      {"\"a\"\"\n\",b\nc", ',', {"\"a\"\"\n\",b\n", "c"}},
      {"\"\"\nb", ',', {"\"\"\n", "b"}},
      {"5\" pipe,\"\nx\"\n", ',', {"5\" pipe,\"\nx\"\n"}},
      {"a\"\nb\"\n", ',', {"a\"\n", "b\"\n"}},
      {"a;\"b\nc\"\n", ',', {"a;\"b\n", "c\"\n"}},
      {"a;\"b\nc\"\n", ';', {"a;\"b\nc\"\n"}},
      {"a\n\"b\n",
       ',',
       {"a\n",
        "error: a quote is not closed in the row that begins in line 2"}},
  };
  for (const auto& one : kCases) {
    SCOPED_TRACE(one.text);
    for (const std::size_t step : {1, 2, 1000}) {
      EXPECT_EQ(RowsOf(one.text, one.delimiter, step), one.rows);
    }
  }
}

TEST(RowReaderTest, ARowKnowsWhereItBegins) {
  RowReader reader(',');
  reader.Append("\"a\nb\"\nc\nd\n");
  for (const std::uint64_t line : {1, 3, 4}) {
    EXPECT_EQ(reader.Next().value().value().line, line);
  }
}

TEST(RowReaderTest, ARowWithoutEndIsNotKeptForEver) {
  const std::string half(kMaxRow / 2 + 1, 'a');
  RowReader lines(std::nullopt);
  lines.Append(half);
  EXPECT_FALSE(lines.Next().value().has_value());
  lines.Append(half);
  EXPECT_EQ(lines.Next().error().ToString(),
            "the row that begins in line 1 is too long");
  RowReader records(',');
  records.Append("\"" + half + "\n" + half);
  EXPECT_EQ(records.Next().error().ToString(),
            "the row that begins in line 1 is too long: is a quote not "
            "closed?");
}

TEST(RowReaderTest, WhatIsLeftOutMayBeOfAnyLength) {
  const std::string blanks(2 * kMaxRow, ' '), words(2 * kMaxRow, 'a');
  const struct {
    std::string text;
    std::optional<char> delimiter;
    Strings begins;  // of the rows, without blanks
  } kCases[] = {
      {blanks + "\nb\n", std::nullopt, {"", "b"}},
      {blanks + "\nb\n", ',', {"", "b"}},
      {blanks + "b\n", std::nullopt, {"b"}},
      {blanks + "#" + words + "\nb\n", std::nullopt, {"#", "b"}},
      {"#" + words, std::nullopt, {"#"}},
      {"#" + words + "\n", ',', {"e"}},
  };
  for (const auto& one : kCases) {
    for (const std::size_t step : {one.text.size(), kMaxRow / 4}) {
      SCOPED_TRACE(step);
      Strings begins;
      for (const std::string& row : RowsOf(one.text, one.delimiter, step)) {
        EXPECT_LE(row.size(), kMaxRow);
        begins.emplace_back(Trim(row).substr(0, 1));
      }
      EXPECT_EQ(begins, one.begins);
    }
  }
}

TEST(FieldReaderTest, FieldsComeWithoutTheirQuotes) {
  const struct {
    std::string_view record;
    Strings fields;
  } kCases[] = {
      {"", {""}},
      {"a\r\n", {"a"}},
      {"a,b,\n", {"a", "b", ""}},
      {",", {"", ""}},
      {"\"a,\"\"b\"\"\r\n\",c\n", {"a,\"b\"\r\n", "c"}},
      {"\"\",\"\"\"\"", {"", "\""}},
      {"\"a\"b,c", {"ab", "c"}},
      {"5\" pipe,\"x\"", {"5\" pipe", "x"}},
      {"\"a,b", {"a,b"}},
  };
  for (const auto& one : kCases) {
    SCOPED_TRACE(one.record);
    EXPECT_EQ(FieldsOf(one.record), one.fields);
  }
  EXPECT_EQ(FieldsOf("a\tb,c", '\t'), (Strings{"a", "b,c"}));
}

}  // namespace
}  // namespace postbounce
