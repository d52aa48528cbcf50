// Any line of a log: what is read of it are pieces of it, the same ones each
// time, and what is cut off its end changes no recipient.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <string_view>
#include <variant>

#include "maillog/log_record.h"

namespace {

using postbounce::LineKind;
using postbounce::LogLine;
using postbounce::LogRecord;

void RequireWithin(std::string_view bytes,
                   std::initializer_list<std::string_view> pieces) {
  for (const std::string_view piece : pieces) {
    if (piece.empty()) continue;
    if (piece.data() < bytes.data() ||
        piece.data() + piece.size() > bytes.data() + bytes.size()) {
      std::abort();
    }
  }
}

// Views into the line that a record has, beside its queue id.
struct Checker {
  std::string_view bytes;

  void operator()(const postbounce::Noise&) const {}
  void operator()(const postbounce::Delivery& it) const {
    RequireWithin(bytes,
                  {it.to, it.orig_to, it.relay, it.tls, it.dsn, it.text});
    if (it.dsn.size() < 5 || it.delay.count() < 0 || it.conn_use < 0 ||
        postbounce::DeliveryStatusName(it.status).empty()) {
      std::abort();
    }
  }
  void operator()(const postbounce::Queued& it) const {
    RequireWithin(bytes, {it.sender});
  }
  void operator()(const postbounce::Expired& it) const {
    RequireWithin(bytes, {it.sender});
  }
  void operator()(const postbounce::Removed&) const {}
  void operator()(const postbounce::Client& it) const {
    RequireWithin(bytes, {it.name, it.address, it.sasl_username,
                          it.orig_queue_id, it.orig_name, it.orig_address});
  }
  void operator()(const postbounce::Pickup& it) const {
    RequireWithin(bytes, {it.sender, it.orig_queue_id});
  }
  void operator()(const postbounce::MessageId& it) const {
    RequireWithin(bytes, {it.id});
  }
  void operator()(const postbounce::Notice& it) const {
    RequireWithin(bytes, {it.new_queue_id});
    if (!postbounce::IsQueueId(it.new_queue_id)) std::abort();
  }
  void operator()(const postbounce::Rejection& it) const {
    RequireWithin(bytes, {it.verb, it.stage, it.client_address, it.text});
  }
  void operator()(const postbounce::QueueMove&) const {}
  void operator()(const postbounce::Malformed& it) const {
    if (it.what == nullptr) std::abort();
  }
};

// The recipient, if the line is a delivery.
std::string_view Check(std::string_view bytes,
                       postbounce::StampReader* stamps) {
  LogLine line;
  if (postbounce::SplitLogLine(bytes, stamps, &line) != LineKind::kPostfix) {
    return {};
  }
  RequireWithin(bytes, {line.host, line.syslog_name, line.program, line.text,
                        line.instance()});
  if (line.time < postbounce::Timestamp{}) std::abort();
  const LogRecord record = postbounce::ReadLogRecord(line);
  RequireWithin(line.text, {record.queue_id});
  if (!record.queue_id.empty() && !postbounce::IsQueueId(record.queue_id)) {
    std::abort();
  }
  std::visit(Checker{line.text}, record.what);
  const auto* delivery = std::get_if<postbounce::Delivery>(&record.what);
  return delivery == nullptr ? std::string_view() : delivery->to;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  postbounce::StampReader stamps(
      2026, [](std::int64_t local) { return local - 3600; });
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::string_view whole = Check(line, &stamps);
    const std::string_view cut = Check(line.substr(0, size / 2), &stamps);
    if (!cut.empty() && !whole.empty() && cut != whole) std::abort();
  }
  LogLine line;
  (void)postbounce::SplitTagged(bytes, &line);
  (void)postbounce::SplitTag(bytes, &line);
  return 0;
}
