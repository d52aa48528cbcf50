#include "daemon/protocol/line_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace postbounce {
namespace {

using Lines = std::vector<std::string>;

constexpr std::size_t kBound = 8;

// The lines of `bytes`, fed in pieces of `chunk`; one too long is "!".
Lines Read(std::string_view bytes, std::size_t chunk) {
  LineReader reader(kBound);
  Lines lines;
  for (std::size_t i = 0; i < bytes.size(); i += chunk) {
    reader.Append(bytes.substr(i, chunk));
    while (const auto line = reader.Next()) {
      EXPECT_TRUE(!line->too_long || line->text.empty());
      lines.emplace_back(line->too_long ? "!" : line->text);
    }
  }
  return lines;
}

TEST(LineReaderTest, CutsLinesHoweverTheBytesCome) {
  struct {
    std::string bytes;
    Lines want;
  } const kCases[] = {
      {"", {}},
      {"\n", {""}},
      {"\r\n\n", {"", ""}},
      {"one\ntwo\r\nthr", {"one", "two"}},
      {"a\rb\r\r\n", {"a\rb\r"}},
      {std::string("a\0b\n", 4), {std::string("a\0b", 3)}},
      {"12345678\nx\n", {"12345678", "x"}},
      {"1234567\r\nx\n", {"1234567", "x"}},
      {"123456789\nx\n", {"!", "x"}},
      {"12345678\r\nx\n", {"!", "x"}},
      {"123456789", {"!"}},
      {std::string(100, 'y') + "\n" + std::string(100, 'y') + "\n\nx\n",
       {"!", "!", "", "x"}},
  };
  for (const auto& [bytes, want] : kCases) {
    SCOPED_TRACE(bytes);
    for (std::size_t chunk : {1, 2, 3, 7, 8, 9, 1000}) {
      SCOPED_TRACE(chunk);
      EXPECT_EQ(Read(bytes, chunk), want);
    }
  }
}

TEST(LineReaderTest, ReportsALongLineBeforeItsEnd) {
  LineReader reader(kBound);
  reader.Append("12345678");
  EXPECT_FALSE(reader.Next().has_value());
  reader.Append("9");
  const auto line = reader.Next();
  ASSERT_TRUE(line.has_value());
  EXPECT_TRUE(line->too_long);
  EXPECT_FALSE(reader.Next().has_value());
  reader.Append(std::string(1u << 20, 'x'));
  EXPECT_FALSE(reader.Next().has_value());
  reader.Append("x\nnext\n");
  EXPECT_EQ(reader.Next()->text, "next");
}

}  // namespace
}  // namespace postbounce
