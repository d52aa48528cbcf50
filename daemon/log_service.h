#ifndef POSTBOUNCE_DAEMON_LOG_SERVICE_H_
#define POSTBOUNCE_DAEMON_LOG_SERVICE_H_

#include <boost/json/object.hpp>

#include "mime/text/result.h"
#include "mime/text/timestamp.h"
#include "store/reader.h"

namespace postbounce {

// The answers of Service that come from logs; see postbounce-query(5).

// "events": the messages that fit, with what happened to each.
Result<boost::json::object> AnswerEvents(const boost::json::object& request,
                                         Reader* reader, Timestamp now);

// "stats" with "by": attempts counted by hour, day, week, or by name.
Result<boost::json::object> AnswerMailStats(const boost::json::object& request,
                                            Reader* reader, Timestamp now);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LOG_SERVICE_H_
