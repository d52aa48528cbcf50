#include "daemon/site.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/temp_dir.h"

namespace postbounce {
namespace {

TEST(SiteTest, TakesTheNamesThatPostconfPrints) {
  const DomainWords words = DomainsIn(
      "$myhostname, Mail.site.test localhost\n"
      "hash:/etc/postfix/virtual\nsite.test,other.test\n\n");
  EXPECT_THAT(words.names, testing::ElementsAre("mail.site.test", "localhost",
                                                "site.test", "other.test"));
  EXPECT_THAT(words.tables, testing::ElementsAre("hash:/etc/postfix/virtual"));
}

TEST(SiteTest, APostconfThatFailsLeavesThingsOpen) {
  const Config config = ParseConfig("", "a.toml").value();
  for (const char* postconf : {"false", "echo postconf: not found; false",
                               "no-such-program", "echo not found >&2; true"}) {
    SCOPED_TRACE(postconf);
    const Site site = LoadSite(config, postconf);
    EXPECT_THAT(site.policy.origin.local_domains(), testing::IsEmpty());
    EXPECT_NE(site.problem, "");
    EXPECT_EQ(site.hosts.size(), 1u);
  }
}

TEST(SiteTest, TakesWhatPostconfSays) {
  const Config config = ParseConfig("", "a.toml").value();
  const Site site =
      LoadSite(config,
               "printf '%s\\n' 'Our Mail' mx.site.test '[relay.isp.test]:587'"
               " smtp:[192.0.2.9]:10024 Origin.test 'site.test,"
               " mysql:/etc/postfix/domains.cf, /etc/more' #");
  EXPECT_EQ(site.problem, "");
  EXPECT_EQ(site.mail_name, "Our Mail");
  const InternalRelays& relays = site.policy.internal_relays;
  EXPECT_TRUE(relays.Contains("relay.isp.test[198.51.100.7]:587"));
  EXPECT_TRUE(relays.Contains("filter[192.0.2.9]:10024"));
  EXPECT_TRUE(relays.Contains("localhost[127.0.0.1]:10025"));
  EXPECT_FALSE(relays.Contains("mx.example.org[198.51.100.8]:25"));
  EXPECT_THAT(site.hosts, testing::ElementsAre("mx.site.test"));
  EXPECT_THAT(site.policy.origin.local_domains(),
              testing::ElementsAre("site.test"));
  EXPECT_THAT(
      site.unknown_domains,
      testing::ElementsAre("mysql:/etc/postfix/domains.cf", "/etc/more"));
}

TEST(SiteTest, SendersWithoutADomainAreOfMyorigin) {
  const TempDir dir;
  const std::string mailname = dir / "mailname";
  std::ofstream(mailname) << "Mail.site.test\n";
  const Config config =
      ParseConfig("[origin]\nlocal_domains = [\"a.test\"]\n", "a").value();
  const struct {
    std::string myorigin;
    const char* want;
  } kCases[] = {{"Site.test", "site.test"},
                {mailname, "mail.site.test"},
                {dir / "absent", ""},
                {"", ""},
                {"two words", ""}};
  for (const auto& one : kCases) {
    SCOPED_TRACE(one.myorigin);
    const Site site =
        LoadSite(config, "printf '%s\\n' Postfix mx.test '' '' '" +
                             one.myorigin + "' site.test #");
    EXPECT_EQ(site.policy.scopes.NameOf("root"), one.want);
    EXPECT_EQ(site.policy.scopes.NameOf(""), "");
    EXPECT_EQ(site.policy.scopes.NameOf("root@b.test"), "b.test");
  }
}

TEST(SiteTest, FindsEveryRelayHoweverItIsWritten) {
  const Config config = ParseConfig("", "a.toml").value();
  const struct {
    const char* relayhost;
    const char* filter;
    std::vector<const char*> hosts;
  } kCases[] = {
      {"smart.isp.test", "", {"smart.isp.test"}},
      {"smart.isp.test:submission", "", {"smart.isp.test"}},
      {"[smart.isp.test]:submission", "", {"smart.isp.test"}},
      {"one.isp.test, two.isp.test", "", {"one.isp.test", "two.isp.test"}},
      {"[one.isp.test]:587,[two.isp.test]:587",
       "",
       {"one.isp.test", "two.isp.test"}},
      {"", "smtp:[scan.test]:10024", {"scan.test"}},
      {"", "scan:scan.test:10025", {"scan.test"}},
      {"", "smtp:scan.test", {"scan.test"}},
      {"isp.test", "smtp:", {"isp.test"}},
      {"isp.test", "amavis", {"isp.test"}},
  };
  for (const auto& one : kCases) {
    SCOPED_TRACE(std::string(one.relayhost) + " / " + one.filter);
    const Site site = LoadSite(
        config, std::string("printf '%s\\n' Postfix mx.site.test '") +
                    one.relayhost + "' '" + one.filter + "' '' site.test #");
    const InternalRelays& relays = site.policy.internal_relays;
    for (const char* host : one.hosts) {
      EXPECT_TRUE(relays.ContainsHost(host)) << host;
    }
    EXPECT_FALSE(relays.ContainsHost("submission"));
    EXPECT_FALSE(relays.ContainsHost("mx.example.org"));
  }
}

TEST(SiteTest, WhatPostconfSaidStandsWhenItDoesNotAnswer) {
  const Config config;
  const Site known =
      LoadSite(config, "printf '%s\\n' Postfix mx.test '' '' '' own.test #");
  EXPECT_FALSE(known.is_old);
  const Site silent = LoadSite(config, "false #", known.postconf);
  EXPECT_TRUE(silent.is_old);
  EXPECT_TRUE(silent.policy.origin.IsLocal("own.test"));
  EXPECT_EQ(silent.problem, "");
  EXPECT_EQ(LoadSite(config, "false #", silent.postconf).postconf,
            known.postconf);

  const Site unknown = LoadSite(config, "false #");
  EXPECT_FALSE(unknown.is_old);
  EXPECT_NE(unknown.problem, "");
}

TEST(SiteTest, WhatIsConfiguredIsNotAskedFor) {
  const Config config =
      ParseConfig(
          "[origin]\nlocal_domains = [\"a.test\"]\nhosts = [\"mx.a.test\"]\n",
          "a.toml")
          .value();
  const Site site =
      LoadSite(config,
               "printf '%s\\n' Postfix mx.site.test '' '' '' site.test"
               " #");
  EXPECT_THAT(site.hosts, testing::ElementsAre("mx.a.test"));
  EXPECT_THAT(site.policy.origin.local_domains(),
              testing::ElementsAre("a.test"));
}

}  // namespace
}  // namespace postbounce
