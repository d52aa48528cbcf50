// Replies that have the words of a dead address, but speak of something else:
// of the sender, of our server, of the message, of a moment.

#include "tests/classifier/verdict_case.h"

namespace postbounce {
namespace {

void ExpectNotHard(std::string_view diagnostic) {
  static const RuleSet rules = RuleSet::Compile(RuleSet::Shipped()).value();
  SCOPED_TRACE(std::string(diagnostic));
  Evidence evidence;
  evidence.action = Action::kFailed;
  evidence.status = "5.0.0";
  evidence.diagnostic = diagnostic;
  const Verdict verdict = Classify(evidence, rules);
  EXPECT_NE(ClassName(verdict.reason_class), "hard") << verdict.rule;
}

TEST(NearMissVerdictsTest, TheSenderIsNotTheRecipient) {
  const std::string_view texts[] = {
      "550 Invalid address in From header",
      "550 invalid address in MAIL FROM",
      "550 The account of the sender is not activated",
      "550 your account has not been activated",
      "550 Unknown e-mail address of the sender",
      "550 sender not found",
      "550 Unknown mail domain in return-path",
      "550 invalid domain in sender address",
      "554 5.7.1 Unknown domain name in sender <a@example.com>",
      "550 From: Domain is invalid. Provide a valid From:",
      "550 sender a@example.com has no A, AAAA, or MX DNS records",
      "550 Domain may not exist or DNS check failed",
      "550 Backscatter protection detected an invalid or expired address",
      "550 Your address is incorrect",
      "550 reply-to address is wrong",
      "550 No MX for sender domain example.org",
      "553 5.1.3 Invalid address format in From header",
  };
  for (std::string_view text : texts) ExpectNotHard(text);
}

TEST(NearMissVerdictsTest, OurServerIsNotTheRecipient) {
  const std::string_view texts[] = {
      "550 unknown domain in HELO",
      "550 HELO: unknown domain name",
      "501 5.5.4 Invalid domain name",
      "550 address 192.0.2.1 not found",
      "550 The address 192.0.2.1 is unknown",
      "550 remote address 192.0.2.1 is invalid",
      "550 client address unrecognized",
      "550 IP address is incorrect",
      "550 mail.example.com does not exist in our relay list",
      "550 Sender or recipient is not local",
      "550 User account not authorized to relay",
      "550 <a@example.com> not found in white list",
      "550 you are not in our relay list",
      "550 No such host as your HELO name",
      "550 5.7.1 user does not exist in our whitelist",
      "550 This domain does not exist in our allowed senders table",
  };
  for (std::string_view text : texts) ExpectNotHard(text);
}

TEST(NearMissVerdictsTest, TheMessageIsNotTheRecipient) {
  const std::string_view texts[] = {
      "550 5.6.11 Invalid characters",
      "550 message contains invalid characters",
      "501 bad syntax",
      "501 invalid format",
      "550 archived message rejected",
      "550 5.2.1 Content Filter agent quarantined this message",
      "550 account is locked due to spam",
  };
  for (std::string_view text : texts) ExpectNotHard(text);
}

TEST(NearMissVerdictsTest, AMomentIsNotForever) {
  const std::string_view texts[] = {
      "550 Recipient unavailable, try again later",
      "550 account temporarily unavailable",
      "550 Account disabled temporarly for exceeding receiving limits",
      "550 Mailbox sending limit exceeded",
      "550 You've reached your daily relay quota",
      "550 Temporary failure",
  };
  for (std::string_view text : texts) ExpectNotHard(text);
}

TEST(NearMissVerdictsTest, WhatTheMessageHoldsIsNotTheRecipient) {
  const std::string_view texts[] = {
      "550 The message contains an address that does not exist",
      "550 A link in your message points to a domain that does not exist",
      "550 no mailbox space available",
  };
  for (std::string_view text : texts) ExpectNotHard(text);
}

// Whatever file the rule for the recipient's words stands in.
TEST(NearMissVerdictsTest, BlameOfAnotherWinsOverTheRecipientsWords) {
  const std::string_view texts[] = {
      "550-Verification failed for <a@example.com> 550-Response: 550 5.1.1 "
      "<a@example.com>: Recipient address rejected: User unknown in virtual "
      "mailbox table 550 Sender verify failed",
      "550 Rejected by policy: mail blocked using spamhaus; user unknown",
      "554 5.7.1 Spam rejected, message from no such user!",
      "550 Directory harvest attack detected: invalid recipient count",
      "550 Ratio of nonexistent recipients too high",
      "550 your domain has no MX record",
      "550 No such host 192.0.2.1",
      "550 Sender callback: 550 user unknown",
      "550 5.7.27 Sender address has null MX",
      "550 smtp user disabled",
      "550 Your message links to a suspended account",
      "550 Ihr Konto wurde gesperrt",
      "550 Votre compte est suspendu",
      "550 送信元アドレスが存在しません",
      "550 IP-Adresse 192.0.2.1 unbekannt",
  };
  for (std::string_view text : texts) ExpectNotHard(text);
}

TEST(NearMissVerdictsTest, WordsOfAMomentAreNeverHard) {
  const std::string_view texts[] = {
      "550 5.1.1 user unknown (temporary failure, please retry)",
      "550 5.1.1 user unknown (database unavailable)",
      "550 5.1.1 host said: 450 user unknown",
      "550 5.1.1 mailbox temporarily not found during migration",
      "550 5.2.1 Mailbox locked by another process",
      "550 mailbox unavailable - busy",
      "550 Empfänger vorübergehend nicht gefunden",
      "550 Destinataire temporairement introuvable",
  };
  for (std::string_view text : texts) ExpectNotHard(text);
}

}  // namespace
}  // namespace postbounce
