#include "daemon/io/housekeeping.h"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <string>

#include "daemon/log.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace asio = boost::asio;
constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::minutes kHousekeeping{10};
constexpr std::chrono::minutes kTimePasses{1};
constexpr std::size_t kShownName = 100;  // bytes

}  // namespace

void Housekeeping::Stop() {
  housekeeper_.cancel();
  timekeeper_.cancel();
}

void Housekeeping::LookAround() {
  asio::post(core_.readers, [this, runtime = core_.runtime] {
    const auto totals = core_.reader->Count();
    if (!totals) {
      return Log(LogLevel::kError, totals.error().ToString());
    }
    WarnOfUnread(*totals, runtime->config);
    WarnOfUnproven(*totals);
  });
}

void Housekeeping::WarnOfUnread(const Totals& totals, const Config& config) {
  if (totals.unseen_bytes <= config.store_keep_unread) return;
  Log(LogLevel::kWarning,
      fmt::format("{} mails ({} bytes) wait in the inbox and are kept until "
                  "seen: see `postbounce inbox`",
                  totals.unseen_mails, totals.unseen_bytes));
}

// Again when there are more.
void Housekeeping::WarnOfUnproven(const Totals& totals) {
  const bool is_news = totals.unproven > unproven_;
  unproven_ = totals.unproven;
  if (!is_news) return;
  const auto hosts = core_.reader->UnknownHosts();
  if (!hosts) return Log(LogLevel::kError, hosts.error().ToString());
  std::string names;
  for (const UnknownHost& host : *hosts) {
    if (host.name.empty()) continue;
    names +=
        names.empty() ? "; no log has the mail that was reported by " : ", ";
    names += Printable(host.name, kShownName);
  }
  Log(LogLevel::kInfo,
      fmt::format("{} of {} failures are unproven and do not count{}",
                  totals.unproven, totals.failures, names));
}

// How much this has pruned.
asio::awaitable<std::size_t> Housekeeping::PruneMails() {
  Prune prune;
  prune.kept_before =
      Now() - std::chrono::seconds(core_.runtime->config.store_keep_mail);
  const Result<Outcome> outcome = co_await core_.StoreWrite(prune);
  co_return outcome ? outcome->affected : 0;
}

asio::awaitable<std::size_t> Housekeeping::PruneOldEvents() {
  PruneEvents prune;
  prune.before =
      Now() - std::chrono::seconds(core_.runtime->config.store_keep_events);
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

// At least the limit if there may be more to do.
asio::awaitable<std::size_t> Housekeeping::LetTimePass() {
  PassTime pass;
  const Result<Outcome> outcome = co_await core_.StoreWrite(pass);
  co_return outcome ? outcome->affected : 0;
}

// What nobody waits for any more, such as after a crash. False when it is done.
asio::awaitable<bool> Housekeeping::GoOnForgetting() {
  const postbounce::GoOnForgetting some;
  const Result<Outcome> outcome = co_await core_.StoreWrite(some);
  co_return outcome && outcome->forgotten && !outcome->forgotten->is_done;
}

asio::awaitable<void> Housekeeping::KeepTime() {
  for (;;) {
    while (!core_.stopping && co_await GoOnForgetting()) continue;
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
    LookAround();
    while (!core_.stopping && co_await PruneMails() >= Prune().limit) continue;
    while (!core_.stopping && co_await PruneLogs() > 0) continue;
    while (!core_.stopping &&
           co_await PruneOldEvents() >= PruneEvents().limit) {
      continue;
    }
    if (core_.stopping) co_return;
    housekeeper_.expires_after(kHousekeeping);
    const auto [error] = co_await housekeeper_.async_wait(kAsTuple);
    if (error) co_return;
  }
}

}  // namespace postbounce
