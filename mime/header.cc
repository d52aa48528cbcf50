#include "mime/header.h"

#include <algorithm>
#include <utility>

#include "mime/text/limits.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

template <class AnyField>
const AnyField* Find(const std::vector<AnyField>& fields,
                     std::string_view name) {
  for (const AnyField& field : fields) {
    if (EqualsIgnoringCase(field.name, name)) return &field;
  }
  return nullptr;
}

bool IsFieldNameChar(char c) { return c > 32 && c < 127 && c != ':'; }

bool ContinuesField(std::string_view line) {
  if (line.empty() || line[0] == '\r' || line[0] == '\n') return false;
  return IsBlank(line[0]) || FieldNameSize(line.substr(0, 1000)) == 0;
}

bool IsTokenChar(char c) {
  constexpr std::string_view kSpecials = "()<>@,;:\\\"/[]?=";
  if (IsDigit(c) || (AsciiLower(c) >= 'a' && AsciiLower(c) <= 'z')) return true;
  return c > 32 && c != 127 && kSpecials.find(c) == kSpecials.npos;
}

std::string_view TakeToken(std::string_view* rest) {
  std::size_t size = 0;
  while (size < rest->size() && IsTokenChar((*rest)[size])) ++size;
  const std::string_view token = rest->substr(0, size);
  rest->remove_prefix(size);
  return token;
}

void SkipBlanks(std::string_view* rest) {
  while (!rest->empty() && IsBlank(rest->front())) rest->remove_prefix(1);
}

std::string TakeParameterValue(std::string_view* rest) {
  std::string value;
  if (!TakeChar(rest, '"')) {
    // More than a token, since boundaries with "=" or "/" go unquoted.
    const std::size_t end = std::min(rest->find(';'), rest->size());
    value = Trim(rest->substr(0, end));
    rest->remove_prefix(end);
    return value;
  }
  while (!rest->empty() && !TakeChar(rest, '"')) {
    TakeChar(rest, '\\');
    if (rest->empty()) break;
    value += rest->front();
    rest->remove_prefix(1);
  }
  return value;
}

// Within the capacity of `text`, since fields point into it.
Field AppendField(std::string_view name, std::string_view value,
                  std::string* text) {
  const std::size_t begin = text->size();
  text->append(name).append(value);
  const std::string_view all = std::string_view(*text).substr(begin);
  return {all.substr(0, name.size()), all.substr(name.size())};
}

}  // namespace

Header::Header(std::vector<Field> fields,
               std::shared_ptr<const std::string> text)
    : fields_(std::move(fields)), texts_{std::move(text)} {}

void Header::Add(std::string_view name, std::string_view value) {
  auto text = std::make_shared<std::string>(name);
  *text += value;
  const std::string_view all = *text;
  fields_.push_back({all.substr(0, name.size()), all.substr(name.size())});
  texts_.push_back(std::move(text));
}

Header Header::Compact() const {
  std::size_t size = 0;
  for (const Field& field : fields_) {
    size += field.name.size() + field.value.size();
  }
  auto text = std::make_shared<std::string>();
  text->reserve(size);  // so that it stays where it is
  std::vector<Field> fields;
  fields.reserve(fields_.size());
  for (const Field& field : fields_) {
    fields.push_back(AppendField(field.name, field.value, text.get()));
  }
  return Header(std::move(fields), std::move(text));
}

std::string_view Header::Get(std::string_view name) const {
  const Field* field = Find(fields_, name);
  return field == nullptr ? std::string_view() : field->value;
}

bool Header::Has(std::string_view name) const {
  return Find(fields_, name) != nullptr;
}

std::string_view ContentType::Parameter(std::string_view name) const {
  const OwnField* field = Find(parameters, name);
  return field == nullptr ? std::string_view() : field->value;
}

bool ContentType::Is(std::string_view type_name,
                     std::string_view subtype_name) const {
  return type == type_name && subtype == subtype_name;
}

ContentType ParseContentType(std::string_view value) {
  std::string_view rest = Trim(value);
  ContentType result;
  result.type = ToLower(TakeToken(&rest));
  if (!TakeChar(&rest, '/')) return {"text", "plain", {}};
  result.subtype = ToLower(TakeToken(&rest));
  if (result.type.empty() || result.subtype.empty()) {
    return {"text", "plain", {}};
  }
  while (!rest.empty() && result.parameters.size() < limits::kHeaderFields) {
    rest.remove_prefix(std::min(rest.find(';'), rest.size()));
    TakeChar(&rest, ';');
    SkipBlanks(&rest);
    std::string name = ToLower(TakeToken(&rest));
    SkipBlanks(&rest);
    if (name.empty() || !TakeChar(&rest, '=')) continue;
    SkipBlanks(&rest);
    result.parameters.push_back({std::move(name), TakeParameterValue(&rest)});
  }
  return result;
}

std::size_t FieldNameSize(std::string_view line) {
  std::size_t size = 0;
  while (size < line.size() && IsFieldNameChar(line[size])) ++size;
  std::size_t colon = size;
  while (colon < line.size() && (line[colon] == ' ' || line[colon] == '\t')) {
    ++colon;
  }
  return colon < line.size() && line[colon] == ':' ? size : 0;
}

std::optional<RawField> TakeField(std::string_view* rest) {
  const std::optional<std::string_view> line = TakeLine(rest);
  if (!line) return std::nullopt;
  if (Trim(*line).empty()) return RawField{};
  const std::size_t name_size = FieldNameSize(*line);
  const std::size_t colon =
      name_size == 0 ? std::string_view::npos : line->find(':', name_size);
  const char* begin = line->data() + (name_size == 0 ? 0 : colon + 1);
  const char* end = line->data() + line->size();
  std::string_view ahead = *rest;
  while (ContinuesField(ahead)) {
    const std::string_view more = *TakeLine(&ahead);
    // A line of blanks alone separates groups; it continues nothing.
    if (Trim(more).empty()) break;
    end = more.data() + more.size();
    *rest = ahead;
  }
  const std::string_view value(begin, static_cast<std::size_t>(end - begin));
  return RawField{name_size == 0 ? "" : line->substr(0, name_size), value};
}

std::string Unfold(std::string_view value) {
  value = Trim(value);
  // find_first_of() is slow, and nearly all values are one line.
  if (value.find('\n') == value.npos && value.find('\r') == value.npos) {
    return std::string(value);
  }
  std::string text;
  while (const std::optional<std::string_view> line = TakeLine(&value)) {
    const std::string_view piece = Trim(*line);
    if (!text.empty() && !piece.empty()) text += ' ';
    text += piece;
  }
  return text;
}

Header ParseHeader(std::string_view block) {
  std::string_view rest = block.substr(0, limits::kHeaderBlock);
  auto text = std::make_shared<std::string>();
  std::vector<Field> fields;
  while (fields.size() < limits::kHeaderFields) {
    const std::optional<RawField> field = TakeField(&rest);
    if (!field || (field->name.empty() && field->value.empty())) break;
    if (field->name.empty()) continue;  // junk in front of the first field
    if (fields.empty()) {
      text->reserve(field->name.size() + field->value.size() + rest.size());
    }
    fields.push_back(
        AppendField(field->name, Unfold(field->value), text.get()));
  }
  return Header(std::move(fields), std::move(text));
}

}  // namespace postbounce
