#include "tests/store/permutation_world.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "store/log_keys.h"
#include "tests/store/story.h"

namespace postbounce {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kServer = "mx.remote.test[192.0.2.1]:25";
constexpr std::string_view kFilter = "127.0.0.1[127.0.0.1]:10024";

void Refuse(Reason reason, LogAttempt* attempt) {
  attempt->action = Action::kFailed;
  attempt->reason = reason;
  attempt->reason_class = InfoOf(reason).reason_class;
  attempt->status = "5.0.0";
  attempt->text = "said: 550 " + std::string(ReasonName(reason));
}

LogFailure FailureAt(const LogBatch& batch, std::size_t message) {
  const LogMessage& of = batch.messages[message];
  const LogAttempt& attempt = of.attempts.back();
  const SitePolicy& policy = PermutationWorld::Policy();
  LogFailure failure = FailureOf(batch, message, of.attempts.size() - 1);
  Mail& account = failure.account;
  account.digest =
      Sha256(of.queue_id + " " + attempt.recipient + " " +
             std::to_string(attempt.time.time_since_epoch().count()));
  account.facts.queue_id = of.queue_id;
  account.facts.reporting_mta = "mail";
  account.witnesses = {
      WitnessOf(attempt.recipient, Action::kFailed, attempt.reason)};
  Binding& binding = account.witnesses[0].binding;
  binding.time = attempt.time;
  binding.proof = Proof::kStrong;
  binding.standing = policy.origin.IsOurs(of, attempt) ? Standing::kCounts
                                                       : Standing::kNotOurs;
  binding.message = RefOf(of);
  binding.scope = policy.scopes.NameOf(*of.sender);
  binding.relay = RelayHostOf(attempt.relay);
  return failure;
}

}  // namespace

const SitePolicy& PermutationWorld::Policy() {
  static const SitePolicy policy = [] {
    const Network loopback = Network::Parse("127.0.0.0/8").value();
    SitePolicy made;
    made.list = DefaultPolicy();
    made.origin = Origin({{"local.test"}, {loopback}, {}});
    made.internal_relays = InternalRelays({}, {loopback});
    return made;
  }();
  return policy;
}

PermutationWorld::PermutationWorld(unsigned seed) : dice_(seed) {
  for (const char* name : {"ann", "joe", "eve", "kim"}) {
    people_.push_back(std::string(name) + "@remote.test");
    people_.push_back(std::string(name) + "@other.test");
  }
  people_.resize(2 + dice_.Below(people_.size() - 1));
  const std::size_t count = 2 + dice_.Below(6);
  for (std::size_t i = 0; i < count; ++i) SendMessage();
  std::stable_sort(
      lines_.begin(), lines_.end(),
      [](const Line& a, const Line& b) { return a.time < b.time; });
}

// Short ids are those of the microsecond: they come again, but not soon.
std::string PermutationWorld::NewQueueId(Timestamp time) {
  const std::string id = "A" + std::to_string(dice_.Below(5));
  const bool is_free = std::all_of(
      messages_.begin(), messages_.end(), [&](const LogMessage& one) {
        return one.queue_id != id || time - one.last_seen > hours(48) ||
               one.first_seen - time > hours(24 * 8);
      });
  if (is_free && !dice_.OneIn(3)) return id;
  return "4LongId" + std::to_string(++number_);
}

LogMessage PermutationWorld::NewMessage(Timestamp time) {
  LogMessage message =
      MessageOf(NewQueueId(time), {AttemptAt(0, people_.front())});
  message.attempts.clear();
  message.first_seen = message.last_seen = time;
  message.message_id = std::to_string(++number_) + ".news@local.test";
  if (!messages_.empty() && dice_.OneIn(4)) {
    message.message_id = messages_[dice_.Below(messages_.size())].message_id;
  }
  if (dice_.OneIn(8)) message.client_address = "192.0.2.9";
  if (dice_.OneIn(4)) message.sender = "shop@shop.test";
  return message;
}

