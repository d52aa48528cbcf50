#include "store/prover.h"

#include <algorithm>
#include <chrono>

#include "mime/text/text.h"
#include "store/relay_site.h"

namespace postbounce {
namespace {

bool IsSameRef(const LogMessage& a, const LogMessage& b) {
  return IsSameMessage(RefOf(a), RefOf(b));
}

// pipe(8) writes the first for the null sender, unless it is told otherwise.
bool IsNullSender(std::string_view sender) {
  return sender.empty() || EqualsIgnoringCase(sender, "mailer-daemon");
}

// What a report may say of its recipients at all.
bool IsAboutMail(const Mail& report) {
  return report.kind == MailKind::kDeliveryReport ||
         report.kind == MailKind::kComplaint;
}

std::string_view SenderOf(const Facts& facts) {
  if (!facts.original_return_path.empty()) return facts.original_return_path;
  if (facts.envelope_recipients.empty()) return {};
  return facts.envelope_recipients.front();
}

}  // namespace

Prover::Prover(const Mail& report, const Candidates& candidates,
               const SitePolicy& policy, LogHasher* hasher, Timestamp now)
    : report_(report),
      candidates_(candidates),
      policy_(policy),
      hasher_(*hasher),
      now_(now) {
  for (const LogMessage& message : candidates.messages) {
    if (!IsPassedOn(message)) subjects_.push_back(SubjectOf(message));
  }
}

// Made once, since a report may name ten thousand.
Prover::Subject Prover::SubjectOf(const LogMessage& message) {
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
  return subject;
}

Proven Prover::Prove(const Witness& witness) const {
  Proven proven;
  Binding& binding = proven.binding;
  const auto match = Find(witness);
  binding.time = TimeOf(match);
  binding.proof = ProofOf(witness, match);
  binding.standing = StandingOf(witness, match, binding.proof);
  binding.scope = policy_.scopes.NameOf(match ? *match->message->sender
                                              : SenderOf(report_.facts));
  proven.is_final = !IsAboutMail(report_);
  binding.relay = ToLower(witness.evidence.remote_mta);
  if (!match) return proven;
  binding.after_acceptance = match->attempt->action == Action::kDelivered;
  binding.message = RefOf(*match->message);
  binding.relay = RelayHostOf(match->attempt->relay);
  proven.is_final |= IsForGood(*match);
  if (auto mailed = Address::Parse(match->attempt->recipient)) {
    proven.mailed = *std::move(mailed);
  }
  return proven;
}

// Rather one that names the recipient; of these the nearest to the
// Arrival-Date. Where the report has none, two that fit are as good as none.
std::optional<Prover::Match> Prover::Find(const Witness& witness) const {
  std::optional<Match> found;
  bool is_ambiguous = false;
  for (const Subject& subject : subjects_) {
    const LogMessage& message = *subject.message;
    if (!IsTrusted(message) || !message.sender) continue;
    const auto match = FindIn(subject, witness);
    if (!match) continue;
    const bool is_better = !found || (match->is_by_name && !found->is_by_name);
    if (is_better) {
      found = match;
      is_ambiguous = false;
    } else if (match->is_by_name == found->is_by_name &&
               !IsSameRef(*found->message, message)) {
      is_ambiguous = true;
    }
  }
  if (!found || (is_ambiguous && !report_.facts.arrival_date)) {
    return std::nullopt;
  }
  // Copies of one mail have one Message-ID, and other people have the copies.
  if (!found->is_by_queue_id && IsShared()) {
    if (!found->is_by_name) return std::nullopt;
    found->is_unique = false;
  }
  return found;
}

// Messages of other logs, and those that were not tried yet, are copies too.
bool Prover::IsShared() const {
  return candidates_.is_cut ||
         std::any_of(
             subjects_.begin(), subjects_.end(), [&](const Subject& subject) {
               return !IsSameRef(*subject.message, *subjects_.front().message);
             });
}

std::optional<Prover::Match> Prover::FindIn(const Subject& subject,
                                            const Witness& witness) const {
  const LogMessage& message = *subject.message;
  const bool is_only_one = message.recipients == 1;
  const LogAttempt* const by_next = subject.by_next_id;
  const LogAttempt* const by_name = ByName(subject, witness);
  if (IsProvenBy(witness) && (by_name == nullptr || !IsReported(message))) {
    return std::nullopt;
  }
  Match match;
  match.message = &message;
  match.attempt = by_name != nullptr ? by_name : by_next;
  if (match.attempt == nullptr && is_only_one && !message.attempts.empty()) {
    match.attempt = &message.attempts.back();
  }
  if (match.attempt == nullptr) return std::nullopt;
  const bool is_by_next =
      by_next != nullptr && by_next->recipient == match.attempt->recipient;
  match.is_by_name = by_name != nullptr;
  match.is_by_queue_id = is_by_next || IsNamed(message.queue_id);
  match.is_unique = is_only_one || is_by_next;
  return match;
}

// The last attempt for the recipient by any name that the report has for it,
// which `mailed` no longer is once a log has been asked. What the report proves
// by itself has that one name, though, which no log changes.
const LogAttempt* Prover::ByName(const Subject& subject,
                                 const Witness& witness) const {
  std::vector<std::string> names = {witness.original_recipient,
                                    witness.final_recipient};
  const bool is_nameless = names[0].empty() && names[1].empty();
  if (witness.mailed && (IsProvenBy(witness) || is_nameless)) {
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
const LogAttempt* Prover::ByNextId(const LogMessage& message) const {
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

bool Prover::IsNamed(std::string_view queue_id) const {
  const Facts& facts = report_.facts;
  return !queue_id.empty() &&
         (Trim(facts.queue_id) == queue_id ||
          std::any_of(
              facts.received_ids.begin(), facts.received_ids.end(),
              [&](const std::string& id) { return Trim(id) == queue_id; }));
}

bool Prover::IsTrusted(const LogMessage& message) const {
  return !policy_.IsUntrusted(message.log);
}

// Whether our Postfix made the report of this message, if it made the report.
bool Prover::IsReported(const LogMessage& message) const {
  return !report_.facts.is_local_origin ||
         Trim(report_.facts.queue_id) == message.queue_id;
}

bool Prover::IsProvenBy(const Witness& witness) const {
  return report_.facts.is_local_origin || witness.verp == Proof::kStrong;
}

// A content filter hands back the mail that it was given, which then has
// another id: that is the one to look at. A server of others may claim any id.
bool Prover::IsPassedOn(const LogMessage& message) const {
  return std::any_of(message.attempts.begin(), message.attempts.end(),
                     [&](const LogAttempt& attempt) {
                       const std::string_view next = NextIdOf(attempt);
                       return !next.empty() &&
                              policy_.internal_relays.Contains(attempt.relay) &&
                              std::any_of(candidates_.messages.begin(),
                                          candidates_.messages.end(),
                                          [&](const LogMessage& one) {
                                            return one.queue_id == next &&
                                                   one.message_id ==
                                                       message.message_id;
                                          });
                     });
}

// Further down in the log may stand another copy with the same Message-ID, and
// a message with the same queue id that is nearer.
bool Prover::IsForGood(const Match& match) const {
  const auto& arrival = report_.facts.arrival_date;
  return match.message->is_removed && match.is_by_queue_id && arrival &&
         std::chrono::abs(match.message->first_seen - *arrival) <=
             kArrivalSlack &&
         !policy_.internal_relays.Contains(match.attempt->relay);
}

// A relay of this site brings the mail of everybody.
bool Prover::IsFromRelayOf(const Match& match) const {
  const Facts& facts = report_.facts;
  if (policy_.internal_relays.Contains(match.attempt->relay)) return false;
  const RelayName relay = RelayNameOf(match.attempt->relay);
  if (facts.client_address.empty() || relay.address.empty()) return false;
  return facts.client_address == relay.address ||
         IsSameSite(facts.client_name, relay.host);
}

Proof Prover::ProofOf(const Witness& witness,
                      const std::optional<Match>& match) const {
  if (IsProvenBy(witness) || (match && match->is_unique)) {
    return Proof::kStrong;
  }
  return match || witness.verp == Proof::kWeak ? Proof::kWeak : Proof::kNone;
}

Standing Prover::StandingOf(const Witness& witness,
                            const std::optional<Match>& match,
                            Proof proof) const {
  if (!IsAboutMail(report_)) return Standing::kCounts;
  if (match) {
    if (!policy_.origin.IsOurs(*match->message, *match->attempt)) {
      return Standing::kNotOurs;
    }
  } else if (witness.mailed &&
             policy_.origin.IsLocal(witness.mailed->domain())) {
    return Standing::kNotOurs;
  }
  if (!policy_.is_proof_required) return Standing::kCounts;
  const bool is_enough =
      proof == Proof::kStrong ||
      (proof == Proof::kWeak && match && IsFromRelayOf(*match) &&
       IsNullSender(report_.facts.envelope_sender));
  if (!is_enough) return Standing::kUnproven;
  std::optional<Timestamp> sent = report_.facts.arrival_date;
  if (witness.verp == Proof::kStrong) sent = witness.verp_day;
  if (match) sent = match->message->first_seen;
  const bool is_old = sent && report_.received - *sent > policy_.proof_window;
  return is_old ? Standing::kTooOld : Standing::kCounts;
}

// A report cannot be of a time after it came, whatever it says; nor before the
// mail that it is about.
Timestamp Prover::TimeOf(const std::optional<Match>& match) const {
  // The clock may have been set back since.
  const Timestamp latest = std::min(report_.received, now_);
  const Timestamp said = std::min(report_.date, latest);
  if (!match) return said;
  return std::max(said, std::min(match->message->first_seen, latest));
}

}  // namespace postbounce
