#ifndef POSTBOUNCE_STORE_SQLITE_SQLITE_EXPORT_READER_H_
#define POSTBOUNCE_STORE_SQLITE_SQLITE_EXPORT_READER_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "store/address_keys.h"
#include "store/exported.h"
#include "store/reader.h"

namespace postbounce {

// What a Reader tells of the list to other programs, within the caller's
// snapshot. All throw SQLite::Exception; `database` and `keys` must outlive
// this.
class SqliteExportReader {
 public:
  SqliteExportReader(SQLite::Database* database, const AddressKeys* keys);

  Result<std::string> EachListed(const ListQuery& query,
                                 const EachExported& each);
  Result<std::string> EachChanged(const ListQuery& query,
                                  const ChangeInterval& interval,
                                  const EachExported& each);
  ChangeMark NewestMark(Timestamp now);
  Result<ChangeMark> MarkOf(std::int64_t seq);

 private:
  using Domains = std::set<std::string, std::less<>>;
  struct Work;  // of one call

  // Each of them gives at most what its page still has room for; false: there
  // is more to come, and the page's cursor says from where.
  bool ListChanges(Work* work);
  bool ListExpired(Work* work);
  bool ListNoLongerAllowed(Work* work);
  bool ListOfDomains(Work* work);

  void GivePlace(Work* work, std::int64_t address, const std::string& scope,
                 bool was_listed);
  void GiveAddress(Work* work, std::int64_t address);
  // False: nothing has ever been said of the domain.
  bool GiveDomainOf(Work* work, std::string_view address);
  Domains AllowedDomains(Timestamp now);

  const AddressKeys& keys_;
  SQLite::Statement listed_, allowed_domains_, newest_, change_;
  SQLite::Statement changes_, expired_, no_longer_allowed_, changed_domains_;
  SQLite::Statement place_, scopes_, find_address_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_SQLITE_SQLITE_EXPORT_READER_H_
