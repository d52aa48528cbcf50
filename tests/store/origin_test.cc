#include "store/origin.h"

#include <gtest/gtest.h>

#include <string>

namespace postbounce {
namespace {

LogMessage Ours() {
  LogMessage message;
  message.sender = "news@site.test";
  message.is_remote = true;
  message.client_address = "127.0.0.1";
  return message;
}

LogAttempt To(std::string recipient) {
  LogAttempt attempt;
  attempt.recipient = std::move(recipient);
  attempt.program = "smtp";
  return attempt;
}

Origin SiteOrigin() {
  return Origin({{"Site.test"}, {Network::Parse("127.0.0.0/8").value()}, {}});
}

TEST(OriginTest, MailThatWasInjectedHereIsOurs) {
  EXPECT_TRUE(SiteOrigin().IsOurs(Ours(), To("joe@remote.test")));
  LogMessage message = Ours();
  message.client_address = "192.0.2.1";
  EXPECT_FALSE(SiteOrigin().IsOurs(message, To("joe@remote.test")));
  message.sasl_user = "shop";
  EXPECT_TRUE(SiteOrigin().IsOurs(message, To("joe@remote.test")));
  message = LogMessage();
  message.sender = "root@site.test";
  message.is_local = true;
  EXPECT_TRUE(SiteOrigin().IsOurs(message, To("joe@remote.test")));
}

TEST(OriginTest, MailOfOurSendersIsOursHoweverItCame) {
  const Origin origin({{"site.test"}, {}, {"Shop@esp.test", "news.site.test"}});
  LogMessage message = Ours();
  for (const char* sender : {"shop@ESP.test", "a+b=c@lists.news.site.test"}) {
    SCOPED_TRACE(sender);
    message.sender = sender;
    EXPECT_TRUE(origin.IsOurs(message, To("joe@remote.test")));
  }
  for (const char* sender : {"other@esp.test", "joe@site.test", ""}) {
    SCOPED_TRACE(sender);
    message.sender = sender;
    EXPECT_FALSE(origin.IsOurs(message, To("joe@remote.test")));
  }
}

TEST(OriginTest, OurOwnPeopleAreNeverConcerned) {
  for (const char* recipient :
       {"joe@site.test", "joe@SITE.TEST", "joe@sub.site.test", "joe", ""}) {
    SCOPED_TRACE(recipient);
    EXPECT_FALSE(SiteOrigin().IsOurs(Ours(), To(recipient)));
  }
  EXPECT_TRUE(SiteOrigin().IsOurs(Ours(), To("joe@othersite.test")));
}

TEST(OriginTest, ReportsProbesAndDeliveriesHereAreNotOurs) {
  for (const char* sender : {"", "double-bounce@site.test", "MAILER-DAEMON"}) {
    LogMessage message = Ours();
    message.sender = sender;
    EXPECT_FALSE(SiteOrigin().IsOurs(message, To("joe@remote.test")));
  }
  LogMessage message = Ours();
  message.sender.reset();
  EXPECT_FALSE(SiteOrigin().IsOurs(message, To("joe@remote.test")));
  LogAttempt attempt = To("joe@remote.test");
  for (const char* program : {"local", "virtual", "lmtp", "pipe", "error"}) {
    SCOPED_TRACE(program);
    attempt.program = program;
    EXPECT_FALSE(SiteOrigin().IsOurs(Ours(), attempt));
  }
  attempt = To("joe@remote.test");
  attempt.is_probe = true;
  EXPECT_FALSE(SiteOrigin().IsOurs(Ours(), attempt));
}

TEST(OriginTest, WithoutADomainNothingIsOurs) {
  const Origin origin({{}, {Network::Parse("127.0.0.0/8").value()}, {}});
  EXPECT_FALSE(origin.IsOurs(Ours(), To("joe@remote.test")));
}

}  // namespace
}  // namespace postbounce
