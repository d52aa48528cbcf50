#include "daemon/status_report.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "store/sqlite/sqlite_store.h"
#include "tests/store/log_samples.h"
#include "tests/store/samples.h"

namespace postbounce {
namespace {

constexpr int kDay = 86'400;

class StatusReportTest : public testing::Test {
 protected:
  StatusReportTest() {
    SitePolicy policy = *PolicyWithoutProof();
    policy.is_proof_required = true;
    policy.origin =
        Origin({{"local.test"}, {}, {"news@local.test", "local.test"}});
    policy.internal_relays =
        InternalRelays({}, {Network::Parse("127.0.0.0/8").value()});
    policy_ = std::make_shared<SitePolicy>(policy);
    store_ = OpenSqliteStore({directory_ / "db", "secret", {}}).value();
    store_->Use(policy_);
    reader_ = store_->OpenReader().value();
  }

  void Apply(const Write& write) {
    const auto outcomes = store_->Apply({&write, 1}, kNow);
    ASSERT_TRUE(outcomes.has_value());
    ASSERT_TRUE(outcomes->at(0).has_value());
  }
  StatusReport ReportOn(const char* address) {
    return ReadStatus(reader_.get(), *policy_, Subject::Parse(address).value(),
                      100, kNow)
        .value();
  }

  const Timestamp kNow = Hour(24 * 8);
  TempDir directory_;
  std::shared_ptr<const SitePolicy> policy_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Reader> reader_;
};

TEST_F(StatusReportTest, TheLastDeliveryIsOneThatDidNotComeBack) {
  LogAttempt filtered = AttemptAt(3 * kDay, "joe@x.test");
  filtered.relay = "127.0.0.1[127.0.0.1]:10024";
  Apply(WriteOf(BatchOf({MessageOf("4BBBBz1", {AttemptAt(0, "joe@x.test")}),
                         MessageOf("4CCCCz1", {AttemptAt(kDay, "joe@x.test")}),
                         MessageOf("4DDDDz1", {filtered})})));
  StatusReport report = ReportOn("joe@x.test");
  ASSERT_TRUE(report.delivered.has_value());
  EXPECT_EQ(report.delivered->time, Hour(24));
  EXPECT_EQ(report.delivered->relay, "mx.remote.test[192.0.2.1]:25");
  EXPECT_FALSE(ReportOn("ann@x.test").delivered.has_value());

  Mail bounce = ReportOf("bounce", {Hard("joe@x.test")}, 25);
  bounce.facts.original_message_id = "4CCCCz1@mail.local.test";
  bounce.witnesses[0].final_recipient = "joe@x.test";
  Apply(bounce);
  report = ReportOn("joe@x.test");
  EXPECT_EQ(report.story.decision.state, ListState::kActive);
  ASSERT_TRUE(report.delivered.has_value());
  EXPECT_EQ(report.delivered->time, Hour(0));
}

TEST_F(StatusReportTest, WhatIsNotProvenSaysSoAndAddsUpToNothing) {
  Apply(ReportOf("a", {Hard("joe@x.test")}, 5));
  const StatusReport report = ReportOn("joe@x.test");
  ASSERT_EQ(report.why_not.size(), 1u);
  EXPECT_NE(report.why_not[0], "");
  EXPECT_TRUE(report.outlooks.empty());
  EXPECT_FALSE(report.held_by.has_value());
}

TEST_F(StatusReportTest, ASuppressionThatIsOverIsOnProbation) {
  SitePolicy policy = *policy_;
  ReasonPolicy& rule =
      policy.list.reasons[static_cast<std::size_t>(Reason::kNoSuchUser)];
  rule = ReasonPolicy::Parse("after 1 for 1d").value();
  policy_ = std::make_shared<SitePolicy>(policy);
  store_->Use(policy_);
  Mail bounce = ReportOf("a", {Hard("joe@x.test")}, 5);
  bounce.facts.is_local_origin = true;
  Apply(bounce);
  const StatusReport report = ReportOn("joe@x.test");
  EXPECT_EQ(report.story.decision.state, ListState::kExpired);
  const std::vector<Outlook> want = {{"", true, {}}};
  EXPECT_EQ(report.outlooks, want);
}

TEST_F(StatusReportTest, WhatAnAlarmCoversIsCountedApart) {
  Alarm held = MakeAlarm({GuardKind::kDomain, "x.test"}, Hour(10), {});
  held.since = Hour(10);
  held.until = Hour(12);
  Alarm released = held;
  released.since = Hour(20);
  released.until = Hour(22);
  released.state = AlarmState::kReleased;
  StatusReport report;
  report.story.address = "joe@x.test";
  for (const int hour : {1, 11, 21}) {
    Event event;
    event.time = Hour(hour);
    event.action = Action::kFailed;
    event.reason = Reason::kNoSuchUser;
    event.reason_class = ReasonClass::kHard;
    event.standing = Standing::kCounts;
    report.story.decisive.push_back(event);
  }
  report.story.decisive[0].is_void = true;  // undone
  MarkDoubts({held, released}, &report);
  EXPECT_EQ(report.story.failures.held, 1u);
  EXPECT_EQ(report.story.failures.released, 1u);
}

TEST_F(StatusReportTest, ADomainHasAReportOfItsOwn) {
  Witness dead =
      WitnessOf("joe@dead.test", Action::kFailed, Reason::kNoSuchDomain);
  Mail bounce = ReportOf("a", {dead}, 5);
  bounce.facts.is_local_origin = true;
  Apply(bounce);
  const StatusReport report = ReportOn("@dead.test");
  EXPECT_EQ(report.story.address, "@dead.test");
  ASSERT_EQ(report.story.events.size(), 1u);
  EXPECT_EQ(report.why_not.size(), 1u);
  EXPECT_TRUE(ReportOn("@other.test").story.events.empty());
}

}  // namespace
}  // namespace postbounce
