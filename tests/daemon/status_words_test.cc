#include "daemon/status_words.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "tests/store/samples.h"

namespace postbounce {
namespace {

StoredEvent FailureOf(Witness witness, Standing standing) {
  StoredEvent stored;
  stored.event.time = Hour(1);
  stored.event.action = witness.evidence.action;
  stored.event.reason = witness.verdict.reason;
  stored.event.reason_class = witness.verdict.reason_class;
  stored.event.standing = standing;
  stored.witnesses.push_back({MailId{1}, Hour(1), std::move(witness), Facts()});
  return stored;
}

TEST(WhyNotTest, NamesWhatIsMissing) {
  SitePolicy policy = *PolicyWithoutProof();
  policy.origin = Origin({{"local.test"}, {}, {}});
  const auto of = [](Standing standing, const char* address = "joe@x.test") {
    return FailureOf(Hard(address), standing);
  };
  StoredEvent with_ids = of(Standing::kUnproven);
  with_ids.witnesses[0].facts.queue_id = "3D5";
  with_ids.witnesses[0].facts.original_message_id = "<1@l>";
  with_ids.witnesses[0].facts.reporting_mta = "mx.far.test";
  StoredEvent shared = of(Standing::kUnproven);
  Binding& binding = shared.witnesses[0].witness.binding;
  binding.proof = Proof::kWeak;
  StoredEvent unsigned_verp = shared;
  binding.message = MessageRef{1, Hour(0)};
  binding.relay = "mx.x.test";
  shared.witnesses[0].facts.client_name = "evil.test";
  StoredEvent passed_on = of(Standing::kNotOurs);
  passed_on.event.scope = "other.test";
  StoredEvent undone = of(Standing::kCounts);
  undone.event.is_void = true;
  StoredEvent released = undone;
  undone.voided_by = ActionId{7};
  StoredEvent held = of(Standing::kCounts);
  held.event.is_held = true;
  const struct {
    StoredEvent event;
    const char* want;  // part of it; empty: it counts
  } kCases[] = {
      {of(Standing::kCounts), ""},
      {FailureOf(Delayed("joe@x.test"), Standing::kUnproven), ""},
      {of(Standing::kUnproven), "does not say which mail"},
      {with_ids, "queue id 3D5, Message-ID <1@l>, reported by mx.far.test"},
      {unsigned_verp, "not signed"},
      {shared, "evil.test sent it, mx.x.test took it"},
      {of(Standing::kNotOurs, "ann@local.test"), "this site's own"},
      {passed_on, "mail of other.test that this site only passed on"},
      {of(Standing::kNotOurs), "mail without a sender"},
      {of(Standing::kUntrusted), "not trusted"},
      {of(Standing::kTooOld), "more than 14d before"},
      {undone, "action 7 has undone it"},
      {released, "alarm of the outage guard covers it and was released"},
      {held, "outage guard"},
      {FailureOf(Soft("joe@x.test"), Standing::kCounts),
       "mailbox-full never suppresses"},
      {FailureOf(WitnessOf("joe@x.test", Action::kFailed, Reason::kIpBlocked),
                 Standing::kCounts),
       "nothing about the address"},
  };
  for (const auto& one : kCases) {
    const std::string got = WhyNot(one.event, policy);
    SCOPED_TRACE(got);
    EXPECT_EQ(got.empty(), *one.want == '\0');
    EXPECT_NE(got.find(one.want), std::string::npos) << one.want;
  }
}

StatusReport ReportWith(const std::function<void(StatusReport*)>& change) {
  StatusReport report;
  change(&report);
  return report;
}

void Suppress(StatusReport* report) {
  report->story.decision.state = ListState::kActive;
}

void ExpireAndThenWait(StatusReport* report) {
  Suppress(report);
  report->story.decision.until = Hour(24);
  report->outlooks = {{"", true, {}}};
}

void Contradict(StatusReport* report) {
  Suppress(report);
  report->story.decision.contradicted = Hour(3);
}

void Allow(StatusReport* report) {
  Suppress(report);
  report->story.domain_allowed.emplace();
}

void SuppressDomain(StatusReport* report) {
  report->story.address = "joe@dead.test";
  report->story.domain.emplace().state = ListState::kActive;
}

void SuppressScope(StatusReport* report) {
  Decision news;
  news.scope = "news";
  news.state = ListState::kActive;
  report->story.scoped = {news};
}

void Hold(StatusReport* report) {
  report->story.decision.state = ListState::kHeld;
  report->held_by = MakeAlarm({GuardKind::kDomain, "x.test"}, Hour(1), {});
  report->held_by->id = AlarmId{3};
}

void HoldScope(StatusReport* report) {
  Hold(report);
  SuppressScope(report);
  report->story.decision.state = ListState::kNone;
  report->story.scoped[0].state = ListState::kHeld;
}

void Count(StatusReport* report) {
  using std::chrono::days;
  report->outlooks = {{"news", true, {}},
                      {"",
                       false,
                       {{Reason::kMailboxFull, 2, 5, days(3), days(14)},
                        {Reason::kMailboxDisabled, 1, 2, days(0), days(0)}}}};
}

void CountLong(StatusReport* report) {
  Count(report);
  report->outlooks[1].tallies.pop_back();
}

void CountInScope(StatusReport* report) {
  using std::chrono::days;
  report->outlooks = {
      {"shop", false, {{Reason::kRecipientRefused, 2, 5, days(15), days(14)}}}};
}

void CountThoughDelivered(StatusReport* report) {
  CountInScope(report);
  report->settles = std::chrono::days(5);
}

void CountComplaints(StatusReport* report) {
  CountThoughDelivered(report);
  report->outlooks[0].tallies[0].reason = Reason::kComplaint;
}

void WaitOnProbation(StatusReport* report) {
  report->outlooks = {{"", true, {}}};
}

void WaitUntilDelivered(StatusReport* report) {
  WaitOnProbation(report);
  report->settles = std::chrono::seconds(0);
}

void HaveOneThatDoesNotCount(StatusReport* report) {
  report->story.events = {FailureOf(Hard("joe@x.test"), Standing::kUnproven)};
  report->why_not = {"it is so"};
}

void HaveOneOfOthers(StatusReport* report) {
  report->story.events = {FailureOf(Hard("joe@x.test"), Standing::kNotOurs)};
  report->why_not = {"it is so"};
}

TEST(NextOfTest, SaysWhatWouldChangeIt) {
  const struct {
    void (*change)(StatusReport*);
    const char* word;
    const char* part;
  } kCases[] = {
      {[](StatusReport*) {}, "nothing", "nothing counts against it"},
      {Suppress, "stays", "until somebody removes it"},
      {ExpireAndThenWait, "expires",
       "until 2026-11-22T00:00:00Z; after that one failure suppresses it "
       "again"},
      {Contradict, "stays", "took mail for it at 2026-11-21T03:00:00Z"},
      {Allow, "allowed", "on the allow-list until `postbounce allow --remove`"},
      {SuppressDomain, "domain", "`postbounce remove @dead.test` ends it"},
      {SuppressScope, "scope", "mail of news is stopped"},
      {Hold, "held", "held by alarm 3 (domain x.test)"},
      {Count, "counting", "mailbox-disabled: failures on 1 of 2 days counted;"},
      {CountLong, "counting",
       "mailbox-full: failures on 2 of 5 days counted, over 3 of 14 days"},
      {HoldScope, "held", "held by alarm 3 (domain x.test)"},
      {CountInScope, "counting",
       "of mail of shop, recipient-refused: failures on 2 of 5 days counted, "
       "over 14 of 14 days; when all are reached it is suppressed$"},
      {CountThoughDelivered, "counting",
       "; mail that is delivered and does not come back within 5d starts the "
       "count again$"},
      {CountComplaints, "counting", "it is suppressed$"},
      {WaitOnProbation, "probation",
       "one more failure suppresses it again, for longer$"},
      {WaitUntilDelivered, "probation",
       "for longer; mail that is delivered ends that$"},
      {HaveOneThatDoesNotCount, "unproven",
       "the last failure is unproven: the log of the host"},
      {HaveOneOfOthers, "not-ours", "does not count: it is so"},
  };
  for (const auto& one : kCases) {
    const NextStep next = NextOf(ReportWith(one.change));
    SCOPED_TRACE(next.sentence);
    EXPECT_EQ(next.word, one.word);
    // "$" is the end.
    EXPECT_NE((next.sentence + "$").find(one.part), std::string::npos)
        << one.part;
  }
}

}  // namespace
}  // namespace postbounce
