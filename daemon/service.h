#ifndef POSTBOUNCE_DAEMON_SERVICE_H_
#define POSTBOUNCE_DAEMON_SERVICE_H_

#include <boost/json/object.hpp>
#include <functional>
#include <optional>
#include <string_view>

#include "daemon/finding.h"
#include "daemon/protocol/line_reader.h"
#include "mime/text/result.h"
#include "mime/text/timestamp.h"
#include "store/reader.h"
#include "store/store.h"

namespace postbounce {

// Who asks: anybody who can reach the query socket, or root and the daemon's
// own user at the control socket.
enum class Door { kQuery, kControl };

// The verbs of the JSON sockets, see postbounce-query(5). A request is an
// object with "verb"; "id", if there is one, comes back in the answer. Every
// answer has "ok"; with false, "error" is a sentence and "code" a word.
//
// Answers what reads. What writes is in WriteOf.
class Service {
 public:
  // Uses `reader` from the calling thread alone.
  Service(Reader* reader, const SitePolicy& policy)
      : reader_(reader), policy_(policy) {}

  boost::json::object Answer(const boost::json::object& request, Door door,
                             Timestamp now);

 private:
  using Answerer = Result<boost::json::object> (Service::*)(
      const boost::json::object& request, Timestamp now);
  struct Verb {
    std::string_view name;
    Answerer answer;
  };
  static const Verb kVerbs[];

  Result<boost::json::object> Check(const boost::json::object&, Timestamp);
  Result<boost::json::object> Status(const boost::json::object&, Timestamp);
  Result<boost::json::object> List(const boost::json::object&, Timestamp);
  Result<boost::json::object> Undos(const boost::json::object&, Timestamp);
  Result<boost::json::object> AllowList(const boost::json::object&, Timestamp);
  Result<boost::json::object> Inbox(const boost::json::object&, Timestamp);
  Result<boost::json::object> InboxShow(const boost::json::object&, Timestamp);
  Result<boost::json::object> Held(const boost::json::object&, Timestamp);
  Result<boost::json::object> Export(const boost::json::object&, Timestamp);
  Result<boost::json::object> Events(const boost::json::object&, Timestamp);
  Result<boost::json::object> Stats(const boost::json::object&, Timestamp);

  Reader* const reader_;
  const SitePolicy& policy_;
};

// A line of a client's as a request. kLimit, kSyntax.
Result<boost::json::object> ParseRequest(const LineReader::Line& line);

// The answer to `check`: what the list says of each address, for mail of the
// scope, or of the sender and login, that the request names, if it does.
using FindFunction = std::function<Result<Finding>(std::string_view address,
                                                   std::string_view scope)>;
Result<boost::json::object> AnswerCheck(const boost::json::object& request,
                                        const Scopes& scopes,
                                        const FindFunction& find);

// The write that a request asks for: none when its verb does not write.
// kConflict when the verb does not write through this door; kSyntax also when
// a scope is to be suppressed that by `scopes` no mail has.
std::optional<Result<Write>> WriteOf(const boost::json::object& request,
                                     Door door, const Scopes& scopes,
                                     Timestamp now);

// The whole answer: `body` with "ok" and the request's id, or the refusal.
boost::json::object Answered(const boost::json::object& request,
                             Result<boost::json::object> body);

// The answer to a request that wrote.
boost::json::object AnswerWritten(const boost::json::object& request,
                                  const Result<Outcome>& outcome);

// The answer to a request that could not be understood or done.
boost::json::object Refusal(const boost::json::object& request,
                            const Error& error);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_SERVICE_H_
