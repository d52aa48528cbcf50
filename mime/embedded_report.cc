#include "mime/embedded_report.h"

#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kBeginsWithin = 64u << 10;

enum class LineKind {
  kEmpty,
  kText,
  kMessageField,
  kField,
  kReporter,
  kRecipient,
  kOutcome
};

struct Name {
  std::string_view text;
  LineKind kind;
};

// "From", "To" and "Subject" are missing: reports for people quote them.
constexpr Name kNames[] = {
    {"Final-Recipient:", LineKind::kRecipient},
    {"Original-Recipient:", LineKind::kRecipient},
    {"Action:", LineKind::kOutcome},
    {"Status:", LineKind::kOutcome},
    {"Reporting-MTA:", LineKind::kReporter},
    {"Received-From-MTA:", LineKind::kField},
    {"Original-Envelope-Id:", LineKind::kField},
    {"Arrival-Date:", LineKind::kField},
    {"Diagnostic-Code:", LineKind::kField},
    {"Remote-MTA:", LineKind::kField},
    {"Last-Attempt-Date:", LineKind::kField},
    {"Will-Retry-Until:", LineKind::kField},
    {"X-Actual-Recipient:", LineKind::kField},
    {"X-Postfix-Queue-ID:", LineKind::kField},
    {"Return-Path:", LineKind::kMessageField},
    {"Received:", LineKind::kMessageField},
    {"DKIM-Signature:", LineKind::kMessageField},
    {"Message-ID:", LineKind::kMessageField},
    {"MIME-Version:", LineKind::kMessageField},
};

LineKind KindOf(std::string_view line) {
  if (Trim(line).empty()) return LineKind::kEmpty;
  const char first = AsciiLower(line.front());
  for (const Name& name : kNames) {
    if (AsciiLower(name.text.front()) != first) continue;
    if (StartsWithIgnoringCase(line, name.text)) return name.kind;
  }
  return LineKind::kText;
}

// Takes the lines one by one.
class BlockFinder {
 public:
  // False when the lines that follow need not be looked at.
  bool Add(LineKind kind, std::size_t begin, std::size_t end) {
    switch (kind) {
      case LineKind::kEmpty:
        in_group_ = false;
        return true;
      case LineKind::kMessageField:
        return false;
      case LineKind::kText:
        // The rest of a folded field, or one of a vendor.
        if (in_group_) block_.end = end;
        return in_group_ || !complete();
      case LineKind::kReporter:
        block_.is_whole = true;
        break;
      case LineKind::kRecipient:
        has_recipient_ = true;
        break;
      case LineKind::kOutcome:
        has_outcome_ = true;
        break;
      case LineKind::kField:
        break;
    }
    if (!begun_) block_.begin = begin;
    begun_ = true;
    in_group_ = true;
    block_.end = end;
    return true;
  }

  bool begun() const { return begun_; }

  std::optional<EmbeddedReport> block() const {
    if (!complete()) return std::nullopt;
    return block_;
  }

 private:
  bool complete() const { return has_recipient_ && has_outcome_; }

  EmbeddedReport block_{0, 0, false};
  bool begun_ = false;
  bool in_group_ = false;
  bool has_recipient_ = false;
  bool has_outcome_ = false;
};

}  // namespace

std::optional<EmbeddedReport> FindEmbeddedReport(std::string_view text) {
  BlockFinder finder;
  std::string_view rest = text;
  while (const std::optional<std::string_view> line = TakeLine(&rest)) {
    const auto begin = static_cast<std::size_t>(line->data() - text.data());
    if (!finder.begun() && begin > kBeginsWithin) break;
    if (!finder.Add(KindOf(*line), begin, begin + line->size())) break;
  }
  return finder.block();
}

}  // namespace postbounce
