#include "maillog/log_record.h"

#include <array>

#include "maillog/forms.h"
#include "maillog/scan.h"

namespace postbounce {
namespace {

constexpr std::string_view kNoQueue = "NOQUEUE: ";
constexpr std::array<std::string_view, 4> kSeverities = {
    "warning: ", "error: ", "fatal: ", "panic: "};

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
  } else {
    record.queue_id = WarnedOf(line.text);
  }
  return record;
}

}  // namespace postbounce
