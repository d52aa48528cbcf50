#include "classifier/classifier.h"

#include <utility>

#include "classifier/code_table.h"
#include "mime/text/limits.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

// A text full of codes is nobody's reply.
constexpr int kMaxCodesInText = 16;
constexpr std::size_t kWords = 200;

// What decided, before permanence is looked at.
struct Finding {
  Reason reason = Reason::kUnknown;
  std::string rule = "none";
  std::string words;
};

// The registry's reason for a failure with this code. A code that it does not
// have means what its subject means; unknown when that is nothing.
Reason ReasonOf(EnhancedStatus status) {
  if (const StatusInfo* info = FindStatus(status)) return info->reason;
  if (const StatusInfo* subject = FindSubject(status.subject())) {
    return subject->reason;
  }
  return Reason::kUnknown;
}

// X.5.0 and the like name a subject, not a reason; X.6.0, which is about the
// content of the message, is reason enough.
bool IsVague(EnhancedStatus status) {
  if (FindStatus(status) == nullptr) return true;
  return status.detail() == 0 && status.subject() != 6;
}

// True if `reason` says why a mail failed. `expired` only says that it did.
bool Explains(Reason reason) {
  return reason != Reason::kUnknown && reason != Reason::kExpired &&
         InfoOf(reason).reason_class != ReasonClass::kNone;
}

// The codes of one piece of evidence.
class Codes {
 public:
  explicit Codes(const Evidence& evidence)
      : text_(Clip(evidence.diagnostic, limits::kDiagnosticKept)),
        field_(EnhancedStatus::FromField(evidence.status)),
        reply_(ReplyCode::Find(text_)),
        outcome_is_failure_(evidence.action == Action::kFailed) {
    FindCodes();
  }

  // The code that says most: the remote server's own in the text before the
  // Status of whoever reports it, unless that one is of another class.
  std::optional<EnhancedStatus> status() const {
    if (!field_) return telling_ ? telling_ : in_text_;
    const auto agrees = [&](std::optional<EnhancedStatus> code) {
      return code && code->status_class() == field_->status_class();
    };
    if (agrees(telling_)) return telling_;
    const bool says_nothing = field_->subject() == 0 && field_->detail() == 0;
    return says_nothing && agrees(in_text_) ? in_text_ : field_;
  }
  std::optional<ReplyCode> reply() const { return reply_; }

  // The class digit: no code may contradict it. "552 4.2.2" is a text that
  // softbounce or a gateway made, and some MTAs write a Status of 5.x.x for
  // "450 4.1.1" once they have given up.
  bool is_permanent() const {
    if (IsTemporary(in_text_) || IsTemporary(reply_)) return false;
    if (field_) return field_->is_permanent();
    if (!in_text_ && !reply_) return outcome_is_failure_;
    return (!in_text_ || in_text_->is_permanent()) &&
           (!reply_ || reply_->is_permanent());
  }
  bool is_transient() const {
    if (!status() && !reply_) return false;
    return !is_permanent() && !is_success();
  }
  bool is_success() const {
    if (status()) return status()->status_class() == 2;
    return reply_ && reply_->value() < 400;
  }
  bool is_expired() const {
    const std::optional<EnhancedStatus> stated = field_ ? field_ : in_text_;
    return stated && IsExpiry(*stated);
  }

  // The first code that explains the failure: those in the text, which the
  // remote server chose, before the Status field.
  std::optional<Finding> Explain(bool vague) const {
    std::string_view rest = text_;
    for (int i = 0; i < kMaxCodesInText; ++i) {
      const std::optional<EnhancedStatus> code =
          EnhancedStatus::FindNext(&rest);
      if (!code) break;
      if (IsVague(*code) == vague && Explains(ReasonOf(*code))) {
        return Found(ReasonOf(*code), "code ", code->ToString());
      }
    }
    if (field_ && IsVague(*field_) == vague && Explains(ReasonOf(*field_))) {
      return Found(ReasonOf(*field_), "status ", field_->ToString());
    }
    return std::nullopt;
  }

