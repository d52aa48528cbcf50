#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mime/challenge.h"
#include "mime/delivery_report.h"
#include "mime/embedded_report.h"
#include "mime/feedback_report.h"
#include "mime/header.h"
#include "mime/original.h"
#include "mime/text/limits.h"
#include "mime/text/text.h"
#include "mime/text/timestamp.h"

namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

void CheckAddress(const postbounce::TypedAddress& address) {
  Check(postbounce::IsValidUtf8(address.text));
  Check(address.text.size() <= postbounce::limits::kAddressUtf8);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const postbounce::DeliveryReport report =
      postbounce::ParseDeliveryReport(bytes);
  for (const postbounce::ReportedRecipient& recipient : report.recipients) {
    CheckAddress(recipient.final_recipient);
    CheckAddress(recipient.original_recipient);
    Check(postbounce::IsValidUtf8(recipient.diagnostic));
    Check(recipient.diagnostic.size() <= postbounce::limits::kDiagnosticKept);
    Check(postbounce::IsValidUtf8(recipient.status));
  }
  (void)postbounce::ParseFeedbackReport(bytes);
  if (const auto found = postbounce::FindEmbeddedReport(bytes)) {
    Check(found->begin < found->end && found->end <= size);
  }
  (void)postbounce::AsksForConfirmation(bytes);
  Check(postbounce::IsValidUtf8(postbounce::DecodeHeaderText(bytes)));
  Check(postbounce::IsValidUtf8(postbounce::Printable(bytes, 100)));
  Check(postbounce::Printable(bytes, 100).size() <= 100);
  (void)postbounce::ReadOriginal(postbounce::ParseHeader(bytes), {});
  (void)postbounce::RecipientOf(postbounce::ParseHeader(bytes));
  (void)postbounce::ParseDate(bytes);
  (void)postbounce::ParseContentType(bytes);
  return 0;
}
