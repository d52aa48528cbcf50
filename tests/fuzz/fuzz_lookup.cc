// A client of one of the protocols that Postfix looks things up by: any bytes,
// cut anywhere, get the same answers. The first byte chooses the protocol and
// the size of the pieces.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "daemon/protocol/policy_session.h"
#include "daemon/protocol/socketmap_session.h"
#include "daemon/protocol/tcp_table_session.h"
#include "tests/daemon/protocol/lookup_talk.h"

namespace {

template <class Session>
void Check(std::string_view bytes, std::size_t chunk) {
  const auto whole = postbounce::Talk<Session>(bytes, bytes.size() + 1);
  if (postbounce::Talk<Session>(bytes, 1) != whole) std::abort();
  if (postbounce::Talk<Session>(bytes, chunk) != whole) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1,
                               size - 1);
  const std::size_t chunk = data[0] / 3u + 1;
  if (data[0] % 3 == 0) Check<postbounce::PolicySession>(bytes, chunk);
  if (data[0] % 3 == 1) Check<postbounce::SocketmapSession>(bytes, chunk);
  if (data[0] % 3 == 2) Check<postbounce::TcpTableSession>(bytes, chunk);
  return 0;
}
