#ifndef POSTBOUNCE_DAEMON_TO_JSON_H_
#define POSTBOUNCE_DAEMON_TO_JSON_H_

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/judgement.h"
#include "daemon/log_import.h"
#include "daemon/status_report.h"
#include "store/reader.h"

// The shapes of JSON that other programs rely on; see postbounce-query(5) and
// postbounce(1). Absent values are null. Every text is valid UTF-8.
namespace postbounce {

// Whom a witness is about, for people: its mailbox, or where there is no valid
// one the recipient as reported, if that looks like an address; else empty.
std::string ShownAddress(const Witness& witness);

// What was made of a mail, for `explain`; the addresses are ShownAddress().
boost::json::object ToJson(const Judgement& judgement);
// An entry of `status`.
boost::json::object ToJson(const StatusReport& report);
// An entry of `list` and `export`.
boost::json::object ToJson(const ListEntry& entry);
// An entry of `inbox`.
boost::json::object ToJson(const InboxEntry& entry);
boost::json::object ToJson(const Totals& totals);
boost::json::array ToJson(const std::vector<UnknownHost>& hosts);
// An entry of `held`.
boost::json::object ToJson(const Alarm& alarm);
// An order of `status`, and an entry of the allow-list.
boost::json::object ToJson(const StoredOrder& order);
// The answer to "undo".
boost::json::object ToJson(const StoredUndo& undo);
boost::json::object ToJson(const UndoReport& report);
// An entry of `events`.
boost::json::object ToJson(const LogMessage& message);
boost::json::array ToJson(const std::vector<LogCoverage>& logs);
// A line of `log import`.
boost::json::object ToJson(const LogImport::Report& report);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_TO_JSON_H_
