#ifndef POSTBOUNCE_STORE_SQLITE_SQLITE_ORDER_READER_H_
#define POSTBOUNCE_STORE_SQLITE_SQLITE_ORDER_READER_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "store/address_keys.h"
#include "store/reader.h"

namespace postbounce {

// What a Reader tells of orders and of the allow-list, within the caller's
// snapshot. All throw SQLite::Exception; `database` and `keys` must outlive
// this.
class SqliteOrderReader {
 public:
  SqliteOrderReader(SQLite::Database* database, const AddressKeys* keys);

  // Fills `orders` and `allowed`.
  void FillStory(const Address& address, AddressStory* story);
  // Whether a place on the list is overruled: by its own key, or by the
  // domain of its address.
  bool IsAllowed(const Key128& key, const std::string& text, Timestamp now);
  // False: IsAllowed() is false for all.
  bool AllowsAny();
  std::optional<StoredOrder> OrderOf(ActionId id);
  // The same of a domain.
  void FillDomainStory(const Subject& domain, AddressStory* story);
  // Those before that one.
  UndoPage Undos(std::int64_t before, std::size_t limit);
  AllowPage Allowed(std::int64_t after, std::size_t limit);
  Result<void> EachAllowed(const std::function<void(const ListChange&)>& each);

 private:
  void FillOrders(const Key128& key, const Key128& domain, AddressStory* story);
  std::optional<StoredOrder> AllowanceOf(const Key128& key);

  const AddressKeys& keys_;
  SQLite::Statement orders_, order_, allowance_, any_, page_, each_, undos_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_SQLITE_SQLITE_ORDER_READER_H_
