#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/store/store_contract.h"

namespace postbounce {
namespace {

// The shipped rules, with those of a site behind them.
RuleSet RulesWith(std::string_view own) {
  std::vector<RuleFile> files(RuleSet::Shipped().begin(),
                              RuleSet::Shipped().end());
  files.push_back({"own.toml", std::string(own)});
  return std::move(RuleSet::Compile(files)).value();
}

// They see this reason in what Hard() has.
RuleSet RulesFor(std::string_view reason) {
  return RulesWith(
      "[[rule]]\n"
      "name = \"blame\"\n"
      "match = 'about @'\n"
      "reason = \"" +
      std::string(reason) +
      "\"\n"
      "examples = [\"550 5.1.1 about ann@x.test\"]\n");
}
// They blame the content.
RuleSet OtherRules() { return RulesFor("spam-rejected"); }

struct Seen {
  std::size_t witnesses = 0;
  std::size_t rejudged = 0;
  std::vector<std::string> differences;  // "ann@x.test active none"
  std::size_t pages = 0;
  std::size_t changes = 0;  // that were applied
};

// All pages are read, and applied if `store` is told.
Seen Walk(Reader* reader, const RuleSet& rules, const SitePolicy& policy,
          Store* store) {
  Seen seen;
  MatchMemo memo;
  ReplayQuery query{&rules, &memo, &policy, Hour(100), {}};
  for (std::optional<AddressId> next = AddressId{}; next; ++seen.pages) {
    query.after = *next;
    const ReplayPage page = reader->Replay(query).value();
    seen.witnesses += page.witnesses;
    seen.rejudged += page.rejudged.size();
    for (const ListDifference& one : page.differences) {
      seen.differences.push_back(one.address + " " +
                                 std::string(StateName(one.before.state)) +
                                 " " + std::string(StateName(one.after.state)));
    }
    if (store != nullptr) {
      const Write write[] = {
          Replay{page.rejudged, page.different, rules.hash()}};
      const auto outcomes = store->Apply(write, Hour(100)).value();
      seen.changes += outcomes.at(0).value().changes.size();
    }
    next = page.next;
  }
  return seen;
}
Seen Show(Reader* reader, const RuleSet& rules) {
  return Walk(reader, rules, *PolicyWithoutProof(), nullptr);
}
Seen Do(Reader* reader, Store* store, const RuleSet& rules) {
  return Walk(reader, rules, *PolicyWithoutProof(), store);
}

TEST_P(StoreContract, WhatWasJudgedByTheSameRulesStaysAsItIs) {
  const RuleSet rules = RulesWith("");
  ApplyOne(ReportOf("one", {Hard("ann@x.test"), Soft("joe@x.test")}));
  Do(reader_.get(), store_.get(), rules);
  const Seen again = Show(reader_.get(), rules);
  EXPECT_EQ(again.witnesses, 2u);
  EXPECT_EQ(again.rejudged, 0u);
  EXPECT_TRUE(again.differences.empty());
}

TEST_P(StoreContract, ARuleIsShownAppliedAndTakenBack) {
  const RuleSet rules = RulesWith("");
  const RuleSet other = OtherRules();
  ApplyOne(ReportOf("one", {Hard("ann@x.test"), Hard("joe@x.test")}));
  Do(reader_.get(), store_.get(), rules);
  const std::vector<std::string> gone = {"ann@x.test active none",
                                         "joe@x.test active none"};

  EXPECT_EQ(Show(reader_.get(), other).differences, gone);
  EXPECT_EQ(StateOf("ann@x.test"), ListState::kActive);

  EXPECT_EQ(Do(reader_.get(), store_.get(), other).differences, gone);
  EXPECT_EQ(StateOf("ann@x.test"), ListState::kNone);
  const StoredEvent event = StoryOf("ann@x.test").events.at(0);
  EXPECT_EQ(event.event.reason, Reason::kSpamRejected);
  EXPECT_EQ(event.witnesses.at(0).witness.verdict.rule, "blame");
  const Seen again = Do(reader_.get(), store_.get(), other);
  EXPECT_EQ(again.rejudged, 0u);
  EXPECT_EQ(again.changes, 0u);

  Do(reader_.get(), store_.get(), rules);
  EXPECT_EQ(StateOf("ann@x.test"), ListState::kActive);
}

TEST_P(StoreContract, APageThatIsAppliedTwiceChangesNothingMore) {
  ApplyOne(ReportOf("one", {Hard("ann@x.test")}));
  const RuleSet rules = OtherRules();
  MatchMemo memo;
  const auto policy = PolicyWithoutProof();
  const ReplayPage page =
      reader_->Replay({&rules, &memo, policy.get(), Hour(100), {}}).value();
  const Replay replay{page.rejudged, page.different, rules.hash()};
  EXPECT_EQ(ApplyOne(replay).changes.size(), 1u);
  EXPECT_TRUE(ApplyOne(replay).changes.empty());
}

TEST_P(StoreContract, AnotherPolicyIsADifferenceWithoutAnotherVerdict) {
  const RuleSet rules = RulesWith("");
  ApplyOne(ReportOf("one", {Hard("ann@x.test")}));
  Do(reader_.get(), store_.get(), rules);
  auto policy = std::make_shared<SitePolicy>(*PolicyWithoutProof());
  policy->list.reasons[static_cast<std::size_t>(Reason::kNoSuchUser)].failures =
      2;
  store_->Use(policy);
  const Seen seen = Walk(reader_.get(), rules, *policy, store_.get());
  EXPECT_EQ(seen.rejudged, 0u);
  EXPECT_EQ(seen.differences,
            std::vector<std::string>{"ann@x.test active none"});
  EXPECT_EQ(StateOf("ann@x.test"), ListState::kNone);
}

TEST_P(StoreContract, AnEventIsWhatAllItsAccountsSayByNow) {
  Mail first = ReportOf("one", {Hard("ann@x.test")}, 1);
  Mail second = ReportOf("two", {Hard("ann@x.test")}, 2);
  second.witnesses[0].evidence.diagnostic = "550 5.1.1 no such user";
  for (Mail* mail : {&first, &second}) {
    mail->facts.reporting_mta = "mx.remote.test";
    mail->facts.queue_id = "4ABC";
    mail->facts.arrival_date = Hour(0);
  }
  Apply({first, second});
  ASSERT_EQ(StoryOf("ann@x.test").event_count, 1u);
  const Seen seen = Do(reader_.get(), store_.get(), OtherRules());
  // Only the time moves, to that of the account which still says so.
  EXPECT_EQ(seen.differences,
            std::vector<std::string>{"ann@x.test active active"});
  const StoredEvent event = StoryOf("ann@x.test").events.at(0);
  EXPECT_EQ(event.event.time, Hour(2));
  EXPECT_EQ(event.event.reason, Reason::kNoSuchUser);
  EXPECT_EQ(event.witnesses.at(0).witness.verdict.reason,
            Reason::kSpamRejected);
}

TEST_P(StoreContract, AComplaintStaysOneWhateverTheRulesSay) {
  Witness witness = Hard("ann@x.test");
  witness.verdict.reason = Reason::kComplaint;
  Mail complaint = ReportOf("one", {witness});
  complaint.kind = MailKind::kComplaint;
  ApplyOne(complaint);
  const Seen seen = Do(reader_.get(), store_.get(), OtherRules());
  EXPECT_EQ(seen.witnesses, 1u);
  EXPECT_EQ(seen.rejudged, 0u);
}

TEST_P(StoreContract, WhatWasUndoneStaysSoThroughAReplay) {
  const RuleSet rules = RulesWith("");
  ApplyOne(ReportOf("one", {Hard("ann@x.test")}));
  Undo undo;
  undo.actor = "ann";
  const Outcome undone = ApplyOne(undo);
  EXPECT_TRUE(
      Do(reader_.get(), store_.get(), OtherRules()).differences.empty());
  EXPECT_TRUE(Do(reader_.get(), store_.get(), rules).differences.empty());
  EXPECT_EQ(StateOf("ann@x.test"), ListState::kNone);

  undo.filter.action = undone.undone->action;
  ApplyOne(undo);
  EXPECT_EQ(StateOf("ann@x.test"), ListState::kActive);
}

TEST_P(StoreContract, ADeadDomainIsJudgedByItsFailures) {
  const auto policy = PolicyOfDeadDomains(2);
  store_->Use(policy);
  const RuleSet dead = RulesFor("no-such-domain");
  const RuleSet other = OtherRules();
  ApplyOne(ReportOf("one", {Hard("ann@x.test")}, 1), 1);
  ApplyOne(ReportOf("two", {Hard("joe@x.test")}, 25), 25);
  const auto walk = [&](const RuleSet& rules, Store* store) {
    return Walk(reader_.get(), rules, *policy, store);
  };
  const auto domain_state = [&] {
    const AddressStory story = StoryOf("new@x.test");
    return story.domain ? story.domain->state : ListState::kNone;
  };
  EXPECT_EQ(walk(dead, store_.get()).changes, 3u);
  EXPECT_EQ(domain_state(), ListState::kActive);
  EXPECT_TRUE(walk(dead, nullptr).differences.empty());

  const std::vector<std::string> gone = {"ann@x.test active none",
                                         "joe@x.test active none",
                                         "@x.test active none"};
  EXPECT_EQ(walk(other, nullptr).differences, gone);
  EXPECT_EQ(walk(other, store_.get()).differences, gone);
  EXPECT_EQ(domain_state(), ListState::kNone);
  EXPECT_TRUE(walk(other, nullptr).differences.empty());
}

TEST_P(StoreContract, TheGuardCountsNoFailureAgain) {
  auto policy = std::make_shared<SitePolicy>(*PolicyWithoutProof());
  policy->guard.failures = 2;
  store_->Use(policy);
  const auto bounce = [&](int from, int to) {
    std::size_t alarms = 0;
    for (int i = from; i < to; ++i) {
      const std::string name = "u" + std::to_string(i);
      alarms +=
          ApplyOne(ReportOf(name, {Hard(name + "@x.test")})).alarms.size();
    }
    return alarms;
  };
  const RuleSet rules = RulesWith("");
  EXPECT_EQ(bounce(0, 8), 0u);
  for (int i = 0; i < 3; ++i) {
    Do(reader_.get(), store_.get(), OtherRules());
    Do(reader_.get(), store_.get(), rules);
  }
  EXPECT_TRUE(reader_->Alarms().value().empty());
  EXPECT_EQ(StateOf("u0@x.test"), ListState::kActive);

  EXPECT_GE(bounce(8, 20), 1u);
  EXPECT_EQ(StateOf("u0@x.test"), ListState::kHeld);
  // What is in doubt stays so, in the preview too.
  EXPECT_TRUE(Walk(reader_.get(), rules, *policy, nullptr).differences.empty());
}

TEST_P(StoreContract, PagesReachEveryAddressOnce) {
  for (int i = 0; i < 450; ++i) {
    const std::string name = "u" + std::to_string(i);
    ApplyOne(ReportOf(name, {Hard(name + "@x.test"), Hard("ann@x.test")}));
  }
  const Seen seen = Show(reader_.get(), OtherRules());
  EXPECT_EQ(seen.witnesses, 900u);
  EXPECT_EQ(seen.differences.size(), 451u);
  EXPECT_GT(seen.pages, 1u);
}

TEST_P(StoreContract, AnAccountThatIsNotThereIsRefusedAlone) {
  const Rejudged nothing{MailId{77}, 0, Reason::kUnknown, Verdict()};
  const Write writes[] = {Replay{{nothing}, {}, "rules"},
                          ReportOf("one", {Hard("ann@x.test")})};
  const auto outcomes = store_->Apply(writes, Hour(100)).value();
  EXPECT_EQ(outcomes.at(0).error().code(), ErrorCode::kNotFound);
  EXPECT_TRUE(outcomes.at(1));
}

}  // namespace
}  // namespace postbounce
