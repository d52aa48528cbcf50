#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "mime/header.h"
#include "mime/reading.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

bool IsTrace(std::string_view name) {
  constexpr std::array<std::string_view, 6> kNames = {
      "Return-Path",   "Received",    "Delivered-To",
      "X-Original-To", "Envelope-To", "X-Postbounce"};
  return std::any_of(kNames.begin(), kNames.end(), [&](std::string_view trace) {
    return EqualsIgnoringCase(name, trace);
  });
}

std::string_view WithoutTrace(std::string_view bytes) {
  std::string_view rest = bytes;
  if (rest.starts_with("From ")) TakeLine(&rest);
  std::string_view ahead = rest;
  while (const std::optional<RawField> field = TakeField(&ahead)) {
    if (!IsTrace(field->name)) break;
    rest = ahead;
  }
  return rest;
}

}  // namespace

Digest MailDigest(std::string_view bytes) {
  std::string_view rest = WithoutTrace(bytes);
  // Whether the last line is ended, or an empty one follows, is an accident.
  while (rest.ends_with('\n') || rest.ends_with('\r')) rest.remove_suffix(1);
  if (rest.find('\r') == rest.npos) return Sha256(rest);
  std::string text;
  text.reserve(rest.size());
  while (const std::optional<std::string_view> line = TakeLine(&rest)) {
    text += *line;
    text += '\n';
  }
  text.pop_back();
  return Sha256(text);
}

}  // namespace postbounce
