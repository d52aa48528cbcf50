#include "daemon/io/milter.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <csignal>
#include <utility>

#include "daemon/intake.h"
#include "daemon/io/listen.h"
#include "daemon/io/received_log.h"
#include "daemon/log.h"
#include "daemon/verdict_field.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace asio = boost::asio;

// Less than the ten seconds that Postfix has for a command by our snippet.
constexpr std::chrono::seconds kAsked{5};
constexpr std::chrono::seconds kStored{10};
constexpr std::size_t kShown = 200;
// So many times milter.connections are served, most of them idle; then they
// would cost descriptors that others need.
constexpr std::size_t kTooMany = 4;

MilterSession::Refusal RefusalOf(const Config& config) {
  if (config.milter_refuse == "on") return MilterSession::Refusal::kOn;
  if (config.milter_refuse == "monitor") {
    return MilterSession::Refusal::kMonitor;
  }
  return MilterSession::Refusal::kOff;
}

void LogMonitored(std::string_view recipient, const MilterReply& reply) {
  Log(LogLevel::kInfo,
      fmt::format("milter: {} would have been refused: {} {} {}",
                  Printable(recipient, kShown), reply.code, reply.status,
                  Printable(reply.text, kShown)));
}

}  // namespace

Result<void> Milter::Open() {
  const Config& config = core_.runtime->config;
  if (config.milter_listen.empty()) return {};
  const auto endpoint = Endpoint::Parse(config.milter_listen);
  if (!endpoint) return endpoint.error();
  is_unix_ = endpoint->is_unix();
  MilterBridge::Hooks hooks;
  hooks.admit = [this](std::size_t open) { return Admit(open); };
  hooks.ended = [this] {
    asio::post(core_.loop, [this] {
      has_failed_ = true;
      std::raise(SIGTERM);
    });
  };
  bridge_.emplace(std::move(hooks));
  const auto bound =
      BindAt(core_.loop, *endpoint, config.milter_mode, config.milter_group,
             [&] { return bridge_->Open(*endpoint); });
  if (!bound) return bound.error();
  Log(LogLevel::kInfo,
      fmt::format("milter: listening at {}", config.milter_listen));
  return {};
}

void Milter::Start() {
  Use();
  if (bridge_) bridge_->Start();
}

void Milter::Use() {
  const std::lock_guard lock(mutex_);
  runtime_ = core_.runtime;
  site_ = core_.site;
}

void Milter::Close() {
  if (bridge_) bridge_->Close();
}

bool Milter::is_quiet() const { return !bridge_ || bridge_->is_quiet(); }

void Milter::HangUp() {
  const std::lock_guard lock(mutex_);
  has_hung_up_ = true;
  for (Turn* turn : turns_) turn->changed.notify_one();
}

void Milter::End() {
  if (bridge_) bridge_->End();
}

std::unique_ptr<MilterSession> Milter::Admit(std::size_t open) {
  MilterSession::Options options;
  bool is_crowded = false;
  {
    const std::lock_guard lock(mutex_);
    const Config& config = runtime_->config;
    options.message_size =
        std::min<std::size_t>(config.intake_message_size, core_.budget.total());
    options.bounce_addresses = AddressPatterns(config.milter_bounce_addresses);
    options.refusal = RefusalOf(config);
    options.writes_field = config.milter_header;
    options.is_client_believed = is_unix_;
    is_crowded = open > config.milter_connections;
    if (open > kTooMany * config.milter_connections) return nullptr;
    if (is_crowded && crowded_lately_.IsDue()) {
      Log(LogLevel::kWarning,
          fmt::format("milter: {} connections, bounces that come by further "
                      "ones have to wait",
                      open));
    }
  }
  MilterSession::Hooks hooks;
  hooks.ask = [this](const Question& question) { return Ask(question); };
  hooks.intake = [this](ReceivedMail received, bool is_taken) {
    return Intake(std::move(received), is_taken);
  };
  hooks.missed = [this](std::string_view why) { Missed(why); };
  hooks.monitored = LogMonitored;
  if (is_crowded) hooks.is_crowded = [this] { return IsCrowded(); };
  return std::make_unique<MilterSession>(std::move(options), std::move(hooks),
                                         &core_.budget);
}

