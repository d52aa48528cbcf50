#include <string_view>
#include <utility>

#include "tests/store/store_contract.h"

namespace postbounce {
namespace {

Imported RowOf(std::string_view subject, Reason reason = Reason::kUnknown) {
  return {Subject::Parse(subject).value(), "", reason, {}, {}};
}

Import ImportOf(std::vector<Imported> rows) {
  Import import;
  import.rows = std::move(rows);
  import.actor = "ann";
  return import;
}

Undo UndoOf(ActionId action) {
  Undo undo;
  undo.filter.action = action;
  undo.actor = "ann";
  return undo;
}

TEST_P(StoreContract, AnImportSaysWhatIsNewChangedAndKnown) {
  ApplyOne(ImportOf({RowOf("old@x.test", Reason::kNoSuchUser),
                     RowOf("other@x.test", Reason::kComplaint)}),
           1);
  Import second =
      ImportOf({RowOf("old@x.test", Reason::kNoSuchUser),
                RowOf("other@x.test", Reason::kMailboxFull),
                RowOf("new@x.test"), RowOf("NEW@x.test"), RowOf("@y.test")});
  const Outcome done = ApplyOne(second, 2);
  ASSERT_TRUE(done.imported && done.imported->action);
  EXPECT_EQ(done.imported->added, 2u);
  EXPECT_EQ(done.imported->changed, 1u);
  EXPECT_EQ(done.imported->known, 2u);
  EXPECT_EQ(done.affected, 3u);
  EXPECT_EQ(StoryOf("other@x.test").decision.reason, Reason::kMailboxFull);
  EXPECT_EQ(StateOf("new@x.test"), ListState::kActive);

  const Outcome again = ApplyOne(second, 3);
  EXPECT_EQ(again.imported->known, 5u);
  EXPECT_EQ(again.affected, 0u);
  EXPECT_FALSE(again.imported->action);
}

TEST_P(StoreContract, AnImportIsUndoneAsOneSet) {
  Import import = ImportOf({RowOf("a@x.test"), RowOf("b@x.test")});
  // Undone by when it was made, and not by what it says.
  import.rows[0].since = Hour(-1000);
  const ActionId first = *ApplyOne(import, 5).imported->action;
  EXPECT_EQ(StoryOf("a@x.test").decision.since, Hour(-1000));

  const Outcome undone = ApplyOne(UndoOf(first), 6);
  EXPECT_EQ(undone.undone->orders, 2u);
  EXPECT_EQ(StateOf("a@x.test"), ListState::kNone);
  EXPECT_EQ(StateOf("b@x.test"), ListState::kNone);
  const Write twice[] = {UndoOf(first)};
  EXPECT_EQ(store_->Apply(twice, Hour(7)).value().at(0).error().code(),
            ErrorCode::kNotFound);
  const UndoPage undos = reader_->Undos("", 10).value();
  ASSERT_EQ(undos.entries.size(), 1u);
  EXPECT_EQ(undos.entries[0].orders, 2u);

  const Outcome redone = ApplyOne(UndoOf(*undone.undone->action), 8);
  EXPECT_EQ(redone.undone->orders, 2u);
  EXPECT_EQ(StateOf("a@x.test"), ListState::kActive);
  Undo late;
  late.actor = "ann";
  late.filter.since = Hour(5);
  EXPECT_EQ(ApplyOne(late, 9).undone->orders, 2u);
}

TEST_P(StoreContract, ATriedImportChangesNothing) {
  Import import = ImportOf({RowOf("a@x.test"), RowOf("b@x.test")});
  import.dry_run = true;
  const Outcome tried = ApplyOne(import, 5);
  EXPECT_EQ(tried.imported->added, 2u);
  EXPECT_FALSE(tried.imported->action);
  EXPECT_TRUE(tried.changes.empty());
  EXPECT_EQ(StateOf("a@x.test"), ListState::kNone);
  EXPECT_EQ(Count().suppressed, 0u);
}

TEST_P(StoreContract, WhatWasRemovedSinceStaysOffTheList) {
  Import import = ImportOf({RowOf("a@x.test")});
  import.rows[0].since = Hour(3);
  Order removal;
  removal.kind = OrderKind::kRemove;
  removal.subjects.push_back(Subject::Parse("a@x.test").value());
  removal.actor = "ann";
  ApplyOne(removal, 4);
  EXPECT_EQ(ApplyOne(import, 5).imported->added, 0u);
  EXPECT_NE(StateOf("a@x.test"), ListState::kActive);
  import.rows[0].since = Hour(5);
  EXPECT_EQ(ApplyOne(import, 6).imported->added, 1u);
}

TEST_P(StoreContract, AnImportThatIsTooLongIsRefused) {
  std::vector<Imported> rows(kMaxImported + 1, RowOf("a@x.test"));
  const Write writes[] = {ImportOf(std::move(rows))};
  EXPECT_EQ(store_->Apply(writes, Hour(1)).value().at(0).error().code(),
            ErrorCode::kLimit);
}

}  // namespace
}  // namespace postbounce
