// What explain reads: an mbox gives the same messages however its bytes come
// in, and any line or text gives a report.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/cli/explain_input.h"
#include "daemon/cli/mbox.h"
#include "daemon/delivery_line.h"

namespace {

constexpr std::size_t kMaxSize = 4096;

std::vector<std::string> Cut(std::string_view bytes, std::size_t step) {
  std::vector<std::string> messages;
  postbounce::MboxReader reader(kMaxSize,
                                [&](const postbounce::MboxMessage& message) {
                                  if (message.bytes.size() > kMaxSize)
                                    std::abort();
                                  if (message.number != messages.size() + 1)
                                    std::abort();
                                  messages.emplace_back(message.bytes);
                                });
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    reader.Feed(bytes.substr(at, step));
  }
  reader.Finish();
  return messages;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (Cut(bytes, std::max<std::size_t>(size, 1)) != Cut(bytes, 7)) std::abort();
  (void)postbounce::KindOfInput(bytes);
  (void)postbounce::IsPostfixLogLine(bytes);
  if (const auto line = postbounce::DeliveryLine::Parse(bytes)) {
    (void)postbounce::ReportOf(*line);
  }
  (void)postbounce::ReportOfText(bytes);
  return 0;
}
