#include "store/sqlite/sqlite_tables.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstdint>

#include "mime/text/address.h"
#include "mime/text/text.h"
#include "store/codec.h"
#include "store/keys.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/statement.h"

namespace postbounce {
namespace {

Result<void> Execute(SQLite::Statement* statement) {
  return Guard([&]() -> Result<void> {
    Run(statement).Execute();
    return {};
  });
}

// What WitnessOfRow() reads.
constexpr const char* kWitnessRow =
    "SELECT w.id, w.address, w.event, w.account, a.text, w.time, w.standing,"
    " w.proof, w.after_acceptance, w.scope, w.relay, w.message,"
    " w.message_seen"
    " FROM witness AS w LEFT JOIN address AS a ON a.id = w.address";

void AddOnce(const Event& event, std::vector<Event>* events) {
  if (std::find(events->begin(), events->end(), event) == events->end()) {
    events->push_back(event);
  }
}

}  // namespace

SqliteTables::SqliteTables(SQLite::Database* database)
    : database_(*database),
      // IMMEDIATE: to be refused before any work rather than in the middle.
      begin_(*database, "BEGIN IMMEDIATE"),
      commit_(*database, "COMMIT"),
      rollback_(*database, "ROLLBACK"),
      begin_item_(*database, "SAVEPOINT item"),
      keep_item_(*database, "RELEASE item"),
      drop_item_(*database, "ROLLBACK TO item"),
      find_mail_(*database,
                 "SELECT id, digest FROM mail"
                 " WHERE day IN (?2 - 1, ?2, ?2 + 1) AND hash = ?1"),
      insert_mail_(*database,
                   "INSERT INTO mail(received, date, day, hash, digest, kind,"
                   " for_people, seen, forward, kept, size, rule_set, sender,"
                   " subject, facts)"
                   " VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?)"),
      load_mail_(*database,
                 "SELECT received, date, kind, facts FROM mail WHERE id = ?"),
      insert_kept_(*database, "INSERT INTO kept(mail, bytes) VALUES (?, ?)"),
      has_mail_(*database, "SELECT 1 FROM mail WHERE id = ?"),
      find_rule_set_(*database, "SELECT id FROM rule_set WHERE hash = ?"),
      insert_rule_set_(*database, "INSERT INTO rule_set(hash) VALUES (?)"),
      find_address_(*database, "SELECT id FROM address WHERE key = ?"),
      insert_address_(*database,
                      "INSERT INTO address(key, text, normaliser)"
                      " VALUES (?, ?, ?)"),
      key_of_(*database, "SELECT key FROM address WHERE id = ?"),
      // CROSS JOIN: links first, whatever the planner would guess.
      find_events_(*database,
                   std::string("SELECT ") + kEventColumns +
                       " FROM link AS l"
                       " CROSS JOIN event AS was ON was.id = l.event"
                       " CROSS JOIN event AS e"
                       "  ON e.id = coalesce(was.merged_into, was.id)"
                       " WHERE l.address = ?3"
                       "  AND l.day IN (?1 - 1, ?1, ?1 + 1)"
                       "  AND l.hash = ?2 AND e.address = ?3"),
      insert_event_(*database,
                    "INSERT INTO event(time, action, reason, class, permanent,"
                    " standing, after_acceptance, wants_second_day, scope,"
                    " relay, message, message_seen, address)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      update_event_(*database,
                    "UPDATE event SET time = ?, action = ?, reason = ?,"
                    " class = ?, permanent = ?, standing = ?,"
                    " after_acceptance = ?, wants_second_day = ?, scope = ?,"
                    " relay = ?, message = ?, message_seen = ? WHERE id = ?"),
      merge_event_(*database,
                   "UPDATE event SET merged_into = ?1 WHERE id = ?2"),
      merge_undos_(*database,
                   "INSERT OR IGNORE INTO undone(is_failure, what, undo)"
                   " SELECT 1, ?1, undo FROM undone"
                   " WHERE is_failure = 1 AND what = ?2"),
      merge_merged_(*database,
                    "UPDATE event SET merged_into = ? WHERE merged_into = ?"),
      move_witnesses_(*database,
                      "UPDATE witness SET event = ? WHERE event = ?"),
      set_domain_(*database, "UPDATE event SET domain = ? WHERE id = ?"),
      domain_of_(*database, "SELECT domain FROM event WHERE id = ?"),
      undos_(*database,
             "SELECT undo FROM undone WHERE is_failure = 1 AND what = ?"),
      add_undo_(*database,
                "INSERT OR IGNORE INTO undone(is_failure, what, undo)"
                " VALUES (1, ?, ?)"),
      drop_undos_(*database,
                  "DELETE FROM undone WHERE is_failure = 1 AND what = ?"),
      set_voided_(*database, "UPDATE event SET voided_by = " + UndoOf("event") +
                                 " WHERE id = ?"),
      insert_link_(*database,
                   "INSERT OR IGNORE INTO link(day, hash, address, event, kind)"
                   " VALUES (?, ?, ?, ?, ?)"),
      delete_merged_(*database, "DELETE FROM event WHERE merged_into = ?"),
      delete_links_(*database,
                    "DELETE FROM link WHERE address ="
                    " (SELECT address FROM event WHERE id = ?1)"
                    " AND event IN (SELECT id FROM event"
                    "  WHERE id = ?1 OR merged_into = ?1)"),
      delete_event_(*database, "DELETE FROM event WHERE id = ?"),
      insert_witness_(*database,
                      "INSERT INTO witness(address, event, time, standing,"
                      " proof, after_acceptance, scope, relay, message,"
                      " message_seen, id, account)"
                      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      update_witness_(*database,
                      "UPDATE witness SET address = ?, event = ?, time = ?,"
                      " standing = ?, proof = ?, after_acceptance = ?,"
                      " scope = ?, relay = ?, message = ?, message_seen = ?,"
                      " account = ? WHERE id = ?"),
      update_facts_(*database, "UPDATE mail SET facts = ? WHERE id = ?"),
      witnesses_of_event_(*database, std::string(kWitnessRow) +
                                         " WHERE w.event = ? ORDER BY w.id"
                                         " LIMIT 1000"),
      witnesses_of_mail_(*database,
                         std::string(kWitnessRow) +
                             " WHERE w.id >= ? AND w.id < ? ORDER BY w.id"),
      forget_awaited_(*database, "DELETE FROM awaited WHERE mail = ?"),
      await_(*database,
             "INSERT OR IGNORE INTO awaited(mail, hash)"
             " VALUES (?, ?)"),
      each_awaited_(*database,
                    "SELECT w.mail, w.hash FROM awaited AS w"
                    " JOIN mail AS m ON m.id = w.mail WHERE m.received >= ?"
                    " ORDER BY w.mail DESC"),
      set_due_(*database,
               "INSERT OR IGNORE INTO due(mail)"
               " SELECT mail FROM awaited WHERE mail = ? LIMIT 1"),
      next_due_(*database, "SELECT max(mail) FROM due"),
      drop_due_(*database, "DELETE FROM due WHERE mail = ?"),
      mark_seen_(*database,
                 "UPDATE mail SET seen = 1,"
                 " kept = CASE WHEN kept = 2 AND forward <> 1 THEN 1"
                 " ELSE kept END WHERE id = ? AND seen = 0"),
      mark_forwarded_(*database,
                      "UPDATE mail SET forward = 2, seen = 1,"
                      " kept = CASE WHEN kept = 2 THEN 1 ELSE kept END"
                      " WHERE id = ? AND forward = 1"),
      to_prune_(*database,
                "SELECT id FROM mail WHERE kept = 1 AND received < ?"
                " ORDER BY received, id LIMIT ?"),
      drop_kept_(*database, "DELETE FROM kept WHERE mail = ?"),
      mark_pruned_(*database, "UPDATE mail SET kept = 0 WHERE id = ?") {}

Result<void> SqliteTables::Begin() { return Execute(&begin_); }

Result<void> SqliteTables::Commit() { return Execute(&commit_); }

void SqliteTables::Rollback() {
  // SQLite may have rolled back by itself, on a full disk for one. That it
  // fails leaves nothing to do: a transaction still open fails the next Begin.
  if (sqlite3_get_autocommit(database_.getHandle()) != 0) return;
  static_cast<void>(Execute(&rollback_));
}

Result<void> SqliteTables::BeginItem() { return Execute(&begin_item_); }

Result<void> SqliteTables::KeepItem() { return Execute(&keep_item_); }

Result<void> SqliteTables::DropItem() {
  return Guard([&]() -> Result<void> {
    Run(&drop_item_).Execute();
    Run(&keep_item_).Execute();
    return {};
  });
}

Result<std::optional<MailId>> SqliteTables::FindMail(const Digest& digest,
                                                     Timestamp date) {
  return Guard([&]() -> Result<std::optional<MailId>> {
    Run row(&find_mail_, HashOf(digest), DayOf(date));
    while (row.Next()) {
      const std::string stored = row.Bytes(1);
      if (std::equal(stored.begin(), stored.end(), digest.begin(), digest.end(),
                     [](char a, std::uint8_t b) {
                       return static_cast<std::uint8_t>(a) == b;
                     })) {
        return std::optional<MailId>(MailId{row.Int(0)});
      }
    }
    return std::optional<MailId>();
  });
}

Result<MailId> SqliteTables::InsertMail(const Mail& mail) {
  return Guard([&]() -> Result<MailId> {
    const std::int64_t rule_set = InternRuleSet(ToUtf8(mail.rules_hash));
    const std::string sender = ToUtf8(mail.from);
    const std::string subject = ToUtf8(mail.subject);
    const std::string facts = EncodeFacts(mail.facts);
    const bool is_exempt = mail.for_people || mail.forward;
    const int kept = mail.kept.empty() ? 0 : is_exempt ? 2 : 1;
    Run(&insert_mail_, mail.received, mail.date, DayOf(mail.date),
        HashOf(mail.digest), BlobOf(mail.digest), mail.kind, mail.for_people,
        mail.forward, kept, mail.size, rule_set, sender, subject, facts)
        .Execute();
    const MailId id{database_.getLastInsertRowid()};
    if (kept != 0) Run(&insert_kept_, id, BlobOf(mail.kept)).Execute();
    return id;
  });
}

std::int64_t SqliteTables::InternRuleSet(const std::string& hash) {
  Run row(&find_rule_set_, hash);
  if (row.Next()) return row.Int(0);
  Run(&insert_rule_set_, hash).Execute();
  return database_.getLastInsertRowid();
}

Result<Interned> SqliteTables::InternAddress(const Key128& key,
                                             const std::string& text) {
  return Guard([&]() -> Result<Interned> {
    Run row(&find_address_, BlobOf(key));
    if (row.Next()) return Interned{AddressId{row.Int(0)}, false};
    Run(&insert_address_, BlobOf(key), text, kNormaliserVersion).Execute();
    return Interned{AddressId{database_.getLastInsertRowid()}, true};
  });
}

Result<Key128> SqliteTables::KeyOf(AddressId address) {
  return Guard([&]() -> Result<Key128> {
    Run row(&key_of_, address);
    if (!row.Next()) return Error(ErrorCode::kNotFound, "no such address");
    return KeyOfBytes(row.Bytes(0));
  });
}

Result<std::vector<Event>> SqliteTables::FindEvents(
    AddressId address, std::span<const Link> links) {
  static_assert(kLinkDays == 1, "the statement looks a day around");
  return Guard([&]() -> Result<std::vector<Event>> {
    std::vector<Event> events;
    for (const Link& link : links) {
      Run row(&find_events_, link.day, link.hash, address);
      while (row.Next()) {
        AddOnce(EventOfRow(&row, 0), &events);
      }
    }
    return events;
  });
}

Result<EventId> SqliteTables::InsertEvent(AddressId address,
                                          const Event& event) {
  return Guard([&]() -> Result<EventId> {
    Run(&insert_event_, event.time, event.action, event.reason,
        event.reason_class, event.permanent, event.standing,
        event.after_acceptance, event.wants_second_day, event.scope,
        event.relay, event.message, address)
        .Execute();
    return EventId{database_.getLastInsertRowid()};
  });
}

Result<void> SqliteTables::UpdateEvent(const Event& event) {
  return Guard([&]() -> Result<void> {
    Run(&update_event_, event.time, event.action, event.reason,
        event.reason_class, event.permanent, event.standing,
        event.after_acceptance, event.wants_second_day, event.scope,
        event.relay, event.message, event.id)
        .Execute();
    return {};
  });
}

Result<void> SqliteTables::SetDomain(EventId event, AddressId domain) {
  return Guard([&]() -> Result<void> {
    Run(&set_domain_, domain, event).Execute();
    return {};
  });
}

Result<std::optional<AddressId>> SqliteTables::DomainOf(EventId event) {
  return Guard([&]() -> Result<std::optional<AddressId>> {
    Run row(&domain_of_, event);
    if (!row.Next() || row.IsNull(0)) return std::optional<AddressId>();
    return std::optional(AddressId{row.Int(0)});
  });
}

Result<void> SqliteTables::MergeEvent(EventId from, EventId into) {
  return Guard([&]() -> Result<void> {
    Run(&merge_event_, into, from).Execute();
    Run(&merge_undos_, into, from).Execute();
    Run(&drop_undos_, from).Execute();
    Run(&set_voided_, into).Execute();
    Run(&merge_merged_, into, from).Execute();
    Run(&move_witnesses_, into, from).Execute();
    return {};
  });
}

Result<std::vector<ActionId>> SqliteTables::UndosOf(EventId event) {
  return Guard([&]() -> Result<std::vector<ActionId>> {
    std::vector<ActionId> undos;
    Run row(&undos_, event);
    while (row.Next()) undos.push_back(ActionId{row.Int(0)});
    return undos;
  });
}

Result<void> SqliteTables::AddUndos(EventId event,
                                    std::span<const ActionId> undos) {
  return Guard([&]() -> Result<void> {
    for (const ActionId undo : undos) Run(&add_undo_, event, undo).Execute();
    if (!undos.empty()) Run(&set_voided_, event).Execute();
    return {};
  });
}

Result<void> SqliteTables::InsertLinks(AddressId address, EventId event,
                                       std::span<const Link> links) {
  return Guard([&]() -> Result<void> {
    for (const Link& link : links) {
      Run(&insert_link_, link.day, link.hash, address, event, link.kind)
          .Execute();
    }
    return {};
  });
}

}  // namespace postbounce
