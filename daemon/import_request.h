#ifndef POSTBOUNCE_DAEMON_IMPORT_REQUEST_H_
#define POSTBOUNCE_DAEMON_IMPORT_REQUEST_H_

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "daemon/log_import.h"
#include "mime/text/result.h"

namespace postbounce {

// "log-import" of postbounce-query(5): the names of the files, whose
// descriptors follow, and how they are to be read.
struct ImportRequest {
  static constexpr std::size_t kFiles = 200;

  std::vector<std::string> files;
  LogImport::Options options;

  static Result<ImportRequest> Parse(const boost::json::object& request,
                                     const Config& config);
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_IMPORT_REQUEST_H_
