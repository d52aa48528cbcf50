// Verdicts on the replies of mail gateways and of Postfix.

#include "tests/classifier/verdict_case.h"

namespace postbounce {
namespace {

TEST(GatewayVerdictsTest, GatewaysAndFilters) {
  const VerdictCase cases[] = {
      {"5.0.0", "550 Administrative prohibition - envelope blocked",
       "policy-rejected", "block"},
      {"5.0.0",
       "550 Rejected by header based Anti-Spoofing policy: a@b.example",
       "authentication-failed", "block"},
      {"5.0.0", "550 Envelope blocked - User Entry", "recipient-refused",
       "soft"},
      {"5.0.0", "550 Invalid Recipient", "no-such-user", "hard"},
      {"5.7.1", "550 5.7.1 User email address is marked as invalid.",
       "no-such-user", "hard"},
      {"5.7.1",
       "550 5.7.1 Service unavailable; blocked using "
       "prs.proofpoint.com",
       "ip-blocked", "block"},
      {"5.1.1",
       "550 cuda_nsu 5.1.1 <a@example.com>: Recipient address rejected",
       "no-such-user", "hard"},
      {"5.7.1",
       "554 5.7.1 <a@example.com>: Recipient address rejected: "
       "BLOCK-RCPT",
       "no-such-user", "hard"},
      {"5.7.1",
       "554 5.7.1 <a@example.com>: Recipient address rejected: "
       "Invalid-Recipient",
       "no-such-user", "hard"},
      {"5.7.1", "550 5.7.1 No such user!", "no-such-user", "hard"},
      {"5.7.1", "554 5.7.1 Not in recipient list", "no-such-user", "hard"},
      {"5.1.0",
       "5.1.0 - Unknown address error 550-'5.7.1 <a@b.example>... "
       "Access denied'",
       "policy-rejected", "block"},
      {"5.7.1",
       "554 5.7.1 recipient address was suppressed due to customer "
       "policy",
       "already-suppressed", "none"},
  };
  for (const VerdictCase& c : cases) ExpectVerdict(c);
}

TEST(GatewayVerdictsTest, Postfix) {
  const VerdictCase cases[] = {
      {"5.1.1",
       "host mx.test[192.0.2.1] said: 550 5.1.1 <a@b.example>: "
       "Recipient address rejected: User unknown in virtual mailbox "
       "table (in reply to RCPT TO command)",
       "no-such-user", "hard"},
      {"5.1.1", "unknown user: \"nobody\"", "no-such-user", "hard"},
      {"5.1.1",
       "host mx.test[192.0.2.1] said: 550 5.1.1 User unknown (in "
       "reply to MAIL FROM command)",
       "sender-rejected", "block"},
      {"5.1.8",
       "550 5.1.8 <a@b.example>: Sender address rejected: Domain not "
       "found",
       "sender-rejected", "block"},
      {"5.4.4",
       "Host or domain name not found. Name service error for "
       "name=nosuch.example type=A: Host not found",
       "no-such-domain", "hard"},
      {"4.4.3",
       "Host or domain name not found. Name service error for "
       "name=a.example type=MX: Host not found, try again",
       "network-error", "soft"},
      {"5.4.6", "mail for b.example loops back to myself", "routing-error",
       "soft"},
      {"5.1.0", "Domain nomail.example does not accept mail (nullMX)",
       "domain-accepts-no-mail", "hard"},
      {"4.4.1", "connect to mx.test[192.0.2.1]:25: Connection timed out",
       "network-error", "soft"},
      {"4.7.1",
       "host mx.test[192.0.2.1] refused to talk to me: 554-5.7.1 No "
       "SMTP service here 554 5.7.1 your IP is listed at bl.example",
       "ip-blocked", "block"},
      {"5.3.4",
       "message size 20000000 exceeds size limit 10240000 of server "
       "mx.test[192.0.2.1]",
       "message-too-large", "block"},
      {"5.2.2",
       "cannot update mailbox /var/mail/a for user a. error writing "
       "message: File too large",
       "mailbox-full", "soft"},
      {"5.3.0", "Command died with status 1: \"/bin/sh\"", "system-error",
       "soft"},
      {"5.7.1",
       "554 5.7.1 <a@b.example>: Recipient address rejected: Access "
       "denied",
       "recipient-refused", "soft"},
      {"4.7.1",
       "450 4.7.1 Client host rejected: cannot find your reverse "
       "hostname, [192.0.2.1]",
       "authentication-failed", "block"},
      {"4.2.0",
       "450 4.2.0 <a@b.example>: Recipient address rejected: Greylisted",
       "greylisted", "soft"},
  };
  for (const VerdictCase& c : cases) ExpectVerdict(c);
}

TEST(GatewayVerdictsTest, WhatSoundsLikeADeadAddressAndIsNot) {
  const VerdictCase cases[] = {
      {"5.0.0", "550 Your domain does not exist", "sender-rejected", "block"},
      {"5.0.0", "550 HELO name does not exist", "policy-rejected", "block"},
      {"5.0.0", "554 the from address is not a known user here",
       "sender-rejected", "block"},
      {"5.0.0", "550 Message to a@b.example was blocked", "policy-rejected",
       "block"},
      {"5.0.0", "550 a@b.example: your mail was removed", "unknown", "soft"},
      {"5.0.0", "550 You do not have permission for this mailbox", "unknown",
       "soft"},
      {"5.0.0", "550 You do not have access to this user", "unknown", "soft"},
      {"5.0.0", "550 client ip address not recognized", "authentication-failed",
       "block"},
      {"5.0.0", "550 This server does not accept mail from dialup hosts",
       "unknown", "soft"},
      {"5.0.0", "550 please use a valid sender address", "unknown", "soft"},
      {"5.0.0", "550 authentication required", "relay-denied", "block"},
      {"5.0.0",
       "550 Message rejected because a@b.example is not a valid "
       "sender",
       "sender-rejected", "block"},
      {"5.0.0", "550 reply-to address invalid", "sender-rejected", "block"},
      {"5.1.1", "550 5.1.1 Too many messages to unknown users", "rate-limited",
       "soft"},
      {"5.0.0", "550 invalid from domain", "sender-rejected", "block"},
      {"5.0.0", "550 Mailbox currently suspended", "mailbox-disabled", "soft"},
      {"5.0.0", "550 password expired", "authentication-failed", "block"},
  };
  for (const VerdictCase& c : cases) ExpectVerdict(c);
}

TEST(GatewayVerdictsTest, WhoseAddressItIsDecides) {
  const VerdictCase cases[] = {
      {"5.1.1", "550 5.1.1 unrouteable sender address", "sender-rejected",
       "block"},
      {"5.0.0", "550 no such user as the sender a@b.example", "sender-rejected",
       "block"},
      {"5.1.8", "550 domain of sender a@b.example does not exist",
       "sender-rejected", "block"},
      {"5.7.1", "550 5.7.1 sender account disabled", "sender-rejected",
       "block"},
      {"5.0.0", "501 Bad address syntax in MAIL FROM", "sender-rejected",
       "block"},
      {"5.0.0", "550 unknown host name in EHLO", "policy-rejected", "block"},
      {"5.7.8", "535 5.7.8 user unknown", "authentication-failed", "block"},
      {"5.2.1", "550 5.2.1 receiving mail at a rate", "rate-limited", "soft"},
      {"5.1.2", "550 5.1.2 Host lookup did not complete", "network-error",
       "soft"},
      {"5.0.0", "550 mailbox unavailable: blocked by policy", "policy-rejected",
       "block"},
      {"5.2.1", "550 5.2.1 mailbox disabled temporarily", "mailbox-disabled",
       "soft"},
      {"5.7.1", "550 5.7.1 Anonymous/unknown users may not send here",
       "recipient-refused", "soft"},
      {"5.1.1", "550 5.1.1 User unknown, says the mail server of a@b.example",
       "no-such-user", "hard"},
      {"5.1.1", "550 5.1.1 User unknown (in reply to RCPT TO command)",
       "no-such-user", "hard"},
  };
  for (const VerdictCase& c : cases) ExpectVerdict(c);
}

TEST(GatewayVerdictsTest, WordsInAnAddressDecideNothing) {
  const VerdictCase cases[] = {
      {"5.0.0", "550 <user-unknown@example.com>: zzqq", "unknown", "soft"},
      {"5.0.0", "550 <\"no such user\"@example.com>: zzqq", "unknown", "soft"},
      {"5.1.1", "550 5.1.1 <spam@example.com>... User unknown", "no-such-user",
       "hard"},
      {"5.1.1", "550 5.1.1 virus@dkim.example User unknown", "no-such-user",
       "hard"},
      {"5.1.1",
       "host mx.spam-filter.example[192.0.2.1] said: 550 5.1.1 User "
       "unknown",
       "no-such-user", "hard"},
  };
  for (const VerdictCase& c : cases) ExpectVerdict(c);
}

}  // namespace
}  // namespace postbounce
