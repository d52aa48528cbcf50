#include "store/sqlite/sqlite_backup.h"

#include <SQLiteCpp/Database.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "store/sqlite/fd_vfs.h"
#include "store/sqlite/statement.h"

namespace postbounce {
namespace {

constexpr int kBusyMilliseconds = 1000;
constexpr int kPagesAtOnce = 1000;
// Of the file's header: the versions to write and to read it by. 1 is that of a
// database without a write-ahead log.
constexpr off_t kVersions = 18;
constexpr char kNoLog[] = {1, 1};

class SqliteBackup : public Backup {
 public:
  SqliteBackup(const std::string& path, int fd)
      : fd_(fd),
        from_(path, SQLite::OPEN_READONLY, kBusyMilliseconds),
        to_(std::to_string(fd), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 0,
            FdVfs()) {
    to_.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
    // Without a snapshot of its own the copying begins anew after each commit.
    from_.exec("BEGIN; SELECT count(*) FROM sqlite_schema");
    page_size_ = static_cast<std::uint64_t>(
        from_.execAndGet("PRAGMA page_size").getInt());
    backup_ =
        sqlite3_backup_init(to_.getHandle(), "main", from_.getHandle(), "main");
    if (backup_ == nullptr) throw SQLite::Exception(to_.getHandle());
  }
  ~SqliteBackup() override {
    if (backup_ != nullptr) sqlite3_backup_finish(backup_);
  }

  Result<bool> Step() override {
    const int code = sqlite3_backup_step(backup_, kPagesAtOnce);
    total_ = Bytes(sqlite3_backup_pagecount(backup_));
    copied_ = total_ - Bytes(sqlite3_backup_remaining(backup_));
    if (code == SQLITE_OK) return false;
    if (code == SQLITE_DONE) return Finish();
    return Error(ErrorCode::kIo, std::string("the copy cannot be written: ") +
                                     sqlite3_errstr(code));
  }
  std::uint64_t copied() const override { return copied_; }
  std::uint64_t total() const override { return total_; }

 private:
  std::uint64_t Bytes(int pages) const {
    return static_cast<std::uint64_t>(pages) * page_size_;
  }

  Result<bool> Finish() {
    const int code = sqlite3_backup_finish(std::exchange(backup_, nullptr));
    const bool is_done =
        code == SQLITE_OK &&
        pwrite(fd_, kNoLog, sizeof kNoLog, kVersions) == sizeof kNoLog;
    if (is_done) return true;
    return Error(ErrorCode::kIo, "the copy cannot be ended");
  }

  const int fd_;
  SQLite::Database from_, to_;
  sqlite3_backup* backup_ = nullptr;
  std::uint64_t page_size_ = 0;
  std::uint64_t copied_ = 0;
  std::uint64_t total_ = 0;
};

}  // namespace

Result<std::unique_ptr<Backup>> OpenSqliteBackup(const std::string& path,
                                                 int fd) {
  struct stat info {};
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size != 0) {
    return Error(ErrorCode::kSyntax, "a backup wants an empty file");
  }
  return Guard([&]() -> Result<std::unique_ptr<Backup>> {
    return std::unique_ptr<Backup>(std::make_unique<SqliteBackup>(path, fd));
  });
}

}  // namespace postbounce
