#ifndef POSTBOUNCE_STORE_REPLAY_READER_H_
#define POSTBOUNCE_STORE_REPLAY_READER_H_

#include "mime/text/result.h"
#include "store/list_judge.h"
#include "store/replay.h"
#include "store/replay_tables.h"

namespace postbounce {

// Reader::Replay() for any database. Reads only, and keeps no more of an
// address than its decisive events and what is judged differently.
Result<ReplayPage> ReadReplay(const ReplayQuery& query, ReplayTables* tables,
                              ListJudge* judge);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_REPLAY_READER_H_
