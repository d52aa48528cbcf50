#ifndef POSTBOUNCE_DAEMON_ALARM_SERVICE_H_
#define POSTBOUNCE_DAEMON_ALARM_SERVICE_H_

#include <boost/json/object.hpp>

#include "mime/text/result.h"
#include "store/reader.h"
#include "store/store.h"

namespace postbounce {

// The answer to "held": the alarms of the outage guard, open ones first, and
// how many addresses they hold, or the addresses of one; see
// postbounce-query(5).
Result<boost::json::object> AnswerHeld(const boost::json::object& request,
                                       Reader* reader);

// What "resolve" asks for: an alarm's new state.
Result<Write> ResolveAlarmOf(const boost::json::object& request);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_ALARM_SERVICE_H_
