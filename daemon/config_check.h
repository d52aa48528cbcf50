#ifndef POSTBOUNCE_DAEMON_CONFIG_CHECK_H_
#define POSTBOUNCE_DAEMON_CONFIG_CHECK_H_

#include <string>

#include "daemon/config.h"

namespace postbounce {

// What is wrong with parameters that are right one by one: two that want the
// same socket. Empty when nothing is.
std::string CheckTogether(const Config& config);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CONFIG_CHECK_H_
