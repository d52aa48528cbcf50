#ifndef POSTBOUNCE_TESTS_STORE_LOG_SAMPLES_H_
#define POSTBOUNCE_TESTS_STORE_LOG_SAMPLES_H_

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/log_batch.h"
#include "store/store.h"
#include "tests/store/samples.h"

namespace postbounce {

// An attempt so many seconds after Hour(0).
inline LogAttempt AttemptAt(int second, std::string_view recipient,
                            Action action = Action::kDelivered) {
  LogAttempt attempt;
  attempt.time = Hour(0) + std::chrono::seconds(second);
  attempt.action = action;
  attempt.recipient = recipient;
  attempt.program = "smtp";
  attempt.relay = "mx.remote.test[192.0.2.1]:25";
  attempt.delays = {10, 0, 30, 200};
  switch (action) {
    case Action::kFailed:
      attempt.status = "5.1.1";
      attempt.text = "host mx.remote.test[192.0.2.1] said: 550 5.1.1 unknown";
      attempt.reason = Reason::kNoSuchUser;
      attempt.reason_class = ReasonClass::kHard;
      break;
    case Action::kDelayed:
      attempt.status = "4.2.0";
      attempt.text =
          "host mx.remote.test[192.0.2.1] said: 450 4.2.0 greylisted";
      attempt.reason = Reason::kGreylisted;
      attempt.reason_class = ReasonClass::kSoft;
      break;
    default:
      attempt.status = "2.0.0";
      attempt.text = "250 2.0.0 Ok: queued as 4AAAAAAAAAz1";
      attempt.reason = Reason::kDelivered;
      break;
  }
  return attempt;
}

// All of a message that came a second before its first attempt.
inline LogMessage MessageOf(std::string_view queue_id,
                            std::vector<LogAttempt> attempts) {
  LogMessage message;
  message.instance = "postfix";
  message.host = "mail";
  message.queue_id = queue_id;
  message.first_seen = attempts.front().time - std::chrono::seconds(1);
  message.last_seen = attempts.back().time;
  message.sender = "news@local.test";
  message.message_id = std::string(queue_id) + "@mail.local.test";
  message.client_name = "localhost";
  message.client_address = "127.0.0.1";
  message.is_remote = true;
  message.size = 1234;
  message.recipients = static_cast<std::uint32_t>(attempts.size());
  message.is_removed = true;
  message.is_whole = true;
  message.attempts = std::move(attempts);
  return message;
}

inline Write WriteOf(LogBatch batch) {
  return std::make_shared<const LogBatch>(std::move(batch));
}

inline LogBatch BatchOf(std::vector<LogMessage> messages) {
  LogBatch batch;
  batch.log = "mail";
  batch.messages = std::move(messages);
  batch.position = "{}";
  batch.counters.lines = 5 * batch.messages.size();
  return batch;
}

// As the follower makes it of a failed attempt.
inline LogFailure FailureOf(const LogBatch& batch, std::size_t message,
                            std::size_t attempt) {
  const LogMessage& of = batch.messages[message];
  LogFailure failure;
  failure.message = message;
  failure.attempt = attempt;
  Mail& account = failure.account;
  account.digest = Sha256(of.queue_id + of.attempts[attempt].recipient);
  account.kind = MailKind::kLogLine;
  account.date = account.received = of.attempts[attempt].time;
  account.facts.route = Route::kLog;
  account.facts.original_message_id = of.message_id;
  account.facts.arrival_date = of.first_seen;
  account.witnesses.push_back(Hard(of.attempts[attempt].recipient));
  Binding& binding = account.witnesses[0].binding;
  binding.time = of.attempts[attempt].time;
  binding.proof = Proof::kStrong;
  binding.standing = Standing::kCounts;
  binding.message = RefOf(of);
  return failure;
}

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_STORE_LOG_SAMPLES_H_
