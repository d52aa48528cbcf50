#include "maillog/log_record.h"

#include <array>

#include "maillog/forms.h"
#include "maillog/scan.h"

namespace postbounce {
namespace {

constexpr std::array<std::string_view, 4> kSeverities = {
    "warning: ", "error: ", "fatal: ", "panic: "};

// The line is of interest for the id alone: "warning: 30E4EA84943: ..."
void ReadWarning(std::string_view text, LogRecord* record) {
  for (std::string_view severity : kSeverities) {
    if (!TakePrefix(&text, severity)) continue;
    const std::string_view id = TakeQueueId(&text);
    if (text.starts_with(": ")) record->queue_id = id;
    return;
  }
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
    ReadRefusal(rest, record);
  }
}

}  // namespace

LogRecord ReadLogRecord(const LogLine& line) {
  LogRecord record;
  std::string_view rest = line.text;
  const std::string_view id = TakeQueueId(&rest);
  if (id.empty()) {
    if (TakePrefix(&rest, "NOQUEUE: ")) {
      ReadRefusal(rest, &record);
    } else {
      ReadWarning(rest, &record);
    }
  } else if (TakePrefix(&rest, ": ")) {
    record.queue_id = id;
    ReadForm(rest, &record);
  }
  return record;
}

}  // namespace postbounce
