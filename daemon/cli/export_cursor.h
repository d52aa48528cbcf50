#ifndef POSTBOUNCE_DAEMON_CLI_EXPORT_CURSOR_H_
#define POSTBOUNCE_DAEMON_CLI_EXPORT_CURSOR_H_

#include <boost/json/object.hpp>
#include <string>

#include "mime/text/result.h"

namespace postbounce {

// What --since-cursor names: the number of a change, or a file that remembers
// from one export to the next how far the list was, and what was asked for.
class ExportCursor {
 public:
  // `request` is what is asked for. kIo; kSyntax, also where another thing was
  // asked for before.
  Result<void> Open(const std::string& name,
                    const boost::json::object& request);
  // Of what the export is to tell changes; empty: there is no file yet.
  const std::string& from() const { return from_; }
  // Remembers that all up to this mark is exported. kIo.
  Result<void> Finish(const std::string& mark) const;

 private:
  bool is_file() const { return !file_.empty(); }

  std::string file_;
  std::string from_;
  boost::json::object request_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_EXPORT_CURSOR_H_
