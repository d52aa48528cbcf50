#include "daemon/io/listeners.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <span>
#include <utility>

#include "daemon/io/listen.h"
#include "daemon/log.h"
#include "daemon/protocol/policy_session.h"
#include "daemon/protocol/socketmap_session.h"
#include "daemon/protocol/tcp_table_session.h"

namespace postbounce {
namespace {

constexpr std::uint64_t kControlMode = 0600;

void CountAnswers(Core& core, LookupProtocol protocol,
                  std::span<const Questioned> questions) {
  std::array<std::uint64_t, 3> by_answer{};
  for (const Questioned& one : questions) {
    const LookupAnswer answer = !one.answer           ? LookupAnswer::kFailed
                                : one.answer->empty() ? LookupAnswer::kPassed
                                                      : LookupAnswer::kRefused;
    ++by_answer[static_cast<std::size_t>(answer)];
  }
  core.counters.postfix.AddLookups(protocol, by_answer);
}

// Of the protocols that Postfix looks things up by.
template <class Protocol>
Desk::Window LookupWindow(Core& core, std::string name,
                          LookupProtocol protocol) {
  Desk::Window window;
  window.name = std::move(name);
  window.sessions = &Config::lookup_sessions;
  window.timeout = &Config::lookup_timeout;
  window.open = [&core, protocol](const Desk::Window::Resume&) {
    return std::make_unique<Protocol>(
        [&core, protocol](std::span<Questioned> questions) {
          core.postfix.lookups->gate.AnswerAll(questions, Now());
          CountAnswers(core, protocol, questions);
        });
  };
  return window;
}

}  // namespace

Desk::Window Listeners::JsonWindow(std::string name, Door door) {
  Desk::Window window;
  window.name = std::move(name);
  window.sessions = &Config::query_sessions;
  window.timeout = nullptr;
  window.trusted_only = door == Door::kControl;
  window.open = [this, door](Desk::Window::Resume resume) {
    const auto ask = [this, door](boost::json::object request,
                                  QuerySession::Parts::Reply reply) {
      AnswerQuery(core_, std::move(request), door, std::move(reply));
    };
    const auto give = [this](int fd, boost::json::object request) {
      TakeConnection(core_, fd, std::move(request));
    };
    Lookups& lookups = *core_.queries.lookups;
    return std::make_unique<QuerySession>(
        QuerySession::Parts{door, lookups.finder(), lookups.site, Now, ask,
                            std::move(resume), give});
  };
  return window;
}

Result<Acceptor> Listeners::Open(const std::string& where, std::uint64_t mode,
                                 const std::string& group,
                                 std::string_view name) {
  const auto endpoint = Endpoint::Parse(where);
  if (!endpoint) return endpoint.error();
  auto acceptor = Listen(core_.loop, *endpoint, mode, group);
  if (!acceptor) return acceptor;
  if (endpoint->is_unix()) paths_.push_back(endpoint->path);
  Log(LogLevel::kInfo, fmt::format("{}: listening at {}", name, where));
  return acceptor;
}

Result<void> Listeners::OpenLmtp() {
  const Config& config = core_.runtime->config;
  for (const std::string& where : config.lmtp_listen) {
    auto acceptor = Open(where, config.lmtp_mode, config.lmtp_group, "lmtp");
    if (!acceptor) return acceptor.error();
    const Route route =
        where.starts_with("unix:") ? Route::kUnixSocket : Route::kInetSocket;
    Listener::Options options;
    options.name = "lmtp";
    options.sessions = &Config::lmtp_sessions;
    options.timeout = &Config::lmtp_timeout;
    options.busy = "421 4.3.2 too many sessions, try again later\r\n";
    options.serve = [this, route](std::shared_ptr<Connection> connection) {
      return ServeLmtp(core_, std::move(connection), route);
    };
    listeners_.push_back(std::make_unique<Listener>(core_, *std::move(acceptor),
                                                    std::move(options)));
  }
  return {};
}

Result<void> Listeners::OpenDesk() {
  const Config& config = core_.runtime->config;
  struct Sockets {
    Desk& desk;
    const std::vector<std::string>& at;
    std::uint64_t mode;
    const std::string& group;
    Desk::Window window;
  };
  const std::vector<std::string> control = {config.control_listen};
  const std::string no_group;
  const std::string& group = config.lookup_group;
  const std::uint64_t mode = config.lookup_mode;
  Desk& postfix = *core_.postfix.desk;
  Desk& queries = *core_.queries.desk;
  const Sockets all[] = {
      {queries, config.query_listen, config.query_mode, config.query_group,
       JsonWindow("query", Door::kQuery)},
      {postfix, config.lookup_policy, mode, group,
       LookupWindow<PolicySession>(core_, "policy", LookupProtocol::kPolicy)},
      {postfix, config.lookup_socketmap, mode, group,
       LookupWindow<SocketmapSession>(core_, "socketmap",
                                      LookupProtocol::kSocketmap)},
      {postfix, config.lookup_tcp_table, mode, group,
       LookupWindow<TcpTableSession>(core_, "tcp_table",
                                     LookupProtocol::kTcpTable)},
      {queries, control, kControlMode, no_group,
       JsonWindow("control", Door::kControl)},
  };
  for (const Sockets& sockets : all) {
    for (const std::string& where : sockets.at) {
      auto acceptor =
          Open(where, sockets.mode, sockets.group, sockets.window.name);
      if (!acceptor) return acceptor.error();
      acceptor->non_blocking(true);
      sockets.desk.Add(Fd(acceptor->release()), sockets.window);
    }
  }
  return {};
}

Result<void> Listeners::Open() {
  const auto opened = OpenLmtp();
  return opened ? OpenDesk() : opened;
}

void Listeners::Start() {
  for (const auto& listener : listeners_) listener->Start();
  core_.postfix.desk->Start();
  core_.queries.desk->Start();
}

void Listeners::Stop() {
  for (const auto& listener : listeners_) listener->Stop();
  core_.postfix.desk->Leave();
  core_.queries.desk->Leave();
}

void Listeners::Remove() const {
  for (const std::string& path : paths_) unlink(path.c_str());
}

}  // namespace postbounce
