#include "daemon/query_session.h"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <string>
#include <utility>
#include <vector>

namespace postbounce {
namespace {

namespace json = boost::json;
using Step = Session::Step;

class QuerySessionTest : public ::testing::Test {
 protected:
  QuerySessionTest() {
    const ListChange change{keys_.Of("dead@x.test").value().address,
                            "",
                            ListState::kActive,
                            {},
                            false,
                            Reason::kNoSuchUser};
    index_.Apply({&change, 1});
  }

  QuerySession Open(Door door) {
    QuerySession::Parts parts{door,  Finder(index_, keys_, site_),
                              site_, [] { return Timestamp(); },
                              {},    {},
                              {}};
    parts.ask = [this](json::object request, QuerySession::Parts::Reply reply) {
      asked_.emplace_back(json::serialize(request), std::move(reply));
    };
    parts.resume = [this](std::function<void()> function) {
      resumed_.push_back(std::move(function));
    };
    parts.give = [this](int fd, json::object request) {
      given_ = std::to_string(fd) + json::serialize(request);
    };
    return QuerySession(std::move(parts));
  }

  KeyMaker keys_{AddressKeys("secret", Normaliser())};
  Index index_;
  std::shared_ptr<const Site> site_ = std::make_shared<const Site>();
  std::vector<std::pair<std::string, QuerySession::Parts::Reply>> asked_;
  std::vector<std::function<void()>> resumed_;
  std::string given_;
  std::string said_;
};

constexpr std::string_view kCheck =
    "{\"verb\":\"check\",\"addresses\":[\"dead@x.test\"]}\n";
constexpr std::string_view kDead =
    "{\"results\":[{\"address\":\"dead@x.test\",\"suppressed\":true,"
    "\"state\":\"active\",\"reason\":\"no-such-user\"}],\"ok\":true}\n";

TEST_F(QuerySessionTest, ChecksByItself) {
  QuerySession session = Open(Door::kQuery);
  EXPECT_EQ(session.Feed(kCheck.substr(0, 20), &said_), Step::kRead);
  EXPECT_EQ(said_, "");
  EXPECT_EQ(session.Feed(kCheck.substr(20), &said_), Step::kRead);
  EXPECT_EQ(said_, kDead);
  // Not plain: the long way.
  EXPECT_EQ(
      session.Feed("{\"verb\":\"\\u0063heck\",\"scope\":\"\",\"addresses\":"
                   "[\"dead@x.test\"]}\n",
                   &said_),
      Step::kRead);
  EXPECT_EQ(said_, std::string(kDead) + std::string(kDead));
  EXPECT_TRUE(asked_.empty());
}

TEST_F(QuerySessionTest, AnswersInOrderAroundWhatOthersAnswer) {
  QuerySession session = Open(Door::kQuery);
  const std::string bytes =
      std::string(kCheck) + "{\"verb\":\"stats\"}\n" + std::string(kCheck);
  EXPECT_EQ(session.Feed(bytes, &said_), Step::kWait);
  EXPECT_EQ(said_, kDead);
  ASSERT_EQ(asked_.size(), 1u);
  EXPECT_EQ(asked_[0].first, "{\"verb\":\"stats\"}");
  EXPECT_EQ(session.Feed({}, &said_), Step::kWait);

  json::object answer;
  answer["ok"] = true;
  asked_[0].second(answer);
  EXPECT_EQ(said_, kDead);
  ASSERT_EQ(resumed_.size(), 1u);
  resumed_[0]();
  EXPECT_EQ(session.Feed({}, &said_), Step::kRead);
  EXPECT_EQ(said_, std::string(kDead) + "{\"ok\":true}\n" + std::string(kDead));
}

TEST_F(QuerySessionTest, LetsTheClientReadBeforeItAnswersMore) {
  QuerySession session = Open(Door::kQuery);
  std::string bytes;
  std::string want;
  for (int i = 0; i < 2000; ++i) {
    bytes += kCheck;
    want += kDead;
  }
  EXPECT_EQ(session.Feed(bytes, &said_), Step::kMore);
  EXPECT_LT(said_.size(), 80'000u);
  std::string all = std::exchange(said_, {});
  while (session.Feed({}, &said_) == Step::kMore) {
    EXPECT_LT(said_.size(), 80'000u);
    all += std::exchange(said_, {});
  }
  EXPECT_EQ(all + said_, want);
}

TEST_F(QuerySessionTest, RefusesWhatIsNoRequest) {
  QuerySession session = Open(Door::kQuery);
  EXPECT_EQ(session.Feed("x\n{\"verb\":\"check\"}\n", &said_), Step::kRead);
  EXPECT_EQ(std::count(said_.begin(), said_.end(), '\n'), 2);
  EXPECT_TRUE(said_.starts_with("{\"ok\":false,")) << said_;
  EXPECT_EQ(session.problem(), nullptr);
}

TEST_F(QuerySessionTest, GivesAwayTheConnectionAtTheControlSocketAlone) {
  QuerySession session = Open(Door::kControl);
  EXPECT_EQ(
      session.Feed(std::string(kCheck) + "{\"verb\":\"replay\"}\n", &said_),
      Step::kGive);
  EXPECT_EQ(said_, kDead);
  session.Give(7);
  EXPECT_EQ(given_, "7{\"verb\":\"replay\"}");

  QuerySession other = Open(Door::kQuery);
  EXPECT_EQ(other.Feed("{\"verb\":\"replay\"}\n", &said_), Step::kWait);
  EXPECT_EQ(asked_.size(), 1u);
}

}  // namespace
}  // namespace postbounce
