#include "mime/message.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "mime/text/limits.h"
#include "tests/mime/message_tree.h"

namespace postbounce {
namespace {

using namespace std::string_view_literals;

TEST(MessageTest, ThereIsAlwaysOnePart) {
  for (const std::string_view bytes :
       {""sv, "\n"sv, "\r"sv, "x"sv, "\0"sv, "From "sv, "From x\n"sv, ":"sv,
        "A: b"sv, "\n\n\n"sv, "\r\n\r\n"sv, "--"sv}) {
    SCOPED_TRACE(std::string(bytes));
    const Message message = Message::Parse(bytes);
    EXPECT_EQ(Tree(message), "text/plain");
    EXPECT_FALSE(message.truncated);
  }
}

TEST(MessageTest, TheLastFieldNeedsNoEmptyLine) {
  const Message message = Message::Parse("Subject: a\nTo: b@c");
  EXPECT_EQ(message.parts[0].header.Get("To"), "b@c");
  EXPECT_EQ(message.parts[0].raw_body, "");
}

TEST(MessageTest, AllLineEndsGiveTheSameParts) {
  const std::string lf =
      "Subject: a\n b\nContent-Type: multipart/mixed; boundary=\"q\"\n\n"
      "preamble\n--q\n\none\n--q \nContent-Type: text/html\n\ntwo\n\n--q--\n"
      "epilogue\n";
  std::string crlf, cr;
  for (const char c : lf) {
    crlf += c == '\n' ? "\r\n" : std::string(1, c);
    cr += c == '\n' ? '\r' : c;
  }
  for (const std::string& bytes : {lf, crlf, cr}) {
    const Message message = Message::Parse(bytes);
    EXPECT_EQ(Tree(message), "multipart/mixed(text/plain text/html)");
    EXPECT_EQ(message.parts[0].header.Get("subject"), "a b");
    EXPECT_EQ(message.parts[0].raw_body, "preamble");
    EXPECT_EQ(message.parts[1].raw_body, "one");
    EXPECT_TRUE(message.parts[2].raw_body.starts_with("two"));
  }
}

TEST(MessageTest, BrokenLinesOfAHeaderAreMended) {
  const Message message = Message::Parse(
      "From joe Sat Nov 21\nX-Nul: a\0b\nX-Cr: c\rd\nX-8bit: \xFC\n"
      "Content-Type: multipart/mixed;\nboundary=\"q\"\nTo: undisclosed:\n\n"
      "--q\n\na\0\r\n--q--\n"sv);
  EXPECT_EQ(Tree(message), "multipart/mixed(text/plain)");
  const Header& header = message.parts[0].header;
  EXPECT_EQ(header.Get("X-Nul"), "a b");
  EXPECT_EQ(header.Get("X-Cr"), "c d");
  EXPECT_EQ(header.Get("X-8bit"), "\xFC");
  EXPECT_EQ(header.Get("To"), "undisclosed:");
  EXPECT_EQ(message.parts[1].raw_body, "a\0"sv);
}

TEST(MessageTest, BoundariesAreWholeLines) {
  EXPECT_EQ(TreeOf("Content-Type: multipart/mixed; boundary=ab\n\n"
                   "--ab\n\nx --ab\n--abc\n --ab\n--ab--x\n--ab--\n"),
            "multipart/mixed(text/plain)");
  EXPECT_EQ(TreeOf("Content-Type: multipart/mixed; boundary=\"a\\b\" (c)\n\n"
                   "--ab\n\n1\n--ab\n\n2\n"),
            "multipart/mixed(text/plain text/plain)");
  EXPECT_EQ(TreeOf("Content-Type: multipart/mixed\n\n--x\n\n1\n--x\n\n2\n"
                   "--x--\n"),
            "multipart/mixed(text/plain text/plain)");
}

TEST(MessageTest, AnUnclosedMultipartEndsWithTheOneAroundIt) {
  EXPECT_EQ(
      TreeOf("Content-Type: multipart/mixed; boundary=a\n\n--a\n"
             "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
             "Content-Type: multipart/mixed; boundary=c\n\n--c\n\n1\n--a\n"
             "Content-Type: text/html\n\n2\n--a\n\n3\n--a--\n"),
      "multipart/mixed(multipart/mixed(multipart/mixed(text/plain)) text/html "
      "text/plain)");
}

TEST(MessageTest, MessagesInsideAreParsedAlsoWhenEncoded) {
  const std::string inner =
      "Subject: in\nContent-Type: multipart/mixed; boundary=3D\"q\"\n\n--q\n\n"
      "x\n--q--\n";
  EXPECT_EQ(TreeOf("Content-Type: message/global\n"
                   "Content-Transfer-Encoding: quoted-printable\n\n" +
                   inner),
            "message/global(multipart/mixed(text/plain))");
  EXPECT_EQ(TreeOf("Content-Type: message/rfc822\n"
                   "Content-Transfer-Encoding: base64\n\n"
                   "U3ViamVjdDogYQpDb250ZW50LVR5cGU6IHRleHQvaHRtbAoKeA==\n"),
            "message/rfc822(text/html)");
  EXPECT_EQ(TreeOf("Content-Type: message/global\n\nContent-Type: text/x\n\n"),
            "message/global(text/x)");
  EXPECT_EQ(TreeOf("Content-Type: message/global-headers\n\nSubject: x\n"),
            "message/global-headers");
}

TEST(MessageTest, OffsetsAreThoseOfTheInput) {
  const std::string bytes =
      "From x\r\nA: b\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n"
      "--q\r\n\r\nbody\r\n--q--\r\n";
  const Message message = Message::Parse(bytes);
  ASSERT_EQ(message.parts.size(), 2u);
  EXPECT_EQ(message.OffsetOf(message.parts[1]), bytes.find("body"));
  EXPECT_EQ(message.OffsetOf(Part{}), std::nullopt);
  const Message copy = message;
  EXPECT_EQ(copy.parts[1].Body(), "body");
}

std::string Multipart(std::size_t parts) {
  std::string bytes = "Content-Type: multipart/mixed; boundary=q\n\n";
  for (std::size_t i = 0; i < parts; ++i) bytes += "--q\n\nx\n";
  return bytes + "--q--\n";
}

TEST(MessageLimitTest, PartsAreCounted) {
  const Message full = Message::Parse(Multipart(limits::kMimeParts - 1));
  EXPECT_EQ(full.parts.size(), limits::kMimeParts);
  EXPECT_FALSE(full.truncated);
  for (const std::size_t parts :
       {limits::kMimeParts, std::size_t{100'000}, std::size_t{1'000'000}}) {
    const Message message = Message::Parse(Multipart(parts));
    EXPECT_EQ(message.parts.size(), limits::kMimeParts);
    EXPECT_TRUE(message.truncated);
  }
}

std::string Nested(int depth) {
  std::string bytes;
  for (int i = 0; i < depth; ++i) {
    const std::string boundary = std::to_string(i);
    bytes += "Content-Type: multipart/mixed; boundary=" + boundary + "\n\n--" +
             boundary + "\n";
  }
  return bytes + "\nbottom\n";
}

std::string NestedMessages(int depth) {
  std::string bytes;
  for (int i = 0; i < depth; ++i) bytes += "Content-Type: message/rfc822\n\n";
  return bytes + "\nbottom\n";
}

TEST(MessageLimitTest, DepthIsLimited) {
  for (const auto make : {&Nested, &NestedMessages}) {
    const Message full = Message::Parse(make(limits::kMimeDepth));
    EXPECT_EQ(full.parts.back().depth, limits::kMimeDepth);
    EXPECT_EQ(full.parts.back().raw_body, "bottom\n");
    EXPECT_FALSE(full.truncated);
    for (const int depth : {limits::kMimeDepth + 1, 1000, 100'000}) {
      const Message message = Message::Parse(make(depth));
      EXPECT_EQ(message.parts.back().depth, limits::kMimeDepth);
      EXPECT_TRUE(message.truncated);
    }
  }
}

TEST(MessageLimitTest, MixedNestingIsLimitedToo) {
  std::string bytes;
  for (int i = 0; i < 100'000; ++i) {
    bytes +=
        "Content-Type: multipart/digest; boundary=a\n\n--a\n"
        "Content-Type: MESSAGE/RFC822\n\n";
  }
  const Message message = Message::Parse(bytes);
  EXPECT_TRUE(message.truncated);
  EXPECT_EQ(message.parts.back().depth, limits::kMimeDepth);
}

TEST(MessageLimitTest, BareCrHidesNoNesting) {
  std::string nest;
  for (int i = 0; i < 3000; ++i) nest += "Content-Type: message/rfc822\r\r";
  for (const std::string& end : {std::string(), std::string("\n\nx\n")}) {
    const Message message = Message::Parse(
        "Content-Type: multipart/mixed; boundary=a\n\n--a\n" + nest + end);
    EXPECT_TRUE(message.truncated);
    EXPECT_EQ(message.parts.size(), 2u);
  }
}

TEST(MessageLimitTest, FieldsAreCounted) {
  const auto make = [](std::size_t fields) {
    std::string bytes;
    for (std::size_t i = 0; i < fields; ++i) bytes += "A: b\n c\n";
    return bytes + "\nbody\n";
  };
  const Message full = Message::Parse(make(limits::kHeaderFields));
  EXPECT_EQ(full.parts[0].header.fields().size(), limits::kHeaderFields);
  EXPECT_EQ(full.parts[0].raw_body, "body\n");
  EXPECT_FALSE(full.truncated);
  const Message cut = Message::Parse(make(limits::kHeaderFields + 1));
  EXPECT_EQ(cut.parts[0].header.fields().size(), limits::kHeaderFields);
  EXPECT_EQ(cut.parts[0].raw_body, "");
  EXPECT_TRUE(cut.truncated);
}

TEST(MessageLimitTest, TheHeaderBlockIsLimited) {
  const auto make = [](std::size_t block) {
    const std::string line = "Subject: a\nX: ";
    return line + std::string(block - line.size() - 2, 'x') + "\n\nbody\n";
  };
  const Message full = Message::Parse(make(limits::kHeaderBlock));
  EXPECT_EQ(full.parts[0].raw_body, "body\n");
  EXPECT_FALSE(full.truncated);
  for (const std::size_t block :
       {limits::kHeaderBlock + 1, limits::kHeaderBlock + 100,
        std::size_t{100} << 20}) {
    const Message cut = Message::Parse(make(block));
    EXPECT_EQ(cut.parts[0].header.Get("Subject"), "a");
    EXPECT_EQ(cut.parts[0].raw_body, "");
    EXPECT_TRUE(cut.truncated);
  }
}

TEST(MessageLimitTest, OneEndlessLineIsCut) {
  const Message message = Message::Parse(std::string(10 << 20, 'x'));
  EXPECT_TRUE(message.truncated);
  const Message field = Message::Parse("A: " + std::string(10 << 20, 'x'));
  EXPECT_EQ(field.parts[0].header.fields().size(), 1u);
  EXPECT_TRUE(field.truncated);
}

TEST(MessageLimitTest, TheSizeIsLimited) {
  const std::string header = "Subject: a\n\n";
  const auto make = [&](std::size_t size) {
    return header + std::string(size - header.size(), 'x');
  };
  EXPECT_FALSE(Message::Parse(make(limits::kMessageSize)).truncated);
  const Message cut = Message::Parse(make(std::size_t{70} << 20));
  EXPECT_TRUE(cut.truncated);
  EXPECT_EQ(cut.parts[0].raw_body.size(), limits::kMessageSize - header.size());
}

// Whatever takes more than linear time on one of these does not end.
TEST(MessageLimitTest, HostileBytesAreReadInLinearTime) {
  const std::string multipart =
      "Content-Type: multipart/mixed; boundary=" + std::string(70, '-') +
      "\n\n";
  const std::size_t size = 16 << 20;
  std::string dashes, short_dashes;
  while (dashes.size() < size) dashes += std::string(71, '-') + "\n";
  while (short_dashes.size() < size) short_dashes += "--\n";
  const std::string nested = Nested(limits::kMimeDepth - 1);
  for (const std::string& bytes :
       {multipart + std::string(size, '-'), multipart + dashes,
        nested + short_dashes, nested + std::string(size, '\n'),
        nested + std::string(size, '\r'), std::string(size, '\r'),
        std::string(size, '\n'), std::string(size, '\0'),
        std::string(size, ' '), std::string(size, ':'),
        std::string(size, '(')}) {
    SCOPED_TRACE(bytes.substr(0, 60));
    EXPECT_FALSE(Message::Parse(bytes).parts.empty());
  }
}

}  // namespace
}  // namespace postbounce
