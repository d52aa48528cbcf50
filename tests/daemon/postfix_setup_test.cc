#include "daemon/cli/doctor/postfix_setup.h"

#include <gtest/gtest.h>

namespace postbounce {
namespace {

// As postconf of Postfix 3.7 prints it.
constexpr const char* kServices =
    "smtp       inet  n       -       y       -       -       smtpd\n"
    "submission inet  n       -       n       -       -       smtpd"
    " -o smtpd_recipient_restrictions=$postbounce_policy\n"
    "cleanup    unix  n       -       y       -       0       cleanup\n"
    "postbounce unix  -       n       n       -       20      pipe flags=Rq"
    " user=postbounce-in argv=/usr/lib/postbounce/postbounce-pipe\n"
    "short line\n";
constexpr const char* kOverrides =
    "submission/inet/smtpd_recipient_restrictions = check_policy_service {"
    " unix:postbounce/policy, default_action=DUNNO, timeout=2s }\n"
    "nobody/inet/smtpd_milters = inet:127.0.0.1:1\n"
    "no slash = 1\n";
constexpr const char* kParameters =
    "queue_directory = /var/spool/postfix\n"
    "smtpd_recipient_restrictions =\n"
    "smtpd_restriction_classes = postbounce_lookup\n"
    "postbounce_lookup = check_recipient_access"
    " socketmap:unix:postbounce/socketmap:suppressed\n"
    "postbounce_policy = check_policy_service unix:postbounce/policy\n"
    "smtpd_milters = inet:127.0.0.1:8891, {"
    " unix:postbounce/milter, default_action=accept }\n"
    "non_smtpd_milters = unix:postbounce/milter\n"
    "smtpd_milter_maps =\n"
    "transport_maps = hash:/etc/postfix/transport, tcp:127.0.0.1:2527\n";

class PostfixSetupTest : public testing::Test {
 protected:
  const PostfixSetup setup_ =
      ParsePostfixSetup(kServices, kOverrides, kParameters);

  // "SERVICE PARAMETER ENDPOINT" of each that asks by this protocol.
  std::vector<std::string> Clients(PostfixClient::Protocol protocol) const {
    std::vector<std::string> all;
    for (const PostfixClient& client : ClientsIn(setup_)) {
      if (client.protocol != protocol) continue;
      all.push_back(client.service->ToString() + " " + client.parameter + " " +
                    client.endpoint);
    }
    return all;
  }
};

TEST_F(PostfixSetupTest, ServicesHaveTheirColumns) {
  ASSERT_EQ(setup_.services.size(), 4U);
  EXPECT_TRUE(setup_.services[0].is_chrooted);
  EXPECT_FALSE(setup_.services[1].is_chrooted);
  EXPECT_EQ(setup_.services[1].program, "smtpd");
  const PostfixService* pipe = setup_.FindTransport("postbounce");
  ASSERT_NE(pipe, nullptr);
  EXPECT_EQ(pipe->arguments.back(), "argv=/usr/lib/postbounce/postbounce-pipe");
  EXPECT_EQ(setup_.FindTransport("smtp"), nullptr);
}

TEST(PostfixSetupParseTest, OnlyAnOldPostfixPutsAllIntoAChroot) {
  constexpr const char* kService = "smtp inet n - - - - smtpd\n";
  for (const auto& [parameters, is_chrooted] :
       {std::pair{"compatibility_level = 0\n", true},
        {"compatibility_level = 3.6\n", false},
        {"", false}}) {
    SCOPED_TRACE(parameters);
    const PostfixSetup setup = ParsePostfixSetup(kService, "", parameters);
    ASSERT_EQ(setup.services.size(), 1U);
    EXPECT_EQ(setup.services[0].is_chrooted, is_chrooted);
  }
}

TEST_F(PostfixSetupTest, AServiceHasItsOwnParametersOrThoseOfMainCf) {
  const PostfixService& smtp = setup_.services[0];
  const PostfixService& submission = setup_.services[1];
  EXPECT_EQ(setup_.Get(smtp, "smtpd_recipient_restrictions"), "");
  EXPECT_NE(setup_.Get(submission, "smtpd_recipient_restrictions"), "");
  EXPECT_EQ(setup_.Get(submission, "queue_directory"), "/var/spool/postfix");
  EXPECT_EQ(setup_.Get("nothing"), "");
}

TEST_F(PostfixSetupTest, WhoAsksIsFound) {
  using Protocol = PostfixClient::Protocol;
  EXPECT_EQ(
      Clients(Protocol::kPolicy),
      (std::vector<std::string>{"submission/inet smtpd_recipient_restrictions "
                                "unix:postbounce/policy"}));
  EXPECT_EQ(Clients(Protocol::kSocketmap),
            (std::vector<std::string>{
                "smtp/inet postbounce_lookup unix:postbounce/socketmap",
                "submission/inet postbounce_lookup "
                "unix:postbounce/socketmap"}));
  EXPECT_EQ(Clients(Protocol::kMilter),
            (std::vector<std::string>{
                "smtp/inet smtpd_milters inet:127.0.0.1:8891",
                "smtp/inet smtpd_milters unix:postbounce/milter",
                "submission/inet smtpd_milters inet:127.0.0.1:8891",
                "submission/inet smtpd_milters unix:postbounce/milter",
                "cleanup/unix non_smtpd_milters unix:postbounce/milter"}));
  // There is no trivial-rewrite to ask.
  EXPECT_TRUE(Clients(Protocol::kTcpTable).empty());
}

TEST_F(PostfixSetupTest, BracesAreOfTheSocketInThem) {
  for (const PostfixClient& client : ClientsIn(setup_)) {
    SCOPED_TRACE(client.endpoint);
    if (client.endpoint == "unix:postbounce/policy") {
      EXPECT_EQ(client.options.at("timeout"), "2s");
      EXPECT_EQ(client.options.at("default_action"), "DUNNO");
    }
    if (client.endpoint == "inet:127.0.0.1:8891") {
      EXPECT_TRUE(client.options.empty());
    }
  }
}

TEST(PostfixSetupParseTest, AnythingIsRead) {
  for (const char* text : {"", "\n\n", "= = =", "{{{{", "a/b/c = {", "\x80\xff",
                           "x x x x x x x x x x x"}) {
    SCOPED_TRACE(text);
    const PostfixSetup setup = ParsePostfixSetup(text, text, text);
    ClientsIn(setup);
  }
}

}  // namespace
}  // namespace postbounce
