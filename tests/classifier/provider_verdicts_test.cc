// Verdicts on the replies of large providers: which of them condemn an
// address, and which only look so.

#include "tests/classifier/verdict_case.h"

namespace postbounce {
namespace {

TEST(ProviderVerdictsTest, Gmail) {
  const VerdictCase cases[] = {
      {"5.1.1",
       "550-5.1.1 The email account that you tried to reach does not exist. "
       "Please try 550-5.1.1 double-checking the recipient's email address",
       "no-such-user", "hard"},
      {"5.1.3",
       "553 5.1.3 The recipient address <a@@example.com> is not a "
       "valid RFC 5321 address.",
       "bad-address-syntax", "hard"},
      {"5.1.2", "553 5.1.2 We weren't able to find the recipient domain.",
       "no-such-domain", "hard"},
      {"5.2.1",
       "550 5.2.1 The email account that you tried to reach is "
       "inactive.",
       "mailbox-disabled", "hard"},
      {"5.2.1",
       "550-5.2.1 The user you are trying to contact is receiving "
       "mail at a rate that 550-5.2.1 prevents additional messages",
       "rate-limited", "soft"},
      {"4.2.2", "452-4.2.2 The recipient's inbox is out of storage space.",
       "mailbox-full", "soft"},
      {"5.2.2",
       "552-5.2.2 The recipient's inbox is out of storage space and "
       "552-5.2.2 inactive. Please direct the recipient to",
       "mailbox-full", "soft"},
      {"5.7.26",
       "550-5.7.26 Unauthenticated email from example.com is not "
       "accepted due to 550-5.7.26 domain's DMARC policy.",
       "authentication-failed", "block"},
      {"5.7.27",
       "550-5.7.27 Your email has been blocked because SPF did not "
       "pass - gsmtp",
       "authentication-failed", "block"},
      {"5.7.30",
       "550-5.7.30 Your email has been blocked because DKIM did not "
       "pass. - gsmtp",
       "authentication-failed", "block"},
      {"4.7.29",
       "421-4.7.29 Your email was not sent over a TLS connection. "
       "- gsmtp",
       "tls-failed", "soft"},
      {"5.7.32",
       "421-5.7.32 The From: header isn't aligned with the SPF or "
       "DKIM organizational domain - gsmtp",
       "authentication-failed", "block"},
      {"5.7.40", "550-5.7.40 The sending domain has no DMARC record - gsmtp",
       "authentication-failed", "block"},
      {"5.7.25",
       "550-5.7.25 The IP address sending this message does not have "
       "a 550-5.7.25 PTR record setup",
       "authentication-failed", "block"},
      {"4.7.28",
       "421-4.7.28 Our system has detected an unusual rate of "
       "421-4.7.28 unsolicited mail originating from your IP",
       "rate-limited", "soft"},
      {"5.4.5", "550 5.4.5 Daily user sending limit exceeded.", "rate-limited",
       "soft"},
      {"5.4.6",
       "554 5.4.6 Message exceeded 50 hops, this may indicate a mail "
       "loop.",
       "routing-error", "soft"},
      {"5.7.1",
       "550-5.7.1 Our system has detected that this message is 550 "
       "likely unsolicited mail.",
       "spam-rejected", "block"},
      {"5.7.1",
       "550 5.7.1 The user or domain that you are sending to has a "
       "policy that prohibited the mail - gcdp x1",
       "policy-rejected", "block"},
      {"5.7.0",
       "552-5.7.0 This message was blocked because its content "
       "presents a potential 552-5.7.0 security issue.",
       "content-rejected", "block"},
      {"5.3.4", "552-5.3.4 Your message exceeded Google's message size limits.",
       "message-too-large", "block"},
  };
  for (const VerdictCase& c : cases) ExpectVerdict(c);
}

TEST(ProviderVerdictsTest, Microsoft) {
  const VerdictCase cases[] = {
      {"5.5.0", "550 5.5.0 Requested action not taken: mailbox unavailable",
       "no-such-user", "hard"},
      {"5.7.1",
       "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't "
       "sent. Please contact your Internet service provider since "
       "part of their network is on our block list (S3150).",
       "ip-blocked", "block"},
      {"5.7.1", "550 5.7.1 Service unavailable (S8001) blocked using Spamhaus",
       "ip-blocked", "block"},
      {"4.7.650",
       "451 4.7.650 The mail server [192.0.2.1] has been "
       "temporarily rate limited due to IP reputation.",
       "ip-blocked", "block"},
      {"5.2.122",
       "554 5.2.122 The recipient has exceeded their limit for the "
       "number of messages they can receive per hour.",
       "rate-limited", "soft"},
      {"5.2.121", "554 5.2.121 The recipient's per hour message limit",
       "rate-limited", "soft"},
      {"5.1.10",
       "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient "
       "a@example.com not found by SMTP address lookup",
       "no-such-user", "hard"},
      {"5.1.1", "550 5.1.1 RESOLVER.ADR.ExRecipNotFound; not found",
       "no-such-user", "hard"},
      {"5.4.1",
       "550 5.4.1 <a@example.com>: Recipient address rejected: Access "
       "denied [x.eop-NAM02.prod.protection.outlook.com]",
       "no-such-user", "hard"},
      {"5.4.1", "550 5.4.1 <a@example.com>: Relay access denied",
       "relay-denied", "soft"},
      {"5.4.310", "550 5.4.310 DNS domain nosuch.example does not exist",
       "no-such-domain", "hard"},
      {"5.4.316", "550 5.4.316 Message expired, connection refused",
       "network-error", "soft"},
      {"5.4.300", "550 5.4.300 Message expired", "expired", "soft"},
      {"5.4.14", "554 5.4.14 Hop count exceeded - possible mail loop",
       "routing-error", "soft"},
      {"5.7.124", "550 5.7.124 Sender not in allowed-senders list",
       "recipient-refused", "soft"},
      {"5.7.133", "550 5.7.133 Sender not authenticated for group",
       "recipient-refused", "soft"},
      {"5.7.12", "550 5.7.12 Sender was not authenticated by organization",
       "recipient-refused", "soft"},
      {"5.7.505", "550 5.7.505 Access denied, banned recipient",
       "recipient-refused", "soft"},
      {"5.7.507", "550 5.7.507 Access denied, rejected by recipient",
       "ip-blocked", "block"},
      {"5.7.509",
       "550 5.7.509 Access denied, sending domain example.com does "
       "not pass DMARC verification",
       "authentication-failed", "block"},
      {"5.7.606", "550 5.7.606 Access denied, banned sending IP [192.0.2.1]",
       "ip-blocked", "block"},
      {"5.7.708",
       "550 5.7.708 Access denied, traffic not accepted from this IP",
       "rate-limited", "soft"},
      {"5.2.2", "550 5.2.2 STOREDRV.Deliver: mailbox full.", "mailbox-full",
       "soft"},
      {"5.2.3", "550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large",
       "message-too-large", "block"},
      {"5.7.1", "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required",
       "recipient-refused", "soft"},
      {"5.7.57",
       "530 5.7.57 Client was not authenticated to send anonymous "
       "mail during MAIL FROM",
       "relay-denied", "block"},
      {"5.7.60",
       "550 5.7.60 SMTP; Client does not have permissions to send as "
       "this sender",
       "sender-rejected", "block"},
  };
  for (const VerdictCase& c : cases) ExpectVerdict(c);
}

TEST(ProviderVerdictsTest, YahooAndApple) {
  const VerdictCase cases[] = {
      {"5.0.0", "552 1 Requested mail action aborted, mailbox not found",
       "no-such-user", "hard"},
      {"5.0.0",
       "554 delivery error: dd This user doesn't have a example.com "
       "account (a@example.com) [0]",
       "no-such-user", "hard"},
      {"5.0.0",
       "554 delivery error: dd a@example.com is no longer valid. [-20]",
       "mailbox-disabled", "hard"},
      {"5.0.0",
       "554 30 Sorry, your message to a@example.com cannot be "
       "delivered. This mailbox is disabled (554.30).",
       "mailbox-disabled", "hard"},
      {"4.7.0",
       "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred "
       "due to unexpected volume or user complaints",
       "ip-blocked", "block"},
      {"5.7.2",
       "553 5.7.2 [TSS09] All messages from 192.0.2.1 will be "
       "permanently deferred",
       "ip-blocked", "block"},
      {"5.7.1",
       "553 5.7.1 [BL21] Connections will not be accepted from "
       "192.0.2.1",
       "ip-blocked", "block"},
      {"5.0.0", "554 [PH01] Email not accepted for policy reasons.",
       "policy-rejected", "block"},
      {"5.7.9", "554 5.7.9 Message not accepted for policy reasons.",
       "policy-rejected", "block"},
      {"5.1.1", "550 5.1.1 <a@example.com>: inactive email address",
       "no-such-user", "hard"},
      {"5.1.1", "550 5.1.1 unknown or illegal alias: a@example.com",
       "no-such-user", "hard"},
      {"5.1.6", "550 5.1.6 recipient no longer on server: a@example.com",
       "mailbox-moved", "hard"},
      {"5.2.2", "552 5.2.2 <a@example.com>: user is over quota", "mailbox-full",
       "soft"},
      {"5.7.1", "554 5.7.1 [CS01] Message rejected due to local policy.",
       "policy-rejected", "block"},
      {"5.7.1",
       "554 5.7.1 [HME1] This message was blocked for containing "
       "suspicious characteristics",
       "policy-rejected", "block"},
      {"5.7.0", "550 5.7.0 Blocked - see https://ipcheck.proofpoint.com/?ip=1",
       "ip-blocked", "block"},
  };
  for (const VerdictCase& c : cases) ExpectVerdict(c);
}

TEST(ProviderVerdictsTest, AccessProviders) {
  const VerdictCase cases[] = {
      {"5.0.0", "550 Requested action not taken: mailbox unavailable",
       "no-such-user", "hard"},
      {"5.0.0",
       "550-Requested action not taken: mailbox unavailable 550 Reject "
       "due to policy restrictions.",
       "policy-rejected", "block"},
      {"5.0.0",
       "550-Requested action not taken: mailbox unavailable 550 invalid "
       "DNS PTR resource record",
       "authentication-failed", "block"},
      {"5.0.0",
       "550-Requested action not taken: mailbox unavailable 550 SPF "
       "check failed",
       "authentication-failed", "block"},
      {"5.0.0",
       "552-Requested mail action aborted: exceeded storage allocation "
       "552 Quota exceeded.",
       "mailbox-full", "soft"},
      {"5.1.1", "550 5.1.1 Not our Customer", "no-such-user", "hard"},
      {"5.1.1", "552 5.1.1 <a@example.com> extended quota violation",
       "mailbox-full", "soft"},
      {"5.2.0", "550 5.2.0 Message rejected due to DMARC",
       "authentication-failed", "block"},
      {"5.2.0", "550 5.2.0 <a@example.com> Recipient unavailable",
       "mailbox-disabled", "soft"},
      {"5.1.1",
       "552 5.1.1 Boite du destinataire pleine. Recipient overquota. "
       "OFR_417 [417]",
       "mailbox-full", "soft"},
      {"5.1.1",
       "550 5.1.1 Adresse d au moins un destinataire invalide. Invalid "
       "recipient. OFR_416 [416]",
       "no-such-user", "hard"},
      {"5.2.0", "550 5.2.0 Mail rejete. Mail rejected. ofr_506 [506]",
       "spam-rejected", "block"},
      {"5.1.1",
       "550 5.1.1 <a@example.com> - 192.0.2.1 has sent to too many "
       "recipients this hour. IB607",
       "rate-limited", "soft"},
      {"5.1.0", "550 5.1.0 <a@example.com> sender rejected. AUP#In-1310",
       "rate-limited", "soft"},
      {"5.1.0", "550 5.1.0 <a@example.com> sender rejected. AUP#CDRBL",
       "ip-blocked", "block"},
      {"5.1.0", "550 5.1.0 <a@example.com> sender rejected. AUP#Out-1520",
       "sender-rejected", "block"},
      {"5.5.0", "550 5.5.0 Boite du destinataire archivee. LPN007_420",
       "mailbox-disabled", "hard"},
      {"5.5.0", "550 5.5.0 Service refuse. LPN005_510", "ip-blocked", "block"},
      {"5.0.1", "501 5.0.1 Emetteur invalide. LPN105_405", "sender-rejected",
       "block"},
      {"4.0.0", "421 Reverse DNS for 192.0.2.1 failed. IB108",
       "authentication-failed", "block"},
      {"5.0.0", "550 http://mail.i.ua/err/2/", "no-such-user", "hard"},
      {"5.0.0", "550 http://mail.i.ua/err/10/", "recipient-refused", "soft"},
      {"5.1.1", "550 5.1.1 RCP-P1 http://postmaster.example.com/codes",
       "no-such-user", "hard"},
      {"5.7.1", "550 5.7.1 POL-P2 http://postmaster.example.com/codes",
       "ip-blocked", "block"},
  };
  for (const VerdictCase& c : cases) ExpectVerdict(c);
}

}  // namespace
}  // namespace postbounce
