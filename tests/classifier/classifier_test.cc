#include "classifier/classifier.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "classifier/code_table.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

const RuleSet& Rules() {
  static const RuleSet rules = RuleSet::Compile(RuleSet::Shipped()).value();
  return rules;
}

Verdict Judge(Action action, std::string_view status,
              std::string_view diagnostic) {
  Evidence evidence;
  evidence.action = action;
  evidence.status = status;
  evidence.diagnostic = diagnostic;
  return Classify(evidence, Rules());
}

TEST(ClassifierTest, HardNeedsAFailurePermanenceAndAHardReason) {
  constexpr std::string_view kText = "550 5.1.1 User unknown";
  const struct {
    Action action;
    std::string_view status;
    bool permanent;
    ReasonClass want;
  } cases[] = {
      {Action::kFailed, "5.1.1", true, ReasonClass::kHard},
      {Action::kFailed, "", true, ReasonClass::kHard},
      {Action::kFailed, "4.1.1", false, ReasonClass::kSoft},
      {Action::kFailed, "2.0.0", false, ReasonClass::kSoft},
      {Action::kDelayed, "5.1.1", false, ReasonClass::kSoft},
      {Action::kDelayed, "4.1.1", false, ReasonClass::kSoft},
      {Action::kOther, "5.1.1", true, ReasonClass::kHard},
      {Action::kOther, "", true, ReasonClass::kHard},
      {Action::kOther, "4.1.1", false, ReasonClass::kSoft},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string(ActionName(c.action)) + " " +
                 std::string(c.status));
    const Verdict verdict = Judge(c.action, c.status, kText);
    EXPECT_EQ(verdict.reason, Reason::kNoSuchUser);
    EXPECT_EQ(verdict.fault, Fault::kRecipient);
    EXPECT_EQ(verdict.permanent, c.permanent);
    EXPECT_EQ(verdict.reason_class, c.want);
  }
}

TEST(ClassifierTest, TextNeverRaisesPermanence) {
  // A 5xx greeting is deferred with class 4; SOFTBOUNCE wraps a 550.
  const Verdict greeting = Judge(
      Action::kFailed, "4.7.1",
      "host mx.test[192.0.2.1] refused to talk to me: 554-5.7.1 no such user");
  EXPECT_FALSE(greeting.permanent);
  EXPECT_NE(greeting.reason_class, ReasonClass::kHard);
  // Without Status, code and reply must agree.
  EXPECT_FALSE(Judge(Action::kFailed, "", "550 4.1.1 unknown user").permanent);
  EXPECT_FALSE(Judge(Action::kFailed, "", "450 5.1.1 unknown user").permanent);
}

TEST(ClassifierTest, AFailureWithoutAnyCodeIsPermanentUnlessItExpired) {
  EXPECT_TRUE(Judge(Action::kFailed, "", "unknown user").permanent);
  EXPECT_FALSE(
      Judge(Action::kFailed, "", "message expired, giving up").permanent);
  EXPECT_FALSE(Judge(Action::kDelayed, "", "unknown user").permanent);
  EXPECT_FALSE(Judge(Action::kOther, "", "unknown user").permanent);
}

TEST(ClassifierTest, ACodeOfClassFourInTheTextIsNotPermanent) {
  for (const std::string_view text :
       {"450 4.1.1 User unknown", "450 User unknown", "4.1.1 User unknown",
        "host mx.test[192.0.2.1] said: 450 4.1.1 User unknown"}) {
    SCOPED_TRACE(text);
    const Verdict verdict = Judge(Action::kFailed, "5.1.1", text);
    EXPECT_EQ(verdict.reason, Reason::kNoSuchUser);
    EXPECT_FALSE(verdict.permanent);
    EXPECT_EQ(verdict.reason_class, ReasonClass::kSoft);
  }
  // These are no codes of class 4.
  for (const std::string_view text : {"User unknown after 450 seconds",
                                      "X-Unix; 67", "250 2.1.5 User unknown"}) {
    SCOPED_TRACE(text);
    EXPECT_TRUE(Judge(Action::kFailed, "5.1.1", text).permanent);
  }
}

