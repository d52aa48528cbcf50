#include "mime/recipient_items.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include "mime/quoted_reply.h"
#include "mime/text/limits.h"
#include "mime/text/text.h"
#include "mime/text_lines.h"

namespace postbounce {
namespace {

constexpr std::size_t kItemLines = 30;
constexpr std::size_t kMentions = 8;
constexpr std::size_t kAddressesInSentence = 8;

using Line = BounceText::Line;

constexpr std::size_t kExcluded = static_cast<std::size_t>(-1);

// How sure it is that an address is that of a failed recipient.
enum class Rank { kNo, kAddressee, kInSentence, kListed };

bool OneOf(std::string_view word, std::span<const std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view known) {
    return EqualsIgnoringCase(word, known);
  });
}

// Labels that name the failed recipient.
bool NamesRecipient(std::string_view label) {
  static constexpr std::array<std::string_view, 23> kLabels = {
      "recipient",
      "recipients",
      "recipient address",
      "rcpt to",
      "rcpt",
      "address",
      "addresses",
      "failed recipient",
      "intended recipient",
      "error-for",
      "final-recipient",
      "to address",
      "email address",
      "e-mail address",
      "user",
      "mailbox",
      "delivery failed",
      "addressed to",
      "your message to",
      "destinatario",
      "destinataire",
      "empf\u00E4nger",
      "\u5B9B\u5148"};
  return label.empty() || OneOf(label, kLabels);
}

// A label that may also head the list of those who did get the mail.
bool NamesAddressee(std::string_view label) {
  static constexpr std::array<std::string_view, 4> kLabels = {"to", "an",
                                                              "para", "do"};
  return OneOf(label, kLabels);
}

bool NamesOrigin(std::string_view label) {
  return StartsWithIgnoringCase(label, "expanded from") ||
         StartsWithIgnoringCase(label, "ultimately generated from") ||
         StartsWithIgnoringCase(label, "generated from");
}

bool EndsSentence(std::string_view line) {
  return line.empty() ||
         std::string_view(".:;!?-_*=#)>").find(line.back()) != line.npos;
}

// True if what stands behind an address tells of it: a reply, "(reason)",
// "on Thu, 29 Apr", "Invalid Address".
bool IsRemark(std::string_view rest) {
  if (rest.empty()) return true;
  const char c = rest.front();
  return (c < 'a' || c > 'z') || rest.starts_with("on ");
}

class ItemFinder {
 public:
  explicit ItemFinder(const BounceText& text) : lines_(text.lines) {}

