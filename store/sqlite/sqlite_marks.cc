// What SqliteTables changes of rows that are there.
#include <vector>

#include "store/sqlite/schema.h"
#include "store/sqlite/sqlite_tables.h"
#include "store/sqlite/statement.h"

namespace postbounce {

Result<std::size_t> SqliteTables::MarkSeen(MailId mail) {
  return Mark(&mark_seen_, mail);
}

Result<std::size_t> SqliteTables::MarkForwarded(MailId mail) {
  return Mark(&mark_forwarded_, mail);
}

Result<std::size_t> SqliteTables::Mark(SQLite::Statement* update, MailId mail) {
  return Guard([&]() -> Result<std::size_t> {
    if (Run(update, mail).Execute() > 0) return std::size_t{1};
    if (Run(&has_mail_, mail).Next()) return std::size_t{0};
    return Error(
        ErrorCode::kNotFound,
        "there is no mail " + std::to_string(static_cast<std::int64_t>(mail)));
  });
}

Result<std::size_t> SqliteTables::Prune(Timestamp kept_before,
                                        std::size_t limit) {
  return Guard([&]() -> Result<std::size_t> {
    std::vector<MailId> mails;
    {
      Run row(&to_prune_, kept_before, std::uint64_t{limit});
      while (row.Next()) mails.push_back(MailId{row.Int(0)});
    }
    for (const MailId mail : mails) {
      Run(&drop_kept_, mail).Execute();
      Run(&mark_pruned_, mail).Execute();
    }
    return mails.size();
  });
}

}  // namespace postbounce
