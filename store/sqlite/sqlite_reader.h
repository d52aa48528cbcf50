#ifndef POSTBOUNCE_STORE_SQLITE_SQLITE_READER_H_
#define POSTBOUNCE_STORE_SQLITE_SQLITE_READER_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "store/address_keys.h"
#include "store/log_finder.h"
#include "store/reader.h"
#include "store/sqlite/sqlite_export_reader.h"
#include "store/sqlite/sqlite_guard_tables.h"
#include "store/sqlite/sqlite_list_tables.h"
#include "store/sqlite/sqlite_log_tables.h"
#include "store/sqlite/sqlite_order_reader.h"
#include "store/sqlite/sqlite_replay_tables.h"

namespace postbounce {

// A Reader with a read-only connection of its own. Each call reads from one
// snapshot. The constructor throws SQLite::Exception; `keys` must outlive
// this.
class SqliteReader : public Reader {
 public:
  SqliteReader(const std::string& path, const AddressKeys* keys);

  Result<AddressStory> Status(const Address& address,
                              std::size_t max_events) override;
  Result<AddressStory> StatusOfDomain(const Subject& domain,
                                      std::size_t max_events) override;
  Result<std::vector<Decision>> Decisions(const Key128& key) override;
  Result<Subject> FindByHash(std::uint64_t hash) override;
  Result<ListPage> List(const ListQuery& query) override;
  Result<std::string> EachListed(const ListQuery& query,
                                 const EachExported& each) override;
  Result<ChangeMark> NewestMark(Timestamp now) override;
  Result<ChangeMark> MarkOf(std::int64_t seq) override;
  Result<std::string> EachChanged(const ListQuery& query,
                                  const ChangeInterval& interval,
                                  const EachExported& each) override;
  Result<AllowPage> Allowed(const std::string& cursor,
                            std::size_t limit) override;
  Result<UndoPage> Undos(const std::string& cursor, std::size_t limit) override;
  Result<InboxPage> Inbox(const InboxQuery& query) override;
  Result<std::string> KeptMail(MailId id) override;
  Result<Totals> Count() override;
  Result<std::vector<UnknownHost>> UnknownHosts() override;
  Result<std::vector<Alarm>> Alarms() override;
  Result<LogPage> Messages(const LogQuery& query) override;
  Result<LogStats> MailStats(const LogStatsQuery& query) override;
  Result<std::vector<LogCoverage>> Coverage() override;
  Result<std::string> LogPosition(const std::string& log) override;
  Result<std::optional<LogMessage>> OpenMessage(const std::string& log,
                                                const std::string& instance,
                                                const std::string& queue_id,
                                                Timestamp time) override;
  Result<ReplayPage> Replay(const ReplayQuery& query) override;
  Result<void> EachPlace(
      const std::function<void(const ListChange&)>& each) override;
  Result<void> EachHeld(const std::function<void(const std::string&,
                                                 const Event&)>& each) override;
  const AddressKeys& keys() const override { return keys_; }

 private:
  Result<AddressStory> ReadStory(const Address& address,
                                 std::size_t max_events);
  Result<ListPage> ReadList(const ListQuery& query, std::int64_t after);
  Result<InboxPage> ReadInbox(const InboxQuery& query, std::int64_t after);
  std::vector<Decision> DecisionsOf(const Key128& key);
  Result<void> FillEvents(SQLite::Statement* events, AddressId address,
                          std::size_t max_events, AddressStory* story);
  Result<void> FillHistory(AddressId address, AddressStory* story);
  void CountFailures(AddressId address, AddressStory* story);
  Result<std::vector<StoredWitness>> WitnessesOf(EventId event);
  Result<void> FillWitness(ListEntry* entry);

  const AddressKeys& keys_;
  SQLite::Database database_;
  SQLite::Statement begin_, end_;
  SQLite::Statement find_address_, find_hash_, decisions_, count_failures_,
      events_;
  SQLite::Statement domain_events_;
  SQLite::Statement witnesses_, unproven_;
  SQLite::Statement list_, list_active_, list_other_;
  SqliteOrderReader order_reader_;
  SqliteExportReader export_reader_;
  SQLite::Statement inbox_, inbox_unseen_, inbox_to_forward_;
  SQLite::Statement kept_, count_, each_place_, each_held_, alarms_;
  SqliteListTables list_tables_;
  SqliteGuardTables guard_tables_;
  SqliteReplayTables replay_tables_;
  SqliteLogTables log_tables_;
  LogFinder log_finder_;
};

// A cursor is the last id of the page before. kSyntax.
Result<std::int64_t> ParseCursor(const std::string& cursor);
// The limit of a query, moved into its range.
std::int64_t PageLimit(std::size_t limit);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_SQLITE_SQLITE_READER_H_
