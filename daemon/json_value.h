#ifndef POSTBOUNCE_DAEMON_JSON_VALUE_H_
#define POSTBOUNCE_DAEMON_JSON_VALUE_H_

#include <boost/json/value.hpp>
#include <optional>
#include <string_view>

#include "mime/text/text.h"
#include "mime/text/timestamp.h"

namespace postbounce {

// Null for what is absent.
inline boost::json::value JsonText(std::string_view text) {
  if (text.empty()) return nullptr;
  return boost::json::value(ToUtf8(text));
}
inline boost::json::value JsonTime(std::optional<Timestamp> time) {
  if (!time) return nullptr;
  return boost::json::value(FormatTimestamp(*time));
}

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_JSON_VALUE_H_
