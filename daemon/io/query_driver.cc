#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "daemon/io/core.h"
#include "daemon/io/exchange.h"
#include "daemon/log.h"

namespace postbounce {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

asio::awaitable<json::object> Execute(Core& core, json::object request,
                                      Door door) {
  auto write = WriteOf(request, door, core.site->policy.scopes, Now());
  if (!write) {
    const bool is_stats = request.if_contains("verb") != nullptr &&
                          request.at("verb") == "stats" &&
                          !request.contains("by");
    json::object answer = co_await core.Read(std::move(request), door);
    if (is_stats && answer.contains("mails")) AddState(core, &answer);
    co_return answer;
  }
  if (!*write) co_return Refusal(request, write->error());
  const Result<Outcome> outcome = co_await core.StoreWrite(**std::move(write));
  co_return AnswerWritten(request, outcome);
}

asio::awaitable<void> Serve(Core& core, std::shared_ptr<Connection> connection,
                            json::object request) {
  if (core.stopping) {
    const Error stopping(ErrorCode::kUnavailable, "the daemon is stopping");
    co_return co_await Refuse(*connection, request, stopping);
  }
  const json::value& verb = request.at("verb");
  const auto serve = verb == "replay"   ? ServeReplay
                     : verb == "import" ? ServeListImport
                     : verb == "backup" ? ServeBackup
                                        : ServeImport;
  co_await serve(core, std::move(connection), std::move(request));
}

// Of the desk's client, who may have gone in the meantime.
int FamilyOf(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return address.ss_family;
}

}  // namespace

void AnswerQuery(Core& core, json::object request, Door door,
                 QuerySession::Parts::Reply reply) {
  const auto done = [reply](const std::exception_ptr& exception,
                            json::object answer) {
    LogException(exception);
    if (!exception) return reply(std::move(answer));
    reply(Refusal(json::object(),
                  Error(ErrorCode::kUnavailable, "out of memory")));
  };
  asio::co_spawn(core.loop, Execute(core, std::move(request), door), done);
}

void TakeConnection(Core& core, int fd, json::object request) {
  ++core.given;
  asio::post(core.loop, [&core, fd, request = std::move(request)] {
    const asio::generic::stream_protocol protocol(FamilyOf(fd), 0);
    const auto connection =
        std::make_shared<Connection>(Socket(core.loop, protocol, fd));
    connection->timeout = std::chrono::years(10);
    core.connections.Add(connection);
    --core.given;
    const auto end = [&core, connection](const std::exception_ptr& exception) {
      core.connections.Remove(connection);
      LogException(exception);
    };
    asio::co_spawn(core.loop, Serve(core, connection, request), end);
  });
}

}  // namespace postbounce
