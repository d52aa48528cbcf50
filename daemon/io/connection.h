#ifndef POSTBOUNCE_DAEMON_IO_CONNECTION_H_
#define POSTBOUNCE_DAEMON_IO_CONNECTION_H_

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <chrono>
#include <memory>
#include <set>
#include <utility>

namespace postbounce {

// Unix and inet sockets alike.
using Socket = boost::asio::generic::stream_protocol::socket;
using Acceptor =
    boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol>;

// A client, as the rest of the daemon sees it. Lives on the loop's thread.
struct Connection {
  explicit Connection(Socket s) : socket(std::move(s)) {}

  // Call after every read and write that counts as a sign of life.
  void Touch() { active = std::chrono::steady_clock::now(); }

  Socket socket;
  std::chrono::steady_clock::time_point active =
      std::chrono::steady_clock::now();
  std::chrono::seconds timeout{300};
  bool working = false;  // waits for us, not we for it
  bool expired = false;  // was silent for too long, and has been told
};

// Every open connection, so that silent ones are ended by one timer and all
// of them at the stop.
class Connections {
 public:
  void Add(const std::shared_ptr<Connection>& connection) {
    all_.insert(connection);
  }
  void Remove(const std::shared_ptr<Connection>& connection) {
    all_.erase(connection);
  }
  std::size_t size() const { return all_.size(); }

  // Wakes those that were silent for too long, so that they say good-bye; at
  // the second time closes them.
  void EndSilent(std::chrono::steady_clock::time_point now) {
    for (const auto& connection : all_) {
      if (connection->working ||
          now - connection->active < connection->timeout) {
        continue;
      }
      boost::system::error_code ignored;
      if (connection->expired) connection->socket.close(ignored);
      connection->expired = true;
      connection->socket.cancel(ignored);
    }
  }

  // Wakes all that wait for a client.
  void WakeAll() {
    for (const auto& connection : all_) {
      boost::system::error_code ignored;
      connection->socket.cancel(ignored);
    }
  }

  void CloseAll() {
    for (const auto& connection : all_) {
      boost::system::error_code ignored;
      connection->socket.close(ignored);
    }
  }

 private:
  std::set<std::shared_ptr<Connection>> all_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_IO_CONNECTION_H_
