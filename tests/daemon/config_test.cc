#include "daemon/config.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "daemon/runtime.h"
#include "tests/temp_dir.h"

namespace postbounce {
namespace {

std::string SourceFile(const std::string& name) {
  return ReadFile(std::string(SOURCE_DIR) + "/" + name).value();
}

// A value as the man page has it.
std::string InMdoc(std::string_view value) {
  std::string text;
  for (char c : value) {
    text += c == '"' ? std::string("\\(dq") : std::string(1, c);
  }
  return text;
}

TEST(ConfigTest, AnEmptyFileGivesTheDefaults) {
  const Config config = ParseConfig("", "a.toml").value();
  EXPECT_EQ(config.store_path, "/var/lib/postbounce/postbounce.db");
  EXPECT_EQ(config.store_keep_mail, 30u * 86400);
  EXPECT_EQ(config.intake_message_size, 64u << 20);
  EXPECT_EQ(config.lmtp_mode, 0660u);
  EXPECT_EQ(config.lmtp_listen, std::vector<std::string>{
                                    "unix:/var/spool/postfix/postbounce/lmtp"});
  EXPECT_TRUE(config.address_fold_local_part);
}

TEST(ConfigTest, WhatCannotBeReadIsNotEmpty) {
  const TempDir dir;
  EXPECT_FALSE(LoadConfig(dir / "none").has_value());
  EXPECT_FALSE(LoadConfig(dir.path()).has_value());
  EXPECT_TRUE(LoadConfig("/dev/null").has_value());
}

TEST(ConfigTest, ReadsEveryType) {
  const Config config = ParseConfig(R"(
[store]
path = "/x/y.db"
keep_mail = "12h"
[intake]
message_size = "128KiB"
forward = "Postmaster@Example.ORG"
original_fields = ["X-Campaign", "X-Job"]
[lmtp]
listen = ["inet:127.0.0.1:2424", "inet:[::1]:2424"]
mode = "0600"
sessions = 7
[address]
fold_local_part = false
)",
                                    "a.toml")
                            .value();
  EXPECT_EQ(config.store_path, "/x/y.db");
  EXPECT_EQ(config.store_keep_mail, 12u * 3600);
  EXPECT_EQ(config.intake_message_size, 128u << 10);
  EXPECT_EQ(config.intake_forward, "Postmaster@Example.ORG");
  EXPECT_EQ(config.intake_original_fields.size(), 2u);
  EXPECT_EQ(config.lmtp_listen.size(), 2u);
  EXPECT_EQ(config.lmtp_mode, 0600u);
  EXPECT_EQ(config.lmtp_sessions, 7u);
  EXPECT_FALSE(config.address_fold_local_part);
}

TEST(ConfigTest, AnErrorNamesFileLineAndParameter) {
  const struct {
    const char* text;
    const char* want;
  } kCases[] = {
      {"[store]\npth = \"/a\"\n", "a.toml:2: there is no parameter store.pth"},
      {"[stores]\npath = \"/a\"\n", "a.toml:2: there is no parameter stores"},
      {"path = 1\n", "a.toml:1: path stands outside a section"},
      {"[[logs]]\n", "a.toml:1: logs is no [[section]]: log, scope and"},
      {"[intake]\n[intake]\n", "; put the lines where it stands already"},
      {"[store]\nkeep_mail = 30d\n", "stand in quotes, as in \"30d\""},
      {"[store]\npath = 5\n", "a.toml:2: store.path: a text in quotes"},
      {"[store]\npath = \"a\"\n", "a.toml:2: store.path: the path must be abs"},
      {"[store]\nkeep_mail = \"30\"\n", "a.toml:2: store.keep_mail: a durat"},
      {"[store]\nkeep_mail = \"9999d\"\n", "store.keep_mail: out of range"},
      {"[intake]\nmessage_size = \"1KiB\"\n", "message_size: out of range"},
      {"[intake]\nforward = \"nobody\"\n", "a.toml:2: intake.forward: "},
      {"[lmtp]\nsessions = 0\n", "a.toml:2: lmtp.sessions: out of range"},
      {"[lmtp]\nsessions = -1\n", "a.toml:2: lmtp.sessions: a whole number"},
      {"[lmtp]\nsessions = \"1\"\n", "a.toml:2: lmtp.sessions: a whole number"},
      {"[lmtp]\nmode = \"0999\"\n", "a.toml:2: lmtp.mode: octal"},
      {"[lmtp]\nmode = \"1777\"\n", "a.toml:2: lmtp.mode: out of range"},
      {"[lmtp]\nlisten = \"unix:/a\"\n", "a.toml:2: lmtp.listen: a list"},
      {"[lmtp]\nlisten = [\"tcp:1\"]\n", "a.toml:2: lmtp.listen: a socket is"},
      {"[lmtp]\nlisten = [\"inet:192.0.2.1:25\"]\n", "must be on loopback"},
      {"[control]\nlisten = \"inet:127.0.0.1:25\"\n", "must be a unix socket"},
      {"[daemon]\nlog_level = \"loud\"\n", "log_level: it is one of: error"},
      {"[address]\nfold_local_part = \"no\"\n", "true or false is wanted"},
      {"[policy]\nexpired = \"after\"\n", "policy.expired: it is \"never\" or"},
      {"[policy]\nspam-rejected = \"never\"\n",
       "policy.spam-rejected: nobody is ever suppressed for this"},
      {"[policy]\non_success = \"x\"\n", "on_success: it is one of: flag"},
      {"[policy]\nproof = \"x\"\n", "policy.proof: it is one of: required"},
      {"[lookup]\nfail = \"x\"\n", "lookup.fail: it is one of: open, closed"},
      {"[milter]\nrefuse = \"x\"\n", "refuse: it is one of: off, monitor, on"},
      {"[milter]\nlisten = \"inet:192.0.2.1:25\"\n", "must be on loopback"},
      {"[milter]\nbounce_addresses = [\"*\"]\n",
       "a.toml:2: milter.bounce_addresses: it is a domain, or an address"},
      {"[lookup]\nanswer = \"550 ${x}\"\n", "lookup.answer: a text knows"},
      {"[[answer]]\nreasons = []\n", "a.toml:1: an answer says what is"},
      {"[[answer]]\nreasons = [\"x\"]\n",
       "answer.reasons: there is no reason x"},
      {"[[answer]]\nanswer = \"OK\"\n",
       "a.toml:2: answer.answer: an answer is"},
      {"[[answer]]\nanswer = \"DUNNO\"\nscopes = [\"shop\"]\n",
       "a.toml:1: no mail is of the scope \"shop\""},
      {"[[answer]]\nanswer = \"DUNNO\"\nscopes = [\"\"]\n",
       "a.toml:1: no mail is of the scope \"\""},
      {"[[log]]\nfiles = []\n", "a.toml:1: a log has one of files, journal"},
      {"[[log]]\nfile = \"/a\"\n", "a.toml:2: there is no parameter log.file"},
      {"[[log]]\nfiles = [\"a\"]\n", "log.files: the path must be absolute"},
      {"[[log]]\njournal = [\"x\"]\n", "log.journal: a match is FIELD=value"},
      {"[[log]]\nfiles = [\"/a\"]\n[[log]]\nfiles = [\"/b\"]\n",
       "a.toml:3: there are two logs with the name mail"},
      {"[origin]\ntrusted_clients = [\"10.0.0.0/33\"]\n",
       "a.toml:2: origin.trusted_clients: a network is"},
      {"[store\n", "a.toml:1: "},
      {"[store]\npath = \"/a\"\npath = \"/b\"\n", "a.toml:3: "},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.text);
    const auto config = ParseConfig(test.text, "a.toml");
    ASSERT_FALSE(config.has_value());
    EXPECT_NE(config.error().text().find(test.want), std::string::npos)
        << config.error().text();
  }
}

