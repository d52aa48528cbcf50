#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mime/message.h"
#include "mime/reading.h"
#include "mime/text/limits.h"

namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

void CheckParts(const postbounce::Message& message, std::string_view bytes) {
  Check(!message.parts.empty());
  Check(message.parts.size() <= postbounce::limits::kMimeParts);
  for (std::size_t i = 0; i < message.parts.size(); ++i) {
    const postbounce::Part& part = message.parts[i];
    Check(part.parent < static_cast<int>(i));
    Check(part.depth <= postbounce::limits::kMimeDepth);
    Check(part.Body().size() <= part.raw_body.size());
    const auto offset = message.OffsetOf(part);
    if (offset) Check(*offset + part.raw_body.size() <= bytes.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  CheckParts(postbounce::Message::Parse(bytes), bytes);
  const auto reading = postbounce::ReadMail(bytes, {{"X-Campaign"}});
  for (const auto& range :
       {reading.returned_body, reading.text_around_returned}) {
    Check(range.begin <= range.end);
    Check(range.end <= bytes.size());
  }
  (void)postbounce::WithoutReturnedBody(bytes, reading);
  (void)postbounce::MailDigest(bytes);
  return 0;
}
