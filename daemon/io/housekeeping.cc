#include "daemon/io/housekeeping.h"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "daemon/log.h"

namespace postbounce {
namespace {

namespace asio = boost::asio;
constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::minutes kHousekeeping{10};
constexpr std::chrono::minutes kTimePasses{1};

}  // namespace

void Housekeeping::Stop() {
  housekeeper_.cancel();
  timekeeper_.cancel();
}

void Housekeeping::WarnOfUnread() {
  asio::post(core_.readers, [this, runtime = core_.runtime] {
    const auto totals = core_.reader->Count();
    if (!totals) {
      return Log(LogLevel::kError, totals.error().ToString());
    }
    if (totals->unseen_bytes <= runtime->config.store_keep_unread) return;
    Log(LogLevel::kWarning,
        fmt::format("{} mails ({} bytes) wait in the inbox and are kept until "
                    "seen: see `postbounce inbox`",
                    totals->unseen_mails, totals->unseen_bytes));
  });
}

// How much this has pruned.
asio::awaitable<std::size_t> Housekeeping::PruneMails() {
  Prune prune;
  prune.kept_before =
      Now() - std::chrono::seconds(core_.runtime->config.store_keep_mail);
  const Result<Outcome> outcome = co_await core_.StoreWrite(prune);
  co_return outcome ? outcome->affected : 0;
}

asio::awaitable<std::size_t> Housekeeping::PruneLogs() {
  const Config& config = core_.runtime->config;
  PruneLog prune;
  prune.kept_before = Now() - std::chrono::seconds(config.store_keep_log);
  prune.lines_before =
      Now() - std::chrono::seconds(config.store_keep_log_lines);
  const Result<Outcome> outcome = co_await core_.StoreWrite(prune);
  co_return outcome ? outcome->affected : 0;
}

// How many addresses this has decided about.
asio::awaitable<std::size_t> Housekeeping::LetTimePass() {
  PassTime pass;
  const Result<Outcome> outcome = co_await core_.StoreWrite(pass);
  co_return outcome ? outcome->affected : 0;
}

asio::awaitable<void> Housekeeping::KeepTime() {
  for (;;) {
    while (!core_.stopping && co_await LetTimePass() >= PassTime().limit) {
      continue;
    }
    if (core_.stopping) co_return;
    timekeeper_.expires_after(kTimePasses);
    const auto [error] = co_await timekeeper_.async_wait(kAsTuple);
    if (error) co_return;
  }
}

asio::awaitable<void> Housekeeping::KeepHouse() {
  for (;;) {
    WarnOfUnread();
    while (!core_.stopping && co_await PruneMails() >= Prune().limit) continue;
    while (!core_.stopping && co_await PruneLogs() > 0) continue;
    if (core_.stopping) co_return;
    housekeeper_.expires_after(kHousekeeping);
    const auto [error] = co_await housekeeper_.async_wait(kAsTuple);
    if (error) co_return;
  }
}

}  // namespace postbounce
