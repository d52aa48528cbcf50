#include "store/sqlite/sqlite_export_reader.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "mime/text/digest.h"
#include "mime/text/text.h"
#include "store/decide.h"
#include "store/keys.h"
#include "store/sqlite/exported_row.h"
#include "store/sqlite/sqlite_reader.h"
#include "store/sqlite/statement.h"

namespace postbounce {
namespace {

// Rows that a page looks at, for each that it may have.
constexpr std::size_t kVisits = 10;

Error NoCursor(const std::string& cursor) {
  return Error(ErrorCode::kSyntax, "no such cursor", cursor);
}

// A number of a cursor.
bool TakeId(std::string_view* rest, std::int64_t* id) {
  const char* const end = rest->data() + rest->size();
  const auto parsed = std::from_chars(rest->data(), end, *id);
  if (parsed.ec != std::errc() || *id < 0) return false;
  rest->remove_prefix(static_cast<std::size_t>(parsed.ptr - rest->data()));
  return true;
}

}  // namespace

SqliteExportReader::SqliteExportReader(SQLite::Database* database,
                                       const AddressKeys* keys)
    : keys_(*keys),
      listed_(*database,
              std::string("SELECT d.id, d.address, a.text, a.key, d.scope, ") +
                  kPlaceColumns +
                  " FROM decision AS d"
                  " CROSS JOIN address AS a ON a.id = d.address"
                  " LEFT JOIN allowance AS w ON w.address = d.address"
                  " WHERE d.id > ? AND d.state = 1 ORDER BY d.id"),
      allowed_domains_(*database,
                       "SELECT s.text FROM allowance AS w"
                       " CROSS JOIN address AS s ON s.id = w.address"
                       " WHERE (w.until IS NULL OR w.until > ?)"
                       " AND s.text LIKE '@%'"),
      newest_(*database, "SELECT max(seq) FROM change"),
      change_(*database,
              "SELECT c.time, c.scope, c.new_state, a.key FROM change AS c"
              " JOIN address AS a ON a.id = c.address WHERE c.seq = ?"),
      changes_(*database,
               "SELECT seq, address, scope, old_state, new_state FROM change"
               " WHERE seq > ? AND seq <= ? ORDER BY seq"),
      expired_(*database,
               "SELECT until, id, address, scope FROM decision"
               " WHERE state = 1 AND until > ?1 AND until <= ?2"
               " AND (until, id) > (?3, ?4) ORDER BY until, id"),
      no_longer_allowed_(*database,
                         "SELECT address FROM allowance"
                         " WHERE until > ? AND until <= ? AND address > ?"
                         " ORDER BY address"),
      changed_domains_(*database,
                       "SELECT s.text FROM change AS c"
                       " CROSS JOIN address AS s ON s.id = c.address"
                       " WHERE c.seq > ?1 AND c.seq <= ?2"
                       " AND c.old_state = 0 AND c.new_state = 0"
                       " AND s.text LIKE '@%' UNION"
                       " SELECT s.text FROM allowance AS w"
                       " CROSS JOIN address AS s ON s.id = w.address"
                       " WHERE w.until > ?3 AND w.until <= ?4"
                       " AND s.text LIKE '@%'"),
      place_(*database, std::string("SELECT a.text, a.key, ") + kPlaceColumns +
                            ", d.id FROM address AS a"
                            " LEFT JOIN decision AS d ON d.address = a.id"
                            "  AND d.scope = ?2 AND d.state = 1"
                            " LEFT JOIN allowance AS w ON w.address = a.id"
                            " WHERE a.id = ?1"),
      scopes_(*database,
              "SELECT scope FROM decision WHERE address = ? AND state = 1"),
      find_address_(*database, "SELECT id FROM address WHERE key = ?") {}

SqliteExportReader::Domains SqliteExportReader::AllowedDomains(Timestamp now) {
  Domains domains;
  Run row(&allowed_domains_, now);
  while (row.Next()) domains.insert(AsciiDomainOf(row.View(0)));
  return domains;
}

Result<std::string> SqliteExportReader::EachListed(const ListQuery& query,
                                                   const EachExported& each) {
  const auto after = ParseCursor(query.cursor);
  if (!after) return after.error();
  const auto limit = static_cast<std::size_t>(PageLimit(query.limit));
  const Domains allowed = AllowedDomains(query.now);
  std::int64_t last = *after;
  std::size_t count = 0;
  Exported place;
  Run row(&listed_, last);
  for (std::size_t visits = 0; row.Next(); ++visits) {
    if (count == limit || visits == kVisits * limit) {
      return std::to_string(last);
    }
    last = row.Int(0);
    place.address_id = row.Int(1);
    place.address = row.View(2);
    place.scope = row.View(4);
    const bool is_enforced = ReadPlace(&row, 5, query.now, &place);
    if (!is_enforced || !Fits(query, place) || !IsAsked(query, place)) continue;
    if (!allowed.empty() && allowed.contains(AsciiDomainOf(place.address)))
      continue;
    ReadKey(&row, 3, &place);
    each(place);
    ++count;
  }
  return std::string();
}

ChangeMark SqliteExportReader::NewestMark(Timestamp now) {
  Run row(&newest_);
  ChangeMark mark;
  if (row.Next() && !row.IsNull(0)) mark = MarkOf(row.Int(0)).value();
  mark.time = now;
  return mark;
}

Result<ChangeMark> SqliteExportReader::MarkOf(std::int64_t seq) {
  ChangeMark mark;
  if (seq == 0) return mark;
  Run row(&change_, seq);
  if (!row.Next()) {
    return Error(ErrorCode::kNotFound,
                 "the list has no such change, or no longer: export all of it");
  }
  std::string bytes = std::to_string(row.Int(0)) + ' ';
  bytes += std::to_string(row.Int(2)) + ' ' + row.Bytes(1) + '\0';
  bytes += row.View(3);
  mark.seq = seq;
  mark.check = HashOf(Sha256(bytes));
  mark.time = row.Time(0);
  return mark;
}

struct SqliteExportReader::Work {
  const ListQuery& query;
  const ChangeInterval& interval;
  const EachExported& each;
  Domains allowed;  // domains
  std::size_t room;
  // Behind which the page goes on: what they mean, each part of it knows.
  std::int64_t after = 0;
  std::int64_t after_id = 0;

