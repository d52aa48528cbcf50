#ifndef POSTBOUNCE_CLASSIFIER_FOLDED_TEXT_H_
#define POSTBOUNCE_CLASSIFIER_FOLDED_TEXT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mime/text/limits.h"

namespace postbounce {

// A diagnostic as the rules see it, at most limits::kRuleText bytes:
// - what is not UTF-8 is read as ISO 8859-1;
// - runs of blanks and control characters are one blank;
// - the codes that repeat on each line of a reply are gone: "550-5.1.1 a
//   550 5.1.1 b" is "550 5.1.1 a b";
// - a mail address is "@", since its words are not the server's, and so is
//   the host in Postfix's "host NAME[ADDRESS] said:" and the preface of
//   IronPort's "5.1.0 - Unknown address error 550-'...'".
// The diagnostic must outlive this.
class FoldedText {
 public:
  explicit FoldedText(std::string_view diagnostic);
  FoldedText(const FoldedText&) = delete;
  FoldedText& operator=(const FoldedText&) = delete;

  std::string_view text() const { return text_; }

  // The part of the diagnostic that text().substr(begin, size) was made from.
  std::string_view Original(std::size_t begin, std::size_t size) const;

 private:
  void Fold();
  void Emit(char c, std::size_t begin, std::size_t end);
  void EmitAll(std::size_t begin, std::size_t end);  // of `source_`
  std::size_t SkipPreface();
  std::size_t TakeQuotedAddress(std::size_t at);
  std::size_t TakeAddress(std::size_t at);
  std::size_t TakeReplyPrefix(std::size_t at);

  std::string repaired_;     // holds source_ if the diagnostic was no UTF-8
  std::string_view source_;  // what the offsets count in
  std::string text_;
  std::array<std::uint16_t, limits::kRuleText> begin_;  // per byte of text_
  std::array<std::uint16_t, limits::kRuleText> end_;
  bool blank_due_ = false;
  // Where the next `"@` stands: no quoted local part ends before it.
  std::size_t quote_end_ = 0;
  std::string_view line_code_;  // "550" once "550-" was seen
};

}  // namespace postbounce

#endif  // POSTBOUNCE_CLASSIFIER_FOLDED_TEXT_H_
