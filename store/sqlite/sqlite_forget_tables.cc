#include "store/sqlite/sqlite_forget_tables.h"

#include <utility>

#include "mime/text/limits.h"
#include "store/codec.h"
#include "store/compress.h"
#include "store/keys.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/statement.h"

namespace postbounce {
namespace {

using Stage = ForgetWalk::Stage;

std::string ReadWords(const std::string& of) {
  return "SELECT " + of + " > ?1 AND id <= ?2 ORDER BY id LIMIT ?3";
}

const char* TableOf(Stage stage) {
  switch (stage) {
    case Stage::kMails:
      return "mail";
    case Stage::kLogs:
      return "log_segment";
    case Stage::kActions:
      return "action";
    case Stage::kChanges:
      return "change";
    case Stage::kAlarms:
      return "alarm";
    case Stage::kLogNotes:
      return "log";
    case Stage::kAddresses:
    case Stage::kPages:
      return "address";
  }
  return "address";
}

}  // namespace

SqliteForgetTables::SqliteForgetTables(SQLite::Database* database)
    : database_(*database),
      is_hashed_(*database, "SELECT is_hashed FROM meta"),
      set_hashed_(*database, "UPDATE meta SET is_hashed = 1"),
      each_forgotten_(*database,
                      "SELECT key FROM address WHERE forgotten <> 0"),
      begin_(*database,
             "UPDATE address SET forgotten = 1,"
             " text = iif(forgotten = 2, ?2, text) WHERE id = ?1"),
      begun_(*database,
             // The words of the index, which the planner would not see else.
             "SELECT id, key, text FROM address INDEXED BY address_forgotten"
             " WHERE forgotten <> 0 AND forgotten = 1 AND id > ?"
             " ORDER BY id LIMIT ?"),
      named_(*database,
             "SELECT id, key, text FROM address WHERE id > ?"
             " AND text NOT LIKE '@%' ORDER BY id LIMIT ?"),
      end_(*database,
           "UPDATE address SET text = ?2,"
           " forgotten = iif(forgotten = 1, 2, forgotten) WHERE id = ?1"),
      walk_(*database, "SELECT stage, after, until FROM forget_walk"),
      set_walk_(*database,
                "INSERT OR REPLACE INTO forget_walk(id, stage, after, until)"
                " VALUES (1, ?, ?, ?)"),
      drop_walk_(*database, "DELETE FROM forget_walk"),
      mails_(*database,
             "SELECT id, sender, subject, facts, kept FROM mail"
             " WHERE id > ? ORDER BY id LIMIT ?"),
      accounts_(*database,
                "SELECT w.account, a.forgotten = 1 FROM witness AS w"
                " LEFT JOIN address AS a ON a.id = w.address"
                " WHERE w.id >= ? AND w.id < ?"),
      kept_(*database, "SELECT bytes FROM kept WHERE mail = ?"),
      head_(*database,
            "SELECT digest, sender, subject, kept = 2 FROM mail WHERE id = ?"),
      rewrite_mail_(*database,
                    "UPDATE mail SET hash = ?2, digest = ?3, sender = ?4,"
                    " subject = ?5, facts = ?6 WHERE id = ?1"),
      drop_kept_(*database,
                 "DELETE FROM kept WHERE mail ="
                 " (SELECT id FROM mail WHERE id = ? AND kept = 1)"),
      mark_dropped_(*database,
                    "UPDATE mail SET kept = 0 WHERE id = ? AND kept = 1"),
      words_{
          WordStatements{
              {*database, ReadWords("id, actor, why FROM action WHERE id")},
              {*database,
               "UPDATE action SET actor = ?2, why = ?3 WHERE id = ?1"}},
          WordStatements{{*database,
                          "SELECT seq, actor, why FROM change WHERE seq > ?1"
                          " AND seq <= ?2 ORDER BY seq LIMIT ?3"},
                         {*database,
                          "UPDATE change SET actor = ?2, why = ?3"
                          " WHERE seq = ?1"}},
          WordStatements{
              {*database, ReadWords("id, actor, why FROM alarm WHERE id")},
              {*database,
               "UPDATE alarm SET actor = ?2, why = ?3 WHERE id = ?1"}},
          WordStatements{
              {*database,
               ReadWords("id, last_bad, last_gap FROM log WHERE id")},
              {*database,
               "UPDATE log SET last_bad = ?2, last_gap = ?3 WHERE id = ?1"}},
      } {}

Result<bool> SqliteForgetTables::IsHashed() {
  return Guard([&]() -> Result<bool> {
    Run row(&is_hashed_);
    return row.Next() && row.Int(0) != 0;
  });
}

Result<void> SqliteForgetTables::SetHashed() {
  return Guard([&]() -> Result<void> {
    Run(&set_hashed_).Execute();
    return {};
  });
}

Result<void> SqliteForgetTables::EachForgotten(
    const std::function<void(const Key128&)>& each) {
  return Guard([&]() -> Result<void> {
    Run row(&each_forgotten_);
    while (row.Next()) {
      const auto key = KeyOfBytes(row.Bytes(0));
      if (!key) return key.error();
      each(*key);
    }
    return {};
  });
}

Result<void> SqliteForgetTables::Begin(AddressId address,
                                       const std::string& text) {
  return Guard([&]() -> Result<void> {
    Run(&begin_, address, text).Execute();
    return {};
  });
}

std::vector<ForgetTables::Named> SqliteForgetTables::AllNamed(
    SQLite::Statement* statement, std::int64_t after, std::int64_t limit) {
  std::vector<Named> all;
  Run row(statement, after, limit);
  while (row.Next()) {
    Named named{AddressId{row.Int(0)}, {}, row.Bytes(2)};
    if (const auto key = KeyOfBytes(row.Bytes(1))) named.key = *key;
    all.push_back(std::move(named));
  }
  return all;
}

Result<std::vector<ForgetTables::Named>> SqliteForgetTables::Begun() {
  return Guard(
      [&]() -> Result<std::vector<Named>> { return AllNamed(&begun_, 0, -1); });
}

Result<std::vector<ForgetTables::Named>> SqliteForgetTables::NamedAfter(
    AddressId after, std::size_t limit) {
  return Guard([&]() -> Result<std::vector<Named>> {
    return AllNamed(&named_, static_cast<std::int64_t>(after),
                    static_cast<std::int64_t>(limit));
  });
}

Result<void> SqliteForgetTables::End(AddressId address,
                                     const std::string& text) {
  return Guard([&]() -> Result<void> {
    Run(&end_, address, text).Execute();
    return {};
  });
}

Result<std::optional<ForgetWalk>> SqliteForgetTables::Walk() {
  return Guard([&]() -> Result<std::optional<ForgetWalk>> {
    Run row(&walk_);
    if (!row.Next()) return std::optional<ForgetWalk>();
    return std::optional(
        ForgetWalk{static_cast<Stage>(row.Int(0)), row.Int(1), row.Int(2)});
  });
}

Result<void> SqliteForgetTables::SetWalk(
    const std::optional<ForgetWalk>& walk) {
  return Guard([&]() -> Result<void> {
    if (walk) {
      Run(&set_walk_, walk->stage, walk->after, walk->until).Execute();
    } else {
      Run(&drop_walk_).Execute();
      has_ended_ = true;
    }
    return {};
  });
}

Result<std::int64_t> SqliteForgetTables::LastRow(Stage stage) {
  return Guard([&]() -> Result<std::int64_t> {
    return database_
        .execAndGet(std::string("SELECT coalesce(max(rowid), 0) FROM ") +
                    TableOf(stage))
        .getInt64();
  });
}

// Whether an account is of an address that has begun, or has what is sought.
bool SqliteForgetTables::IsAbout(
    std::int64_t mail, const std::function<bool(std::string_view)>& may_have) {
  Run row(&accounts_, mail * kWitnessesPerMail, (mail + 1) * kWitnessesPerMail);
  while (row.Next()) {
    if (row.Int(1) != 0 || may_have(row.View(0))) return true;
  }
  return false;
}

Result<std::vector<MailId>> SqliteForgetTables::MailsAfter(
    MailId after, std::size_t limit,
    const std::function<bool(std::string_view)>& may_have, MailId* last) {
  return Guard([&]() -> Result<std::vector<MailId>> {
    std::vector<MailId> found;
    Run row(&mails_, after, std::uint64_t{limit});
    while (row.Next()) {
      const std::int64_t id = row.Int(0);
      *last = MailId{id};
      bool has = may_have(row.View(1)) || may_have(row.View(2)) ||
                 may_have(row.View(3)) || IsAbout(id, may_have);
      if (!has && row.Int(4) != 0) {
        Run kept(&kept_, id);
        // What cannot be read cannot be known to be without.
        const auto bytes = kept.Next()
                               ? Decompress(kept.View(0), limits::kMessageSize)
                               : Result<std::string>(std::string());
        has = !bytes || may_have(*bytes);
      }
      if (has) found.push_back(MailId{id});
    }
    return found;
  });
}

Result<void> SqliteForgetTables::LoadHead(MailId id, Mail* mail) {
  return Guard([&]() -> Result<void> {
    Run row(&head_, id);
    if (!row.Next()) return Error(ErrorCode::kNotFound, "no such mail");
    const std::string digest = row.Bytes(0);
    if (digest.size() != mail->digest.size()) {
      return Error(ErrorCode::kCorrupt, "a mail's digest is damaged");
    }
    std::copy(digest.begin(), digest.end(), mail->digest.begin());
    mail->from = row.Bytes(1);
    mail->subject = row.Bytes(2);
    mail->for_people = row.Int(3) != 0;
    return {};
  });
}

Result<void> SqliteForgetTables::RewriteMail(MailId id, const Mail& mail) {
  const auto dropped = DropKept(id);
  if (!dropped) return dropped;
  return Guard([&]() -> Result<void> {
    const std::string facts = EncodeFacts(mail.facts);
    Run(&rewrite_mail_, id, HashOf(mail.digest), BlobOf(mail.digest), mail.from,
        mail.subject, facts)
        .Execute();
    return {};
  });
}

Result<void> SqliteForgetTables::DropKept(MailId id) {
  return Guard([&]() -> Result<void> {
    Run(&drop_kept_, id).Execute();
    Run(&mark_dropped_, id).Execute();
    return {};
  });
}

SqliteForgetTables::WordStatements& SqliteForgetTables::WordsOf(Stage stage) {
  return words_.at(static_cast<std::size_t>(stage) -
                   static_cast<std::size_t>(Stage::kActions));
}

Result<std::vector<ForgetTables::Words>> SqliteForgetTables::WordsAfter(
    const ForgetWalk& walk, std::size_t limit) {
  return Guard([&]() -> Result<std::vector<Words>> {
    std::vector<Words> all;
    Run row(&WordsOf(walk.stage).read, walk.after, walk.until,
            std::uint64_t{limit});
    while (row.Next()) {
      all.push_back({row.Int(0), row.Bytes(1), row.Bytes(2)});
    }
    return all;
  });
}

Result<void> SqliteForgetTables::RewriteWords(Stage stage, const Words& words) {
  return Guard([&]() -> Result<void> {
    Run(&WordsOf(stage).write, words.id, words.first, words.second).Execute();
    return {};
  });
}

Result<std::size_t> SqliteForgetTables::FreePages(std::size_t limit) {
  return Guard([&]() -> Result<std::size_t> {
    const auto count = [&] {
      return database_.execAndGet("PRAGMA freelist_count").getInt64();
    };
    const std::int64_t before = count();
    std::string vacuum = "PRAGMA incremental_vacuum(";
    vacuum += std::to_string(limit) + ")";
    database_.exec(vacuum);
    const std::int64_t left = count();
    // A file that is not made for it gives nothing back, ever.
    return static_cast<std::size_t>(left < before ? left : 0);
  });
}

}  // namespace postbounce
