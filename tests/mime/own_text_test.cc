#include "mime/own_text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mime/bounce_phrases.h"
#include "mime/quoted_reply.h"
#include "mime/text_lines.h"

namespace postbounce {
namespace {

std::string OwnText(const std::string& mail, std::vector<std::size_t> parts) {
  const Message message = Message::Parse(mail);
  return ReadOwnText(message, parts);
}

TEST(OwnTextTest, DecodesTransferEncodingAndCharset) {
  EXPECT_EQ(OwnText("Content-Type: text/plain; charset=iso-2022-jp\n\n"
                    "\x1B$BAw?.\x1B(B\n",
                    {0}),
            "送信\n\n");
  EXPECT_EQ(OwnText("Content-Type: text/plain; charset=koi8-r\n"
                    "Content-Transfer-Encoding: base64\n\n"
                    "xMHJ\n",
                    {0}),
            "даи\n");
  EXPECT_EQ(
      OwnText("Content-Type: text/plain; charset=nonsense\n\n\xE9\n", {0}),
      "é\n\n");
}

TEST(OwnTextTest, TakesHtmlOnlyWhereThereIsNoPlainText) {
  const std::string html =
      "--b\nContent-Type: text/html\n\n<p>in&nbsp;HTML</p>\n";
  const std::string head =
      "Content-Type: multipart/alternative; boundary=b\n\n";
  EXPECT_EQ(OwnText(head + "--b\n\nplain\n" + html + "--b--\n", {1, 2}),
            "plain\n");
  EXPECT_EQ(OwnText(head + "--b\n\n\n" + html + "--b--\n", {1, 2}),
            "\n\nin HTML\n\n");
}

TEST(OwnTextTest, ReadsAtMost64KiB) {
  const std::string mail = "Subject: x\n\n" + std::string(1 << 20, 'x');
  EXPECT_LE(OwnText(mail, {0}).size(), (64u << 10) + 1);
}

TEST(HtmlTextTest, KeepsTheWordsAndTheLines) {
  EXPECT_EQ(HtmlToText("<title>no</title><b>550</b> no<br>such\nuser"),
            "550 no\nsuch user");
  EXPECT_EQ(HtmlToText("a<style>p { x }</style>b<!-- <c> -->d"), "abd");
  EXPECT_EQ(HtmlToText("&lt;joe@example.org&gt; &#233;&#xe9;&eacute;&bogus;&"),
            "<joe@example.org> ééé&bogus;&");
  EXPECT_EQ(HtmlToText("to <joe@example.org> 1 < 2"),
            "to <joe@example.org> 1 < 2");
  EXPECT_EQ(HtmlToText("&#0;&#xD800;&#1114112;<p"), "&#0;&#xD800;&#1114112;");
}

TEST(TextLinesTest, FindsAddresses) {
  const auto found = [](std::string_view line) {
    std::string all;
    for (const TextAddress& address : FindAddresses(line, 5)) {
      all += address.address.ToString() + " ";
    }
    return all;
  };
  EXPECT_EQ(found("<joe@example.org>: 550"), "joe@example.org ");
  EXPECT_EQ(found("to joe@example.org."), "joe@example.org ");
  EXPECT_EQ(found("'joe@example.org', jim@example.org;"),
            "joe@example.org jim@example.org ");
  EXPECT_EQ(found("<\"joe x\"@example.org>"), "\"joe x\"@example.org ");
  EXPECT_EQ(found("<用户@example.org>"), "用户@example.org ");
  EXPECT_EQ(found("宛先joe@example.orgへ"), "joe@example.org ");
  EXPECT_EQ(found("dda:SMTP=joe@example.org;"), "joe@example.org ");
  EXPECT_EQ(found("<root@localhost> root@localhost"), "root@localhost ");
  EXPECT_EQ(found("@ @@ a@ @b joe@.org"), "");
  EXPECT_EQ(found("\"@example.org \" @x"), "");
}

TEST(TextLinesTest, ReadsTheAddressThatHeadsALine) {
  struct Case {
    const char* line;
    const char* want;  // "label|address|rest", or "" for none
  };
  for (const auto& [line, want] : std::vector<Case>{
           {"<joe@example.org>: 550 no", "|joe@example.org|: 550 no"},
           {"* joe@example.org", "|joe@example.org|"},
           {"\"joe@example.org\":", "|joe@example.org|:"},
           {">>> joe@a.example <jim@b.example>", "|jim@b.example|"},
           {"Unknown user: joe@example.org", "Unknown user|joe@example.org|"},
           {"Recipient: [SMTP:joe@example.org]", "Recipient|joe@example.org|"},
           {"joe@example.org<mailto:joe@example.org>", "|joe@example.org|"},
           {"please ask joe@example.org", ""},
           {"550 <joe@example.org>... no", ""},
           {"nothing", ""},
       }) {
    SCOPED_TRACE(line);
    const auto listed = ReadListedAddress(line);
    EXPECT_EQ(listed ? std::string(listed->label) + "|" +
                           listed->address.ToString() + "|" +
                           std::string(listed->rest)
                     : "",
              want);
  }
}

TEST(QuotedReplyTest, FindsRepliesAndNoOtherNumbers) {
  for (const std::string_view text :
       {"550 no", "x: 550 no", "said: 550-5.1.1 no", "(#5.1.1)", "'550 no'",
        "ERROR_CODE :550,", "5.2.2 <joe@example.org>", "x\n  450 later"}) {
    SCOPED_TRACE(text);
    EXPECT_NE(FindReply(text), std::string_view::npos);
  }
  for (const std::string_view text :
       {"", "550", "port 587 5", "after 450 seconds", "IP 5.1.1.2",
        "Exim 4.1.22 did", "x: 550 bytes", "room 550", "2550 x", "580 x", "5.1",
        "in 2004: 4"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(FindReply(text) == std::string_view::npos, text != "550");
  }
}

TEST(QuotedReplyTest, PutsTheReplyFirst) {
  EXPECT_EQ(ReasonText("the error was:\n  550 no\n  such user"),
            "550 no such user (the error was)");
  EXPECT_EQ(ReasonText("said '550 user's box is full'."),
            "550 user's box is full (said)");
  EXPECT_EQ(ReasonText("  no\n\treply  "), "no reply");
  const std::string longer(5000, 'x');
  EXPECT_LE(ReasonText(longer + "\n550 " + longer).size(), 1100u);
}

TEST(QuotedReplyTest, NamesTheRemoteHost) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"host mx.example.org[192.0.2.7] said: 550", "mx.example.org"},
      {"... while talking to mx.example.org.:", "mx.example.org"},
      {"rejected by the server by mx.example.org. [192.0.2.7].",
       "mx.example.org"},
      {"mx.example.org [192.0.2.7] did not like our DATA:", "mx.example.org"},
      {"Connected to 192.0.2.7 but sender was rejected.", "192.0.2.7"},
      {"a host, by nobody said", ""},
  };
  for (const auto& [text, host] : cases) {
    SCOPED_TRACE(text);
    EXPECT_EQ(FindRemoteHost(text), host);
  }
}

TEST(BouncePhrasesTest, FoldsTheCaseOfTwoByteLetters) {
  EXPECT_EQ(FoldCase("ABC ÄÖÜ ŁŽĆ ΑΩ АЯЁ ×"), "abc äöü łžć αω аяЁ ×");
  EXPECT_EQ(FoldCase("\xC3"), "\xC3");
}

TEST(BouncePhrasesTest, FindsEachPhraseOfItsTable) {
  EXPECT_TRUE(FindPhrases("nothing of the kind").empty());
  const auto found = FindPhrases("mail cannot be delivered. see below");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, PhraseKind::kFailure);
  EXPECT_EQ(found[0].begin, 5u);
  EXPECT_EQ(found[0].end, 24u);
}

}  // namespace
}  // namespace postbounce
