#include "daemon/quick_check.h"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <span>
#include <string>

#include "daemon/service.h"

namespace postbounce {
namespace {

Result<Finding> FindSome(std::string_view address, std::string_view scope) {
  Finding finding;
  if (address.starts_with("held")) {
    finding.Weigh(ListState::kHeld, Reason::kMailboxFull);
  } else if (address.starts_with("joe") || scope == "example.com") {
    finding.Weigh(ListState::kActive, Reason::kNoSuchUser);
  } else if (address.starts_with("bad")) {
    return Error(ErrorCode::kSyntax, "no address", address);
  }
  return finding;
}

void FindAll(std::span<Asked> asked) {
  for (Asked& one : asked)
    one.finding = FindSome(one.address, Scopes().NameOf(one.sender));
}

std::string LongWay(std::string_view line) {
  const auto request = ParseRequest({line, false});
  if (!request) return "not a request";
  return boost::json::serialize(
      Answered(*request, AnswerCheck(*request, Scopes(), FindSome)));
}

TEST(QuickCheckTest, AnswersAsTheLongWayDoes) {
  QuickCheck quick;
  for (
      const std::string line :
      {R"({"verb":"check","addresses":["joe@example.org"]})",
       R"({"verb":"check","addresses":["joe@a.example","held@a.example","x@y"],)"
       R"("id":1})",
       R"( { "id" : "a-1" , "addresses" : [ "x@y" ] , "verb" : "check" } )",
       R"({"verb":"check","addresses":["x@y"],"sender":"shop@example.com"})",
       R"({"verb":"check","addresses":["x@y"],"id":18446744073709551615})",
       "{\"verb\":\"check\",\"addresses\":[\"\xc3\xa9@y.example\"]}"}) {
    SCOPED_TRACE(line);
    std::string output = "before\n";
    EXPECT_TRUE(quick.Take(line));
    quick.Answer(FindAll, &output);
    EXPECT_EQ(output, "before\n" + LongWay(line) + "\n");
  }
}

TEST(QuickCheckTest, AnswersManyInTheirOrder) {
  QuickCheck quick;
  std::string lines[100];
  std::string want;
  for (std::size_t i = 0; i < std::size(lines); ++i) {
    const std::string number = std::to_string(i);
    lines[i] = R"({"verb":"check","id":)" + std::to_string(i + 1) +
               R"(,"addresses":["x@a","joe)" + number + R"(@b"]})";
    EXPECT_EQ(quick.is_full(), i >= 32);
    EXPECT_TRUE(quick.Take(lines[i]));
    want += LongWay(lines[i]) + "\n";
  }
  std::string output;
  quick.Answer(FindAll, &output);
  EXPECT_EQ(output, want);
  quick.Answer(FindAll, &output);
  EXPECT_EQ(output, want);
}

TEST(QuickCheckTest, LeavesWhatIsNotPlain) {
  std::string many = R"({"verb":"check","addresses":["x@y")";
  for (int i = 0; i < 100; ++i) many += R"(,"x@y")";
  QuickCheck quick;
  for (const std::string& line : std::initializer_list<std::string>{
           "",
           "{}",
           "[]",
           "x",
           many + "]}",
           R"({"verb":"status","addresses":["x@y"]})",
           R"({"addresses":["x@y"]})",
           R"({"verb":"check"})",
           R"({"verb":"check","addresses":[]})",
           R"({"verb":"check","addresses":"x@y"})",
           R"({"verb":"check","addresses":["x@y"]} x)",
           R"({"verb":"check","addresses":["x@y"])",
           R"({"verb":"check","addresses":[["x@y"]]})",
           R"({"verb":"check","addresses":["x@y",1]})",
           R"({"verb":["check"],"addresses":["x@y"]})",
           R"({"verb":"check","addresses":["\u0078@y"]})",
           R"({"verb":"check","addresses":["x\"@y"]})",
           R"({"verb":"check","addresses":["x@y"],"id":null})",
           R"({"verb":"check","addresses":["x@y"],"id":-1})",
           R"({"verb":"check","addresses":["x@y"],"id":1.5})",
           R"({"verb":"check","addresses":["x@y"],"id":{"a":1}})",
           R"({"verb":"check","addresses":["x@y"],"id":[1]})",
           R"({"verb":"check","addresses":["x@y"],"other":1})",
           R"({"verb":"check","addresses":["x@y"],"sender":"example.com"})",
           R"({"verb":"check","addresses":["x@y"],"sender":" a@b "})",
           R"({"verb":"check","verb":"check","addresses":["x@y"]})",
           "{\"verb\":\"check\",\"addresses\":[\"\xff@y\"]}"}) {
    SCOPED_TRACE(line);
    std::string output = "before";
    EXPECT_FALSE(quick.Take(line));
    quick.Answer(FindAll, &output);
    EXPECT_EQ(output, "before");
  }
}

TEST(QuickCheckTest, IsAsGoodAsNewAfterAnyRequest) {
  QuickCheck quick;
  std::string output;
  EXPECT_FALSE(quick.Take(R"({"verb":"check","id":[{"a)"));
  EXPECT_TRUE(quick.Take(R"({"verb":"check","addresses":["x@y"]})"));
  quick.Answer(FindAll, &output);
  EXPECT_EQ(output.find("\"id\""), std::string::npos);
}

}  // namespace
}  // namespace postbounce