  // A clock may have been set back.
  Timestamp first() const {
    return std::min(interval.from.time, interval.to.time);
  }
  Timestamp last() const {
    return std::max(interval.from.time, interval.to.time);
  }
  bool TakeRoom(std::size_t size = 1) {
    if (room < size) return false;
    room -= size;
    return true;
  }
};

// The parts, by the letters that cursors have.
Result<std::string> SqliteExportReader::EachChanged(
    const ListQuery& query, const ChangeInterval& interval,
    const EachExported& each) {
  using Part = bool (SqliteExportReader::*)(Work*);
  constexpr std::pair<char, Part> kParts[] = {
      {'c', &SqliteExportReader::ListChanges},
      {'e', &SqliteExportReader::ListExpired},
      {'a', &SqliteExportReader::ListNoLongerAllowed},
      {'d', &SqliteExportReader::ListOfDomains}};
  Work work{query, interval, each, AllowedDomains(query.now),
            static_cast<std::size_t>(PageLimit(query.limit))};
  work.after = interval.from.seq;
  std::string_view rest = query.cursor;
  const char first = rest.empty() ? 'c' : rest.front();
  if (!rest.empty()) {
    rest.remove_prefix(1);
    const bool is_read = TakeId(&rest, &work.after) && TakeChar(&rest, '.') &&
                         TakeId(&rest, &work.after_id) && rest.empty();
    if (!is_read) return NoCursor(query.cursor);
  }
  bool has_begun = false;
  for (const auto& [letter, part] : kParts) {
    has_begun = has_begun || letter == first;
    if (!has_begun) continue;
    if (!(this->*part)(&work)) {
      return std::string(1, letter)
          .append(std::to_string(work.after))
          .append(1, '.')
          .append(std::to_string(work.after_id));
    }
    work.after = work.after_id = 0;
  }
  if (!has_begun) return NoCursor(query.cursor);
  return std::string();
}

bool SqliteExportReader::ListChanges(Work* work) {
  Run row(&changes_, work->after, work->interval.to.seq);
  while (row.Next()) {
    if (!work->TakeRoom()) return false;
    work->after = row.Int(0);
    // See ListTables::AppendChange().
    const bool is_of_allow_list = row.Int(3) == 0 && row.Int(4) == 0;
    if (is_of_allow_list) {
      GiveAddress(work, row.Int(1));
    } else {
      GivePlace(work, row.Int(1), row.Bytes(2),
                row.Int(3) == static_cast<int>(ListState::kActive));
    }
  }
  return true;
}

bool SqliteExportReader::ListExpired(Work* work) {
  Run row(&expired_, work->first(), work->last(), work->after, work->after_id);
  while (row.Next()) {
    if (!work->TakeRoom()) return false;
    work->after = row.Int(0);
    work->after_id = row.Int(1);
    GivePlace(work, row.Int(2), row.Bytes(3), true);
  }
  return true;
}

bool SqliteExportReader::ListNoLongerAllowed(Work* work) {
  Run row(&no_longer_allowed_, work->first(), work->last(), work->after);
  while (row.Next()) {
    if (!work->TakeRoom()) return false;
    work->after = row.Int(0);
    GiveAddress(work, work->after);
  }
  return true;
}

// Nobody knows who is in a domain but by looking at all.
bool SqliteExportReader::ListOfDomains(Work* work) {
  Domains domains;
  {
    Run row(&changed_domains_, work->interval.from.seq, work->interval.to.seq,
            work->first(), work->last());
    while (row.Next()) domains.insert(AsciiDomainOf(row.View(0)));
  }
  if (domains.empty()) return true;
  std::size_t visits = kVisits * work->room;
  Run row(&listed_, work->after);
  while (row.Next()) {
    if (visits == 0) return false;
    --visits;
    const std::int64_t id = row.Int(0);
    if (domains.contains(AsciiDomainOf(row.View(2)))) {
      if (!work->TakeRoom()) return false;
      GivePlace(work, row.Int(1), row.Bytes(4), true);
    }
    work->after = id;
  }
  return true;
}

// What has become of it.
void SqliteExportReader::GivePlace(Work* work, std::int64_t address,
                                   const std::string& scope, bool was_listed) {
  Run row(&place_, address, scope);
  if (!row.Next()) return;
  Exported place;
  place.address_id = address;
  place.address = row.View(0);
  place.scope = scope;
  place.was_listed = was_listed;
  if (!IsAsked(work->query, place)) return;
  const bool is_enforced = ReadPlace(&row, 2, work->query.now, &place);
  place.is_listed = !row.IsNull(7) && is_enforced && Fits(work->query, place) &&
                    (work->allowed.empty() ||
                     !work->allowed.contains(AsciiDomainOf(place.address)));
  if (!place.is_listed && !was_listed) return;
  ReadKey(&row, 1, &place);
  work->each(place);
}

// Of one whose place on the allow-list has changed.
void SqliteExportReader::GiveAddress(Work* work, std::int64_t address) {
  std::vector<std::string> scopes;
  {
    Run row(&scopes_, address);
    while (row.Next()) scopes.push_back(row.Bytes(0));
  }
  for (const std::string& scope : scopes) {
    GivePlace(work, address, scope, true);
  }
  std::string text;
  {
    Run row(&place_, address, std::string());
    if (row.Next()) text = row.Bytes(0);
  }
  if (text.empty() || text.starts_with('@')) return;
  // A file may have told that it is no part of its domain.
  const bool is_given =
      std::find(scopes.begin(), scopes.end(), std::string()) != scopes.end();
  if (GiveDomainOf(work, text) && !is_given) {
    GivePlace(work, address, std::string(), true);
  }
}

bool SqliteExportReader::GiveDomainOf(Work* work, std::string_view address) {
  const Key128 key = keys_.KeyOfDomain(AsciiDomainOf(address));
  std::optional<std::int64_t> domain;
  {
    Run row(&find_address_, BlobOf(key));
    if (row.Next()) domain = row.Int(0);
  }
  if (domain) GivePlace(work, *domain, std::string(), false);
  return domain.has_value();
}

}  // namespace postbounce
