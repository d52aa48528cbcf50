#include "mime/text_report.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mime/bounce_signs.h"
#include "mime/bounce_text.h"
#include "mime/quoted_reply.h"
#include "mime/recipient_items.h"
#include "mime/text/limits.h"
#include "mime/text/text.h"
#include "mime/text_lines.h"
#include "mime/transcript.h"

namespace postbounce {
namespace {

constexpr std::size_t kTextSize = 64u << 10;
constexpr std::size_t kAboutSize = 3000;
constexpr std::size_t kBeforeSize = 400;
constexpr int kParagraphs = 5;
constexpr std::size_t kHeaderAddresses = 100;

std::vector<Address> AddressesOf(std::string_view value) {
  std::vector<Address> addresses;
  for (TextAddress& found : FindAddresses(value, kHeaderAddresses)) {
    addresses.push_back(std::move(found.address));
  }
  return addresses;
}

// A bounce as this file reads it.
class TextReader {
 public:
  TextReader(std::string_view text, const BounceText& bounce)
      : text_(text), bounce_(bounce) {
    ReadSessions();
  }

  // The text about `item`, where its own lines say nothing with what stands
  // before or what the session says.
  void FillIn(const RecipientItem& item, ReportedRecipient* recipient) const {
    const std::string about = About(item);
    const SessionRecipient* session = SessionOf(item.address);
    std::string reason;
    if (FindReply(about) != about.npos) {
      reason = about;
    } else if (session != nullptr && !session->reply.empty()) {
      reason = session->reply;
    } else if (!remarks_.empty()) {
      reason = remarks_;
    } else {
      reason = WithLabel(item, about);
      if (Trim(reason).empty()) reason = Before(item);
    }
    recipient->diagnostic = ReasonText(reason);
    recipient->remote_mta = std::string(FindRemoteHost(about));
    if (recipient->remote_mta.empty() && session != nullptr) {
      recipient->remote_mta = session->remote;
    }
  }

  const std::vector<SessionRecipient>& session() const { return session_; }
  // The first reply to nobody in particular; empty when there is none.
  std::string AnyReply() const {
    if (!remarks_.empty()) return ReasonText(remarks_);
    const std::string_view own = text_.substr(0, bounce_.returned);
    const std::size_t reply = FindReply(own);
    if (reply == own.npos) return {};
    return ReasonText(own.substr(0, reply + kAboutSize));
  }

  // The same, or else the first words about a failure.
  std::string Anything() const {
    std::string any = AnyReply();
    if (!any.empty()) return any;
    const std::string_view own = text_.substr(0, bounce_.returned);
    for (const BounceText::Line& line : bounce_.lines) {
      if (!line.failure && !line.reason && !line.delay) continue;
      return ReasonText(own.substr(line.begin, kAboutSize));
    }
    return ReasonText(Clip(own, kAboutSize));
  }

 private:
  void ReadSessions() {
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
    if (marked && remarks_.empty() && session_.empty()) {
      for (const std::string_view line : lines) {
        if (remarks_.size() > kAboutSize) break;
        remarks_.append(line).append("\n");
      }
    }
    if (!marked) remarks_.clear();
  }

  const SessionRecipient* SessionOf(const Address& address) const {
    for (const SessionRecipient& recipient : session_) {
      if (EqualsIgnoringCase(recipient.address.ToString(),
                             address.ToString())) {
        return &recipient;
      }
    }
    return nullptr;
  }

