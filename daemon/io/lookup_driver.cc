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
// Of requests, before it is another client's turn.
constexpr std::size_t kBuffer = 16u << 10;
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

// Reads once what has come and answers it. False when the client has gone. The
// buffer is only there as long as something is in it: most clients are silent.
bool AnswerWhatCame(Connection& connection, LookupSession& session,
                    std::string* output) {
  std::array<char, kBuffer> buffer;
  boost::system::error_code error;
  const std::size_t size =
      connection.socket.read_some(asio::buffer(buffer), error);
  if (error == asio::error::would_block) return true;
  if (error) return false;
  const bool is_new = session.is_idle();
  session.Feed(std::string_view(buffer.data(), size), output);
  // Not for each byte of a request: it has to come to its end.
  if (is_new || !output->empty()) connection.Touch();
  return true;
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
  Socket& socket = connection->socket;
  socket.non_blocking(true);
  while (!core.stopping && !connection->expired) {
    // Reading again at once would most often be in vain.
    const auto [error] =
        co_await socket.async_wait(Socket::wait_read, kAsTuple);
    std::string output;
    if (error || !AnswerWhatCame(*connection, *session, &output)) co_return;
    if (!output.empty()) {
      connection->timeout = busy;
      if (!co_await SendAll(*connection, output)) co_return;
    }
    connection->timeout = session->is_idle() ? idle : busy;
    if (session->problem() == nullptr) continue;
    Log(LogLevel::kWarning, fmt::format("{}: a client was sent away: {}",
                                        NameOf(kind), session->problem()));
    co_return;
  }
}

}  // namespace postbounce
