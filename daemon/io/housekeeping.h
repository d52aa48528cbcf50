#ifndef POSTBOUNCE_DAEMON_IO_HOUSEKEEPING_H_
#define POSTBOUNCE_DAEMON_IO_HOUSEKEEPING_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>

#include "daemon/io/core.h"

namespace postbounce {

// What the daemon does now and then without being asked: forgets what is old,
// and lets time pass for the list. For the loop's thread.
class Housekeeping {
 public:
  // `core` must outlive this.
  explicit Housekeeping(Core* core) : core_(*core) {}

  // Each until Stop().
  boost::asio::awaitable<void> KeepHouse();
  boost::asio::awaitable<void> KeepTime();
  void Stop();

 private:
  void LookAround();
  // On the readers' thread.
  void WarnOfUnread(const Totals& totals, const Config& config);
  void WarnOfUnproven(const Totals& totals);
  // How much these have done.
  boost::asio::awaitable<std::size_t> PruneMails();
  boost::asio::awaitable<std::size_t> PruneOldEvents();
  boost::asio::awaitable<std::size_t> PruneLogs();
  boost::asio::awaitable<std::size_t> LetTimePass();
  boost::asio::awaitable<bool> GoOnForgetting();

  Core& core_;
  std::uint64_t unproven_ = 0;  // as last told; of the readers' thread alone
  boost::asio::steady_timer housekeeper_{core_.loop};
  boost::asio::steady_timer timekeeper_{core_.loop};
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_IO_HOUSEKEEPING_H_