  void Run() {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (lines_[i].transcript && has_listed()) return;
      AddLine(i);
    }
  }

  std::vector<RecipientItem> Take(std::span<const Address> senders) {
    for (const Rank rank :
         {Rank::kListed, Rank::kInSentence, Rank::kAddressee}) {
      Collect(rank, senders);
      // People mail themselves too; a sentence about them tells nothing.
      if (items_.empty() && rank == Rank::kListed) Collect(rank, {});
      if (rank == Rank::kListed && AreContacts()) items_.clear();
      if (!items_.empty()) return std::move(items_);
    }
    return {};
  }

 private:
  struct Found {
    Address address;
    Rank rank;
    Mention mention;
    std::optional<Address> original;
  };

  // "Your message to joe@example.org could not be delivered", and below it
  // "helpdesk@example.org", of whom nothing is said.
  bool AreContacts() const {
    const bool are_offices = std::all_of(
        items_.begin(), items_.end(), [](const RecipientItem& item) {
          return IsOffice(item.address) && item.mentions[0].label.empty() &&
                 item.mentions[0].rest.empty();
        });
    return are_offices &&
           std::any_of(found_.begin(), found_.end(), [](const Found& found) {
             return found.rank == Rank::kInSentence && !IsOffice(found.address);
           });
  }

  bool has_listed() const {
    return !found_.empty() && found_.back().rank == Rank::kListed;
  }

  void AddLine(std::size_t i) {
    const Line& line = lines_[i];
    if (line.text.find('@') == line.text.npos || line.aside ||
        IsCommand(line.text)) {
      return;
    }
    std::optional<ListedAddress> listed = ReadListedAddress(line.text);
    if (listed && NamesOrigin(listed->label)) {
      if (has_listed() && !found_.back().original) {
        found_.back().original = std::move(listed->address);
      }
      return;
    }
    const Rank rank = listed ? RankOf(i, *listed) : Rank::kNo;
    if (rank != Rank::kNo) {
      const bool says_why = !NamesRecipient(listed->label);
      Add(i, rank, std::move(listed->address),
          says_why ? listed->label : std::string_view{}, listed->rest);
    } else if (IsAboutFailure(i)) {
      for (TextAddress& found :
           FindAddresses(line.text, kAddressesInSentence)) {
        Add(i, Rank::kInSentence, std::move(found.address), {}, line.text);
      }
    }
  }

  // ">>> RCPT To:<joe@example.org>" is a session's.
  static bool IsCommand(std::string_view line) {
    if (!line.starts_with(">>>") && !line.starts_with("<<<")) return false;
    line = Trim(line.substr(3));
    return StartsWithIgnoringCase(line, "RCPT") ||
           StartsWithIgnoringCase(line, "MAIL") ||
           (!line.empty() && IsDigit(line.front()));
  }

  void Add(std::size_t i, Rank rank, Address address, std::string_view label,
           std::string_view rest) {
    found_.push_back(
        {std::move(address), rank, {label, rest, i, i + 1}, std::nullopt});
  }

  bool IsReply(std::size_t i) const { return FindReply(lines_[i].text) == 0; }

  bool SaysFailure(std::size_t i) const {
    return lines_[i].failure || lines_[i].reason || lines_[i].delay;
  }

  // The lines of a sentence are not told apart: wrapped ones are looked at
  // together.
  bool IsAboutFailure(std::size_t i) const {
    if (SaysFailure(i)) return true;
    const bool before =
        i > 0 && !EndsSentence(lines_[i - 1].text) && SaysFailure(i - 1);
    const bool behind = i + 1 < lines_.size() &&
                        !EndsSentence(lines_[i].text) && SaysFailure(i + 1);
    return before || behind || IsUnderHeading(i);
  }

  // "Delivery failed" / "for the following recipients:" / "addressed to joe@".
  bool IsUnderHeading(std::size_t i) const {
    const std::size_t line = i;
    if (i > 0 && lines_[i - 1].text.empty()) --i;
    if (i == 0 || !lines_[i - 1].text.ends_with(':')) return false;
    if (IsReply(line)) return false;
    return SaysFailure(i - 1) ||
           (i > 1 && !EndsSentence(lines_[i - 2].text) && SaysFailure(i - 2));
  }

  Rank RankOf(std::size_t i, const ListedAddress& listed) const {
    if (NamesAddressee(listed.label)) return Rank::kAddressee;
    if (!listed.label.empty()) {
      const bool failed = SaysFailure(i) && IsRemark(listed.rest);
      return failed || NamesRecipient(listed.label) ? Rank::kListed : Rank::kNo;
    }
    // "For help, please contact" / "postmaster@example.org".
    const std::string_view before = i > 0 ? lines_[i - 1].text : "";
    if (IsBehindAside(i)) return Rank::kNo;
    if (EndsWithCommand(before)) return Rank::kNo;
    const bool prose = !IsRemark(listed.rest) && !EndsSentence(before);
    return prose ? Rank::kNo : Rank::kListed;
  }

  bool IsBehindAside(std::size_t i) const {
    if (i > 1 && lines_[i - 1].text.empty() &&
        lines_[i - 2].text.ends_with(':')) {
      --i;
    }
    if (i == 0 || !lines_[i - 1].aside) return false;
    const std::string_view before = lines_[i - 1].text;
    return !EndsSentence(before) || before.ends_with(':');
  }

  // "after MAIL FROM:" / "<sender@example.org>: host ..."
  static bool EndsWithCommand(std::string_view line) {
    return line.size() >= 5 &&
           EqualsIgnoringCase(line.substr(line.size() - 5), "FROM:");
  }

  void Collect(Rank rank, std::span<const Address> without) {
    std::map<std::string, std::size_t> index;  // in items_
    for (const Address& address : without) {
      index.emplace(ToLower(address.ToString()), kExcluded);
    }
    Mention* last = nullptr;
    const std::string* last_key = nullptr;
    for (Found& found : found_) {
      if (found.rank != rank) continue;
      const auto [entry, is_new] =
          index.emplace(ToLower(found.address.ToString()), items_.size());
      if (entry->second == kExcluded) continue;
      // Repeated in the lines about it.
      if (last_key == &entry->first && found.mention.line < last->end_line) {
        continue;
      }
      // A reply may name another address than the one that it is about.
      if (last != nullptr && !IsReply(found.mention.line)) {
        last->end_line = std::min(last->end_line, found.mention.line);
      }
      if (is_new) {
        if (items_.size() == limits::kReportRecipients) return;
        items_.push_back(
            {found.address, rank == Rank::kListed, found.original, {}});
      }
      RecipientItem& item = items_[entry->second];
      if (item.mentions.size() == kMentions) continue;
      item.mentions.push_back(found.mention);
      last = &item.mentions.back();
      last->end_line = EndOf(*last);
      last_key = &entry->first;
    }
  }

  // The lines about a recipient end where advice or a session begins. Advice
  // inside a server's reply is the server's.
  std::size_t EndOf(const Mention& mention) const {
    const std::size_t end = std::min(lines_.size(), mention.line + kItemLines);
    for (std::size_t i = mention.line + 1; i < end; ++i) {
      const bool advice = lines_[i].aside && EndsSentence(lines_[i - 1].text) &&
                          FindReply(lines_[i].text) == std::string::npos;
      const bool fields = IsMessageField(lines_[i].text) && i + 1 < end &&
                          IsMessageField(lines_[i + 1].text);
      if (advice || fields || lines_[i].transcript) return i;
    }
    return end;
  }

  const std::vector<Line>& lines_;
  std::vector<Found> found_;
  std::vector<RecipientItem> items_;
};

}  // namespace

std::vector<RecipientItem> FindRecipientItems(
    const BounceText& text, std::span<const Address> senders) {
  ItemFinder finder(text);
  finder.Run();
  return finder.Take(senders);
}

}  // namespace postbounce
