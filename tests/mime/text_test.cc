#include "mime/text/text.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mime/text/action.h"
#include "mime/text/digest.h"
#include "mime/text/result.h"
#include "mime/text/timestamp.h"
#include "mime/text/xtext.h"

namespace postbounce {
namespace {

using namespace std::string_view_literals;

std::vector<std::string> Lines(std::string_view text) {
  std::vector<std::string> lines;
  while (const auto line = TakeLine(&text)) lines.emplace_back(*line);
  return lines;
}

TEST(TextTest, LinesEndAtLfCrlfOrBareCr) {
  using List = std::vector<std::string>;
  EXPECT_EQ(Lines(""), List{});
  EXPECT_EQ(Lines("a"), List{"a"});
  EXPECT_EQ(Lines("a\n"), List{"a"});
  EXPECT_EQ(Lines("a\r\nb\rc\nd"), (List{"a", "b", "c", "d"}));
  EXPECT_EQ(Lines("\n\r\n\r\r"), (List{"", "", "", ""}));
  EXPECT_EQ(Lines(std::string(1000, 'x') + "\r\ny"),
            (List{std::string(1000, 'x'), "y"}));
}

TEST(TextTest, AMillionBareLineEndsAreReadInOnePass) {
  EXPECT_EQ(Lines(std::string(1'000'000, '\r')).size(), 1'000'000u);
  EXPECT_EQ(Lines(std::string(1'000'000, '\n')).size(), 1'000'000u);
}

TEST(TextTest, NumbersAreTakenOnlyWhenShortEnough) {
  std::string_view rest = "0421x";
  EXPECT_EQ(TakeNumber(&rest), 421);
  EXPECT_EQ(rest, "x");
  EXPECT_EQ(TakeNumber(&rest), std::nullopt);
  rest = "1234567";
  EXPECT_EQ(TakeNumber(&rest, 6), std::nullopt);
  EXPECT_EQ(rest, "1234567");
  rest = "999999999999";
  EXPECT_EQ(TakeNumber(&rest, 100), std::nullopt);
}

TEST(TextTest, CommentsNestAndMayBeUnclosed) {
  std::string_view rest = " (a (b \\) c) d)\t x (y)";
  SkipComments(&rest);
  EXPECT_EQ(rest, "x (y)");
  rest = "(((((";
  SkipComments(&rest);
  EXPECT_EQ(rest, "");
}

TEST(TextTest, ClippingKeepsCharactersWhole) {
  EXPECT_EQ(Clip("abc", 3), "abc");
  EXPECT_EQ(Clip("abc", 2), "ab");
  EXPECT_EQ(Clip("aü", 2), "a");
  EXPECT_EQ(Clip("a\xF0\x9F\x98\x80", 4), "a");
  EXPECT_EQ(Clip("\x80\x80\x80\x80\x80\x80", 5).size(), 5u);
  EXPECT_EQ(Clip("abc", 0), "");
}

TEST(TextTest, OnlyRfc3629IsUtf8) {
  for (const std::string_view text :
       {"", "a", "ü", "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF"}) {
    SCOPED_TRACE(text);
    EXPECT_TRUE(IsValidUtf8(text));
  }
  for (const std::string_view text :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80",
        "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF",
        "aaaaaaaa\xFC"}) {
    SCOPED_TRACE(Hex(text));
    EXPECT_FALSE(IsValidUtf8(text));
  }
}

TEST(TextTest, InvalidBytesAreReadAsLatin1) {
  EXPECT_EQ(ToUtf8("gr\xFC\xDF"), "grüß");
  EXPECT_EQ(ToUtf8("ü \xFC"), "ü ü");
  EXPECT_EQ(ToUtf8("\xC3"), "Ã");
}

TEST(TextTest, PeerTextIsMadePrintable) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {"plain ü 用", "plain ü 用"},
      {"a\x1B[31mb\nc\td\0e"sv, "a?[31mb?c?d?e"},
      {"\x7F\xC2\x85", "??"},
      {"\xE2\x80\xAE"
       "evil",
       "?evil"},
      {"\xE2\x80\xA8\xD8\x9C\xEF\xBB\xBF\xE2\x81\xA6", "????"},
      {"\xFC\xC3", "??"},
  };
  for (const auto& [text, want] : cases) {
    SCOPED_TRACE(want);
    EXPECT_EQ(Printable(text, 100), want);
  }
}

TEST(TextTest, ACutIsShownAndFitsTheLimit) {
  EXPECT_EQ(Printable("abcdef", 6), "abcdef");
  EXPECT_EQ(Printable("abcdefg", 6), "abc...");
  EXPECT_EQ(Printable("üüüü", 6), "ü...");
  EXPECT_EQ(Printable("abcdef", 2), "..");
  EXPECT_EQ(Printable("abcdef", 0), "");
}

TEST(XtextTest, DecodesUpperCaseEscapesAlone) {
  EXPECT_EQ(DecodeXtext("a+2Bb+3Dc"), "a+b=c");
  EXPECT_EQ(DecodeXtext("a+2bb+"), "a+2bb+");
  EXPECT_EQ(DecodeXtext("a+2"), "a+2");
}

