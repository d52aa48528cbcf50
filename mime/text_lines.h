#ifndef POSTBOUNCE_MIME_TEXT_LINES_H_
#define POSTBOUNCE_MIME_TEXT_LINES_H_

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "mime/text/address.h"

namespace postbounce {

// A mail address in a line of text.
struct TextAddress {
  Address address;
  std::size_t begin;  // in the line; brackets and quotes are outside
  std::size_t end;
};

// The addresses in `line`, at most `max`: those that have a domain with a dot,
// and in angle brackets any. Of "a@b.c<mailto:a@b.c>" the second is not told
// apart from the first. Linear.
std::vector<TextAddress> FindAddresses(std::string_view line, std::size_t max);

// A line of a bounce's text that a recipient stands at the head of: behind
// bullets, quotes, and a label such as "Recipient:" or "Unknown user:".
struct ListedAddress {
  Address address;
  std::string_view label;  // "Unknown user", without the colon; may be empty
  std::string_view rest;   // what stands behind the address and its brackets
  bool bracketed = false;
};

// nullopt where no address leads the line. Of "joe@a.org <jim@b.org>" the one
// in brackets is taken. `line` is trimmed.
std::optional<ListedAddress> ReadListedAddress(std::string_view line);

// True for the field names a message begins with, "Received: ...".
bool IsMessageField(std::string_view line);

// Whom bounces tell people to write to: postmaster and the like (RFC 2142).
bool IsOffice(const Address& address);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_TEXT_LINES_H_
