#include "store/batch_applier.h"

namespace postbounce {
namespace {

// Only other servers say something about an address by taking mail for it.
bool IsTaken(const LogAttempt& attempt, const SitePolicy& policy) {
  return attempt.action == Action::kDelivered && !attempt.is_probe &&
         (attempt.program == "smtp" || attempt.program == "lmtp") &&
         !policy.internal_relays.Contains(attempt.relay);
}

}  // namespace

Result<std::size_t> BatchApplier::Apply(const LogBatch& batch) {
  const auto is_new = writer_.Store(batch, parts_.now);
  if (!is_new) return is_new.error();
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

Result<void> BatchApplier::AddDeliveries(const LogBatch& batch) {
  for (const LogMessage& message : batch.messages) {
    for (const LogAttempt& attempt : message.attempts) {
      const bool matters = attempt.action == Action::kDelivered &&
                           parts_.watch->IsFailing(parts_.hasher->HashOfAddress(
                               attempt.recipient)) &&
                           IsTaken(attempt, *parts_.policy);
      if (!matters) continue;
      const auto added = AddDelivery(message, attempt);
      if (!added) return added;
    }
  }
  return {};
}

Result<void> BatchApplier::AddDelivery(const LogMessage& message,
                                       const LogAttempt& attempt) {
  const auto address = Address::Parse(attempt.recipient);
  if (!address) return {};
  const auto interned = parts_.tables->InternAddress(
      parts_.keys->KeyOf(*address), address->ToString());
  if (!interned) return interned.error();
  fold_.Touch(interned->id);
  const std::string scope =
      parts_.policy->scopes.NameOf(message.sender.value_or(std::string()));
  return parts_.list->InsertDelivery(interned->id,
                                     {attempt.time, RefOf(message), scope});
}

// Reports that have waited for one of the messages.
Result<void> BatchApplier::JudgeWaiting(const LogBatch& batch) {
  std::set<MailId> reports;
  const auto add = [&](LogHash id) {
    for (const MailId report : parts_.watch->Awaiting(id)) {
      reports.insert(report);
    }
  };
  for (const LogMessage& message : batch.messages) {
    add(HashOfId(message.queue_id));
    if (!message.message_id.empty()) add(HashOfMessageId(message.message_id));
    for (const LogAttempt& attempt : message.attempts) {
      const std::string_view next = NextIdOf(attempt);
      if (!next.empty()) add(HashOfId(next));
    }
  }
  for (const MailId report : reports) {
    const auto judged = MailApplier(parts_, &fold_).JudgeAgain(report);
    if (!judged) return judged;
  }
  return {};
}

}  // namespace postbounce
