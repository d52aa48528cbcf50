#ifndef POSTBOUNCE_DAEMON_CODE_DESCRIPTION_H_
#define POSTBOUNCE_DAEMON_CODE_DESCRIPTION_H_

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "classifier/provider_codes.h"
#include "classifier/reason.h"
#include "mime/text/result.h"

namespace postbounce {

// What is known of a reply code or an enhanced status.
struct CodeDescription {
  std::string code;
  std::string meaning;
  std::string_view permanence;
  std::string_view source;  // an RFC; empty for a code that is not registered
  Reason reason = Reason::kUnknown;
  std::string_view check;  // what to look at
  std::vector<ProviderCode> providers;
  std::vector<std::string_view> postfix;  // what it says with this code
};

// "550", "5.7.26", "X.7.26" (of all classes), "550 5.7.26" or "550-5.7.26": one
// description for each code. kSyntax.
Result<std::vector<CodeDescription>> DescribeCodes(const std::string& text);

// A hard reason is no more than soft while the code is temporary.
ReasonClass ClassOf(const CodeDescription& description);

// An object of `code --json`.
boost::json::object ToJson(const CodeDescription& description);

// The answer to `code`. kSyntax.
Result<boost::json::object> AnswerCode(const boost::json::object& request);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CODE_DESCRIPTION_H_
