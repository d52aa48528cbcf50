#ifndef POSTBOUNCE_TESTS_DAEMON_PROTOCOL_MILTER_TALK_H_
#define POSTBOUNCE_TESTS_DAEMON_PROTOCOL_MILTER_TALK_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/protocol/milter_session.h"
#include "mime/text/text.h"

namespace postbounce {

// An MTA without sockets. It writes down what it is answered, a word each,
// and, in brackets, what the session asks and hands in:
//   continue [ask sender recipient login] 550 5.7.1 dead
//   [intake sender|recipient recipient|size|bytes] accept
class MilterTalk {
 public:
  MilterTalk(MilterSession::Options options, ByteBudget* budget)
      : session_(std::move(options), TheirHooks(), budget) {}

  MilterSession& session() { return session_; }
  std::string TakeText() { return std::exchange(text_, {}); }
  // The answers alone, a letter each: c, a, d, and r for a refusal.
  std::string TakeAnswers() { return std::exchange(answers_, {}); }
  // Nothing is stored from now on.
  void set_broken() { is_broken_ = true; }
  void set_crowded(bool is_crowded) { is_crowded_ = is_crowded; }
  // For the last mail that was handed in.
  std::size_t allocated() const { return allocated_; }
  // The gate's answer for a recipient "dead@...".
  void set_answer(Result<std::string> answer) { answer_ = std::move(answer); }

  MilterTalk& Mail(std::string_view path, std::string_view port = "25",
                   std::string_view login = "") {
    return Say(session_.Mail(path, port, login));
  }
  MilterTalk& Rcpt(std::string_view path) {
    return Say(session_.Recipient(path));
  }
  MilterTalk& Data() { return Say(session_.Data()); }
  MilterTalk& Content(std::string_view subject, std::string_view body) {
    session_.Header("Subject", subject);
    session_.EndOfHeader();
    session_.Body(body);
    return *this;
  }
  MilterTalk& End() {
    const auto ending = session_.EndOfMessage();
    Say(ending.verdict);
    if (ending.field) {
      text_ +=
          "(" + std::to_string(ending.old_fields) + " " + *ending.field + ") ";
    }
    return *this;
  }

 private:
  MilterTalk& Say(const MilterSession::Verdict& verdict) {
    answers_ += "card"[static_cast<int>(verdict.action)];
    switch (verdict.action) {
      case MilterSession::Action::kContinue:
        text_ += "continue ";
        break;
      case MilterSession::Action::kAccept:
        text_ += "accept ";
        break;
      case MilterSession::Action::kDiscard:
        text_ += "discard ";
        break;
      case MilterSession::Action::kRefuse:
        text_ += verdict.reply.code + " " + verdict.reply.status + " " +
                 verdict.reply.text + " ";
        break;
    }
    return *this;
  }

  MilterSession::Hooks TheirHooks() {
    MilterSession::Hooks hooks;
    hooks.ask = [this](const Question& question) -> Result<std::string> {
      text_ += "[ask " + std::string(question.sender.value_or("?")) + " " +
               std::string(question.recipient) + " " +
               std::string(question.sasl_user) + "] ";
      if (!question.recipient.starts_with("dead")) return std::string();
      return answer_;
    };
    hooks.intake = [this](ReceivedMail mail,
                          bool is_taken) -> std::optional<std::string> {
      allocated_ = mail.bytes.capacity();
      text_ += is_taken ? "[taken " : "[seen ";
      text_ += mail.envelope.sender + "|";
      for (const std::string& recipient : mail.envelope.recipients) {
        text_ += recipient + " ";
      }
      text_ += "|" + mail.envelope.client_name + " " +
               mail.envelope.client_address + "|" + std::to_string(mail.size) +
               "|" + mail.bytes + "] ";
      if (is_broken_) return std::nullopt;
      return "failed";
    };
    hooks.is_crowded = [this] { return is_crowded_; };
    hooks.missed = [this](std::string_view why) {
      text_ += "[missed: " + std::string(why) + "] ";
    };
    hooks.monitored = [this](std::string_view recipient,
                             const MilterReply& reply) {
      text_ += "[monitored " + std::string(recipient) + " " + reply.code + "] ";
    };
    return hooks;
  }

  std::string text_;
  std::string answers_;
  bool is_broken_ = false;
  bool is_crowded_ = false;
  std::size_t allocated_ = 0;
  Result<std::string> answer_ = std::string("550 5.7.1 [postbounce 1] dead");
  MilterSession session_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_DAEMON_PROTOCOL_MILTER_TALK_H_
