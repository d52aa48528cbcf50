// How much of a log is held open, and when it is closed and forgotten.
#include <SQLiteCpp/Database.h>
#include <gtest/gtest.h>

#include "store/log_tail.h"
#include "store/sqlite/sqlite_store.h"
#include "tests/store/log_samples.h"

namespace postbounce {
namespace {

class SqliteLogTest : public testing::Test {
 protected:
  std::size_t ApplyAt(const Write& write, int hour) {
    const auto outcomes = store_->Apply({&write, 1}, Hour(hour));
    return outcomes.value().at(0).value().affected;
  }
  int Ask(const std::string& sql) const {
    SQLite::Database database(path_, SQLite::OPEN_READONLY);
    return database.execAndGet(sql).getInt();
  }
  void Reopen(const std::string& sql) {
    store_.reset();
    SQLite::Database(path_, SQLite::OPEN_READWRITE).exec(sql);
    store_ = OpenSqliteStore({path_, "secret", {}}).value();
  }
  int Segments() const { return Ask("SELECT count(*) FROM log_segment"); }
  int Open() const {
    return Ask("SELECT count(*) FROM log_segment WHERE is_open");
  }

  // A message to `recipients`, who all failed with a reply of that size.
  static LogMessage Mailing(int number, int recipients, std::size_t size) {
    std::vector<LogAttempt> attempts;
    for (int i = 0; i < recipients; ++i) {
      attempts.push_back(AttemptAt(
          number, "user" + std::to_string(i) + "@x.test", Action::kDelayed));
      attempts.back().text = std::string(size, 'x');
    }
    return MessageOf("4MAIL" + std::to_string(number) + "z1",
                     std::move(attempts));
  }

  TempDir directory_;
  const std::string path_ = directory_ / "store.db";
  std::unique_ptr<Store> store_ =
      OpenSqliteStore({path_, "secret", {}}).value();
};

TEST_F(SqliteLogTest, AFewMessagesToManyPeopleFillASegment) {
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(Open(), i == 0 ? 0 : 1) << i;
    ApplyAt(WriteOf(BatchOf({Mailing(i, 8'192, 10)})), 1);
  }
  EXPECT_EQ(Segments(), 1);
  EXPECT_EQ(Open(), 0);
}

TEST_F(SqliteLogTest, AFewLongRepliesFillASegment) {
  for (int i = 0; Segments() == 0 || Open() == 1; ++i) {
    ASSERT_LT(i, 20);
    ApplyAt(WriteOf(BatchOf({Mailing(i, 1'000, 1'000)})), 1);
  }
}

TEST_F(SqliteLogTest, AnImportOfOldLinesIsNotCutUpByHousekeeping) {
  const auto mailing = [](int i) {
    return WriteOf(BatchOf({Mailing(i, 1, 9)}));
  };
  constexpr int kToday = 24 * 300;
  ApplyAt(mailing(0), kToday);
  for (int i = 1; i < 5; ++i) {
    EXPECT_EQ(ApplyAt(PruneLog{Hour(0), Hour(0)}, kToday), 0u);
    ApplyAt(mailing(i), kToday);
  }
  EXPECT_EQ(Segments(), 1);
  EXPECT_EQ(Open(), 1);
  // What stands open for a day is closed, once.
  ApplyAt(PruneLog{Hour(0), Hour(0)}, kToday + 24);
  EXPECT_EQ(Open(), 0);
  ApplyAt(mailing(5), kToday + 24);
  ApplyAt(PruneLog{Hour(0), Hour(0)}, kToday + 24);
  EXPECT_EQ(Open(), 1);
}

TEST_F(SqliteLogTest, NamesAreForgottenWithTheMessagesAndHoursStay) {
  ApplyAt(WriteOf(BatchOf({Mailing(0, 2'500, 9)})), 0);
  ApplyAt(PruneLog{Hour(0), Hour(0)}, 24 * 8);
  EXPECT_EQ(Open(), 0);
  const std::string names =
      "SELECT count(*) FROM log_total WHERE dimension > 0";
  EXPECT_GT(Ask(names), 0);
  while (ApplyAt(PruneLog{Hour(240), Hour(240)}, 240) > 0) continue;
  EXPECT_EQ(Ask(names), 0);
  EXPECT_EQ(Ask("SELECT sum(deferred) FROM log_total WHERE dimension = 0"),
            2'500);
  EXPECT_EQ(Ask("SELECT count(*) FROM log_bucket"), 0);
  EXPECT_EQ(Ask("SELECT count(*) FROM log_filter"), 0);
}

TEST_F(SqliteLogTest, SegmentsWithoutAFilterAreLookedInto) {
  ApplyAt(WriteOf(BatchOf({Mailing(0, 1, 9)})), 0);
  ApplyAt(PruneLog{Hour(-240), Hour(-240)}, 24 * 8);
  ASSERT_EQ(Ask("SELECT count(*) FROM log_filter"), 1);
  const auto report = [](const std::string& name) {
    Mail mail = ReportOf(name, {Hard("user0@x.test")}, 1);
    mail.witnesses[0].final_recipient = "user0@x.test";
    mail.facts.queue_id = "4MAIL0z1";
    return mail;
  };
  const auto bound = [&] {
    return Ask("SELECT count(*) FROM witness WHERE message IS NOT NULL");
  };
  Reopen("UPDATE log_filter SET bytes = x'00'");
  const Write damaged = report("damaged");
  EXPECT_EQ(store_->Apply({&damaged, 1}, Hour(1)).error().code(),
            ErrorCode::kCorrupt);
  Reopen("DELETE FROM log_filter");
  ApplyAt(report("none"), 1);
  EXPECT_EQ(bound(), 1);
}

}  // namespace
}  // namespace postbounce
