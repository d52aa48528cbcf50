#include "daemon/config_check.h"

#include <gtest/gtest.h>

namespace postbounce {
namespace {

TEST(ConfigCheckTest, NoSocketIsWantedTwice) {
  const struct {
    const char* text;
    const char* want;
  } kCases[] = {
      {"[lookup]\npolicy = [\"unix:/run/a\"]\nsocketmap = [\"unix:/run/a\"]\n",
       "a.toml: lookup.policy and lookup.socketmap want the same socket, "
       "unix:/run/a"},
      {"[lookup]\npolicy = [\"unix:/run/a\", \"unix:/run//./a\"]\n",
       "a.toml: lookup.policy and lookup.policy want the same socket, "
       "unix:/run//./a"},
      {"[control]\nlisten = \"unix:/run/a\"\n[query]\n"
       "listen = [\"unix:/run/a\"]\n",
       "a.toml: query.listen and control.listen want the same socket, "
       "unix:/run/a"},
      {"[lmtp]\nlisten = [\"inet:[::1]:24\"]\n[lookup]\n"
       "tcp_table = [\"inet:[::1]:0024\"]\n",
       "a.toml: lmtp.listen and lookup.tcp_table want the same socket, "
       "inet:[::1]:0024"},
      {"[[log]]\nname = \"a\"\nsocket = \"unix:/run/a\"\n"
       "[[log]]\nname = \"b\"\nsocket = \"unix:/run/a\"\n",
       "a.toml: log.socket and log.socket want the same socket, unix:/run/a"},
      {"[store]\nprivacy = \"hashed\"\n",
       "a.toml: store.privacy = \"hashed\" keeps no mail of people: name who "
       "gets it in intake.forward"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.text);
    const auto config = ParseConfig(test.text, "a.toml");
    ASSERT_FALSE(config.has_value());
    EXPECT_EQ(config.error().text(), test.want);
  }
  EXPECT_TRUE(
      ParseConfig("[lookup]\n"
                  "policy = [\"inet:127.0.0.1:25\"]\n"
                  "socketmap = [\"inet:[::1]:25\"]\n"
                  "tcp_table = [\"inet:127.0.0.1:0\","
                  " \"inet:127.0.0.1:0\"]\n"
                  "[[log]]\nname = \"a\"\n"
                  "socket = \"inet:127.0.0.1:25\"\n",
                  "a.toml"));
}

}  // namespace
}  // namespace postbounce
