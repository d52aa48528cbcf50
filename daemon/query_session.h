#ifndef POSTBOUNCE_DAEMON_QUERY_SESSION_H_
#define POSTBOUNCE_DAEMON_QUERY_SESSION_H_

#include <boost/json/object.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/finder.h"
#include "daemon/protocol/line_reader.h"
#include "daemon/protocol/session.h"
#include "daemon/quick_check.h"
#include "daemon/service.h"
#include "mime/text/timestamp.h"

namespace postbounce {

// The server's side of a JSON socket, see postbounce-query(5): a line in, a
// line out. It answers `check` itself; all else is asked of others.
class QuerySession : public Session {
 public:
  struct Parts {
    Door door;
    Finder finder;
    const std::shared_ptr<const Site>& site;  // may be replaced
    std::function<Timestamp()> now;
    // Answers another request, on any thread, with a call of its function.
    using Reply = std::function<void(boost::json::object)>;
    std::function<void(boost::json::object request, Reply)> ask;
    // Runs a function on the session's thread and feeds the session, unless it
    // has ended. For any thread.
    std::function<void(std::function<void()>)> resume;
    // Takes over a connection whose last request this is.
    std::function<void(int fd, boost::json::object request)> give;
  };
  explicit QuerySession(Parts parts);

  Step Feed(std::string_view bytes, std::string* output) override;
  // Clients may take their time.
  bool is_idle() const override { return true; }
  void Give(int fd) override;

 private:
  std::optional<LineReader::Line> AnswerPlain(std::string* output);
  Step Answer(LineReader::Line line, std::string* output);
  boost::json::object Check(const boost::json::object& request);
  void AnswerTaken(std::string* output);
  void Ask(boost::json::object request);

  Parts parts_;
  LineReader lines_;
  QuickCheck quick_;
  bool is_waiting_ = false;
  std::optional<boost::json::object> answer_;  // that it waits for
  boost::json::object last_;                   // to be given away
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_QUERY_SESSION_H_
