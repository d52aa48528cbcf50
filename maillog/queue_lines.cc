#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string_view>

#include "maillog/forms.h"
#include "maillog/log_record.h"
#include "maillog/scan.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

// "size=2562, nrcpt=1 (queue active)"
bool FillQueued(std::string_view rest, Queued* queued) {
  std::uint64_t recipients = 0;
  if (!TakePrefix(&rest, "size=") || !TakeInteger(&rest, &queued->size) ||
      !TakePrefix(&rest, ", nrcpt=") || !TakeInteger(&rest, &recipients) ||
      recipients > std::numeric_limits<std::uint32_t>::max()) {
    return false;
  }
  queued->recipients = static_cast<std::uint32_t>(recipients);
  return rest == " (queue active)";
}

// "status=expired, returned to sender"
bool FillExpired(std::string_view rest, Expired* expired) {
  if (!TakePrefix(&rest, "status=")) return false;
  expired->forced = TakePrefix(&rest, "force-");
  return rest == "expired, returned to sender";
}

struct NoticeWords {
  std::string_view words;
  Notice::Kind kind;
};
constexpr std::array<NoticeWords, 6> kNotices = {{
    {"sender non-delivery notification: ", Notice::Kind::kFailure},
    {"sender delay notification: ", Notice::Kind::kDelay},
    {"sender delivery status notification: ", Notice::Kind::kSuccess},
    {"postmaster non-delivery notification: ", Notice::Kind::kPostmaster},
    {"postmaster delay notification: ", Notice::Kind::kPostmaster},
    {"postmaster delivery status notification: ", Notice::Kind::kPostmaster},
}};

struct MoveWords {
  std::string_view words;
  QueueMove::Kind kind;
};
constexpr std::array<MoveWords, 3> kMoves = {{
    {"placed on hold", QueueMove::Kind::kHold},
    {"released from hold", QueueMove::Kind::kRelease},
    {"requeued", QueueMove::Kind::kRequeue},
}};

}  // namespace

void ReadFrom(std::string_view rest, LogRecord* record) {
  Queued& queued = record->what.emplace<Queued>();
  if (!TakePath(&rest, &queued.sender) || !TakePrefix(&rest, ", ")) {
    record->what = Malformed{"no sender behind \"from=\""};
    return;
  }
  if (FillQueued(rest, &queued)) return;
  const std::string_view sender = queued.sender;
  Expired& expired = record->what.emplace<Expired>();
  expired.sender = sender;
  if (FillExpired(rest, &expired)) return;
  record->what = Malformed{"neither a size nor a status behind the sender"};
}

// The value is a header field's, in any form: "<id@host>", "id", "<a> <b>".
void ReadMessageId(std::string_view rest, LogRecord* record) {
  if (rest.size() >= 2 && rest.front() == '<' &&
      FindAny<'<', '>', ' '>(rest.substr(1)) == rest.size() - 2 &&
      rest.back() == '>') {
    rest = rest.substr(1, rest.size() - 2);
  }
  record->what.emplace<MessageId>().id = rest;
}

bool ReadNotice(std::string_view rest, LogRecord* record) {
  const auto* found = std::find_if(
      kNotices.begin(), kNotices.end(),
      [&](const NoticeWords& each) { return rest.starts_with(each.words); });
  if (found == kNotices.end()) return false;
  rest.remove_prefix(found->words.size());
  if (IsQueueId(rest)) {
    record->what = Notice{found->kind, rest};
  } else {
    record->what = Malformed{"no queue id behind the notification"};
  }
  return true;
}

bool ReadQueueMove(std::string_view rest, LogRecord* record) {
  const auto* found =
      std::find_if(kMoves.begin(), kMoves.end(),
                   [&](const MoveWords& each) { return rest == each.words; });
  if (found == kMoves.end()) return false;
  record->what = QueueMove{found->kind};
  return true;
}

}  // namespace postbounce
