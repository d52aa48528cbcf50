#ifndef POSTBOUNCE_DAEMON_ORDER_REQUEST_H_
#define POSTBOUNCE_DAEMON_ORDER_REQUEST_H_

#include <boost/json/object.hpp>
#include <optional>
#include <string_view>

#include "mime/text/result.h"
#include "mime/text/timestamp.h"
#include "store/store.h"

namespace postbounce {

// So many addresses a request may name, or an undo's filter.
inline constexpr std::size_t kMaxSubjects = 1000;

// What "suppress", "remove", "allow", "disallow" or "undo" asks for, see
// postbounce-query(5); nullopt for every other verb.
std::optional<Result<Write>> OrderWriteOf(const boost::json::object& request,
                                          std::string_view verb, Timestamp now);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_ORDER_REQUEST_H_
