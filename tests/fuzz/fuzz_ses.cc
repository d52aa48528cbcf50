#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mime/ses_notification.h"
#include "mime/text/text.h"

// Any JSON gives a notification or none; what it says is valid UTF-8.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto found = postbounce::ParseSesNotification(text);
  if (!found) return 0;
  for (const auto& recipient : found->report.recipients) {
    if (!postbounce::IsValidUtf8(recipient.diagnostic)) std::abort();
    if (!postbounce::IsValidUtf8(recipient.status)) std::abort();
  }
  return 0;
}
