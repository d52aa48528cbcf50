#include "store/sqlite/schema.h"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <string>

#include "store/sqlite/migrations.h"

namespace postbounce {
namespace {

int Pragma(SQLite::Database* database, const std::string& name) {
  return database->execAndGet("PRAGMA " + name).getInt();
}

void SetPragma(SQLite::Database* database, const std::string& name, int value) {
  database->exec("PRAGMA " + name + " = " + std::to_string(value));
}

}  // namespace

int SchemaVersion() { return static_cast<int>(Migrations().size()); }

Result<void> Migrate(SQLite::Database* database, int to) {
  const int application = Pragma(database, "application_id");
  const int version = Pragma(database, "user_version");
  const int objects =
      database->execAndGet("SELECT count(*) FROM sqlite_schema").getInt();
  const bool is_new = application == 0 && version == 0 && objects == 0;
  if (!is_new && application != kApplicationId) {
    return Error(ErrorCode::kCorrupt,
                 "it is a database of another program, not of postbounce");
  }
  if (version < 0 || version > SchemaVersion()) {
    return Error(ErrorCode::kCorrupt,
                 "it was written by a later postbounce (version " +
                     std::to_string(version) + " of the tables, this knows " +
                     std::to_string(SchemaVersion()) + ")");
  }
  for (int next = version; next < to; ++next) {
    SQLite::Transaction transaction(*database,
                                    SQLite::TransactionBehavior::IMMEDIATE);
    database->exec(Migrations()[static_cast<std::size_t>(next)]);
    SetPragma(database, "application_id", kApplicationId);
    SetPragma(database, "user_version", next + 1);
    transaction.commit();
  }
  return {};
}

Result<void> CheckSiteKey(SQLite::Database* database, const Key128& check) {
  SQLite::Statement insert(
      *database, "INSERT OR IGNORE INTO meta(id, check_value) VALUES (1, ?)");
  insert.bind(1, check.data(), static_cast<int>(check.size()));
  insert.exec();
  const SQLite::Column kept =
      database->execAndGet("SELECT check_value FROM meta");
  const std::string bytes = kept.getString();
  if (!std::equal(bytes.begin(), bytes.end(), check.begin(), check.end(),
                  [](char a, std::uint8_t b) {
                    return static_cast<std::uint8_t>(a) == b;
                  })) {
    return Error(ErrorCode::kConflict,
                 "it was made with another site key, or with another setting "
                 "of how addresses are compared");
  }
  return {};
}

Result<void> CheckPrivacy(SQLite::Database* database, bool is_hashed) {
  const bool was_hashed =
      database->execAndGet("SELECT is_hashed FROM meta").getInt() != 0;
  if (was_hashed == is_hashed) return {};
  if (was_hashed) {
    return Error(ErrorCode::kConflict,
                 "its addresses are hashed, which cannot be undone: "
                 "store.privacy is to be \"hashed\"");
  }
  const bool is_empty = database
                            ->execAndGet(
                                "SELECT NOT EXISTS (SELECT 1 FROM address)"
                                " AND NOT EXISTS (SELECT 1 FROM mail)"
                                " AND NOT EXISTS (SELECT 1 FROM log)")
                            .getInt() != 0;
  if (!is_empty) {
    return Error(ErrorCode::kConflict,
                 "it has addresses, and store.privacy is \"hashed\": set it to "
                 "\"clear\" again, and let `postbounce forget --all` take them "
                 "out, for good");
  }
  database->exec("UPDATE meta SET is_hashed = 1");
  return {};
}

}  // namespace postbounce
