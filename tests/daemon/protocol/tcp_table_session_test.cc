#include "daemon/protocol/tcp_table_session.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/daemon/protocol/lookup_talk.h"

namespace postbounce {
namespace {

struct Case {
  std::string sent;
  std::string want;
};

void Check(const Case& c) {
  SCOPED_TRACE(c.sent.substr(0, 100));
  for (const std::size_t chunk : {1, 2, 3, 7, 100'000}) {
    SCOPED_TRACE(chunk);
    EXPECT_EQ(Talk<TcpTableSession>(c.sent, chunk), c.want);
  }
}

TEST(TcpTableSessionTest, AnswersALineEach) {
  const Case kCases[] = {
      {"get ok@test", "500 not%20suppressed"},
      {"get a@b.test", "200 ?>a@b.test"},
      {"get error@test", "400 the%20store?is%20busy"},
      {"get a%20%25%4a%4Ab", "200 ?>a%20%25JJb"},
      {"get %6fk@test", "500 not%20suppressed"},
      {"get \"a b\"@test", "200 ?>\"a%20b\"@test"},
      {"get \xC3\xA9", "200 ?>%C3%A9"},
      {"get %C3%A9", "200 ?>%C3%A9"},
      {"get a%00%0A%ff", "200 ?>a???"},
      {std::string("get \0", 5), "200 ?>?"},
      {"get ", "500 not%20suppressed"},
      {"put a b", "500 this%20table%20can%20only%20be%20read"},
  };
  for (const Case& c : kCases) Check({c.sent + "\n", c.want + "\n"});
}

TEST(TcpTableSessionTest, SaysWhatIsWrongWithALine) {
  const std::string syntax =
      "400 a%20request%20is%20\"get%20KEY\"\n"
      "[a request is not \"get KEY\"]";
  const std::string escape =
      "400 a%20%25%20without%20two%20hexadecimal%20digits\n";
  const Case kCases[] = {
      {"", syntax},        {"get", syntax},        {"GET a", syntax},
      {"get\ta", syntax},  {" get a", syntax},     {"a@b.test", syntax},
      {"get a%", escape},  {"get a%4", escape},    {"get %4g", escape},
      {"get %g4", escape}, {"get %-1", escape},    {"get %+1", escape},
      {"get % 1", escape}, {"get %%4141", escape}, {"get %0x", escape},
  };
  for (const Case& c : kCases) Check({c.sent + "\n", c.want});
}

TEST(TcpTableSessionTest, AnswersManyLinesInTheirOrder) {
  Check({"get a\nget ok@test\nget b\nget",
         "200 ?>a\n500 not%20suppressed\n200 ?>b\n[more]"});
}

TEST(TcpTableSessionTest, EndsTheConnectionAtALineThatIsTooLong) {
  const std::string longest = "get " + std::string(9996, 'a');
  Check({longest + "\n", "200 ?>" + std::string(995, 'a') + "...\n"});
  Check({longest + "a\n", "[a request is too long]"});
  Check({longest + "a", "[a request is too long]"});
  Check({"get a\n" + std::string(1u << 20, 'a'),
         "200 ?>a\n[a request is too long]"});
}

// dict_tcp(3) of Postfix reads no more.
TEST(TcpTableSessionTest, AnswersInNoMoreThan4096Bytes) {
  const auto ask = [](const Question& question) -> Result<std::string> {
    const std::string text(10'000, ' ');
    if (question.recipient == "a") return text;
    return Error(ErrorCode::kLimit, text);
  };
  for (const std::string_view request : {"get a\n", "get b\n"}) {
    const std::string said = Talk<TcpTableSession>(request, 100, ask);
    EXPECT_LE(said.size(), 4096u);
    EXPECT_TRUE(said.ends_with("...\n"));
  }
}

}  // namespace
}  // namespace postbounce
