#include "daemon/replay_walk.h"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <string>

#include "daemon/open_store.h"
#include "tests/store/samples.h"
#include "tests/temp_dir.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr const char* kOwnRule =
    "[[rule]]\n"
    "name = \"blame\"\n"
    "match = 'about @'\n"
    "reason = \"spam-rejected\"\n"
    "examples = [\"550 5.1.1 about ann@x.test\"]\n";

std::shared_ptr<const Runtime> RuntimeOf(const std::string& config) {
  return std::make_shared<Runtime>(
      Runtime{ParseConfig(config, "a").value(), LoadRules({}).value(), {}});
}

class ReplayWalkTest : public ::testing::Test {
 protected:
  ReplayWalkTest() {
    auto site = std::make_shared<Site>();
    site->policy = *PolicyWithoutProof();
    site_ = site;
    store_ = OpenStore(runtime_->config).value();
    store_->Use({site_, &site_->policy});
    reader_ = store_->OpenReader().value();
  }

  void Apply(const std::vector<Write>& writes) {
    for (const auto& outcome : store_->Apply(writes, Hour(100)).value()) {
      EXPECT_TRUE(outcome) << outcome.error().ToString();
    }
  }

  // All pages: the summary. Keeps the last report, and all writes.
  std::string Walk(std::string_view own) {
    std::vector<RuleFile> files;
    if (!own.empty()) files.push_back({"own.toml", std::string(own)});
    ReplayWalk walk(runtime_, site_, RulesWith(std::move(files)).value());
    writes_.clear();
    while (!walk.has_ended()) {
      report_ = walk.Next(reader_.get(), Hour(100)).value();
      for (Write& write : walk.TakeWrites()) {
        writes_.push_back(std::move(write));
      }
    }
    return json::serialize(walk.Summary());
  }

  TempDir dir_;
  const std::shared_ptr<const Runtime> runtime_ =
      RuntimeOf("[store]\npath = \"" + (dir_ / "db") + "\"\nsite_key = \"" +
                (dir_ / "key") + "\"\n");
  std::shared_ptr<const Site> site_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Reader> reader_;
  json::object report_;
  std::vector<Write> writes_;
};

TEST_F(ReplayWalkTest, TheSummaryHasReasonsAndWhatBecomesOfTheList) {
  Apply({ReportOf("one", {Hard("ann@x.test"), Hard("joe@x.test")})});
  EXPECT_EQ(Walk(kOwnRule),
            "{\"witnesses\":2,\"rejudged\":2,\"reasons\":[{\"before\":"
            "\"no-such-user\",\"after\":\"spam-rejected\",\"witnesses\":2}],"
            "\"added\":0,\"removed\":2,\"changed\":0}");
  EXPECT_EQ(report_["of_witnesses"], 2);
  EXPECT_EQ(json::serialize(report_["differences"].as_array().at(0)),
            "{\"address\":\"ann@x.test\",\"scope\":null,\"before\":{\"state\":"
            "\"active\",\"reason\":\"no-such-user\",\"since\":"
            "\"2026-11-21T01:00:00Z\",\"until\":null},\"after\":{\"state\":"
            "\"none\",\"reason\":null,\"since\":null,\"until\":null}}");
  Apply(writes_);
  EXPECT_EQ(Walk(kOwnRule),
            "{\"witnesses\":2,\"rejudged\":0,\"reasons\":[],\"added\":0,"
            "\"removed\":0,\"changed\":0}");
  EXPECT_TRUE(writes_.empty());
}

TEST_F(ReplayWalkTest, WritesAreShortHoweverMuchAnAddressHas) {
  for (int i = 0; i < 25; ++i) {
    const std::vector<Witness> many(100, Hard("ann@x.test"));
    Apply({ReportOf("m" + std::to_string(i), many)});
  }
  Walk(kOwnRule);
  ASSERT_EQ(writes_.size(), 3u);
  std::size_t rejudged = 0;
  for (const Write& write : writes_) {
    const Replay& part = std::get<Replay>(write);
    EXPECT_LE(part.rejudged.size(), 1000u);
    EXPECT_EQ(part.addresses.size(), &write == &writes_.back() ? 1u : 0u);
    rejudged += part.rejudged.size();
  }
  EXPECT_EQ(rejudged, 2500u);
}

TEST_F(ReplayWalkTest, AnEmptyStoreIsOnePage) {
  EXPECT_EQ(Walk(""),
            "{\"witnesses\":0,\"rejudged\":0,\"reasons\":[],\"added\":0,"
            "\"removed\":0,\"changed\":0}");
}

TEST(ReplayRequestTest, AsksForFilesAndWhetherToApply) {
  const auto parse = [](const char* text) {
    return ReplayRequest::Parse(json::parse(text).as_object());
  };
  const auto plain = parse("{}").value();
  EXPECT_EQ(plain.files, 0u);
  EXPECT_FALSE(plain.apply);
  const auto full = parse("{\"files\":100,\"apply\":true}").value();
  EXPECT_EQ(full.files, 100u);
  EXPECT_TRUE(full.apply);
  for (const char* bad : {"{\"files\":101}", "{\"files\":-1}",
                          "{\"files\":\"1\"}", "{\"apply\":1}"}) {
    SCOPED_TRACE(bad);
    const auto refused = parse(bad);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::kSyntax);
  }
}

TEST(JudgeAlikeTest, RulesAndTheListsPolicyMatterAndNothingElse) {
  const auto before = RuntimeOf("");
  const auto differs = [&](const char* config) {
    return !JudgeAlike(*before, *RuntimeOf(config));
  };
  EXPECT_FALSE(differs(""));
  EXPECT_FALSE(differs("[policy]\nproof = \"none\"\n"));
  EXPECT_FALSE(differs("[daemon]\nlog_level = \"debug\"\n"));
  EXPECT_TRUE(differs("[policy]\nno-such-user = \"after 2\"\n"));
  EXPECT_TRUE(differs("[policy]\nsuccess_settle = \"1d\"\n"));
  const Runtime other{
      before->config, RulesWith({{"own", kOwnRule}}).value(), {}};
  EXPECT_FALSE(JudgeAlike(*before, other));
}

}  // namespace
}  // namespace postbounce
