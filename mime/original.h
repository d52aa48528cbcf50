#ifndef POSTBOUNCE_MIME_ORIGINAL_H_
#define POSTBOUNCE_MIME_ORIGINAL_H_

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mime/message.h"
#include "mime/text/address.h"

namespace postbounce {

// What the returned message, or its returned headers, say of themselves.
// None of this is proof of anything: a forger writes it as well.
struct Original {
  std::string message_id;   // without "<>"
  std::string return_path;  // without "<>"
  std::string from;         // header values, encoded words decoded
  std::string to;
  std::string subject;
  std::string list_id;
  // The "id" of each Received field, topmost first: queue ids at the hosts
  // the message passed.
  std::vector<std::string> received_ids;
  // The host that took the message from its author, by the last Received: one
  // that names no client, or an authenticated one. Empty when that says
  // something else.
  std::string submitted_at;
  std::vector<OwnField> extra;  // the fields that ReadOptions asked for
};

Original ReadOriginal(const Header& header,
                      std::span<const std::string> extra_fields);

// The token behind " id " of a Received field, without ";" or comments; empty
// when there is none (RFC 5321 section 4.4).
std::string ReceivedId(std::string_view received);

// True for a field that mails of a list have, whose "To" is the list.
bool IsListField(std::string_view name, std::string_view value);

// The one recipient that the returned message had: whom a host on its way took
// it for, the topmost that says so, or else the address in "To", if there is
// just one, and the message is none of a list.
std::optional<Address> RecipientOf(const Header& original);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_ORIGINAL_H_
