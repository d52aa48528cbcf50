#include <gmock/gmock.h>

#include "tests/store/store_contract.h"

namespace postbounce {
namespace {

TEST_P(StoreContract, AHardFailureSuppressesItsAddress) {
  const Outcome outcome = ApplyOne(ReportOf("one", {Hard("joe@x.test")}, 2));
  EXPECT_FALSE(outcome.known);
  EXPECT_TRUE(outcome.mail.has_value());
  EXPECT_EQ(outcome.affected, 1u);
  ASSERT_EQ(outcome.changes.size(), 1u);
  EXPECT_EQ(outcome.changes[0].key,
            reader_->keys().KeyOf(AddressOf("joe@x.test")));
  EXPECT_EQ(outcome.changes[0].state, ListState::kActive);
  EXPECT_EQ(outcome.changes[0].until, std::nullopt);

  const AddressStory story = StoryOf("joe@x.test");
  EXPECT_EQ(story.address, "joe@x.test");
  EXPECT_EQ(story.decision.state, ListState::kActive);
  EXPECT_EQ(story.decision.reason, Reason::kNoSuchUser);
  EXPECT_EQ(story.decision.since, Hour(2));
  EXPECT_EQ(story.event_count, 1u);
  ASSERT_EQ(story.events.size(), 1u);
  EXPECT_EQ(story.decision.because, story.events[0].event.id);
}

TEST_P(StoreContract, NothingElseMovesTheList) {
  const Outcome outcome = ApplyOne(ReportOf(
      "soft", {Soft("a@x.test"), Delayed("b@x.test"),
               WitnessOf("c@x.test", Action::kOther, Reason::kComplaint)}));
  EXPECT_EQ(outcome.affected, 3u);
  EXPECT_TRUE(outcome.changes.empty());
  EXPECT_EQ(StateOf("a@x.test"), ListState::kNone);
  EXPECT_EQ(StoryOf("a@x.test").event_count, 1u);
  EXPECT_EQ(Count().suppressed, 0u);
}

TEST_P(StoreContract, TheSameMailAgainChangesNothing) {
  const Mail mail = ReportOf("same", {Hard("joe@x.test")});
  const Outcome first = ApplyOne(mail);
  const Totals before = Count();
  Mail again = mail;
  again.received = Hour(200);
  again.witnesses.push_back(Hard("other@x.test"));
  const Outcome second = ApplyOne(again);
  EXPECT_TRUE(second.known);
  EXPECT_EQ(second.mail, first.mail);
  EXPECT_EQ(second.affected, 0u);
  EXPECT_TRUE(second.changes.empty());
  EXPECT_EQ(Count().mails, before.mails);
  EXPECT_EQ(Count().witnesses, before.witnesses);
  EXPECT_EQ(StateOf("other@x.test"), ListState::kNone);
}

TEST_P(StoreContract, TheSameMailTwiceInOneGroupIsOne) {
  const Mail mail = ReportOf("same", {Hard("joe@x.test")});
  const std::vector<Outcome> outcomes = Apply({mail, mail});
  EXPECT_FALSE(outcomes[0].known);
  EXPECT_TRUE(outcomes[1].known);
  EXPECT_EQ(outcomes[0].mail, outcomes[1].mail);
}

TEST_P(StoreContract, AMailWithoutADateIsKnownAroundMidnight) {
  Mail mail = ReportOf("no date", {Hard("joe@x.test")}, 23);
  ApplyOne(mail);
  mail.date = mail.received = Hour(25);
  EXPECT_TRUE(ApplyOne(mail).known);
}

TEST_P(StoreContract, DigestsThatDifferInTheirLastByteAreTwoMails) {
  const Mail mail = ReportOf("twin", {});
  Mail twin = mail;
  twin.digest.back() ^= 1;
  const std::vector<Outcome> outcomes = Apply({mail, twin, mail, twin});
  EXPECT_NE(outcomes[0].mail, outcomes[1].mail);
  EXPECT_EQ(outcomes[2].mail, outcomes[0].mail);
  EXPECT_EQ(outcomes[3].mail, outcomes[1].mail);
}

TEST_P(StoreContract, SpellingsOfOneMailboxAreOneAddress) {
  ApplyOne(ReportOf("one", {Hard("Joe@X.test")}));
  ApplyOne(ReportOf("two", {Hard("joe@x.TEST")}));
  const AddressStory story = StoryOf("\"joe\"@x.test");
  EXPECT_EQ(story.address, "Joe@X.test");
  EXPECT_EQ(story.event_count, 2u);
  EXPECT_EQ(Count().suppressed, 1u);
}

TEST_P(StoreContract, TwoBlocksForOneAddressAreOneEvent) {
  ApplyOne(ReportOf("double", {Soft("joe@x.test"), Hard("Joe@x.test")}));
  const AddressStory story = StoryOf("joe@x.test");
  ASSERT_EQ(story.event_count, 1u);
  EXPECT_EQ(story.events[0].witnesses.size(), 2u);
  EXPECT_EQ(story.events[0].event.reason, Reason::kNoSuchUser);
  EXPECT_EQ(story.decision.state, ListState::kActive);
}

TEST_P(StoreContract, ADelayAndTheFailureOfOneMessageAreOneEvent) {
  Mail delay = ReportOf("delay", {Delayed("joe@x.test")}, 4);
  delay.facts.original_message_id = "<1@local.test>";
  Mail failure = ReportOf("failure", {Hard("joe@x.test")}, 30);
  failure.facts.original_message_id = "<1@local.test>";
  ApplyOne(delay);
  const EventId id = StoryOf("joe@x.test").events.at(0).event.id;
  ApplyOne(failure);
  const AddressStory story = StoryOf("joe@x.test");
  ASSERT_EQ(story.event_count, 1u);
  EXPECT_EQ(story.events[0].event.id, id);
  EXPECT_EQ(story.events[0].event.action, Action::kFailed);
  EXPECT_EQ(story.decision.since, Hour(30));
  ASSERT_EQ(story.events[0].witnesses.size(), 2u);
  EXPECT_EQ(story.events[0].witnesses[0].received, Hour(4));
}

TEST_P(StoreContract, AnotherRecipientOfTheMessageIsAnotherEvent) {
  Mail one = ReportOf("one", {Soft("joe@x.test")});
  one.facts.original_message_id = "<1@local.test>";
  Mail two = ReportOf("two", {Hard("jane@x.test")});
  two.facts.original_message_id = "<1@local.test>";
  Apply({one, two});
  EXPECT_EQ(StateOf("joe@x.test"), ListState::kNone);
  EXPECT_EQ(StateOf("jane@x.test"), ListState::kActive);
  EXPECT_EQ(Count().events, 2u);
}

TEST_P(StoreContract, AWitnessOfTwoEventsMergesThem) {
  Mail by_queue_id = ReportOf("a", {Hard("joe@x.test")}, 1);
  by_queue_id.facts.reporting_mta = "mx.local.test";
  by_queue_id.facts.queue_id = "4XyZ12abc";
  Mail by_message_id = ReportOf("b", {Hard("joe@x.test")}, 2);
  by_message_id.facts.original_message_id = "<1@local.test>";
  Mail both = ReportOf("c", {Soft("joe@x.test")}, 3);
  both.facts = by_queue_id.facts;
  both.facts.original_message_id = "<1@local.test>";
  Apply({by_queue_id, by_message_id});
  EXPECT_EQ(StoryOf("joe@x.test").event_count, 2u);
  ApplyOne(both);
  AddressStory story = StoryOf("joe@x.test");
  ASSERT_EQ(story.event_count, 1u);
  EXPECT_EQ(story.events[0].witnesses.size(), 3u);
  EXPECT_EQ(story.decision.since, Hour(1));

  // What is linked to the event that is no more comes to the one that is.
  Mail later = ReportOf("d", {Hard("joe@x.test")}, 4);
  later.facts.original_message_id = "<1@local.test>";
  ApplyOne(later);
  story = StoryOf("joe@x.test");
  ASSERT_EQ(story.event_count, 1u);
  EXPECT_EQ(story.events[0].witnesses.size(), 4u);
  EXPECT_EQ(Count().events, 1u);
}

TEST_P(StoreContract, ThreeEventsMergeIntoOneInTwoSteps) {
  const auto linked = [](const char* name, const char* queue_id,
                         const char* message_id, const char* envelope_id) {
    Mail mail = ReportOf(name, {Hard("joe@x.test")});
    mail.facts.reporting_mta = "mx.local.test";
    mail.facts.arrival_date = Hour(1);
    mail.facts.queue_id = queue_id;
    mail.facts.original_message_id = message_id;
    mail.facts.envelope_id = envelope_id;
    return mail;
  };
  Apply({linked("a", "Q1", "", ""), linked("b", "", "M1", ""),
         linked("c", "Q9", "", "E1")});
  EXPECT_EQ(StoryOf("joe@x.test").event_count, 3u);
  Apply({linked("d", "", "M1", "E1")});
  EXPECT_EQ(StoryOf("joe@x.test").event_count, 2u);
  Apply({linked("e", "Q1", "M1", ""), linked("f", "Q9", "", "")});
  const AddressStory story = StoryOf("joe@x.test");
  ASSERT_EQ(story.event_count, 1u);
  EXPECT_EQ(story.events[0].witnesses.size(), 6u);
}

TEST_P(StoreContract, AReportThatComesLateIsOfItsOwnDate) {
  Mail mail = ReportOf("late", {Hard("joe@x.test")}, 3);
  mail.received = Hour(50);
  ApplyOne(mail);
  EXPECT_EQ(StoryOf("joe@x.test").decision.since, Hour(3));
}

TEST_P(StoreContract, AReportFromTheFutureIsOfTheTimeItCame) {
  Mail mail = ReportOf("future", {Hard("joe@x.test")}, 3);
  mail.date = Hour(1'000'000);
  ApplyOne(mail);
  EXPECT_EQ(StoryOf("joe@x.test").decision.since, Hour(3));
}

// Else nobody would look again when its time has come.
TEST_P(StoreContract, AClockSetBackHidesNoSuppression) {
  ApplyOne(ReportOf("one", {Hard("joe@x.test")}, 9), 3);
  EXPECT_EQ(StateOf("joe@x.test"), ListState::kActive);
  EXPECT_EQ(StoryOf("joe@x.test").decision.since, Hour(3));
}

TEST_P(StoreContract, AnUnreadableRecipientIsKeptAsAWitnessAlone) {
  Witness witness = Hard("joe@x.test");
  witness.mailed.reset();
  Mail mail = ReportOf("unreadable", {witness});
  mail.for_people = true;
  const Outcome outcome = ApplyOne(mail);
  EXPECT_EQ(outcome.affected, 1u);
  EXPECT_TRUE(outcome.changes.empty());
  EXPECT_EQ(Count().witnesses, 1u);
  EXPECT_EQ(Count().events, 0u);
}

TEST_P(StoreContract, AnItemThatFailsLeavesNothingAndTheOthersStay) {
  Mail broken = ReportOf("broken", {Hard("a@x.test"), Hard("b@x.test")});
  broken.witnesses[1].ordinal = 0;  // two witnesses cannot be the same one
  const std::vector<Write> writes = {ReportOf("good", {Hard("c@x.test")}),
                                     broken, MarkForwarded{MailId{4711}},
                                     ReportOf("fine", {Hard("d@x.test")})};
  const auto outcomes = store_->Apply(writes, Hour(100)).value();
  ASSERT_EQ(outcomes.size(), 4u);
  EXPECT_TRUE(outcomes[0].has_value());
  ASSERT_FALSE(outcomes[1].has_value());
  EXPECT_EQ(outcomes[1].error().code(), ErrorCode::kConflict);
  ASSERT_FALSE(outcomes[2].has_value());
  EXPECT_EQ(outcomes[2].error().code(), ErrorCode::kNotFound);
  EXPECT_TRUE(outcomes[3].has_value());

  EXPECT_EQ(StateOf("a@x.test"), ListState::kNone);
  EXPECT_EQ(StoryOf("a@x.test").event_count, 0u);
  EXPECT_EQ(StateOf("c@x.test"), ListState::kActive);
  EXPECT_EQ(StateOf("d@x.test"), ListState::kActive);
  EXPECT_EQ(Count().mails, 2u);
  // Not even its digest: the mail put right is no duplicate.
  broken.witnesses[1].ordinal = 1;
  EXPECT_FALSE(ApplyOne(broken).known);
  EXPECT_EQ(Count().suppressed, 4u);
}

TEST_P(StoreContract, AnEmptyGroupIsFine) {
  EXPECT_TRUE(Apply({}).empty());
  EXPECT_EQ(Count().mails, 0u);
}

TEST_P(StoreContract, WhatWasAppliedIsThereAfterReopening) {
  ApplyOne(ReportOf("one", {Hard("joe@x.test")}));
  ASSERT_TRUE(store_->Checkpoint().has_value());
  ApplyOne(ReportOf("two", {Hard("jane@x.test")}));
  Reopen();
  EXPECT_EQ(StateOf("joe@x.test"), ListState::kActive);
  EXPECT_EQ(StateOf("jane@x.test"), ListState::kActive);
  EXPECT_TRUE(ApplyOne(ReportOf("one", {Hard("joe@x.test")})).known);
}

TEST_P(StoreContract, AChangeIsReportedOnlyWhenThereIsOne) {
  EXPECT_EQ(ApplyOne(ReportOf("b", {Hard("joe@x.test")}, 5)).changes.size(),
            1u);
  // A later failure says nothing new; an earlier one moves `since`.
  EXPECT_TRUE(ApplyOne(ReportOf("c", {Hard("joe@x.test")}, 6)).changes.empty());
  EXPECT_EQ(ApplyOne(ReportOf("a", {Hard("joe@x.test")}, 4)).changes.size(),
            1u);
  EXPECT_EQ(StoryOf("joe@x.test").decision.since, Hour(4));
}

}  // namespace
}  // namespace postbounce
