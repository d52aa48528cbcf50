#ifndef POSTBOUNCE_STORE_SQLITE_SQLITE_PRUNE_TABLES_H_
#define POSTBOUNCE_STORE_SQLITE_SQLITE_PRUNE_TABLES_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "store/prune_tables.h"

namespace postbounce {

// PruneTables in SQLite, with the schema of schema.h.
class SqlitePruneTables : public PruneTables {
 public:
  // The database must outlive this.
  explicit SqlitePruneTables(SQLite::Database* database);

  Result<std::vector<MailId>> MailsBefore(Timestamp before,
                                          std::size_t limit) override;
  Result<void> DeleteMail(MailId mail) override;
  Result<std::optional<Kept>> LoadEvent(EventId event) override;

 private:
  SQLite::Statement mails_;
  SQLite::Statement drop_witnesses_;
  SQLite::Statement drop_kept_;
  SQLite::Statement drop_awaited_;
  SQLite::Statement drop_due_;
  SQLite::Statement drop_mail_;
  SQLite::Statement event_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_SQLITE_SQLITE_PRUNE_TABLES_H_
