#ifndef POSTBOUNCE_DAEMON_STORE_STATE_H_
#define POSTBOUNCE_DAEMON_STORE_STATE_H_

#include <chrono>

#include "daemon/config.h"
#include "mime/text/result.h"
#include "store/store_file.h"

namespace postbounce {

struct StoreState {
  StoreFile file;
  bool is_key_right = false;  // the site key is the one that it was made with
};

// Looks at a store that `config` could open, without changing anything. The
// site key must be there. Damage is looked for during `patience` at most.
Result<StoreState> StateOfStore(const Config& config, const std::string& path,
                                std::chrono::milliseconds patience);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_STORE_STATE_H_
