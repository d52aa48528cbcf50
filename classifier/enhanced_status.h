#ifndef POSTBOUNCE_CLASSIFIER_ENHANCED_STATUS_H_
#define POSTBOUNCE_CLASSIFIER_ENHANCED_STATUS_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mime/text/result.h"

namespace postbounce {

// An RFC 3463 enhanced status code, such as 5.1.1. Always holds a valid one:
// class 2, 4 or 5, subject and detail 0 to 999 without leading zeros.
class EnhancedStatus {
 public:
  // Reads the code at the start of `text`; what follows must be white space
  // or the end. "5.1.1 User unknown" is 5.1.1; "5.1.1.2" is an error.
  static Result<EnhancedStatus> Parse(std::string_view text);

  // A value of a Status field as MTAs write it: comments, a colon or other
  // text may follow ("5.1.1 (bad mailbox)", "5.1.1:"). nullopt when the field
  // does not begin with a code.
  static std::optional<EnhancedStatus> FromField(std::string_view text);

  // The first code in free text that stands as a word: "550-5.1.1 The",
  // "(5.7.26)", "#5.1.1:". An IP address or a version number is none.
  static std::optional<EnhancedStatus> Find(std::string_view text);
  // The same; leaves in `rest` what stands behind the code, nothing if there
  // is none.
  static std::optional<EnhancedStatus> FindNext(std::string_view* rest);

  constexpr int status_class() const { return class_; }
  constexpr int subject() const { return subject_; }
  constexpr int detail() const { return detail_; }
  bool is_permanent() const { return class_ == 5; }
  // X.0.0: says nothing but its class.
  bool is_bare() const { return subject_ == 0 && detail_ == 0; }

  std::string ToString() const;
  auto operator<=>(const EnhancedStatus&) const = default;

 private:
  constexpr EnhancedStatus(int status_class, int subject, int detail)
      : class_(static_cast<std::uint8_t>(status_class)),
        subject_(static_cast<std::uint16_t>(subject)),
        detail_(static_cast<std::uint16_t>(detail)) {}

  std::uint8_t class_;
  std::uint16_t subject_;
  std::uint16_t detail_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_CLASSIFIER_ENHANCED_STATUS_H_
