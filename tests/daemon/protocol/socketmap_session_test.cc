#include "daemon/protocol/socketmap_session.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/daemon/protocol/lookup_talk.h"

namespace postbounce {
namespace {

std::string Netstring(std::string_view text) {
  return std::to_string(text.size()).append(":").append(text).append(",");
}

struct Case {
  std::string sent;
  std::string want;
};

void Check(const Case& c) {
  SCOPED_TRACE(c.sent.substr(0, 100));
  for (const std::size_t chunk : {1, 2, 3, 7, 100'000}) {
    SCOPED_TRACE(chunk);
    EXPECT_EQ(Talk<SocketmapSession>(c.sent, chunk), c.want);
  }
}

TEST(SocketmapSessionTest, AnswersByTheMapAndTheKey) {
  const std::string no_map = Netstring("PERM there is no such map");
  const Case kCases[] = {
      {"suppressed ok@test", "9:NOTFOUND ,"},
      {"suppressed a@b.test", "13:OK ?>a@b.test,"},
      {"suppressed error@test", "22:TEMP the store?is busy,"},
      {"suppressed/news a@b.test", Netstring("OK ?>a@b.test scope=news")},
      {"suppressed/a/b x", Netstring("OK ?>x scope=a/b")},
      {"transport a@b.test", Netstring("OK ?>a@b.test transport")},
      {"transport/news x", Netstring("OK ?>x scope=news transport")},
      {"suppressed  a b ", Netstring("OK ?> a b ")},
      {"suppressed \xC3\xA9@test", Netstring("OK ?>\xC3\xA9@test")},
      {std::string("suppressed a\0\xFF,", 15), Netstring("OK ?>a??,")},
      {"suppressed ", "9:NOTFOUND ,"},
      {"suppressed", "9:NOTFOUND ,"},
      {"suppressed/ x", no_map},
      {"Suppressed x", no_map},
      {" x", no_map},
      {"", no_map},
      {"x@test", no_map},
  };
  for (const Case& c : kCases) Check({Netstring(c.sent), c.want});
}

TEST(SocketmapSessionTest, AnswersManyRequestsInTheirOrder) {
  const std::string one = "12:suppressed a,18:suppressed ok@test,";
  Check({one + one + "12:suppressed",
         "6:OK ?>a,9:NOTFOUND ,6:OK ?>a,9:NOTFOUND ,[more]"});
}

TEST(SocketmapSessionTest, EndsTheConnectionAtWhatIsNoNetstring) {
  const std::string answered = "12:suppressed a,";
  const std::string no_length = "[a request does not begin with its length]";
  const std::string too_long = "[a request is too long]";
  const std::string no_end = "[a request does not end where it says]";
  const Case kCases[] = {
      {"x", no_length},
      {":,", no_length},
      {"-1:x,", no_length},
      {"1x", no_length},
      {"03:a b,", no_length},
      {"00:,", no_length},
      {"123456", no_length},
      {"99999999999999999999:", no_length},
      {"GET / HTTP/1.0\r\n\r\n", no_length},
      {std::string(1u << 20, 'x'), no_length},
      {"10001:", too_long},
      {"99999:", too_long},
      {"1:ab", no_end},
      {"0:12:suppressed a,", no_end},
      {"13:suppressed a,12:suppressed a,", no_end},
  };
  for (const Case& c : kCases) {
    Check(c);
    Check({answered + c.sent, "6:OK ?>a," + c.want});
  }
}

TEST(SocketmapSessionTest, TakesRequestsOfTenThousandBytes) {
  const std::string request = "suppressed " + std::string(9989, 'a');
  const std::string text = "OK ?>" + std::string(995, 'a') + "...";
  Check({Netstring(request), Netstring(text)});
  Check({Netstring(request + "a"), "[a request is too long]"});
}

TEST(SocketmapSessionTest, SaysNothingMoreAfterAProblem) {
  SocketmapSession session(Each(Echo));
  std::string said;
  EXPECT_EQ(session.problem(), nullptr);
  EXPECT_EQ(session.Feed("x", &said), LookupSession::Step::kClose);
  EXPECT_EQ(session.Feed("12:suppressed a,", &said),
            LookupSession::Step::kClose);
  EXPECT_EQ(said, "");
}

}  // namespace
}  // namespace postbounce
