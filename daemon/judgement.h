#ifndef POSTBOUNCE_DAEMON_JUDGEMENT_H_
#define POSTBOUNCE_DAEMON_JUDGEMENT_H_

#include <span>
#include <string_view>
#include <vector>

#include "classifier/rule_set.h"
#include "mime/reading.h"
#include "store/witness.h"

namespace postbounce {

// A mail read and judged, recipient by recipient.
struct Judgement {
  Reading reading;
  std::string_view kind;  // see KindOf()
  // One for each recipient of a report; for a complaint or an auto-reply,
  // those that it is about.
  std::vector<Witness> recipients;
};

// failed, delayed, delivered, relayed, expanded, complaint, auto-reply or
// not-a-bounce: `failed` if any recipient failed, else the weightiest action. A
// report without a readable action is `failed`.
std::string_view KindOf(MailKind kind, std::span<const Witness> recipients);

// Total and pure: any bytes give a judgement.
Judgement Judge(std::string_view bytes, const ReadOptions& options,
                const RuleSet& rules);

// The same for a report that did not come in a mail.
Judgement JudgeReport(DeliveryReport report, const RuleSet& rules);
// The same for one of many, see MatchMemo.
Judgement JudgeReport(DeliveryReport report, const RuleSet& rules,
                      MatchMemo* memo);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_JUDGEMENT_H_
