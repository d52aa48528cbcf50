#ifndef POSTBOUNCE_DAEMON_CLI_SOCKET_ASKER_H_
#define POSTBOUNCE_DAEMON_CLI_SOCKET_ASKER_H_

#include <boost/json/object.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/cli/asker.h"
#include "daemon/logs/fd.h"

namespace postbounce {

// Connects to a unix socket: none with errno set when that fails.
Fd ConnectTo(const std::string& path);

// An answer with "ok": true, or the Error that it is.
Result<boost::json::object> CheckedAnswer(boost::json::object answer);

// Asks a daemon through a connected socket.
class SocketAsker : public Asker {
 public:
  explicit SocketAsker(Fd fd) : fd_(std::move(fd)) {}

  Result<boost::json::object> Ask(const boost::json::object& request) override;
  Result<void> AskAll(const Next& next, const Take& take) override;
  Result<boost::json::object> Run(
      boost::json::object request, std::vector<OpenFile> files,
      const std::function<void(const boost::json::object&)>& progress) override;

 private:
  Result<void> SendAll(std::string_view bytes) const;
  Result<void> SendSome(std::string* bytes) const;
  Result<void> Receive();
  std::optional<std::string_view> NextLine();
  Result<boost::json::object> ReadAnswer();

  const Fd fd_;
  std::string buffer_;
  std::size_t start_ = 0;     // of the next line in buffer_
  std::size_t searched_ = 0;  // no LF before this
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_SOCKET_ASKER_H_
