#include "store/scopes.h"

#include <gtest/gtest.h>

#include <string>

#include "store/relays.h"

namespace postbounce {
namespace {

TEST(ScopesTest, TheNearestThatNamesASenderCounts) {
  const Scopes scopes({{"all", {"Example.com"}},
                       {"news", {"news.example.com", "list@example.com"}}});
  const struct {
    const char* sender;
    const char* want;
  } kCases[] = {
      {"joe@example.com", "all"},
      {"joe@deep.sub.example.com", "all"},
      {"Joe@NEWS.example.com", "news"},
      {"joe@eu.news.example.com", "news"},
      {"LIST@example.com", "news"},
      {"list+joe=remote.test@example.com", "news"},
      {"lists@example.com", "all"},
      {"joe@Other.test", "other.test"},
      {"joe@notexample.com", "notexample.com"},
      {"", ""},
      {"joe", ""},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.sender);
    EXPECT_EQ(scopes.NameOf(test.sender), test.want);
  }
}

TEST(ScopesTest, ASenderWithoutADomainIsOfTheOrigin) {
  const std::vector<Scope> kScopes = {{"cron", {"root@site.test"}},
                                      {"apps", {"site.test"}, {"till"}}};
  const Scopes scopes("site.test", kScopes);
  EXPECT_EQ(scopes.NameOf("Root"), "cron");
  EXPECT_EQ(scopes.NameOf("root+job"), "cron");
  EXPECT_EQ(scopes.NameOf("www"), "apps");
  EXPECT_EQ(scopes.NameOf("www", "till"), "apps");
  EXPECT_EQ(scopes.NameOf(""), "");
  EXPECT_EQ(Scopes("site.test", {}).NameOf("www"), "site.test");
  EXPECT_EQ(Scopes(kScopes).NameOf("root"), "");
}

TEST(ScopesTest, ALoginCountsBeforeTheSender) {
  const Scopes scopes(
      {{"news", {"news.test"}, {"Mailer"}}, {"app", {}, {"app@example.com"}}});
  const struct {
    const char* sender;
    const char* user;
    const char* want;
  } kCases[] = {
      {"joe@other.test", "mailer", "news"},
      {"joe@news.test", "APP@example.com", "app"},
      {"", "mailer", "news"},
      {"joe@news.test", "somebody", "news"},
      {"mailer@other.test", "", "other.test"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(std::string(test.user) + " " + test.sender);
    EXPECT_EQ(scopes.NameOf(test.sender, test.user), test.want);
  }
  EXPECT_TRUE(scopes.MayBe("app"));
}

TEST(RelaysTest, TakesHostAndAddressOutOfTheLog) {
  const struct {
    const char* relay;
    const char* host;
    const char* address;
  } kCases[] = {
      {"Mx.example.org[192.0.2.1]:25", "mx.example.org", "192.0.2.1"},
      {"mx.example.org[2001:db8::1]:25", "mx.example.org", "2001:db8::1"},
      {"none", "none", ""},
      {"local", "", ""},
      {"mx.site.test[/run/lmtp]", "", ""},
      {"mx.site.test[]", "", ""},
      {"mx.site.test]x[", "", ""},
      {"", "", ""},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.relay);
    EXPECT_EQ(RelayHostOf(test.relay), test.host);
    EXPECT_EQ(RelayNameOf(test.relay).address, test.address);
  }
}

TEST(RelaysTest, WhatIsNoOtherServerIsInternal) {
  const InternalRelays relays({"relay.isp.test"},
                              {Network::Parse("10.0.0.0/8").value()});
  for (const char* relay :
       {"relay.isp.test[192.0.2.1]:587", "mx1.RELAY.isp.test[192.0.2.2]:25",
        "filter[10.1.2.3]:10024", "none", "virtual", "a.test[/run/lmtp]", ""}) {
    SCOPED_TRACE(relay);
    EXPECT_TRUE(relays.Contains(relay));
  }
  for (const char* relay :
       {"mx.example.org[192.0.2.1]:25", "xrelay.isp.test[192.0.2.1]:25"}) {
    SCOPED_TRACE(relay);
    EXPECT_FALSE(relays.Contains(relay));
  }
}

}  // namespace
}  // namespace postbounce
