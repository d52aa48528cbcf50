#ifndef POSTBOUNCE_DAEMON_EXPORT_SERVICE_H_
#define POSTBOUNCE_DAEMON_EXPORT_SERVICE_H_

#include <boost/json/object.hpp>

#include "mime/text/result.h"
#include "mime/text/timestamp.h"
#include "store/reader.h"

namespace postbounce {

// The answer to `export`. kSyntax.
Result<boost::json::object> AnswerExport(const boost::json::object& request,
                                         Reader* reader, Timestamp now);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_EXPORT_SERVICE_H_
