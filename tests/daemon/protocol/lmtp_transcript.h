#ifndef POSTBOUNCE_TESTS_DAEMON_PROTOCOL_LMTP_TRANSCRIPT_H_
#define POSTBOUNCE_TESTS_DAEMON_PROTOCOL_LMTP_TRANSCRIPT_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "daemon/protocol/lmtp_session.h"

namespace postbounce {

// A driver without sockets. It writes down what a client would read and what
// the store would get, in order:
//   [sender|recipient recipient|size|bytes]
class LmtpTranscript {
 public:
  LmtpTranscript(LmtpSession::Options options, ByteBudget* budget)
      : session_(std::move(options), budget) {}

  LmtpSession& session() { return session_; }
  const std::string& text() const { return text_; }
  bool is_closed() const { return closed_; }

  // What the store says from now on.
  void set_verdict(LmtpSession::Verdict verdict) { verdict_ = verdict; }

  // Feeds `bytes` in pieces of `chunk`.
  void Feed(std::string_view bytes, std::size_t chunk) {
    do {
      const std::string_view piece = bytes.substr(0, chunk);
      bytes.remove_prefix(piece.size());
      Follow(session_.Feed(piece));
    } while (!bytes.empty() && !closed_);
  }

 private:
  void Follow(LmtpSession::Step step) {
    for (;;) {
      text_ += session_.TakeOutput();
      switch (step) {
        case LmtpSession::Step::kRead:
          return;
        case LmtpSession::Step::kClose:
          closed_ = true;
          return;
        case LmtpSession::Step::kDeliver:
          Store();
          step = session_.Feed({});
          break;
      }
    }
  }

  void Store() {
    // As the real driver does, it takes the message away.
    const LmtpSession::Delivery delivery = std::move(session_.delivery());
    text_ += "[" + delivery.envelope.sender + "|";
    for (const std::string& recipient : delivery.envelope.recipients) {
      if (!text_.ends_with('|')) text_ += ' ';
      text_ += recipient;
    }
    text_ += "|" + std::to_string(delivery.size) + "|" + delivery.bytes + "]";
    session_.Finish(verdict_, "recorded");
  }

  LmtpSession session_;
  LmtpSession::Verdict verdict_ = LmtpSession::Verdict::kAccepted;
  std::string text_;
  bool closed_ = false;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_DAEMON_PROTOCOL_LMTP_TRANSCRIPT_H_
