#ifndef POSTBOUNCE_DAEMON_CLI_REPLAY_HERE_H_
#define POSTBOUNCE_DAEMON_CLI_REPLAY_HERE_H_

#include <boost/json/object.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "daemon/cli/asker.h"
#include "daemon/runtime.h"
#include "daemon/site.h"
#include "store/store.h"

namespace postbounce {

// Asker::Run() of "replay" in this process, which has the store open.
Result<boost::json::object> ReplayHere(
    Store* store, Reader* reader, std::shared_ptr<const Runtime> runtime,
    std::shared_ptr<const Site> site, const boost::json::object& request,
    std::vector<OpenFile> files,
    const std::function<void(const boost::json::object&)>& progress);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_REPLAY_HERE_H_
