#ifndef POSTBOUNCE_MIME_MESSAGE_H_
#define POSTBOUNCE_MIME_MESSAGE_H_

#include <string>
#include <string_view>
#include <vector>

namespace postbounce {

// A header field: the name as written, the value unfolded (RFC 5322 section
// 2.2.3) and trimmed. Other bytes are as they came, 8-bit and NUL included.
struct Field {
  std::string name;
  std::string value;
};

// The fields of one header or of one group of a delivery report, in order.
class Header {
 public:
  void Add(std::string name, std::string value);

  const std::vector<Field>& fields() const { return fields_; }
  // The value of the first field of that name, case ignored; empty when there
  // is none.
  std::string_view Get(std::string_view name) const;
  bool Has(std::string_view name) const;

 private:
  std::vector<Field> fields_;
};

// RFC 2045 section 5: "multipart/report; report-type=delivery-status".
// Everything is in lower case but the values of parameters.
struct ContentType {
  std::string type;     // "multipart"
  std::string subtype;  // "report"
  std::vector<Field> parameters;

  std::string_view Parameter(std::string_view name) const;
  bool Is(std::string_view type_name, std::string_view subtype_name) const;
};

// One entity of a message.
struct Part {
  int parent = -1;  // index in Message::parts, -1 for the message itself
  int depth = 0;
  Header header;
  ContentType type;  // text/plain when absent or unreadable
  // Transfer-decoded (base64, quoted-printable; lenient). Empty for a
  // multipart and for a message/* that was read as parts of its own.
  std::string body;
};

// A MIME message as a flat list of entities in document order; parts[0] is
// the message itself, and there is always one. The entity inside a
// message/rfc822 or message/global part is a part of its own, its child.
struct Message {
  std::vector<Part> parts;
  // A limit of limits.h was reached, and what lies behind it was not read.
  bool truncated = false;

  // Reads any bytes whatever: CRLF, LF or bare CR, with or without an mbox
  // "From " line. Linear in time; never throws but for memory.
  static Message Parse(std::string_view bytes);
};

// RFC 2047 encoded words as UTF-8; what cannot be decoded stays as it is.
std::string DecodeHeaderText(std::string_view value);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_MESSAGE_H_
