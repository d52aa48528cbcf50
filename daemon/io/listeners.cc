#include "daemon/io/listeners.h"

#include <fmt/format.h>
#include <unistd.h>

#include <utility>

#include "daemon/io/listen.h"
#include "daemon/log.h"

namespace postbounce {
namespace {

constexpr std::uint64_t kControlMode = 0600;

}  // namespace

Listener::Options Listeners::LmtpOptions(Route route) {
  Listener::Options options;
  options.name = "lmtp";
  options.sessions = &Config::lmtp_sessions;
  options.timeout = &Config::lmtp_timeout;
  options.busy = "421 4.3.2 too many sessions, try again later\r\n";
  options.serve = [this, route](std::shared_ptr<Connection> connection) {
    return ServeLmtp(core_, std::move(connection), route);
  };
  return options;
}

Listener::Options Listeners::JsonOptions(std::string name, Door door) {
  Listener::Options options;
  options.name = std::move(name);
  options.sessions = &Config::query_sessions;
  options.timeout = nullptr;
  options.trusted_only = door == Door::kControl;
  if (door == Door::kControl) {
    options.busy =
        "{\"ok\":false,\"code\":\"unavailable\",\"error\":\"too many "
        "sessions\"}\n";
  }
  options.serve = [this, door](std::shared_ptr<Connection> connection) {
    return ServeJson(core_, std::move(connection), door);
  };
  return options;
}

Listener::Options Listeners::LookupOptions(Lookup kind) {
  Listener::Options options;
  options.name = NameOf(kind);
  options.sessions = &Config::lookup_sessions;
  options.timeout = &Config::lookup_timeout;
  options.serve = [this, kind](std::shared_ptr<Connection> connection) {
    return ServeLookup(core_, std::move(connection), kind);
  };
  return options;
}

Result<void> Listeners::OpenOne(const std::string& where, std::uint64_t mode,
                                const std::string& group,
                                Listener::Options options) {
  const auto endpoint = Endpoint::Parse(where);
  if (!endpoint) return endpoint.error();
  auto acceptor = Listen(core_.loop, *endpoint, mode, group);
  if (!acceptor) return acceptor.error();
  if (endpoint->is_unix()) paths_.push_back(endpoint->path);
  Log(LogLevel::kInfo, fmt::format("{}: listening at {}", options.name, where));
  listeners_.push_back(std::make_unique<Listener>(core_, *std::move(acceptor),
                                                  std::move(options)));
  return {};
}

Result<void> Listeners::OpenLookups() {
  const Config& config = core_.runtime->config;
  const std::pair<Lookup, const std::vector<std::string>&> kinds[] = {
      {Lookup::kPolicy, config.lookup_policy},
      {Lookup::kSocketmap, config.lookup_socketmap},
      {Lookup::kTcpTable, config.lookup_tcp_table},
  };
  for (const auto& [kind, sockets] : kinds) {
    for (const std::string& where : sockets) {
      const auto opened = OpenOne(where, config.lookup_mode,
                                  config.lookup_group, LookupOptions(kind));
      if (!opened) return opened.error();
    }
  }
  return {};
}

Result<void> Listeners::Open() {
  const Config& config = core_.runtime->config;
  for (const std::string& where : config.lmtp_listen) {
    const Route route =
        where.starts_with("unix:") ? Route::kUnixSocket : Route::kInetSocket;
    const auto opened =
        OpenOne(where, config.lmtp_mode, config.lmtp_group, LmtpOptions(route));
    if (!opened) return opened.error();
  }
  for (const std::string& where : config.query_listen) {
    const auto opened = OpenOne(where, config.query_mode, config.query_group,
                                JsonOptions("query", Door::kQuery));
    if (!opened) return opened.error();
  }
  const auto opened = OpenLookups();
  if (!opened) return opened.error();
  return OpenOne(config.control_listen, kControlMode, "",
                 JsonOptions("control", Door::kControl));
}

void Listeners::Start() {
  for (const auto& listener : listeners_) listener->Start();
}

void Listeners::Stop() {
  for (const auto& listener : listeners_) listener->Stop();
}

void Listeners::Remove() const {
  for (const std::string& path : paths_) unlink(path.c_str());
}

}  // namespace postbounce
