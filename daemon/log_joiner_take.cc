#include <algorithm>
#include <utility>

#include "daemon/log_joiner.h"

// What each kind of record says of its message.

namespace postbounce {
namespace {

constexpr std::size_t kDeferredBytes = 8u << 20;  // held of one message

Action ActionOf(DeliveryStatus status) {
  switch (status) {
    case DeliveryStatus::kSent:
    case DeliveryStatus::kDeliverable:
      return Action::kDelivered;
    case DeliveryStatus::kBounced:
    case DeliveryStatus::kUndeliverable:
      return Action::kFailed;
    case DeliveryStatus::kDeferred:
    case DeliveryStatus::kSoftBounce:
      return Action::kDelayed;
    case DeliveryStatus::kExpanded:
      return Action::kExpanded;
  }
  return Action::kOther;
}

bool IsProbe(DeliveryStatus status) {
  return status == DeliveryStatus::kDeliverable ||
         status == DeliveryStatus::kUndeliverable;
}

LogAttempt AttemptOf(const LogLine& line, const Delivery& delivery) {
  LogAttempt attempt;
  attempt.time = line.time;
  attempt.action = ActionOf(delivery.status);
  attempt.is_probe = IsProbe(delivery.status);
  attempt.recipient = delivery.to;
  attempt.original = delivery.orig_to;
  attempt.program = line.program;
  attempt.relay = delivery.relay;
  attempt.status = delivery.dsn;
  attempt.text = delivery.text;
  for (std::size_t i = 0; i < attempt.delays.size(); ++i) {
    const auto delay = delivery.delays[i].count();
    attempt.delays[i] = static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(delay, 0, UINT32_MAX));
  }
  return attempt;
}

// In a map that is half full.
std::size_t SizeOf(const LogAttempt& attempt) {
  return 2 * sizeof(attempt) + 2 * attempt.recipient.size() +
         attempt.original.size() + attempt.program.size() +
         attempt.relay.size() + attempt.status.size() + attempt.text.size();
}

}  // namespace

void LogJoiner::AddAttempt(Open* open, LogAttempt attempt) {
  LogMessage& message = open->message;
  if (attempt.action == Action::kDelivered) {
    attempt.reason = Reason::kDelivered;
  } else {
    hooks_.judge(message, &attempt);
  }
  if (attempt.action == Action::kFailed && !attempt.is_probe &&
      keep_lines_ == KeepLines::kFailures) {
    message.keep_lines = true;
  }
  Wait(open, attempt);
  message.attempts.push_back(std::move(attempt));
}

// Keeps the last word on each recipient that is still waited for.
void LogJoiner::Wait(Open* open, const LogAttempt& attempt) {
  const auto known = open->deferred.find(attempt.recipient);
  if (known != open->deferred.end()) {
    open->bytes -= SizeOf(known->second);
    open->deferred.erase(known);
  }
  if (attempt.action == Action::kDelayed && open->bytes < kDeferredBytes) {
    open->deferred.emplace(attempt.recipient, attempt);
    open->bytes += SizeOf(attempt);
  }
}

void LogJoiner::Take(const LogLine& line, Open* open,
                     const Delivery& delivery) {
  AddAttempt(open, AttemptOf(line, delivery));
}

void LogJoiner::Take(const LogLine&, Open* open, const Queued& queued) {
  LogMessage& message = open->message;
  message.sender = queued.sender;
  message.size = queued.size;
  message.recipients = queued.recipients;
  open->bytes += queued.sender.size();
}

// Whoever was still waited for has failed, for the reason of the last try.
void LogJoiner::Take(const LogLine& line, Open* open, const Expired& expired) {
  if (!open->message.sender) open->message.sender = expired.sender;
  std::vector<LogAttempt> failed;
  for (const auto& deferred : open->deferred) failed.push_back(deferred.second);
  for (LogAttempt& attempt : failed) {
    attempt.time = line.time;
    attempt.action = Action::kFailed;
    attempt.is_expired = true;
    attempt.delays = {};
    AddAttempt(open, std::move(attempt));
  }
}

void LogJoiner::Take(const LogLine& line, Open* open, const Removed&) {
  open->message.is_removed = true;
  // The id may be used again at once. What was touched is still held.
  Forget({line.instance(), open->message.queue_id});
}

// From the message that this one was before a content filter or postsuper -r:
// whoever hands it in again does not know where it came from.
bool LogJoiner::TakeOrigin(const LogLine& line, LogMessage* message) {
  const std::string& id = message->previous_id;
  if (id.empty() || id == message->queue_id) return false;
  const Id previous{line.instance(), id};
  OpenPointer from;
  if (const auto young = young_.find(previous); young != young_.end()) {
    from = *young;
  } else if (const auto old = old_.find(previous); old != old_.end()) {
    from = *old;
  } else {
    from = Recall(line, id);
  }
  if (from == nullptr) return false;
  message->is_local = from->message.is_local;
  message->is_remote = from->message.is_remote;
  message->client_name = from->message.client_name;
  message->client_address = from->message.client_address;
  message->sasl_user = from->message.sasl_user;
  return true;
}

void LogJoiner::Take(const LogLine& line, Open* open, const Client& client) {
  LogMessage& message = open->message;
  message.previous_id = client.orig_queue_id;
  open->bytes += line.text.size();
  if (TakeOrigin(line, &message)) return;
  message.is_remote = true;
  const bool is_filtered =
      !client.orig_queue_id.empty() || !client.orig_address.empty();
  message.client_name = is_filtered ? client.orig_name : client.name;
  message.client_address = is_filtered ? client.orig_address : client.address;
  message.sasl_user = client.sasl_username;
}

void LogJoiner::Take(const LogLine& line, Open* open, const Pickup& pickup) {
  LogMessage& message = open->message;
  message.previous_id = pickup.orig_queue_id;
  if (!TakeOrigin(line, &message)) {
    message.is_local = pickup.orig_queue_id.empty();
  }
}

void LogJoiner::Take(const LogLine&, Open* open, const MessageId& id) {
  open->message.message_id = id.id;
  open->bytes += id.id.size();
}

void LogJoiner::Take(const LogLine& line, Open* open, const Notice& notice) {
  LogNotice stored;
  stored.time = line.time;
  stored.kind = static_cast<LogNotice::Kind>(notice.kind);
  stored.queue_id = notice.new_queue_id;
  open->message.notices.push_back(std::move(stored));
}

}  // namespace postbounce
