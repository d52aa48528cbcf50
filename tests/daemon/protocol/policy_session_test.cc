#include "daemon/protocol/policy_session.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/daemon/protocol/lookup_talk.h"

namespace postbounce {
namespace {

constexpr std::string_view kRcpt =
    "request=smtpd_access_policy\nprotocol_state=RCPT\n";

struct Case {
  std::string sent;
  std::string want;
};

void Check(const Case& c) {
  SCOPED_TRACE(c.sent.substr(0, 100));
  for (const std::size_t chunk : {1, 2, 3, 7, 100'000}) {
    SCOPED_TRACE(chunk);
    EXPECT_EQ(Talk<PolicySession>(c.sent, chunk), c.want);
  }
}

std::string Rcpt(std::string_view rest) {
  return std::string(kRcpt).append(rest).append("\n");
}

std::string Action(std::string_view text) {
  return std::string("action=").append(text).append("\n\n");
}

TEST(PolicySessionTest, AnswersWhatIsAskedAtRcpt) {
  const Case kCases[] = {
      {"recipient=a\n", "?>a"},
      {"sender=\nrecipient=a\n", ">a"},
      {"sender=s@test\nrecipient=a@b\n", "s@test>a@b"},
      {"sasl_username=me\nrecipient=a\nsender=s\n", "s>a user=me"},
      {"sasl_username=\nrecipient=a\n", "?>a"},
      {"recipient=ok@test\nsender=s\n", "DUNNO"},
      {"recipient=error@test\n", "DEFER_IF_PERMIT 4.3.0 the store?is busy"},
      {"recipient=a=b=c\n", "?>a=b=c"},
      {"recipient= a \n", "?> a "},
      {"recipient=a\x01\xFF\xC3\xA9\n", "?>a??\xC3\xA9"},
      {"recipient=a\r\n", "?>a?"},
      {"recipient=\n", "DUNNO"},
      {"sender=s\n", "DUNNO"},
      {"", "DUNNO"},
      {"recipient=a\nrecipient=b\n", "?>a"},
      {"recipient=\nrecipient=b\n", "DUNNO"},
      {"recipient=a\nprotocol_state=DATA\n", "?>a"},
      {"Recipient=a\nrecipients=a\n=a\n", "DUNNO"},
  };
  for (const Case& c : kCases) Check({Rcpt(c.sent), Action(c.want)});
}

TEST(PolicySessionTest, LetsGoOnWhateverElseIsAsked) {
  const std::string_view kCases[] = {
      "request=smtpd_access_policy\nprotocol_state=DATA\nrecipient=a\n\n",
      "request=smtpd_access_policy\nprotocol_state=rcpt\nrecipient=a\n\n",
      "request=smtpd_access_policy\nrecipient=a\n\n",
      "request=other\nprotocol_state=RCPT\nrecipient=a\n\n",
      "protocol_state=RCPT\nrecipient=a\n\n",
      "=\n\n",
  };
  for (const std::string_view sent : kCases) {
    Check({std::string(sent), Action("DUNNO")});
  }
}

TEST(PolicySessionTest, ReadsWhatPostfixSends) {
  Check(
      {"request=smtpd_access_policy\nprotocol_state=RCPT\n"
       "protocol_name=ESMTP\nclient_address=192.0.2.1\n"
       "client_name=mx.example.com\nclient_port=40000\n"
       "reverse_client_name=mx.example.com\nserver_address=192.0.2.2\n"
       "server_port=587\nhelo_name=[192.0.2.1]\nsender=me@example.com\n"
       "recipient=User+Tag@Example.ORG\nrecipient_count=0\nqueue_id=\n"
       "instance=1ab.5f0c.0\nsize=0\netrn_domain=\nstress=\n"
       "sasl_method=plain\nsasl_username=me\nsasl_sender=\nccert_subject=\n"
       "ccert_issuer=\nccert_fingerprint=\nccert_pubkey_fingerprint=\n"
       "encryption_protocol=TLSv1.3\nencryption_cipher=x\n"
       "encryption_keysize=256\npolicy_context=\n\n",
       Action("me@example.com>User+Tag@Example.ORG user=me")});
}

TEST(PolicySessionTest, AnswersManyRequestsInTheirOrder) {
  Check({Rcpt("recipient=a\n") + Rcpt("recipient=ok@test\n") + "request=",
         Action("?>a") + Action("DUNNO") + "[more]"});
}

TEST(PolicySessionTest, EndsTheConnectionAtWhatIsNoRequest) {
  std::string attributes;
  for (int i = 0; i < 198; ++i) attributes += "x=\n";
  const std::string value(8192, 'v');
  const std::string many = "x=" + std::string(8000, 'v') + "\n";
  std::string whole;  // of 64 KiB with kRcpt
  for (int i = 0; i < 8; ++i) whole += many;
  const std::size_t left = (64u << 10) - kRcpt.size() - whole.size();
  whole += "x=" + std::string(left - 2, 'v');

  Check({Rcpt(attributes), Action("DUNNO")});
  Check({Rcpt("recipient=ok@test\nx=" + value + "\n"), Action("DUNNO")});
  Check({Rcpt(whole + "\n"), Action("DUNNO")});
  const Case kCases[] = {
      {"\n", "[a request is empty]"},
      {"no attribute\n\n", "[an attribute has no \"=\"]"},
      {"a=b\nno attribute\nc=d\n\n", "[an attribute has no \"=\"]"},
      {Rcpt(attributes + "x=\n"), "[a request has too many attributes]"},
      {Rcpt("x=" + value + "v\n"), "[an attribute is too long]"},
      {Rcpt(whole + "v\n"), "[a request is too long]"},
      {std::string(1u << 20, 'x'), "[a request is too long]"},
  };
  for (const Case& c : kCases) {
    Check(c);
    Check({Rcpt("recipient=a\n") + c.sent, Action("?>a") + c.want});
  }
}

TEST(PolicySessionTest, SaysOneLine) {
  const auto ask = [](const Question&) -> Result<std::string> {
    return std::string("REJECT a\n\naction=OK\r\n\n") + '\0';
  };
  EXPECT_EQ(Talk<PolicySession>(Rcpt("recipient=a\n"), 100, ask),
            Action("REJECT a??action=OK????"));
}

}  // namespace
}  // namespace postbounce
