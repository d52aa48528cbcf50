#include "store/sqlite/sqlite_order_reader.h"

#include <utility>

#include "store/sqlite/sqlite_order_tables.h"
#include "store/sqlite/statement.h"

namespace postbounce {
namespace {

std::string SelectOrders(const std::string& from) {
  return std::string("SELECT ") + kOrderColumns + from;
}

}  // namespace

SqliteOrderReader::SqliteOrderReader(SQLite::Database* database,
                                     const AddressKeys* keys)
    : keys_(*keys),
      orders_(*database,
              "WITH own AS (SELECT a.id, a.voided_by FROM address AS s"
              "  CROSS JOIN action AS a ON a.address = s.id"
              "  WHERE s.key IN (?1, ?2)), concerned(id) AS"
              " (SELECT id FROM own UNION"
              "  SELECT voided_by FROM own WHERE voided_by IS NOT NULL UNION"
              "  SELECT e.voided_by FROM address AS s"
              "  CROSS JOIN event AS e INDEXED BY event_voided"
              "   ON e.address = s.id"
              "  WHERE s.key = ?1 AND e.voided_by IS NOT NULL UNION"
              "  SELECT e.voided_by FROM address AS s"
              "  CROSS JOIN event AS e INDEXED BY event_domain"
              "   ON e.domain = s.id AND e.merged_into IS NULL"
              "   AND e.standing = 1 AND e.action = 1 AND e.class = 3"
              "   AND e.reason IN (5, 6)"
              "  WHERE s.key = ?2 AND e.voided_by IS NOT NULL) " +
                  SelectOrders(" FROM concerned AS c"
                               " CROSS JOIN action AS o ON o.id = c.id"
                               " LEFT JOIN address AS s ON s.id = o.address"
                               " ORDER BY o.id DESC LIMIT 100")),
      order_(*database, SelectOrders(" FROM action AS o LEFT JOIN address AS s"
                                     "  ON s.id = o.address WHERE o.id = ?")),
      allowance_(*database,
                 SelectOrders(" FROM address AS s"
                              " JOIN allowance AS w ON w.address = s.id"
                              " JOIN action AS o ON o.id = w.action"
                              " WHERE s.key = ?")),
      any_(*database, "SELECT 1 FROM allowance LIMIT 1"),
      page_(*database, SelectOrders(", w.address FROM allowance AS w"
                                    " CROSS JOIN action AS o"
                                    "  ON o.id = w.action"
                                    " CROSS JOIN address AS s"
                                    "  ON s.id = w.address"
                                    " WHERE w.address > ?"
                                    " ORDER BY w.address LIMIT ?")),
      each_(*database,
            "SELECT s.key, w.until FROM allowance AS w"
            " JOIN address AS s ON s.id = w.address"),
      undos_(*database,
             SelectOrders(
                 ", (SELECT count(*) FROM undone AS u"
                 "  WHERE u.undo = o.id AND u.is_failure = 1),"
                 " (SELECT count(*) FROM undone AS u"
                 "  CROSS JOIN action AS a ON a.id = u.what"
                 "  WHERE u.undo = o.id AND u.is_failure = 0"
                 "  AND a.address IS NOT NULL),"
                 " (SELECT a.id FROM undone AS u"
                 "  CROSS JOIN action AS a ON a.id = u.what"
                 "  WHERE u.undo = o.id AND u.is_failure = 0 AND a.kind = 5)"
                 " FROM action AS o LEFT JOIN address AS s ON s.id = o.address"
                 " WHERE o.kind = 5 AND (?1 = 0 OR o.id < ?1)"
                 " ORDER BY o.id DESC LIMIT ?2")) {}

void SqliteOrderReader::FillStory(const Address& address, AddressStory* story) {
  const Key128 domain = keys_.KeyOfDomain(address.ascii_domain());
  FillOrders(keys_.KeyOf(address), domain, story);
  story->domain_allowed = AllowanceOf(domain);
}

void SqliteOrderReader::FillDomainStory(const Subject& domain,
                                        AddressStory* story) {
  const Key128 key = keys_.KeyOfDomain(domain.ascii_domain());
  FillOrders(key, key, story);
}

void SqliteOrderReader::FillOrders(const Key128& key, const Key128& domain,
                                   AddressStory* story) {
  Run row(&orders_, BlobOf(key), BlobOf(domain));
  while (row.Next()) story->orders.push_back(StoredOrderOfRow(&row, 0));
  story->allowed = AllowanceOf(key);
}

UndoPage SqliteOrderReader::Undos(std::int64_t before, std::size_t limit) {
  UndoPage page;
  Run row(&undos_, before, std::uint64_t{limit + 1});
  while (row.Next()) {
    if (page.entries.size() == limit) {
      page.cursor = std::to_string(
          static_cast<std::int64_t>(page.entries.back().order.id));
      break;
    }
    StoredUndo undo;
    undo.order = StoredOrderOfRow(&row, 0);
    undo.failures = static_cast<std::size_t>(row.Int(11));
    undo.orders = static_cast<std::size_t>(row.Int(12));
    if (!row.IsNull(13)) undo.of = ActionId{row.Int(13)};
    page.entries.push_back(std::move(undo));
  }
  return page;
}

std::optional<StoredOrder> SqliteOrderReader::OrderOf(ActionId id) {
  Run row(&order_, id);
  if (!row.Next()) return std::nullopt;
  return StoredOrderOfRow(&row, 0);
}

std::optional<StoredOrder> SqliteOrderReader::AllowanceOf(const Key128& key) {
  Run row(&allowance_, BlobOf(key));
  if (!row.Next()) return std::nullopt;
  return StoredOrderOfRow(&row, 0);
}

bool SqliteOrderReader::IsAllowed(const Key128& key, const std::string& text,
                                  Timestamp now) {
  const auto allows = [&](const Key128& any) {
    const auto order = AllowanceOf(any);
    return order && (!order->until || now < *order->until);
  };
  if (allows(key)) return true;
  const auto address = Address::Parse(text);
  return address && allows(keys_.KeyOfDomain(address->ascii_domain()));
}

bool SqliteOrderReader::AllowsAny() { return Run(&any_).Next(); }

AllowPage SqliteOrderReader::Allowed(std::int64_t after, std::size_t limit) {
  AllowPage page;
  std::int64_t last = 0;
  // One row more than asked for tells whether this is the last page.
  Run row(&page_, after, std::uint64_t{limit + 1});
  while (row.Next()) {
    if (page.entries.size() == limit) {
      page.cursor = std::to_string(last);
      break;
    }
    last = row.Int(11);
    page.entries.push_back(StoredOrderOfRow(&row, 0));
  }
  return page;
}

Result<void> SqliteOrderReader::EachAllowed(
    const std::function<void(const ListChange&)>& each) {
  Run row(&each_);
  while (row.Next()) {
    const auto key = KeyOfBytes(row.Bytes(0));
    if (!key) return key.error();
    each({*key, "", ListState::kActive, TimeOrNone(&row, 1), true});
  }
  return {};
}

}  // namespace postbounce
