#include "store/log_watch.h"

#include <SQLiteCpp/Database.h>
#include <gtest/gtest.h>

#include <optional>

#include "store/sqlite/schema.h"
#include "store/sqlite/sqlite_list_tables.h"
#include "store/sqlite/sqlite_tables.h"
#include "tests/store/samples.h"

namespace postbounce {
namespace {

class LogWatchTest : public testing::Test {
 protected:
  LogWatchTest() {
    EXPECT_TRUE(Migrate(&database_));
    tables_.emplace(&database_);
    list_.emplace(&database_);
  }

  // Waits for these.
  MailId Store(LogWatch* watch, const std::string& name,
               std::initializer_list<LogHash> ids) {
    const MailId report = tables_->InsertMail(ReportOf(name, {})).value();
    const std::vector<LogHash> all(ids);
    EXPECT_TRUE(tables_->SetAwaited(report, all));
    watch->Await(report, all);
    return report;
  }
  std::optional<MailId> DueAfter(LogWatch* watch, LogHash found) {
    EXPECT_TRUE(watch->Found(found));
    return watch->TakeDue().value();
  }

  SQLite::Database database_{":memory:",
                             SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
  std::optional<SqliteTables> tables_;
  std::optional<SqliteListTables> list_;
};

TEST_F(LogWatchTest, WhatIsFoundIsDueOnceTheNewestFirst) {
  LogWatch watch(&*tables_, &*list_);
  const MailId first = Store(&watch, "first", {1, 2});
  const MailId second = Store(&watch, "second", {2, 3});
  EXPECT_EQ(DueAfter(&watch, 2), second);
  EXPECT_EQ(watch.TakeDue().value(), first);
  EXPECT_EQ(watch.TakeDue().value(), std::nullopt);
  EXPECT_EQ(DueAfter(&watch, 1), first);
  EXPECT_EQ(DueAfter(&watch, 4), std::nullopt);
}

TEST_F(LogWatchTest, WhatIsReleasedWaitsNoLongerUnlessThatIsRolledBack) {
  LogWatch watch(&*tables_, &*list_);
  const MailId report = Store(&watch, "report", {1});
  const LogHash id = 1;
  watch.Release(report, {&id, 1});
  watch.RollBack();
  watch.Commit();
  EXPECT_EQ(DueAfter(&watch, 1), report);
  watch.Release(report, {&id, 1});
  watch.Commit();
  EXPECT_EQ(DueAfter(&watch, 1), std::nullopt);
}

TEST_F(LogWatchTest, ReportsThatWereRolledBackAreNeverDue) {
  LogWatch watch(&*tables_, &*list_);
  const LogHash id = 1;
  watch.Await(MailId{7}, {&id, 1});
  EXPECT_EQ(DueAfter(&watch, 1), std::nullopt);
}

TEST_F(LogWatchTest, TheNewestReportsAreAwaitedNowAndAfterARestart) {
  LogWatch watch(&*tables_, &*list_, 4);
  Store(&watch, "one", {9, 8});
  const MailId two = Store(&watch, "two", {5, 6});
  const MailId three = Store(&watch, "three", {1, 2});
  LogWatch again(&*tables_, &*list_, 4);
  ASSERT_TRUE(again.Load(Timestamp{}));
  for (LogWatch* each : {&watch, &again}) {
    SCOPED_TRACE(each == &again ? "after a restart" : "now");
    EXPECT_EQ(DueAfter(each, 9), std::nullopt);
    EXPECT_EQ(DueAfter(each, 6), two);
    EXPECT_EQ(DueAfter(each, 2), three);
  }
}

}  // namespace
}  // namespace postbounce
