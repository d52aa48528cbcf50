#include "daemon/protocol/dot_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace postbounce {
namespace {

// Content, and "|" and what lies behind it if the end was reached.
std::string Read(std::string_view bytes, std::size_t chunk) {
  DotReader reader;
  std::string result;
  while (!bytes.empty() && !reader.is_done()) {
    std::string_view piece = bytes.substr(0, chunk);
    bytes.remove_prefix(piece.size());
    for (;;) {
      const std::string_view content = reader.Next(&piece);
      if (content.empty()) break;
      result += content;
    }
    if (reader.is_done()) result.append("|").append(piece);
  }
  return result.append(bytes);
}

// The same, as RFC 5321 section 4.5.2 puts it.
std::string ReadSlowly(const std::string& bytes) {
  const std::string data = "\r\n" + bytes;
  const std::size_t end = data.find("\r\n.\r\n");
  std::string content = data.substr(0, end);
  for (std::size_t at = content.find("\r\n."); at != std::string::npos;
       at = content.find("\r\n.", at + 2)) {
    content.erase(at + 2, 1);
  }
  // The line end before the final dot is content, that of DATA is not.
  return (content + "\r\n").substr(2) + "|" + data.substr(end + 5);
}

TEST(DotReaderTest, ReadsEveryShortInputAsTheStandardSays) {
  constexpr std::string_view kBytes = "\r\n.a";
  constexpr unsigned kLength = 8;
  for (unsigned i = 0; i < 1u << (2 * kLength); ++i) {
    std::string bytes;
    for (unsigned j = 0; j < kLength; ++j) bytes += kBytes[i >> (2 * j) & 3];
    bytes += "a\r\n.\r\nb";
    const std::string want = ReadSlowly(bytes);
    for (std::size_t chunk : {1, 2, 3, 100}) {
      ASSERT_EQ(Read(bytes, chunk), want) << testing::PrintToString(bytes);
    }
  }
}

}  // namespace
}  // namespace postbounce