  // The lines about `item`: two paragraphs, and as many more as are needed to
  // come to a reply.
  std::string About(const RecipientItem& item) const {
    std::string about(item.rest);
    std::size_t enough = about.npos;
    int paragraphs = 0;
    for (std::size_t i = item.line + 1; i < item.end_line; ++i) {
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

  static std::string WithLabel(const RecipientItem& item,
                               const std::string& about) {
    if (item.label.empty()) return about;
    return std::string(item.label) + ": " + about;
  }

  // The paragraphs in front of the item.
  std::string Before(const RecipientItem& item) const {
    const std::size_t end = bounce_.lines[item.line].begin;
    const std::size_t size = std::min(end, kBeforeSize);
    return ToUtf8(text_.substr(end - size, size));
  }

  const std::string_view text_;
  const BounceText& bounce_;
  std::vector<SessionRecipient> session_;
  std::string remarks_;  // of a transcript, about nobody in particular
};

TypedAddress Typed(Address address) {
  TypedAddress typed;
  typed.type = "rfc822";
  typed.text = address.ToString();
  typed.mailbox = std::move(address);
  return typed;
}

// The recipients of a bounce that ReadTextReport() found to be one.
class ReportMaker {
 public:
  ReportMaker(const Header& header, const TextReader& reader, Action action)
      : header_(header), reader_(reader), action_(action) {}

  DeliveryReport Make(std::vector<RecipientItem> items,
                      std::string_view returned_to) {
    const std::vector<Address> failed =
        AddressesOf(header_.Get("X-Failed-Recipients"));
    if (!failed.empty()) {
      AddFailed(failed, items);
    } else if (!items.empty() && (items[0].listed || !HasSession())) {
      for (RecipientItem& item : items) AddItem(std::move(item));
    } else if (HasSession()) {
      AddSession();
    } else if (auto address = Address::Parse(returned_to)) {
      Add(*std::move(address)).diagnostic = reader_.Anything();
    }
    return std::move(report_);
  }

 private:
  ReportedRecipient& Add(Address address) {
    ReportedRecipient& recipient = report_.recipients.emplace_back();
    recipient.final_recipient = Typed(std::move(address));
    recipient.action = action_;
    recipient.action_text = std::string(ActionName(action_));
    return recipient;
  }

  void AddItem(RecipientItem item) {
    ReportedRecipient& recipient = Add(item.address);
    if (item.original) {
      recipient.original_recipient = Typed(*std::move(item.original));
    }
    reader_.FillIn(item, &recipient);
  }

  // Exim and Google name the recipients in a field; the text says why.
  void AddFailed(const std::vector<Address>& failed,
                 std::vector<RecipientItem>& items) {
    for (const Address& address : failed) {
      const auto item =
          std::find_if(items.begin(), items.end(), [&](const auto& candidate) {
            return EqualsIgnoringCase(candidate.address.ToString(),
                                      address.ToString());
          });
      if (item != items.end()) {
        AddItem(std::move(*item));
        items.erase(item);
      } else {
        Add(address).diagnostic = reader_.Anything();
      }
    }
  }

  bool HasSession() const {
    return std::any_of(reader_.session().begin(), reader_.session().end(),
                       [](const auto& found) { return !found.reply.empty(); });
  }

  void AddSession() {
    for (const SessionRecipient& found : reader_.session()) {
      if (found.reply.empty()) continue;
      ReportedRecipient& recipient = Add(found.address);
      recipient.diagnostic = ReasonText(found.reply);
      recipient.remote_mta = found.remote;
    }
  }

  const Header& header_;
  const TextReader& reader_;
  const Action action_;
  DeliveryReport report_;
};

// The one address that a returned message in the text was sent to.
std::string ReturnedTo(std::string_view text, std::string_view known) {
  if (!known.empty()) return std::string(known);
  std::string_view rest = text;
  while (const std::optional<RawField> field = TakeField(&rest)) {
    if (!EqualsIgnoringCase(field->name, "To")) continue;
    const std::vector<Address> to = AddressesOf(Unfold(field->value));
    if (to.size() == 1) return to[0].ToString();
  }
  return {};
}

std::vector<Address> SendersOf(const Header& header) {
  std::vector<Address> senders = AddressesOf(header.Get("To"));
  for (Address& from : AddressesOf(header.Get("From"))) {
    senders.push_back(std::move(from));
  }
  return senders;
}

}  // namespace

std::optional<TextReport> ReadTextReport(const Header& header,
                                         std::string_view text,
                                         std::string_view returned_to) {
  BounceSigns signs(header);
  if (!signs.may_be_bounce()) return std::nullopt;
  text = Clip(text, kTextSize);
  const BounceText bounce = BounceText::Read(text);
  signs.Read(bounce);
  if (!signs.is_bounce()) return std::nullopt;

  std::string fallback;
  if (signs.from_system() && bounce.Has(&BounceText::Line::failure)) {
    fallback = ReturnedTo(text.substr(bounce.returned), returned_to);
  }
  const Action action = signs.is_delay() ? Action::kDelayed : Action::kFailed;
  const TextReader reader(text, bounce);
  TextReport report;
  report.returned = bounce.returned;
  report.report =
      ReportMaker(header, reader, action)
          .Make(FindRecipientItems(bounce, SendersOf(header)), fallback);
  if (report.report.recipients.empty()) return std::nullopt;
  return report;
}

bool IsSilent(const ReportedRecipient& recipient) {
  return std::none_of(
      recipient.diagnostic.begin(), recipient.diagnostic.end(),
      [](char c) { return !IsDigit(c) && !IsBlank(c) && c != '.'; });
}

void AddReasons(std::string_view text, DeliveryReport* report) {
  text = Clip(text, kTextSize);
  const BounceText bounce = BounceText::Read(text);
  const TextReader reader(text, bounce);
  std::vector<RecipientItem> items = FindRecipientItems(bounce, {});
  for (ReportedRecipient& recipient : report->recipients) {
    if (!IsSilent(recipient)) continue;
    const TypedAddress& named = recipient.final_recipient;
    ReportedRecipient found;
    for (const RecipientItem& item : items) {
      if (!named.mailbox || !EqualsIgnoringCase(item.address.ToString(),
                                                named.mailbox->ToString())) {
        continue;
      }
      reader.FillIn(item, &found);
      break;
    }
    if (found.diagnostic.empty() && report->recipients.size() == 1) {
      found.diagnostic = reader.AnyReply();
    }
    if (found.diagnostic.empty()) continue;
    recipient.diagnostic = std::move(found.diagnostic);
    if (recipient.remote_mta.empty()) {
      recipient.remote_mta = std::move(found.remote_mta);
    }
  }
}

}  // namespace postbounce