TEST(XtextTest, DecodesUnicodeEscapes) {
  EXPECT_EQ(DecodeUtf8Address("\\x{E9}t\\x{e9}\\x{7528}\\x{1F600}"),
            "été用\xF0\x9F\x98\x80");
  for (const std::string_view text :
       {"\\x{}", "\\x{D800}", "\\x{110000}", "\\x{12", "\\x{12345678}", "\\x",
        "\\x{G1}"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(DecodeUtf8Address(text), text);
  }
}

TEST(TimestampTest, ReadsRfc5322Dates) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {"Sat, 21 Nov 2026 00:27:56 +0000 (UTC)", "2026-11-21T00:27:56Z"},
      {"21 Nov 2026 02:27 +0200", "2026-11-21T00:27:00Z"},
      {" (x) Fri , 20 Nov 2026 19:27:56 EST", "2026-11-21T00:27:56Z"},
      {"Sat, 21 nov 26 00 : 27 : 56 Z", "2026-11-21T00:27:56Z"},
      {"Sat, 21 November 2026 00:27:56 XYZ", "2026-11-21T00:27:56Z"},
      {"Sat, 21-Nov-2026 00:27:56", "2026-11-21T00:27:56Z"},
      {"1 Jan 99 00:00:00 GMT", "1999-01-01T00:00:00Z"},
      {"29 Feb 2024 23:59:60 +0000", "2024-03-01T00:00:00Z"},
      {"1 Jan 1970 00:00:00 +0000", "1970-01-01T00:00:00Z"},
      {"31 Dec 9999 23:59:59 +0000", "9999-12-31T23:59:59Z"},
  };
  for (const auto& [text, want] : cases) {
    SCOPED_TRACE(text);
    const std::optional<Timestamp> time = ParseDate(text);
    ASSERT_TRUE(time.has_value());
    EXPECT_EQ(FormatTimestamp(*time), want);
  }
}

TEST(TimestampTest, RefusesWhatIsNoDate) {
  for (const std::string_view text :
       {"", "yesterday", "31 Feb 2026 10:00:00 +0000", "21 Nov 2026",
        "21 Nov 2026 24:00:00 +0000", "21 Nov 2026 10:60:00 +0000",
        "21 Nov 2026 10:00:61 +0000", "21 Nov 1969 10:00:00 +0000",
        "1 Jan 1970 00:00:00 +0100", "31 Dec 9999 23:59:59 -0100",
        "21 Nov 2026 10:00:00 +00", "21 Nov 2026 10:00:00 +9900",
        "21 No 2026 10:00:00 +0000", "21 Nov 6 10:00:00 +0000",
        "2026-11-21T00:27:56Z", "((((("}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(ParseDate(text), std::nullopt);
  }
}

TEST(ActionTest, OnlyTheFirstWordCounts) {
  EXPECT_EQ(ParseAction(" Failed (bad address)"), Action::kFailed);
  EXPECT_EQ(ParseAction("DELAYED;"), Action::kDelayed);
  EXPECT_EQ(ParseAction("failure"), Action::kFailed);
  EXPECT_EQ(ParseAction("expired (after 5 days)"), Action::kFailed);
  EXPECT_EQ(ParseAction("delay"), Action::kDelayed);
  EXPECT_EQ(ParseAction("undeliverable"), Action::kOther);
  EXPECT_EQ(ParseAction(""), Action::kOther);
  for (const Action action :
       {Action::kFailed, Action::kDelayed, Action::kDelivered, Action::kRelayed,
        Action::kExpanded}) {
    EXPECT_EQ(ParseAction(ActionName(action)), action);
  }
}

TEST(DigestTest, AgreesWithPublishedVectors) {
  const Digest digest = Sha256("abc");
  EXPECT_EQ(Hex({reinterpret_cast<const char*>(digest.data()), digest.size()}),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  // RFC 4231 section 4.3, cut to its first 16 bytes.
  const Key128 key = KeyedHash("Jefe", "what do ya want for nothing?");
  EXPECT_EQ(Hex({reinterpret_cast<const char*>(key.data()), key.size()}),
            "5bdcc146bf60754e6a042426089575c7");
  EXPECT_EQ(KeyedHash({}, "a"), KeyedHash("", "a"));
}

// RFC 2104, at each length around the blocks of SHA-256.
TEST(DigestTest, KeyedHashIsHmac) {
  const std::string secret(32, 's');
  const auto padded = [&](char pad) {
    std::string block(64, pad);
    for (std::size_t i = 0; i < secret.size(); ++i) {
      block[i] = static_cast<char>(block[i] ^ secret[i]);
    }
    return block;
  };
  const auto digest = [](const std::string& bytes) {
    const Digest of = Sha256(bytes);
    return std::string(of.begin(), of.end());
  };
  for (std::size_t size = 0; size < 200; ++size) {
    const std::string bytes(size, 'b');
    const std::string want =
        digest(padded(0x5c) + digest(padded(0x36) + bytes));
    const Key128 key = KeyedHash(secret, bytes);
    EXPECT_EQ(std::string(key.begin(), key.end()), want.substr(0, 16)) << size;
  }
}

TEST(ResultTest, AnErrorShowsTheBytesThatCausedIt) {
  const Error error(ErrorCode::kSyntax, "bad thing",
                    "\x1B" + std::string(100, 'x'));
  EXPECT_EQ(error.bytes().size(), Error::kMaxBytes);
  EXPECT_TRUE(error.ToString().starts_with("bad thing: \"?xxx"));
  EXPECT_EQ(Error(ErrorCode::kIo, "gone").ToString(), "gone");
}

}  // namespace
}  // namespace postbounce
