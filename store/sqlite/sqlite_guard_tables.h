#ifndef POSTBOUNCE_STORE_SQLITE_SQLITE_GUARD_TABLES_H_
#define POSTBOUNCE_STORE_SQLITE_SQLITE_GUARD_TABLES_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "store/guard_tables.h"

namespace postbounce {

// The guard's tables through prepared statements. The constructor throws
// SQLite::Exception; the database must outlive this.
class SqliteGuardTables : public GuardTables {
 public:
  explicit SqliteGuardTables(SQLite::Database* database);

  Result<std::vector<Alarm>> Alarms() override;
  Result<AlarmId> InsertAlarm(const Alarm& alarm) override;
  Result<void> UpdateAlarm(const Alarm& alarm) override;
  Result<std::string> Piece(const GuardKey& key) override;
  Result<void> StorePiece(const GuardPiece& piece) override;
  Result<void> EachFailure(
      Timestamp from, Timestamp to,
      const std::function<void(AddressId, std::string_view text, const Event&)>&
          each) override;
  Result<bool> HasFailedThatDay(AddressId address, const Event& event) override;

 private:
  SQLite::Database& database_;
  SQLite::Statement alarms_, insert_alarm_, update_alarm_;
  SQLite::Statement piece_, store_piece_, failures_, failed_that_day_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_SQLITE_SQLITE_GUARD_TABLES_H_
