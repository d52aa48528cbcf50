#ifndef POSTBOUNCE_CLASSIFIER_EVIDENCE_H_
#define POSTBOUNCE_CLASSIFIER_EVIDENCE_H_

#include <string>

#include "mime/text/action.h"

namespace postbounce {

// What one witness says of one recipient, whatever the witness was: a block
// of a delivery report or a line of the log. All that a verdict depends on.
struct Evidence {
  Action action = Action::kOther;
  std::string status;           // Status field or dsn=; may be empty
  std::string diagnostic_type;  // "smtp", "x-postfix"; empty when unknown
  std::string diagnostic;       // the reply text; UTF-8
  std::string remote_mta;       // who said it; empty when nobody did
  std::string reporting_mta;    // who reports it
  bool address_needs_smtputf8 = false;

  bool operator==(const Evidence&) const = default;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_CLASSIFIER_EVIDENCE_H_