TEST(ConfigTest, ReportsEveryErrorAtOnce) {
  const auto config =
      ParseConfig("[store]\nx = 1\n[lmtp]\nsessions = 0\n", "a.toml");
  ASSERT_FALSE(config.has_value());
  EXPECT_NE(config.error().text().find("a.toml:2: "), std::string::npos);
  EXPECT_NE(config.error().text().find("a.toml:4: "), std::string::npos);
}

TEST(ConfigTest, EachLogIsASource) {
  const Config config = ParseConfig(R"(
[[log]]
files = ["/var/log/mail.log"]
[[log]]
name = "journal"
journal = ["_SYSTEMD_UNIT=postfix@-.service"]
start = "beginning"
trust = "none"
)",
                                    "a.toml")
                            .value();
  ASSERT_EQ(config.logs.size(), 2u);
  EXPECT_EQ(config.logs[0].name, "mail");
  EXPECT_EQ(config.logs[0].start, "end");
  EXPECT_EQ(config.logs[1].trust, "none");
  EXPECT_EQ(config.logs[1].journal.size(), 1u);
}

TEST(ConfigTest, WhatAnyAccountCanSendToIsNotTrustedUnlessThatIsSaid) {
  const struct {
    const char* log;
    const char* want;
  } kCases[] = {
      {"files = [\"/var/log/mail.log\"]", "full"},
      {"socket = \"unix:/run/log\"", "full"},
      {"socket = \"inet:127.0.0.1:5514\"", "none"},
      {"socket = \"inet:127.0.0.1:5514\"\ntrust = \"full\"", "full"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.log);
    const auto config =
        ParseConfig(std::string("[[log]]\n") + test.log, "a.toml");
    ASSERT_TRUE(config.has_value());
    EXPECT_EQ(config->logs.at(0).trust, test.want);
  }
}

