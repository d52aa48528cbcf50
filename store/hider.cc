#include "store/hider.h"

#include <utility>

#include "mime/text/text.h"
#include "store/log_keys.h"
#include "store/origin.h"
#include "store/pseudonym.h"

namespace postbounce {
namespace {

bool Replace(std::string* text, std::string by) {
  if (*text == by) return false;
  *text = std::move(by);
  return true;
}

std::optional<Address> AddressIn(std::string_view text) {
  auto address = Address::Parse(text);
  if (!address) return std::nullopt;
  return *std::move(address);
}

// Whether it was hidden before: its mail has another digest already.
bool WasOwn(const Witness& witness) {
  const std::string_view recipient = witness.final_recipient;
  return IsPseudonym(recipient.substr(recipient.find(';') + 1));
}

}  // namespace

Hider::Hider(const AddressKeys* keys, std::span<const Address> addresses)
    : keys_(*keys), everything_(keys), scrubber_(keys, addresses) {
  for (const Address& address : addresses) {
    hidden_.insert(keys->KeyOf(address));
  }
}

bool Hider::Hides(const std::optional<Address>& address) const {
  if (!address) return false;
  return hides_all() || hidden_.contains(keys_.KeyOf(*address));
}

Digest Hider::DigestOf(const Digest& digest) const {
  return keys_.KeyedDigest(digest);
}

std::string Hider::PseudonymOf(std::string_view recipient) const {
  const auto address = AddressIn(recipient);
  if (address) {
    return postbounce::PseudonymOf(keys_.KeyOf(*address),
                                   address->ascii_domain());
  }
  // As LogHasher has it.
  const Key128 key = keys_.KeyOfText(ToLower(recipient));
  const auto domain = AddressIn("x@" + std::string(DomainOf(recipient)));
  return postbounce::PseudonymOf(key, domain ? domain->ascii_domain() : "");
}

std::optional<Address> Hider::Hidden(
    const std::optional<Address>& address) const {
  if (!address) return address;
  return AddressIn(PseudonymOf(address->ToString()));
}

bool Hider::Clean(std::string* text) const {
  return Replace(text, scrubber_.Clean(*text));
}

bool Hider::CleanOf(const std::optional<Address>& owner,
                    std::string* text) const {
  if (!owner) return Replace(text, everything_.Clean(*text));
  return Replace(text, everything_.CleanOf(*owner, *text));
}

// Of a name that the configuration has, what stands behind it is hidden: it may
// tell of a recipient.
bool Hider::HideSender(std::string* sender) const {
  if (!hides_all()) return Clean(sender);
  if (!IsSenderOfMail(*sender)) return false;
  if (is_named_(*sender)) return false;
  const std::size_t at = sender->rfind('@');
  const std::size_t plus = sender->find('+');
  if (plus < at && at != std::string::npos) {
    if (IsPseudonym(sender->substr(plus + 1))) return false;
    const std::string base = sender->substr(0, plus) + sender->substr(at);
    const std::string extension = PseudonymOf(*sender);
    if (is_named_(base)) {
      return Replace(sender, sender->substr(0, plus + 1) + extension);
    }
  }
  if (at == std::string::npos) return false;
  return Replace(sender, PseudonymOf(*sender));
}

bool Hider::Hide(Witness* witness) const {
  const auto owner = witness->mailed ? witness->mailed : witness->reported;
  const auto original = AddressIn(witness->original_recipient);
  const auto final = AddressIn(witness->final_recipient);
  const bool is_own = Hides(witness->mailed) || Hides(witness->reported) ||
                      Hides(original) || Hides(final);
  bool changed = is_own;
  for (std::string* text :
       {&witness->original_recipient, &witness->final_recipient,
        &witness->evidence.diagnostic, &witness->verdict.words}) {
    changed |= is_own ? CleanOf(owner, text) : Clean(text);
  }
  if (Hides(witness->mailed)) witness->mailed = Hidden(witness->mailed);
  if (is_own) witness->reported = Hidden(witness->reported);
  witness->was_hidden |= changed;
  return changed;
}

bool Hider::Hide(Facts* facts) const {
  bool changed = HideSender(&facts->envelope_sender);
  changed |= HideSender(&facts->original_return_path);
  for (std::string& recipient : facts->envelope_recipients) {
    changed |= HideSender(&recipient);
  }
  for (auto& [name, value] : facts->original_fields) changed |= Clean(&value);
  if (!hides_all()) changed |= Clean(&facts->original_message_id);
  for (std::string* text :
       {&facts->envelope_id, &facts->first_received, &facts->second_received}) {
    changed |= Clean(text);
  }
  return changed;
}

bool Hider::Hide(Mail* mail) const {
  bool is_own = false;
  bool changed = Hide(&mail->facts);
  for (Witness& witness : mail->witnesses) {
    is_own |=
        !WasOwn(witness) && (Hides(witness.mailed) || Hides(witness.reported));
    changed |= Hide(&witness);
  }
  changed |= hides_all() ? Replace(&mail->from, "") : Clean(&mail->from);
  changed |= hides_all() ? Replace(&mail->subject, "") : Clean(&mail->subject);
  if ((changed || hides_all()) && !mail->for_people) mail->kept.clear();
  if (is_own && mail->kind == MailKind::kLogLine) {
    mail->digest = DigestOf(mail->digest);
  }
  return changed;
}

bool Hider::IsOf(const LogAttempt& attempt) const {
  return hides_all() || Hides(AddressIn(attempt.recipient)) ||
         Hides(AddressIn(attempt.original));
}

bool Hider::Hide(LogAttempt* attempt) const {
  if (!IsOf(*attempt)) {
    const bool changed = Clean(&attempt->text);
    return Clean(&attempt->original) || changed;
  }
  bool changed = CleanOf(AddressIn(attempt->recipient), &attempt->text);
  for (std::string* name : {&attempt->recipient, &attempt->original}) {
    if (name->find('@') == std::string::npos) continue;
    changed |= Replace(name, PseudonymOf(*name));
  }
  return changed;
}

bool Hider::Hide(LogMessage* message) const {
  bool changed = message->sender && HideSender(&*message->sender);
  changed |= HideSender(&message->sasl_user);
  if (!hides_all()) changed |= Clean(&message->message_id);
  for (LogAttempt& attempt : message->attempts) changed |= Hide(&attempt);
  const bool has_lines =
      !message->lines.empty() &&
      (changed || hides_all() || scrubber_.MayFind(message->lines));
  if (!has_lines) return changed;
  message->lines.clear();
  return true;
}

}  // namespace postbounce
