#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "mime/text/address.h"
#include "mime/text/limits.h"
#include "mime/text/xtext.h"

namespace {

using postbounce::Address;
using postbounce::Normaliser;
using postbounce::PlainMailbox;

void Check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Check(postbounce::DecodeXtext(text).size() <= size);
  Check(postbounce::DecodeUtf8Address(text).size() <= size);

  const auto address = Address::Parse(text);
  PlainMailbox::Space space;
  const auto plain = PlainMailbox::Read(text, Normaliser{}, &space);
  if (plain) {
    Check(address.has_value() &&
          plain->text == address->NormalisedText(Normaliser{}) &&
          plain->domain == address->ascii_domain());
  }
  if (!address) return 0;
  const auto again = Address::Parse(address->ToString());
  Check(again.has_value() && *again == *address);

  const std::string normal = address->NormalisedText(Normaliser{});
  // Some long addresses get longer in lower case or as A-labels.
  if (normal.size() > postbounce::limits::kAddress) return 0;
  const auto folded = Address::Parse(normal);
  Check(folded.has_value());
  Check(folded->NormalisedText(Normaliser{}) == normal);
  return 0;
}
