#include "store/prover.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>

#include "mime/text/text.h"
#include "store/relay_site.h"

namespace postbounce {
namespace {

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

bool IsFinal(std::span<const Proven> proven) {
  return std::all_of(proven.begin(), proven.end(),
                     [](const Proven& one) { return one.is_final; });
}

Prover::Prover(const Mail& report, std::span<const Witness> witnesses,
               const Candidates& candidates, const SitePolicy& policy,
               LogHasher* hasher, Timestamp now)
    : report_(report),
      policy_(policy),
      hasher_(*hasher),
      now_(now),
      finder_(report.facts, candidates, policy, hasher) {
  const bool is_of_another_server =
      report.kind == MailKind::kDeliveryReport && !report.facts.is_local_origin;
  if (!is_of_another_server || witnesses.size() < 2) return;
  for (const Witness& witness : witnesses) {
    if (witness.final_recipient.empty()) continue;
    const Match match = finder_.Find(witness);
    const LogHash target = TargetOf(witness, match);
    if (match && !match->is_by_name) nameless_.insert(target);
    const LogHash member = hasher_.HashOfAddress(witness.final_recipient);
    const auto [known, is_new] = members_.try_emplace(target, member);
    if (!is_new && known->second != member) groups_.insert(target);
  }
}

Proven Prover::Prove(const Witness& witness) const {
  Proven proven;
  Binding& binding = proven.binding;
  auto match = finder_.Find(witness);
  bool is_one_of_several = IsOneOfSeveral(witness, match);
  // Any number of strangers may be named beside an id.
  if (match && is_one_of_several && !match->is_by_name) {
    match.reset();
    is_one_of_several = false;
  }
  binding.time = TimeOf(match);
  binding.proof = ProofOf(witness, match);
  binding.standing = is_one_of_several
                         ? Standing::kNotOurs
                         : StandingOf(witness, match, binding.proof);
  binding.scope = match ? policy_.scopes.NameOf(*match->message->sender,
                                                match->message->sasl_user)
                        : policy_.scopes.NameOf(SenderOf(report_.facts));
  proven.is_final = !IsAboutMail(report_);
  binding.relay = ToLower(witness.evidence.remote_mta);
  if (!match) return proven;
  binding.after_acceptance = match->attempt->action == Action::kDelivered;
  binding.message = RefOf(*match->message);
  binding.relay = RelayHostOf(match->attempt->relay);
  proven.is_final |= binding.proof == Proof::kStrong && IsForGood(*match);
  if (auto mailed = Address::Parse(match->attempt->recipient)) {
    proven.mailed = *std::move(mailed);
  }
  return proven;
}

LogHash Prover::TargetOf(const Witness& witness, const Match& match) const {
  if (match) return hasher_.HashOfAddress(match->attempt->recipient);
  return witness.mailed ? hasher_.HashOfAddress(witness.mailed->ToString()) : 0;
}

bool Prover::IsOneOfSeveral(const Witness& witness, const Match& match) const {
  if (groups_.empty() || witness.final_recipient.empty()) return false;
  const LogHash target = TargetOf(witness, match);
  return groups_.contains(target) &&
         hasher_.HashOfAddress(witness.final_recipient) != target;
}

// Who names ten thousand names everybody.
bool Prover::IsAmongGuesses(const FoundDelivery& match) const {
  return nameless_.contains(hasher_.HashOfAddress(match.attempt->recipient));
}

// Further down in the log may stand another copy with the same Message-ID, and
// a message with the same queue id that is nearer.
bool Prover::IsForGood(const FoundDelivery& match) const {
  const auto& arrival = report_.facts.arrival_date;
  return match.message->is_removed &&
         (match.is_by_queue_id || match.is_by_next_id) && arrival &&
         std::chrono::abs(match.message->first_seen - *arrival) <=
             kArrivalSlack &&
         !policy_.internal_relays.Contains(match.attempt->relay);
}

// A relay of this site brings the mail of everybody.
bool Prover::IsFromRelayOf(const FoundDelivery& match) const {
  const Facts& facts = report_.facts;
  if (policy_.internal_relays.Contains(match.attempt->relay)) return false;
  const RelayName relay = RelayNameOf(match.attempt->relay);
  if (facts.client_address.empty() || relay.address.empty()) return false;
  return facts.client_address == relay.address ||
         IsSameSite(facts.client_name, relay.host);
}

Proof Prover::ProofOf(const Witness& witness, const Match& match) const {
  if (IsProvenAlone(report_.facts, witness)) return Proof::kStrong;
  if (!match) {
    return witness.verp == Proof::kWeak ? Proof::kWeak : Proof::kNone;
  }
  const bool is_named = match->is_by_name && !IsAmongGuesses(*match);
  const int ids = match->is_by_queue_id + match->is_by_next_id;
  const int known = ids + match->is_by_message_id + is_named;
  // Some relays give a mail another Message-ID.
  const bool is_enough = match->is_contradicted ? ids == 2 : known >= 2;
  return match->is_unique && is_enough ? Proof::kStrong : Proof::kWeak;
}

// Our Postfix by itself knows only its own mailboxes, and those of hosts that
// it hands mail to on this site: what it says of these waits for the log.
bool Prover::IsSaidByOthers(const Witness& witness) const {
  const std::string& remote = witness.evidence.remote_mta;
  if (InfoOf(witness.verdict.reason).fault != Fault::kRecipient) return true;
  return !remote.empty() &&
         !EqualsIgnoringCase(remote, report_.facts.reporting_mta) &&
         !policy_.internal_relays.ContainsHost(remote);
}

Standing Prover::StandingOf(const Witness& witness, const Match& match,
                            Proof proof) const {
  if (!IsAboutMail(report_)) return Standing::kCounts;
  if (match) {
    if (!match->is_ours) return Standing::kNotOurs;
  } else if (witness.mailed &&
             policy_.origin.IsLocal(witness.mailed->domain())) {
    return Standing::kNotOurs;
  }
  if (!policy_.is_proof_required) return Standing::kCounts;
  const bool is_alone = report_.facts.is_local_origin && !match;
  if (is_alone && !IsSaidByOthers(witness)) return Standing::kUnproven;
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
Timestamp Prover::TimeOf(const Match& match) const {
  // The clock may have been set back since.
  const Timestamp latest = std::min(report_.received, now_);
  const Timestamp said = std::min(report_.date, latest);
  if (!match) return said;
  return std::max(said, std::min(match->message->first_seen, latest));
}

}  // namespace postbounce
