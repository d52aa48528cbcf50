#ifndef POSTBOUNCE_CLASSIFIER_TAXONOMY_H_
#define POSTBOUNCE_CLASSIFIER_TAXONOMY_H_

#include <array>
#include <optional>
#include <string_view>

#include "classifier/reason.h"

namespace postbounce {

// Other programs' and services' names for why a mail was not delivered.
enum class Taxonomy { kSisimai, kPowermta, kKumomta, kSendgrid, kSes };

inline constexpr std::array<std::string_view, 5> kTaxonomyNames = {
    "sisimai", "powermta", "kumomta", "sendgrid", "ses"};

std::optional<Taxonomy> ParseTaxonomy(std::string_view name);

// The name that comes nearest to `reason`; a taxonomy's name for anything else
// where it has none. Sisimai 5.6 "userunknown", PowerMTA "bad-mailbox", KumoMTA
// "InvalidRecipient", SendGrid "Invalid Address", SES "Permanent/General" (type
// and subtype). `reason_class` is that of the verdict: SES calls no failure
// permanent that is only soft.
std::string_view NameIn(Taxonomy taxonomy, Reason reason,
                        ReasonClass reason_class);

}  // namespace postbounce

#endif  // POSTBOUNCE_CLASSIFIER_TAXONOMY_H_
