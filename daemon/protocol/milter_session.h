#ifndef POSTBOUNCE_DAEMON_PROTOCOL_MILTER_SESSION_H_
#define POSTBOUNCE_DAEMON_PROTOCOL_MILTER_SESSION_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/protocol/address_patterns.h"
#include "daemon/protocol/byte_budget.h"
#include "daemon/protocol/milter_reply.h"
#include "daemon/protocol/question.h"
#include "daemon/protocol/received_mail.h"
#include "mime/text/limits.h"
#include "mime/text/result.h"

namespace postbounce {

// The header field by which a mail tells what was read of it.
inline constexpr std::string_view kVerdictField = "X-Postbounce";

// What a milter answers an MTA, without libmilter: one connection of theirs,
// message after message. Bounces are collected: mail of the null sender, and
// mail to a bounce address. All other mail is let go as early as it can be, and
// so is never seen, nor held up.
//
// What Postfix did not get by SMTP, such as a bounce of its own making, is only
// ever accepted: a bounce that is refused there is lost, and the mail that it
// is about stays in the queue and is sent again.
class MilterSession {
 public:
  enum class Refusal { kOff, kMonitor, kOn };
  struct Options {
    std::size_t message_size = limits::kMessageSize;  // kept of each message
    std::size_t recipients = 1000;                    // kept of each message
    AddressPatterns bounce_addresses;
    Refusal refusal = Refusal::kOff;
    bool writes_field = false;       // kVerdictField
    bool is_client_believed = true;  // whom the MTA says it has the mail from
  };

  struct Hooks {
    // Gate::Answer(). An error: nobody knows, and mail is to wait.
    std::function<Result<std::string>(const Question&)> ask;
    // Stores a message and returns the value of kVerdictField once it is
    // durable; nothing if it is not. `is_taken`: nobody else will get it.
    std::function<std::optional<std::string>(ReceivedMail, bool is_taken)>
        intake;
    // A bounce that nobody could be told to send again goes on unrecorded.
    std::function<void(std::string_view why)> missed;
    // A recipient that would have been refused.
    std::function<void(std::string_view recipient, const MilterReply&)>
        monitored;
    // There are too many connections, of which this is one: no bounces are
    // taken, nobody is refused. None: there never are.
    std::function<bool()> is_crowded = {};
  };

  enum class Action { kContinue, kAccept, kRefuse, kDiscard };
  struct Verdict {
    Action action = Action::kContinue;
    MilterReply reply = {};  // of kRefuse
  };
  struct Ending {
    Verdict verdict;
    std::optional<std::string> field;  // to be written; not without kAccept
    int old_fields = 0;                // of that name, to be taken out before:
                                       // at most 20, or Postfix takes too long
  };

  // `budget` must outlive the session.
  MilterSession(Options options, Hooks hooks, ByteBudget* budget);

  // Which steps have something to say; the others need no answers.
  bool answers_recipients() const { return options_.refusal != Refusal::kOff; }
  bool answers_data() const {
    return answers_recipients() || !options_.bounce_addresses.empty();
  }
  // A message is being collected.
  bool is_collecting() const { return state_ == State::kCollecting; }
  // And was not sent by SMTP.
  bool is_internal() const { return is_internal_; }

  // The client: the name that its address is known by, else "unknown" or what
  // begins with "[", and the address.
  void Connect(std::string_view name, std::string_view address);
  // `path` as the MTA gives it: as a client wrote it, mostly in "<>", and
  // without these where no client did. `daemon_port`: by which it came, "0" for
  // none; empty if the MTA does not say. `login`: of SASL, or empty.
  Verdict Mail(std::string_view path, std::string_view daemon_port,
               std::string_view login);
  Verdict Recipient(std::string_view path);
  Verdict Data();
  // `value` with the blanks in front, and folded by LF or CRLF.
  void Header(std::string_view name, std::string_view value);
  void EndOfHeader();
  void Body(std::string_view bytes);
  Ending EndOfMessage();
  // The message will not come.
  void Abort();

 private:
  enum class State { kIdle, kEnvelope, kCollecting };

  Verdict Collect();
  Verdict TurnAway(std::string_view why);
  bool is_crowded() const { return hooks_.is_crowded && hooks_.is_crowded(); }
  std::optional<MilterReply> RefusalOf(std::string_view recipient) const;
  void Keep(std::string_view bytes);

  const Options options_;
  const Hooks hooks_;
  ByteBudget* const budget_;

  std::string client_name_;
  std::string client_address_;

  // Of a message.
  State state_ = State::kIdle;
  bool is_internal_ = false;
  std::string login_;
  ReceivedMail mail_;
  std::size_t recipients_ = 0;
  std::size_t bounce_addresses_ = 0;  // of them
  int old_fields_ = 0;
  bool is_out_of_room_ = false;  // the content is thrown away
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_PROTOCOL_MILTER_SESSION_H_
