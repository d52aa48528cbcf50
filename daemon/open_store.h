#ifndef POSTBOUNCE_DAEMON_OPEN_STORE_H_
#define POSTBOUNCE_DAEMON_OPEN_STORE_H_

#include <memory>

#include "daemon/config.h"
#include "mime/text/result.h"
#include "store/store.h"

namespace postbounce {

// Opens the store that the configuration names, with its site key. The only
// place that knows which backend there is.
Result<std::unique_ptr<Store>> OpenStore(const Config& config);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_OPEN_STORE_H_
