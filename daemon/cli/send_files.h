#ifndef POSTBOUNCE_DAEMON_CLI_SEND_FILES_H_
#define POSTBOUNCE_DAEMON_CLI_SEND_FILES_H_

#include <vector>

#include "daemon/cli/asker.h"
#include "mime/text/result.h"

namespace postbounce {

// Hands the descriptors over to who listens at a unix socket, each with its
// name.
Result<void> SendFiles(int socket, const std::vector<OpenFile>& files);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_SEND_FILES_H_
