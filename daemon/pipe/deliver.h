#ifndef POSTBOUNCE_DAEMON_PIPE_DELIVER_H_
#define POSTBOUNCE_DAEMON_PIPE_DELIVER_H_

#include "daemon/pipe/options.h"

namespace postbounce::pipe {

// Hands the message on standard input to the server, RFC 2033. Returns when
// every recipient has got a 250; otherwise it ends the program.
void Deliver(const Options& options);

}  // namespace postbounce::pipe

#endif  // POSTBOUNCE_DAEMON_PIPE_DELIVER_H_
