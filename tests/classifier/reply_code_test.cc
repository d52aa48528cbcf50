#include "classifier/reply_code.h"

#include <gtest/gtest.h>

#include <string>

namespace postbounce {
namespace {

TEST(ReplyCodeTest, ReadsThreeDigitsAndWhatMayFollowThem) {
  for (std::string_view text : {"550", "550 no", "550-no", "550\tno"}) {
    SCOPED_TRACE(text);
    const auto code = ReplyCode::Parse(text);
    ASSERT_TRUE(code.has_value());
    EXPECT_EQ(code->value(), 550);
    EXPECT_EQ(code->ToString(), "550");
    EXPECT_TRUE(code->is_permanent());
  }
  EXPECT_FALSE(ReplyCode::Parse("450")->is_permanent());
}

TEST(ReplyCodeTest, RejectsWhatRfc5321DoesNotAllow) {
  for (std::string_view text :
       {"", "55", "5500", "550x", " 550", "150", "600", "560", "599", "5 0"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(ReplyCode::Parse(text).has_value());
  }
}

TEST(ReplyCodeTest, FindsTheReplyOfADiagnostic) {
  const struct {
    std::string_view text;
    int want;
  } cases[] = {
      {"550 5.1.1 unknown", 550},
      {"\r\n554 5.7.1 no", 554},
      {"smtp; 550 no", 550},
      {"host mx.test[192.0.2.1] said: 452 4.2.2 full", 452},
      {"host mx.test[192.0.2.1] refused to talk to me: 421 busy", 421},
      {"SMTP error after RCPT TO:<a@example.com>: 550 no", 550},
      {"mx.test[192.0.2.1]: 451 later", 451},
      {"<<< 553 bad", 553},
      {"Remote server returned -> 550 5.1.1 unknown", 550},
      {"Message expired.<421 4.4.2 timed out>", 421},
      {"it said 550-5.1.1 that", 550},
      {"5.1.0 - Unknown address error 550-'no'", 550},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const auto code = ReplyCode::Find(c.text);
    ASSERT_TRUE(code.has_value());
    EXPECT_EQ(code->value(), c.want);
  }
}

TEST(ReplyCodeTest, FindsNoReplyInPortsSizesAndYears) {
  for (std::string_view text :
       {"", "connect to mx.test[192.0.2.1]:587: refused",
        "exceeds the limit of 500 bytes", "size: 512 bytes", "192.0.2.250 x",
        "unable to deliver in 440 minutes", "since 2005 nobody", "1550 x",
        "room 404 a"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(ReplyCode::Find(text).has_value());
  }
}

TEST(ReplyCodeTest, SearchesAMegabyteOfDigitsInLinearTime) {
  std::string digits;
  for (int i = 0; i < 300'000; ++i) digits += "550x";
  EXPECT_FALSE(ReplyCode::Find(digits).has_value());
}

}  // namespace
}  // namespace postbounce
