// A configuration file: any bytes are either refused with a sentence or give
// values within their ranges.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "daemon/config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto config = postbounce::ParseConfig(
      {reinterpret_cast<const char*>(data), size}, "fuzz.toml");
  if (!config) {
    if (config.error().text().empty()) std::abort();
  } else if (config->lmtp_sessions < 1 || config->lmtp_sessions > 10000) {
    std::abort();
  }
  return 0;
}
