#include "mime/text_report.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mime/bounce_signs.h"
#include "mime/bounce_text.h"
#include "mime/original.h"
#include "mime/quoted_reply.h"
#include "mime/recipient_items.h"
#include "mime/text/limits.h"
#include "mime/text/text.h"
#include "mime/text_lines.h"
#include "mime/text_reasons.h"

namespace postbounce {
namespace {

constexpr std::size_t kTextSize = 64u << 10;
constexpr std::size_t kHeaderAddresses = 100;

std::vector<Address> AddressesOf(std::string_view value) {
  std::vector<Address> addresses;
  for (TextAddress& found : FindAddresses(value, kHeaderAddresses)) {
    addresses.push_back(std::move(found.address));
  }
  return addresses;
}

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
  ReportMaker(const Header& header, const TextReasons& reader, Action action)
      : header_(header), reader_(reader), action_(action) {}

  DeliveryReport Make(std::vector<RecipientItem> items, bool sure,
                      std::string_view returned_to) {
    const bool is_listed = !items.empty() && items[0].listed;
    if (!sure && !is_listed && !HasSession()) return {};
    const std::vector<Address> failed =
        AddressesOf(header_.Get("X-Failed-Recipients"));
    if (!failed.empty()) {
      AddFailed(failed, items);
    } else if (is_listed || (!items.empty() && !HasSession())) {
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
      const std::string key = AddressKey(address);
      const auto item =
          std::find_if(items.begin(), items.end(), [&](const auto& candidate) {
            return AddressKey(candidate.address) == key;
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
  const TextReasons& reader_;
  const Action action_;
  DeliveryReport report_;
};

// The one address that a returned message in the text was sent to; none for a
// message of a list.
std::string ReturnedTo(std::string_view text, std::string_view known) {
  if (!known.empty()) return std::string(known);
  std::vector<Address> to;
  std::string_view rest = Trim(text);
  if (rest.starts_with("From ")) TakeLine(&rest);  // an mbox's
  while (const std::optional<RawField> field = TakeField(&rest)) {
    if (field->name.empty()) break;
    if (IsListField(field->name, field->value)) return {};
    if (EqualsIgnoringCase(field->name, "To")) {
      std::vector<Address> more = AddressesOf(Unfold(field->value));
      std::move(more.begin(), more.end(), std::back_inserter(to));
    }
  }
  return to.size() == 1 ? to[0].ToString() : std::string();
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
  if (signs.from_system() && (bounce.Has(&BounceText::Line::failure) ||
                              bounce.Has(&BounceText::Line::reason))) {
    fallback = ReturnedTo(text.substr(bounce.returned), returned_to);
  }
  const Action action = signs.is_delay() ? Action::kDelayed : Action::kFailed;
  const TextReasons reader(text, bounce);
  TextReport report;
  report.returned = bounce.returned;
  report.report = ReportMaker(header, reader, action)
                      .Make(FindRecipientItems(bounce, SendersOf(header)),
                            signs.is_sure(), fallback);
  if (report.report.recipients.empty()) return std::nullopt;
  return report;
}

bool IsSilent(const ReportedRecipient& recipient) {
  return std::none_of(
      recipient.diagnostic.begin(), recipient.diagnostic.end(),
      [](char c) { return !IsDigit(c) && !IsBlank(c) && c != '.'; });
}

bool IsNameless(const ReportedRecipient& recipient) {
  return !recipient.final_recipient.mailbox &&
         !recipient.original_recipient.mailbox;
}

namespace {

// "4.0.0 (b.example: host name lookup failure)" is all that some say of why.
std::string CommentOf(std::string_view status) {
  const std::size_t open = status.find('(');
  if (open == status.npos) return {};
  const std::size_t close = status.rfind(')');
  return std::string(Trim(status.substr(open + 1, close - open - 1)));
}

using ItemIndex = std::map<std::string, const RecipientItem*>;

ItemIndex IndexOf(std::span<const RecipientItem> items) {
  ItemIndex index;
  for (const RecipientItem& item : items) {
    index.emplace(AddressKey(item.address), &item);
  }
  return index;
}

ItemIndex::const_iterator FindItem(const ReportedRecipient& recipient,
                                   const ItemIndex& index) {
  for (const TypedAddress* named :
       {&recipient.final_recipient, &recipient.original_recipient}) {
    if (!named->mailbox) continue;
    const auto item = index.find(AddressKey(*named->mailbox));
    if (item != index.end()) return item;
  }
  return index.end();
}

// Names the one recipient of a report that has no mailbox, but a program or a
// folder: Exim says in a field of its own which address that was.
void AddName(const Header& header, std::span<const RecipientItem> items,
             std::vector<ReportedRecipient>* recipients) {
  if (recipients->size() != 1 || !IsNameless(recipients->front())) return;
  std::vector<Address> failed = AddressesOf(header.Get("X-Failed-Recipients"));
  if (failed.empty() && items.size() == 1 && !IsOffice(items[0].address)) {
    failed = {items[0].address};
  }
  if (failed.size() != 1) return;
  recipients->front().original_recipient = Typed(std::move(failed[0]));
}

}  // namespace

void CompleteReport(const Header& header, std::string_view text,
                    DeliveryReport* report) {
  text = Clip(text, kTextSize);
  const BounceText bounce = BounceText::Read(text);
  const TextReasons reader(text, bounce);
  const std::vector<RecipientItem> items = FindRecipientItems(bounce, {});
  AddName(header, items, &report->recipients);
  const ItemIndex index = IndexOf(items);
  const bool alone = report->recipients.size() == 1;
  for (ReportedRecipient& recipient : report->recipients) {
    if (!IsSilent(recipient)) continue;
    ReportedRecipient found;
    const auto item = FindItem(recipient, index);
    if (item != index.end()) {
      reader.FillIn(*item->second, &found);
    } else if (alone) {
      found.diagnostic = reader.AnyReply();
    }
    if (found.diagnostic.empty()) {
      found.diagnostic = CommentOf(recipient.status);
    }
    // A program or a folder failed; it says why in words of its own.
    if (found.diagnostic.empty() && alone &&
        !recipient.final_recipient.mailbox) {
      found.diagnostic = reader.Anything();
    }
    if (found.diagnostic.empty()) continue;
    recipient.diagnostic = std::move(found.diagnostic);
    if (recipient.remote_mta.empty()) {
      recipient.remote_mta = std::move(found.remote_mta);
    }
  }
}

}  // namespace postbounce
