#include "store/veil.h"

#include <algorithm>
#include <utility>

#include "store/pseudonym.h"

namespace postbounce {
namespace {

// Only what this store has made is a pseudonym: one that comes in would speak
// for the address of that key. Whether it was one.
bool Disarm(const AddressKeys& keys, std::string* text) {
  if (!IsPseudonym(*text)) return false;
  const std::string_view domain = DomainOf(*text);
  *text = PseudonymOf(keys.KeyOfText(*text), domain);
  return true;
}

bool Disarm(const AddressKeys& keys, std::optional<Address>* address) {
  if (!*address || !KeyOfPseudonym((*address)->local_part())) return false;
  std::string text = (*address)->ToString();
  Disarm(keys, &text);
  *address = Address::Parse(text).value();
  return true;
}

bool Disarm(const AddressKeys& keys, Witness* witness) {
  const bool changed[] = {Disarm(keys, &witness->mailed),
                          Disarm(keys, &witness->reported),
                          Disarm(keys, &witness->original_recipient),
                          Disarm(keys, &witness->final_recipient)};
  return std::find(std::begin(changed), std::end(changed), true) !=
         std::end(changed);
}

bool Disarm(const AddressKeys& keys, Mail* mail) {
  bool changed = false;
  for (Witness& witness : mail->witnesses) changed |= Disarm(keys, &witness);
  return changed;
}

bool Disarm(const AddressKeys& keys, LogBatch* batch) {
  bool changed = false;
  for (LogMessage& message : batch->messages) {
    for (LogAttempt& attempt : message.attempts) {
      changed |= Disarm(keys, &attempt.recipient);
      changed |= Disarm(keys, &attempt.original);
    }
  }
  for (LogFailure& failure : batch->failures) {
    changed |= Disarm(keys, &failure.account);
  }
  return changed;
}

bool IsArmed(const Witness& witness) {
  return IsPseudonym(witness.original_recipient) ||
         IsPseudonym(witness.final_recipient) ||
         (witness.mailed && KeyOfPseudonym(witness.mailed->local_part()));
}

bool IsArmed(const LogBatch& batch) {
  return std::any_of(batch.messages.begin(), batch.messages.end(),
                     [](const LogMessage& message) {
                       return std::any_of(
                           message.attempts.begin(), message.attempts.end(),
                           [](const LogAttempt& attempt) {
                             return IsPseudonym(attempt.recipient) ||
                                    IsPseudonym(attempt.original);
                           });
                     });
}

}  // namespace

Result<void> Veil::Load() {
  if (is_loaded_) return {};
  forgotten_.clear();
  const auto is_hashed = tables_.IsHashed();
  if (!is_hashed) return is_hashed.error();
  hides_all_ = *is_hashed;
  const auto read =
      tables_.EachForgotten([this](const Key128& key) { Add(key); });
  if (!read) return read;
  is_loaded_ = true;
  return {};
}

bool Veil::IsForgotten(const Address& address) const {
  return forgotten_.contains(HashOfKey(keys_.KeyOf(address)));
}

bool Veil::IsForgotten(std::string_view address) const {
  return !address.empty() &&
         forgotten_.contains(hasher_.HashOfAddress(address));
}

void Veil::AddForgotten(const Witness& witness,
                        std::vector<Address>* forgotten) const {
  for (const auto& address : {witness.mailed, witness.reported}) {
    if (address && IsForgotten(*address)) forgotten->push_back(*address);
  }
  for (const std::string* text :
       {&witness.original_recipient, &witness.final_recipient}) {
    if (text->find('@') == text->npos) continue;
    const auto address = Address::Parse(*text);
    if (address && IsForgotten(*address)) forgotten->push_back(*address);
  }
}

Hider Veil::HiderOfAll(const SitePolicy& policy) const {
  return Hider(&keys_, [&policy](std::string_view sender) {
    return policy.scopes.IsNamed(sender) || policy.origin.IsNamed(sender);
  });
}

std::optional<Mail> Veil::Over(const Mail& mail, const SitePolicy& policy) {
  std::vector<Address> forgotten;
  if (!hides_all_ && !forgotten_.empty()) {
    for (const Witness& witness : mail.witnesses) {
      AddForgotten(witness, &forgotten);
    }
  }
  const bool is_armed =
      std::any_of(mail.witnesses.begin(), mail.witnesses.end(),
                  [](const Witness& witness) { return IsArmed(witness); });
  if (!hides_all_ && forgotten.empty() && !is_armed) return std::nullopt;
  Mail veiled = mail;
  Disarm(keys_, &veiled);
  if (hides_all_) {
    HiderOfAll(policy).Hide(&veiled);
  } else if (!forgotten.empty()) {
    Hider(&keys_, forgotten).Hide(&veiled);
  }
  return veiled;
}

std::optional<LogBatch> Veil::Over(const LogBatch& batch,
                                   const SitePolicy& policy) {
  std::vector<Address> forgotten;
  if (!hides_all_ && !forgotten_.empty()) {
    for (const LogMessage& message : batch.messages) {
      for (const LogAttempt& attempt : message.attempts) {
        for (const std::string& name : {attempt.recipient, attempt.original}) {
          if (!IsForgotten(name)) continue;
          if (auto address = Address::Parse(name)) {
            forgotten.push_back(*std::move(address));
          }
        }
      }
    }
  }
  if (!hides_all_ && forgotten.empty() && !IsArmed(batch)) return std::nullopt;
  LogBatch veiled = batch;
  Disarm(keys_, &veiled);
  if (!hides_all_ && forgotten.empty()) return veiled;
  const Hider hider =
      hides_all_ ? HiderOfAll(policy) : Hider(&keys_, forgotten);
  for (LogMessage& message : veiled.messages) hider.Hide(&message);
  for (LogFailure& failure : veiled.failures) hider.Hide(&failure.account);
  for (std::string* note :
       {&veiled.counters.last_bad, &veiled.counters.last_gap}) {
    hider.Clean(note);
  }
  return veiled;
}

std::string Veil::TextOf(const Subject& subject) const {
  if (!hides_all_ || subject.is_domain()) return subject.ToString();
  return PseudonymOf(keys_.KeyOf(*subject.address()), subject.ascii_domain());
}

std::string Veil::Words(const std::string& words,
                        std::span<const Address> addresses) const {
  if (hides_all_) return Scrubber(&keys_).Clean(words);
  std::vector<Address> forgotten;
  for (const Address& address : addresses) {
    if (IsForgotten(address)) forgotten.push_back(address);
  }
  if (forgotten.empty()) return words;
  return Scrubber(&keys_, forgotten).Clean(words);
}

}  // namespace postbounce
