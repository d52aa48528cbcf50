#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/daemon/protocol/lmtp_transcript.h"

namespace {

constexpr std::size_t kBudget = 128u << 10;

std::string Replay(std::string_view bytes, std::size_t chunk) {
  postbounce::LmtpSession::Options options;
  options.hostname = "mx.test";
  options.message_size = 100;
  options.recipients = 3;
  postbounce::ByteBudget budget(kBudget);
  postbounce::LmtpTranscript transcript(options, &budget);
  transcript.Feed(bytes, chunk);
  transcript.session().Close("stopping");
  transcript.Feed({}, chunk);
  postbounce::ByteBudget::Share all(&budget);
  if (!transcript.is_closed() || !all.Grow(kBudget)) std::abort();
  return transcript.text();
}

}  // namespace

// What is said must not depend on how the bytes are cut. The first byte is
// the size of the pieces.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1,
                               size - 1);
  const std::string whole = Replay(bytes, bytes.size() + 1);
  if (Replay(bytes, 1) != whole) std::abort();
  if (Replay(bytes, std::size_t{1} + data[0]) != whole) std::abort();
  return 0;
}
