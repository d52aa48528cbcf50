#include "daemon/pipe/encode.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "daemon/protocol/dot_reader.h"

namespace postbounce {
namespace {

std::string Encode(std::string_view message, std::size_t chunk) {
  pipe::BodyEncoder encoder;
  std::string result;
  while (!message.empty()) {
    const std::string_view piece = message.substr(0, chunk);
    message.remove_prefix(piece.size());
    std::string out(pipe::BodyEncoder::MaxEncoded(piece.size()), '\0');
    result.append(out, 0,
                  encoder.Encode(piece.data(), piece.size(), out.data()));
  }
  char end[pipe::BodyEncoder::kMaxEnd];
  return result.append(end, encoder.End(end));
}

// What the daemon makes of it.
std::string Decode(std::string_view data) {
  DotReader reader;
  std::string result;
  for (;;) {
    const std::string_view content = reader.Next(&data);
    if (content.empty()) break;
    result += content;
  }
  return reader.is_done() && data.empty() ? result : "no end: " + result;
}

// The message with CRLF line ends.
std::string Normalised(const std::string& message) {
  std::string result;
  for (const char c : message) {
    if (c == '\n' && !result.ends_with('\r')) result += '\r';
    result += c;
  }
  if (!result.empty() && !result.ends_with('\n')) result += "\r\n";
  return result;
}

TEST(BodyEncoderTest, EveryShortMessageComesOutAsItWentIn) {
  constexpr std::string_view kBytes = "\r\n.a";
  for (unsigned length = 0; length <= 7; ++length) {
    for (unsigned i = 0; i < 1u << (2 * length); ++i) {
      std::string message;
      for (unsigned j = 0; j < length; ++j) {
        message += kBytes[i >> (2 * j) & 3];
      }
      for (std::size_t chunk : {1, 2, 100}) {
        ASSERT_EQ(Decode(Encode(message, chunk)), Normalised(message))
            << testing::PrintToString(message);
      }
    }
  }
}

TEST(EncodePathTest, NeverWritesMoreThanItMay) {
  for (std::size_t size = 0; size < 1100; ++size) {
    for (const std::string& address :
         {std::string(size, 'a'), std::string(size, '"'),
          std::string(size, '\\') + "@x.test", "a@" + std::string(size, 'x'),
          std::string(size, '\n') + "@" + std::string(250, 'x')}) {
      std::string out(pipe::kMaxPath, '\0');
      EXPECT_LE(pipe::EncodePath(address.c_str(), out.data()), out.size());
    }
  }
}

}  // namespace
}  // namespace postbounce
