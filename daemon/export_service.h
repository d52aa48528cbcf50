#ifndef POSTBOUNCE_DAEMON_EXPORT_SERVICE_H_
#define POSTBOUNCE_DAEMON_EXPORT_SERVICE_H_

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "mime/text/result.h"
#include "mime/text/timestamp.h"
#include "store/reader.h"

namespace postbounce {

// The answer to `export`. kSyntax.
Result<boost::json::object> AnswerExport(const boost::json::object& request,
                                         Reader* reader, Timestamp now);

// Adds to each entry that is a whole domain who of it is on the allow-list:
// "except", a list of addresses.
Result<void> AddExceptions(Reader* reader, Timestamp now,
                           boost::json::array* entries);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_EXPORT_SERVICE_H_
