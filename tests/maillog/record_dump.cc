#include "tests/maillog/record_dump.h"

#include <variant>

namespace postbounce {
namespace {

std::string Field(std::string_view name, std::string_view value) {
  if (value.empty()) return {};
  return " " + std::string(name) + " <" + std::string(value) + ">";
}

std::string Field(std::string_view name, std::uint64_t value) {
  return " " + std::string(name) + " " + std::to_string(value);
}

std::string Field(std::string_view name, Milliseconds value) {
  return " " + std::string(name) + " " + std::to_string(value.count()) + "ms";
}

struct Dumper {
  std::string operator()(const Noise&) const { return "noise"; }
  std::string operator()(const Delivery& it) const {
    std::string text = "delivery " + std::string(DeliveryStatusName(it.status));
    text += Field("dsn", it.dsn) + " to <" + std::string(it.to) + ">";
    text += Field("orig_to", it.orig_to) + Field("relay", it.relay);
    if (it.conn_use != 1) {
      text += Field("conn_use", static_cast<std::uint64_t>(it.conn_use));
    }
    text += Field("delay", it.delay) + " =";
    for (Milliseconds delay : it.delays) {
      text += " " + std::to_string(delay.count());
    }
    text += Field("tls", it.tls) + Field("text", it.text);
    if (it.is_cut) text += " cut";
    return text;
  }
  std::string operator()(const Queued& it) const {
    return "queued from <" + std::string(it.sender) + ">" +
           Field("size", it.size) + Field("recipients", it.recipients);
  }
  std::string operator()(const Expired& it) const {
    return "expired from <" + std::string(it.sender) + ">" +
           (it.forced ? " forced" : "");
  }
  std::string operator()(const Removed&) const { return "removed"; }
  std::string operator()(const Client& it) const {
    return "client" + Field("name", it.name) + Field("address", it.address) +
           Field("user", it.sasl_username) +
           Field("orig_queue_id", it.orig_queue_id) +
           Field("orig_name", it.orig_name) +
           Field("orig_address", it.orig_address);
  }
  std::string operator()(const Pickup& it) const {
    return "pickup" + Field("uid", it.uid) + " from <" +
           std::string(it.sender) + ">" +
           Field("orig_queue_id", it.orig_queue_id);
  }
  std::string operator()(const MessageId& it) const {
    return "message-id <" + std::string(it.id) + ">";
  }
  std::string operator()(const Notice& it) const {
    return "notice" + Field("kind", static_cast<std::uint64_t>(it.kind)) +
           Field("id", it.new_queue_id);
  }
  std::string operator()(const Rejection& it) const {
    return "rejection" + Field("verb", it.verb) + Field("stage", it.stage) +
           Field("client", it.client_address) + Field("text", it.text);
  }
  std::string operator()(const QueueMove& it) const {
    return "move" + Field("kind", static_cast<std::uint64_t>(it.kind));
  }
  std::string operator()(const Malformed& it) const {
    return "malformed: " + std::string(it.what);
  }
};

}  // namespace

std::string Dump(const LogRecord& record) {
  return std::visit(Dumper{}, record.what);
}

std::string DumpLine(std::string_view text, StampReader* stamps) {
  LogLine line;
  switch (SplitLogLine(text, stamps, &line)) {
    case LineKind::kOther:
      return "other";
    case LineKind::kBad:
      return "bad";
    case LineKind::kPostfix:
      break;
  }
  const LogRecord record = ReadLogRecord(line);
  std::string dump = FormatTimestamp(line.time);
  for (std::string_view word : {line.host, line.syslog_name, line.program}) {
    dump += " " + (word.empty() ? "-" : std::string(word));
  }
  dump += " " + (record.queue_id.empty() ? "-" : std::string(record.queue_id));
  return dump + " " + Dump(record);
}

std::int64_t UtcZone(std::int64_t local) { return local; }

}  // namespace postbounce
