#include "store/sqlite/sqlite_store.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "store/applier.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/sqlite_forget_tables.h"
#include "store/sqlite/sqlite_guard_tables.h"
#include "store/sqlite/sqlite_list_tables.h"
#include "store/sqlite/sqlite_log_tables.h"
#include "store/sqlite/sqlite_order_tables.h"
#include "store/sqlite/sqlite_prune_tables.h"
#include "store/sqlite/sqlite_replay_tables.h"
#include "store/sqlite/sqlite_tables.h"
#include "tests/store/samples.h"

namespace postbounce {
namespace {

class SqliteStoreTest : public testing::Test {
 protected:
  SqliteOptions Options() const { return {path_, "secret", {}}; }
  Result<std::unique_ptr<Store>> Open() const {
    auto store = OpenSqliteStore(Options());
    if (store) (*store)->Use(PolicyWithoutProof());
    return store;
  }
  ErrorCode OpenError() const {
    const auto store = Open();
    EXPECT_FALSE(store.has_value());
    if (store) return ErrorCode{};
    EXPECT_THAT(store.error().text(), testing::HasSubstr(path_));
    return store.error().code();
  }
  // Runs statements on the file, as sqlite3(1) would.
  void Execute(const std::string& sql) const {
    SQLite::Database database(path_,
                              SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database.exec(sql);
  }
  std::string Ask(const std::string& sql) const {
    SQLite::Database database(path_, SQLite::OPEN_READONLY);
    return database.execAndGet(sql).getString();
  }
  static bool AppliesWell(Store* store, const Write& write) {
    const auto outcomes = store->Apply({&write, 1}, Hour(100));
    return outcomes.has_value() && outcomes->at(0).has_value();
  }

  TempDir directory_;
  const std::string path_ = directory_ / "store.db";
};

TEST_F(SqliteStoreTest, ANewFileIsOursAndForItsOwnerAlone) {
  const auto store = Open().value();
  EXPECT_EQ(Ask("PRAGMA application_id"), std::to_string(kApplicationId));
  EXPECT_EQ(Ask("PRAGMA user_version"), std::to_string(SchemaVersion()));
  EXPECT_EQ(Ask("PRAGMA auto_vacuum"), "2");
  EXPECT_EQ(Ask("PRAGMA journal_mode"), "wal");
  for (const char* suffix : {"", "-wal", ".lock"}) {
    SCOPED_TRACE(suffix);
    struct stat info {};
    ASSERT_EQ(stat((path_ + suffix).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
  }
}

TEST_F(SqliteStoreTest, ASecondOpenIsRefusedUntilTheFirstIsGone) {
  auto store = Open().value();
  EXPECT_EQ(OpenError(), ErrorCode::kConflict);
  store.reset();
  EXPECT_TRUE(Open().has_value());
}

TEST_F(SqliteStoreTest, AMissingDirectoryIsRefused) {
  SqliteOptions options = Options();
  options.path = directory_ / "missing/store.db";
  const auto store = OpenSqliteStore(options);
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code(), ErrorCode::kIo);
  EXPECT_THAT(store.error().text(), testing::HasSubstr("missing/store.db"));
}

TEST_F(SqliteStoreTest, AnotherSiteKeyOrNormaliserIsRefused) {
  ASSERT_TRUE(Open().has_value());
  SqliteOptions options = Options();
  options.site_key = "other";
  EXPECT_EQ(OpenSqliteStore(options).error().code(), ErrorCode::kConflict);
  options = Options();
  options.normaliser.fold_local_part = false;
  EXPECT_EQ(OpenSqliteStore(options).error().code(), ErrorCode::kConflict);
  EXPECT_TRUE(Open().has_value());
}

TEST_F(SqliteStoreTest, AForeignDatabaseIsRefusedAndLeftAlone) {
  Execute("CREATE TABLE theirs(a)");
  EXPECT_EQ(OpenError(), ErrorCode::kCorrupt);
  EXPECT_EQ(Ask("SELECT count(*) FROM sqlite_schema"), "1");
  EXPECT_EQ(Ask("PRAGMA journal_mode"), "delete");
}

TEST_F(SqliteStoreTest, AFileThatIsNoDatabaseIsRefused) {
  std::ofstream(path_) << std::string(4096, 'x');
  EXPECT_EQ(OpenError(), ErrorCode::kCorrupt);
}

TEST_F(SqliteStoreTest, ALaterVersionIsRefusedAndLeftAsItIs) {
  ASSERT_TRUE(Open().has_value());
  Execute("PRAGMA auto_vacuum = FULL");  // as it might like it
  Execute("PRAGMA user_version = " + std::to_string(SchemaVersion() + 1));
  EXPECT_EQ(OpenError(), ErrorCode::kCorrupt);
  EXPECT_EQ(Ask("PRAGMA auto_vacuum"), "1");
}

TEST_F(SqliteStoreTest, AFileLeftEmptyByACrashIsMadeAnew) {
  // What is on the disk when the power went before the first migration.
  Execute("PRAGMA auto_vacuum = INCREMENTAL; VACUUM;");
  EXPECT_TRUE(Open().has_value());
  EXPECT_EQ(Ask("PRAGMA user_version"), std::to_string(SchemaVersion()));
}

TEST_F(SqliteStoreTest, AMigrationThatFailsLeavesNothing) {
  SQLite::Database database(path_,
                            SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  database.exec("PRAGMA max_page_count = 4");  // a full disk
  EXPECT_THROW(static_cast<void>(Migrate(&database)), SQLite::Exception);
  EXPECT_EQ(database.execAndGet("PRAGMA user_version").getInt(), 0);
  EXPECT_EQ(database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt(),
            0);
  database.exec("PRAGMA max_page_count = 1000000");
  EXPECT_TRUE(Migrate(&database).has_value());
  EXPECT_EQ(database.execAndGet("PRAGMA user_version").getInt(),
            SchemaVersion());
}

TEST_F(SqliteStoreTest, EventsOfTheFirstVersionCount) {
  SQLite::Database database(path_,
                            SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  ASSERT_TRUE(Migrate(&database, 1).has_value());
  database.exec(
      "INSERT INTO address(id, key, normaliser) VALUES (1, x'00', 1);"
      "INSERT INTO event(address, time, action, reason, class, permanent)"
      " VALUES (1, 0, 1, 1, 3, 1)");
  ASSERT_TRUE(Migrate(&database).has_value());
  SqliteListTables tables(&database);
  const auto events = tables.DecisiveEvents(AddressId{1}, 10);
  ASSERT_TRUE(events.has_value());
  ASSERT_EQ(events->size(), 1u);
  EXPECT_EQ(events->at(0).standing, Standing::kCounts);
}

TEST_F(SqliteStoreTest, AFullDiskFailsTheGroupAndALaterOneIsStored) {
  SQLite::Database database(path_,
                            SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  ASSERT_TRUE(Migrate(&database).has_value());
  SqliteTables tables(&database);
  const AddressKeys keys("secret", {});
  SqliteLogTables log_tables(&database);
  SqliteListTables list_tables(&database);
  SqliteGuardTables guard_tables(&database);
  SqliteOrderTables order_tables(&database);
  SqliteReplayTables replay_tables(&database);
  SqliteForgetTables forget_tables(&database);
  SqlitePruneTables prune_tables(&database);
  Applier applier(
      {&tables, &list_tables, &order_tables, &log_tables, &guard_tables,
       &replay_tables, &forget_tables, &prune_tables},
      &keys);
  Mail large = ReportOf("large", {Hard("joe@x.test")});
  large.kept.assign(1'000'000, 'x');
  const std::vector<Write> writes = {ReportOf("a", {Hard("a@x.test")}), large,
                                     ReportOf("b", {Hard("b@x.test")})};
  database.exec("PRAGMA max_page_count = 1");  // no more than there are
  const auto failed = applier.Apply(writes, SitePolicy(), Hour(100));
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code(), ErrorCode::kUnavailable);
  EXPECT_EQ(database.execAndGet("SELECT count(*) FROM mail").getInt(), 0);

  database.exec("PRAGMA max_page_count = 1000000");
  const auto stored = applier.Apply(writes, SitePolicy(), Hour(100));
  ASSERT_TRUE(stored.has_value());
  EXPECT_FALSE(stored->at(0)->known);
  EXPECT_EQ(database.execAndGet("SELECT count(*) FROM mail").getInt(), 3);
}

TEST_F(SqliteStoreTest, ALockedFileFailsTheGroupAndALaterOneIsStored) {
  const auto store = Open().value();
  const Mail mail = ReportOf("a", {Hard("a@x.test")});
  {
    SQLite::Database other(path_, SQLite::OPEN_READWRITE);
    other.exec("BEGIN IMMEDIATE");
    const std::vector<Write> writes = {mail};
    const auto failed = store->Apply(writes, Hour(100));
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().code(), ErrorCode::kUnavailable);
    EXPECT_THAT(failed.error().text(), testing::HasSubstr("locked"));
  }
  EXPECT_TRUE(AppliesWell(store.get(), mail));
  EXPECT_EQ(Ask("SELECT count(*) FROM mail"), "1");
}

TEST_F(SqliteStoreTest, ADamagedRowIsAnErrorAndNoCrash) {
  const auto store = Open().value();
  ASSERT_TRUE(AppliesWell(store.get(), ReportOf("a", {Hard("a@x.test")})));
  Execute("UPDATE witness SET account = '{'");
  const auto story =
      store->OpenReader().value()->Status(AddressOf("a@x.test"), 10);
  ASSERT_FALSE(story.has_value());
  EXPECT_EQ(story.error().code(), ErrorCode::kCorrupt);
}

TEST_F(SqliteStoreTest, EveryDifferenceOfTheListIsInTheChangeLog) {
  const auto store = Open().value();
  for (const int hour : {5, 6, 4}) {
    ASSERT_TRUE(AppliesWell(store.get(), ReportOf(std::to_string(hour),
                                                  {Hard("joe@x.test")}, hour)));
  }
  EXPECT_EQ(Ask("SELECT group_concat(old_state || '>' || new_state || ' ' ||"
                " ((since - " +
                std::to_string(Hour(0).time_since_epoch().count()) +
                ") / 3600000), ', ') FROM change"),
            "0>1 5, 1>1 4");
  EXPECT_EQ(Ask("SELECT count(*) FROM change JOIN event ON"
                " event.id = change.event JOIN address ON"
                " address.id = change.address"),
            "2");
}

TEST_F(SqliteStoreTest, AnAddressIsInTheAddressTableAlone) {
  const auto store = Open().value();
  Witness witness = Hard("joe@x.test");
  witness.final_recipient.clear();
  witness.evidence.diagnostic = "550 User unknown";
  ASSERT_TRUE(AppliesWell(store.get(), ReportOf("a", {witness})));
  EXPECT_EQ(Ask("SELECT count(*) FROM address WHERE text = 'joe@x.test'"), "1");
  EXPECT_EQ(Ask("SELECT count(*) FROM witness WHERE account LIKE '%joe%'"),
            "0");
}

TEST_F(SqliteStoreTest, MergedEventsPointToTheOneThatIsLeft) {
  const auto store = Open().value();
  Mail first = ReportOf("a", {Hard("joe@x.test")});
  first.facts.original_message_id = "M1";
  Mail second = ReportOf("b", {Hard("joe@x.test")});
  second.facts.reporting_mta = "mx.test";
  second.facts.queue_id = "Q1";
  Mail both = ReportOf("c", {Hard("joe@x.test")});
  both.facts = second.facts;
  both.facts.original_message_id = "M1";
  for (const Mail& mail : {first, second, both}) {
    ASSERT_TRUE(AppliesWell(store.get(), mail));
  }
  EXPECT_EQ(Ask("SELECT group_concat(id || ':' || ifnull(merged_into, '-'))"
                " FROM event"),
            "1:-,2:1");
  EXPECT_EQ(Ask("SELECT count(*) FROM witness WHERE event = 1"), "3");
}

TEST_F(SqliteStoreTest, NoQueryOfTheHotPathScansATable) {
  const auto store = Open().value();
  for (const char* query :
       {"SELECT id FROM mail WHERE day IN (1, 2, 3) AND hash = 4",
        "SELECT id FROM address WHERE key = x'00'",
        "SELECT event FROM link WHERE day IN (1, 2, 3) AND hash = 4"
        " AND address = 5",
        "SELECT id FROM event WHERE address = 1 AND merged_into IS NULL"
        " AND action = 1 AND class = 3 ORDER BY time, id LIMIT 16",
        "SELECT id FROM event WHERE address = 1 AND merged_into IS NULL"
        " ORDER BY time DESC, id DESC LIMIT 10",
        "SELECT id FROM witness WHERE event = 1 ORDER BY id LIMIT 100",
        "SELECT id FROM mail WHERE kept = 1 AND received < 9"
        " ORDER BY received, id LIMIT 500"}) {
    SCOPED_TRACE(query);
    SQLite::Database database(path_, SQLite::OPEN_READONLY);
    SQLite::Statement plan(database,
                           std::string("EXPLAIN QUERY PLAN ") + query);
    while (plan.executeStep()) {
      const std::string step = plan.getColumn(3).getString();
      EXPECT_THAT(step, testing::Not(testing::HasSubstr("SCAN")));
      EXPECT_THAT(step, testing::Not(testing::HasSubstr("TEMP B-TREE")));
    }
  }
}

TEST_F(SqliteStoreTest, WhatWasAcknowledgedSurvivesAKill) {
  int acknowledged[2];
  ASSERT_EQ(pipe(acknowledged), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    close(acknowledged[0]);
    const auto store = Open();
    for (int i = 0; store && i < 1'000'000; ++i) {
      const std::string name = std::to_string(i);
      const Mail mail = ReportOf(name, {Hard("u" + name + "@x.test")});
      if (!AppliesWell(store->get(), mail)) break;
      if (write(acknowledged[1], "x", 1) != 1) break;
    }
    _exit(1);
  }
  close(acknowledged[1]);
  std::uint64_t count = 0;
  char byte = 0;
  while (count < 50 && read(acknowledged[0], &byte, 1) == 1) ++count;
  kill(child, SIGKILL);
  while (read(acknowledged[0], &byte, 1) == 1) ++count;
  close(acknowledged[0]);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));

  const auto store = Open().value();
  const auto reader = store->OpenReader().value();
  // The one that was being written when the end came may be there or not.
  EXPECT_GE(reader->Count().value().mails, count);
  EXPECT_LE(reader->Count().value().mails, count + 1);
  for (std::uint64_t i = 0; i < count; ++i) {
    const Address address = AddressOf("u" + std::to_string(i) + "@x.test");
    EXPECT_EQ(reader->Status(address, 1).value().decision.state,
              ListState::kActive);
  }
  EXPECT_EQ(Ask("PRAGMA integrity_check"), "ok");
}

TEST_F(SqliteStoreTest, AnAddressWithManyEventsIsDecidedByAFew) {
  const auto store = Open().value();
  ASSERT_TRUE(AppliesWell(store.get(), ReportOf("a", {Hard("joe@x.test")}, 1)));
  Execute(
      "INSERT INTO event(address, time, action, reason, class, permanent)"
      " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
      " WHERE i < 20000) SELECT 1, i, 1, 7, 1, 1 FROM n");
  ASSERT_TRUE(AppliesWell(store.get(), ReportOf("b", {Hard("joe@x.test")}, 2)));
  const AddressStory story =
      store->OpenReader().value()->Status(AddressOf("joe@x.test"), 2).value();
  EXPECT_EQ(story.event_count, 20'002u);
  EXPECT_EQ(story.events.size(), 2u);
  EXPECT_EQ(story.decision.since, Hour(1));
}

}  // namespace
}  // namespace postbounce
