#include "store/correlate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "tests/store/samples.h"

namespace postbounce {
namespace {

// True when the two mails are of one message as far as their links say.
bool ShareALink(const Mail& a, const Mail& b) {
  for (const Link& x : LinksOf(a)) {
    for (const Link& y : LinksOf(b)) {
      if (x.kind == y.kind && x.hash == y.hash &&
          std::abs(x.day - y.day) <= kLinkDays) {
        return true;
      }
    }
  }
  return false;
}

Mail FullReport() {
  Mail mail = ReportOf("full", {});
  mail.facts.reporting_mta = "mx1.local.test";
  mail.facts.queue_id = "4XyZ12abc";
  mail.facts.original_message_id = "<1@local.test>";
  mail.facts.envelope_id = "campaign-7";
  mail.facts.arrival_date = Hour(1);
  return mail;
}

TEST(LinksOfTest, AFullReportHasOneLinkOfEachKind) {
  const std::vector<Link> links = LinksOf(FullReport());
  ASSERT_EQ(links.size(), 3u);
  EXPECT_EQ(links[0].kind, LinkKind::kQueueId);
  EXPECT_EQ(links[1].kind, LinkKind::kMessageId);
  EXPECT_EQ(links[2].kind, LinkKind::kEnvelopeId);
  EXPECT_EQ(links[0].day, 20778);  // 2026-11-21
  EXPECT_NE(links[0].hash, links[1].hash);
  EXPECT_NE(links[1].hash, links[2].hash);
}

TEST(LinksOfTest, AMailWithoutFactsHasNone) {
  EXPECT_TRUE(LinksOf(ReportOf("bare", {})).empty());
  Mail blank = ReportOf("blank", {});
  blank.facts.reporting_mta = "mx1.local.test";
  blank.facts.queue_id = " ";
  blank.facts.original_message_id = "<>";
  EXPECT_TRUE(LinksOf(blank).empty());
}

TEST(LinksOfTest, AQueueIdMeansNothingWithoutItsHost) {
  Mail mail = ReportOf("no host", {});
  mail.facts.queue_id = "4XyZ12abc";
  EXPECT_TRUE(LinksOf(mail).empty());
}

TEST(LinksOfTest, TheDayIsTheArrivalDatesElseTheMails) {
  Mail mail = FullReport();
  mail.date = Hour(72);
  EXPECT_EQ(LinksOf(mail)[0].day, 20778);
  mail.facts.arrival_date.reset();
  EXPECT_EQ(LinksOf(mail)[0].day, 20778 + 3);
}

TEST(LinksOfTest, OneFactInCommonJoinsTheRightMailsOnly) {
  struct Case {
    const char* name;
    std::function<void(Facts*)> change;
    bool want;
  };
  const auto only_queue_id = [](Facts* facts) {
    facts->original_message_id.clear();
    facts->envelope_id.clear();
  };
  const auto only_message_id = [](Facts* facts) {
    facts->queue_id.clear();
    facts->envelope_id.clear();
  };
  const auto only_envelope_id = [](Facts* facts) {
    facts->queue_id.clear();
    facts->original_message_id.clear();
  };
  const std::vector<Case> cases = {
      {"queue id", only_queue_id, true},
      {"host in capitals",
       [&](Facts* facts) {
         only_queue_id(facts);
         facts->reporting_mta = "MX1.Local.Test.";
       },
       true},
      {"same queue id elsewhere",
       [&](Facts* facts) {
         only_queue_id(facts);
         facts->reporting_mta = "mx2.local.test";
       },
       false},
      {"queue id in other case",
       [&](Facts* facts) {
         only_queue_id(facts);
         facts->queue_id = "4XYZ12ABC";
       },
       false},
      {"a day later",
       [&](Facts* facts) {
         only_queue_id(facts);
         facts->arrival_date = Hour(25);
       },
       true},
      {"two days later",
       [&](Facts* facts) {
         only_queue_id(facts);
         facts->arrival_date = Hour(49);
       },
       false},
      {"Message-ID, other host",
       [&](Facts* facts) {
         only_message_id(facts);
         facts->reporting_mta = "mx.remote.test";
       },
       true},
      {"Message-ID without brackets",
       [&](Facts* facts) {
         only_message_id(facts);
         facts->original_message_id = " 1@local.test ";
       },
       true},
      {"ENVID of the same arrival", only_envelope_id, true},
      {"ENVID of another arrival",
       [&](Facts* facts) {
         only_envelope_id(facts);
         facts->arrival_date = Hour(2);
       },
       false},
      {"ENVID without an arrival",
       [&](Facts* facts) {
         only_envelope_id(facts);
         facts->arrival_date.reset();
       },
       false},
      {"ENVID at another host",
       [&](Facts* facts) {
         only_envelope_id(facts);
         facts->reporting_mta = "mx2.local.test";
       },
       false},
  };
  for (const Case& row : cases) {
    SCOPED_TRACE(row.name);
    Mail other = FullReport();
    row.change(&other.facts);
    EXPECT_EQ(ShareALink(FullReport(), other), row.want);
  }
}

Event EventWith(std::int64_t id, Witness witness, int hour = 1) {
  witness.binding.time = Hour(hour);
  witness.binding.standing = Standing::kCounts;
  Event event = EventOf(witness);
  event.id = EventId{id};
  return event;
}

TEST(CorrelateTest, AllOutcomesOfOneMessageAreOneEventTheOldestFirst) {
  const std::vector<Event> candidates = {EventWith(9, Hard("a@x.test")),
                                         EventWith(4, Delayed("a@x.test"))};
  const std::vector<Event> same = Correlate(Soft("a@x.test"), candidates);
  ASSERT_EQ(same.size(), 2u);
  EXPECT_EQ(same[0].id, EventId{4});
  EXPECT_EQ(same[1].id, EventId{9});
  EXPECT_TRUE(Correlate(Soft("a@x.test"), {}).empty());
}

TEST(CorrelateTest, AComplaintJoinsComplaintsAlone) {
  const Witness complaint =
      WitnessOf("a@x.test", Action::kOther, Reason::kComplaint);
  const Witness reply =
      WitnessOf("a@x.test", Action::kOther, Reason::kAutoReply);
  const std::vector<Event> candidates = {EventWith(1, Hard("a@x.test")),
                                         EventWith(2, complaint),
                                         EventWith(3, reply)};
  EXPECT_THAT(Correlate(complaint, candidates),
              testing::ElementsAre(candidates[1]));
  EXPECT_THAT(Correlate(reply, candidates),
              testing::ElementsAre(candidates[2]));
  EXPECT_THAT(Correlate(Soft("a@x.test"), candidates),
              testing::ElementsAre(candidates[0]));
}

TEST(ReviseTest, TheWeightierOutcomeStaysWithItsTime) {
  const auto witness = [](Action action, Reason reason) {
    return WitnessOf("a@x.test", action, reason);
  };
  // Each outweighs the one before.
  const std::vector<Witness> by_weight = {
      witness(Action::kOther, Reason::kUnknown),
      witness(Action::kDelayed, Reason::kDelayed),
      witness(Action::kExpanded, Reason::kExpanded),
      witness(Action::kRelayed, Reason::kRelayed),
      witness(Action::kDelivered, Reason::kDelivered),
      witness(Action::kFailed, Reason::kAlreadySuppressed),
      witness(Action::kFailed, Reason::kUnknown),
      witness(Action::kFailed, Reason::kMailboxFull),
      witness(Action::kFailed, Reason::kSpamRejected),
      witness(Action::kFailed, Reason::kMailboxDisabled),
      witness(Action::kFailed, Reason::kNoSuchUser),
  };
  for (std::size_t light = 0; light < by_weight.size(); ++light) {
    for (std::size_t heavy = light + 1; heavy < by_weight.size(); ++heavy) {
      SCOPED_TRACE(testing::Message() << light << " and " << heavy);
      const Event a = EventWith(1, by_weight[light], 1);
      const Event b = EventWith(2, by_weight[heavy], 2);
      Event want = b;
      EXPECT_EQ(Revise(b, a), want);
      want.id = a.id;
      EXPECT_EQ(Revise(a, b), want);
    }
  }
}

TEST(CorrelateTest, TwoMessagesOfTheLogsAreNeverOneEvent) {
  Witness witness = Hard("a@x.test");
  witness.binding.message = MessageRef{1, Hour(1)};
  const Event same = EventWith(3, witness);
  witness.binding.message = MessageRef{2, Hour(1)};
  const Event other_id = EventWith(4, witness);
  witness.binding.message = MessageRef{1, Hour(9)};
  const Event other_time = EventWith(5, witness);
  const Event not_known = EventWith(6, Hard("a@x.test"));
  witness.binding.message = MessageRef{1, Hour(1)};
  const std::vector<Event> found = Correlate(
      witness, std::vector<Event>{same, other_id, other_time, not_known});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].id, same.id);
}

