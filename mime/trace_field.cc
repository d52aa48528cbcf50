#include "mime/trace_field.h"

#include <arpa/inet.h>

#include <algorithm>

#include "mime/text/text.h"
#include "mime/text/timestamp.h"

namespace postbounce {
namespace {

// One space for each run of blanks: hosts fold a field anew as they like.
std::string WithSpaces(std::string_view value) {
  std::string text;
  for (const char c : Trim(value)) {
    if (!IsBlank(c)) {
      text += c;
    } else if (text.back() != ' ') {
      text += ' ';
    }
  }
  return text;
}

bool IsControl(char c) {
  return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
}

bool IsAlphanumeric(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return IsDigit(c) || (AsciiLower(c) >= 'a' && AsciiLower(c) <= 'z');
  });
}

bool Skip(std::string_view text, std::string_view* rest) {
  if (!rest->starts_with(text)) return false;
  rest->remove_prefix(text.size());
  return true;
}

// A word may be of a stranger's. Postfix writes "?" for what would end it or
// begin a comment.
std::string_view TakeWord(std::string_view* rest) {
  std::size_t size = 0;
  while (size < rest->size() && !IsControl((*rest)[size]) &&
         std::string_view(" <>()\\\";@").find((*rest)[size]) ==
             std::string_view::npos) {
    ++size;
  }
  const std::string_view word = rest->substr(0, size);
  rest->remove_prefix(size);
  return word;
}

// The inside of the comment at the front, up to the parenthesis that closes
// it. Names of certificates and logins have theirs balanced by Postfix, and no
// backslash.
std::optional<std::string_view> TakeComment(std::string_view* rest) {
  if (!TakeChar(rest, '(')) return std::nullopt;
  std::size_t depth = 1;
  for (std::size_t i = 0; i < rest->size(); ++i) {
    const char c = (*rest)[i];
    if (c == '\\' || IsControl(c)) return std::nullopt;
    if (c == '(') ++depth;
    if (c == ')' && --depth == 0) {
      const std::string_view inside = rest->substr(0, i);
      rest->remove_prefix(i + 1);
      return inside;
    }
  }
  return std::nullopt;
}

// What Postfix says of the session, in its order; each may be missing.
void SkipSession(std::string_view* rest) {
  for (const std::string_view start :
       {" (using ", " (Client ", " (No client certificate requested)",
        " (Authenticated sender: "}) {
    if (!rest->starts_with(start)) continue;
    rest->remove_prefix(1);
    // One that never ends is left without its blank, which nothing takes.
    TakeComment(rest);
  }
}

bool IsAddress(int family, const std::string& text) {
  in6_addr address;  // the larger of the two
  return inet_pton(family, text.c_str(), &address) == 1;
}

// "HELO (NAME [IP]) (using ...) "
bool TakeClient(std::string_view* rest, TraceField* field) {
  field->helo = TakeWord(rest);
  if (field->helo.empty() || !Skip(" (", rest)) return false;
  const std::string_view name = TakeWord(rest);
  if (name.empty() || !Skip(" [", rest)) return false;
  if (name != "unknown") field->client_name = name;
  std::string_view address = TakeWord(rest);
  if (!address.ends_with(']') || !Skip(")", rest)) return false;
  address.remove_suffix(1);
  const int family = Skip("IPv6:", &address) ? AF_INET6 : AF_INET;
  field->client_address = address;
  if (!IsAddress(family, field->client_address)) return false;
  SkipSession(rest);
  return Skip(" ", rest);
}

// Takes ", from userid 1000" off the end.
bool DropUser(std::string_view* mail_name) {
  std::string_view rest = *mail_name;
  while (!rest.empty() && IsDigit(rest.back())) rest.remove_suffix(1);
  constexpr std::string_view kFrom = ", from userid ";
  if (rest.size() == mail_name->size() || !rest.ends_with(kFrom)) return false;
  *mail_name = rest.substr(0, rest.size() - kFrom.size());
  return true;
}

// "by HOST (MAIL_NAME) ", which tells a pickup from a local one.
bool TakeHost(std::string_view* rest, TraceField* field) {
  if (!Skip("by ", rest)) return false;
  field->by = TakeWord(rest);
  if (field->by.empty() || !Skip(" ", rest)) return false;
  std::optional<std::string_view> mail_name = TakeComment(rest);
  if (!mail_name) return false;
  if (field->kind == TraceKind::kLocal && DropUser(&*mail_name)) {
    field->kind = TraceKind::kPickup;
  }
  field->mail_name = *mail_name;
  return !field->mail_name.empty() && Skip(" ", rest);
}

// "id QID"
bool TakeId(std::string_view* rest, TraceField* field) {
  if (!Skip("id ", rest)) return false;
  field->id = TakeWord(rest);
  return !field->id.empty() && IsAlphanumeric(field->id);
}

// " for <joe@example.org>", where a quoted local part may have any byte.
bool SkipRecipient(std::string_view* rest) {
  if (!Skip(" for <", rest)) return true;
  bool quoted = false;
  for (std::size_t i = 0; i < rest->size(); ++i) {
    const char c = (*rest)[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == '>' && !quoted) {
      rest->remove_prefix(i + 1);
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<TraceField> ReadTraceField(std::string_view value) {
  const std::string text = WithSpaces(value);
  std::string_view rest = text;
  TraceField field;
  if (Skip("from ", &rest)) {
    field.kind = TraceKind::kClient;
    if (!TakeClient(&rest, &field)) return std::nullopt;
  }
  if (!TakeHost(&rest, &field)) return std::nullopt;
  const bool is_client = field.kind == TraceKind::kClient;
  if (is_client &&
      (!Skip("with ", &rest) || TakeWord(&rest).empty() || !Skip(" ", &rest))) {
    return std::nullopt;
  }
  if (!TakeId(&rest, &field)) return std::nullopt;
  if (is_client && !SkipRecipient(&rest)) return std::nullopt;
  if (!Skip("; ", &rest) || !ParseDate(rest)) return std::nullopt;
  return field;
}

}  // namespace postbounce
