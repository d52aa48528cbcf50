#include <boost/json/array.hpp>

#include "daemon/counters.h"
#include "daemon/hello.h"
#include "daemon/io/core.h"
#include "daemon/log.h"

namespace postbounce {

namespace json = boost::json;

void AddState(const Core& core, json::object* answer) {
  json::object daemon;
  daemon["program"] = kProgramName;
  daemon["config"] = core.config_path;
  daemon["started"] = FormatTimestamp(core.started);
  daemon["loaded"] = FormatTimestamp(core.loaded);
  (*answer)["daemon"] = std::move(daemon);
  const CounterShare* const shares[] = {
      &core.counters.postfix, &core.counters.queries, &core.counters.writer,
      &core.counters.others};
  const Gauge gauges[] = {
      {"errors", "Lines of the log that are errors.",
       LoggedAt(LogLevel::kError), true},
      {"warnings", "Lines of the log that are warnings.",
       LoggedAt(LogLevel::kWarning), true},
      {"writes_waiting", "What is to be stored and waits for its turn.",
       core.committer->waiting()},
      {"bytes_waiting", "Bytes of mail that are not stored yet.",
       core.budget.used()},
      {"mail_clients", "Connections that bring mail, and those of long verbs.",
       core.connections.size()},
      {"lookup_clients", "Connections of Postfix that asks.",
       core.postfix.desk->clients()},
      {"query_clients", "Connections to the JSON sockets.",
       core.queries.desk->clients()},
      {"places", "Places of the list in memory.", core.index.size()},
  };
  (*answer)["counters"] = ToJson(shares, gauges);
}

}  // namespace postbounce
