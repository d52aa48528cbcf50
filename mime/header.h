#ifndef POSTBOUNCE_MIME_HEADER_H_
#define POSTBOUNCE_MIME_HEADER_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postbounce {

// A header field: the name as written, the value unfolded and trimmed. Other
// bytes are as they came, 8-bit ones included; only a NUL or a CR inside a
// line of a message's header reads as a blank. Valid as long as the Header
// that it came from, or a copy of it.
struct Field {
  std::string_view name;
  std::string_view value;
};

// A field by itself.
struct OwnField {
  std::string name;
  std::string value;
};

// The fields of one header or of one group of a delivery report, in order.
// Copies share the text.
class Header {
 public:
  Header() = default;
  // `fields` point into `text`.
  Header(std::vector<Field> fields, std::shared_ptr<const std::string> text);

  void Add(std::string_view name, std::string_view value);
  // The same fields, with a text that holds nothing else.
  Header Compact() const;

  const std::vector<Field>& fields() const { return fields_; }
  // The value of the first field of that name, case ignored; empty when there
  // is none.
  std::string_view Get(std::string_view name) const;
  bool Has(std::string_view name) const;

 private:
  std::vector<Field> fields_;
  std::vector<std::shared_ptr<const std::string>> texts_;
};

// RFC 2045 section 5: "multipart/report; report-type=delivery-status".
// Everything is in lower case but the values of parameters.
struct ContentType {
  std::string type;     // "multipart"
  std::string subtype;  // "report"
  std::vector<OwnField> parameters;

  // The value of that parameter, case of the name ignored; empty when absent.
  std::string_view Parameter(std::string_view name) const;
  bool Is(std::string_view type_name, std::string_view subtype_name) const;
};

// text/plain when the value is absent or unreadable.
ContentType ParseContentType(std::string_view value);

// A field as it stands in the bytes, its value still folded.
struct RawField {
  std::string_view name;
  std::string_view value;
};

// Takes the next field off the front of `rest`, with the lines that continue
// it: those that begin with a blank, and those that are no field at all,
// since MTAs forget to indent the lines of a reply. An empty line is taken
// alone and gives a field without a name. nullopt when `rest` is empty.
std::optional<RawField> TakeField(std::string_view* rest);

// The length of the field name at the start of `line`, 0 when there is none.
std::size_t FieldNameSize(std::string_view line);

// `value` trimmed, with one space for each line end and the blanks after it.
std::string Unfold(std::string_view value);

// Reads a header block up to its first empty line, as it is the body of a
// text/rfc822-headers part; within limits::kHeaderBlock and kHeaderFields.
Header ParseHeader(std::string_view block);

// RFC 2047 encoded words as UTF-8; what cannot be decoded stays as it is, and
// other bytes are read by ToUtf8. Linear; one value has at most 50 words
// converted from other charsets than UTF-8, ASCII and ISO 8859-1.
std::string DecodeHeaderText(std::string_view value);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_HEADER_H_