  std::optional<Finding> ExplainByReply() const {
    if (!reply_) return std::nullopt;
    const ReplyInfo* info = FindReply(*reply_);
    if (info == nullptr || !Explains(info->reason)) return std::nullopt;
    return Found(info->reason, "reply ", reply_->ToString());
  }

 private:
  // The first code in the text, and the first that says why a delivery failed;
  // the reply code in front of that one is its.
  void FindCodes() {
    std::string_view rest = text_;
    for (int i = 0; i < kMaxCodesInText; ++i) {
      const std::optional<EnhancedStatus> code =
          EnhancedStatus::FindNext(&rest);
      if (!code) return;
      if (!in_text_) in_text_ = code;
      if (IsVague(*code) || IsExpiry(*code) || code->status_class() == 2) {
        continue;
      }
      telling_ = code;
      const std::size_t end = text_.size() - rest.size();
      const std::size_t begin = end - code->ToString().size();
      if (auto reply = ReplyCode::Before(text_, begin)) reply_ = reply;
      return;
    }
  }

  static bool IsExpiry(EnhancedStatus code) {
    return code.subject() == 4 && code.detail() == 7;
  }

  static bool IsTemporary(std::optional<EnhancedStatus> code) {
    return code && code->status_class() == 4;
  }
  static bool IsTemporary(std::optional<ReplyCode> reply) {
    return reply && reply->value() / 100 == 4;
  }

  static Finding Found(Reason reason, std::string_view kind, std::string code) {
    return {reason, std::string(kind) + code, std::move(code)};
  }

  std::string_view text_;
  std::optional<EnhancedStatus> field_;
  std::optional<EnhancedStatus> in_text_;  // the first one
  std::optional<EnhancedStatus> telling_;  // the first that says why
  std::optional<ReplyCode> reply_;
  bool outcome_is_failure_;
};

