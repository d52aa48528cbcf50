#ifndef POSTBOUNCE_DAEMON_IMPORT_REQUEST_H_
#define POSTBOUNCE_DAEMON_IMPORT_REQUEST_H_

#include <boost/json/object.hpp>
#include <cstddef>

#include "daemon/log_import.h"
#include "mime/text/result.h"

namespace postbounce {

// "log-import" of postbounce-query(5): how many files follow, and how they are
// to be read.
struct ImportRequest {
  static constexpr std::size_t kMaxFiles = 1000;
  // Of a name, which is for people: the rest is cut.
  static constexpr std::size_t kName = 255;

  std::size_t files = 0;
  LogImport::Options options;

  static Result<ImportRequest> Parse(const boost::json::object& request,
                                     const Config& config);
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_IMPORT_REQUEST_H_
