#ifndef POSTBOUNCE_DAEMON_IO_LISTENER_H_
#define POSTBOUNCE_DAEMON_IO_LISTENER_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "daemon/config.h"
#include "daemon/io/core.h"

namespace postbounce {

// Accepts clients at one socket and starts a coroutine for each.
class Listener {
 public:
  struct Options {
    std::string name;                 // for the log: "lmtp"
    std::uint64_t Config::*sessions;  // how many at a time
    std::uint64_t Config::*timeout;   // that clients may stay silent for
    std::string busy;                 // said to one client too many
    std::function<boost::asio::awaitable<void>(std::shared_ptr<Connection>)>
        serve;
  };

  Listener(Core& core, Acceptor acceptor, Options options);

  void Start();
  // No new clients. Those that are there stay.
  void Stop();

 private:
  boost::asio::awaitable<void> Accept();
  boost::asio::awaitable<void> ServeOne(std::shared_ptr<Connection> connection);
  void Admit(Socket socket);

  Core& core_;
  Acceptor acceptor_;
  const Options options_;
  boost::asio::steady_timer pause_;
  std::size_t open_ = 0;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_IO_LISTENER_H_
