#include "daemon/log_judge.h"

#include <chrono>

#include "daemon/delivery_line.h"
#include "daemon/judgement.h"
#include "mime/text/text.h"
#include "store/relays.h"
#include "store/varint.h"

namespace postbounce {
namespace {

// A large site has thousands of peers that say a few things each.
constexpr std::size_t kRemembered = 32'768;
constexpr std::size_t kTexts = 4096;

Judgement JudgementOf(const LogMessage& message, const LogAttempt& attempt,
                      const RuleSet& rules, MatchMemo* memo) {
  DeliveryLine line;
  line.host = message.host;
  line.queue_id = message.queue_id;
  line.to = attempt.recipient;
  line.orig_to = attempt.original;
  line.relay = attempt.relay;
  line.dsn = attempt.status;
  line.status = attempt.action == Action::kFailed ? "bounced" : "deferred";
  line.text = attempt.text;
  return JudgeReport(ReportOf(line), rules, memo);
}

// `text` with "@" in place of the recipient, who is not why.
void AppendWithout(std::string_view recipient, std::string_view text,
                   std::string* out) {
  while (!recipient.empty()) {
    const std::size_t at = text.find(recipient);
    if (at == std::string_view::npos) break;
    out->append(text.substr(0, at));
    out->push_back('@');
    text.remove_prefix(at + recipient.size());
  }
  out->append(text);
}

}  // namespace

LogJudge::LogJudge(std::shared_ptr<const Runtime> runtime)
    : runtime_(std::move(runtime)), memo_(std::in_place, kTexts) {}

void LogJudge::Use(std::shared_ptr<const Runtime> runtime) {
  if (runtime->rules.hash() != runtime_->rules.hash()) said_.clear();
  // It must not outlive these rules, even if the next ones are equal.
  memo_.emplace(kTexts);
  runtime_ = std::move(runtime);
}

void LogJudge::Judge(const LogMessage& message, LogAttempt* attempt) {
  key_.clear();
  PutNumber(&key_, static_cast<std::uint64_t>(attempt->action));
  PutText(&key_, attempt->status);
  PutText(&key_,
          std::string_view(attempt->relay).substr(0, attempt->relay.find('[')));
  AppendWithout(attempt->recipient, attempt->text, &key_);
  const Digest digest = Sha256(key_);
  const auto known = said_.find(digest);
  if (known != said_.end()) {
    std::tie(attempt->reason, attempt->reason_class) = known->second;
    return;
  }
  const Judgement judgement =
      JudgementOf(message, *attempt, runtime_->rules, &*memo_);
  const Verdict& verdict = judgement.recipients.front().verdict;
  attempt->reason = verdict.reason;
  attempt->reason_class = verdict.reason_class;
  if (said_.size() >= kRemembered) said_.clear();
  said_.emplace(digest, std::pair(verdict.reason, verdict.reason_class));
}

Mail LogJudge::AccountOf(const LogMessage& message, const LogAttempt& attempt) {
  Judgement judgement = JudgementOf(message, attempt, runtime_->rules, &*memo_);
  const auto second = std::chrono::floor<std::chrono::seconds>(attempt.time);
  std::string identity = "log line";
  PutSigned(&identity, second.time_since_epoch().count());
  for (const std::string_view part :
       {std::string_view(message.instance), std::string_view(message.queue_id),
        std::string_view(attempt.recipient), std::string_view(attempt.status),
        std::string_view(attempt.text)}) {
    PutText(&identity, part);
  }
  Mail account;
  account.digest = Sha256(identity);
  account.date = account.received = attempt.time;
  account.kind = MailKind::kLogLine;
  account.rules_hash = runtime_->rules.hash();
  Facts& facts = account.facts;
  facts.route = Route::kLog;
  facts.envelope_sender = ToUtf8(message.sender.value_or(std::string()));
  facts.reporting_mta = ToUtf8(message.host);
  facts.queue_id = ToUtf8(message.queue_id);
  facts.arrival_date = message.first_seen;
  facts.original_message_id = ToUtf8(message.message_id);
  facts.original_return_path = facts.envelope_sender;
  account.witnesses = std::move(judgement.recipients);
  Binding& binding = account.witnesses.front().binding;
  binding.time = attempt.time;
  binding.proof = Proof::kStrong;
  binding.message = RefOf(message);
  binding.relay = RelayHostOf(attempt.relay);
  return account;
}

}  // namespace postbounce