TEST(ConfigTest, NoLogIsCalledAsImportsAre) {
  for (const char* name : {"", "import"}) {
    SCOPED_TRACE(name);
    EXPECT_FALSE(ParseConfig("[[log]]\nfiles = [\"/a\"]\nname = \"" +
                                 std::string(name) + "\"\n",
                             "a.toml")
                     .has_value());
  }
}

// Of tables that there can be several of.
template <class Parameters>
void ExpectInSampleAndManPage(const Parameters& parameters) {
  const std::string sample = SourceFile("conf/postbounce.toml");
  const std::string page = SourceFile("man/postbounce.toml.5");
  for (const auto& parameter : parameters) {
    SCOPED_TRACE(parameter.name);
    const std::size_t dot = parameter.name.find('.');
    EXPECT_NE(
        sample.find(fmt::format("\n#{} = {}\n", parameter.name.substr(dot + 1),
                                parameter.default_value)),
        std::string::npos);
    EXPECT_NE(page.find(fmt::format("\n.It Ic {} Li {}\n", parameter.name,
                                    InMdoc(parameter.default_value))),
              std::string::npos);
  }
}

TEST(ConfigTest, EachParameterOfALogIsInSampleAndManPage) {
  ExpectInSampleAndManPage(LogParameters());
}

TEST(ConfigTest, EachParameterOfAScopeIsInSampleAndManPage) {
  ExpectInSampleAndManPage(ScopeParameters());
}

TEST(ConfigTest, EachParameterOfAnAnswerIsInSampleAndManPage) {
  ExpectInSampleAndManPage(AnswerParameters());
}

TEST(ConfigTest, AnswersMayNameScopesThatStandBehindThem) {
  const auto config = ParseConfig(R"(
[[answer]]
reasons = ["mailbox-full", "complaint"]
scopes = ["shop", "news.example.org"]
answer = "DISCARD"
[[answer]]
answer = "HOLD"
[[scope]]
name = "shop"
senders = ["shop.test"]
)",
                                  "a.toml");
  ASSERT_TRUE(config.has_value()) << config.error().text();
  EXPECT_EQ(config->answers,
            (std::vector<AnswerConfig>{{{"mailbox-full", "complaint"},
                                        {"shop", "news.example.org"},
                                        "DISCARD"},
                                       {{}, {}, "HOLD"}}));
}

