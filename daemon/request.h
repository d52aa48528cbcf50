#ifndef POSTBOUNCE_DAEMON_REQUEST_H_
#define POSTBOUNCE_DAEMON_REQUEST_H_

#include <boost/json/object.hpp>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "mime/text/result.h"
#include "mime/text/timestamp.h"

namespace postbounce {

// Members of a request. All are kSyntax where the value is of another type or
// out of range.

// Refuses a member of another name, which somebody meant.
Result<void> OnlyMembers(const boost::json::object& request,
                         std::initializer_list<std::string_view> known);
// Empty where it is absent.
Result<std::string> TextOf(const boost::json::object& request,
                           std::string_view key);
Result<std::uint64_t> NumberOf(const boost::json::object& request,
                               std::string_view key, std::uint64_t otherwise,
                               std::uint64_t max);
Result<bool> FlagOf(const boost::json::object& request, std::string_view key);
// See ParseTime; nullopt where it is absent.
Result<std::optional<Timestamp>> TimeOf(const boost::json::object& request,
                                        std::string_view key, Timestamp now);

// A point in time as people write it, in UTC: "2026-11-21",
// "2026-11-21T08:30", "2026-11-21T08:30:59Z", or how long before `now`: "30m",
// "12h", "7d". kSyntax.
Result<Timestamp> ParseTime(std::string_view text, Timestamp now);

Error BadRequest(const char* what, std::string_view bytes = {});

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_REQUEST_H_
