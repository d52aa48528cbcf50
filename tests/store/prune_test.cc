// What a store forgets when it is old, and what it does not.
#include <gtest/gtest.h>

#include "store/sqlite/sqlite_store.h"
#include "tests/store/log_samples.h"

namespace postbounce {
namespace {

constexpr int kLater = 24 * 500;  // hours

class PruneTest : public testing::Test {
 protected:
  PruneTest()
      : store_(
            OpenSqliteStore({directory_ / "store.db", "secret", {}}).value()),
        reader_(store_->OpenReader().value()) {
    store_->Use(PolicyWithoutProof());
  }

  Outcome Apply(const Write& write, int hour) {
    return store_->Apply({&write, 1}, Hour(hour)).value().at(0).value();
  }
  // As 400 days later.
  std::size_t Prune(int now = kLater) {
    return Apply(PruneEvents{Hour(now) - std::chrono::days(400)}, now).affected;
  }
  AddressStory StoryOf(std::string_view address) {
    return reader_->Status(AddressOf(address), 10).value();
  }

  TempDir directory_;
  const std::unique_ptr<Store> store_;
  const std::unique_ptr<Reader> reader_;
};

TEST_F(PruneTest, OfWhatTheListDependsOnTheWordsGoAndTheFailureStays) {
  Apply(ReportOf("a", {Hard("joe@remote.test"), Delayed("ann@remote.test")}),
        1);
  const Decision before = StoryOf("joe@remote.test").decision;
  ASSERT_EQ(before.state, ListState::kActive);
  EXPECT_EQ(Prune(), 1u);
  const AddressStory joe = StoryOf("joe@remote.test");
  EXPECT_EQ(joe.decision, before);
  ASSERT_EQ(joe.events.size(), 1u);
  EXPECT_TRUE(joe.events[0].witnesses.empty());
  EXPECT_EQ(StoryOf("ann@remote.test").event_count, 0u);
  EXPECT_EQ(reader_->Count().value().mails, 0u);
  EXPECT_EQ(reader_->Count().value().witnesses, 0u);
  // Nor later, when something else happens.
  Apply(ReportOf("b", {Soft("joe@remote.test")}, kLater), kLater);
  EXPECT_EQ(StoryOf("joe@remote.test").decision, before);
}

TEST_F(PruneTest, WhatTheListDoesNotDependOnGoesWhole) {
  Apply(ReportOf("a", {Soft("joe@remote.test")}), 1);
  ASSERT_EQ(StoryOf("joe@remote.test").event_count, 1u);
  EXPECT_EQ(Prune(), 1u);
  EXPECT_EQ(StoryOf("joe@remote.test").event_count, 0u);
  EXPECT_EQ(Prune(), 0u);
}

TEST_F(PruneTest, WhatIsYoungerIsNotTouched) {
  Apply(ReportOf("a", {Soft("joe@remote.test")}, kLater - 24 * 401),
        kLater - 24 * 401);
  // The digest is still wanted for the window in which it may come again.
  EXPECT_EQ(Prune(), 0u);
  EXPECT_TRUE(
      Apply(ReportOf("a", {Soft("joe@remote.test")}, kLater - 24 * 401), kLater)
          .known);
  EXPECT_EQ(Prune(kLater + 24 * 30), 1u);
}

TEST_F(PruneTest, WhatIsToldOfAgainStaysWithItsNewerAccount) {
  Mail first = ReportOf("a", {Soft("joe@remote.test")});
  Mail second = ReportOf("b", {Soft("joe@remote.test")}, kLater);
  for (Mail* mail : {&first, &second}) {
    mail->facts.original_message_id = "one@local.test";
    mail->date = Hour(1);
  }
  Apply(first, 1);
  Apply(second, kLater);
  ASSERT_EQ(StoryOf("joe@remote.test").event_count, 1u);
  EXPECT_EQ(Prune(), 1u);
  ASSERT_EQ(StoryOf("joe@remote.test").event_count, 1u);
  EXPECT_EQ(StoryOf("joe@remote.test").events[0].witnesses.size(), 1u);
}

TEST_F(PruneTest, AnOldFailureCanStillBeUndone) {
  Apply(ReportOf("a", {Hard("joe@remote.test")}), 1);
  EXPECT_EQ(Prune(), 1u);
  Undo undo;
  undo.filter.subjects = {Subject::Parse("joe@remote.test").value()};
  undo.actor = "root";
  const auto undone = Apply(undo, kLater).undone;
  EXPECT_EQ(undone->failures, 1u);
  EXPECT_EQ(StoryOf("joe@remote.test").decision.state, ListState::kNone);
  Undo again;
  again.filter.action = undone->action;
  again.actor = "root";
  Apply(again, kLater);
  EXPECT_EQ(StoryOf("joe@remote.test").decision.state, ListState::kActive);
}

TEST_F(PruneTest, MailThatWaitsForAPersonStays) {
  const MailId id = *Apply(LetterOf("letter"), 1).mail;
  EXPECT_EQ(Prune(), 0u);
  Apply(MarkSeen{{id}}, 2);
  EXPECT_EQ(Prune(), 1u);
}

TEST_F(PruneTest, ADomainThatIsDeadStaysDead) {
  auto policy = std::make_shared<SitePolicy>(*PolicyOfDeadDomains(1));
  policy->list.domain_lasts = std::chrono::days(600);
  // The people themselves are not on the list.
  policy->list.reasons[static_cast<std::size_t>(Reason::kNoSuchDomain)]
      .failures = 0;
  store_->Use(policy);
  const auto dead = [](std::string_view address) {
    Witness witness = Hard(address);
    witness.verdict.reason = Reason::kNoSuchDomain;
    witness.verdict.fault = Fault::kDomain;
    return witness;
  };
  Apply(ReportOf("a", {dead("joe@dead.test"), dead("ann@dead.test")}), 1);
  const Subject domain = Subject::Parse("@dead.test").value();
  ASSERT_EQ(reader_->StatusOfDomain(domain, 1).value().decision.state,
            ListState::kActive);
  EXPECT_EQ(Prune(), 1u);
  Apply(ReportOf("b", {dead("joe@dead.test")}, kLater), kLater);
  EXPECT_EQ(reader_->StatusOfDomain(domain, 1).value().decision.state,
            ListState::kActive);
}

}  // namespace
}  // namespace postbounce
