#include "store/sqlite/sqlite_reader.h"

#include <algorithm>
#include <map>
#include <utility>

#include "mime/text/limits.h"
#include "mime/text/text.h"
#include "store/codec.h"
#include "store/compress.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/statement.h"

namespace postbounce {
namespace {

constexpr int kBusyMilliseconds = 5000;
constexpr std::size_t kUnknownHosts = 5;

Result<InboxEntry> InboxEntryOf(Run* row) {
  const auto facts = DecodeFacts(row->Bytes(8));
  if (!facts) return facts.error();
  InboxEntry entry;
  entry.id = MailId{row->Int(0)};
  entry.received = row->Time(1);
  entry.kind = static_cast<MailKind>(row->Int(2));
  entry.from = row->Bytes(3);
  entry.subject = row->Bytes(4);
  entry.size = static_cast<std::uint64_t>(row->Int(5));
  entry.seen = row->Int(6) != 0;
  entry.forwarded = row->Int(7) == 2;
  entry.envelope_recipients = facts->envelope_recipients;
  return entry;
}

// INDEXED BY: the planner would rather walk all mail by id.
std::string InboxQueryBy(const std::string& index,
                         const std::string& condition) {
  return "SELECT id, received, kind, sender, subject, size, seen, forward,"
         " facts FROM mail INDEXED BY " +
         index + " WHERE id > ? AND " + condition + " ORDER BY id LIMIT ?";
}

std::string SelectEvents(const std::string& of) {
  return std::string("SELECT ") + kEventColumns +
         ", e.voided_by FROM event AS e WHERE " + of +
         " AND e.merged_into IS NULL ORDER BY e.time DESC, e.id DESC LIMIT ?";
}

std::string ListQueryWith(const std::string& condition) {
  return std::string("SELECT d.id, a.text, a.key, ") + kDecisionColumns +
         " FROM decision AS d CROSS JOIN address AS a ON a.id = d.address"
         " WHERE d.id > ?1 AND (?2 IS NULL OR d.reason = ?2)"
         " AND (?3 IS NULL OR d.scope = ?3)" +
         condition + " ORDER BY d.id";
}

}  // namespace

SqliteReader::SqliteReader(const std::string& path, const AddressKeys* keys)
    : keys_(*keys),
      database_(path, SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX,
                kBusyMilliseconds),
      begin_(database_, "BEGIN"),
      end_(database_, "COMMIT"),
      find_address_(database_, "SELECT id, text FROM address WHERE key = ?"),
      find_hash_(database_,
                 "SELECT text FROM address WHERE key BETWEEN ? AND ? LIMIT 1"),
      decisions_(database_, std::string("SELECT ") + kDecisionColumns +
                                " FROM decision AS d WHERE d.address = ?"
                                " ORDER BY d.scope"),
      count_failures_(database_,
                      "SELECT action = 1, standing, voided_by IS NOT NULL,"
                      " count(*), max(time) FROM event"
                      " WHERE address = ? AND merged_into IS NULL"
                      " GROUP BY 1, 2, 3"),
      events_(database_, SelectEvents("e.address = ?")),
      domain_events_(database_, SelectEvents("e.domain = ? AND e.standing = 1"
                                             " AND e.action = 1 AND e.class = 3"
                                             " AND e.reason IN (5, 6)")),
      witnesses_(database_,
                 "SELECT w.id, m.received, w.account, m.facts, a.text,"
                 " w.time, w.standing, w.proof, w.after_acceptance, w.scope,"
                 " w.relay, w.message, w.message_seen FROM witness AS w"
                 " JOIN mail AS m ON m.id = w.id / 65536"
                 " LEFT JOIN address AS a ON a.id = w.address"
                 " WHERE w.event = ? ORDER BY w.id LIMIT 100"),
      unproven_(database_,
                "SELECT (SELECT m.facts FROM witness AS w"
                "  JOIN mail AS m ON m.id = w.id / 65536"
                "  WHERE w.event = e.id AND w.message IS NULL"
                "  ORDER BY w.id LIMIT 1)"
                " FROM event AS e INDEXED BY event_unproven"
                " WHERE e.merged_into IS NULL AND e.standing = 0"
                " AND e.action = 1"
                " ORDER BY e.id DESC LIMIT 1000"),
      list_(database_, ListQueryWith("")),
      list_active_(database_, ListQueryWith(" AND d.state = 1")),
      list_other_(database_,
                  ListQueryWith(" AND d.state = ?4 AND d.state <> 1")),
      order_reader_(&database_, keys),
      export_reader_(&database_, keys),
      inbox_(database_, InboxQueryBy("mail_for_people", "for_people = 1")),
      inbox_unseen_(database_,
                    InboxQueryBy("mail_unseen", "for_people = 1 AND seen = 0")),
      inbox_to_forward_(database_,
                        InboxQueryBy("mail_to_forward", "forward = 1")),
      kept_(database_, "SELECT bytes FROM kept WHERE mail = ?"),
      count_(database_,
             "SELECT (SELECT count(*) FROM mail),"
             " (SELECT count(*) FROM witness),"
             " (SELECT count(*) FROM event WHERE merged_into IS NULL),"
             " (SELECT count(*) FROM decision)"
             "  - (SELECT count(*) FROM decision WHERE state <> 1)"
             "  - (SELECT count(*) FROM decision"
             "     WHERE state = 1 AND scope <> ''),"
             " (SELECT count(*) FROM mail WHERE for_people = 1 AND seen = 0),"
             " (SELECT coalesce(sum(length(k.bytes)), 0) FROM mail AS m"
             "  JOIN kept AS k ON k.mail = m.id"
             "  WHERE m.for_people = 1 AND m.seen = 0),"
             " (SELECT count(*) FROM event"
             "  WHERE merged_into IS NULL AND standing = 0 AND action = 1),"
             " (SELECT count(DISTINCT address) FROM decision"
             "  WHERE state = 2),"
             " (SELECT count(*) FROM event"
             "  WHERE merged_into IS NULL AND action = 1),"
             " (SELECT count(DISTINCT address) FROM decision"
             "  WHERE state = 1 AND scope <> '')"),
      each_place_(database_,
                  "SELECT a.key, d.scope, d.until, d.state, d.reason"
                  " FROM decision AS d"
                  " JOIN address AS a ON a.id = d.address"
                  " WHERE d.state IN (1, 2)"),
      each_held_(database_, std::string("SELECT a.text, ") + kEventColumns +
                                " FROM decision AS d"
                                " JOIN address AS a ON a.id = d.address"
                                " JOIN event AS e ON e.id = d.event"
                                " WHERE d.state = 2 ORDER BY d.id"),
      alarms_(database_, std::string("SELECT ") + kAlarmColumns +
                             " FROM alarm AS al ORDER BY al.id DESC"),
      list_tables_(&database_),
      guard_tables_(&database_),
      replay_tables_(&database_),
      log_tables_(&database_),
      log_finder_(&log_tables_, keys) {}

Result<std::vector<UnknownHost>> SqliteReader::UnknownHosts() {
  return Guard([&]() -> Result<std::vector<UnknownHost>> {
    std::map<std::string, std::uint64_t> failures;
    Run row(&unproven_);
    while (row.Next()) {
      if (row.IsNull(0)) continue;
      const auto facts = DecodeFacts(row.Bytes(0));
      if (!facts) return facts.error();
      ++failures[ToLower(facts->reporting_mta)];
    }
    std::vector<UnknownHost> hosts;
    for (const auto& [name, count] : failures) hosts.push_back({name, count});
    std::stable_sort(hosts.begin(), hosts.end(),
                     [](const UnknownHost& a, const UnknownHost& b) {
                       return a.failures > b.failures;
                     });
    if (hosts.size() > kUnknownHosts) hosts.resize(kUnknownHosts);
    return hosts;
  });
}

Result<std::vector<StoredWitness>> SqliteReader::WitnessesOf(EventId event) {
  std::vector<StoredWitness> witnesses;
  Run row(&witnesses_, event);
  while (row.Next()) {
    auto witness = DecodeWitness(row.Bytes(2));
    if (!witness) return witness.error();
    auto facts = DecodeFacts(row.Bytes(3));
    if (!facts) return facts.error();
    const std::int64_t id = row.Int(0);
    witness->ordinal = static_cast<std::uint32_t>(id % kWitnessesPerMail);
    const auto mailed = Address::Parse(row.Bytes(4));
    if (mailed) witness->mailed = *mailed;
    if (!witness->reported) witness->reported = witness->mailed;
    witness->binding = BindingOfRow(&row, 5);
    witnesses.push_back({MailId{id / kWitnessesPerMail}, row.Time(1),
                         std::move(*witness), std::move(*facts)});
  }
  return witnesses;
}

Result<InboxPage> SqliteReader::Inbox(const InboxQuery& query) {
  const auto after = ParseCursor(query.cursor);
  if (!after) return after.error();
  return Guard([&]() -> Result<InboxPage> {
    const Snapshot snapshot(&begin_, &end_);
    return ReadInbox(query, *after);
  });
}

Result<InboxPage> SqliteReader::ReadInbox(const InboxQuery& query,
                                          std::int64_t after) {
  const std::int64_t limit = PageLimit(query.limit);
  SQLite::Statement* const statement = query.to_forward  ? &inbox_to_forward_
                                       : query.with_seen ? &inbox_
                                                         : &inbox_unseen_;
  Run row(statement, after, limit + 1);
  InboxPage page;
  while (row.Next()) {
    if (static_cast<std::int64_t>(page.entries.size()) == limit) {
      page.cursor =
          std::to_string(static_cast<std::int64_t>(page.entries.back().id));
      break;
    }
    auto entry = InboxEntryOf(&row);
    if (!entry) return entry.error();
    page.entries.push_back(std::move(*entry));
  }
  return page;
}

Result<std::string> SqliteReader::KeptMail(MailId id) {
  return Guard([&]() -> Result<std::string> {
    Run row(&kept_, id);
    if (!row.Next()) {
      return Error(ErrorCode::kNotFound,
                   "nothing is kept of mail " +
                       std::to_string(static_cast<std::int64_t>(id)));
    }
    return Decompress(row.Bytes(0), limits::kMessageSize);
  });
}

Result<Totals> SqliteReader::Count() {
  return Guard([&]() -> Result<Totals> {
    Run row(&count_);
    Totals totals;
    if (!row.Next()) return totals;
    const auto number = [&](int column) {
      return static_cast<std::uint64_t>(row.Int(column));
    };
    totals.mails = number(0);
    totals.witnesses = number(1);
    totals.events = number(2);
    totals.suppressed = number(3);
    totals.unseen_mails = number(4);
    totals.unseen_bytes = number(5);
    totals.unproven = number(6);
    totals.held = number(7);
    totals.failures = number(8);
    totals.suppressed_in_scopes = number(9);
    return totals;
  });
}

Result<void> SqliteReader::EachPlace(
    const std::function<void(const ListChange&)>& each) {
  return Guard([&]() -> Result<void> {
    Run row(&each_place_);
    while (row.Next()) {
      const auto key = KeyOfBytes(row.View(0));
      if (!key) return key.error();
      each({*key, row.Bytes(1), static_cast<ListState>(row.Int(3)),
            TimeOrNone(&row, 2), false, static_cast<Reason>(row.Int(4))});
    }
    return order_reader_.EachAllowed(each);
  });
}

}  // namespace postbounce
