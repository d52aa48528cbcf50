#include <memory>

#include "tests/store/log_samples.h"
#include "tests/store/store_contract.h"

namespace postbounce {
namespace {

TEST_P(StoreContract, ReportsThatTheLogHasFoundAreJudgedAfterACrash) {
  const auto policy = PolicyOfOurSite();
  store_->Use(policy);
  constexpr std::size_t kReports = 300;  // more than one batch judges
  std::vector<Write> reports;
  std::vector<LogAttempt> attempts;
  for (std::size_t i = 0; i < kReports; ++i) {
    const std::string name = "r" + std::to_string(i) + "@x.test";
    attempts.push_back(AttemptAt(static_cast<int>(i), name));
    Mail report = ReportOf(name, {Hard(name)});
    report.witnesses[0].final_recipient = name;
    report.facts.reporting_mta = "mail";
    report.facts.queue_id = "4AAAAz1";
    reports.push_back(report);
  }
  Apply(reports);
  ApplyOne(WriteOf(BatchOf({MessageOf("4AAAAz1", attempts)})));
  const auto bound = [&] {
    std::size_t count = 0;
    for (const LogAttempt& attempt : attempts) {
      count += StoryOf(attempt.recipient).events.at(0).event.message ? 1 : 0;
    }
    return count;
  };
  ASSERT_LT(bound(), kReports);
  Reopen();
  store_->Use(policy);
  ApplyOne(PassTime());
  EXPECT_EQ(bound(), kReports);
}

// A milter is shown a bounce before Postfix has written on top of it who made
// it; LMTP brings the same with that.
TEST_P(StoreContract, ABounceIsProvenWhenItComesOnceMoreAndSaysWhoMadeIt) {
  const auto policy = PolicyOfOurSite();
  policy->is_proof_required = true;
  store_->Use(policy);
  Mail report = ReportOf("r", {Hard("joe@x.test")});
  report.witnesses[0].final_recipient = "joe@x.test";
  report.facts.reporting_mta = "mail";
  report.facts.queue_id = "4AAAAz1";
  report.facts.is_local_origin = false;
  ApplyOne(report);
  EXPECT_NE(StateOf("joe@x.test"), ListState::kActive);
  Mail again = report;
  again.facts.is_local_origin = true;
  EXPECT_TRUE(ApplyOne(again).known);
  EXPECT_EQ(StateOf("joe@x.test"), ListState::kActive);
  EXPECT_EQ(StoryOf("joe@x.test").events.size(), 1u);
  // What is known already is no news, nor is it forgotten.
  EXPECT_TRUE(ApplyOne(report).changes.empty());
  EXPECT_TRUE(ApplyOne(again).changes.empty());
  EXPECT_EQ(StateOf("joe@x.test"), ListState::kActive);
}

TEST_P(StoreContract, AReportThatALogHasFoundNeedNotQueueWithThoseThatWait) {
  const auto policy = PolicyOfOurSite();
  store_->Use(policy);
  const auto report = [](const std::string& name, const std::string& id) {
    Mail mail = ReportOf(name, {Hard(name)});
    mail.witnesses[0].final_recipient = name;
    mail.facts.reporting_mta = "mail";
    mail.facts.queue_id = id;
    return mail;
  };
  std::vector<Write> reports;
  for (int i = 0; i < 600; ++i) {
    const std::string number = std::to_string(i);
    reports.push_back(report("r" + number + "@x.test", "4BBBB" + number));
  }
  reports.push_back(report("joe@x.test", "4AAAAz1"));
  Apply(reports);
  Reopen();
  store_->Use(policy);
  ApplyOne(
      WriteOf(BatchOf({MessageOf("4AAAAz1", {AttemptAt(0, "joe@x.test")})})));
  EXPECT_TRUE(StoryOf("joe@x.test").events.at(0).event.message);
}

TEST_P(StoreContract, AFailureThatALogDatesAheadOfOurClockCountsAtOnce) {
  LogBatch batch = BatchOf(
      {MessageOf("4AAAAz1", {AttemptAt(5, "joe@x.test", Action::kFailed)})});
  batch.failures.push_back(FailureOf(batch, 0, 0));
  ApplyOne(WriteOf(batch), 0);
  EXPECT_EQ(StoryOf("joe@x.test").decision.since, Hour(0));
  EXPECT_EQ(StateOf("joe@x.test"), ListState::kActive);
  // Read again when its time has come: nothing changes.
  EXPECT_TRUE(ApplyOne(WriteOf(batch), 1).changes.empty());
}

// Bound to a message only by what may prove something, and whose sender is
// known; but each attempt is counted and listed once.
TEST_P(StoreContract, AnAttemptThatIsKnownMayStillProveAReport) {
  const auto policy = PolicyOfOurSite();
  policy->untrusted_logs = {"udp"};
  LogBatch whole = BatchOf({MessageOf("4AAAAz1", {AttemptAt(0, "x@x.test")})});
  LogBatch half = whole;
  LogMessage& message = half.messages[0];
  message.first_seen = message.attempts[0].time;
  message.sender.reset();
  message.message_id.clear();
  message.client_name.clear();
  message.client_address.clear();
  message.is_remote = message.is_whole = false;
  message.recipients = 0;
  LogBatch untrusted = whole;
  untrusted.log = "udp";
  untrusted.counts = false;
  LogBatch preview = whole;
  preview.is_import = true;
  preview.counts = false;
  LogBatch import = whole;
  import.is_import = true;
  const struct {
    const char* what;
    LogBatch first;
    LogBatch second;
  } kCases[] = {
      {"the middle of it was read first", half, whole},
      {"a log that is not trusted had it first", untrusted, whole},
      {"a preview had it first", preview, import},
      {"a preview had it before the log that is followed", preview, whole},
  };
  for (const auto& each : kCases) {
    for (const bool is_reopened : {false, true}) {
      SCOPED_TRACE(std::string(each.what) + (is_reopened ? ", a start" : ""));
      backend_ = GetParam()();
      const auto reopen = [&] {
        Reopen();
        store_->Use(policy);
      };
      const auto is_bound = [&] {
        return StoryOf("x@x.test").events.at(0).event.message.has_value();
      };
      reopen();
      Mail report = ReportOf("one", {Hard("x@x.test")});
      report.witnesses[0].final_recipient = "x@x.test";
      report.facts.received_ids = {"4AAAAz1"};
      ApplyOne(report);
      EXPECT_EQ(ApplyOne(WriteOf(each.first)).affected, 1u);
      EXPECT_FALSE(is_bound());
      if (is_reopened) reopen();
      for (const int time : {1, 2}) {
        SCOPED_TRACE(time);
        EXPECT_EQ(ApplyOne(WriteOf(each.second)).affected, 0u);
        EXPECT_TRUE(is_bound());
        if (is_reopened) reopen();
      }
      LogStatsQuery query;
      query.from = Hour(0);
      query.to = Hour(24);
      EXPECT_EQ(reader_->MailStats(query).value().sum.sent, 1u);
      LogQuery of;
      of.recipient = "x@x.test";
      EXPECT_EQ(Find(of).messages.size(), 1u);
    }
  }
}

TEST_P(StoreContract, ManyBlocksOfOneReportMoveTogether) {
  store_->Use(PolicyOfOurSite());
  constexpr std::uint32_t kBlocks = 10'000;
  Mail report = ReportOf("one", {});
  report.facts.reporting_mta = "mail";
  report.facts.queue_id = "4AAAAz1";
  for (std::uint32_t i = 0; i < kBlocks; ++i) {
    Witness block = Hard("joe@x.test");
    block.ordinal = i;
    block.final_recipient = "joe@x.test";
    report.witnesses.push_back(block);
  }
  ApplyOne(report);
  // Event by event and block by block this would take minutes.
  ApplyOne(
      WriteOf(BatchOf({MessageOf("4AAAAz1", {AttemptAt(0, "joe@x.test")})})));
  const auto story = StoryOf("joe@x.test");
  ASSERT_EQ(story.events.size(), 1u);
  EXPECT_TRUE(story.events[0].event.message);
  EXPECT_EQ(Count().witnesses, kBlocks);
}

TEST_P(StoreContract, ABatchJudgesSoManyWitnessesAgainAndTheRestLater) {
  store_->Use(PolicyOfOurSite());
  std::vector<Write> reports;
  std::vector<LogAttempt> attempts;
  for (int i = 0; i < 4; ++i) {
    Mail report = ReportOf("r" + std::to_string(i), {});
    report.facts.reporting_mta = "mail";
    report.facts.queue_id = "4AAAAz1";
    for (std::uint32_t block = 0; block < 400; ++block) {
      const std::string name =
          std::to_string(i) + "." + std::to_string(block) + "@x.test";
      Witness witness = Hard(name);
      witness.ordinal = block;
      witness.final_recipient = name;
      report.witnesses.push_back(witness);
      attempts.push_back(AttemptAt(1, name));
    }
    reports.push_back(report);
  }
  Apply(reports);
  ApplyOne(WriteOf(BatchOf({MessageOf("4AAAAz1", attempts)})));
  const auto bound = [&] {
    int count = 0;
    for (int i = 0; i < 4; ++i) {
      const auto story = StoryOf(std::to_string(i) + ".0@x.test");
      count += story.events.at(0).event.message ? 1 : 0;
    }
    return count;
  };
  EXPECT_EQ(bound(), 2);
  EXPECT_GE(ApplyOne(PassTime()).affected, PassTime().limit);
  EXPECT_EQ(bound(), 4);
}

TEST_P(StoreContract, ADomainIsDecidedAnewWhenAFailureIsAnAddressAfterAll) {
  store_->Use(PolicyOfDeadDomains(2));
  const auto report = [](const char* name, const char* recipient, Reason reason,
                         int hour) {
    Mail mail =
        ReportOf(name, {WitnessOf(recipient, Action::kFailed, reason)}, hour);
    mail.facts.original_message_id = std::string(recipient) + "/1";
    return mail;
  };
  ApplyOne(report("one", "ann@x.test", Reason::kNoSuchDomain, 1));
  ApplyOne(report("two", "joe@x.test", Reason::kNoSuchDomain, 25));
  ASSERT_EQ(StoryOf("new@x.test").domain.value().state, ListState::kActive);
  ApplyOne(report("three", "joe@x.test", Reason::kNoSuchUser, 25));
  const auto domain = StoryOf("new@x.test").domain;
  EXPECT_TRUE(!domain || domain->state == ListState::kNone);
  EXPECT_EQ(StateOf("joe@x.test"), ListState::kActive);
}

}  // namespace
}  // namespace postbounce
