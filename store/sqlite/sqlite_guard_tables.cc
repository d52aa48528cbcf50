#include "store/sqlite/sqlite_guard_tables.h"

#include <chrono>

#include "store/sqlite/statement.h"

namespace postbounce {

SqliteGuardTables::SqliteGuardTables(SQLite::Database* database)
    : database_(*database),
      alarms_(*database, std::string("SELECT ") + kAlarmColumns +
                             " FROM alarm AS al ORDER BY al.id"),
      insert_alarm_(*database,
                    "INSERT INTO alarm(kind, name, raised, since, until,"
                    " state, operator) VALUES (?, ?, ?, ?, ?, ?, ?)"),
      update_alarm_(*database,
                    "UPDATE alarm SET until = ?, state = ?, actor = ?, why = ?,"
                    " told = ? WHERE id = ?"),
      piece_(*database,
             "SELECT bytes FROM guard"
             " WHERE kind = ? AND name = ? AND period = ?"),
      store_piece_(*database,
                   "INSERT OR REPLACE INTO guard(kind, name, period, bytes)"
                   " VALUES (?, ?, ?, ?)"),
      failures_(*database, std::string("SELECT e.address, a.text, ") +
                               kEventColumns +
                               " FROM event AS e"
                               " JOIN address AS a ON a.id = e.address"
                               " WHERE e.time >= ? AND e.time <= ? AND" +
                               kIsDecisive),
      failed_that_day_(*database,
                       std::string("SELECT 1 FROM event AS e"
                                   " WHERE e.address = ? AND e.time >= ?"
                                   " AND e.time < ? AND e.id <> ? AND") +
                           kIsDecisive + " LIMIT 1") {}

Result<std::vector<Alarm>> SqliteGuardTables::Alarms() {
  return Guard([&]() -> Result<std::vector<Alarm>> {
    std::vector<Alarm> alarms;
    Run row(&alarms_);
    while (row.Next()) alarms.push_back(AlarmOfRow(&row, 0));
    return alarms;
  });
}

Result<AlarmId> SqliteGuardTables::InsertAlarm(const Alarm& alarm) {
  return Guard([&]() -> Result<AlarmId> {
    Run(&insert_alarm_, alarm.subject.kind, alarm.subject.name, alarm.raised,
        alarm.since, alarm.until, alarm.state, alarm.operator_domain)
        .Execute();
    return AlarmId{database_.getLastInsertRowid()};
  });
}

Result<void> SqliteGuardTables::UpdateAlarm(const Alarm& alarm) {
  return Guard([&]() -> Result<void> {
    Run(&update_alarm_, alarm.until, alarm.state, alarm.actor, alarm.why,
        alarm.told, alarm.id)
        .Execute();
    return {};
  });
}

Result<std::string> SqliteGuardTables::Piece(const GuardKey& key) {
  return Guard([&]() -> Result<std::string> {
    Run row(&piece_, key.subject.kind, key.subject.name,
            std::int64_t{key.period});
    return row.Next() ? row.Bytes(0) : std::string();
  });
}

Result<void> SqliteGuardTables::StorePiece(const GuardPiece& piece) {
  return Guard([&]() -> Result<void> {
    Run(&store_piece_, piece.key.subject.kind, piece.key.subject.name,
        std::int64_t{piece.key.period}, BlobOf(piece.bytes))
        .Execute();
    return {};
  });
}

Result<void> SqliteGuardTables::EachFailure(
    Timestamp from, Timestamp to,
    const std::function<void(AddressId, std::string_view, const Event&)>&
        each) {
  return Guard([&]() -> Result<void> {
    Run row(&failures_, from, to);
    while (row.Next()) {
      each(AddressId{row.Int(0)}, row.Bytes(1), EventOfRow(&row, 2));
    }
    return {};
  });
}

Result<bool> SqliteGuardTables::HasFailedThatDay(AddressId address,
                                                 const Event& event) {
  const auto day = std::chrono::floor<std::chrono::days>(event.time);
  return Guard([&]() -> Result<bool> {
    Run row(&failed_that_day_, address, Timestamp(day),
            Timestamp(day + std::chrono::days(1)), event.id);
    return row.Next();
  });
}

}  // namespace postbounce
