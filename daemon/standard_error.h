#ifndef POSTBOUNCE_DAEMON_STANDARD_ERROR_H_
#define POSTBOUNCE_DAEMON_STANDARD_ERROR_H_

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <utility>

namespace postbounce {

// Prints to standard error, at once. What cannot be written there is lost: a
// complaint that nobody reads must not end the work that it is about.
template <typename... Values>
void PrintError(fmt::format_string<Values...> format, Values&&... values) {
  const std::string text = fmt::format(format, std::forward<Values>(values)...);
  std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_STANDARD_ERROR_H_
