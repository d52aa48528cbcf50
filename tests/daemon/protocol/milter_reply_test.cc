#include "daemon/protocol/milter_reply.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace postbounce {
namespace {

TEST(MilterReplyTest, WhatAccessSaysIsSaidAsAReply) {
  const struct {
    std::string_view access;
    MilterReply want;
  } kCases[] = {
      {"550 5.7.1 [postbounce 1] dead",
       {"550", "5.7.1", "[postbounce 1] dead"}},
      {"550 5.1.10 gone", {"550", "5.1.10", "gone"}},
      {"450 4.2.2 full", {"450", "4.2.2", "full"}},
      {"550 gone for good", {"550", "5.7.1", "gone for good"}},
      {"451 later", {"451", "4.7.1", "later"}},
      // A status of another class is text.
      {"550 4.2.2 full", {"550", "5.7.1", "4.2.2 full"}},
      {"550 5.7.1x", {"550", "5.7.1", "5.7.1x"}},
      {"REJECT [postbounce 1]", {"554", "5.7.1", "[postbounce 1]"}},
      {"reject 5.1.1 gone", {"554", "5.1.1", "gone"}},
      {"DEFER wait", {"450", "4.7.1", "wait"}},
      {"DEFER_IF_PERMIT 4.2.1 wait", {"450", "4.2.1", "wait"}},
      {"550", {"550", "5.7.1", ""}},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.access);
    const auto reply = ReplyOf(test.access);
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(*reply, test.want);
    EXPECT_EQ(reply->is_permanent(), test.want.code[0] == '5');
  }
}

TEST(MilterReplyTest, WhatIsNoRefusalLetsMailGoOn) {
  for (std::string_view access :
       {"", "DUNNO", "OK", "DISCARD gone", "HOLD look", "WARN look", "250 ok",
        "55 x", "5500 x", "5x0 x", "FILTER a:b", " "}) {
    SCOPED_TRACE(access);
    EXPECT_FALSE(ReplyOf(access).has_value());
  }
}

}  // namespace
}  // namespace postbounce