TEST(ConfigTest, ScopesHaveNamesAndSenders) {
  const auto config = ParseConfig(
      "[[scope]]\nname = \"shop\"\nsenders = [\"shop.test\"]\n", "a.toml");
  ASSERT_TRUE(config.has_value()) << config.error().text();
  EXPECT_EQ(config->scopes, (std::vector<Scope>{{"shop", {"shop.test"}}}));
  EXPECT_TRUE(
      ParseConfig("[[scope]]\nname = \"a\"\nusers = [\"joe\"]\n", "a.toml"));
  for (const char* wrong :
       {"[[scope]]\nname = \"shop\"\n",
        "[[scope]]\nsenders = [\"shop.test\"]\n", "[scope]\nname = \"a\"\n",
        "[[scope]]\nname = \"a\"\nsenders = [\"b\"]\ncolour = 1\n",
        "[[scope]]\nname = \"a\"\nsenders = [\"b\"]\n"
        "[[scope]]\nname = \"a\"\nsenders = [\"c\"]\n"}) {
    SCOPED_TRACE(wrong);
    EXPECT_FALSE(ParseConfig(wrong, "a.toml").has_value());
  }
}

TEST(ConfigTest, EveryDefaultIsValidAndInRange) {
  for (const Parameter& parameter : AllParameters()) {
    SCOPED_TRACE(parameter.name);
    const std::size_t dot = parameter.name.find('.');
    const std::string text =
        fmt::format("[{}]\n{} = {}\n", parameter.name.substr(0, dot),
                    parameter.name.substr(dot + 1), parameter.default_value);
    const auto config = ParseConfig(text, "a.toml");
    EXPECT_TRUE(config.has_value()) << config.error().text();
    EXPECT_FALSE(parameter.help.empty());
  }
}

TEST(ConfigTest, TheSampleFileShowsEachParameterWithItsDefault) {
  const std::string sample = SourceFile("conf/postbounce.toml");
  std::set<std::string_view> sections;
  for (const Parameter& parameter : AllParameters()) {
    SCOPED_TRACE(parameter.name);
    const std::size_t dot = parameter.name.find('.');
    sections.insert(parameter.name.substr(0, dot));
    EXPECT_NE(
        sample.find(fmt::format("\n#{} = {}\n", parameter.name.substr(dot + 1),
                                parameter.default_value)),
        std::string::npos);
  }
  for (std::string_view section : sections) {
    EXPECT_NE(sample.find(fmt::format("\n[{}]\n", section)), std::string::npos);
  }
  EXPECT_TRUE(ParseConfig(sample, "sample").has_value());
}

TEST(ConfigTest, TheManPageHasEachParameterWithItsDefault) {
  const std::string page = SourceFile("man/postbounce.toml.5");
  for (const Parameter& parameter : AllParameters()) {
    SCOPED_TRACE(parameter.name);
    const bool live = parameter.reload == Reload::kLive;
    EXPECT_NE(page.find(fmt::format("\n.It Ic {} Li {} Pq {}", parameter.name,
                                    InMdoc(parameter.default_value),
                                    live ? "live" : "restart")),
              std::string::npos);
  }
}

TEST(ConfigTest, NamesWhatNeedsARestart) {
  const Config before = ParseConfig("", "a").value();
  const Config after =
      ParseConfig("[store]\npath = \"/b\"\nkeep_mail = \"1d\"\n", "b").value();
  EXPECT_EQ(NeedRestart(before, after),
            std::vector<std::string_view>{"store.path"});
}

TEST(RuntimeTest, AMissingOrBadFileIsRefusedByName) {
  TempDir dir;
  EXPECT_EQ(LoadRuntime(dir / "none").error().code(), ErrorCode::kNotFound);
}

TEST(ConfigTest, KeysOfManyDotsAreNotFollowed) {
  std::string deep = "a";
  for (int i = 0; i < 100000; ++i) deep += ".a";
  const auto config = ParseConfig(deep + "=1", "x.toml");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().text(), "x.toml:1: too many dots");
}

}  // namespace
}  // namespace postbounce
