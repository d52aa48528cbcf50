#ifndef POSTBOUNCE_DAEMON_OPEN_STORE_H_
#define POSTBOUNCE_DAEMON_OPEN_STORE_H_

#include <boost/json/object.hpp>
#include <memory>

#include "daemon/config.h"
#include "mime/text/result.h"
#include "store/backup.h"
#include "store/store.h"

namespace postbounce {

// Opens the store that the configuration names, with its site key. The only
// place that knows which backend there is.
Result<std::unique_ptr<Store>> OpenStore(const Config& config);

// Begins to copy it into an empty file, which must stay open.
Result<std::unique_ptr<Backup>> OpenBackup(const Config& config, int fd);

// What is said of a backup while it is made: "bytes", "of_bytes", "done".
boost::json::object ReportOf(const Backup& backup, bool is_done);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_OPEN_STORE_H_
