#ifndef POSTBOUNCE_DAEMON_CLI_MEANING_H_
#define POSTBOUNCE_DAEMON_CLI_MEANING_H_

#include <boost/json/object.hpp>
#include <string_view>

namespace postbounce {

// What to make of the last word on a message, an entry of `events`. Empty where
// its recipients fared differently.
std::string_view MeaningOf(const boost::json::object& message);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_MEANING_H_
