#ifndef POSTBOUNCE_CLASSIFIER_REPLY_CODE_H_
#define POSTBOUNCE_CLASSIFIER_REPLY_CODE_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mime/text/result.h"

namespace postbounce {

// An SMTP reply code, RFC 5321 section 4.2: 200 to 559, second digit 0 to 5.
class ReplyCode {
 public:
  // Exactly three digits, then a blank, "-", ":", "," or the end.
  static Result<ReplyCode> Parse(std::string_view text);

  // The reply code of a diagnostic: at its start, or behind "said: " and the
  // like as a word of its own. Ports, sizes and years are none.
  static std::optional<ReplyCode> Find(std::string_view text);

  // The reply code in front of the enhanced status at `end`: "550 5.1.1",
  // "550-5.1.1", "550-'5.1.1".
  static std::optional<ReplyCode> Before(std::string_view text,
                                         std::size_t end);

  int value() const { return value_; }
  bool is_permanent() const { return value_ >= 500; }
  std::string ToString() const { return std::to_string(value_); }
  auto operator<=>(const ReplyCode&) const = default;

 private:
  explicit ReplyCode(int value) : value_(static_cast<std::uint16_t>(value)) {}
  std::uint16_t value_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_CLASSIFIER_REPLY_CODE_H_
