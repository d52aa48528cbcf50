#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/io/core.h"
#include "daemon/io/received_log.h"
#include "daemon/protocol/lmtp_session.h"

namespace postbounce {
namespace {

namespace asio = boost::asio;
constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kBuffer = 64u << 10;

// Stores the message that the session has received, and answers it.
asio::awaitable<void> Deliver(Core& core, Connection& connection,
                              LmtpSession& session, Route route) {
  connection.working = true;
  const Result<Outcome> outcome =
      co_await core.StoreMail(&session.delivery(), route);
  connection.working = false;
  connection.Touch();
  LogReceived("lmtp", session.delivery(), outcome);
  if (outcome) {
    if (!core.runtime->config.intake_forward.empty()) core.forwarder->Wake();
    session.Finish(LmtpSession::Verdict::kAccepted, "recorded");
  } else {
    session.Finish(LmtpSession::Verdict::kTryLater,
                   "the store is busy, try again later");
  }
}

LmtpSession::Options OptionsOf(const Core& core) {
  LmtpSession::Options options;
  options.hostname = core.hostname;
  // What never fits would be told to come later until it is destroyed.
  options.message_size = std::min<std::size_t>(
      core.runtime->config.intake_message_size, core.budget.total());
  return options;
}

}  // namespace

asio::awaitable<void> ServeLmtp(Core& core,
                                std::shared_ptr<Connection> connection,
                                Route route) {
  LmtpSession session(OptionsOf(core), &core.budget);
  std::vector<char> buffer(kBuffer);
  LmtpSession::Step step = session.Feed({});
  for (;;) {
    while (step == LmtpSession::Step::kDeliver) {
      co_await Deliver(core, *connection, session, route);
      step = session.Feed({});
    }
    const bool leaving = step == LmtpSession::Step::kClose;
    if (!leaving && (core.stopping || connection->expired)) {
      session.Close(core.stopping ? "the daemon is stopping"
                                  : "no command for too long");
      step = session.Feed({});
      continue;
    }
    const std::string output = session.TakeOutput();
    if (!output.empty()) {
      const auto [error, written] = co_await asio::async_write(
          connection->socket, asio::buffer(output), kAsTuple);
      if (error) break;
      connection->Touch();
    }
    if (leaving) break;
    const auto [error, size] = co_await connection->socket.async_read_some(
        asio::buffer(buffer), kAsTuple);
    if (error == asio::error::operation_aborted &&
        (core.stopping || connection->expired)) {
      continue;
    }
    if (error) break;
    connection->Touch();
    step = session.Feed(std::string_view(buffer.data(), size));
  }
}

}  // namespace postbounce
