#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <string>
#include <utility>

#include "daemon/io/core.h"
#include "daemon/io/send.h"
#include "daemon/log.h"
#include "daemon/protocol/policy_session.h"
#include "daemon/protocol/socketmap_session.h"
#include "daemon/protocol/tcp_table_session.h"

namespace postbounce {
namespace {

namespace asio = boost::asio;
constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);
// Of requests, before it is another client's turn. Each client has one.
constexpr std::size_t kBuffer = 8u << 10;
// To finish a request, and to read its answer.
constexpr std::chrono::seconds kPatience{30};

std::unique_ptr<LookupSession> SessionOf(Core& core, Lookup kind) {
  const auto ask = [&core](const Question& question) {
    return core.gate->Answer(question, Now());
  };
  switch (kind) {
    case Lookup::kPolicy:
      return std::make_unique<PolicySession>(ask);
    case Lookup::kSocketmap:
      return std::make_unique<SocketmapSession>(ask);
    case Lookup::kTcpTable:
      return std::make_unique<TcpTableSession>(ask);
  }
  return nullptr;
}

}  // namespace

std::string_view NameOf(Lookup kind) {
  switch (kind) {
    case Lookup::kPolicy:
      return "policy";
    case Lookup::kSocketmap:
      return "socketmap";
    case Lookup::kTcpTable:
      return "tcp_table";
  }
  return {};
}

asio::awaitable<void> ServeLookup(Core& core,
                                  std::shared_ptr<Connection> connection,
                                  Lookup kind) {
  const std::unique_ptr<LookupSession> session = SessionOf(core, kind);
  const std::chrono::seconds idle = connection->timeout;
  const std::chrono::seconds busy = std::min(idle, kPatience);
  std::array<char, kBuffer> buffer;
  while (!core.stopping && !connection->expired) {
    const auto [error, size] = co_await connection->socket.async_read_some(
        asio::buffer(buffer), kAsTuple);
    if (error) co_return;
    const bool is_new = session->is_idle();
    std::string output;
    session->Feed(std::string_view(buffer.data(), size), &output);
    // Not for each byte of a request: it has to come to its end.
    if (is_new || !output.empty()) connection->Touch();
    if (!output.empty()) {
      connection->timeout = busy;
      std::string_view rest = output;
      if (!SendNow(*connection, &rest)) co_return;
      if (!rest.empty() && !co_await SendRest(*connection, rest)) co_return;
    }
    connection->timeout = session->is_idle() ? idle : busy;
    if (session->problem() == nullptr) continue;
    if (core.malformed[kind].IsDue()) {
      Log(LogLevel::kWarning, fmt::format("{}: a client was sent away: {}",
                                          NameOf(kind), session->problem()));
    }
    co_return;
  }
}

}  // namespace postbounce