TEST(ClassifierTest, TextMayLowerPermanence) {
  const Verdict limit =
      Judge(Action::kFailed, "5.2.122", "554 5.2.122 limit exceeded");
  EXPECT_EQ(limit.reason, Reason::kRateLimited);
  EXPECT_FALSE(limit.permanent);
  const Verdict expired = Judge(Action::kFailed, "5.0.0",
                                "retry timeout exceeded: 550 user unknown");
  EXPECT_EQ(expired.reason, Reason::kNoSuchUser);
  EXPECT_FALSE(expired.permanent);
  EXPECT_EQ(expired.reason_class, ReasonClass::kSoft);
}

TEST(ClassifierTest, AnExpiredMailKeepsTheReasonOfItsLastReply) {
  const struct {
    std::string_view status;
    std::string_view diagnostic;
    Reason want;
  } cases[] = {
      {"4.4.7", "", Reason::kExpired},
      {"5.4.7", "", Reason::kExpired},
      {"4.0.0", "", Reason::kExpired},
      {"4.4.7", "452 4.2.2 Mailbox full", Reason::kMailboxFull},
      {"5.4.7", "550 5.1.1 user unknown", Reason::kNoSuchUser},
      {"4.4.7", "554 4.4.7 Message expired <421 4.4.2 x>",
       Reason::kNetworkError},
      {"4.4.1", "", Reason::kNetworkError},
      {"5.0.0", "550 4.4.7 QUEUE.Expired; message expired", Reason::kExpired},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string(c.status) + " " + std::string(c.diagnostic));
    const Verdict verdict = Judge(Action::kFailed, c.status, c.diagnostic);
    EXPECT_EQ(verdict.reason, c.want);
    EXPECT_FALSE(verdict.permanent);
    EXPECT_NE(verdict.reason_class, ReasonClass::kHard);
  }
}

TEST(ClassifierTest, ADelayIsNeverHardAndHasAReasonIfAnyoneGaveOne) {
  const Verdict silent = Judge(Action::kDelayed, "4.0.0", "");
  EXPECT_EQ(silent.reason, Reason::kDelayed);
  EXPECT_EQ(silent.reason_class, ReasonClass::kNone);
  EXPECT_EQ(silent.fault, Fault::kNobody);
  EXPECT_EQ(silent.rule, "action delayed");
  const Verdict full = Judge(Action::kDelayed, "4.2.2", "");
  EXPECT_EQ(full.reason, Reason::kMailboxFull);
  EXPECT_EQ(full.reason_class, ReasonClass::kSoft);
}

TEST(ClassifierTest, WhatSucceededIsItsOwnReason) {
  const struct {
    Action action;
    std::string_view status;
    Reason want;
    std::string_view rule;
  } cases[] = {
      {Action::kDelivered, "2.0.0", Reason::kDelivered, "action delivered"},
      {Action::kDelivered, "5.1.1", Reason::kDelivered, "action delivered"},
      {Action::kRelayed, "2.0.0", Reason::kRelayed, "action relayed"},
      {Action::kExpanded, "2.0.0", Reason::kExpanded, "action expanded"},
      {Action::kOther, "2.1.5", Reason::kDelivered, "status 2.1.5"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.rule);
    const Verdict verdict = Judge(c.action, c.status, "no such user");
    EXPECT_EQ(verdict.reason, c.want);
    EXPECT_EQ(verdict.reason_class, ReasonClass::kNone);
    EXPECT_EQ(verdict.fault, Fault::kNobody);
    EXPECT_EQ(verdict.rule, c.rule);
    EXPECT_FALSE(verdict.permanent);
  }
}

TEST(ClassifierTest, OurOwnRefusalComesBeforeAnyRule) {
  const Verdict verdict =
      Judge(Action::kFailed, "5.1.1",
            "550 5.1.1 user unknown; suppressed [postbounce s-42] see docs");
  EXPECT_EQ(verdict.reason, Reason::kAlreadySuppressed);
  EXPECT_EQ(verdict.reason_class, ReasonClass::kNone);
  EXPECT_EQ(verdict.fault, Fault::kNobody);
  EXPECT_EQ(verdict.rule, "own-refusal");
  EXPECT_EQ(verdict.words, "[postbounce s-42]");
  const std::string far(3000, 'x');
  EXPECT_EQ(Judge(Action::kFailed, "5.1.1", far + "[postbounce x").rule,
            "own-refusal");
}

