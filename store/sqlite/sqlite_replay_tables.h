#ifndef POSTBOUNCE_STORE_SQLITE_SQLITE_REPLAY_TABLES_H_
#define POSTBOUNCE_STORE_SQLITE_SQLITE_REPLAY_TABLES_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <string>
#include <vector>

#include "store/replay_tables.h"

namespace postbounce {

// ReplayTables through prepared statements. The constructor throws
// SQLite::Exception; the database must outlive this, and one that was opened to
// read only fails what writes.
class SqliteReplayTables : public ReplayTables {
 public:
  explicit SqliteReplayTables(SQLite::Database* database);

  Result<std::vector<KnownAddress>> AddressesAfter(AddressId after,
                                                   std::size_t limit) override;
  Result<void> EachAccount(AddressId address, const Each& each) override;
  Result<void> EachAccountAgainst(AddressId domain, const Each& each) override;
  Result<std::optional<Told>> Rejudge(MailId mail, std::uint32_t ordinal,
                                      const Verdict& verdict,
                                      const std::string& rules_hash) override;

 private:
  SQLite::Statement addresses_, accounts_, accounts_against_;
  SQLite::Statement account_, update_account_;
  SQLite::Statement insert_rule_set_, update_rule_set_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_SQLITE_SQLITE_REPLAY_TABLES_H_
