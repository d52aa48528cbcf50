#include "daemon/protocol/milter_session.h"

#include <algorithm>
#include <utility>

#include "mime/text/text.h"

namespace postbounce {
namespace {

// Of an envelope. Postfix takes no longer lines, others of an MTA's are not
// kept.
constexpr std::size_t kMaxPath = 2048;
// Postfix looks for each field from the top, and panics above 10 000.
constexpr int kMaxOldFields = 20;

// RFC 5321: "<joe@example.org>".
std::string_view WithoutBrackets(std::string_view path) {
  if (path.starts_with('<')) path.remove_prefix(1);
  if (path.ends_with('>')) path.remove_suffix(1);
  return path;
}

// An address that is known by no name is called "unknown" by Postfix, and by
// itself, in brackets, by sendmail.
bool IsName(std::string_view name) {
  return !name.starts_with('[') && !EqualsIgnoringCase(name, "unknown");
}

MilterSession::Verdict Of(MilterSession::Action action) { return {action, {}}; }

MilterSession::Verdict Later(std::string_view why) {
  return {MilterSession::Action::kRefuse,
          {"451", "4.3.0", std::string(why) + ", try again later"}};
}

}  // namespace

MilterSession::MilterSession(Options options, Hooks hooks, ByteBudget* budget)
    : options_(std::move(options)), hooks_(std::move(hooks)), budget_(budget) {}

void MilterSession::Connect(std::string_view name, std::string_view address) {
  if (!options_.is_client_believed) return;
  client_name_ = IsName(name) ? name : std::string_view();
  client_address_ = address;
}

void MilterSession::Abort() {
  state_ = State::kIdle;
  is_internal_ = false;
  login_.clear();
  mail_ = ReceivedMail();
  recipients_ = 0;
  bounce_addresses_ = 0;
  old_fields_ = 0;
  is_out_of_room_ = false;
}

MilterSession::Verdict MilterSession::Mail(std::string_view path,
                                           std::string_view daemon_port,
                                           std::string_view login) {
  Abort();
  is_internal_ =
      daemon_port.empty() ? !path.starts_with('<') : daemon_port == "0";
  Envelope& envelope = mail_.envelope;
  envelope.sender = WithoutBrackets(path.substr(0, kMaxPath));
  if (!is_internal_) {
    envelope.client_name = client_name_;
    envelope.client_address = client_address_;
  }
  login_ = login;
  state_ = State::kEnvelope;
  if (envelope.sender.empty()) return Collect();
  if (answers_data()) return Of(Action::kContinue);
  Abort();
  return Of(Action::kAccept);
}

MilterSession::Verdict MilterSession::Collect() {
  if (is_crowded()) return TurnAway("too many connections");
  mail_.share = ByteBudget::Share(budget_);
  if (!Reserve(1, options_.message_size, &mail_)) {
    return TurnAway("no room");
  }
  state_ = State::kCollecting;
  return Of(Action::kContinue);
}

MilterSession::Verdict MilterSession::TurnAway(std::string_view why) {
  const bool is_internal = is_internal_;
  Abort();
  if (!is_internal) return Later(why);
  hooks_.missed(why);
  return Of(Action::kAccept);
}

MilterSession::Verdict MilterSession::Recipient(std::string_view path) {
  if (state_ == State::kIdle) return Of(Action::kContinue);
  const std::string_view recipient = WithoutBrackets(path);
  if (auto reply = RefusalOf(recipient)) {
    if (options_.refusal == Refusal::kOn) {
      return {Action::kRefuse, *std::move(reply)};
    }
    hooks_.monitored(recipient, *reply);
  }
  ++recipients_;
  if (options_.bounce_addresses.Match(recipient)) ++bounce_addresses_;
  auto& kept = mail_.envelope.recipients;
  if (kept.size() < options_.recipients && recipient.size() <= kMaxPath) {
    kept.emplace_back(recipient);
  }
  return Of(Action::kContinue);
}

std::optional<MilterReply> MilterSession::RefusalOf(
    std::string_view recipient) const {
  const std::string& sender = mail_.envelope.sender;
  if (options_.refusal == Refusal::kOff || is_internal_ || sender.empty() ||
      recipient.empty() || is_crowded()) {
    return std::nullopt;
  }
  Question question;
  question.recipient = recipient;
  question.sender = sender;
  question.sasl_user = login_;
  const auto answer = hooks_.ask(question);
  if (!answer) return Later(answer.error().text()).reply;
  return ReplyOf(*answer);
}

MilterSession::Verdict MilterSession::Data() {
  if (state_ == State::kCollecting) return Of(Action::kContinue);
  if (state_ == State::kEnvelope && bounce_addresses_ > 0) return Collect();
  Abort();
  return Of(Action::kAccept);
}

void MilterSession::Header(std::string_view name, std::string_view value) {
  // An MTA need not tell of DATA.
  if (state_ == State::kEnvelope) Data();
  if (state_ != State::kCollecting) return;
  if (options_.writes_field && EqualsIgnoringCase(name, kVerdictField)) {
    ++old_fields_;
    return;
  }
  std::string field(name);
  field += ':';
  while (const auto line = TakeLine(&value)) {
    field += *line;
    field += "\r\n";
  }
  if (!field.ends_with('\n')) field += "\r\n";
  Keep(field);
}

void MilterSession::EndOfHeader() { Keep("\r\n"); }

void MilterSession::Body(std::string_view bytes) { Keep(bytes); }

void MilterSession::Keep(std::string_view content) {
  if (state_ != State::kCollecting) return;
  mail_.size += content.size();
  if (is_out_of_room_) return;
  is_out_of_room_ = !postbounce::Keep(content, options_.message_size, &mail_);
}

MilterSession::Ending MilterSession::EndOfMessage() {
  if (state_ != State::kCollecting) {
    Abort();
    return {Of(Action::kAccept), std::nullopt, 0};
  }
  if (is_out_of_room_) return {TurnAway("no room"), std::nullopt, 0};
  const bool has_too_many = old_fields_ > kMaxOldFields;
  if (has_too_many && !is_internal_) {
    Abort();
    return {{Action::kRefuse,
             {"554", "5.6.0",
              "too many " + std::string(kVerdictField) + " fields"}},
            std::nullopt,
            0};
  }
  const bool is_taken =
      !is_internal_ && recipients_ > 0 && bounce_addresses_ == recipients_;
  auto field = hooks_.intake(std::exchange(mail_, {}), is_taken);
  if (!field) return {TurnAway("the store is busy"), std::nullopt, 0};
  const int old_fields = old_fields_;
  Abort();
  if (is_taken) return {Of(Action::kDiscard), std::nullopt, 0};
  if (!options_.writes_field || has_too_many) field.reset();
  return {Of(Action::kAccept), std::move(field), old_fields};
}

}  // namespace postbounce
