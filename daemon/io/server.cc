#include "daemon/io/server.h"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <climits>
#include <csignal>
#include <exception>
#include <new>
#include <string>
#include <utility>

#include "daemon/alert.h"
#include "daemon/io/core.h"
#include "daemon/io/followers.h"
#include "daemon/io/housekeeping.h"
#include "daemon/io/listeners.h"
#include "daemon/io/milter.h"
#include "daemon/log.h"
#include "daemon/open_store.h"
#include "daemon/replay_walk.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace asio = boost::asio;
constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds kSweep{1};
constexpr std::chrono::seconds kStopGrace{10};
// What a milter does not say Postfix does without.
constexpr std::chrono::seconds kMilterGrace{1};

std::string Hostname() {
  char name[HOST_NAME_MAX + 1] = {};
  if (gethostname(name, sizeof name - 1) != 0) return "localhost";
  return Printable(name, HOST_NAME_MAX);
}

void LogError(const std::string& text) { Log(LogLevel::kError, text); }

Result<std::shared_ptr<const Runtime>> LoadRuntimeIfMemoryLasts(
    const std::string& path) {
  try {
    return LoadRuntime(path);
  } catch (const std::bad_alloc&) {
    return Error(ErrorCode::kUnavailable, "out of memory");
  }
}

// Of a coroutine that the daemon cannot do without, such as the one that waits
// for SIGTERM: better a new start than to live on as half a daemon.
void EndDaemon(const std::exception_ptr& exception) {
  if (exception) std::rethrow_exception(exception);
}

// The daemon's life: what is opened, in which order, and ended again.
class Server {
 public:
  Server(std::string config_path, std::shared_ptr<const Runtime> runtime)
      : config_path_(std::move(config_path)),
        core_(std::move(runtime), Hostname()) {
    core_.config_path = config_path_;
  }

  Result<void> Run();

 private:
  Result<void> OpenReaders();
  void StartThreads();
  asio::awaitable<void> HandleSignals();
  asio::awaitable<void> Sweep();
  asio::awaitable<void> LeaveGracefully();
  void Reload();
  void Alert(const Alarm& alarm);
  void Tell(const Alarm& alarm);
  Result<void> TellUntold();
  Forwarder::Settings ForwarderSettings() const;

  const std::string config_path_;
  Core core_;
  Listeners listeners_{&core_};
  Followers followers_{&core_};
  Milter milter_{&core_};
  asio::signal_set signals_{core_.loop, SIGTERM, SIGINT, SIGHUP};
  asio::steady_timer sweeper_{core_.loop};
  Housekeeping housekeeping_{&core_};
  std::unique_ptr<Alerter> alerter_;
};

Forwarder::Settings Server::ForwarderSettings() const {
  const Config& config = core_.runtime->config;
  Forwarder::Settings settings;
  settings.address = config.intake_forward;
  settings.sendmail = config.intake_sendmail;
  settings.hostname = core_.hostname;
  return settings;
}

Result<void> Server::OpenReaders() {
  auto reader = core_.store->OpenReader();
  if (!reader) return reader.error();
  core_.reader = *std::move(reader);
  for (Core::Asking* asking : {&core_.postfix, &core_.queries}) {
    auto places = core_.store->OpenReader();
    if (!places) return places.error();
    CounterShare& counters = asking == &core_.postfix ? core_.counters.postfix
                                                      : core_.counters.queries;
    asking->lookups =
        std::make_unique<Lookups>(core_.index, *std::move(places), &counters);
    asking->desk = std::make_unique<Desk>(asking->lookups->runtime);
  }
  return core_.reader->EachPlace([this](const ListChange& place) {
    core_.index.Apply({&place, 1});
  });
}

void Server::StartThreads() {
  Committer::Hooks hooks;
  hooks.post = [this](std::function<void()> function) {
    asio::post(core_.loop, std::move(function));
  };
  hooks.changed = [this](std::span<const ListChange> changes) {
    core_.index.Apply(changes);
  };
  hooks.alarmed = [this](const Alarm& alarm) { Alert(alarm); };
  hooks.now = Now;
  hooks.complain = LogError;
  hooks.counters = &core_.counters.writer;
  core_.committer = std::make_unique<Committer>(core_.store.get(), hooks);
}

void Server::Alert(const Alarm& alarm) {
  const bool goes_on = alarm.state == AlarmState::kOpen && Now() < alarm.until;
  Log(goes_on ? LogLevel::kWarning : LogLevel::kInfo, SentenceOf(alarm));
  Tell(alarm);
}

void Server::Tell(const Alarm& alarm) {
  const std::string& program = core_.runtime->config.guard_alert;
  if (program.empty() || !IsNews(alarm, Now())) return;
  alerter_->Tell(program, alarm);
}

// What became known when nobody could be told, such as just before a crash.
Result<void> Server::TellUntold() {
  const auto mark = [this](const Alarm& alarm) {
    core_.committer->Submit(MarkTold{alarm.id, alarm.state}, [](const auto&) {
      // If it is not stored it is told again at the next start.
    });
  };
  alerter_ = std::make_unique<Alerter>(mark, LogError);
  const auto alarms = core_.reader->Alarms();
  if (!alarms) return alarms.error();
  for (const Alarm& alarm : *alarms) Tell(alarm);
  return {};
}

