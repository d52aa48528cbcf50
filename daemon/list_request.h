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
#include "store/scopes.h"

namespace postbounce {

inline constexpr std::uint64_t kMaxListPage = 1000;  // rows of one answer

// What "list", "export", "undos" and "allow-list" ask for, a page of at most
// `max_page` and without a limit as many. See postbounce-query(5). kSyntax.
Result<ListQuery> ListQueryOf(const boost::json::object& request,
                              std::uint64_t max_page, Timestamp now);

// What has expired by `now` is so: decisions, and places on the allow-list.
void MoveTo(Timestamp now, AddressStory* story);

// Of which mail `check` asks: by "scope", or "sender" and "user"; empty: of all
// mail. kSyntax.
Result<std::string> ScopeOf(const boost::json::object& request,
                            const Scopes& scopes);

// What is to be done with mail of the scope; without one, of all mail. Its key
// is left out.
Finding FindingOf(const AddressStory& story, std::string_view scope);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LIST_REQUEST_H_
