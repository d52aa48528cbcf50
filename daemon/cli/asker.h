#ifndef POSTBOUNCE_DAEMON_CLI_ASKER_H_
#define POSTBOUNCE_DAEMON_CLI_ASKER_H_

#include <boost/json/object.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/logs/fd.h"
#include "daemon/service.h"
#include "mime/text/result.h"

namespace postbounce {

// A file that this process may read, if not the daemon.
struct OpenFile {
  Fd fd;
  std::string name;
};

// Asks the daemon, or in its absence the store itself: the verbs do not know
// which. Answers as postbounce-query(5).
class Asker {
 public:
  virtual ~Asker() = default;

  // Does what takes long and wants files: "log-import", "replay", "import" or
  // "backup" of postbounce-query(5). Calls `progress` for each report but the
  // last, which it returns. To be asked for once, and last.
  virtual Result<boost::json::object> Run(
      boost::json::object request, std::vector<OpenFile> files,
      const std::function<void(const boost::json::object&)>& progress) = 0;

  // An answer with "ok": true; every other one is an Error.
  virtual Result<boost::json::object> Ask(
      const boost::json::object& request) = 0;

  // Asks each `check` that `next` gives, and hands each answer to `take`, in
  // the same order; `next` may be far ahead of `take`. When it gives nothing it
  // is called again after an answer; without one that is owed, it is done. The
  // first error, be it an answer or what one of the two returns, ends it, and
  // is the last thing that this asker is good for.
  using Next = std::function<Result<std::optional<boost::json::object>>()>;
  using Take = std::function<Result<void>(const boost::json::object&)>;
  virtual Result<void> AskAll(const Next& next, const Take& take) = 0;
};

// Asks page after page: again with the "cursor" of each answer, until that is
// empty, and with its "mark", if it has one, as the end of an interval. `take`
// has a page while another thread asks for the next one. The first error ends
// it.
Result<void> AskPages(Asker& asker, boost::json::object request,
                      const Asker::Take& take);

struct AskerOptions {
  std::string config_path;   // empty: the default one
  std::string socket;        // not empty: ask there and nowhere else
  Door door = Door::kQuery;  // what the verb needs
};

// Goes to the control socket, then (for what everybody may ask) to the query
// socket, then, when no daemon has the store open, opens the store in this
// process as the user that owns it.
Result<std::unique_ptr<Asker>> OpenAsker(const AskerOptions& options);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_ASKER_H_
