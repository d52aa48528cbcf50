#ifndef POSTBOUNCE_DAEMON_LIST_REQUEST_H_
#define POSTBOUNCE_DAEMON_LIST_REQUEST_H_

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/finding.h"
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

// What is to be done with mail of the scope; without one, of all mail. Its key
// is left out.
Finding FindingOf(const AddressStory& story, std::string_view scope);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LIST_REQUEST_H_
