#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "mime/text/text.h"
#include "mime/trace_field.h"

namespace {

using postbounce::TraceField;
using postbounce::TraceKind;

void Check(bool holds) {
  if (!holds) std::abort();
}

std::string WithoutBlanks(std::string_view text) {
  std::string kept;
  for (const char c : text) {
    if (!postbounce::IsBlank(c)) kept += c;
  }
  return kept;
}

// The only words that the field can begin with.
std::string StartOf(const TraceField& field) {
  std::string start;
  if (field.kind == TraceKind::kClient) {
    const bool is_ipv6 = field.client_address.find(':') != std::string::npos;
    start = "from " + field.helo + " (" +
            (field.client_name.empty() ? "unknown" : field.client_name) +
            (is_ipv6 ? " [IPv6:" : " [") + field.client_address + "])";
  } else {
    start = "by " + field.by + " (" + field.mail_name;
    start += field.kind == TraceKind::kPickup ? ", from userid " : ") id ";
  }
  return start;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::optional<TraceField> field = postbounce::ReadTraceField(text);
  if (!field) return 0;
  Check(WithoutBlanks(text).starts_with(WithoutBlanks(StartOf(*field))));
  Check(!field->by.empty() && !field->mail_name.empty());
  Check(!field->id.empty() && field->id.size() < size);
  return 0;
}
