#include "mime/transcript.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "mime/quoted_reply.h"
#include "mime/text/limits.h"
#include "mime/text/text.h"
#include "mime/text_lines.h"

namespace postbounce {
namespace {

constexpr std::size_t kReply = 800;
constexpr std::size_t kRecipients = 1000;

enum class Speaker { kNobody, kClient, kServer };

// Takes the mark of who speaks off the line.
Speaker TakeSpeaker(std::string_view* line) {
  struct Mark {
    std::string_view text;
    Speaker speaker;
  };
  static constexpr Mark kMarks[] = {
      {">>>", Speaker::kClient},
      {"<<<", Speaker::kServer},
      {"Sent <<<", Speaker::kClient},
      {"Received >>>", Speaker::kServer},
      {"-->", Speaker::kClient},
      {"<--", Speaker::kServer},
      {"In:", Speaker::kClient},
      {"Out:", Speaker::kServer},
      {"hMailServer sent:", Speaker::kClient},
      {"Remote server replied:", Speaker::kServer},
  };
  for (const Mark& mark : kMarks) {
    if (!StartsWithIgnoringCase(*line, mark.text)) continue;
    *line = Trim(line->substr(mark.text.size()));
    return mark.speaker;
  }
  return Speaker::kNobody;
}

bool IsFailure(std::string_view reply) {
  return reply.size() >= 3 && (reply[0] == '4' || reply[0] == '5') &&
         IsDigit(reply[1]) && IsDigit(reply[2]) &&
         (reply.size() == 3 || !IsDigit(reply[3]));
}

class SessionReader {
 public:
  void Add(std::string_view line) {
    const Speaker speaker = TakeSpeaker(&line);
    switch (speaker) {
      case Speaker::kClient:
        return AddCommand(line);
      case Speaker::kServer:
        return AddReply(line);
      case Speaker::kNobody:
        return AddRemark(line);
    }
  }

  std::vector<SessionRecipient> Finish(std::string* others) {
    for (SessionRecipient& recipient : recipients_) {
      if (recipient.reply.empty()) recipient.reply = shared_;
    }
    *others = std::move(shared_);
    return std::move(recipients_);
  }

 private:
  void AddCommand(std::string_view line) {
    last_reply_ = nullptr;
    pending_ = nullptr;
    in_command_ = true;
    is_rcpt_ = StartsWithIgnoringCase(line, "RCPT");
    if (StartsWithIgnoringCase(line, "MAIL")) {
      for (TextAddress& found : FindAddresses(line, 1)) {
        sender_ = std::move(found.address);
      }
    }
    is_quit_ = StartsWithIgnoringCase(line, "QUIT") ||
               StartsWithIgnoringCase(line, "RSET");
    AddCommandLine(line);
  }

  // "RCPT" and "TO:<joe@example.org>" may stand on two lines.
  void AddCommandLine(std::string_view line) {
    if (!is_rcpt_ || pending_ != nullptr) return;
    for (TextAddress& found : FindAddresses(line, 1)) {
      pending_ = Find(std::move(found.address));
    }
  }

  void AddReply(std::string_view line) {
    in_command_ = false;
    if (!IsFailure(line) || is_quit_) {
      last_reply_ = nullptr;
      return;
    }
    // "Need RCPT" and the like follow from what was refused before.
    const bool follows = line.starts_with("503") && !group_reply_.empty();
    if (follows) return;
    std::string* reply =
        is_rcpt_ && pending_ != nullptr ? &pending_->reply : &group_reply_;
    Append(line, reply);
    if (reply != &group_reply_) group_reply_.clear();
    if (reply == &group_reply_) Append(line, &shared_);
    last_reply_ = reply;
  }

  // What sendmail itself says: "550 <joe@example.org>... User unknown", and
  // lines that go on.
  void AddRemark(std::string_view line) {
    if (line.empty()) {
      last_reply_ = nullptr;
      return;
    }
    if (in_command_) return AddCommandLine(line);
    const std::string_view host = line.find("talking to ") != line.npos
                                      ? FindRemoteHost(line)
                                      : std::string_view{};
    if (!host.empty()) {
      remote_ = std::string(host);
      group_reply_.clear();
      last_reply_ = nullptr;
      return;
    }
    const bool failure = IsFailure(line);
    const bool named = line.starts_with('<') && line.find(">... ") != line.npos;
    if (!failure && !named) {
      Append(line, last_reply_ != nullptr ? last_reply_ : &group_reply_);
      return;
    }
    last_reply_ = nullptr;
    std::string_view subject = line;
    if (failure) subject.remove_prefix(std::min<std::size_t>(line.size(), 4));
    std::vector<TextAddress> found = FindAddresses(subject, 1);
    // "554 <joe@example.org>... ", not a host or the sender in mid-sentence.
    if (found.empty() || found[0].begin > 1) {
      Append(line, &shared_);
      return;
    }
    if (sender_ && found[0].address == *sender_) {
      Append(line, &shared_);
      return;
    }
    SessionRecipient* recipient = Find(std::move(found[0].address));
    if (recipient == nullptr || !recipient->reply.empty()) return;
    Append(line, &recipient->reply);
    if (!group_reply_.empty()) {
      Append("(" + group_reply_ + ")", &recipient->reply);
    }
    group_reply_.clear();
    last_reply_ = &recipient->reply;
  }

  SessionRecipient* Find(Address address) {
    for (SessionRecipient& recipient : recipients_) {
      if (recipient.address == address) return &recipient;
    }
    // Pointers into it are kept.
    if (recipients_.capacity() == 0) recipients_.reserve(kRecipients);
    if (recipients_.size() == kRecipients) return nullptr;
    recipients_.push_back({std::move(address), {}, remote_});
    return &recipients_.back();
  }

  static void Append(std::string_view text, std::string* reply) {
    if (text.empty()) return;
    if (!reply->empty()) *reply += ' ';
    *reply += Clip(text, kReply - std::min(kReply, reply->size()));
  }

  std::vector<SessionRecipient> recipients_;
  std::string remote_;
  std::optional<Address> sender_;  // of MAIL
  std::string group_reply_;        // of a server, to no recipient in particular
  std::string shared_;
  SessionRecipient* pending_ = nullptr;  // of the last RCPT
  std::string* last_reply_ = nullptr;
  bool in_command_ = false;
  bool is_rcpt_ = false;
  bool is_quit_ = false;
};

}  // namespace

std::vector<SessionRecipient> ReadSession(
    std::span<const std::string_view> lines, std::string* others) {
  SessionReader reader;
  for (const std::string_view line : lines) reader.Add(line);
  return reader.Finish(others);
}

}  // namespace postbounce
