#ifndef POSTBOUNCE_MIME_ENTITY_HEADER_H_
#define POSTBOUNCE_MIME_ENTITY_HEADER_H_

#include <string_view>
#include <vector>

#include "mime/header.h"

namespace postbounce {

// The header of one entity of a message, while its tree is made.
struct EntityHeader {
  std::vector<Field> fields;
  ContentType type;
};

// True for message/rfc822 and message/global.
bool IsMessage(const ContentType& type);

// True for such a type where it is sent as it is, so that the header of
// another entity follows.
bool HoldsMessage(const EntityHeader& header);

// Replaces or adds a parameter, named in lower case.
void SetParameter(std::string_view name, std::string_view value,
                  ContentType* type);

// What the fields of an entity say that it is. Some gateways lose the type of
// a message, but not its parts: where there is none, a `body` that is plainly
// divided is multipart/mixed if `is_outermost`, for which no other delimiter
// counts.
ContentType TypeOf(const std::vector<Field>& fields, bool is_outermost,
                   std::string_view body);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_ENTITY_HEADER_H_
