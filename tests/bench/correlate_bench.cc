// What it takes to find the mail that a report is about, in a store that knows
// many. Usage: correlate_bench [directory [millions of attempts]]
//
// Run it on /dev/shm, too: the difference to a report without any id is the
// correlation, and fsync(2) takes longer than that by itself.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "store/log_keys.h"
#include "store/sqlite/sqlite_store.h"

namespace postbounce {
namespace {

constexpr std::size_t kReports = 1000;  // of each kind
constexpr std::size_t kGroup = 200;
constexpr int kRounds = 5;

// What a report says of the mail that it is about.
enum class Kind { kNothing, kUnknownIds, kNextId, kQueueId, kMessageId };
constexpr Kind kKinds[] = {Kind::kNothing, Kind::kUnknownIds, Kind::kNextId,
                           Kind::kQueueId, Kind::kMessageId};
constexpr const char* kKindNames[] = {
    "no id", "ids that no log has", "queued-as id", "own queue id, our Postfix",
    "Message-ID"};

// A mail that another server has taken.
struct Sent {
  LogMessage message;
  LogAttempt attempt;
};

double MillisecondsOf(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(
             std::chrono::steady_clock::now() - start)
      .count();
}

double At(double share, std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(
      share * static_cast<double>(values.size() - 1))];
}

template <class T>
T OrExit(Result<T> result, const char* what) {
  if (result) return *std::move(result);
  std::fprintf(stderr, "%s: %s\n", what, result.error().ToString().c_str());
  std::exit(1);
}
void OrExit(const Result<void>& result, const char* what) {
  if (result) return;
  std::fprintf(stderr, "%s: %s\n", what, result.error().ToString().c_str());
  std::exit(1);
}

const Timestamp kEnd = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21);

