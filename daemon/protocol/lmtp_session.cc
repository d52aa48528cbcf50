#include "daemon/protocol/lmtp_session.h"

#include <algorithm>
#include <utility>

namespace postbounce {
namespace {

// RFC 5321 asks for 512 octets, RFC 3461 for 500 more; an ORCPT in xtext may
// be three times as long as its address.
constexpr std::size_t kCommandLine = 8u << 10;

}  // namespace

LmtpSession::LmtpSession(Options options, ByteBudget* budget)
    : options_(std::move(options)), budget_(budget) {
  Reply("220 " + options_.hostname + " LMTP Postbounce");
}

LmtpSession::Step LmtpSession::Feed(std::string_view bytes) {
  if (state_ == State::kClosed) return Step::kClose;
  if (later_used_ < later_.size() || state_ == State::kDelivering) {
    later_.append(bytes);
    std::string_view input = std::string_view(later_).substr(later_used_);
    Advance(&input);
    later_used_ = later_.size() - input.size();
  } else {
    Advance(&bytes);
    later_.assign(bytes);
    later_used_ = 0;
  }
  switch (state_) {
    case State::kCommand:
    case State::kData:
      break;
    case State::kDelivering:
      return Step::kDeliver;
    case State::kClosed:
      return Step::kClose;
  }
  return Step::kRead;
}

// Goes on until `input` is used up or somebody else must act.
void LmtpSession::Advance(std::string_view* input) {
  while (!input->empty() &&
         (state_ == State::kCommand || state_ == State::kData)) {
    if (state_ == State::kData) {
      TakeData(input);
    } else {
      TakeLine(input);
    }
  }
}

void LmtpSession::TakeLine(std::string_view* input) {
  const std::size_t end = input->find('\n');
  const std::string_view piece = input->substr(0, end);
  const bool is_complete = end != std::string_view::npos;
  input->remove_prefix(is_complete ? end + 1 : input->size());
  if (line_.size() + piece.size() > kCommandLine) line_too_long_ = true;
  if (!line_too_long_) line_.append(piece);
  if (!is_complete) return;
  const std::string line = std::exchange(line_, {});
  if (std::exchange(line_too_long_, false)) {
    Refuse("500 5.5.2 Line too long");
  } else {
    Execute(ParseLmtpCommand(line));
  }
}

void LmtpSession::Execute(const LmtpCommand& command) {
  switch (command.verb) {
    case LmtpVerb::kLhlo:
      return Lhlo(command.argument);
    case LmtpVerb::kHelo:
      return Refuse("500 5.5.1 This is LMTP, say LHLO");
    case LmtpVerb::kMail:
      return Mail(command.argument);
    case LmtpVerb::kRcpt:
      return Rcpt(command.argument);
    case LmtpVerb::kData:
      return StartData();
    case LmtpVerb::kRset:
      EndTransaction();
      return Reply("250 2.0.0 Ok");
    case LmtpVerb::kNoop:
      return Reply("250 2.0.0 Ok");
    case LmtpVerb::kVrfy:
      return Reply("252 2.0.0 Cannot tell, send the mail");
    case LmtpVerb::kQuit:
      Reply("221 2.0.0 Bye");
      state_ = State::kClosed;
      return;
    case LmtpVerb::kHttp:
      // What follows was written by a web page and may look like commands.
      return Close("This is LMTP");
    case LmtpVerb::kUnknown:
      return Refuse("500 5.5.2 Unknown command");
  }
}

void LmtpSession::Lhlo(std::string_view argument) {
  if (argument.empty()) return Refuse("501 5.5.4 Syntax: LHLO hostname");
  EndTransaction();
  greeted_ = true;
  Reply("250-" + options_.hostname);
  for (std::string_view extension :
       {"PIPELINING", "SIZE", "8BITMIME", "ENHANCEDSTATUSCODES", "DSN"}) {
    Reply("250-" + std::string(extension));
  }
  Reply("250 SMTPUTF8");
}

void LmtpSession::Mail(std::string_view argument) {
  if (!greeted_) return Refuse("503 5.5.1 Say LHLO first");
  if (in_transaction_) return Refuse("503 5.5.1 Nested MAIL command");
  const auto path = ParseMail(argument);
  if (!path) return Refuse(path.error().text());
  in_transaction_ = true;
  delivery_.envelope.sender = path->address;
  announced_size_ = path->size;
  Reply("250 2.1.0 Ok");
}

void LmtpSession::Rcpt(std::string_view argument) {
  if (!in_transaction_) return Refuse("503 5.5.1 Say MAIL first");
  const auto path = ParseRcpt(argument);
  if (!path) return Refuse(path.error().text());
  auto& recipients = delivery_.envelope.recipients;
  if (recipients.size() >= options_.recipients) {
    return Reply("452 4.5.3 Too many recipients");
  }
  recipients.emplace_back(path->address);
  Reply("250 2.1.5 Ok");
}

// Room is asked for here and not at MAIL: here a refusal is one reply, which
// no client takes for a refusal of the recipients.
void LmtpSession::StartData() {
  if (!in_transaction_) return Refuse("503 5.5.1 Say MAIL first");
  // RFC 2033 section 4.2.
  if (delivery_.envelope.recipients.empty()) {
    return Refuse("503 5.5.1 No valid recipients");
  }
  delivery_.share = ByteBudget::Share(budget_);
  if (!Reserve(std::max<std::uint64_t>(announced_size_, 1),
               options_.message_size, &delivery_)) {
    EndTransaction();
    return Reply("451 4.3.1 No room, try again later");
  }
  recipients_ = delivery_.envelope.recipients.size();
  dots_ = DotReader();
  out_of_room_ = false;
  state_ = State::kData;
  Reply("354 Go ahead");
}

void LmtpSession::TakeData(std::string_view* input) {
  for (;;) {
    const std::string_view content = dots_.Next(input);
    if (content.empty()) break;
    Keep(content);
  }
  if (!dots_.is_done()) return;
  if (!out_of_room_) {
    state_ = State::kDelivering;
    return;
  }
  ReplyToEach("452 4.3.1 ", "No room, try again later");
}

void LmtpSession::Keep(std::string_view content) {
  delivery_.size += content.size();
  if (out_of_room_) return;
  out_of_room_ = !postbounce::Keep(content, options_.message_size, &delivery_);
}

LmtpSession::Delivery& LmtpSession::delivery() { return delivery_; }

void LmtpSession::Finish(Verdict verdict, std::string_view text) {
  if (state_ != State::kDelivering) return;
  switch (verdict) {
    case Verdict::kAccepted:
      return ReplyToEach("250 2.0.0 ", text);
    case Verdict::kTryLater:
      return ReplyToEach("451 4.3.0 ", text);
  }
}

void LmtpSession::Close(std::string_view text) {
  if (state_ == State::kClosed) return;
  Reply("421 4.3.2 " + std::string(text));
  EndTransaction();
  state_ = State::kClosed;
}

std::string LmtpSession::TakeOutput() { return std::exchange(output_, {}); }

bool LmtpSession::is_idle() const {
  return state_ == State::kCommand && !in_transaction_ && line_.empty() &&
         !line_too_long_ && later_used_ == later_.size();
}

void LmtpSession::Reply(std::string_view reply) {
  output_.append(reply).append("\r\n");
}

void LmtpSession::ReplyToEach(std::string_view code, std::string_view text) {
  const std::string reply = std::string(code).append(text);
  for (std::size_t i = 0; i < recipients_; ++i) Reply(reply);
  EndTransaction();
}

void LmtpSession::Refuse(std::string_view reply) {
  if (++errors_ < options_.errors) return Reply(reply);
  Close("Too many errors");
}

void LmtpSession::EndTransaction() {
  delivery_ = Delivery();
  announced_size_ = 0;
  in_transaction_ = false;
  state_ = State::kCommand;
}

}  // namespace postbounce
