#include "store/log_match.h"

#include <algorithm>
#include <string>

namespace postbounce {
namespace {

constexpr std::string_view kNullSender = "<>";

std::string_view SenderIn(const LogQuery& query) {
  return query.sender == kNullSender ? std::string_view()
                                     : std::string_view(query.sender);
}

// "5.1" fits 5.1.1 but not 5.10.1.
bool IsStatus(std::string_view status, std::string_view begin) {
  return status.starts_with(begin) &&
         (status.size() == begin.size() || begin.ends_with('.') ||
          status[begin.size()] == '.');
}

bool AsksForAttempt(const LogQuery& query) {
  return !query.recipient.empty() || !query.domain.empty() || query.action ||
         !query.status.empty() || query.reason;
}

}  // namespace

// By what fits the fewest.
std::vector<LogMatch::Key> LogMatch::Keys() const {
  if (!query_.queue_id.empty()) {
    const LogHash hash = HashOfId(query_.queue_id);
    return {{LogKeyKind::kQueueId, hash}, {LogKeyKind::kNextId, hash}};
  }
  if (!query_.message_id.empty()) {
    return {{LogKeyKind::kMessageId, HashOfMessageId(query_.message_id)}};
  }
  if (!query_.recipient.empty()) {
    return {{LogKeyKind::kRecipient, hasher_.HashOfAddress(query_.recipient)}};
  }
  if (!query_.domain.empty()) {
    return {{LogKeyKind::kDomain, HashOfDomain(query_.domain)}};
  }
  if (!query_.sender.empty()) {
    return {{LogKeyKind::kSender, hasher_.HashOfAddress(SenderIn(query_))}};
  }
  return {};
}

// As the index tells them apart, or it would lead past some that fit.
bool LogMatch::IsSameAddress(std::string_view logged,
                             std::string_view asked) const {
  return logged == asked ||
         hasher_.HashOfAddress(logged) == hasher_.HashOfAddress(asked);
}

bool LogMatch::IsWithin(Timestamp time) const {
  return (!query_.since || *query_.since <= time) &&
         (!query_.until || time < *query_.until);
}

bool LogMatch::IsOfRecipient(const LogAttempt& attempt) const {
  return query_.recipient.empty() ||
         IsSameAddress(attempt.recipient, query_.recipient) ||
         (!attempt.original.empty() &&
          IsSameAddress(attempt.original, query_.recipient));
}

bool LogMatch::Fits(const LogAttempt& attempt) const {
  return IsWithin(attempt.time) &&
         (!query_.action ||
          (attempt.action == *query_.action && !attempt.is_probe)) &&
         (!query_.reason || attempt.reason == *query_.reason) &&
         (query_.status.empty() || IsStatus(attempt.status, query_.status)) &&
         (query_.domain.empty() ||
          NormalDomain(DomainOf(attempt.recipient)) == domain_) &&
         IsOfRecipient(attempt);
}

bool LogMatch::HasId(const LogMessage& message) const {
  return message.queue_id == query_.queue_id ||
         std::any_of(message.attempts.begin(), message.attempts.end(),
                     [&](const LogAttempt& attempt) {
                       return NextIdOf(attempt) == query_.queue_id;
                     });
}

bool LogMatch::Fits(const LogMessage& part) const {
  if (part.is_copy) return false;
  // Only the key that is used has to be in the part itself: others may stand
  // in another part.
  if (!query_.queue_id.empty()) {
    if (!HasId(part)) return false;
  } else if (!query_.message_id.empty()) {
    if (part.message_id.empty()) return false;
  } else if (query_.recipient.empty() && query_.domain.empty() &&
             !query_.sender.empty() && !part.sender) {
    return false;
  }
  return (!AsksForAttempt(query_) && IsWithin(part.last_seen)) ||
         std::any_of(part.attempts.begin(), part.attempts.end(),
                     [&](const LogAttempt& one) { return Fits(one); });
}

bool LogMatch::IsMeant(const LogMessage& whole) const {
  return (query_.queue_id.empty() || HasId(whole)) &&
         (query_.message_id.empty() ||
          HashOfMessageId(whole.message_id) ==
              HashOfMessageId(query_.message_id)) &&
         (query_.sender.empty() ||
          (whole.sender && IsSameAddress(*whole.sender, SenderIn(query_))));
}

}  // namespace postbounce