void PermutationWorld::SendMessage() {
  const Timestamp time =
      Hour(static_cast<int>(dice_.Below(21 * 24))) + minutes(dice_.Below(60));
  LogMessage message = NewMessage(time);
  std::vector<std::string> recipients = people_;
  dice_.Shuffle(&recipients);
  recipients.resize(dice_.OneIn(2) ? 1 : 1 + dice_.Below(recipients.size()));
  const std::size_t more = dice_.OneIn(12) ? 46 : 0;
  for (std::size_t i = 0; i < more; ++i) {
    recipients.push_back("n" + std::to_string(i) + "@many.test");
  }
  message.recipients = static_cast<std::uint32_t>(recipients.size());
  if (dice_.OneIn(5)) {
    LogMessage filtered = message;
    filtered.queue_id = "4Filtered" + std::to_string(++number_);
    filtered.previous_id = message.queue_id;
    filtered.first_seen = filtered.last_seen = time + seconds(1);
    for (const std::string& recipient : recipients) {
      LogAttempt attempt = AttemptAt(0, recipient);
      attempt.time = time + seconds(2);
      attempt.relay = kFilter;
      attempt.text = "250 2.0.0 Ok: queued as " + filtered.queue_id;
      message.attempts.push_back(attempt);
    }
    AddMessage(message);
    message = filtered;
  }
  for (const std::string& recipient : recipients) Deliver(&message, recipient);
  AddMessage(message);
  AddReports(messages_.back());
}

// What becomes of one recipient.
void PermutationWorld::Deliver(LogMessage* message,
                               const std::string& recipient) {
  LogAttempt attempt = AttemptAt(0, recipient);
  attempt.relay = kServer;
  attempt.time = message->first_seen + seconds(3 + dice_.Below(20));
  for (std::size_t tries = dice_.OneIn(3) ? dice_.Below(3) : 0; tries > 0;
       --tries) {
    LogAttempt deferred = AttemptAt(0, recipient, Action::kDelayed);
    deferred.time = attempt.time;
    message->attempts.push_back(deferred);
    attempt.time += minutes(10 + dice_.Below(600));
  }
  // What raises an alarm depends on what was known by then.
  const bool is_calm = recipient.ends_with("@many.test") && !dice_.OneIn(4);
  switch (is_calm ? 7 : dice_.Below(8)) {
    case 0:
    case 1:
      Refuse(Reason::kNoSuchUser, &attempt);
      break;
    case 2:
      Refuse(Reason::kMailboxFull, &attempt);
      break;
    case 3:
      Refuse(Reason::kNoSuchDomain, &attempt);
      attempt.relay = "none";
      break;
    case 4:
      Refuse(dice_.Pick({Reason::kExpired, Reason::kMailboxFull}), &attempt);
      attempt.is_expired = true;
      attempt.time += hours(24 * 5);
      break;
    default:
      attempt.text = "250 2.0.0 Ok: queued as N" + message->queue_id +
                     std::to_string(dice_.OneIn(4) ? 0 : ++number_);
      break;
  }
  message->attempts.push_back(attempt);
}

void PermutationWorld::AddMessage(LogMessage message) {
  message.log = "mail";
  std::stable_sort(
      message.attempts.begin(), message.attempts.end(),
      [](const LogAttempt& a, const LogAttempt& b) { return a.time < b.time; });
  const std::size_t number = messages_.size();
  lines_.push_back({message.first_seen, number, {}, false});
  for (const LogAttempt& attempt : message.attempts) {
    lines_.push_back({attempt.time, number, {attempt}, false});
    message.last_seen = attempt.time;
  }
  lines_.push_back({message.last_seen, number, {}, true});
  messages_.push_back(std::move(message));
}

Mail PermutationWorld::NewReport(std::vector<Witness> witnesses,
                                 Timestamp time) {
  Mail report =
      ReportOf("report " + std::to_string(++number_), std::move(witnesses));
  report.date = std::chrono::floor<seconds>(time);
  report.received = time + seconds(dice_.Below(3));
  report.kept.clear();
  return report;
}

void PermutationWorld::AddMail(Mail mail) {
  for (Witness& witness : mail.witnesses) {
    if (mail.kind == MailKind::kComplaint) {
      witness.final_recipient.clear();
    } else {
      witness.final_recipient = witness.final_recipient.substr(7);
    }
  }
  // Once more, through another relay.
  if (dice_.OneIn(5)) {
    mails_.push_back(mail);
    mails_.back().received += minutes(5);
    mails_.back().facts.first_received = "from a relay";
  }
  mails_.push_back(std::move(mail));
}

void PermutationWorld::AddReports(const LogMessage& message) {
  if (!dice_.OneIn(3)) ReportFailures(message);
  for (const LogAttempt& attempt : message.attempts) {
    if (attempt.action != Action::kDelivered ||
        attempt.recipient.ends_with("@many.test")) {
      continue;
    }
    if (dice_.OneIn(2)) ReportLater(message, attempt);
    if (dice_.OneIn(8)) Complain(message, attempt);
  }
  if (dice_.OneIn(2)) Forge(message);
}