TEST(ReviseTest, OneThatCountsOutweighsOneThatDoesNot) {
  Event counts = EventWith(1, Soft("a@x.test"));
  Event forged = EventWith(1, Hard("a@x.test"));
  for (const Standing standing : {Standing::kUnproven, Standing::kUntrusted,
                                  Standing::kTooOld, Standing::kNotOurs}) {
    SCOPED_TRACE(StandingName(standing));
    forged.standing = standing;
    EXPECT_EQ(Revise(counts, forged), counts);
    EXPECT_EQ(Revise(forged, counts), counts);
  }
}

TEST(ReviseTest, KeepsWhatOnlyOneAccountKnows) {
  Event log = EventWith(1, Hard("a@x.test"));
  log.message = MessageRef{1, Hour(1)};
  log.scope = "shop";
  Event report = EventWith(1, Soft("a@x.test"));
  report.after_acceptance = true;
  for (const Event& revised : {Revise(log, report), Revise(report, log)}) {
    EXPECT_EQ(revised.reason, Reason::kNoSuchUser);
    EXPECT_EQ(revised.message, log.message);
    EXPECT_EQ(revised.scope, "shop");
    EXPECT_TRUE(revised.after_acceptance);
  }
}

TEST(ReviseTest, OfEqualAccountsTheEarlierTimeStays) {
  const Event early = EventWith(1, Hard("a@x.test"), 1);
  const Event late = EventWith(1, Hard("a@x.test"), 2);
  EXPECT_EQ(Revise(early, late), early);
  EXPECT_EQ(Revise(late, early), early);
}

TEST(EventOfTest, SaysWhatItsWitnessSays) {
  Witness witness = Hard("a@x.test");
  witness.binding = {Hour(3), Proof::kWeak, Standing::kNotOurs,    true,
                     "shop",  "mx.x.test",  MessageRef{7, Hour(2)}};
  witness.verdict.wants_second_day = true;
  const Event event = EventOf(witness);
  EXPECT_EQ(event.id, EventId{});
  EXPECT_EQ(event.standing, Standing::kNotOurs);
  EXPECT_TRUE(event.after_acceptance);
  EXPECT_TRUE(event.wants_second_day);
  EXPECT_EQ(event.scope, "shop");
  EXPECT_EQ(event.relay, "mx.x.test");
  EXPECT_EQ(event.message, (MessageRef{7, Hour(2)}));
  EXPECT_EQ(event.time, Hour(3));
  EXPECT_EQ(event.action, Action::kFailed);
  EXPECT_EQ(event.reason, Reason::kNoSuchUser);
  EXPECT_EQ(event.reason_class, ReasonClass::kHard);
  EXPECT_TRUE(event.permanent);
}

}  // namespace
}  // namespace postbounce
