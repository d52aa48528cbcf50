#ifndef POSTBOUNCE_STORE_REPLAY_APPLIER_H_
#define POSTBOUNCE_STORE_REPLAY_APPLIER_H_

#include "mime/text/result.h"
#include "store/mail_applier.h"
#include "store/replay.h"
#include "store/replay_tables.h"

namespace postbounce {

// Applies a Replay within one item. What the list may change for is left to
// `fold`, as the work of "replay".
Result<void> ApplyReplay(const Replay& replay, const ApplierParts& parts,
                         ReplayTables* tables, ListFold* fold);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_REPLAY_APPLIER_H_
