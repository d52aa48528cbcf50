#include "store/sqlite/sqlite_store.h"

#include <SQLiteCpp/Database.h>
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>

#include "store/address_keys.h"
#include "store/applier.h"
#include "store/log_writer.h"
#include "store/sqlite/lock_file.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/sqlite_forget_tables.h"
#include "store/sqlite/sqlite_guard_tables.h"
#include "store/sqlite/sqlite_list_tables.h"
#include "store/sqlite/sqlite_log_tables.h"
#include "store/sqlite/sqlite_order_tables.h"
#include "store/sqlite/sqlite_prune_tables.h"
#include "store/sqlite/sqlite_reader.h"
#include "store/sqlite/sqlite_replay_tables.h"
#include "store/sqlite/sqlite_tables.h"
#include "store/sqlite/statement.h"

namespace postbounce {
namespace {

// Nobody else writes but a person with sqlite3(1), who is not waited for long.
constexpr int kBusyMilliseconds = 1000;

// What the connection must know before it makes the first page.
constexpr const char* kNewFilePragmas = "PRAGMA auto_vacuum = INCREMENTAL;";

// wal_autocheckpoint: the committer calls Checkpoint() between groups; at
// 64 MB of log a commit does it by itself, so that a caller who never does is
// slower now and then but does not fill the disk. secure_delete: what is
// deleted is overwritten within pages that are written anyway; a Forget gives
// the other ones back.
constexpr const char* kPragmas =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA wal_autocheckpoint = 16384;"
    "PRAGMA journal_size_limit = 67108864;"
    "PRAGMA cache_size = -32768;"
    "PRAGMA secure_delete = FAST;"
    "PRAGMA temp_store = MEMORY;";

class SqliteStore : public Store {
 public:
  SqliteStore(const SqliteOptions& options, LockFile lock,
              std::unique_ptr<SQLite::Database> database)
      : path_(options.path),
        keys_(options.site_key, options.normaliser),
        lock_(std::move(lock)),
        database_(std::move(database)),
        tables_(database_.get()),
        list_tables_(database_.get()),
        order_tables_(database_.get()),
        log_tables_(database_.get()),
        guard_tables_(database_.get()),
        replay_tables_(database_.get()),
        forget_tables_(database_.get()),
        prune_tables_(database_.get()),
        applier_(
            {&tables_, &list_tables_, &order_tables_, &log_tables_,
             &guard_tables_, &replay_tables_, &forget_tables_, &prune_tables_},
            &keys_) {}

  Result<std::vector<Result<Outcome>>> Apply(std::span<const Write> writes,
                                             Timestamp now) override {
    auto outcomes = applier_.Apply(writes, *policy_.load(), now);
    if (forget_tables_.TakeEnded() && outcomes) {
      must_truncate_ = true;
      static_cast<void>(Checkpoint());
    }
    return outcomes;
  }

  void Use(std::shared_ptr<const SitePolicy> policy) override {
    policy_.store(std::move(policy));
  }

  Result<void> Checkpoint() override {
    return Guard([&]() -> Result<void> {
      // What was forgotten must not stay in the log. A reader that is in the
      // way is there no longer the next time.
      if (must_truncate_) {
        must_truncate_ =
            database_->execAndGet("PRAGMA wal_checkpoint(TRUNCATE)").getInt() !=
            0;
      }
      // PASSIVE waits for nobody; what readers still need is moved next time.
      if (!must_truncate_) database_->exec("PRAGMA wal_checkpoint(PASSIVE)");
      return {};
    });
  }

  Result<std::unique_ptr<Reader>> OpenReader() override {
    return Guard([&]() -> Result<std::unique_ptr<Reader>> {
      return std::unique_ptr<Reader>(
          std::make_unique<SqliteReader>(path_, &keys_));
    });
  }

 private:
  const std::string path_;
  const AddressKeys keys_;
  const LockFile lock_;  // given up last, when nothing is open any more
  const std::unique_ptr<SQLite::Database> database_;
  SqliteTables tables_;
  SqliteListTables list_tables_;
  SqliteOrderTables order_tables_;
  SqliteLogTables log_tables_;
  SqliteGuardTables guard_tables_;
  SqliteReplayTables replay_tables_;
  SqliteForgetTables forget_tables_;
  SqlitePruneTables prune_tables_;
  Applier applier_;
  bool must_truncate_ = true;  // of a run before
  std::atomic<std::shared_ptr<const SitePolicy>> policy_{
      std::make_shared<const SitePolicy>()};
};

// SQLite would make the file as open as the umask lets it, and the log beside
// it takes after the file.
Result<void> MakeFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return Error(ErrorCode::kIo,
                 std::error_code(errno, std::generic_category()).message());
  }
  close(fd);
  return {};
}

Result<std::unique_ptr<Store>> Open(const SqliteOptions& options,
                                    LockFile lock) {
  const auto made = MakeFile(options.path);
  if (!made) return made.error();
  auto database = std::make_unique<SQLite::Database>(
      options.path, SQLite::OPEN_READWRITE, kBusyMilliseconds);
  // They would write to a file that may not be ours.
  const bool is_new = database->execAndGet("PRAGMA page_count").getInt() == 0;
  if (is_new) database->exec(kNewFilePragmas);
  const auto migrated = Migrate(database.get());
  if (!migrated) return migrated.error();
  const auto checked = CheckSiteKey(
      database.get(),
      AddressKeys(options.site_key, options.normaliser).CheckValue());
  if (!checked) return checked.error();
  const auto is_private = CheckPrivacy(database.get(), options.is_hashed);
  if (!is_private) return is_private.error();
  database->exec(kPragmas);
  return std::unique_ptr<Store>(std::make_unique<SqliteStore>(
      options, std::move(lock), std::move(database)));
}

}  // namespace

Result<std::unique_ptr<Store>> OpenSqliteStore(const SqliteOptions& options) {
  auto lock = LockFile::Take(options.path + ".lock");
  if (!lock) return lock.error();
  auto store = Guard([&]() -> Result<std::unique_ptr<Store>> {
    return Open(options, std::move(*lock));
  });
  if (store) return store;
  return Error(store.error().code(), "cannot open the store " + options.path +
                                         ": " + store.error().text());
}

}  // namespace postbounce