TEST(ClassifierTest, NamesWhatDecidedAndTheWords) {
  const struct {
    std::string_view status;
    std::string_view diagnostic;
    Reason reason;
    std::string_view rule;
    std::string_view words;
  } cases[] = {
      {"5.1.1", "550 <a@b.test>... User Unknown", Reason::kNoSuchUser,
       "user-unknown", "User Unknown"},
      {"5.0.0", "550 5.1.1 zzqq", Reason::kNoSuchUser, "code 5.1.1", "5.1.1"},
      {"5.2.2", "550 5.1.1 zzqq", Reason::kNoSuchUser, "code 5.1.1", "5.1.1"},
      {"5.2.2", "550 5.0.0 zzqq", Reason::kMailboxFull, "status 5.2.2",
       "5.2.2"},
      {"5.2.2 (full)", "", Reason::kMailboxFull, "status 5.2.2", "5.2.2"},
      {"5.0.0", "552 zzqq", Reason::kMailboxFull, "reply 552", "552"},
      {"5.0.0", "550 zzqq", Reason::kUnknown, "none", ""},
      {"5.7.99", "zzqq", Reason::kPolicyRejected, "status 5.7.99", "5.7.99"},
      {"", "", Reason::kUnknown, "none", ""},
      {"nonsense", "599 zzqq", Reason::kUnknown, "none", ""},
      // A weak rule loses to a code that explains, not to one that does not.
      {"5.1.1", "550 5.1.1 rejected", Reason::kNoSuchUser, "code 5.1.1",
       "5.1.1"},
      {"5.0.0", "550 rejected", Reason::kPolicyRejected, "rejected",
       "rejected"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string(c.status) + " | " + std::string(c.diagnostic));
    const Verdict verdict = Judge(Action::kFailed, c.status, c.diagnostic);
    EXPECT_EQ(ReasonName(verdict.reason), ReasonName(c.reason));
    EXPECT_EQ(verdict.rule, c.rule);
    EXPECT_EQ(verdict.words, c.words);
  }
}

TEST(ClassifierTest, TakesTheStatusAndReplyThatSayMost) {
  struct Case {
    Action action;
    const char* field;
    const char* text;
    const char* status;
    const char* reply;
  };
  for (const Case& c : std::vector<Case>{
           {Action::kFailed, "5.0.0", "550 5.1.1 User unknown", "5.1.1", "550"},
           {Action::kFailed, "", "550 5.1.1 User unknown", "5.1.1", "550"},
           {Action::kFailed, "5.1.1", "552 5.2.2 full", "5.2.2", "552"},
           {Action::kFailed, "5.1.1", "452 4.2.2 full", "5.1.1", "452"},
           {Action::kFailed, "5.1.1", "550 5.0.0 no", "5.1.1", "550"},
           {Action::kFailed, "5.0.0", "554 5.3.0 mailer error", "5.3.0", "554"},
           {Action::kFailed, "4.4.7", "554 4.4.7 expired <421 4.4.2 timed out>",
            "4.4.2", "421"},
           {Action::kFailed, "5.0.0",
            "5.1.0 - Unknown address error 550-'5.7.1 denied'", "5.7.1", "550"},
           {Action::kFailed, "", "554 <a@b.example>... 550 Host unknown",
            "5.0.0", "550"},
           {Action::kFailed, "", "550: : no", "5.0.0", "550"},
           {Action::kFailed, "", "no", "5.0.0", ""},
           {Action::kFailed, "", "message expired, giving up", "4.4.7", ""},
           {Action::kDelayed, "", "no", "4.0.0", ""},
           {Action::kOther, "", "no", "", ""},
       }) {
    SCOPED_TRACE(std::string(c.field) + " | " + c.text);
    const Verdict verdict = Judge(c.action, c.field, c.text);
    EXPECT_EQ(verdict.status ? verdict.status->ToString() : "", c.status);
    EXPECT_EQ(verdict.reply ? verdict.reply->ToString() : "", c.reply);
  }
}

