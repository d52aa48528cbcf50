#include <gmock/gmock.h>

#include <algorithm>

#include "tests/store/store_contract.h"

namespace postbounce {
namespace {

TEST_P(StoreContract, AnUnknownAddressHasAnEmptyStory) {
  const AddressStory story = StoryOf("Nobody@X.test");
  EXPECT_EQ(story.address, "Nobody@X.test");
  EXPECT_EQ(story.decision, Decision());
  EXPECT_EQ(story.event_count, 0u);
  EXPECT_TRUE(story.events.empty());
}

TEST_P(StoreContract, AWitnessComesBackAsItWasWithTheFactsOfItsMail) {
  Witness witness = Hard("joe@x.test");
  witness.original_recipient = "rfc822;Joe@X.test";
  witness.evidence.diagnostic = std::string("550 \0 caf\xc3\xa9\n\"x\"", 16);
  witness.verdict.words = "no such";
  Mail mail = ReportOf("whole", {Soft("jane@x.test"), witness}, 7);
  mail.facts.route = Route::kMilter;
  mail.facts.envelope_sender = "a@b";
  mail.facts.reporting_mta = "mx.local.test";
  mail.facts.queue_id = "4XyZ12abc";
  mail.facts.arrival_date = Hour(6);
  mail.facts.received_ids = {"A", "B"};
  mail.facts.original_fields = {{"X-Campaign", "7"}};
  const Outcome outcome = ApplyOne(mail);

  const AddressStory story = StoryOf("joe@x.test");
  ASSERT_EQ(story.events.size(), 1u);
  ASSERT_EQ(story.events[0].witnesses.size(), 1u);
  const StoredWitness& stored = story.events[0].witnesses[0];
  EXPECT_EQ(stored.mail, outcome.mail);
  EXPECT_EQ(stored.received, Hour(7));
  witness.ordinal = 1;
  witness.reported = witness.mailed;
  witness.binding.time = Hour(7);
  witness.binding.standing = Standing::kCounts;
  witness.binding.scope = "local.test";
  witness.binding.relay = "mx.remote.test";
  EXPECT_EQ(stored.witness, witness);
  EXPECT_EQ(stored.facts, mail.facts);
}

TEST_P(StoreContract, AStoryIsNewestFirstAndBounded) {
  for (const int hour : {3, 9, 1, 7, 5}) {
    ApplyOne(ReportOf(std::to_string(hour), {Soft("joe@x.test")}, hour));
  }
  const AddressStory story =
      reader_->Status(AddressOf("joe@x.test"), 3).value();
  EXPECT_EQ(story.event_count, 5u);
  ASSERT_EQ(story.events.size(), 3u);
  EXPECT_EQ(story.events[0].event.time, Hour(9));
  EXPECT_EQ(story.events[1].event.time, Hour(7));
  EXPECT_EQ(story.events[2].event.time, Hour(5));
}

TEST_P(StoreContract, AStoryCountsFailuresByWhetherTheyMayCount) {
  SitePolicy policy = *PolicyWithoutProof();
  policy.is_proof_required = true;
  policy.origin = Origin({{"local.test"}, {}, {}});
  store_->Use(std::make_shared<SitePolicy>(policy));
  Mail proven = ReportOf("b", {Hard("joe@x.test")}, 5);
  proven.facts.is_local_origin = true;
  Apply({ReportOf("a", {Hard("joe@x.test")}, 9), proven,
         ReportOf("c", {Delayed("joe@x.test")}, 12),
         ReportOf("d", {Hard("ann@local.test")}, 3)});
  const AddressStory joe = StoryOf("joe@x.test");
  EXPECT_EQ(joe.event_count, 3u);
  EXPECT_EQ(joe.failures.Of(Standing::kCounts), 1u);
  EXPECT_EQ(joe.failures.Of(Standing::kUnproven), 1u);
  EXPECT_EQ(joe.failures.last, Hour(9));
  EXPECT_EQ(joe.decisive.size(), 1u);
  EXPECT_EQ(StoryOf("ann@local.test").failures.Of(Standing::kNotOurs), 1u);

  Undo undo;
  undo.filter.reason = Reason::kNoSuchUser;
  undo.actor = "ann";
  Apply({undo});
  const AddressStory after = StoryOf("joe@x.test");
  EXPECT_EQ(after.failures.Of(Standing::kCounts), 0u);
  EXPECT_EQ(after.failures.undone, 1u);
  EXPECT_TRUE(
      reader_->Status(AddressOf("joe@x.test"), 0).value().decisive.empty());
}

TEST_P(StoreContract, NamesTheHostsWhoseFailuresNoLogCanProve) {
  SitePolicy policy = *PolicyWithoutProof();
  policy.is_proof_required = true;
  store_->Use(std::make_shared<SitePolicy>(policy));
  std::vector<Write> writes;
  for (int i = 0; i < 9; ++i) {
    const std::string n = std::to_string(i);
    Mail report = ReportOf(n, {Hard("u" + n + "@x.test")});
    report.facts.reporting_mta = i < 3 ? "MX.far.test" : "mx" + n + ".test";
    report.facts.is_local_origin = i == 8;
    writes.push_back(report);
  }
  Apply(writes);
  EXPECT_EQ(Count().failures, 9u);
  EXPECT_EQ(Count().unproven, 8u);
  const std::vector<UnknownHost> want = {{"mx.far.test", 3},
                                         {"mx3.test", 1},
                                         {"mx4.test", 1},
                                         {"mx5.test", 1},
                                         {"mx6.test", 1}};
  EXPECT_EQ(reader_->UnknownHosts().value(), want);
}

TEST_P(StoreContract, AnEntryOfTheListShowsTheWitnessThatDecided) {
  Mail first = ReportOf("first", {Delayed("joe@x.test")}, 1);
  Mail second = ReportOf("second", {Hard("joe@x.test")}, 2);
  first.facts.original_message_id = second.facts.original_message_id = "<1@l>";
  second.witnesses[0].evidence.diagnostic = "550 gone";
  second.witnesses[0].evidence.remote_mta = "mx9.remote.test";
  Apply({first, second, ReportOf("third", {Soft("jane@x.test")})});
  const ListPage page = reader_->List(ListQuery()).value();
  EXPECT_EQ(page.cursor, "");
  ASSERT_EQ(page.entries.size(), 1u);
  EXPECT_EQ(page.entries[0].address, "joe@x.test");
  EXPECT_EQ(page.entries[0].decision, StoryOf("joe@x.test").decision);
  EXPECT_EQ(page.entries[0].diagnostic, "550 gone");
  EXPECT_EQ(page.entries[0].remote_mta, "mx9.remote.test");
  EXPECT_EQ(page.entries[0].verdict, second.witnesses[0].verdict);
}

TEST_P(StoreContract, TheListComesInPagesInTheOrderOfFirstBeingSeen) {
  std::vector<Write> writes;
  std::vector<std::string> want;
  for (int i = 0; i < 25; ++i) {
    want.push_back("u" + std::to_string(25 - i) + "@x.test");
    writes.push_back(ReportOf(want.back(), {Hard(want.back())}));
  }
  Apply(writes);
  std::vector<std::string> got;
  ListQuery query;
  query.limit = 10;
  for (const std::size_t size : {10u, 10u, 5u}) {
    const ListPage page = reader_->List(query).value();
    EXPECT_EQ(page.entries.size(), size);
    for (const ListEntry& entry : page.entries) got.push_back(entry.address);
    query.cursor = page.cursor;
  }
  EXPECT_EQ(query.cursor, "");
  EXPECT_EQ(got, want);
}

TEST_P(StoreContract, TheListIsFilteredByStateAndReason) {
  Apply({ReportOf("a", {Hard("a@x.test")}),
         ReportOf("b", {WitnessOf("b@x.test", Action::kFailed,
                                  Reason::kNoSuchDomain)})});
  const auto count = [&](std::optional<ListState> state,
                         std::optional<Reason> reason) {
    ListQuery query;
    query.state = state;
    query.reason = reason;
    return reader_->List(query).value().entries.size();
  };
  EXPECT_EQ(count(std::nullopt, std::nullopt), 2u);
  EXPECT_EQ(count(ListState::kActive, std::nullopt), 2u);
  EXPECT_EQ(count(ListState::kActive, Reason::kNoSuchDomain), 1u);
  EXPECT_EQ(count(std::nullopt, Reason::kNoSuchUser), 1u);
  EXPECT_EQ(count(ListState::kHeld, std::nullopt), 0u);
  EXPECT_EQ(count(ListState::kActive, Reason::kMailboxFull), 0u);
}

TEST_P(StoreContract, AnUnknownCursorIsASyntaxError) {
  for (const std::string cursor :
       {"x", "-1", "0", "1x", " 1", "1 ", "99999999999999999999"}) {
    SCOPED_TRACE(cursor);
    ListQuery list;
    list.cursor = cursor;
    const auto listed = reader_->List(list);
    ASSERT_FALSE(listed.has_value());
    EXPECT_EQ(listed.error().code(), ErrorCode::kSyntax);
    InboxQuery inbox;
    inbox.cursor = cursor;
    EXPECT_FALSE(reader_->Inbox(inbox).has_value());
  }
}

TEST_P(StoreContract, EachPlaceNamesEveryKeyOnce) {
  Apply({ReportOf("a", {Hard("a@x.test"), Hard("b@x.test")}),
         ReportOf("b", {Hard("a@x.test"), Soft("c@x.test")})});
  std::vector<Key128> keys;
  const auto read = reader_->EachPlace(
      [&](const ListChange& one) { keys.push_back(one.key); });
  ASSERT_TRUE(read.has_value());
  EXPECT_THAT(keys, testing::UnorderedElementsAre(
                        reader_->keys().KeyOf(AddressOf("a@x.test")),
                        reader_->keys().KeyOf(AddressOf("b@x.test"))));
}

TEST_P(StoreContract, TheInboxHoldsWhatAPersonMustSee) {
  const std::vector<Outcome> outcomes =
      Apply({LetterOf("one", 1), ReportOf("report", {Hard("joe@x.test")}),
             LetterOf("two", 2), LetterOf("three", 3)});
  InboxQuery query;
  query.limit = 2;
  InboxPage page = reader_->Inbox(query).value();
  ASSERT_EQ(page.entries.size(), 2u);
  EXPECT_EQ(page.entries[0].id, outcomes[0].mail);
  EXPECT_EQ(page.entries[0].from, "jane@remote.test");
  EXPECT_EQ(page.entries[0].subject, "About one");
  EXPECT_EQ(page.entries[0].received, Hour(1));
  EXPECT_EQ(page.entries[0].size, 3000u);
  EXPECT_THAT(page.entries[0].envelope_recipients,
              testing::ElementsAre("bounces@local.test"));
  EXPECT_FALSE(page.entries[0].seen);
  query.cursor = page.cursor;
  page = reader_->Inbox(query).value();
  ASSERT_EQ(page.entries.size(), 1u);
  EXPECT_EQ(page.entries[0].id, outcomes[3].mail);
  EXPECT_EQ(page.cursor, "");
  EXPECT_EQ(Count().unseen_mails, 3u);
  EXPECT_GT(Count().unseen_bytes, 0u);
}

TEST_P(StoreContract, WhatWasSeenLeavesTheInbox) {
  const auto outcomes = Apply({LetterOf("one"), LetterOf("two")});
  const MailId one = *outcomes[0].mail;
  EXPECT_EQ(ApplyOne(MarkSeen{{one}}).affected, 1u);
  EXPECT_EQ(ApplyOne(MarkSeen{{one}}).affected, 0u);
  EXPECT_EQ(reader_->Inbox(InboxQuery()).value().entries.size(), 1u);
  InboxQuery all;
  all.with_seen = true;
  const InboxPage page = reader_->Inbox(all).value();
  ASSERT_EQ(page.entries.size(), 2u);
  EXPECT_TRUE(page.entries[0].seen);
  EXPECT_EQ(Count().unseen_mails, 1u);
}

TEST_P(StoreContract, ToMarkAnUnknownMailMarksNone) {
  const MailId one = *ApplyOne(LetterOf("one")).mail;
  const std::vector<Write> writes = {MarkSeen{{one, MailId{4711}}}};
  const auto outcomes = store_->Apply(writes, Hour(9)).value();
  ASSERT_FALSE(outcomes[0].has_value());
  EXPECT_EQ(outcomes[0].error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(Count().unseen_mails, 1u);
}

TEST_P(StoreContract, AMailWaitsToBeForwardedOnce) {
  Mail mail = LetterOf("one");
  mail.forward = true;
  const MailId id = *ApplyOne(mail).mail;
  ApplyOne(LetterOf("two"));
  ApplyOne(MarkSeen{{id}});
  InboxQuery query;
  query.to_forward = true;
  ASSERT_EQ(reader_->Inbox(query).value().entries.size(), 1u);
  EXPECT_EQ(ApplyOne(MarkForwarded{id}).affected, 1u);
  EXPECT_EQ(ApplyOne(MarkForwarded{id}).affected, 0u);
  EXPECT_TRUE(reader_->Inbox(query).value().entries.empty());
  query = {};
  query.with_seen = true;
  EXPECT_TRUE(reader_->Inbox(query).value().entries.at(0).forwarded);
}

TEST_P(StoreContract, AMailThatWasForwardedCountsAsSeen) {
  Mail mail = LetterOf("one", 1);
  mail.forward = true;
  const MailId id = *ApplyOne(mail).mail;
  EXPECT_EQ(Count().unseen_mails, 1u);
  EXPECT_EQ(ApplyOne(Prune{Hour(50)}).affected, 0u);
  ApplyOne(MarkForwarded{id});
  EXPECT_EQ(Count().unseen_mails, 0u);
  EXPECT_EQ(Count().unseen_bytes, 0u);
  EXPECT_EQ(ApplyOne(Prune{Hour(50)}).affected, 1u);
}

TEST_P(StoreContract, WhatIsKeptComesBackUntilItIsPruned) {
  const Mail mail = ReportOf("one", {Hard("joe@x.test")}, 1);
  const MailId id = *ApplyOne(mail).mail;
  EXPECT_EQ(reader_->KeptMail(id).value(), "kept of one");
  EXPECT_EQ(ApplyOne(Prune{Hour(1)}).affected, 0u);
  EXPECT_EQ(ApplyOne(Prune{Hour(2)}).affected, 1u);
  EXPECT_EQ(ApplyOne(Prune{Hour(2)}).affected, 0u);
  const auto kept = reader_->KeptMail(id);
  ASSERT_FALSE(kept.has_value());
  EXPECT_EQ(kept.error().code(), ErrorCode::kNotFound);
  // The rest stays, and the mail stays known.
  EXPECT_EQ(StateOf("joe@x.test"), ListState::kActive);
  EXPECT_TRUE(ApplyOne(mail).known);
}

TEST_P(StoreContract, AMailOfWhichNothingIsKeptHasNothingToPrune) {
  Mail mail = ReportOf("none", {});
  mail.kept.clear();
  const MailId id = *ApplyOne(mail).mail;
  EXPECT_EQ(reader_->KeptMail(id).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(reader_->KeptMail(MailId{4711}).error().code(),
            ErrorCode::kNotFound);
  EXPECT_EQ(ApplyOne(Prune{Hour(50)}).affected, 0u);
}

TEST_P(StoreContract, KeptBytesThatWereNeverCompressedAreCorrupt) {
  Mail mail = ReportOf("damaged", {});
  mail.kept = "damaged";
  const MailId id = *ApplyOne(mail).mail;
  EXPECT_EQ(reader_->KeptMail(id).error().code(), ErrorCode::kCorrupt);
}

TEST_P(StoreContract, WhatWaitsForSomebodyIsNotPruned) {
  Mail waiting = LetterOf("waiting", 1);
  waiting.forward = true;
  Mail only_forward = ReportOf("only forward", {}, 1);
  only_forward.forward = true;
  const auto outcomes = Apply({LetterOf("unseen", 1), waiting, only_forward});
  const auto prune = [&] { return ApplyOne(Prune{Hour(50)}).affected; };
  EXPECT_EQ(prune(), 0u);
  ApplyOne(MarkSeen{{*outcomes[1].mail}});
  EXPECT_EQ(prune(), 0u);  // seen, but not forwarded yet
  ApplyOne(MarkForwarded{*outcomes[1].mail});
  EXPECT_EQ(prune(), 1u);
  ApplyOne(MarkForwarded{*outcomes[2].mail});
  EXPECT_EQ(prune(), 1u);
  ApplyOne(MarkSeen{{*outcomes[0].mail}});
  EXPECT_EQ(prune(), 1u);
  EXPECT_EQ(prune(), 0u);
}

TEST_P(StoreContract, PruningTakesTheOldestUpToItsLimit) {
  std::vector<MailId> ids;
  for (const int hour : {5, 1, 3}) {
    ids.push_back(
        *ApplyOne(ReportOf("m" + std::to_string(hour), {}, hour)).mail);
  }
  EXPECT_EQ(ApplyOne(Prune{Hour(50), 2}).affected, 2u);
  EXPECT_TRUE(reader_->KeptMail(ids[0]).has_value());
  EXPECT_FALSE(reader_->KeptMail(ids[1]).has_value());
  EXPECT_FALSE(reader_->KeptMail(ids[2]).has_value());
  EXPECT_EQ(ApplyOne(Prune{Hour(50), 2}).affected, 1u);
}

TEST_P(StoreContract, AReaderSeesEachCommitAndSeveralReadAtOnce) {
  const auto other = store_->OpenReader().value();
  for (int i = 1; i <= 3; ++i) {
    ApplyOne(ReportOf(std::to_string(i), {Soft("joe@x.test")}, i));
    EXPECT_EQ(Count().mails, static_cast<std::uint64_t>(i));
    EXPECT_EQ(other->Count().value().mails, static_cast<std::uint64_t>(i));
  }
}

}  // namespace
}  // namespace postbounce
