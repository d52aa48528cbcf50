#ifndef POSTBOUNCE_STORE_LOG_MESSAGE_H_
#define POSTBOUNCE_STORE_LOG_MESSAGE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "classifier/reason.h"
#include "mime/text/action.h"
#include "mime/text/result.h"
#include "mime/text/timestamp.h"
#include "store/event.h"

namespace postbounce {

// One try to deliver a message to one recipient, as the log tells it.
struct LogAttempt {
  Timestamp time{};
  // kDelivered for "sent", kDelayed for "deferred" and SOFTBOUNCE, kFailed for
  // "bounced" and for what expired in the queue, kExpanded.
  Action action = Action::kOther;
  bool is_expired = false;  // the queue gave up: no line of its own says so
  bool is_probe = false;    // an address was verified, no mail delivered
  std::string recipient;    // to=, as logged: whom this site mailed
  std::string original;     // orig_to=, as logged; empty where not given
  std::string program;      // "smtp", "local", ...
  std::string relay;        // "mx.example.org[192.0.2.1]:25", "none", ...
  std::string status;       // dsn=
  std::string text;         // in the parentheses
  // Milliseconds: before the queue manager, in it, connecting, sending.
  std::array<std::uint32_t, 4> delays{};
  // Why. Of a delivered one kDelivered.
  Reason reason = Reason::kUnknown;
  ReasonClass reason_class = ReasonClass::kNone;

  bool operator==(const LogAttempt&) const = default;
};

// A report that Postfix itself made about a message.
struct LogNotice {
  // Values are stored; do not change them.
  enum class Kind : std::uint8_t {
    kFailure = 1,
    kDelay = 2,
    kSuccess = 3,
    kPostmaster = 4,
  };
  Timestamp time{};
  Kind kind{};
  std::string queue_id;  // of the report

  bool operator==(const LogNotice&) const = default;
};

// What some lines of a log say of one message: all of it, or what has come
// since the last time. Log, instance, queue id and first_seen are the
// message's identity, since queue ids repeat.
struct LogMessage {
  std::string log;       // the source's name
  std::string instance;  // "postfix", "postfix-out"
  std::string host;      // as logged
  std::string queue_id;
  Timestamp first_seen{};  // of the first line that any log had of it
  Timestamp last_seen{};

  std::optional<std::string> sender;  // empty: the null sender
  std::string message_id;             // without angle brackets
  std::string client_name;
  std::string client_address;
  std::string sasl_user;
  bool is_local = false;   // it came by pickup: sendmail(1) on this host
  bool is_remote = false;  // it came by smtpd
  // Its id before a content filter or postsuper -r.
  std::string previous_id;
  std::uint64_t size = 0;        // 0: not told
  std::uint32_t recipients = 0;  // 0: not told
  bool is_removed = false;       // from the queue: nothing more will come
  std::vector<LogNotice> notices;
  std::vector<LogAttempt> attempts;  // in order of time
  std::string lines;                 // as they stood, each with "\n"; if kept
  // They are worth keeping, whatever becomes of the message. Without it they
  // are kept as long as that is open.
  bool keep_lines = false;
  // No other part has anything of this message.
  bool is_whole = false;
  // Its attempts stand in another part, too, that proves less: they are neither
  // counted nor listed for this one.
  bool is_copy = false;

  bool operator==(const LogMessage&) const = default;
};

// Whether both are about one message.
bool IsSameMessage(const LogMessage& a, const LogMessage& b);

// Which message it is, whatever log it stands in.
MessageRef RefOf(const LogMessage& message);

// Adds what a later part says. Attempts and notices stand there once, in order
// of time.
void Join(LogMessage* message, LogMessage part);

// As a store keeps a part, without `log` and `lines`. Any bytes are kept.
void EncodeLogMessage(const LogMessage& message, std::string* out);
// kCorrupt for what was never encoded, and for a version newer than this.
Result<LogMessage> DecodeLogMessage(std::string_view bytes);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_LOG_MESSAGE_H_
