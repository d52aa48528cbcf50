#include "maillog/scan.h"

#include <array>
#include <limits>

#include "maillog/log_record.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

// What a character may be in a queue id.
constexpr std::uint8_t kShort = 1;  // "30E4EA84943": hexadecimal
constexpr std::uint8_t kLong = 2;   // "4jWY2c4NLgz1": no vowels
constexpr std::size_t kShortTime = 5;
constexpr std::size_t kLongTime = 10;  // at least, before the "z"

constexpr std::array<std::uint8_t, 256> MakeKinds() {
  std::array<std::uint8_t, 256> kinds{};
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kBase52 =
      "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";
  for (char c : kHex) kinds[static_cast<unsigned char>(c)] |= kShort;
  for (char c : kBase52) kinds[static_cast<unsigned char>(c)] |= kLong;
  return kinds;
}
constexpr std::array<std::uint8_t, 256> kKinds = MakeKinds();

}  // namespace

std::optional<std::string_view> TakePath(std::string_view* rest) {
  if (!rest->starts_with('<')) return std::nullopt;
  bool quoted = false;
  for (std::size_t i = 1; i < rest->size(); ++i) {
    const char c = (*rest)[i];
    if (c == '>' && !quoted) {
      const std::string_view path = rest->substr(1, i - 1);
      rest->remove_prefix(i + 1);
      return path;
    }
    if (c == '"') {
      quoted = !quoted;
    } else if (quoted && c == '\\') {
      ++i;
    }
  }
  return std::nullopt;
}

std::optional<Peer> TakePeer(std::string_view* rest) {
  std::string_view text = *rest;
  const auto name = TakeUntil(&text, '[');
  const auto address = name ? TakeUntil(&text, ']') : std::nullopt;
  if (!address || name->find(' ') != std::string_view::npos ||
      address->find(' ') != std::string_view::npos) {
    return std::nullopt;
  }
  // smtpd_client_port_logging, postscreen
  if (text.size() > 1 && text[0] == ':' && IsDigit(text[1])) {
    text.remove_prefix(1);
    TakeInteger(&text);
  }
  *rest = text;
  return Peer{*name, *address};
}

std::optional<std::uint64_t> TakeInteger(std::string_view* rest) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t value = 0;
  std::size_t digits = 0;
  for (; digits < rest->size() && IsDigit((*rest)[digits]); ++digits) {
    const auto digit = static_cast<std::uint64_t>((*rest)[digits] - '0');
    if (value > (kMost - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  if (digits == 0) return std::nullopt;
  rest->remove_prefix(digits);
  return value;
}

std::string_view TakeQueueId(std::string_view* rest) {
  std::uint8_t kinds = kShort | kLong;
  std::size_t size = 0;
  std::size_t inode = 0;  // behind the last "z"
  for (; size < rest->size(); ++size) {
    const char c = (*rest)[size];
    const std::uint8_t kind = kKinds[static_cast<unsigned char>(c)];
    if (kind == 0) break;
    kinds &= kind;
    if (c == 'z') inode = size + 1;
  }
  const bool is_short = (kinds & kShort) != 0 && size > kShortTime;
  const bool is_long =
      (kinds & kLong) != 0 && inode > kLongTime && inode < size;
  if (!is_short && !is_long) return {};
  const std::string_view id = rest->substr(0, size);
  rest->remove_prefix(size);
  return id;
}

bool IsQueueId(std::string_view text) {
  std::string_view rest = text;
  return !TakeQueueId(&rest).empty() && rest.empty();
}

}  // namespace postbounce
