#include "mime/entity_header.h"

#include "mime/boundary.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

bool IsEncoded(const std::vector<Field>& fields) {
  for (const Field& field : fields) {
    if (!EqualsIgnoringCase(field.name, "Content-Transfer-Encoding")) continue;
    return StartsWithIgnoringCase(field.value, "base64") ||
           StartsWithIgnoringCase(field.value, "quoted-printable");
  }
  return false;
}

}  // namespace

bool IsMessage(const ContentType& type) {
  return type.Is("message", "rfc822") || type.Is("message", "global");
}

bool HoldsMessage(const EntityHeader& header) {
  return IsMessage(header.type) && !IsEncoded(header.fields);
}

void SetParameter(std::string_view name, std::string_view value,
                  ContentType* type) {
  for (OwnField& parameter : type->parameters) {
    if (parameter.name != name) continue;
    parameter.value = value;
    return;
  }
  type->parameters.push_back({std::string(name), std::string(value)});
}

ContentType TypeOf(const std::vector<Field>& fields, bool is_outermost,
                   std::string_view body) {
  for (const Field& field : fields) {
    if (!EqualsIgnoringCase(field.name, "Content-Type")) continue;
    if (field.value.find('/') == field.value.npos) break;
    return ParseContentType(field.value);
  }
  const bool is_divided = is_outermost && !SeenBoundary(body).empty();
  return ParseContentType(is_divided ? "multipart/mixed" : "text/plain");
}

}  // namespace postbounce
