#ifndef POSTBOUNCE_DAEMON_CLI_SOCKET_ASKER_H_
#define POSTBOUNCE_DAEMON_CLI_SOCKET_ASKER_H_

#include <boost/json/object.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/cli/asker.h"
#include "daemon/logs/fd.h"

namespace postbounce {

// Connects to a unix socket: none with errno set when that fails, ETIMEDOUT
// when whoever listens has taken no connection for `patience`.
Fd ConnectTo(const std::string& path,
             std::chrono::seconds patience = std::chrono::seconds(30));

// An answer with "ok": true, or the Error that it is.
Result<boost::json::object> CheckedAnswer(boost::json::object answer);

// Asks a daemon through a connected socket. kUnavailable for one that neither
// takes a byte nor says one for `patience` while it owes an answer; but the
// reports of Run() may be as far apart as they like.
class SocketAsker : public Asker {
 public:
  explicit SocketAsker(
      Fd fd, std::chrono::milliseconds patience = std::chrono::seconds(30))
      : fd_(std::move(fd)), patience_(patience) {}

  Result<boost::json::object> Ask(const boost::json::object& request) override;
  Result<void> AskAll(const Next& next, const Take& take) override;
  Result<boost::json::object> Run(
      boost::json::object request, std::vector<OpenFile> files,
      const std::function<void(const boost::json::object&)>& progress) override;

 private:
  Result<short> WaitFor(short events) const;
  Result<void> SendAll(std::string bytes) const;
  Result<void> SendSome(std::string* bytes) const;
  Result<void> Receive();
  std::optional<std::string_view> NextLine();
  Result<boost::json::object> ReadAnswer();

  const Fd fd_;
  std::chrono::milliseconds patience_;  // negative: without end
  std::string buffer_;
  std::size_t start_ = 0;     // of the next line in buffer_
  std::size_t searched_ = 0;  // no LF before this
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_SOCKET_ASKER_H_
