#include "daemon/protocol/received_mail.h"

#include <algorithm>

namespace postbounce {
namespace {

// The budget is asked for this much at a time.
constexpr std::size_t kShareStep = 64u << 10;

}  // namespace

bool Reserve(std::uint64_t size, std::size_t limit, ReceivedMail* mail) {
  if (size >= limit) return mail->share.Grow(limit);
  const auto steps =
      (static_cast<std::size_t>(size) + kShareStep - 1) / kShareStep;
  return mail->share.Grow(std::min(steps * kShareStep, limit));
}

bool Keep(std::string_view content, std::size_t limit, ReceivedMail* mail) {
  std::string& bytes = mail->bytes;
  content = content.substr(0, limit - bytes.size());
  const std::size_t size = bytes.size() + content.size();
  if (size > bytes.capacity()) {
    // By half, since each time all is copied.
    if (!Reserve(std::max(size, size / 2 * 3), limit, mail)) {
      bytes = std::string();
      mail->share.Release();
      return false;
    }
    bytes.reserve(mail->share.size());
  }
  bytes.append(content);
  return true;
}

}  // namespace postbounce
