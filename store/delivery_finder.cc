#include "store/delivery_finder.h"

#include <algorithm>
#include <string>
#include <utility>

#include "mime/text/text.h"

namespace postbounce {
namespace {

bool IsSameRef(const LogMessage& a, const LogMessage& b) {
  return IsSameMessage(RefOf(a), RefOf(b));
}

bool IsBetter(const FoundDelivery& a, const FoundDelivery& b) {
  return std::pair(a.is_ours, a.is_by_name) >
         std::pair(b.is_ours, b.is_by_name);
}

}  // namespace

bool IsProvenAlone(const Facts& facts, const Witness& witness) {
  return facts.is_local_origin || witness.verp == Proof::kStrong;
}

DeliveryFinder::DeliveryFinder(const Facts& facts, const Candidates& candidates,
                               const SitePolicy& policy, LogHasher* hasher)
    : facts_(facts),
      candidates_(candidates),
      policy_(policy),
      hasher_(*hasher) {
  for (const LogMessage& message : candidates.messages) {
    if (!IsPassedOn(message)) subjects_.push_back(SubjectOf(message));
  }
  is_shared_ = IsShared();
}

// Made once, since a report may name ten thousand.
DeliveryFinder::Subject DeliveryFinder::SubjectOf(
    const LogMessage& message) const {
  Subject subject;
  subject.message = &message;
  subject.by_next_id = ByNextId(message);
  for (const LogAttempt& attempt : message.attempts) {
    if (attempt.is_probe) continue;
    const LogHash recipient = hasher_.HashOfAddress(attempt.recipient);
    subject.recipients[recipient] = &attempt;
    if (attempt.original.empty()) continue;
    const auto [place, is_new] = subject.originals.try_emplace(
        hasher_.HashOfAddress(attempt.original), &attempt);
    const LogAttempt*& known = place->second;
    if (is_new || known == nullptr) continue;
    const bool is_same = hasher_.HashOfAddress(known->recipient) == recipient;
    known = is_same ? &attempt : nullptr;
  }
  subject.is_of_one = IsOfOne(subject);
  return subject;
}

// An archive of the site's own tells nobody.
bool DeliveryFinder::IsOfOne(const Subject& subject) const {
  const std::size_t recipients = subject.message->recipients;
  if (recipients == 1) return true;
  const auto& tried = subject.recipients;
  return tried.size() == recipients &&
         std::count_if(tried.begin(), tried.end(), [&](const auto& one) {
           return !policy_.origin.IsLocal(DomainOf(one.second->recipient));
         }) == 1;
}

std::optional<FoundDelivery> DeliveryFinder::Find(
    const Witness& witness) const {
  std::optional<FoundDelivery> found;
  const Subject* found_in = nullptr;
  bool is_ambiguous = false;
  for (const Subject& subject : subjects_) {
    const LogMessage& message = *subject.message;
    if (policy_.IsUntrusted(message.log) || !message.sender) continue;
    const auto one = FindIn(subject, witness);
    if (!one) continue;
    if (!found || IsBetter(*one, *found)) {
      found = one;
      found_in = &subject;
      is_ambiguous = false;
    } else if (!IsBetter(*found, *one) &&
               !IsSameRef(*found->message, message)) {
      is_ambiguous |= is_shared_ || !HaveOneReader(*found_in, subject);
    }
  }
  if (!found || (is_ambiguous && !facts_.arrival_date)) return std::nullopt;
  // Copies of one mail have one Message-ID, and other people have the copies.
  if (!found->is_by_queue_id && !found->is_by_next_id && is_shared_) {
    if (!found->is_by_name) return std::nullopt;
    found->is_unique = false;
  }
  return found;
}

// A mail that was sent twice, as by a program that tries again: who knows of
// the one knows no more than of the other.
bool DeliveryFinder::HaveOneReader(const Subject& one, const Subject& other) {
  return one.message->recipients == 1 && other.message->recipients == 1 &&
         one.recipients.size() == 1 && other.recipients.size() == 1 &&
         one.recipients.begin()->first == other.recipients.begin()->first;
}

// Messages of other logs, and those that were not tried yet, are copies too.
bool DeliveryFinder::IsShared() const {
  const Subject* first = nullptr;
  for (const Subject& subject : subjects_) {
    if (!IsCopy(subject)) continue;
    if (first != nullptr && !IsSameRef(*first->message, *subject.message) &&
        !HaveOneReader(*first, subject)) {
      return true;
    }
    first = &subject;
  }
  return candidates_.is_cut;
}

// That somebody else may have. What strangers send here under the Message-ID
// changes nothing.
bool DeliveryFinder::IsCopy(const Subject& subject) const {
  const LogMessage& message = *subject.message;
  if (!policy_.origin.MayBeOurs(message)) return false;
  const bool is_tried =
      message.recipients > 0 && subject.recipients.size() >= message.recipients;
  return !is_tried ||
         std::any_of(message.attempts.begin(), message.attempts.end(),
                     [&](const LogAttempt& attempt) {
                       return IsOurs(message, attempt);
                     });
}

std::optional<FoundDelivery> DeliveryFinder::FindIn(
    const Subject& subject, const Witness& witness) const {
  const LogMessage& message = *subject.message;
  const LogAttempt* const by_next = subject.by_next_id;
  const LogAttempt* const by_name = ByName(subject, witness);
  if (IsProvenAlone(facts_, witness) &&
      (by_name == nullptr || !IsReported(message))) {
    return std::nullopt;
  }
  FoundDelivery found;
  found.message = &message;
  found.attempt = by_name != nullptr ? by_name : by_next;
  if (found.attempt == nullptr && subject.is_of_one) {
    for (const LogAttempt& attempt : message.attempts) {
      const bool is_of_others =
          !policy_.origin.IsLocal(DomainOf(attempt.recipient));
      if (is_of_others || found.attempt == nullptr) found.attempt = &attempt;
    }
  }
  if (found.attempt == nullptr) return std::nullopt;
  const std::string& message_id = facts_.original_message_id;
  const bool has_message_id =
      !message_id.empty() && !message.message_id.empty();
  found.is_by_message_id =
      has_message_id &&
      HashOfMessageId(message_id) == HashOfMessageId(message.message_id);
  found.is_contradicted = has_message_id && !found.is_by_message_id;
  found.is_by_name = by_name != nullptr;
  found.is_by_queue_id = IsNamed(message.queue_id);
  found.is_by_next_id =
      by_next != nullptr && by_next->recipient == found.attempt->recipient;
  found.is_unique = subject.is_of_one || found.is_by_next_id;
  found.is_ours = IsOurs(message, *found.attempt);
  const int known =
      found.is_by_name + found.is_by_queue_id + found.is_by_next_id;
  if (found.is_contradicted && known < 2) return std::nullopt;
  return found;
}

// The last attempt for the recipient by any name that the report has for it,
// which `mailed` no longer is once a log has been asked. What the report proves
// by itself has that one name, though, which no log changes.
const LogAttempt* DeliveryFinder::ByName(const Subject& subject,
                                         const Witness& witness) const {
  std::vector<std::string> names = {witness.original_recipient,
                                    witness.final_recipient};
  const bool is_nameless = names[0].empty() && names[1].empty();
  if (witness.mailed && (IsProvenAlone(facts_, witness) || is_nameless)) {
    names = {witness.mailed->ToString()};
  }
  for (const Attempts* attempts : {&subject.recipients, &subject.originals}) {
    for (const std::string& name : names) {
      if (name.empty()) continue;
      const auto found = attempts->find(hasher_.HashOfAddress(name));
      if (found != attempts->end() && found->second) return found->second;
    }
  }
  return nullptr;
}

// The delivery that the next server gave a named id, if it did so for one
// recipient alone.
const LogAttempt* DeliveryFinder::ByNextId(const LogMessage& message) const {
  const LogAttempt* found = nullptr;
  for (const LogAttempt& attempt : message.attempts) {
    if (!IsNamed(NextIdOf(attempt))) continue;
    if (found != nullptr && found->recipient != attempt.recipient) {
      return nullptr;
    }
    found = &attempt;
  }
  return found;
}

bool DeliveryFinder::IsNamed(std::string_view queue_id) const {
  return !queue_id.empty() &&
         (Trim(facts_.queue_id) == queue_id ||
          std::any_of(
              facts_.received_ids.begin(), facts_.received_ids.end(),
              [&](const std::string& id) { return Trim(id) == queue_id; }));
}

// Whether our Postfix made the report of this message, if it made the report.
bool DeliveryFinder::IsReported(const LogMessage& message) const {
  return !facts_.is_local_origin || Trim(facts_.queue_id) == message.queue_id;
}

// A content filter hands back the mail that it was given, and postsuper -r what
// was in the queue. It has another id then: that is the one to look at. A
// server of others may claim any id.
bool DeliveryFinder::IsPassedOn(const LogMessage& message) const {
  const auto goes_on_as = [&](std::string_view id) {
    return std::any_of(candidates_.messages.begin(), candidates_.messages.end(),
                       [&](const LogMessage& one) {
                         return one.queue_id == id &&
                                one.message_id == message.message_id;
                       });
  };
  return std::any_of(candidates_.messages.begin(), candidates_.messages.end(),
                     [&](const LogMessage& one) {
                       return one.previous_id == message.queue_id &&
                              one.message_id == message.message_id;
                     }) ||
         std::any_of(message.attempts.begin(), message.attempts.end(),
                     [&](const LogAttempt& attempt) {
                       const std::string_view next = NextIdOf(attempt);
                       return !next.empty() &&
                              policy_.internal_relays.Contains(attempt.relay) &&
                              goes_on_as(next);
                     });
}

bool DeliveryFinder::IsOurs(const LogMessage& message,
                            const LogAttempt& attempt) const {
  const auto is_this = [&](const MessageRef& one) {
    return IsSameMessage(one, RefOf(message));
  };
  return policy_.origin.IsOurs(message, attempt) &&
         std::none_of(candidates_.forwarded.begin(),
                      candidates_.forwarded.end(), is_this);
}

}  // namespace postbounce
