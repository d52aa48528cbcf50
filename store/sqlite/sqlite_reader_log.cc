// The half of SqliteReader that answers from the logs.
#include "store/sqlite/sqlite_reader.h"
#include "store/sqlite/statement.h"

namespace postbounce {

Result<LogPage> SqliteReader::Messages(const LogQuery& query) {
  return Guard([&]() -> Result<LogPage> {
    const Snapshot snapshot(&begin_, &end_);
    return log_finder_.Messages(query);
  });
}

Result<LogStats> SqliteReader::MailStats(const LogStatsQuery& query) {
  return Guard([&]() -> Result<LogStats> {
    const Snapshot snapshot(&begin_, &end_);
    return log_finder_.Stats(query);
  });
}

Result<std::vector<LogCoverage>> SqliteReader::Coverage() {
  return Guard([&]() -> Result<std::vector<LogCoverage>> {
    const Snapshot snapshot(&begin_, &end_);
    return log_finder_.Coverage();
  });
}

Result<std::string> SqliteReader::LogPosition(const std::string& log) {
  const auto logs = log_tables_.Logs();
  if (!logs) return logs.error();
  for (const LogInfo& info : *logs) {
    if (info.name == log) return info.position;
  }
  return std::string();
}

Result<std::optional<LogMessage>> SqliteReader::OpenMessage(
    const std::string& log, const std::string& instance,
    const std::string& queue_id, Timestamp time) {
  return Guard([&]() -> Result<std::optional<LogMessage>> {
    const Snapshot snapshot(&begin_, &end_);
    return log_finder_.OpenMessage(log, instance, queue_id, time);
  });
}

Result<std::vector<Alarm>> SqliteReader::Alarms() {
  return Guard([&]() -> Result<std::vector<Alarm>> {
    std::vector<Alarm> alarms;
    Run row(&alarms_);
    while (row.Next()) alarms.push_back(AlarmOfRow(&row, 0));
    return alarms;
  });
}

Result<void> SqliteReader::EachHeld(
    const std::function<void(const std::string&, const Event&)>& each) {
  return Guard([&]() -> Result<void> {
    Run row(&each_held_);
    while (row.Next()) each(row.Bytes(0), EventOfRow(&row, 1));
    return {};
  });
}

}  // namespace postbounce
