#ifndef POSTBOUNCE_STORE_LOG_FILTER_H_
#define POSTBOUNCE_STORE_LOG_FILTER_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mime/text/result.h"
#include "store/log_keys.h"

namespace postbounce {

// Ids, by which reports ask for messages: they are in a segment's filter.
inline constexpr bool IsFiltered(LogKeyKind kind) {
  return kind == LogKeyKind::kQueueId || kind == LogKeyKind::kMessageId ||
         kind == LogKeyKind::kNextId;
}

// A set of keys in about 1.4 bytes each that says yes to all of them, and to
// fewer than one in a hundred others: a Bloom filter whose bits for one key lie
// in one cache line.
class LogFilter {
 public:
  // Without keys it says no to all.
  explicit LogFilter(std::vector<LogHash> keys);

  bool MayHold(LogHash hash) const;

  std::string Encode() const;
  // kCorrupt for what was never encoded.
  static Result<LogFilter> Decode(std::string_view bytes);

 private:
  struct alignas(64) Block {
    std::array<std::uint64_t, 8> words{};  // one bit in each is a key's
  };

  LogFilter() = default;
  std::size_t BlockOf(LogHash hash) const;

  std::vector<Block> blocks_;  // one at least
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_LOG_FILTER_H_
