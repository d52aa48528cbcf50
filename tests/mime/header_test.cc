#include "mime/header.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mime/text/limits.h"
#include "mime/text/text.h"
#include "mime/transfer_encoding.h"

namespace postbounce {
namespace {

TEST(HeaderTest, FieldsAreUnfoldedAndFoundWhateverTheirCase) {
  const Header header = ParseHeader(
      "Subject: one\r\n two\r\n\tthree  \r\nX-Empty:\r\nsubject: second\r\n"
      "Odd Name: x\r\nSpaced : y\r\n\r\nBody: no\r\n");
  EXPECT_EQ(header.Get("SUBJECT"), "one two three");
  EXPECT_TRUE(header.Has("x-empty"));
  EXPECT_EQ(header.Get("X-Empty"), "");
  EXPECT_EQ(header.fields()[2].value, "second Odd Name: x");
  EXPECT_EQ(header.Get("Spaced"), "y");
  EXPECT_FALSE(header.Has("Body"));
  EXPECT_EQ(header.Get("none"), "");
}

TEST(HeaderTest, FieldsOverTheLimitAreNotRead) {
  std::string block;
  for (std::size_t i = 0; i <= limits::kHeaderFields; ++i) block += "A: b\n";
  EXPECT_EQ(ParseHeader(block).fields().size(), limits::kHeaderFields);
  const std::string big =
      "A: " + std::string(limits::kHeaderBlock, 'x') + "\nB: c\n";
  EXPECT_EQ(ParseHeader(big).fields().size(), 1u);
}

TEST(ContentTypeTest, ReadsParametersAsTheyAreWritten) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {"multipart/report; boundary=\"a b\\\"c\"; x=y", "a b\"c"},
      {"Multipart/REPORT;BOUNDARY=a=b/c ; x=y", "a=b/c"},
      {"multipart/report (comment); x=\"1;2\"; boundary = \"q\" (why)", "q"},
      {"multipart/report; boundary=\"open", "open"},
      {"multipart/report; ;; boundary=z", "z"},
      {"multipart/report; boundary", ""},
      {"multipart/report", ""},
  };
  for (const auto& [value, boundary] : cases) {
    SCOPED_TRACE(value);
    const ContentType type = ParseContentType(value);
    EXPECT_TRUE(type.Is("multipart", "report"));
    EXPECT_EQ(type.Parameter("Boundary"), boundary);
  }
  for (const std::string_view value : {"", "text", "/", "a/", "/b", ";"}) {
    SCOPED_TRACE(value);
    EXPECT_TRUE(ParseContentType(value).Is("text", "plain"));
  }
}

TEST(EncodedWordTest, DecodesWhatRfc2047Allows) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {"plain", "plain"},
      {"=?utf-8?Q?a_=C3=BC?=", "a ü"},
      {"=?UTF-8?B?w7w=?= =?utf-8?b?w58=?=", "üß"},
      {"=?utf-8?q?=C3?=\t=?utf-8?q?=BC?=", "ü"},
      {"a =?utf-8?q?b?= c =?utf-8?q?d?=e", "a b c de"},
      {"=?iso-8859-1*de?q?=FC?=", "ü"},
      {"=?windows-1252?q?=80?=", "€"},
      {"=?koi8-r?B?8NLJ18XU?=", "Привет"},
      {"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"},
      {"=?x-none?q?=FC?=", "=?x-none?q?=FC?="},
      {"=?utf-8//TRANSLIT?q?a?=", "=?utf-8//TRANSLIT?q?a?="},
      {"=?utf-8?x?a?=", "=?utf-8?x?a?="},
      {"=?", "=?"},
      {"=?utf-8?q?", "=?utf-8?q?"},
      {"=?utf-8?q?=XY=?= 8-bit \xFC", "=XY= 8-bit ü"},
  };
  for (const auto& [value, want] : cases) {
    SCOPED_TRACE(value);
    EXPECT_EQ(DecodeHeaderText(value), want);
  }
}

TEST(EncodedWordTest, ConversionsAreLimited) {
  std::string value;
  for (int i = 0; i < 60; ++i) value += "=?koi8-r?q?a?= x ";
  const std::string text = DecodeHeaderText(value);
  EXPECT_TRUE(text.starts_with("a x a x"));
  EXPECT_TRUE(text.ends_with("=?koi8-r?q?a?= x "));
}

TEST(TransferEncodingTest, Base64IsReadLeniently) {
  EXPECT_EQ(DecodeBase64("QUJD"), "ABC");
  EXPECT_EQ(DecodeBase64("QUI="), "AB");
  EXPECT_EQ(DecodeBase64("QQ=="), "A");
  EXPECT_EQ(DecodeBase64("Q U\r\nJ!D"), "ABC");
  EXPECT_EQ(DecodeBase64("QQ==QUI=QUJD"), "AABABC");
  EXPECT_EQ(DecodeBase64("QUJ"), "AB");
  EXPECT_EQ(DecodeBase64("===="), "");
  EXPECT_EQ(DecodeBase64("Q"), "");
}

TEST(TransferEncodingTest, QuotedPrintableKeepsLineEnds) {
  EXPECT_EQ(DecodeQuotedPrintable("a=3Db=\n c \r\nd=e=4"), "a=b c\r\nd=e=4");
  EXPECT_EQ(DecodeQuotedPrintable("a \nb"), "a\nb");
  EXPECT_EQ(DecodeQuotedPrintable("a=\r\nb="), "ab");
  EXPECT_EQ(DecodeQuotedPrintable("=c3=BC\n"), "ü\n");
  EXPECT_EQ(DecodeQuotedPrintable(""), "");
}

}  // namespace
}  // namespace postbounce