// What did not fail, and needs no reason but the action itself.
std::optional<Finding> FindSuccess(const Evidence& evidence,
                                   const Codes& codes) {
  const auto found = [&](Reason reason) {
    return Finding{reason, "action " + std::string(ReasonName(reason)), ""};
  };
  switch (evidence.action) {
    case Action::kDelivered:
      return found(Reason::kDelivered);
    case Action::kRelayed:
      return found(Reason::kRelayed);
    case Action::kExpanded:
      return found(Reason::kExpanded);
    case Action::kOther:
      if (!codes.is_success()) return std::nullopt;
      return Finding{Reason::kDelivered,
                     codes.status() ? "status " + codes.status()->ToString()
                                    : "reply " + codes.reply()->ToString(),
                     ""};
    case Action::kFailed:
    case Action::kDelayed:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Finding> FindOwnRefusal(const Evidence& evidence) {
  const std::string_view text = evidence.diagnostic;
  const std::size_t at = text.find(kOwnRefusalMarker);
  if (at == text.npos) return std::nullopt;
  const std::string_view marker = Clip(text.substr(at), kWords);
  return Finding{Reason::kAlreadySuppressed, "own-refusal",
                 std::string(marker.substr(0, marker.find(']') + 1))};
}

// RFC 3463 section 3: X.0.0 where nothing more is known; 4.4.7 when the mail
// was tried in vain until it expired.
std::optional<EnhancedStatus> ImpliedStatus(const Verdict& verdict,
                                            Action action, bool expired) {
  const auto make = [](std::string_view text) {
    return EnhancedStatus::FromField(text);
  };
  if (action == Action::kDelayed) return make("4.0.0");
  if (verdict.reply && verdict.reply->value() >= 400) {
    return make(verdict.reply->is_permanent() ? "5.0.0" : "4.0.0");
  }
  if (action != Action::kFailed) return std::nullopt;
  return make(expired ? "4.4.7" : "5.0.0");
}

// Where neither text nor code explains: gave up, still trying, or unknown.
Finding FindByOutcome(const Evidence& evidence, const Codes& codes) {
  const bool gave_up =
      evidence.action == Action::kFailed && codes.is_transient();
  if (gave_up || codes.is_expired()) {
    return {Reason::kExpired,
            codes.status() ? "status " + codes.status()->ToString()
                           : "reply " + codes.reply()->ToString(),
            ""};
  }
  if (evidence.action == Action::kDelayed) {
    return {Reason::kDelayed, "action delayed", ""};
  }
  return {};
}

Finding FindReason(const Evidence& evidence, const Codes& codes,
                   const std::optional<RuleMatch>& match) {
  const auto by_rule = [&] {
    return Finding{match->reason, std::string(match->name), match->words};
  };
  if (match && !match->weak) return by_rule();
  if (auto finding = codes.Explain(/*vague=*/false)) return *finding;
  if (match) return by_rule();
  if (auto finding = codes.Explain(/*vague=*/true)) return *finding;
  if (auto finding = codes.ExplainByReply()) return *finding;
  return FindByOutcome(evidence, codes);
}

// Two reasons have another fault, and with it another class, in one case.
void SetClassAndFault(const Evidence& evidence, std::optional<Fault> fault,
                      Verdict* verdict) {
  const ReasonInfo& info = InfoOf(verdict->reason);
  verdict->reason_class = info.reason_class;
  verdict->fault = fault.value_or(info.fault);
  if (verdict->reason == Reason::kRelayDenied &&
      verdict->fault == Fault::kSender) {
    verdict->reason_class = ReasonClass::kBlock;
  }
  if (verdict->reason == Reason::kSmtputf8Unsupported &&
      evidence.address_needs_smtputf8) {
    verdict->reason_class = ReasonClass::kSoft;
    verdict->fault = Fault::kDomain;
  }
}

void Adopt(Finding finding, Verdict* verdict) {
  verdict->reason = finding.reason;
  verdict->rule = std::move(finding.rule);
  verdict->words = std::move(finding.words);
}

}  // namespace

Verdict Classify(const Evidence& evidence, const RuleSet& rules) {
  MatchMemo memo;
  return Classify(evidence, rules, &memo);
}

Verdict Classify(const Evidence& evidence, const RuleSet& rules,
                 MatchMemo* memo) {
  const Codes codes(evidence);
  Verdict verdict;
  verdict.status = codes.status();
  verdict.reply = codes.reply();

  std::optional<Finding> finding = FindSuccess(evidence, codes);
  if (finding) {
    Adopt(std::move(*finding), &verdict);
    SetClassAndFault(evidence, std::nullopt, &verdict);
    return verdict;
  }

  // Many MTAs leave Action out: a code of class 5 then says the same.
  const bool failed =
      evidence.action == Action::kFailed ||
      (evidence.action == Action::kOther && codes.is_permanent());
  verdict.permanent = codes.is_permanent() && !codes.is_expired() &&
                      evidence.action != Action::kDelayed;
  std::optional<RuleMatch> match;
  finding = FindOwnRefusal(evidence);
  if (!finding) {
    match = rules.Match(evidence, memo);
    if (match && match->temporary) verdict.permanent = false;
    finding = FindReason(evidence, codes, match);
  }
  Adopt(std::move(*finding), &verdict);
  if (!verdict.status) {
    const bool expired = codes.is_expired() || (match && match->expired);
    verdict.status = ImpliedStatus(verdict, evidence.action, expired);
  }
  const bool by_match = match && match->name == verdict.rule;
  verdict.wants_second_day = by_match && match->second_day;
  SetClassAndFault(evidence, by_match ? match->fault : std::nullopt, &verdict);
  if (verdict.reason_class == ReasonClass::kHard &&
      !(failed && verdict.permanent)) {
    verdict.reason_class = ReasonClass::kSoft;
  }
  return verdict;
}

}  // namespace postbounce
