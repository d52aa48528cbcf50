#ifndef POSTBOUNCE_DAEMON_HELLO_H_
#define POSTBOUNCE_DAEMON_HELLO_H_

#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/service.h"
#include "mime/text/result.h"

namespace postbounce {

// Of the JSON sockets; raised when what an older client sends would be
// understood in another way.
inline constexpr std::uint64_t kProtocol = 1;

// Who answers, and of which version.
extern const char* const kProgramName;

// Bytes of a line at this door.
std::size_t MaxRequest(Door door);
// Addresses of one `check` or `status`.
inline constexpr std::size_t kMaxAddresses = 100;

// The door that a verb needs at least: nullopt when there is no such verb.
std::optional<Door> DoorOf(std::string_view verb);

// Refuses a member that a request of its verb does not have, which somebody
// meant: kSyntax. The verbs that write, take files, export or explain see to
// that themselves.
Result<void> CheckMembers(const boost::json::object& request);

// Takes off a request what protocol it says to be of: kSyntax if it is another
// one.
Result<void> TakeProtocol(boost::json::object* request);

// The answer to `hello`: who answers, and what can be asked at this door.
boost::json::object AnswerHello(Door door);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_HELLO_H_
