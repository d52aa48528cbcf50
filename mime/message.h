#ifndef POSTBOUNCE_MIME_MESSAGE_H_
#define POSTBOUNCE_MIME_MESSAGE_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mime/header.h"

namespace postbounce {

// One entity of a message.
struct Part {
  int parent = -1;  // index in Message::parts, -1 for the message itself
  int depth = 0;
  Header header;
  // text/plain when absent or unreadable; of a message without a type whose
  // body is plainly divided in parts, multipart/mixed. The boundary is the one
  // that divides the body, even where another was declared.
  ContentType type;
  // The body as it was sent, without the line end before the delimiter. Of a
  // multipart the preamble; empty for a message/* that was read as parts of
  // its own. Valid as long as the Message that the part came with, or a copy.
  std::string_view raw_body;

  // True for base64 and quoted-printable.
  bool is_encoded() const;
  // The body, transfer-decoded; lenient. Only the first `raw_size` bytes of
  // raw_body are read.
  std::string Body(std::size_t raw_size = std::string_view::npos) const;
};

// A MIME message as a flat list of entities in document order; parts[0] is
// the message itself, and there is always one. The entity inside a
// message/rfc822 or message/global part is a part of its own, its child, also
// where that part was sent in base64 or quoted-printable.
struct Message {
  std::vector<Part> parts;
  // A limit of limits.h was reached, and what lies behind it was not read.
  bool truncated = false;
  // What raw_body points into: the bytes given to Parse, then those of
  // encoded messages inside.
  std::vector<std::shared_ptr<const std::string>> storage;

  // Reads any bytes whatever: CRLF, LF or bare CR, with or without an mbox
  // "From " line. Linear in time; never throws but for memory.
  static Message Parse(std::string_view bytes);

  // Where the raw body of `part` begins in the bytes given to Parse. nullopt
  // when it is not found there as such, since it lay inside an encoded part.
  std::optional<std::size_t> OffsetOf(const Part& part) const;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_MESSAGE_H_
