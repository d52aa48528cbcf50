#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "mime/text/text.h"
#include "mime/text/verp.h"

namespace {

using postbounce::Address;
using postbounce::FindVerp;
using postbounce::MakeVerp;
using postbounce::VerpKeys;
using postbounce::VerpProof;

void Check(bool holds) {
  if (!holds) std::abort();
}

VerpKeys OneKey() {
  return VerpKeys::Parse("1 " + std::string(64, '0'), "k").value();
}

// What was made for an address is found for it, also in upper case.
void CheckMade(const Address& from, char delimiter, const Address& mailed) {
  const VerpKeys keys = OneKey();
  const std::chrono::sys_days day(std::chrono::days(20778));
  for (const bool with_address : {false, true}) {
    const auto made =
        MakeVerp(keys, {from, delimiter, with_address}, mailed, day);
    if (!made) continue;
    Check(made->local_part().size() <= 64);
    const auto found = FindVerp(keys, delimiter, *made, mailed);
    Check(found.proof == VerpProof::kSigned && found.day == day);
    std::string upper = made->ToString();
    for (char& c : upper) c = c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
    const auto shouted = Address::Parse(upper);
    Check(shouted && FindVerp(keys, delimiter, *shouted, mailed) == found);
  }
}

}  // namespace

// A delimiter, a line for the bounce address, one for the mailed address; all
// of it is a key file, too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto keys = VerpKeys::Parse(text, "k")) {
    const auto id = keys->NextId();
    Check(!id || keys->Find(*id) == nullptr);
  }
  if (text.empty()) return 0;
  const auto& delimiters = postbounce::kVerpDelimiters;
  const char delimiter = delimiters[data[0] % delimiters.size()];
  text.remove_prefix(1);
  const auto bounce = Address::Parse(postbounce::TakeLine(&text).value_or(""));
  const auto mailed = Address::Parse(text);
  if (!bounce || !mailed) return 0;
  const auto found = FindVerp(OneKey(), delimiter, *bounce, *mailed);
  if (found.proof == VerpProof::kSigned) {
    const auto again =
        MakeVerp(OneKey(), {Address::Parse("b@c").value(), '+', false}, *mailed,
                 found.day);
    const std::string local = postbounce::ToLower(bounce->local_part());
    Check(local.find(again.value().local_part().substr(2)) != local.npos);
  }
  CheckMade(*bounce, delimiter, *mailed);
  return 0;
}
