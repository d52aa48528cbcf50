#ifndef POSTBOUNCE_CLASSIFIER_CODE_TABLE_H_
#define POSTBOUNCE_CLASSIFIER_CODE_TABLE_H_

#include <span>
#include <string_view>

#include "classifier/enhanced_status.h"
#include "classifier/reason.h"
#include "classifier/reply_code.h"

namespace postbounce {

// An entry of IANA's registry "SMTP Enhanced Status Codes" (RFC 5248), whose
// names leave the class open: X.1.1.
struct StatusInfo {
  int subject;
  int detail;
  std::string_view meaning;  // the registry's sample text
  std::string_view rfc;      // where it is defined, "RFC 3463"
  // Which classes it is registered for: any of '2', '4', '5'.
  std::string_view classes;
  Reason reason;           // unless a text rule knows better
  std::string_view check;  // what to look at, one sentence
};

// A reply code of RFC 5321 section 4.2.3, or one that Postfix gives.
struct ReplyInfo {
  int code;
  std::string_view meaning;
  std::string_view rfc;
  Reason reason;
  std::string_view check;
};

std::span<const StatusInfo> AllStatusCodes();
std::span<const ReplyInfo> AllReplyCodes();

// nullptr when the registry does not have it.
const StatusInfo* FindStatus(EnhancedStatus status);
const ReplyInfo* FindReply(ReplyCode code);
// The entry X.`subject`.0, which stands for codes that are not registered.
const StatusInfo* FindSubject(int subject);

}  // namespace postbounce

#endif  // POSTBOUNCE_CLASSIFIER_CODE_TABLE_H_
