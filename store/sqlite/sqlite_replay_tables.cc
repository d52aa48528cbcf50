#include "store/sqlite/sqlite_replay_tables.h"

#include <utility>

#include "store/codec.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/statement.h"

namespace postbounce {
namespace {

// What AccountOfRow() reads: also events that no account tells of any more.
std::string AccountsOf(const char* events) {
  return std::string("SELECT e.address, w.id, w.account, m.kind, w.time,") +
         " w.standing, w.proof, w.after_acceptance, w.scope, w.relay," +
         " w.message, w.message_seen, " + kEventColumns +
         " FROM event AS e"
         " LEFT JOIN witness AS w ON w.event = e.id"
         " LEFT JOIN mail AS m ON m.id = w.id / 65536"
         " WHERE " +
         events + " ORDER BY e.time DESC, e.id DESC, w.id";
}
constexpr int kBinding = 4;
constexpr int kEvent = 12;

Result<ReplayTables::Account> AccountOfRow(Run* row) {
  ReplayTables::Account account;
  account.address = AddressId{row->Int(0)};
  account.event = EventOfRow(row, kEvent);
  if (row->IsNull(1)) {
    account.witness.was_hidden = true;  // all of it
    return account;
  }
  const std::int64_t id = row->Int(1);
  account.mail = MailId{id / kWitnessesPerMail};
  account.stored = row->Bytes(2);
  auto witness = DecodeWitness(account.stored);
  if (!witness) return witness.error();
  account.witness = *std::move(witness);
  account.witness.ordinal = static_cast<std::uint32_t>(id % kWitnessesPerMail);
  account.kind = static_cast<MailKind>(row->Int(3));
  account.witness.binding = BindingOfRow(row, kBinding);
  return account;
}

Result<void> ForEachAccount(Run row, const ReplayTables::Each& each) {
  while (row.Next()) {
    const auto account = AccountOfRow(&row);
    if (!account) return account.error();
    const auto taken = each(*account);
    if (!taken) return taken;
  }
  return {};
}

}  // namespace

SqliteReplayTables::SqliteReplayTables(SQLite::Database* database)
    : addresses_(*database,
                 "SELECT id, text FROM address WHERE id > ?"
                 " ORDER BY id LIMIT ?"),
      accounts_(*database,
                AccountsOf("e.address = ? AND e.merged_into IS NULL")),
      // The words of the index of such failures.
      accounts_against_(
          *database,
          AccountsOf("e.domain = ? AND e.merged_into IS NULL"
                     " AND e.standing = 1 AND e.action = 1 AND e.class = 3"
                     " AND e.reason IN (5, 6)")),
      account_(*database,
               std::string("SELECT w.account, e.address, e.domain, ") +
                   kEventColumns +
                   " FROM witness AS w LEFT JOIN event AS e ON e.id = w.event"
                   " WHERE w.id = ?"),
      update_account_(*database, "UPDATE witness SET account = ? WHERE id = ?"),
      insert_rule_set_(*database,
                       "INSERT OR IGNORE INTO rule_set(hash) VALUES (?)"),
      update_rule_set_(*database,
                       "UPDATE mail SET rule_set ="
                       " (SELECT id FROM rule_set WHERE hash = ?)"
                       " WHERE id = ?") {}

Result<std::vector<ReplayTables::KnownAddress>>
SqliteReplayTables::AddressesAfter(AddressId after, std::size_t limit) {
  return Guard([&]() -> Result<std::vector<KnownAddress>> {
    std::vector<KnownAddress> addresses;
    Run row(&addresses_, after, std::uint64_t{limit});
    while (row.Next()) {
      addresses.push_back({AddressId{row.Int(0)}, row.Bytes(1)});
    }
    return addresses;
  });
}

Result<void> SqliteReplayTables::EachAccount(AddressId address,
                                             const Each& each) {
  return Guard([&] { return ForEachAccount(Run(&accounts_, address), each); });
}

Result<void> SqliteReplayTables::EachAccountAgainst(AddressId domain,
                                                    const Each& each) {
  return Guard(
      [&] { return ForEachAccount(Run(&accounts_against_, domain), each); });
}

Result<std::optional<ReplayTables::Told>> SqliteReplayTables::Rejudge(
    MailId mail, std::uint32_t ordinal, const Verdict& verdict,
    const std::string& rules_hash) {
  return Guard([&]() -> Result<std::optional<Told>> {
    const std::int64_t id =
        static_cast<std::int64_t>(mail) * kWitnessesPerMail + ordinal;
    std::optional<Told> told;
    Result<Witness> witness = Witness();
    {
      Run row(&account_, id);
      if (!row.Next()) return Error(ErrorCode::kNotFound, "no such account");
      witness = DecodeWitness(row.Bytes(0));
      if (!row.IsNull(1)) {
        told = Told{AddressId{row.Int(1)}, std::nullopt, EventOfRow(&row, 3)};
        if (!row.IsNull(2)) told->domain = AddressId{row.Int(2)};
      }
    }
    if (!witness) return witness.error();
    witness->verdict = verdict;
    const std::string account = EncodeWitness(*witness);
    Run(&update_account_, account, id).Execute();
    Run(&insert_rule_set_, rules_hash).Execute();
    Run(&update_rule_set_, rules_hash, mail).Execute();
    return told;
  });
}

}  // namespace postbounce
