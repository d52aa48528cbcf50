#ifndef POSTBOUNCE_DAEMON_IO_CONNECTION_H_
#define POSTBOUNCE_DAEMON_IO_CONNECTION_H_

#include <algorithm>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
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
  // Of a unix socket: whose the client is. Those of an inet one are one.
  std::uint32_t user = std::numeric_limits<std::uint32_t>::max();
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

  // The one that has been silent for longest, of the user who has most of them.
  // Those that wait for us, or are closed already, do not count. Null: there is
  // none.
  std::shared_ptr<Connection> LongestSilent() const {
    struct Clients {
      std::size_t count = 0;
      std::shared_ptr<Connection> longest;
    };
    std::map<std::uint32_t, Clients> users;
    for (const auto& connection : all_) {
      if (connection->working || !connection->socket.is_open()) continue;
      Clients& clients = users[connection->user];
      ++clients.count;
      const bool is_longer =
          !clients.longest || connection->active < clients.longest->active;
      if (is_longer) clients.longest = connection;
    }
    const auto most = std::max_element(users.begin(), users.end(),
                                       [](const auto& a, const auto& b) {
                                         return a.second.count < b.second.count;
                                       });
    return most == users.end() ? nullptr : most->second.longest;
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
