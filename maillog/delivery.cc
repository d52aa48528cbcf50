#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "maillog/forms.h"
#include "maillog/log_record.h"
#include "maillog/scan.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

struct StatusWord {
  std::string_view word;
  DeliveryStatus status;
};
constexpr std::array<StatusWord, 8> kStatusWords = {{
    {"sent", DeliveryStatus::kSent},
    {"deferred", DeliveryStatus::kDeferred},
    {"bounced", DeliveryStatus::kBounced},
    {"expanded", DeliveryStatus::kExpanded},
    {"deliverable", DeliveryStatus::kDeliverable},
    {"undeliverable", DeliveryStatus::kUndeliverable},
    {"SOFTBOUNCE", DeliveryStatus::kSoftBounce},
    {"undeliverable-but-not-cached", DeliveryStatus::kUndeliverable},
}};

constexpr std::size_t kSecondsSize = 12;  // of a number of seconds
constexpr std::uint64_t kMostUses = 1'000'000'000;

// "0.05", "7.2", "1074"
bool TakeSeconds(std::string_view* rest, Milliseconds* value) {
  const char* at = rest->data();
  const char* const end = at + std::min(rest->size(), kSecondsSize);
  std::int64_t seconds = 0;
  while (at != end && IsDigit(*at)) seconds = seconds * 10 + (*at++ - '0');
  if (at == rest->data()) return false;
  int fraction = 0;
  if (at != end && *at == '.') {
    ++at;
    for (int unit = 100; at != end && IsDigit(*at); unit /= 10) {
      fraction += unit * (*at++ - '0');
    }
  }
  rest->remove_prefix(static_cast<std::size_t>(at - rest->data()));
  *value = Milliseconds(seconds * 1000 + fraction);
  return true;
}

bool TakeDelays(std::string_view* rest, std::array<Milliseconds, 4>* delays) {
  for (std::size_t i = 0; i < delays->size(); ++i) {
    if (i > 0 && !TakeChar(rest, '/')) return false;
    if (!TakeSeconds(rest, &(*delays)[i])) return false;
  }
  return TakePrefix(rest, ", ");
}

// d.ddd.ddd
bool IsDsn(std::string_view text) {
  if (text.empty() || (text[0] != '2' && text[0] != '4' && text[0] != '5')) {
    return false;
  }
  std::size_t at = 1;
  for (int part = 0; part < 2; ++part) {
    if (at == text.size() || text[at] != '.') return false;
    const std::size_t size = DigitsOf(text.substr(at + 1));
    if (size < 1 || size > 3) return false;
    at += 1 + size;
  }
  return at == text.size();
}

bool TakeAddresses(std::string_view* rest, Delivery* delivery) {
  if (!TakePath(rest, &delivery->to) || !TakePrefix(rest, ", ")) return false;
  return !TakePrefix(rest, "orig_to=") ||
         (TakePath(rest, &delivery->orig_to) && TakePrefix(rest, ", "));
}

// Lines that were not made by a transport lack some of these.
bool TakeNumbers(std::string_view* rest, Delivery* delivery) {
  if (TakePrefix(rest, "conn_use=")) {
    std::uint64_t uses = 0;
    if (!TakeInteger(rest, &uses) || uses > kMostUses ||
        !TakePrefix(rest, ", ")) {
      return false;
    }
    delivery->conn_use = static_cast<int>(uses);
  }
  if (TakePrefix(rest, "delay=")) {
    if (!TakeSeconds(rest, &delivery->delay) || !TakePrefix(rest, ", ")) {
      return false;
    }
  }
  return !TakePrefix(rest, "delays=") || TakeDelays(rest, &delivery->delays);
}

// "bounced (...)". A text ends with the line, so what has no ")" there was cut.
bool TakeStatus(std::string_view rest, Delivery* delivery) {
  const std::string_view word = rest.substr(0, rest.find(' '));
  const auto* found =
      std::find_if(kStatusWords.begin(), kStatusWords.end(),
                   [&](const StatusWord& each) { return each.word == word; });
  if (found == kStatusWords.end()) return false;
  delivery->status = found->status;
  rest.remove_prefix(word.size());
  delivery->is_cut = !rest.ends_with(')');
  if (TakePrefix(&rest, " (")) {
    delivery->text = rest.substr(0, rest.size() - (delivery->is_cut ? 0 : 1));
  }
  return true;
}

// Nullptr, or what is wrong.
const char* FillDelivery(std::string_view rest, Delivery* delivery) {
  if (!TakeAddresses(&rest, delivery)) return "no recipient behind \"to=\"";
  if (!TakePrefix(&rest, "relay=") || !TakeValue(&rest, &delivery->relay)) {
    return "no relay behind the recipient";
  }
  if (!TakeNumbers(&rest, delivery)) return "no delay that can be read";
  if (TakePrefix(&rest, "tls=") && !TakeValue(&rest, &delivery->tls)) {
    return "no end of \"tls=\"";
  }
  if (!TakePrefix(&rest, "dsn=") || !TakeValue(&rest, &delivery->dsn) ||
      !IsDsn(delivery->dsn)) {
    return "no status code";
  }
  if (!TakePrefix(&rest, "status=") || !TakeStatus(rest, delivery)) {
    return "no status that is known";
  }
  return nullptr;
}

}  // namespace

void ReadDelivery(std::string_view rest, LogRecord* record) {
  Delivery& delivery = record->what.emplace<Delivery>();
  if (const char* wrong = FillDelivery(rest, &delivery)) {
    record->what = Malformed{wrong};
  }
}

std::string_view DeliveryStatusName(DeliveryStatus status) {
  const auto* found = std::find_if(
      kStatusWords.begin(), kStatusWords.end(),
      [&](const StatusWord& each) { return each.status == status; });
  return found == kStatusWords.end() ? std::string_view() : found->word;
}

}  // namespace postbounce