LogMessage MailOf(std::uint64_t number, Timestamp time) {
  const std::string n = std::to_string(number);
  const std::string domain =
      "domain" + std::to_string(number * 7919 % 997) + ".example";
  LogAttempt attempt;
  attempt.time = time + std::chrono::seconds(2);
  attempt.action = Action::kDelivered;
  attempt.reason = Reason::kDelivered;
  attempt.recipient =
      "user" + std::to_string(number * 104'729 % 1'000'003) + "@" + domain;
  attempt.program = "smtp";
  attempt.relay = "mx." + domain + "[192.0.2.1]:25";
  attempt.status = "2.0.0";
  attempt.text = "250 2.0.0 Ok: queued as 4N" + n;
  LogMessage message;
  message.instance = "postfix";
  message.host = "mail";
  message.queue_id = "4Q" + n;
  message.message_id = n + ".news@sender.example";
  message.sender = "news@sender.example";
  message.is_local = message.is_removed = message.is_whole = true;
  message.first_seen = time;
  message.last_seen = attempt.time;
  message.recipients = 1;
  message.attempts = {std::move(attempt)};
  return message;
}

// So much mail of 90 days; returns some of all of it.
std::vector<Sent> Fill(std::uint64_t wanted, Store* store) {
  constexpr std::uint64_t kBatch = 2000;
  const auto step = std::chrono::milliseconds(std::chrono::days(90)) /
                    static_cast<std::int64_t>(wanted);
  std::vector<Sent> some;
  for (std::uint64_t number = 0; number < wanted;) {
    auto batch = std::make_shared<LogBatch>();
    batch->log = "mail";
    for (std::uint64_t i = 0; i < kBatch; ++i, ++number) {
      batch->messages.push_back(MailOf(
          number, kEnd - step * static_cast<std::int64_t>(wanted - number)));
      if (number % (wanted / 500) == 0) {
        const LogMessage& message = batch->messages.back();
        some.push_back({message, message.attempts.front()});
      }
    }
    const Write writes[] = {SharedLogBatch(std::move(batch))};
    OrExit(store->Apply(writes, kEnd).value().front(), "a batch");
    if (number % (20 * kBatch) == 0) OrExit(store->Checkpoint(), "checkpoint");
  }
  return some;
}

class ReportMaker {
 public:
  explicit ReportMaker(const std::vector<Sent>* sent) : sent_(*sent) {}

  Mail Make(Kind kind) {
    const Sent& sent = sent_[static_cast<std::size_t>(number_) % sent_.size()];
    const std::string number = std::to_string(++number_);
    Mail mail;
    mail.digest = Sha256(number);
    mail.date = mail.received = sent.attempt.time + std::chrono::minutes(30);
    mail.kind = MailKind::kDeliveryReport;
    mail.rules_hash = "0123456789abcdef";
    mail.kept = std::string(1500, 'x');
    mail.facts.reporting_mta = "mx.remote.example";
    AddIds(kind, sent, number, &mail.facts);
    Witness witness;
    witness.mailed = Address::Parse(sent.attempt.recipient).value();
    witness.final_recipient = sent.attempt.recipient;
    witness.evidence.action = Action::kFailed;
    witness.evidence.status = "5.2.2";
    witness.verdict.reason = Reason::kMailboxFull;
    witness.verdict.reason_class = ReasonClass::kSoft;
    witness.verdict.permanent = true;
    mail.witnesses.push_back(std::move(witness));
    return mail;
  }

 private:
  static void AddIds(Kind kind, const Sent& sent, const std::string& number,
                     Facts* facts) {
    switch (kind) {
      case Kind::kNothing:
        return;
      case Kind::kUnknownIds:
        facts->queue_id = "4Unknown" + number;
        facts->original_message_id = "<" + number + "@unknown.example>";
        break;
      case Kind::kNextId:
        facts->queue_id = NextIdOf(sent.attempt);
        facts->original_message_id = sent.message.message_id;
        break;
      case Kind::kQueueId:
        facts->is_local_origin = true;
        facts->queue_id = sent.message.queue_id;
        facts->original_message_id = sent.message.message_id;
        break;
      case Kind::kMessageId:
        facts->original_message_id = sent.message.message_id;
        return;
    }
    facts->arrival_date = sent.attempt.time;
  }

  const std::vector<Sent>& sent_;
  int number_ = 0;
};

void Apply(std::span<const Write> writes, Store* store) {
  const auto outcomes = OrExit(store->Apply(writes, kEnd), "reports");
  for (const auto& outcome : outcomes) OrExit(outcome, "a report");
}

void OneByOne(ReportMaker* maker, Store* store) {
  std::vector<double> times[std::size(kKinds)];
  for (std::size_t i = 0; i < kReports; ++i) {
    for (std::size_t kind = 0; kind < std::size(kKinds); ++kind) {
      const Write writes[] = {maker->Make(kKinds[kind])};
      times[kind].push_back(MillisecondsOf([&] { Apply(writes, store); }));
    }
    if (i % 100 == 0) OrExit(store->Checkpoint(), "checkpoint");
  }
  const double base = At(0.5, times[0]);
  for (std::size_t kind = 0; kind < std::size(kKinds); ++kind) {
    std::printf("%-26s median %7.3f ms  p99 %7.3f ms  correlation %6.3f ms\n",
                kKindNames[kind], At(0.5, times[kind]), At(0.99, times[kind]),
                At(0.5, times[kind]) - base);
  }
}

double PerSecond(Kind kind, ReportMaker* maker, Store* store) {
  std::vector<Write> writes;
  for (std::size_t i = 0; i < 10 * kGroup; ++i) {
    writes.emplace_back(maker->Make(kind));
  }
  const double milliseconds = MillisecondsOf([&] {
    for (std::size_t i = 0; i < writes.size(); i += kGroup) {
      Apply(std::span(writes).subspan(i, kGroup), store);
    }
  });
  OrExit(store->Checkpoint(), "checkpoint");
  return 1000 * static_cast<double>(writes.size()) / milliseconds;
}

void InGroups(ReportMaker* maker, Store* store) {
  std::vector<double> rates[std::size(kKinds)];
  for (int round = 0; round < kRounds; ++round) {
    for (std::size_t kind = 0; kind < std::size(kKinds); ++kind) {
      rates[kind].push_back(PerSecond(kKinds[kind], maker, store));
    }
  }
  for (std::size_t kind = 0; kind < std::size(kKinds); ++kind) {
    std::printf("%-26s %8.0f /s in groups of %zu  %4.0f %%\n", kKindNames[kind],
                At(0.5, rates[kind]), kGroup,
                100 * At(0.5, rates[kind]) / At(0.5, rates[0]));
  }
}

void RunAll(const std::string& folder, std::uint64_t wanted) {
  const auto store =
      OrExit(OpenSqliteStore({folder + "/bench.db", "a secret", {}}), "store");
  auto policy = std::make_shared<SitePolicy>();
  policy->origin = Origin({{"sender.example"}, {}, {}});
  store->Use(std::move(policy));
  const std::vector<Sent> sent = Fill(wanted, store.get());
  std::printf("%llu attempts\n", static_cast<unsigned long long>(wanted));
  ReportMaker maker(&sent);
  OneByOne(&maker, store.get());
  InGroups(&maker, store.get());
}

}  // namespace
}  // namespace postbounce

int main(int argc, char** argv) {
  std::string folder =
      std::string(argc > 1 ? argv[1] : ".") + "/correlate-bench-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) {
    std::perror("mkdtemp");
    return 1;
  }
  const std::uint64_t millions =
      argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  postbounce::RunAll(folder, 1'000'000 * millions);
  std::filesystem::remove_all(folder);
  return 0;
}
