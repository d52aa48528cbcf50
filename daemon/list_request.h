#ifndef POSTBOUNCE_DAEMON_LIST_REQUEST_H_
#define POSTBOUNCE_DAEMON_LIST_REQUEST_H_

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>

#include "mime/text/result.h"
#include "mime/text/timestamp.h"
#include "store/reader.h"

namespace postbounce {

inline constexpr std::uint64_t kMaxListPage = 1000;  // rows of one answer

// What "list" and "allow-list" ask for, see postbounce-query(5). kSyntax.
Result<ListQuery> ListQueryOf(const boost::json::object& request,
                              Timestamp now);

// What has expired by `now` is so: decisions, and places on the allow-list.
void MoveTo(Timestamp now, AddressStory* story);

// Whether mail of the scope is stopped; without one, mail of all scopes.
bool IsSuppressed(const AddressStory& story, const std::string& scope);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LIST_REQUEST_H_
