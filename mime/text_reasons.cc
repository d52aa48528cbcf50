#include "mime/text_reasons.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "mime/quoted_reply.h"
#include "mime/text/text.h"
#include "mime/text_lines.h"

namespace postbounce {
namespace {

constexpr std::size_t kAboutSize = 3000;
constexpr std::size_t kBeforeSize = 400;
constexpr std::size_t kListLines = 50;
constexpr int kParagraphs = 5;

// What separates an address from its reason.
std::string_view WithoutMarks(std::string_view reason) {
  while (!reason.empty() && (IsBlank(reason.front()) || reason.front() == ':' ||
                             reason.front() == '.' || reason.front() == ',')) {
    reason.remove_prefix(1);
  }
  return reason;
}

// A text that nobody could read so far says at its end who wrote it.
std::string BothEnds(std::string_view text) {
  constexpr std::size_t kHead = 350;
  constexpr std::size_t kTail = 200;
  text = Trim(text);
  if (text.size() <= kHead + kTail) return ReasonText(text);
  std::string_view tail = text.substr(text.size() - kTail);
  while (!tail.empty() && (tail.front() & 0xC0) == 0x80) tail.remove_prefix(1);
  return ReasonText(Clip(text, kHead)) + " ... " + ReasonText(tail);
}

}  // namespace

std::string AddressKey(const Address& address) {
  return ToLower(address.ToString());
}

TextReasons::TextReasons(std::string_view text, const BounceText& bounce)
    : text_(text), bounce_(bounce) {
  ReadSessions();
}

void TextReasons::FillIn(const RecipientItem& item,
                         ReportedRecipient* recipient) const {
  const SessionRecipient* session = SessionOf(item.address);
  const Mention& mention = BestMention(item);
  const std::string about = About(mention);
  std::string reason;
  if (FindReply(about) != about.npos) {
    reason = about;
  } else if (session != nullptr && !session->reply.empty()) {
    reason = session->reply;
  } else if (!remarks_.empty()) {
    reason = remarks_;
  } else if (auto shared = SharedReply(mention); !shared.empty()) {
    reason = std::move(shared);
  } else {
    reason = std::string(mention.label) + ": " + about;
    if (Trim(WithoutMarks(reason)).empty()) reason = Before(mention.line);
  }
  recipient->diagnostic = ReasonText(WithoutMarks(reason));
  recipient->remote_mta = std::string(FindRemoteHost(about));
  if (recipient->remote_mta.empty() && session != nullptr) {
    recipient->remote_mta = session->remote;
  }
}

std::string TextReasons::AnyReply() const {
  if (!remarks_.empty()) return ReasonText(remarks_);
  const std::string_view own = text_.substr(0, bounce_.returned);
  const std::size_t reply = FindReply(own);
  if (reply == own.npos) return {};
  return ReasonText(own.substr(0, reply + kAboutSize));
}

std::string TextReasons::Anything() const {
  std::string any = AnyReply();
  if (!any.empty()) return any;
  const std::string_view own = text_.substr(0, bounce_.returned);
  for (const BounceText::Line& line : bounce_.lines) {
    if (!line.failure && !line.reason && !line.delay) continue;
    return BothEnds(own.substr(line.begin));
  }
  return BothEnds(own);
}

void TextReasons::ReadSessions() {
  std::vector<std::string_view> lines;
  bool marked = false;
  for (const BounceText::Line& line : bounce_.lines) {
    if (line.transcript) {
      marked = true;
      lines.clear();
    } else {
      lines.push_back(line.text);
    }
  }
  session_ = ReadSession(lines, &remarks_);
  for (std::size_t i = 0; i < session_.size(); ++i) {
    session_of_.emplace(AddressKey(session_[i].address), i);
  }
  if (marked && remarks_.empty() && session_.empty()) {
    for (const std::string_view line : lines) {
      if (remarks_.size() > kAboutSize) break;
      remarks_.append(line).append("\n");
    }
  }
  if (!marked) remarks_.clear();
}

const SessionRecipient* TextReasons::SessionOf(const Address& address) const {
  const auto found = session_of_.find(AddressKey(address));
  return found == session_of_.end() ? nullptr : &session_[found->second];
}

// The first place that quotes a reply, else the first that says anything.
const Mention& TextReasons::BestMention(const RecipientItem& item) const {
  const Mention* best = nullptr;
  for (const Mention& mention : item.mentions) {
    const std::string about = About(mention);
    if (FindReply(about) != about.npos) return mention;
    if (best == nullptr && !WithoutMarks(about).empty()) best = &mention;
  }
  return best != nullptr ? *best : item.mentions.front();
}

// The lines about a recipient: two paragraphs, and as many more as are needed
// to come to a reply.
std::string TextReasons::About(const Mention& mention) const {
  std::string about(mention.rest);
  std::size_t enough = about.npos;
  int paragraphs = 0;
  for (std::size_t i = mention.line + 1; i < mention.end_line; ++i) {
    const std::string_view line = bounce_.lines[i].text;
    if (about.size() + line.size() > kAboutSize) break;
    if (line.empty() && !Trim(about).empty()) {
      if (FindReply(about) != about.npos) return about;
      if (++paragraphs == 2) enough = about.size();
      if (paragraphs == kParagraphs) break;
    }
    about.append("\n").append(line);
  }
  if (enough != about.npos && FindReply(about) == about.npos) {
    about.resize(enough);
  }
  return about;
}

// The reply that stands above the heading of a list of recipients, and so is
// about all of them: "550 5.1.1 unknown", "The following were affected:".
std::string TextReasons::SharedReply(const Mention& mention) const {
  std::size_t line = mention.line;
  for (std::size_t i = 0; i < kListLines && line > 0; ++i) {
    const std::string_view above = bounce_.lines[--line].text;
    const auto listed = ReadListedAddress(above);
    if (above.empty() || (listed && listed->rest.empty())) continue;
    if (!above.ends_with(':')) return {};
    const std::string before = Before(line);
    const std::size_t reply = FindReply(before);
    return reply == before.npos ? std::string() : before.substr(reply);
  }
  return {};
}

// The paragraphs in front of a line.
std::string TextReasons::Before(std::size_t line) const {
  const std::size_t end = bounce_.lines[line].begin;
  const std::size_t size = std::min(end, kBeforeSize);
  std::string_view before = text_.substr(end - size, size);
  while (!before.empty() && (before.front() & 0xC0) == 0x80) {
    before.remove_prefix(1);
  }
  return std::string(before);
}

}  // namespace postbounce
