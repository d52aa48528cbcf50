#ifndef POSTBOUNCE_STORE_SQLITE_SQLITE_LIST_TABLES_H_
#define POSTBOUNCE_STORE_SQLITE_SQLITE_LIST_TABLES_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstddef>
#include <functional>
#include <vector>

#include "store/list_tables.h"

namespace postbounce {

// The tables of the list through prepared statements. The constructor throws
// SQLite::Exception; the database must outlive this.
class SqliteListTables : public ListTables {
 public:
  explicit SqliteListTables(SQLite::Database* database);

  Result<std::vector<Event>> DecisiveEvents(AddressId address,
                                            std::size_t limit) override;
  Result<void> InsertDelivery(AddressId address,
                              const Acceptance& delivery) override;
  Result<std::vector<Acceptance>> Deliveries(AddressId address) override;
  Result<std::optional<Timestamp>> FirstFailure(AddressId address) override;
  Result<std::string> TextOf(AddressId address) override;
  Result<std::vector<DomainFailure>> DomainFailures(AddressId domain,
                                                    std::size_t limit) override;
  Result<std::vector<ListAction>> Actions(AddressId address) override;
  Result<std::vector<Decision>> Decisions(AddressId address) override;
  Result<void> WriteDecision(AddressId address,
                             const Decision& decision) override;
  Result<void> AppendChange(const Change& change) override;
  Result<void> EachFailing(
      const std::function<void(const Key128&)>& each) override;
  Result<std::vector<AddressId>> TakeRipe(Timestamp settled_before,
                                          Timestamp now,
                                          std::size_t limit) override;

 private:
  SQLite::Statement decisive_events_;
  SQLite::Statement insert_delivery_, deliveries_, first_failure_;
  SQLite::Statement text_of_, domain_failures_, actions_;
  SQLite::Statement decisions_, write_decision_, drop_decision_;
  SQLite::Statement append_change_, each_failing_;
  SQLite::Statement to_settle_, settle_, expired_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_SQLITE_SQLITE_LIST_TABLES_H_
