// What SqliteReader judges again.
#include "store/replay_reader.h"
#include "store/sqlite/sqlite_reader.h"
#include "store/sqlite/statement.h"

namespace postbounce {

Result<ReplayPage> SqliteReader::Replay(const ReplayQuery& query) {
  return Guard([&]() -> Result<ReplayPage> {
    const Snapshot snapshot(&begin_, &end_);
    GuardKeeper guard(&guard_tables_, &list_tables_);
    const auto loaded = guard.Load();
    if (!loaded) return loaded.error();
    ListJudge judge(&list_tables_, &guard, *query.policy, query.now);
    return ReadReplay(query, &replay_tables_, &judge);
  });
}

}  // namespace postbounce
