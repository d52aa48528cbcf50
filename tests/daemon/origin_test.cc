#include "daemon/origin.h"

#include <gmock/gmock.h>
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
  return Origin({"Site.test"}, {Network::Parse("127.0.0.0/8").value()});
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
  const Origin origin({}, {Network::Parse("127.0.0.0/8").value()});
  EXPECT_FALSE(origin.IsOurs(Ours(), To("joe@remote.test")));
}

TEST(OriginTest, TakesTheNamesThatPostconfPrints) {
  const DomainWords words = DomainsIn(
      "$myhostname, Mail.site.test localhost\n"
      "hash:/etc/postfix/virtual\nsite.test,other.test\n\n");
  EXPECT_THAT(words.names, testing::ElementsAre("mail.site.test", "localhost",
                                                "site.test", "other.test"));
  EXPECT_THAT(words.tables, testing::ElementsAre("hash:/etc/postfix/virtual"));
}

TEST(OriginTest, APostconfThatFailsIsAnError) {
  const Config config = ParseConfig("", "a.toml").value();
  for (const char* postconf : {"false", "echo postconf: not found; false",
                               "no-such-program", "echo not found >&2; true"}) {
    SCOPED_TRACE(postconf);
    EXPECT_FALSE(Origin::Load(config, postconf).has_value());
  }
  const auto loaded = Origin::Load(config, "echo site.test #");
  ASSERT_TRUE(loaded.has_value());
  EXPECT_THAT(loaded->local_domains(), testing::ElementsAre("site.test"));
}

TEST(OriginTest, TellsWhichDomainsItCannotKnow) {
  const Config config = ParseConfig("", "a.toml").value();
  const auto loaded = Origin::Load(
      config, "echo site.test, mysql:/etc/postfix/domains.cf, /etc/more #");
  ASSERT_TRUE(loaded.has_value());
  EXPECT_THAT(
      loaded->unknown_domains(),
      testing::ElementsAre("mysql:/etc/postfix/domains.cf", "/etc/more"));
}

TEST(NetworkTest, ContainsItsAddresses) {
  const struct {
    const char* network;
    const char* address;
    bool want;
  } kCases[] = {
      {"127.0.0.0/8", "127.255.0.1", true},
      {"127.0.0.0/8", "128.0.0.1", false},
      {"192.0.2.64/27", "192.0.2.95", true},
      {"192.0.2.64/27", "192.0.2.96", false},
      {"192.0.2.1", "192.0.2.1", true},
      {"192.0.2.1", "::ffff:192.0.2.1", true},
      {"0.0.0.0/0", "1.2.3.4", true},
      {"0.0.0.0/0", "::1", false},
      {"::1", "::1", true},
      {"2001:db8::/33", "2001:db8:7fff::1", true},
      {"2001:db8::/33", "2001:db8:8000::1", false},
      {"::/0", "unknown", false},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(std::string(test.network) + " " + test.address);
    EXPECT_EQ(Network::Parse(test.network).value().Contains(test.address),
              test.want);
  }
}

TEST(NetworkTest, RefusesWhatIsNone) {
  for (const char* text : {"", "localhost", "1.2.3", "1.2.3.4/33", "::1/129",
                           "1.2.3.4/", "1.2.3.4/8x", "1.2.3.4 "}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(Network::Parse(text).has_value());
  }
}

}  // namespace
}  // namespace postbounce
