#include "daemon/gate.h"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "daemon/reference.h"
#include "store/keys.h"

namespace postbounce {
namespace {

constexpr Timestamp kNow{std::chrono::seconds(1'795'220'876)};
constexpr const char* kConfig = R"(
[origin]
local_domains = ["own.test"]
[lookup]
answer = "550 5.1.1 ${reason}"
[[answer]]
scopes = ["shop"]
reasons = ["complaint", "mailbox-full"]
answer = "DISCARD"
[[answer]]
reasons = ["mailbox-full"]
answer = "450 4.2.2 since ${since}"
[[answer]]
reasons = ["recipient-refused"]
answer = "HOLD"
[[scope]]
name = "shop"
senders = ["shop.test"]
users = ["till"]
)";

class GateTest : public ::testing::Test {
 protected:
  GateTest() {
    Use(kConfig);
    List("dead@x.test", Reason::kNoSuchUser);
    List("\"two words\"@x.test", Reason::kNoSuchUser);
    List("j\xC3\xBCrgen@m\xC3\xBCnchen.test", Reason::kNoSuchUser);
    List("\" dead\"@x.test", Reason::kNoSuchUser);
    List("full@x.test", Reason::kMailboxFull);
    List("hold@x.test", Reason::kRecipientRefused);
    List("held@x.test", Reason::kNoSuchUser, "", ListState::kHeld);
    List("angry@x.test", Reason::kComplaint, "shop");
    List("me@own.test", Reason::kNoSuchUser);
    List("@gone.test", Reason::kNoSuchDomain);
  }

  void Use(const std::string& text) {
    runtime_ = std::make_shared<const Runtime>(
        Runtime{ParseConfig(text, "a").value(),
                RuleSet::Compile({}).value(),
                {},
                {},
                Answers(ParseConfig(text, "a").value())});
    auto site = std::make_shared<Site>();
    Origin::Names names;
    names.local_domains = runtime_->config.origin_local_domains;
    site->policy.origin = Origin(names);
    site->policy.scopes = Scopes(runtime_->config.scopes);
    site_ = site;
  }

  Key128 KeyOf(const std::string& subject) {
    return subject.front() == '@' ? keys_.OfDomain(subject.substr(1)).domain
                                  : keys_.Of(subject).value().address;
  }

  void List(const std::string& subject, Reason reason,
            const std::string& scope = "",
            ListState state = ListState::kActive) {
    const ListChange change{KeyOf(subject), scope, state, {}, false, reason};
    index_.Apply({&change, 1});
  }

  // With "REF" for the reference of `subject`.
  std::string Ask(const Question& question, const std::string& subject) {
    std::string answer = gate_.Answer(question, kNow).value();
    const std::string ref = FormatReference(HashOf(KeyOf(subject)));
    const std::size_t at = answer.find(ref);
    return at == answer.npos ? answer : answer.replace(at, ref.size(), "REF");
  }
  std::string Ask(std::string_view recipient,
                  const std::string& subject = "dead@x.test") {
    Question question;
    question.recipient = recipient;
    return Ask(question, subject);
  }

  KeyMaker keys_{AddressKeys("secret", Normaliser())};
  Index index_;
  std::shared_ptr<const Runtime> runtime_;
  std::shared_ptr<const Site> site_;
  Result<std::vector<Decision>> decisions_ = std::vector<Decision>();
  std::vector<std::string> logged_;
  Gate gate_{
      {index_, keys_, runtime_, site_,
       [this](const Key128&) { return decisions_; },
       [this](LogLevel, const std::string& text) { logged_.push_back(text); }}};
};

TEST_F(GateTest, ComparesAddressesAsTheListDoes) {
  constexpr const char* kRefused = "550 5.1.1 [postbounce REF] no-such-user";
  constexpr const char* kDeadDomain =
      "550 5.1.1 [postbounce REF] no-such-domain";
  const struct {
    const char* recipient;
    const char* subject;
    const char* want;
  } kCases[] = {
      {"dead@x.test", "dead@x.test", kRefused},
      {"Dead@X.TEST", "dead@x.test", kRefused},
      {"dead@x.test.", "dead@x.test", kRefused},
      {"\"dead\"@x.test", "dead@x.test", kRefused},
      {"<dead@x.test>", "dead@x.test", kRefused},
      {"\"two words\"@x.test", "\"two words\"@x.test", kRefused},
      {"two words@x.test", "\"two words\"@x.test", kRefused},
      {"j\xC3\xBCrgen@m\xC3\xBCnchen.test", "j\xC3\xBCrgen@m\xC3\xBCnchen.test",
       kRefused},
      {"J\xC3\x9Crgen@xn--mnchen-3ya.test", "j\xC3\xBCrgen@m\xC3\xBCnchen.test",
       kRefused},
      {"anybody@gone.test", "@gone.test", kDeadDomain},
      {"gone.test", "@gone.test", kDeadDomain},
      {"GONE.test.", "@gone.test", kDeadDomain},
      {"dead+tag@x.test", "dead@x.test", ""},
      {"dead@sub.x.test", "dead@x.test", ""},
      {"anybody@sub.gone.test", "@gone.test", ""},
      {"x.test", "dead@x.test", ""},
      {"held@x.test", "held@x.test", ""},
      {"me@own.test", "me@own.test", ""},
      {"dead@", "dead@x.test", ""},
      {"@gone.test:dead@x.test", "dead@x.test", ""},
      {" dead@x.test", "\" dead\"@x.test", kRefused},
      {"@gone.test", "@gone.test", ""},
      {".gone.test", "@gone.test", ""},
      {"<>", "dead@x.test", ""},
      {"*", "dead@x.test", ""},
      {"", "dead@x.test", ""},
      {"dead@x.test\n", "dead@x.test", kRefused},
      {"de\xFF"
       "ad@x.test",
       "dead@x.test", ""},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.recipient);
    EXPECT_EQ(Ask(test.recipient, test.subject), test.want);
  }
}

TEST_F(GateTest, TakesWhatHasNoDomainForALocalUserWhereThereIsASender) {
  Question question;
  question.recipient = "gone.test";
  EXPECT_NE(Ask(question, "@gone.test"), "");
  question.sender = "news@own.test";
  EXPECT_EQ(Ask(question, "@gone.test"), "");
}

TEST_F(GateTest, APolicyClientWritesALocalPartAsItIs) {
  List("\"\\\"joe\\\"\"@x.test", Reason::kNoSuchUser);
  List("\"two@x\"@x.test", Reason::kNoSuchUser);
  List("dot.@x.test", Reason::kNoSuchUser);
  const struct {
    const char* recipient;
    bool is_refused;
  } kCases[] = {
      {"\"joe\"@x.test", true},
      {"joe@x.test", false},
      {"\"dead\"@x.test", false},
      {"dead@x.test", true},
      {"Dead@x.test.", true},
      {"two words@x.test", true},
      {" dead@x.test", true},
      {"two@x@x.test", true},
      {"dot.@x.test", true},
      {"<dead@x.test>", false},
      {"J\xC3\xBCrgen@m\xC3\xBCnchen.test", true},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.recipient);
    Question question;
    question.recipient = test.recipient;
    question.sender = "news@own.test";
    EXPECT_EQ(!Ask(question, "dead@x.test").empty(), test.is_refused);
  }
}

TEST_F(GateTest, TakesTheAnswerThatFitsReasonAndScope) {
  decisions_ = std::vector<Decision>(1);
  decisions_->front().since = kNow;
  constexpr const char* kFull = "450 4.2.2 [postbounce REF] since 2026-11-21";
  const struct {
    const char* recipient;
    std::optional<std::string_view> sender;
    const char* scope;
    const char* want;
  } kCases[] = {
      {"full@x.test", {}, "", kFull},
      {"full@x.test", "a@shop.test", "", "DISCARD [postbounce REF]"},
      {"full@x.test", {}, "shop", "DISCARD [postbounce REF]"},
      {"full@x.test", "a@other.test", "shop", kFull},
      {"full@x.test", "", "shop", ""},
      {"angry@x.test", "a@shop.test", "", "DISCARD [postbounce REF]"},
      {"angry@x.test", "a@other.test", "", ""},
      {"angry@x.test", {}, "", ""},
      {"hold@x.test", {}, "", "HOLD [postbounce REF]"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(std::string(test.recipient) + " " + test.want);
    Question question;
    question.recipient = test.recipient;
    question.sender = test.sender;
    question.scope = test.scope;
    EXPECT_EQ(Ask(question, test.recipient), test.want);
  }
}

TEST_F(GateTest, AMapOfAScopeThatNoMailIsOfIsToldOf) {
  Question question;
  question.recipient = "dead@x.test";
  for (const char* scope : {"shop", "other.test", "", "shpo", "shpo"}) {
    question.scope = scope;
    EXPECT_NE(gate_.Answer(question, kNow).value(), "");
  }
  ASSERT_EQ(logged_.size(), 1u);
  EXPECT_NE(logged_[0].find("of the scope \"shpo\", of which no mail is"),
            std::string::npos);
  EXPECT_TRUE(gate_.Answer(question, kNow + std::chrono::minutes(1)));
  EXPECT_EQ(logged_.size(), 2u);
}

TEST_F(GateTest, ALoginTellsTheScope) {
  Question question;
  question.recipient = "angry@x.test";
  question.sender = "a@other.test";
  EXPECT_EQ(Ask(question, "angry@x.test"), "");
  question.sasl_user = "till";
  EXPECT_EQ(Ask(question, "angry@x.test"), "DISCARD [postbounce REF]");
}

TEST_F(GateTest, ATransportIsToldInItsOwnWords) {
  const std::map<std::string, std::string> kWant = {
      {"dead@x.test", "error:5.1.1 [postbounce REF] no-such-user"},
      {"hold@x.test", ""},
      {"fine@x.test", ""},
  };
  for (const auto& [recipient, want] : kWant) {
    SCOPED_TRACE(recipient);
    Question question;
    question.recipient = recipient;
    question.is_transport = true;
    EXPECT_EQ(Ask(question, recipient), want);
  }
}

TEST_F(GateTest, SinceIsThatOfTheScopeWhichTheAnswerIsAbout) {
  Use(std::string("[lookup]\nanswer = \"550 ${since}\"\n"));
  List("angry@x.test", Reason::kComplaint, "y.test");
  std::vector<Decision> decisions(2);
  decisions[0].since = kNow - std::chrono::days(2);
  decisions[1].since = kNow - std::chrono::days(1);
  decisions[1].scope = "y.test";
  decisions_ = decisions;
  Question question;
  question.recipient = "angry@x.test";
  question.sender = "a@y.test";
  EXPECT_EQ(Ask(question, "angry@x.test"), "550 [postbounce REF] 2026-11-20");
  EXPECT_EQ(Ask("dead@x.test"), "550 [postbounce REF] 2026-11-19");
}

TEST_F(GateTest, WhatABrokenStoreMeansIsConfigured) {
  constexpr const char* kSince = "answer = \"550 ${since}\"\n";
  Question question;
  question.recipient = "dead@x.test";
  decisions_ = Error(ErrorCode::kIo, "disk gone");
  Use(std::string("[lookup]\n") + kSince);
  EXPECT_EQ(gate_.Answer(question, kNow).value(), "");
  Use(std::string("[lookup]\nfail = \"closed\"\n") + kSince);
  const auto closed = gate_.Answer(question, kNow + std::chrono::seconds(59));
  ASSERT_FALSE(closed.has_value());
  EXPECT_EQ(closed.error().text(), "the list cannot be read now");
  ASSERT_EQ(logged_.size(), 1u);
  EXPECT_NE(logged_[0].find("goes on (lookup.fail): disk gone"),
            std::string::npos);
  EXPECT_FALSE(gate_.Answer(question, kNow + std::chrono::minutes(1)));
  ASSERT_EQ(logged_.size(), 2u);
  EXPECT_NE(logged_[1].find("waits (lookup.fail): disk gone"),
            std::string::npos);
}

TEST_F(GateTest, TheStoreIsNotReadForWhatTheIndexKnows) {
  decisions_ = Error(ErrorCode::kIo, "disk gone");
  EXPECT_NE(Ask("dead@x.test"), "");
  EXPECT_EQ(Ask("fine@x.test"), "");
  EXPECT_TRUE(logged_.empty());
}

TEST_F(GateTest, AnswersManyAsItAnswersEach) {
  std::vector<Questioned> questions;
  for (const char* recipient :
       {"dead@x.test", "", "fine@x.test", "x@gone.test", "gone.test",
        "\"two words\"@x.test", "me@own.test", "@", "held@x.test"}) {
    for (const bool is_told : {false, true}) {
      Question question;
      question.recipient = recipient;
      if (is_told) question.sender = "a@shop.test";
      questions.push_back({question});
    }
  }
  gate_.AnswerAll(questions, kNow);
  for (const Questioned& one : questions) {
    SCOPED_TRACE(one.question.recipient);
    EXPECT_EQ(one.answer.value(), gate_.Answer(one.question, kNow).value());
  }
  EXPECT_NE(questions[0].answer.value(), "");
}

TEST_F(GateTest, RefusalsAreLoggedForThoseWhoDebug) {
  Use(std::string(kConfig) + "[daemon]\nlog_level = \"debug\"\n");
  Ask("dead@x.test");
  Ask("fine@x.test");
  ASSERT_EQ(logged_.size(), 1u);
  EXPECT_NE(logged_[0].find("dead@x.test is suppressed, no-such-user"),
            std::string::npos);
}

}  // namespace
}  // namespace postbounce
