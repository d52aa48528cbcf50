#ifndef POSTBOUNCE_DAEMON_PROTOCOL_LMTP_SESSION_H_
#define POSTBOUNCE_DAEMON_PROTOCOL_LMTP_SESSION_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/protocol/byte_budget.h"
#include "daemon/protocol/dot_reader.h"
#include "daemon/protocol/lmtp_command.h"
#include "daemon/protocol/received_mail.h"
#include "mime/text/limits.h"

namespace postbounce {

// The server's side of RFC 2033 without sockets, clocks or threads. It offers
// PIPELINING, 8BITMIME, SMTPUTF8, ENHANCEDSTATUSCODES, DSN, and SIZE without
// a number (a number makes Postfix destroy a larger null-sender mail). It
// answers 5xx only to protocol errors, 4xx when it is out of room.
//
//   for (;;) {
//     switch (session.Feed(bytes)) {
//       case kRead:    write session.TakeOutput(), read more bytes
//       case kDeliver: store session.delivery(), then session.Finish(...),
//                      and Feed("") again
//       case kClose:   write session.TakeOutput(), close
//     }
//   }
class LmtpSession {
 public:
  struct Options {
    std::string hostname;                             // in the greeting
    std::size_t message_size = limits::kMessageSize;  // kept of each message
    std::size_t recipients = 1000;  // per message; 452 for the next
    int errors = 20;                // protocol errors before 421
  };

  enum class Step { kRead, kDeliver, kClose };
  using Delivery = ReceivedMail;

  // The greeting is output at once.
  LmtpSession(Options options, ByteBudget* budget);

  // Takes bytes from the client and goes on as far as it can: every complete
  // command is answered before one write. Linear; bounded memory beside the
  // message. After kDeliver it takes bytes but does nothing until Finish.
  Step Feed(std::string_view bytes);

  // The message that kDeliver speaks of; may be moved from. Its bytes are
  // dot-unstuffed, and the first Options::message_size of them.
  Delivery& delivery();

  // One and the same reply for each recipient of the delivery.
  enum class Verdict { kAccepted, kTryLater };
  // `text` follows the code: "2.0.0 " + text; printable ASCII.
  void Finish(Verdict verdict, std::string_view text);

  // The daemon stops, or the client was silent for too long: 421 and kClose.
  // During DATA nothing is stored. `text` as for Finish.
  void Close(std::string_view text);

  // What is to be written now.
  std::string TakeOutput();

  // True between messages: closing now loses nothing and annoys nobody.
  bool is_idle() const;

 private:
  enum class State { kCommand, kData, kDelivering, kClosed };

  void Advance(std::string_view* input);
  void TakeLine(std::string_view* input);
  void Execute(const LmtpCommand& command);
  void Lhlo(std::string_view argument);
  void Mail(std::string_view argument);
  void Rcpt(std::string_view argument);
  void StartData();
  void TakeData(std::string_view* input);
  void Keep(std::string_view content);
  void Reply(std::string_view reply);
  void ReplyToEach(std::string_view code, std::string_view text);
  // Replies to a protocol error; hangs up after too many.
  void Refuse(std::string_view reply);
  void EndTransaction();

  const Options options_;
  ByteBudget* const budget_;

  State state_ = State::kCommand;
  bool greeted_ = false;         // LHLO was said
  bool in_transaction_ = false;  // MAIL was said
  int errors_ = 0;
  std::string output_;

  std::string line_;            // the beginning of a command
  bool line_too_long_ = false;  // its end is awaited, its beginning forgotten
  std::string later_;           // came in during kDelivering
  std::size_t later_used_ = 0;  // of it

  Delivery delivery_;
  std::size_t recipients_ = 0;        // of it, which may have been moved from
  std::uint64_t announced_size_ = 0;  // SIZE= of MAIL
  DotReader dots_;
  bool out_of_room_ = false;  // the content is thrown away
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_PROTOCOL_LMTP_SESSION_H_
