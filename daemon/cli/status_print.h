#ifndef POSTBOUNCE_DAEMON_CLI_STATUS_PRINT_H_
#define POSTBOUNCE_DAEMON_CLI_STATUS_PRINT_H_

#include <boost/json/object.hpp>

namespace postbounce {

// Tells a person what an entry of `status` says.
void PrintStatus(const boost::json::object& status);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_STATUS_PRINT_H_