asio::awaitable<void> Server::Sweep() {
  for (;;) {
    sweeper_.expires_after(kSweep);
    const auto [error] = co_await sweeper_.async_wait(kAsTuple);
    // A timer that went off just before it was cancelled says nothing of it.
    if (error || core_.stopping) co_return;
    core_.connections.EndSilent(std::chrono::steady_clock::now());
  }
}

asio::awaitable<void> Server::HandleSignals() {
  for (;;) {
    const auto [error, signal] = co_await signals_.async_wait(kAsTuple);
    if (error) co_return;
    if (signal != SIGHUP) break;
    Reload();
  }
  co_await LeaveGracefully();
}

void Server::Reload() {
  auto fresh = LoadRuntimeIfMemoryLasts(config_path_);
  if (!fresh) {
    LogError("reload refused, the old configuration stays: " +
             fresh.error().ToString());
    return;
  }
  for (std::string_view name :
       NeedRestart(core_.runtime->config, (*fresh)->config)) {
    Log(LogLevel::kWarning,
        fmt::format("{} changes when the daemon is started again", name));
  }
  const bool is_alike = JudgeAlike(*core_.runtime, **fresh);
  core_.runtime = *std::move(fresh);
  core_.loaded = Now();
  SetLogLevel(core_.runtime->config.daemon_log_level);
  core_.forwarder->Use(ForwarderSettings());
  followers_.Reload();
  for (const Core::Asking* asking : {&core_.postfix, &core_.queries}) {
    asking->desk->Post([lookups = asking->lookups.get(),
                        runtime = core_.runtime, site = core_.site] {
      lookups->runtime = runtime;
      lookups->site = site;
    });
  }
  milter_.Use();
  Log(LogLevel::kInfo, fmt::format("reloaded {}", config_path_));
  if (is_alike) return;
  Log(LogLevel::kInfo,
      "`postbounce replay --dry-run` shows what the new rules and policy "
      "mean for what is stored");
}

// What was accepted is finished; clients in the middle of a message keep it.
asio::awaitable<void> Server::LeaveGracefully() {
  sd_notify(0, "STOPPING=1");
  Log(LogLevel::kInfo, "stopping");
  core_.stopping = true;
  listeners_.Stop();
  milter_.Close();
  sweeper_.cancel();
  housekeeping_.Stop();
  const auto begin = std::chrono::steady_clock::now();
  asio::steady_timer wait(core_.loop);
  const auto clients = [this] {
    return core_.connections.size() +
           static_cast<std::size_t>(core_.given.load()) +
           core_.postfix.desk->clients() + core_.queries.desk->clients();
  };
  while (clients() > 0 || !milter_.is_quiet()) {
    const auto passed = std::chrono::steady_clock::now() - begin;
    if (passed > kMilterGrace) milter_.HangUp();
    if (passed > kStopGrace) {
      core_.connections.CloseAll();
      core_.postfix.desk->Stop();
      core_.queries.desk->Stop();
    }
    core_.connections.WakeAll();
    wait.expires_after(std::chrono::milliseconds(10));
    co_await wait.async_wait(kAsTuple);
  }
}

Result<void> Server::Run() {
  SetLogLevel(core_.runtime->config.daemon_log_level);
  auto store = OpenStore(core_.runtime->config);
  if (!store) return store.error();
  core_.store = *std::move(store);
  auto opened = OpenReaders();
  if (opened) opened = listeners_.Open();
  if (opened) opened = milter_.Open();
  if (!opened) return opened.error();
  auto forwarding = core_.store->OpenReader();
  if (!forwarding) return forwarding.error();

  StartThreads();
  const auto told = TellUntold();
  if (!told) return told.error();
  const auto following = followers_.Start();
  if (!following) return following.error();
  core_.forwarder = std::make_unique<Forwarder>(
      *std::move(forwarding), ForwarderSettings(),
      [this](MailId id) {
        core_.committer->Submit(MarkForwarded{id}, [id](const auto& outcome) {
          if (!outcome || outcome->affected == 0) return;
          Log(LogLevel::kInfo,
              fmt::format("mail={} forwarded", static_cast<std::int64_t>(id)));
        });
      },
      LogError);
  for (const Core::Asking* asking : {&core_.postfix, &core_.queries}) {
    asking->lookups->runtime = core_.runtime;
    asking->lookups->site = core_.site;
  }
  listeners_.Start();
  milter_.Start();
  asio::co_spawn(core_.loop, HandleSignals(), EndDaemon);
  asio::co_spawn(core_.loop, Sweep(), EndDaemon);
  asio::co_spawn(core_.loop, housekeeping_.KeepHouse(), EndDaemon);
  asio::co_spawn(core_.loop, housekeeping_.KeepTime(), EndDaemon);
  sd_notify(0, "READY=1");
  Log(LogLevel::kInfo,
      fmt::format("ready: {} places on the list", core_.index.size()));
  core_.loop.run();

  milter_.End();
  followers_.Stop();
  core_.forwarder.reset();
  alerter_.reset();
  core_.workers.join();
  core_.readers.join();
  core_.committer->Stop();
  core_.postfix.desk->Stop();
  core_.queries.desk->Stop();
  listeners_.Remove();
  Log(LogLevel::kInfo, "stopped");
  if (milter_.has_failed()) {
    return Error(ErrorCode::kIo, "the milter library has ended by itself");
  }
  return {};
}

}  // namespace

Result<void> RunServer(const std::string& config_path,
                       std::shared_ptr<const Runtime> runtime) {
  Server server(config_path, std::move(runtime));
  return server.Run();
}

}  // namespace postbounce