bool Milter::IsCrowded() {
  const std::size_t open = bridge_->connections();
  const std::lock_guard lock(mutex_);
  return open > runtime_->config.milter_connections;
}

void Milter::Finish(const std::shared_ptr<Turn>& turn) {
  const std::lock_guard lock(mutex_);
  turn->is_done = true;
  turn->changed.notify_one();
}

// False: it has taken too long, or the daemon stops.
bool Milter::WaitFor(Turn* turn, Deadline until) {
  std::unique_lock lock(mutex_);
  turns_.insert(turn);
  turn->changed.wait_until(lock, until,
                           [&] { return turn->is_done || has_hung_up_; });
  turns_.erase(turn);
  return turn->is_done;
}

Result<std::string> Milter::Ask(const Question& question) {
  // What is asked may be answered when nobody waits any more.
  struct Asking : Turn {
    std::string recipient;
    std::string sender;
    std::string login;
    std::optional<Result<std::string>> answer;
  };
  const auto asked = std::make_shared<Asking>();
  asked->recipient = question.recipient;
  asked->sender = question.sender.value_or("");
  asked->login = question.sasl_user;
  core_.postfix.desk->Post([this, asked] {
    Question copy;
    copy.recipient = asked->recipient;
    copy.sender = asked->sender;
    copy.sasl_user = asked->login;
    asked->answer = core_.postfix.lookups->gate.Answer(copy, Now());
    Finish(asked);
  });
  if (WaitFor(asked.get(), Deadline::clock::now() + kAsked))
    return *asked->answer;
  const std::lock_guard lock(mutex_);
  if (runtime_->config.lookup_fail == "open") return std::string();
  return Error(ErrorCode::kUnavailable, "the list cannot be read now");
}

// Mail that goes on to somebody is none of the inbox's: only what it reports is
// stored. It is read by the workers: libmilter's threads come and go, and what
// each keeps for the next mail would be kept by as many as there are clients.
std::optional<std::string> Milter::Intake(ReceivedMail received,
                                          bool is_taken) {
  struct Understanding : Turn {
    ReceivedMail received;  // with its share of the budget
    std::optional<Mail> mail;
  };
  const Deadline until = Deadline::clock::now() + kStored;
  const auto reading = std::make_shared<Understanding>();
  reading->received = std::move(received);
  {
    const std::lock_guard lock(mutex_);
    asio::post(core_.workers, [this, reading, with = runtime_, of = site_] {
      reading->mail =
          UnderstandOrLog(reading->received, Route::kMilter, *with, *of);
      Finish(reading);
    });
  }
  if (!WaitFor(reading.get(), until) || !reading->mail) return std::nullopt;
  std::string field = VerdictFieldOf(*reading->mail);
  if (reading->mail->for_people && !is_taken) return field;
  const bool is_stored =
      Store(*std::move(reading->mail), std::move(reading->received), until);
  return is_stored ? std::optional(field) : std::nullopt;
}

bool Milter::Store(Mail mail, ReceivedMail received, Deadline until) {
  struct Storing : Turn {
    ReceivedMail received;  // with its share of the budget
    bool is_stored = false;
  };
  const auto stored = std::make_shared<Storing>();
  stored->received = std::move(received);
  core_.counters.others.AddMail(mail, Route::kMilter);
  core_.committer->Submit(
      std::move(mail), [this, stored](const Result<Outcome>& outcome) {
        LogReceived("milter", stored->received, outcome);
        stored->is_stored = outcome.has_value();
        if (outcome && !core_.runtime->config.intake_forward.empty()) {
          core_.forwarder->Wake();
        }
        Finish(stored);
      });
  return WaitFor(stored.get(), until) && stored->is_stored;
}

void Milter::Missed(std::string_view why) {
  const std::lock_guard lock(mutex_);
  ++missed_;
  if (!missed_lately_.IsDue()) return;
  Log(LogLevel::kWarning,
      fmt::format("milter: a bounce by this Postfix went on unrecorded, {}; "
                  "{} since the start: what its log says has to do",
                  why, missed_));
}

}  // namespace postbounce
