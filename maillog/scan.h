#ifndef POSTBOUNCE_MAILLOG_SCAN_H_
#define POSTBOUNCE_MAILLOG_SCAN_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace postbounce {

// Takes things off the front of `rest`. Where that fails `rest` is as it was.

inline bool TakePrefix(std::string_view* rest, std::string_view prefix) {
  if (!rest->starts_with(prefix)) return false;
  rest->remove_prefix(prefix.size());
  return true;
}

// Up to the first `end`, which is taken too.
inline std::optional<std::string_view> TakeUntil(std::string_view* rest,
                                                 char end) {
  const std::size_t at = rest->find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view taken = rest->substr(0, at);
  rest->remove_prefix(at + 1);
  return taken;
}

// A value in front of ", ", which is taken too; it holds no comma.
inline std::optional<std::string_view> TakeValue(std::string_view* rest) {
  const std::size_t at = rest->find(',');
  if (at == std::string_view::npos || at + 1 >= rest->size() ||
      (*rest)[at + 1] != ' ') {
    return std::nullopt;
  }
  const std::string_view taken = rest->substr(0, at);
  rest->remove_prefix(at + 2);
  return taken;
}

// "<joe@example.org>", without the brackets; a quoted local part may hold
// anything.
std::optional<std::string_view> TakePath(std::string_view* rest);

// "mx.example.org[192.0.2.1]" or "[192.0.2.1]", and ":25" behind it.
struct Peer {
  std::string_view name;
  std::string_view address;
};
std::optional<Peer> TakePeer(std::string_view* rest);

// A decimal number that fits.
std::optional<std::uint64_t> TakeInteger(std::string_view* rest);

// A queue id, without what is behind it; empty where there is none.
std::string_view TakeQueueId(std::string_view* rest);

}  // namespace postbounce

#endif  // POSTBOUNCE_MAILLOG_SCAN_H_
