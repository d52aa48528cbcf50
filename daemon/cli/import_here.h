#ifndef POSTBOUNCE_DAEMON_CLI_IMPORT_HERE_H_
#define POSTBOUNCE_DAEMON_CLI_IMPORT_HERE_H_

#include <boost/json/object.hpp>
#include <functional>
#include <vector>

#include "daemon/cli/asker.h"
#include "daemon/runtime.h"
#include "daemon/site.h"
#include "store/store.h"

namespace postbounce {

// Asker::Run() of "log-import" in this process, which has the store open.
Result<boost::json::object> ImportHere(
    Store* store, std::shared_ptr<const Runtime> runtime,
    std::shared_ptr<const Site> site, const boost::json::object& request,
    std::vector<OpenFile> files,
    const std::function<void(const boost::json::object&)>& progress);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_IMPORT_HERE_H_
