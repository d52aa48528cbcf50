#include "mime/original.h"

#include <algorithm>

#include "mime/text/text.h"
#include "mime/text_lines.h"

namespace postbounce {
namespace {

// The text between the first "<" and the next ">"; all of it when there are
// none.
std::string InBrackets(std::string_view value) {
  const std::size_t open = value.find('<');
  if (open == value.npos) return ToUtf8(Trim(value));
  value.remove_prefix(open + 1);
  return ToUtf8(Trim(value.substr(0, value.find('>'))));
}

bool IsWanted(std::string_view name, std::span<const std::string> wanted) {
  return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& one) {
    return EqualsIgnoringCase(name, one);
  });
}

void SetOnce(std::string* text, std::string value) {
  if (text->empty()) *text = std::move(value);
}

// The next word of a Received field, comments skipped; nullopt at the end, and
// at the ";" in front of the date.
std::optional<std::string_view> TakeWord(std::string_view* rest) {
  SkipComments(rest);
  std::size_t size = 0;
  while (size < rest->size() && !IsBlank((*rest)[size]) &&
         (*rest)[size] != '(' && (*rest)[size] != ';') {
    ++size;
  }
  if (size == 0) return std::nullopt;
  const std::string_view word = rest->substr(0, size);
  rest->remove_prefix(size);
  return word;
}

// The host that wrote the field, if the message came from its author there.
std::string SubmittedAt(std::string_view received) {
  std::string_view rest = received;
  std::string_view host;
  std::string_view before;
  bool has_client = false;
  bool is_authenticated = false;
  while (const std::optional<std::string_view> word = TakeWord(&rest)) {
    if (EqualsIgnoringCase(before, "by") && host.empty()) host = *word;
    if (EqualsIgnoringCase(*word, "from") && host.empty()) has_client = true;
    if (EqualsIgnoringCase(before, "with")) {
      // RFC 3848, RFC 6531, and Exim's for its own host.
      for (const std::string_view protocol :
           {"ESMTPA", "ESMTPSA", "UTF8SMTPA", "UTF8SMTPSA", "ASMTP", "local"}) {
        is_authenticated =
            is_authenticated || EqualsIgnoringCase(*word, protocol);
      }
    }
    before = *word;
  }
  return has_client && !is_authenticated ? std::string() : ToUtf8(host);
}

void AddField(const Field& field, Original* original) {
  const std::string_view name = field.name;
  if (EqualsIgnoringCase(name, "Message-ID")) {
    SetOnce(&original->message_id, InBrackets(field.value));
  } else if (EqualsIgnoringCase(name, "Return-Path")) {
    SetOnce(&original->return_path, InBrackets(field.value));
  } else if (EqualsIgnoringCase(name, "From")) {
    SetOnce(&original->from, DecodeHeaderText(field.value));
  } else if (EqualsIgnoringCase(name, "To")) {
    SetOnce(&original->to, DecodeHeaderText(field.value));
  } else if (EqualsIgnoringCase(name, "Subject")) {
    SetOnce(&original->subject, DecodeHeaderText(field.value));
  } else if (EqualsIgnoringCase(name, "List-Id")) {
    SetOnce(&original->list_id, DecodeHeaderText(field.value));
  } else if (EqualsIgnoringCase(name, "Received")) {
    std::string id = ReceivedId(field.value);
    if (!id.empty()) original->received_ids.push_back(std::move(id));
    original->submitted_at = SubmittedAt(field.value);
  }
}

// The address in "from a by b with ESMTP id c for <joe@example.org>; date".
std::optional<Address> ReceivedFor(std::string_view received) {
  const std::size_t found = received.rfind("for <");
  if (found == received.npos) return std::nullopt;
  const std::string_view rest = received.substr(found + 4);
  const Result<Address> address =
      Address::Parse(rest.substr(0, rest.find('>') + 1));
  if (!address) return std::nullopt;
  return *address;
}

}  // namespace

Original ReadOriginal(const Header& header,
                      std::span<const std::string> extra_fields) {
  Original original;
  for (const Field& field : header.fields()) {
    AddField(field, &original);
    if (IsWanted(field.name, extra_fields)) {
      original.extra.push_back(
          {ToUtf8(field.name), DecodeHeaderText(field.value)});
    }
  }
  return original;
}

bool IsListField(std::string_view name, std::string_view value) {
  if (EqualsIgnoringCase(name, "Precedence")) {
    return EqualsIgnoringCase(Trim(value), "list");
  }
  return EqualsIgnoringCase(name, "List-Id") ||
         EqualsIgnoringCase(name, "List-Post");
}

std::optional<Address> RecipientOf(const Header& original) {
  for (const Field& field : original.fields()) {
    if (!EqualsIgnoringCase(field.name, "Received")) continue;
    if (std::optional<Address> address = ReceivedFor(field.value)) {
      return address;
    }
  }
  for (const Field& field : original.fields()) {
    if (IsListField(field.name, field.value)) return std::nullopt;
  }
  const std::vector<TextAddress> to =
      FindAddresses(DecodeHeaderText(original.Get("To")), 2);
  if (to.size() != 1) return std::nullopt;
  return to[0].address;
}

std::string ReceivedId(std::string_view received) {
  std::string_view rest = received;
  // A client may call itself "id": only what follows "by" is of the host that
  // wrote the field.
  bool behind_by = false;
  bool behind_id = false;
  while (const std::optional<std::string_view> word = TakeWord(&rest)) {
    if (behind_id) {
      const bool bracketed = word->starts_with('<') && word->ends_with('>');
      return ToUtf8(bracketed ? word->substr(1, word->size() - 2) : *word);
    }
    behind_id = behind_by && EqualsIgnoringCase(*word, "id");
    behind_by = behind_by || EqualsIgnoringCase(*word, "by");
  }
  return {};
}

}  // namespace postbounce