// Our own Postfix tells the sender, of all that failed within one delivery.
void PermutationWorld::ReportFailures(const LogMessage& message) {
  std::map<Timestamp, std::vector<Witness>> failed;
  for (const LogAttempt& attempt : message.attempts) {
    if (attempt.action == Action::kFailed) {
      failed[attempt.time].push_back(
          WitnessOf(attempt.recipient, Action::kFailed, attempt.reason));
    }
  }
  for (auto& [time, witnesses] : failed) {
    Mail report = NewReport(std::move(witnesses), time);
    report.facts.is_local_origin = true;
    report.facts.queue_id = message.queue_id;
    report.facts.reporting_mta = "mail.local.test";
    report.facts.arrival_date = std::chrono::floor<seconds>(message.first_seen);
    report.facts.original_message_id = "<" + message.message_id + ">";
    report.facts.original_return_path = *message.sender;
    AddMail(std::move(report));
  }
}

// The server that had taken the mail returns it.
void PermutationWorld::ReportLater(const LogMessage& message,
                                   const LogAttempt& attempt) {
  const Reason reason = dice_.Pick({Reason::kNoSuchUser, Reason::kMailboxFull});
  const std::string named =
      dice_.OneIn(4) ? "gone@elsewhere.test" : attempt.recipient;
  Mail report = NewReport({WitnessOf(named, Action::kFailed, reason)},
                          attempt.time + minutes(dice_.Below(3000)));
  Facts& facts = report.facts;
  facts.reporting_mta = "mx.remote.test";
  if (dice_.OneIn(2)) facts.queue_id = NextIdOf(attempt);
  if (dice_.OneIn(2)) facts.arrival_date = attempt.time;
  if (!dice_.OneIn(3)) facts.original_message_id = message.message_id;
  if (dice_.OneIn(3)) {
    facts.received_ids = {std::string(NextIdOf(attempt)), message.queue_id};
    if (!message.previous_id.empty()) {
      facts.received_ids.push_back(message.previous_id);
    }
  }
  if (dice_.OneIn(2)) facts.client_address = "192.0.2.1";
  if (dice_.OneIn(3)) facts.original_return_path = *message.sender;
  if (dice_.OneIn(4)) {
    report.witnesses[0].mailed = AddressOf(attempt.recipient);
    report.witnesses[0].verp = Proof::kStrong;
    report.witnesses[0].verp_day =
        std::chrono::floor<std::chrono::days>(message.first_seen);
  }
  AddMail(std::move(report));
}

// Somebody who has had the mail names others.
void PermutationWorld::Forge(const LogMessage& message) {
  const std::string& victim = people_[dice_.Below(people_.size())];
  Mail report =
      NewReport({Hard(victim)}, message.first_seen + minutes(dice_.Below(90)));
  report.facts.reporting_mta = dice_.Pick({"mail.local.test", "mx.evil.test"});
  if (dice_.OneIn(2)) report.facts.queue_id = message.queue_id;
  if (dice_.OneIn(2)) report.facts.original_message_id = message.message_id;
  if (dice_.OneIn(2)) report.facts.arrival_date = message.first_seen;
  AddMail(std::move(report));
}

void PermutationWorld::Complain(const LogMessage& message,
                                const LogAttempt& attempt) {
  Mail report = NewReport(
      {WitnessOf(attempt.recipient, Action::kOther, Reason::kComplaint)},
      attempt.time + minutes(dice_.Below(3000)));
  report.kind = MailKind::kComplaint;
  report.facts.original_message_id = message.message_id;
  report.facts.original_return_path = *message.sender;
  AddMail(std::move(report));
}

std::vector<Write> PermutationWorld::CutLog(Dice* dice) const {
  std::vector<Write> batches;
  std::vector<bool> begun(messages_.size());
  for (std::size_t i = 0; i < lines_.size();) {
    LogBatch batch = BatchOf({});
    std::map<std::size_t, std::size_t> places;  // of messages in the batch
    for (std::size_t size = 1 + dice->Below(9); size > 0 && i < lines_.size();
         --size, ++i) {
      const Line& line = lines_[i];
      const auto [place, is_new] =
          places.emplace(line.message, batch.messages.size());
      if (is_new) {
        LogMessage part = messages_[line.message];
        part.attempts.clear();
        part.is_removed = false;
        part.is_whole = !begun[line.message];
        batch.messages.push_back(std::move(part));
      }
      begun[line.message] = true;
      LogMessage& part = batch.messages[place->second];
      part.last_seen = line.time;
      part.is_removed |= line.is_last;
      for (const LogAttempt& attempt : line.attempts) {
        part.attempts.push_back(attempt);
        if (attempt.action == Action::kFailed) {
          batch.failures.push_back(FailureAt(batch, place->second));
        }
      }
    }
    for (LogMessage& part : batch.messages) part.is_whole &= part.is_removed;
    batches.push_back(WriteOf(std::move(batch)));
  }
  return batches;
}

}  // namespace postbounce
