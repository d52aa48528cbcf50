#include "store/batch_applier.h"

#include <algorithm>

namespace postbounce {
namespace {

// A batch must not take long: the rest is judged with later ones.
constexpr std::size_t kWitnessesPerBatch = 500;

// What a report may know the message by.
std::vector<LogHash> IdsOf(const LogMessage& message) {
  std::vector<LogHash> ids = {HashOfId(message.queue_id)};
  if (!message.message_id.empty()) {
    ids.push_back(HashOfMessageId(message.message_id));
  }
  for (const LogAttempt& attempt : message.attempts) {
    const std::string_view next = NextIdOf(attempt);
    if (!next.empty()) ids.push_back(HashOfId(next));
  }
  return ids;
}

}  // namespace

Result<std::size_t> BatchApplier::Apply(const LogBatch& batch) {
  const auto is_new = writer_.Store(batch, parts_.now);
  if (!is_new) return is_new.error();
  // First, so that a failure is held against all that the batch tells.
  if (batch.counts) {
    const auto counted = CountDeliveries(batch, *is_new);
    if (!counted) return counted.error();
  }
  for (const LogFailure& failure : batch.failures) {
    const auto added =
        AddFailure(failure, !is_new->At(failure.message, failure.attempt));
    if (!added) return added.error();
  }
  if (batch.counts) {
    const auto added = AddDeliveries(batch);
    if (!added) return added.error();
  }
  const auto judged = JudgeWaiting(batch);
  if (!judged) return judged.error();
  return is_new->count();
}

Result<void> BatchApplier::AddFailure(const LogFailure& failure,
                                      bool is_known) {
  const Mail& account = failure.account;
  const bool counts =
      account.witnesses.front().binding.standing == Standing::kCounts;
  // One that is known may count from now on: a preview was applied.
  if (is_known && !counts) return {};
  const auto known = parts_.tables->FindMail(account.digest, account.date);
  if (!known) return known.error();
  MailApplier applier(parts_, &fold_);
  if (*known) {
    return counts ? applier.Rebind(**known, account) : Result<void>();
  }
  const auto added = applier.Add(account);
  if (!added) return added.error();
  return {};
}

Result<void> BatchApplier::CountDeliveries(const LogBatch& batch,
                                           const LogWriter::IsNew& is_new) {
  for (std::size_t i = 0; i < batch.messages.size(); ++i) {
    const LogMessage& message = batch.messages[i];
    for (std::size_t j = 0; j < message.attempts.size(); ++j) {
      const LogAttempt& attempt = message.attempts[j];
      const bool counts = attempt.action == Action::kDelivered &&
                          is_new.At(i, j) &&
                          parts_.policy->origin.IsOurs(message, attempt);
      if (!counts) continue;
      const auto counted = parts_.guard->CountDelivery(attempt);
      if (!counted) return counted;
    }
  }
  return {};
}

Result<void> BatchApplier::AddDeliveries(const LogBatch& batch) {
  for (const LogMessage& message : batch.messages) {
    for (const LogAttempt& attempt : message.attempts) {
      if (attempt.action != Action::kDelivered) continue;
      const auto added = AddDelivery(message, attempt);
      if (!added) return added;
    }
  }
  return {};
}

// One that reaches an address, or a domain, which has failed.
Result<void> BatchApplier::AddDelivery(const LogMessage& message,
                                       const LogAttempt& attempt) {
  const std::string_view recipient = attempt.recipient;
  const std::size_t at = recipient.rfind('@');
  if (at == std::string_view::npos) return {};
  const bool address_failed =
      parts_.watch->IsFailing(parts_.hasher->HashOfAddress(recipient));
  const bool domain_failed = parts_.watch->IsFailing(
      parts_.hasher->HashOfAddress(recipient.substr(at)));
  if ((!address_failed && !domain_failed) ||
      !IsTaken(attempt, *parts_.policy)) {
    return {};
  }
  const auto address = Address::Parse(recipient);
  if (!address) return {};
  const Acceptance delivery = {
      std::min(attempt.time, parts_.now), RefOf(message),
      parts_.policy->scopes.NameOf(message.sender.value_or(std::string()),
                                   message.sasl_user)};
  if (address_failed) {
    const auto added = AddDeliveryTo(parts_.keys->KeyOf(*address),
                                     address->ToString(), delivery);
    if (!added) return added;
  }
  if (!domain_failed) return {};
  return AddDeliveryTo(parts_.keys->KeyOfDomain(address->ascii_domain()),
                       "@" + address->ascii_domain(), delivery);
}

Result<void> BatchApplier::AddDeliveryTo(const Key128& key,
                                         const std::string& text,
                                         const Acceptance& delivery) {
  const auto interned = parts_.tables->InternAddress(key, text);
  if (!interned) return interned.error();
  fold_.Touch(interned->id);
  return parts_.list->InsertDelivery(interned->id, delivery);
}

// Reports that have waited for one of the messages.
Result<void> BatchApplier::JudgeWaiting(const LogBatch& batch) {
  // A preview proves nothing.
  if (batch.is_import && !batch.counts) return {};
  // Mail that the batch tells of may have been taken after what they report.
  ApplierParts parts = parts_;
  for (const LogMessage& message : batch.messages) {
    parts.logs_until = std::max(parts.logs_until, message.last_seen);
    for (const LogHash id : IdsOf(message)) {
      const auto found = parts.watch->Found(id);
      if (!found) return found;
    }
  }
  const auto judged = JudgeDue(parts, kWitnessesPerBatch, &fold_);
  if (!judged) return judged.error();
  return {};
}

Result<std::size_t> JudgeDue(const ApplierParts& parts, std::size_t most,
                             ListFold* fold) {
  std::size_t looked_at = 0;
  while (looked_at < most) {
    const auto report = parts.watch->TakeDue();
    if (!report) return report.error();
    if (!*report) break;
    const auto judged = MailApplier(parts, fold).JudgeAgain(**report);
    if (!judged) return judged;
    looked_at += 1 + *judged;
  }
  return looked_at;
}

}  // namespace postbounce