TEST(ClassifierTest, TwoReasonsHaveAnotherFaultInOneCase) {
  Evidence utf8;
  utf8.action = Action::kFailed;
  utf8.status = "5.6.7";
  EXPECT_EQ(Classify(utf8, Rules()).reason_class, ReasonClass::kBlock);
  EXPECT_EQ(Classify(utf8, Rules()).fault, Fault::kMessage);
  utf8.address_needs_smtputf8 = true;
  EXPECT_EQ(Classify(utf8, Rules()).reason_class, ReasonClass::kSoft);
  EXPECT_EQ(Classify(utf8, Rules()).fault, Fault::kDomain);

  const Verdict mx =
      Judge(Action::kFailed, "5.7.1", "554 5.7.1 <a@b.c>: Relay access denied");
  EXPECT_EQ(mx.reason, Reason::kRelayDenied);
  EXPECT_EQ(mx.reason_class, ReasonClass::kSoft);
  EXPECT_EQ(mx.fault, Fault::kDomain);
  const Verdict relayhost =
      Judge(Action::kFailed, "5.7.0", "530 5.7.0 Authentication required");
  EXPECT_EQ(relayhost.reason, Reason::kRelayDenied);
  EXPECT_EQ(relayhost.reason_class, ReasonClass::kBlock);
  EXPECT_EQ(relayhost.fault, Fault::kSender);
}

TEST(ClassifierTest, EveryRegisteredCodeHasItsReason) {
  for (const StatusInfo& info : AllStatusCodes()) {
    const std::string code =
        "5." + std::to_string(info.subject) + "." + std::to_string(info.detail);
    SCOPED_TRACE(code);
    const Verdict verdict = Judge(Action::kFailed, code, "");
    const bool explains =
        InfoOf(info.reason).reason_class != ReasonClass::kNone;
    EXPECT_EQ(verdict.reason, explains ? info.reason : Reason::kUnknown);
    EXPECT_EQ(verdict.reason_class == ReasonClass::kHard,
              InfoOf(info.reason).reason_class == ReasonClass::kHard);
  }
}

TEST(ClassifierTest, HostileBytesHarmNothing) {
  std::vector<std::string> texts = {
      std::string("\0\0\0", 3),
      std::string("550 5.1.1 user\0unknown", 22),
      "\xFF\xFE\xC3\x28 user unknown",
      std::string(1 << 20, 'a'),
      std::string(1 << 20, '\xC3'),
      std::string(1 << 20, '"'),
      std::string(1 << 20, '<') + "@",
  };
  std::string dots;
  while (dots.size() < 1 << 20) dots += "550-5.1.1 a@b <\"x\"@y> user ";
  texts.push_back(dots);
  for (const std::string& text : texts) {
    const Verdict verdict = Judge(Action::kFailed, text, text);
    EXPECT_LE(verdict.words.size(), 200u);
    EXPECT_TRUE(IsValidUtf8(verdict.words));
  }
  EXPECT_EQ(Judge(Action::kFailed, "5.1.1", texts[1]).reason,
            Reason::kNoSuchUser);
}

TEST(ClassifierTest, OneRuleSetServesManyThreads) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int k = 0; k < 200; ++k) {
        EXPECT_EQ(Judge(Action::kFailed, "5.0.0", "550 No such user").reason,
                  Reason::kNoSuchUser);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(ClassifierTest, WhatIsSaidOfLiveAddressesTooWantsASecondDay) {
  Evidence evidence;
  evidence.action = Action::kFailed;
  evidence.status = "5.4.1";
  evidence.diagnostic_type = "smtp";
  evidence.diagnostic =
      "550 5.4.1 Recipient address rejected: Access denied. [x.outlook.com]";
  const Verdict verdict = Classify(evidence, Rules());
  EXPECT_EQ(verdict.reason, Reason::kNoSuchUser);
  EXPECT_TRUE(verdict.wants_second_day);
  evidence.diagnostic = "550 5.1.1 User unknown";
  EXPECT_FALSE(Classify(evidence, Rules()).wants_second_day);
}

}  // namespace
}  // namespace postbounce
