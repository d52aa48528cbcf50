#ifndef POSTBOUNCE_DAEMON_IO_SERVER_H_
#define POSTBOUNCE_DAEMON_IO_SERVER_H_

#include <memory>
#include <string>

#include "daemon/runtime.h"
#include "mime/text/result.h"

namespace postbounce {

// The daemon: opens the store and the sockets, serves until SIGTERM or SIGINT,
// reloads at SIGHUP, and returns when all that it has accepted is answered.
// An error when it could not start. Call it from main(), before any thread.
Result<void> RunServer(const std::string& config_path,
                       std::shared_ptr<const Runtime> runtime);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_IO_SERVER_H_
