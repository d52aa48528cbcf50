#include "store/sqlite/sqlite_list_tables.h"

#include <cstdint>
#include <string>

#include "store/keys.h"
#include "store/sqlite/statement.h"

namespace postbounce {

SqliteListTables::SqliteListTables(SQLite::Database* database)
    : decisive_events_(*database, std::string("SELECT ") + kEventColumns +
                                      " FROM event AS e"
                                      " WHERE e.address = ? AND" +
                                      kIsDecisive +
                                      " ORDER BY e.time DESC, e.id DESC"
                                      " LIMIT ?"),
      insert_delivery_(*database,
                       "INSERT INTO delivery(address, scope, day, time,"
                       " message, message_seen) VALUES (?, ?, ?, ?, ?, ?)"
                       " ON CONFLICT DO UPDATE SET time = excluded.time,"
                       " message = excluded.message,"
                       " message_seen = excluded.message_seen, is_settled = 0"
                       " WHERE (excluded.time, excluded.message)"
                       " > (time, message)"),
      deliveries_(*database,
                  "SELECT time, message, message_seen, scope FROM delivery"
                  " WHERE address = ? ORDER BY time DESC LIMIT ?"),
      first_failure_(*database, std::string("SELECT min(e.time) FROM event AS e"
                                            " WHERE e.address = ? AND") +
                                    kIsDecisive),
      text_of_(*database, "SELECT text FROM address WHERE id = ?"),
      domain_failures_(*database,
                       std::string("SELECT e.address, ") + kEventColumns +
                           " FROM event AS e WHERE e.domain = ?"
                           " AND e.merged_into IS NULL AND e.standing = 1"
                           " AND e.action = 1 AND e.class = 3"
                           " AND e.reason IN (5, 6)"
                           " ORDER BY e.time DESC, e.id DESC LIMIT ?"),
      actions_(*database,
               "SELECT id, kind, time, scope, reason, until FROM action"
               " WHERE address = ? AND voided_by IS NULL AND kind IN (1, 2)"
               " ORDER BY id"),
      decisions_(*database, std::string("SELECT ") + kDecisionColumns +
                                " FROM decision AS d WHERE d.address = ?"
                                " ORDER BY d.scope"),
      write_decision_(*database,
                      "INSERT INTO decision(address, scope, state, reason,"
                      " since, until, event, action, contradicted)"
                      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                      " ON CONFLICT (address, scope) DO UPDATE SET"
                      " state = excluded.state, reason = excluded.reason,"
                      " since = excluded.since, until = excluded.until,"
                      " event = excluded.event, action = excluded.action,"
                      " contradicted = excluded.contradicted"),
      drop_decision_(*database,
                     "DELETE FROM decision WHERE address = ? AND scope = ?"),
      append_change_(*database,
                     "INSERT INTO change(time, address, scope, old_state,"
                     " new_state, reason, since, until, event, action, actor,"
                     " why) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      each_failing_(*database,
                    std::string("SELECT a.key FROM address AS a WHERE EXISTS"
                                " (SELECT 1 FROM event AS e"
                                "  WHERE e.address = a.id AND") +
                        kIsDecisive +
                        ") OR EXISTS (SELECT 1 FROM event AS e"
                        "  WHERE e.domain = a.id AND e.merged_into IS NULL"
                        "  AND e.standing = 1 AND e.action = 1 AND e.class = 3"
                        "  AND e.reason IN (5, 6))"),
      to_settle_(*database,
                 "SELECT address, scope, day FROM delivery"
                 " WHERE is_settled = 0 AND time <= ? ORDER BY time LIMIT ?"),
      settle_(*database,
              "UPDATE delivery SET is_settled = 1"
              " WHERE address = ? AND scope = ? AND day = ?"),
      expired_(*database,
               "SELECT address FROM decision WHERE state = 1"
               " AND until IS NOT NULL AND until <= ? ORDER BY until LIMIT ?") {
}

Result<std::vector<Event>> SqliteListTables::DecisiveEvents(AddressId address,
                                                            std::size_t limit) {
  return Guard([&]() -> Result<std::vector<Event>> {
    std::vector<Event> events;
    Run row(&decisive_events_, address, std::uint64_t{limit});
    while (row.Next()) events.push_back(EventOfRow(&row, 0));
    return events;
  });
}

Result<void> SqliteListTables::InsertDelivery(AddressId address,
                                              const Acceptance& delivery) {
  return Guard([&]() -> Result<void> {
    Run(&insert_delivery_, address, delivery.scope, DayOf(delivery.time),
        delivery.time, delivery.message)
        .Execute();
    return {};
  });
}

Result<std::vector<Acceptance>> SqliteListTables::Deliveries(
    AddressId address) {
  return Guard([&]() -> Result<std::vector<Acceptance>> {
    std::vector<Acceptance> deliveries;
    Run row(&deliveries_, address, std::uint64_t{kDeliveries});
    while (row.Next()) {
      deliveries.push_back({row.Time(0), *MessageOfRow(&row, 1), row.Bytes(3)});
    }
    return deliveries;
  });
}

Result<std::optional<Timestamp>> SqliteListTables::FirstFailure(
    AddressId address) {
  return Guard([&]() -> Result<std::optional<Timestamp>> {
    Run row(&first_failure_, address);
    return row.Next() ? TimeOrNone(&row, 0) : std::nullopt;
  });
}

Result<std::string> SqliteListTables::TextOf(AddressId address) {
  return Guard([&]() -> Result<std::string> {
    Run row(&text_of_, address);
    return row.Next() ? row.Bytes(0) : std::string();
  });
}

Result<std::vector<DomainFailure>> SqliteListTables::DomainFailures(
    AddressId domain, std::size_t limit) {
  return Guard([&]() -> Result<std::vector<DomainFailure>> {
    std::vector<DomainFailure> failures;
    Run row(&domain_failures_, domain, std::uint64_t{limit});
    while (row.Next()) failures.push_back({EventOfRow(&row, 1), row.Int(0)});
    return failures;
  });
}

Result<std::vector<AddressId>> SqliteListTables::TakeRipe(
    Timestamp settled_before, Timestamp now, std::size_t limit) {
  return Guard([&]() -> Result<std::vector<AddressId>> {
    struct Row {
      std::int64_t address;
      std::string scope;
      std::int64_t day;
    };
    std::vector<Row> rows;
    {
      Run row(&to_settle_, settled_before, std::uint64_t{limit});
      while (row.Next()) {
        rows.push_back({row.Int(0), row.Bytes(1), row.Int(2)});
      }
    }
    std::vector<AddressId> ripe;
    for (const Row& row : rows) {
      Run(&settle_, row.address, row.scope, row.day).Execute();
      ripe.push_back(AddressId{row.address});
    }
    Run row(&expired_, now, std::uint64_t{limit});
    while (ripe.size() < limit && row.Next()) {
      ripe.push_back(AddressId{row.Int(0)});
    }
    return ripe;
  });
}

Result<std::vector<ListAction>> SqliteListTables::Actions(AddressId address) {
  return Guard([&]() -> Result<std::vector<ListAction>> {
    std::vector<ListAction> actions;
    Run row(&actions_, address);
    while (row.Next()) actions.push_back(ActionOfRow(&row, 0));
    return actions;
  });
}

Result<std::vector<Decision>> SqliteListTables::Decisions(AddressId address) {
  return Guard([&]() -> Result<std::vector<Decision>> {
    std::vector<Decision> decisions;
    Run row(&decisions_, address);
    while (row.Next()) decisions.push_back(DecisionOfRow(&row, 0));
    return decisions;
  });
}

Result<void> SqliteListTables::WriteDecision(AddressId address,
                                             const Decision& decision) {
  return Guard([&]() -> Result<void> {
    if (decision.state == ListState::kNone) {
      Run(&drop_decision_, address, decision.scope).Execute();
      return {};
    }
    Run(&write_decision_, address, decision.scope, decision.state,
        decision.reason, decision.since, decision.until, decision.because,
        decision.by, decision.contradicted)
        .Execute();
    return {};
  });
}

Result<void> SqliteListTables::AppendChange(const Change& change) {
  const Decision& after = change.after;
  return Guard([&]() -> Result<void> {
    Run(&append_change_, change.time, change.address, after.scope,
        change.before.state, after.state, after.reason, after.since,
        after.until, after.because, after.by, change.actor, change.why)
        .Execute();
    return {};
  });
}

Result<void> SqliteListTables::EachFailing(
    const std::function<void(const Key128&)>& each) {
  return Guard([&]() -> Result<void> {
    Run row(&each_failing_);
    while (row.Next()) {
      const auto key = KeyOfBytes(row.Bytes(0));
      if (!key) return key.error();
      each(*key);
    }
    return {};
  });
}

}  // namespace postbounce
