#ifndef POSTBOUNCE_STORE_HOUR_COUNTS_H_
#define POSTBOUNCE_STORE_HOUR_COUNTS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mime/text/result.h"

namespace postbounce {

// Failures and deliveries by hour, in the order of their hours whichever came
// first. What is counted is dealt out to parts, so that one bad part of it can
// be looked away from.
class HourCounts {
 public:
  static constexpr std::size_t kParts = 8;
  struct Row {
    std::uint32_t hour = 0;  // since 1970
    std::uint8_t part = 0;   // below kParts
    std::uint32_t failed = 0;
    std::uint32_t delivered = 0;

    bool operator==(const Row&) const = default;
  };

  void Add(std::uint32_t hour, std::uint8_t part, bool failed);

  // Those of the hours from `from` to before `to`.
  std::span<const Row> Between(std::uint32_t from, std::uint32_t to) const;

  // For storing. Decode: kCorrupt.
  std::string Encode() const;
  static Result<HourCounts> Decode(std::string_view bytes);

  bool operator==(const HourCounts&) const = default;

 private:
  std::vector<Row> rows_;  // sorted; one for an hour and part
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_HOUR_COUNTS_H_
