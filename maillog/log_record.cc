#include "maillog/log_record.h"

#include <array>

#include "maillog/forms.h"
#include "maillog/scan.h"

namespace postbounce {
namespace {

// Lines that are told by how they begin alone.
struct Form {
  std::string_view words;
  void (*read)(std::string_view rest, LogRecord* record);
};
constexpr std::array<Form, 5> kForms = {{
    {"to=", ReadDelivery},
    {"from=", ReadFrom},
    {"message-id=", ReadMessageId},
    {"client=", ReadClient},
    {"uid=", ReadPickup},
}};

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
    return record;
  }
  if (!TakePrefix(&rest, ": ")) return record;
  record.queue_id = id;
  for (const Form& form : kForms) {
    if (!TakePrefix(&rest, form.words)) continue;
    form.read(rest, &record);
    return record;
  }
  if (rest == "removed" || rest == "removed (canceled)" ||
      rest == "removed (discarded)") {
    record.what = Removed{};
  } else if (!ReadNotice(rest, &record) && !ReadQueueMove(rest, &record)) {
    ReadRefusal(rest, &record);
  }
  return record;
}

}  // namespace postbounce
