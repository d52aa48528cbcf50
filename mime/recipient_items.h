#ifndef POSTBOUNCE_MIME_RECIPIENT_ITEMS_H_
#define POSTBOUNCE_MIME_RECIPIENT_ITEMS_H_

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "mime/bounce_text.h"
#include "mime/text/address.h"

namespace postbounce {

// A place where a text speaks of a recipient, and the lines that are about it.
struct Mention {
  std::string_view label;  // in front of the address, where it says why:
                           // "Unknown user"
  std::string_view rest;   // behind it, in its line; the line of a sentence
  std::size_t line = 0;
  std::size_t end_line = 0;  // behind the last line about it
};

struct RecipientItem {
  Address address;
  bool listed = false;  // it heads a line: surer than a sentence
  // Of "expanded from: <list@example.org>": the address that was mailed.
  std::optional<Address> original;
  std::vector<Mention> mentions;  // one to eight
};

// The recipients of `text`, of the surest sort that there is: those that head
// a line; else those in a sentence about a failure; else those behind "To:".
// `senders`, to whom the bounce went, are left out unless they alone head a
// line. At most limits::kReportRecipients. Linear.
std::vector<RecipientItem> FindRecipientItems(const BounceText& text,
                                              std::span<const Address> senders);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_RECIPIENT_ITEMS_H_
