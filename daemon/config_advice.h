#ifndef POSTBOUNCE_DAEMON_CONFIG_ADVICE_H_
#define POSTBOUNCE_DAEMON_CONFIG_ADVICE_H_

#include <string>
#include <string_view>

namespace postbounce {

// What the parser of TOML says, and what to do where people mostly have pasted
// a section that the file has already, or have left out quotes.
std::string WithAdvice(std::string_view error);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CONFIG_ADVICE_H_
