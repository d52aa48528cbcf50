#include "daemon/log_joiner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tests/daemon/log_joiner_fixture.h"

namespace postbounce {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(LogJoinerTest, TheLinesOfAMessageAreOnePart) {
  AddWhole("4CCCCCCCCCz1");
  const auto parts = joiner_.TakeMessages();
  ASSERT_EQ(parts.size(), 1u);
  const LogMessage& message = parts[0];
  EXPECT_TRUE(message.is_whole);
  EXPECT_EQ(message.first_seen, kStart);
  EXPECT_EQ(message.last_seen, kStart + std::chrono::seconds(4));
  EXPECT_EQ(message.sender, "news@local.test");
  EXPECT_EQ(message.message_id, "m@local.test");
  EXPECT_EQ(message.client_address, "127.0.0.1");
  EXPECT_EQ(message.size, 1234u);
  EXPECT_EQ(message.lines, "");
  ASSERT_EQ(message.attempts.size(), 1u);
  EXPECT_EQ(message.attempts[0].action, Action::kDelivered);
  EXPECT_EQ(message.attempts[0].recipient, "joe@x.test");
  EXPECT_THAT(message.attempts[0].delays, ElementsAre(1000, 0, 200, 300));
  EXPECT_EQ(joiner_.TakeCounters().lines, 5u);
}

TEST_F(LogJoinerTest, EachBatchHasWhatIsNewAndTheSender) {
  Add(0, "pickup", "4CCCCCCCCCz1: uid=0 from=<root>");
  Add(1, "qmgr",
      "4CCCCCCCCCz1: from=<a@l.test>, size=9, nrcpt=1 (queue active)");
  EXPECT_EQ(joiner_.TakeMessages().size(), 1u);
  AddSent("4CCCCCCCCCz1");
  const auto parts = joiner_.TakeMessages();
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(parts[0].first_seen, kStart);
  EXPECT_EQ(parts[0].sender, "a@l.test");
  EXPECT_EQ(parts[0].size, 9u);
  EXPECT_FALSE(parts[0].is_whole);
  EXPECT_EQ(parts[0].attempts.size(), 1u);
  EXPECT_THAT(joiner_.TakeMessages(), IsEmpty());
}

TEST_F(LogJoinerTest, AQueueIdThatComesAgainIsAnotherMessage) {
  AddWhole("4CCCCCCCCCz1");
  AddWhole("4CCCCCCCCCz1");
  EXPECT_EQ(joiner_.TakeMessages().size(), 2u);
  // Even without "removed", which Postfix does not always log.
  Add(9, "smtpd", "4BBBBBBBBBz1: client=a[192.0.2.1]");
  Add(99, "smtpd", "4BBBBBBBBBz1: client=b[192.0.2.2]");
  EXPECT_EQ(joiner_.TakeMessages().size(), 2u);
}

TEST_F(LogJoinerTest, WhatExpiresHasFailedForTheLastReason) {
  Add(0, "pickup", "4CCCCCCCCCz1: uid=0 from=<root>");
  AddDeferred("4CCCCCCCCCz1", "joe@x.test", 1);
  AddDeferred("4CCCCCCCCCz1", "ann@x.test", 1);
  AddSent("4CCCCCCCCCz1", 600);
  AddDeferred("4CCCCCCCCCz1", "ann@x.test", 601);
  Add(602, "qmgr",
      "4CCCCCCCCCz1: from=<a@l.test>, status=expired, returned to sender");
  const auto parts = joiner_.TakeMessages();
  ASSERT_EQ(parts.size(), 1u);
  const LogAttempt& last = parts[0].attempts.back();
  EXPECT_EQ(parts[0].attempts.size(), 5u);
  EXPECT_EQ(last.recipient, "ann@x.test");
  EXPECT_EQ(last.action, Action::kFailed);
  EXPECT_TRUE(last.is_expired);
  EXPECT_EQ(last.status, "4.4.1");
  EXPECT_TRUE(parts[0].keep_lines);
  EXPECT_TRUE(parts[0].is_local);
}

TEST_F(LogJoinerTest, ThousandsOfRecipientsExpireTogether) {
  for (int i = 0; i < 5000; ++i) {
    AddDeferred("4CCCCCCCCCz1", std::to_string(i) + "@x.test", 1);
  }
  joiner_.TakeMessages();
  Add(602, "qmgr",
      "4CCCCCCCCCz1: from=<a@l.test>, status=expired, returned to sender");
  EXPECT_EQ(joiner_.TakeMessages().at(0).attempts.size(), 5000u);
}

TEST_F(LogJoinerTest, AMessageFromBeforeIsRecalled) {
  LogMessage message;
  message.instance = "postfix";
  message.queue_id = "4CCCCCCCCCz1";
  message.first_seen = kStart - std::chrono::days(2);
  message.sender = "a@l.test";
  LogAttempt attempt;
  attempt.recipient = "joe@x.test";
  attempt.action = Action::kDelayed;
  attempt.status = "4.2.2";
  message.attempts.push_back(attempt);
  stored_["postfix/4CCCCCCCCCz1"] = message;
  Add(0, "qmgr",
      "4CCCCCCCCCz1: from=<a@l.test>, status=expired, returned to sender");
  const auto parts = joiner_.TakeMessages();
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(parts[0].first_seen, message.first_seen);
  EXPECT_EQ(parts[0].sender, "a@l.test");
  ASSERT_EQ(parts[0].attempts.size(), 1u);
  EXPECT_EQ(parts[0].attempts[0].status, "4.2.2");
  EXPECT_EQ(recalls_, 1);
}

TEST_F(LogJoinerTest, AMessageIsRecalledAsItWasAtThatTime) {
  LogMessage message;
  message.instance = "postfix";
  message.queue_id = "4CCCCCCCCCz1";
  message.is_local = true;
  message.is_removed = true;
  LogAttempt attempt;
  attempt.recipient = "joe@x.test";
  attempt.action = Action::kDelayed;
  attempt.time = kStart;
  message.attempts.push_back(attempt);
  attempt.action = Action::kFailed;
  attempt.is_expired = true;
  attempt.time = kStart + std::chrono::seconds(9);
  message.attempts.push_back(attempt);
  attempt.recipient = "ann@x.test";
  attempt.action = Action::kDelayed;
  attempt.is_expired = false;
  attempt.time = kStart + std::chrono::seconds(10);
  message.attempts.push_back(attempt);
  stored_["postfix/4CCCCCCCCCz1"] = message;
  Add(9, "qmgr",
      "4CCCCCCCCCz1: from=<a@l.test>, status=expired, returned to sender");
  const auto parts = joiner_.TakeMessages();
  EXPECT_FALSE(parts.at(0).is_removed);
  ASSERT_EQ(parts[0].attempts.size(), 1u);
  EXPECT_EQ(parts[0].attempts[0].recipient, "joe@x.test");
}

TEST_F(LogJoinerTest, ALogWithoutBeginningsIsNotAskedForEachMessage) {
  for (int i = 0; i < 20'000; ++i) {
    AddSent("4CCCCCCC" + std::to_string(100'000 + i) + "z1");
  }
  EXPECT_LT(recalls_, 1500);
  EXPECT_EQ(joiner_.TakeMessages().size(), 20'000u);
}

TEST_F(LogJoinerTest, BouncesDoNotKeepAForgottenMessageFromItsFailure) {
  LogMessage message;
  message.instance = "postfix";
  message.queue_id = "4CCCCCCCCCz1";
  message.first_seen = kStart - std::chrono::days(2);
  message.is_local = true;
  stored_["postfix/4CCCCCCCCCz1"] = message;
  for (int i = 0; i < 5000; ++i) {
    const std::string id = "4BBBBBB" + std::to_string(100'000 + i) + "z1: ";
    Add(0, "cleanup", id + "message-id=<m@local.test>");
    Add(0, "qmgr", id + "from=<>, size=9, nrcpt=1 (queue active)");
    Add(0, "qmgr", id + "removed");
  }
  EXPECT_LT(recalls_, 1500);
  joiner_.TakeMessages();
  const std::string_view kFirstLines[] = {
      "from=<a@l.test>, size=9, nrcpt=1 (queue active)",
      "from=<a@l.test>, status=expired, returned to sender",
      "to=<joe@x.test>, relay=none, delay=1, delays=1/0/0/0, dsn=5.1.1, "
      "status=bounced (no such user)"};
  for (const std::string_view first : kFirstLines) {
    SCOPED_TRACE(first);
    Add(9, "qmgr", "4CCCCCCCCCz1: " + std::string(first));
    Add(9, "qmgr", "4CCCCCCCCCz1: removed");
    EXPECT_TRUE(joiner_.TakeMessages().at(0).is_local);
  }
}

TEST_F(LogJoinerTest, MailThatComesInAgainIsWhoseItWas) {
  Add(0, "smtpd",
      "4BBBBBBBBBz1: client=a.test[192.0.2.1], sasl_method=PLAIN, "
      "sasl_username=joe");
  Add(0, "pickup", "4BBBBBBBBBz2: uid=0 from=<root>");
  LogMessage stored;
  stored.client_address = "192.0.2.3";
  stored_["postfix/4BBBBBBBBBz3"] = stored;
  joiner_.TakeMessages();
  const struct {
    const char* text;
    bool is_local;
    const char* client;
    const char* user;
  } kCases[] = {
      {"client=f[127.0.0.1]", false, "127.0.0.1", ""},
      {"client=f[127.0.0.1], orig_queue_id=4BBBBBBBBBz1, "
       "orig_client=a[192.0.2.1]",
       false, "192.0.2.1", "joe"},
      {"client=f[127.0.0.1], orig_queue_id=4BBBBBBBBBz2", true, "", ""},
      {"client=f[127.0.0.1], orig_queue_id=4BBBBBBBBBz3", false, "192.0.2.3",
       ""},
      {"client=f[127.0.0.1], orig_queue_id=4BBBBBBBBBz4, "
       "orig_client=b[192.0.2.4]",
       false, "192.0.2.4", ""},
      {"client=f[127.0.0.1], orig_queue_id=4BBBBBBBBBz4", false, "", ""},
      {"client=f[127.0.0.1], orig_client=b[192.0.2.5]", false, "192.0.2.5", ""},
      {"uid=0 from=<a@l.test>", true, "", ""},
      {"uid=102 from=<a@l.test> orig_id=4BBBBBBBBBz1", false, "192.0.2.1",
       "joe"},
      {"uid=102 from=<a@l.test> orig_id=4BBBBBBBBBz2", true, "", ""},
      {"uid=102 from=<a@l.test> orig_id=4BBBBBBBBBz4", false, "", ""},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.text);
    Add(1, "smtpd", "4CCCCCCCCCz1: " + std::string(test.text));
    const LogMessage message = joiner_.TakeMessages().at(0);
    EXPECT_EQ(message.is_local, test.is_local);
    EXPECT_EQ(message.client_address, test.client);
    EXPECT_EQ(message.sasl_user, test.user);
  }
}

TEST_F(LogJoinerTest, LongTextsOfWhatIsWaitedForAreForgotten) {
  const std::string text(10'000, 'x');
  for (int i = 0; i < 10'000; ++i) {
    const std::string id = "4CCCCC" + std::to_string(100'000 + i) + "z1: ";
    Add(0, "pickup", id + "uid=0 from=<root>");
    Add(0, "smtp",
        id +
            "to=<joe@x.test>, relay=none, delay=1, delays=1/0/0/0, "
            "dsn=4.4.1, status=deferred (" +
            text + ")");
    if (i % 1000 == 0) joiner_.TakeMessages();
  }
  joiner_.TakeMessages();
  recalls_ = 0;
  AddSent("4CCCCC104999z1");  // 50 MB ago
  EXPECT_EQ(recalls_, 1);
  AddSent("4CCCCC109000z1");
  EXPECT_EQ(recalls_, 1);
}

TEST_F(LogJoinerTest, MillionsOfMessagesThatNeverEndAreForgotten) {
  for (int i = 0; i < 200'000; ++i) {
    Add(0, "smtpd",
        "4CCCC" + std::to_string(i + 1'000'000) + "z1: client=a[192.0.2.1]");
    if (i % 1000 == 0) joiner_.TakeMessages();
  }
  joiner_.TakeMessages();
  recalls_ = 0;
  AddSent("4CCCC1000000z1");  // the first of them
  EXPECT_EQ(recalls_, 1);
  AddSent("4CCCC1199999z1");  // the last
  EXPECT_EQ(recalls_, 1);
}

TEST_F(LogJoinerTest, LinesAreKeptOfMessagesThatHaveFailed) {
  Add(0, "pickup", "4CCCCCCCCCz1: uid=0 from=<root>");
  EXPECT_EQ(joiner_.TakeMessages().at(0).lines,
            "4CCCCCCCCCz1: uid=0 from=<root>\n");
  Add(1, "smtp",
      "4CCCCCCCCCz1: to=<joe@x.test>, relay=none, delay=1, delays=1/0/0/0, "
      "dsn=5.4.4, status=bounced (no such host)");
  Add(2, "bounce",
      "4CCCCCCCCCz1: sender non-delivery notification: 4BBBBBBBBBz1");
  Add(3, "qmgr", "4CCCCCCCCCz1: removed");
  const auto parts = joiner_.TakeMessages();
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(std::count(parts[0].lines.begin(), parts[0].lines.end(), '\n'), 3);
  EXPECT_TRUE(parts[0].keep_lines);
  ASSERT_EQ(parts[0].notices.size(), 1u);
  EXPECT_EQ(parts[0].notices[0].queue_id, "4BBBBBBBBBz1");
}

TEST_F(LogJoinerTest, AProbeIsNoFailure) {
  Add(1, "smtp",
      "4CCCCCCCCCz1: to=<joe@x.test>, relay=none, delay=1, delays=1/0/0/0, "
      "dsn=5.1.1, status=undeliverable (no such user)");
  const auto parts = joiner_.TakeMessages();
  ASSERT_EQ(parts.at(0).attempts.size(), 1u);
  EXPECT_TRUE(parts[0].attempts[0].is_probe);
}

TEST_F(LogJoinerTest, WhatCannotBeReadIsCountedAndShown) {
  Add(1, "smtp", "4CCCCCCCCCz1: to=<joe@x.test, relay=\x1b[2J");
  joiner_.AddOther();
  joiner_.AddBad("nonsense", "no time");
  const LogCounters counters = joiner_.TakeCounters();
  EXPECT_EQ(counters.lines, 3u);
  EXPECT_EQ(counters.other, 1u);
  EXPECT_EQ(counters.bad, 2u);
  EXPECT_EQ(counters.last_bad, "no time: nonsense");
  EXPECT_EQ(joiner_.TakeCounters(), LogCounters());
}

TEST_F(LogJoinerTest, WhatIsRefusedAtTheDoorIsCountedAndNoMore) {
  Add(1, "smtpd",
      "NOQUEUE: reject: RCPT from c.test[192.0.2.9]: 550 5.1.1 <joe@x.test>: "
      "Recipient address rejected: User unknown in virtual mailbox table; "
      "from=<> to=<joe@x.test> proto=ESMTP helo=<c.test>");
  Add(2, "cleanup",
      "NOQUEUE: milter-reject: END-OF-MESSAGE from c.test[192.0.2.9]: 5.7.1 "
      "spam; from=<a@b.test> to=<joe@x.test> proto=ESMTP helo=<c.test>");
  Add(3, "smtpd",
      "NOQUEUE: warn: RCPT from c.test[192.0.2.9]: so what; from=<a@b.test> "
      "to=<joe@x.test> proto=ESMTP helo=<c.test>");
  EXPECT_TRUE(joiner_.TakeMessages().empty());
  EXPECT_EQ(joiner_.TakeCounters().refused, 2u);
}

}  // namespace
}  // namespace postbounce
