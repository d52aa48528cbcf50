#include "maillog/scan.h"

#include <array>

#include "maillog/log_record.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

// What a character may be in a queue id.
constexpr std::uint8_t kShort = 1;  // "30E4EA84943": hexadecimal
constexpr std::uint8_t kLong = 2;   // "4jWY2c4NLgz1": no vowels
constexpr std::size_t kShortTime = 5;
constexpr std::size_t kLongTime = 10;  // at least, before the "z"
constexpr std::size_t kLongest = 32;

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

std::uint32_t KindOf(char c) { return kKinds[static_cast<unsigned char>(c)]; }

std::uint32_t KindsOfEight(const char* text) {
  return KindOf(text[0]) & KindOf(text[1]) & KindOf(text[2]) & KindOf(text[3]) &
         KindOf(text[4]) & KindOf(text[5]) & KindOf(text[6]) & KindOf(text[7]);
}

// What all characters of the text are.
std::uint32_t KindsOf(std::string_view text) {
  std::uint32_t kinds = kShort | kLong;
  if (text.size() < 8) {
    for (const char c : text) kinds &= KindOf(c);
    return kinds;
  }
  const char* const last = text.data() + text.size() - 8;
  for (const char* at = text.data(); at < last; at += 8) {
    kinds &= KindsOfEight(at);
  }
  return kinds & KindsOfEight(last);
}

// A "z" parts time and inode, which has none.
bool HasLongForm(std::string_view id) {
  const std::size_t time = id.rfind('z');
  return time != std::string_view::npos && time >= kLongTime &&
         time + 1 < id.size();
}

// The place behind the quote that ends the string that `at` is in.
std::size_t EndOfQuoted(std::string_view text, std::size_t at) {
  for (; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\') ++at;
  }
  return text.size();
}

}  // namespace

bool TakePath(std::string_view* rest, std::string_view* path) {
  if (!rest->starts_with('<')) return false;
  const std::string_view text = rest->substr(1);
  std::size_t end = FindAny<'>', '"'>(text);
  while (end < text.size() && text[end] == '"') {
    end = EndOfQuoted(text, end + 1);
    end += FindAny<'>', '"'>(text.substr(end));
  }
  if (end == text.size()) return false;
  *path = text.substr(0, end);
  rest->remove_prefix(end + 2);
  return true;
}

bool TakePeer(std::string_view* rest, std::string_view* name,
              std::string_view* address) {
  const std::size_t open = FindAny<'[', ' '>(*rest);
  if (open == rest->size() || (*rest)[open] != '[') return false;
  const std::string_view behind = rest->substr(open + 1);
  const std::size_t close = FindAny<']', ' '>(behind);
  if (close == behind.size() || behind[close] != ']') return false;
  *name = rest->substr(0, open);
  *address = behind.substr(0, close);
  rest->remove_prefix(open + close + 2);
  // smtpd_client_port_logging, postscreen
  if (rest->size() > 1 && (*rest)[0] == ':' && IsDigit((*rest)[1])) {
    rest->remove_prefix(1 + DigitsOf(rest->substr(1)));
  }
  return true;
}

bool TakeInteger(std::string_view* rest, std::uint64_t* value) {
  constexpr std::size_t kMostDigits = 18;
  std::uint64_t number = 0;
  std::size_t digits = 0;
  for (; digits < rest->size() && IsDigit((*rest)[digits]); ++digits) {
    number = number * 10 + static_cast<std::uint64_t>((*rest)[digits] - '0');
  }
  if (digits == 0 || digits > kMostDigits) return false;
  rest->remove_prefix(digits);
  *value = number;
  return true;
}

std::string_view QueueIdIn(std::string_view text) {
  const std::string_view head = text.substr(0, kLongest);
  const std::string_view id = head.substr(0, FindAny<':'>(head));
  const bool is_there = text.substr(id.size()).starts_with(": ");
  return is_there && IsQueueId(id) ? id : std::string_view();
}

bool IsQueueId(std::string_view text) {
  const std::uint32_t kinds = KindsOf(text);
  return (kinds & kShort) != 0 ? text.size() > kShortTime
                               : (kinds & kLong) != 0 && HasLongForm(text);
}

}  // namespace postbounce
