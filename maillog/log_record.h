#ifndef POSTBOUNCE_MAILLOG_LOG_RECORD_H_
#define POSTBOUNCE_MAILLOG_LOG_RECORD_H_

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "maillog/log_line.h"

namespace postbounce {

// What the lines of Postfix's log say. Views into the line; addresses stand
// without angle brackets, as they were logged (a local part may be quoted).
// Strangers write addresses and replies, so fields are taken strictly in their
// order and nothing is searched for in the middle of a line.

using Milliseconds = std::chrono::milliseconds;

// Values are stored; do not change them.
enum class DeliveryStatus : std::uint8_t {
  kSent = 1,
  kBounced = 2,
  kDeferred = 3,
  kExpanded = 4,
  kDeliverable = 5,    // of a probe
  kUndeliverable = 6,  // of a probe; also "undeliverable-but-not-cached"
  kSoftBounce = 7,     // SOFTBOUNCE: soft_bounce = yes
};
std::string_view DeliveryStatusName(DeliveryStatus status);  // as logged

// "to=<joe@example.org>, orig_to=<..>, relay=mx[192.0.2.1]:25, conn_use=2,
//  delay=0.1, delays=0.05/0/0.02/0.03, tls=.., dsn=5.1.1, status=bounced (..)"
// Of smtp, lmtp, local, virtual, pipe, error, retry, discard, cleanup, ...
struct Delivery {
  Delivery() noexcept {}  // as LogRecord()

  std::string_view to;
  std::string_view orig_to;  // empty where not given
  std::string_view relay;    // "mx.example.org[192.0.2.1]:25", "none", a name
  int conn_use = 1;
  Milliseconds delay{};
  // Before the queue manager, in it, connecting, sending.
  std::array<Milliseconds, 4> delays{};
  std::string_view tls;  // empty where not given
  std::string_view dsn;  // "5.1.1": always of the form d.ddd.ddd
  DeliveryStatus status{};
  std::string_view text;  // in the outer parentheses
  bool is_cut = false;    // Postfix cut the line: the ")" is missing
};

// qmgr "from=<S>, size=N, nrcpt=N (queue active)": at every try.
struct Queued {
  std::string_view sender;  // empty: the null sender
  std::uint64_t size = 0;
  std::uint32_t recipients = 0;  // of the message when it came
};

// qmgr "from=<S>, status=expired, returned to sender" (or force-expired): all
// recipients that are still deferred have failed.
struct Expired {
  std::string_view sender;
  bool forced = false;
};

// qmgr "removed", cleanup "removed (canceled)" and "removed (discarded)".
struct Removed {};

// smtpd "client=N[A], sasl_method=M, sasl_username=U, sasl_sender=S,
// orig_queue_id=Q, orig_client=N[A]"
struct Client {
  std::string_view name;  // "unknown" where it has none
  std::string_view address;
  std::string_view sasl_username;
  // Before a content filter (XFORWARD); empty where not given.
  std::string_view orig_queue_id;
  std::string_view orig_name;
  std::string_view orig_address;
};

// pickup "uid=0 from=<S>", with "orig_id=Q" after postsuper -r.
struct Pickup {
  std::uint32_t uid = 0;
  std::string_view sender;
  std::string_view orig_queue_id;
};

// cleanup "message-id=<..>", without the brackets if the value is one such id,
// else as it stands.
struct MessageId {
  std::string_view id;
};

// bounce "sender non-delivery notification: NEWID" and its like.
struct Notice {
  enum class Kind : std::uint8_t {
    kFailure = 1,  // sender non-delivery notification
    kDelay = 2,
    kSuccess = 3,     // sender delivery status notification
    kPostmaster = 4,  // a copy, of whatever kind
  };
  Kind kind{};
  std::string_view new_queue_id;
};

// smtpd and cleanup "reject: RCPT from N[A]: 550 5.1.1 ...; from=<S> to=<R>
// proto=ESMTP helo=<H>", also with hold, discard, redirect, filter, warn and
// milter-*. With the queue id empty for NOQUEUE. What cannot be read for sure,
// since the client wrote in it, is empty.
struct Rejection {
  std::string_view verb;   // "reject", "milter-reject", ...
  std::string_view stage;  // "RCPT", "header", ...; the first word behind
  std::string_view client_address;
  std::string_view text;  // all behind the client
};

// postsuper "placed on hold", "released from hold", "requeued".
struct QueueMove {
  enum class Kind : std::uint8_t { kHold = 1, kRelease = 2, kRequeue = 3 };
  Kind kind{};
};

// Postfix's, and of no interest: connections, statistics, TLS, ...
struct Noise {};

// The line should be one of the above by its first words, but is not.
struct Malformed {
  const char* what;  // a sentence for people
};

struct LogRecord {
  // Not defaulted, or g++ would clear all of it for each line; noexcept, or
  // std::variant would make it elsewhere and copy it.
  LogRecord() noexcept {}

  std::string_view queue_id;  // empty for lines that have none, and NOQUEUE
  std::variant<Noise, Delivery, Queued, Expired, Removed, Client, Pickup,
               MessageId, Notice, Rejection, QueueMove, Malformed>
      what;
};

// Reads the text of a line. Pure, linear, without allocation. Noise and
// Malformed are kept apart by what Postfix can write: a queue id followed by
// "to=", "from=", "client=", "uid=", "message-id=" commits to that form.
LogRecord ReadLogRecord(const LogLine& line);

// True for what Postfix makes: short ("30E4EA84943") or long ("4jWY2c4NLgz1").
bool IsQueueId(std::string_view text);

}  // namespace postbounce

#endif  // POSTBOUNCE_MAILLOG_LOG_RECORD_H_
