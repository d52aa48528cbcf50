#include "store/sqlite/inspect.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite/schema.h"
#include "store/sqlite/statement.h"

namespace postbounce {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kBusyMilliseconds = 1000;
constexpr int kStepsBetween = 10'000;  // of SQLite's machine

// sqlite3_progress_handler: not 0 ends the statement.
int IsOver(void* end) {
  return Clock::now() >= *static_cast<Clock::time_point*>(end);
}

// What quick_check says while there is time for it.
void CheckPages(SQLite::Database* database, std::chrono::milliseconds patience,
                StoreFile* file) {
  Clock::time_point end = Clock::now() + patience;
  sqlite3_progress_handler(database->getHandle(), kStepsBetween, IsOver, &end);
  try {
    SQLite::Statement check(*database, "PRAGMA quick_check(1)");
    while (check.executeStep()) {
      const std::string said = check.getColumn(0).getString();
      if (said != "ok") file->damage = said;
    }
    file->is_all_read = true;
  } catch (const SQLite::Exception& error) {
    if (error.getErrorCode() != SQLITE_INTERRUPT) throw;
  }
  sqlite3_progress_handler(database->getHandle(), 0, nullptr, nullptr);
}

Result<StoreFile> Read(SQLite::Database* database,
                       std::chrono::milliseconds patience) {
  StoreFile file;
  if (database->execAndGet("PRAGMA application_id").getInt() !=
      kApplicationId) {
    return Error(ErrorCode::kCorrupt, "it is no store of postbounce");
  }
  file.version = database->execAndGet("PRAGMA user_version").getInt();
  file.is_too_new = file.version > SchemaVersion();
  CheckPages(database, patience, &file);
  if (!file.damage.empty()) return file;
  file.check = database->execAndGet("SELECT check_value FROM meta").getString();
  SQLite::Statement newest(
      *database, "SELECT received FROM mail ORDER BY id DESC LIMIT 1");
  Run row(&newest);
  if (row.Next()) file.last_mail = row.Time(0);
  return file;
}

Result<StoreFile> Inspect(const std::string& path,
                          std::chrono::milliseconds patience) {
  SQLite::Database database(path, SQLite::OPEN_READONLY, kBusyMilliseconds);
  try {
    return Read(&database, patience);
  } catch (const SQLite::Exception& error) {
    if (error.getErrorCode() != SQLITE_CORRUPT) throw;
    StoreFile file;
    file.damage = error.what();
    file.is_all_read = true;
    return file;
  }
}

bool IsFile(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

}  // namespace

Result<void> EmptyLog(const std::string& path) {
  return Guard([&]() -> Result<void> {
    SQLite::Database database(path, SQLite::OPEN_READWRITE, kBusyMilliseconds);
    database.execAndGet("PRAGMA wal_checkpoint(TRUNCATE)");
    return {};
  });
}

Result<StoreFile> InspectStore(const std::string& path,
                               std::chrono::milliseconds patience) {
  if (access(path.c_str(), F_OK) != 0) {
    return Error(ErrorCode::kNotFound, "there is no " + path);
  }
  if (!IsFile(path)) {
    return Error(ErrorCode::kCorrupt, path + " is no regular file");
  }
  return Guard([&] { return Inspect(path, patience); });
}

}  // namespace postbounce
