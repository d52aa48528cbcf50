#include "maillog/log_record.h"

#include <array>

#include "maillog/forms.h"
#include "maillog/scan.h"

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

constexpr std::string_view kNoQueue = "NOQUEUE: ";
constexpr std::array<std::string_view, 4> kSeverities = {
    "warning: ", "error: ", "fatal: ", "panic: "};

// The queue id that a text begins with, if ": " is behind it; else empty.
std::string_view QueueIdIn(std::string_view text) {
  const std::string_view head = text.substr(0, kLongest);
  const std::string_view id = head.substr(0, FindAny<':'>(head));
  const bool is_there = text.substr(id.size()).starts_with(": ");
  return is_there && IsQueueId(id) ? id : std::string_view();
}

// A delivery whose queue id is none that Postfix makes.
bool IsStrangeDelivery(std::string_view text) {
  const std::string_view head = text.substr(0, kLongest);
  std::string_view rest = text.substr(FindAny<':', ' '>(head));
  if (!TakePrefix(&rest, ": to=")) return false;
  LogRecord delivery;
  ReadDelivery(rest, &delivery);
  return std::holds_alternative<Delivery>(delivery.what);
}

// The line is of interest for the id alone: "warning: 30E4EA84943: ..."
std::string_view WarnedOf(std::string_view text) {
  for (const std::string_view severity : kSeverities) {
    if (TakePrefix(&text, severity)) return QueueIdIn(text);
  }
  return {};
}

// What is behind the queue id is told by its first words.
void ReadForm(std::string_view rest, LogRecord* record) {
  switch (rest.empty() ? '\0' : rest.front()) {
    case 't':
      if (TakePrefix(&rest, "to=")) return ReadDelivery(rest, record);
      break;
    case 'f':
      if (TakePrefix(&rest, "from=")) return ReadFrom(rest, record);
      break;
    case 'c':
      if (TakePrefix(&rest, "client=")) return ReadClient(rest, record);
      break;
    case 'm':
      if (TakePrefix(&rest, "message-id=")) return ReadMessageId(rest, record);
      break;
    case 'u':
      if (TakePrefix(&rest, "uid=")) return ReadPickup(rest, record);
      break;
    case 'r':
      if (rest == "removed" || rest == "removed (canceled)" ||
          rest == "removed (discarded)") {
        record->what.emplace<Removed>();
        return;
      }
      break;
  }
  if (!ReadNotice(rest, record) && !ReadQueueMove(rest, record)) {
    ReadRejection(rest, record);
  }
}

}  // namespace

LogRecord ReadLogRecord(const LogLine& line) {
  LogRecord record;
  record.queue_id = QueueIdIn(line.text);
  if (!record.queue_id.empty()) {
    ReadForm(line.text.substr(record.queue_id.size() + 2), &record);
  } else if (line.text.starts_with(kNoQueue)) {
    ReadRejection(line.text.substr(kNoQueue.size()), &record);
  } else if (IsStrangeDelivery(line.text)) {
    record.what = Malformed{"no queue id that Postfix makes"};
  } else {
    record.queue_id = WarnedOf(line.text);
  }
  return record;
}

bool IsQueueId(std::string_view text) {
  const std::uint32_t kinds = KindsOf(text);
  return (kinds & kShort) != 0 ? text.size() > kShortTime
                               : (kinds & kLong) != 0 && HasLongForm(text);
}

}  // namespace postbounce
