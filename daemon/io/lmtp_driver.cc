#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <utility>
#include <vector>

#include "daemon/io/core.h"
#include "daemon/log.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace asio = boost::asio;
constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kBuffer = 64u << 10;

void LogDelivery(const LmtpSession::Delivery& delivery,
                 const Result<Outcome>& outcome) {
  const Envelope& envelope = delivery.envelope;
  const std::string who = fmt::format(
      "from=<{}> to=<{}>{} size={}", Printable(envelope.sender, 100),
      envelope.recipients.empty() ? "" : Printable(envelope.recipients[0], 100),
      envelope.recipients.size() > 1
          ? fmt::format(" and {} more", envelope.recipients.size() - 1)
          : "",
      delivery.size);
  if (!outcome) {
    Log(LogLevel::kError,
        fmt::format("lmtp: {} deferred: {}", who, outcome.error().ToString()));
    return;
  }
  std::size_t suppressed = 0;
  for (const ListChange& change : outcome->changes) {
    if (change.state == ListState::kActive) ++suppressed;
  }
  Log(LogLevel::kInfo,
      fmt::format(
          "lmtp: mail={} {} {} suppressed={}",
          outcome->mail ? static_cast<std::int64_t>(*outcome->mail) : 0, who,
          outcome->known ? std::string("known")
                         : fmt::format("recipients={}", outcome->affected),
          suppressed));
}

// Stores the message that the session has received, and answers it.
asio::awaitable<void> Deliver(Core& core, Connection& connection,
                              LmtpSession& session, Route route) {
  connection.working = true;
  const Result<Outcome> outcome =
      co_await core.StoreMail(&session.delivery(), route);
  connection.working = false;
  connection.Touch();
  LogDelivery(session.delivery(), outcome);
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
