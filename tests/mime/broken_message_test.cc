#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>

#include "mime/message.h"
#include "tests/mime/message_tree.h"

namespace postbounce {
namespace {

TEST(BrokenMessageTest, TheHeaderMayBeginLate) {
  for (const std::string_view before :
       {"", "\n", "\r\n \n", "From x Sat Nov 21\n", ">From x\n",
        "From x\n>From y\n", "\nFrom x\n\n"}) {
    SCOPED_TRACE(before);
    const Message message = Message::Parse(
        std::string(before) + "Subject: a\nContent-Type: text/html\n\nx");
    EXPECT_EQ(Tree(message), "text/html");
    EXPECT_EQ(message.parts[0].header.Get("Subject"), "a");
    EXPECT_EQ(message.parts[0].raw_body, "x");
  }
  EXPECT_EQ(Message::Parse("\n\nNo field\n").parts[0].raw_body, "\nNo field\n");
}

TEST(BrokenMessageTest, ALineThatIsNoFieldBeginsTheBodyUnlessAFieldFollows) {
  struct Case {
    std::string_view bytes;
    std::string_view subject;
    std::string_view to;
    std::string_view body;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"Subject: a\nb c\nTo: d\n\ne", "a b c", "d", "e"},
           {"Subject: a\nb c\nd e\n\nf", "a", "", "b c\nd e\n\nf"},
           {"Subject: a\nb c\n\nd", "a", "", "b c\n\nd"},
           {"Subject: a\nb c\nError: d\n\ne", "a", "", "b c\nError: d\n\ne"},
           {"Subject: a\n>From b\nTo: d\n\ne", "a", "d", "e"},
           {"Subject: a\n:b\nTo: d\n\ne", "a", "d", "e"},
           {"Subject : a\nTo\t: d\n\ne", "a", "d", "e"},
           {"Subject: a\n \n b\nTo:\n d\n\ne", "a b", "d", "e"}}) {
    SCOPED_TRACE(c.bytes);
    const Message message = Message::Parse(c.bytes);
    EXPECT_EQ(message.parts[0].header.Get("Subject"), c.subject);
    EXPECT_EQ(message.parts[0].header.Get("To"), c.to);
    EXPECT_EQ(message.parts[0].raw_body, c.body);
  }
}

TEST(BrokenMessageTest, ABoundaryThatIsNowhereIsReplacedByTheOneThatIsSeen) {
  const std::string parts =
      "Some text.\n\n--=_x\nContent-Type: text/plain\n\n1\n--=_x\n"
      "Content-Type: message/delivery-status\n\n2\n--=_x--\n";
  const std::string_view divided =
      "multipart/mixed(text/plain message/delivery-status)";
  for (const std::string_view header :
       {"Content-Type: multipart/mixed\n\n",
        "Content-Type: multipart/mixed; boundary=\n\n",
        "Content-Type: multipart/mixed; boundary=\"=_y\"\n\n",
        "Content-Type: multipart/mixed; boundary=\"=_\"\n\n",
        "Content-Type: multipart\n\n", "Subject: no type\n\n"}) {
    SCOPED_TRACE(header);
    const Message message = Message::Parse(std::string(header) + parts);
    EXPECT_EQ(Tree(message), divided);
    EXPECT_EQ(message.parts[0].type.Parameter("boundary"), "=_x");
  }
  // One that was said to be a text is one.
  EXPECT_EQ(TreeOf("Content-Type: text/plain\n\n" + parts), "text/plain");
}

TEST(BrokenMessageTest, ThePartsOfAQuotedMessageAreNoParts) {
  const std::string_view quoted =
      "Not delivered:\n\nFrom: a\nContent-Type: multipart/mixed; boundary=x"
      "\n\n--x\nContent-Type: text/plain\n\n1\n--x--\n";
  EXPECT_EQ(TreeOf("Subject: a\n\n" + std::string(quoted)), "text/plain");
  EXPECT_EQ(TreeOf("Content-Type: multipart/mixed; boundary=y\n\n--y\n\n" +
                   std::string(quoted) + "--y--\n"),
            "multipart/mixed(text/plain)");
}

TEST(BrokenMessageTest, AnOuterBoundaryIsNotTakenForAnInnerOne) {
  EXPECT_EQ(TreeOf("Content-Type: multipart/mixed; boundary=a\n\n--a\n"
                   "Content-Type: multipart/mixed; boundary=b\n\n"
                   "--a\nContent-Type: text/html\n\n1\n--a--\n"),
            "multipart/mixed(multipart/mixed text/html)");
  EXPECT_EQ(TreeOf("Content-Type: multipart/mixed; boundary=a\n\n--a\n"
                   "Content-Type: message/rfc822\n\nSubject: b\n\nc\n"
                   "--a\nContent-Type: text/html\n\n1\n--a--\n"),
            "multipart/mixed(message/rfc822(text/plain) text/html)");
}

}  // namespace
}  // namespace postbounce
