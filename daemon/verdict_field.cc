#include "daemon/verdict_field.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "classifier/reason.h"
#include "daemon/judgement.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kShownRecipients = 8;
constexpr std::size_t kShownAddress = 100;  // bytes

// Any bytes may be in an address of a report; RFC 5322 has these in a field.
std::string InField(std::string_view text) {
  std::string shown(text.substr(0, kShownAddress));
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return c < '!' || c > '~'; },
      '?');
  return shown;
}

}  // namespace

std::string VerdictFieldOf(const Mail& mail) {
  std::string field(KindOf(mail.kind, mail.witnesses));
  if (mail.witnesses.empty()) return field;
  const auto first = std::find_if(
      mail.witnesses.begin(), mail.witnesses.end(), [](const Witness& witness) {
        return witness.verdict.reason != Reason::kUnknown;
      });
  field += "; ";
  field += ReasonName(first == mail.witnesses.end() ? Reason::kUnknown
                                                    : first->verdict.reason);
  const char* before = "; ";
  std::size_t shown = 0;
  for (const Witness& witness : mail.witnesses) {
    if (shown == kShownRecipients) break;
    ++shown;
    field += before;
    field += InField(witness.mailed ? witness.mailed->ToString()
                                    : witness.final_recipient);
    before = ", ";
  }
  if (shown < mail.witnesses.size()) {
    field += fmt::format(" and {} more", mail.witnesses.size() - shown);
  }
  return field;
}

}  // namespace postbounce
