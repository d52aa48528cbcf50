#include "store/sqlite/sqlite_prune_tables.h"

#include <string>

#include "store/sqlite/schema.h"
#include "store/sqlite/statement.h"

namespace postbounce {
namespace {

constexpr int kAfterEvent = 14;  // the columns behind kEventColumns

}  // namespace

SqlitePruneTables::SqlitePruneTables(SQLite::Database* database)
    : mails_(*database,
             "SELECT id FROM mail INDEXED BY mail_by_received"
             " WHERE received < ? AND kept <> 2"
             " ORDER BY received, id LIMIT ?"),
      drop_witnesses_(*database,
                      "DELETE FROM witness WHERE id >= ? AND id < ?"),
      drop_kept_(*database, "DELETE FROM kept WHERE mail = ?"),
      drop_awaited_(*database, "DELETE FROM awaited WHERE mail = ?"),
      drop_due_(*database, "DELETE FROM due WHERE mail = ?"),
      drop_mail_(*database, "DELETE FROM mail WHERE id = ?"),
      event_(*database, std::string("SELECT ") + kEventColumns +
                            ", e.address, e.domain,"
                            " EXISTS (SELECT 1 FROM witness AS w"
                            "  WHERE w.event = e.id),"
                            " EXISTS (SELECT 1 FROM undone AS u"
                            "  WHERE u.is_failure = 1 AND u.what = e.id)"
                            " FROM event AS e"
                            " WHERE e.id = ? AND e.merged_into IS NULL") {}

Result<std::vector<MailId>> SqlitePruneTables::MailsBefore(Timestamp before,
                                                           std::size_t limit) {
  return Guard([&]() -> Result<std::vector<MailId>> {
    std::vector<MailId> mails;
    Run row(&mails_, before, std::uint64_t{limit});
    while (row.Next()) mails.push_back(MailId{row.Int(0)});
    return mails;
  });
}

Result<void> SqlitePruneTables::DeleteMail(MailId mail) {
  return Guard([&]() -> Result<void> {
    const auto id = static_cast<std::int64_t>(mail);
    Run(&drop_witnesses_, id * kWitnessesPerMail, (id + 1) * kWitnessesPerMail)
        .Execute();
    for (SQLite::Statement* drop :
         {&drop_kept_, &drop_awaited_, &drop_due_, &drop_mail_}) {
      Run(drop, id).Execute();
    }
    return {};
  });
}

Result<std::optional<PruneTables::Kept>> SqlitePruneTables::LoadEvent(
    EventId event) {
  return Guard([&]() -> Result<std::optional<Kept>> {
    Run row(&event_, event);
    if (!row.Next()) return std::optional<Kept>();
    Kept kept;
    kept.event = EventOfRow(&row, 0);
    kept.address = AddressId{row.Int(kAfterEvent)};
    if (!row.IsNull(kAfterEvent + 1)) {
      kept.domain = AddressId{row.Int(kAfterEvent + 1)};
    }
    kept.has_witness = row.Int(kAfterEvent + 2) != 0;
    kept.was_undone = row.Int(kAfterEvent + 3) != 0;
    return std::optional(std::move(kept));
  });
}

}  // namespace postbounce
