#ifndef POSTBOUNCE_TESTS_BENCH_LOG_WORDS_H_
#define POSTBOUNCE_TESTS_BENCH_LOG_WORDS_H_

#include <array>
#include <string_view>

// What the lines of a made log are made of. In a reply "@" stands for the
// recipient, "%" for the relay's name and address, "#" for an id.
namespace postbounce {

inline constexpr std::array<std::string_view, 32> kFirstNames = {
    "anna",  "ben",  "carla", "david", "elena", "felix", "greta",  "hugo",
    "ines",  "jan",  "karin", "leon",  "maria", "nils",  "olga",   "paul",
    "quinn", "rosa", "simon", "tina",  "ulf",   "vera",  "willi",  "xenia",
    "yusuf", "zoe",  "mika",  "noor",  "info",  "sales", "office", "mail"};
inline constexpr std::array<std::string_view, 16> kLastNames = {
    "weber", "smith",  "garcia", "rossi", "novak",  "larsen", "kim",   "sato",
    "khan",  "dubois", "silva",  "kowal", "horvat", "brown",  "meyer", "popov"};
inline constexpr std::array<std::string_view, 16> kDomainNames = {
    "northmail", "postbox", "bluenet", "citylink",  "webhost", "skypost",
    "fibernet",  "unimail", "hosting", "mailworks", "telecom", "softnet",
    "mycorp",    "school",  "clinic",  "townhall"};

inline constexpr std::array<std::string_view, 5> kSent = {
    "250 2.0.0 Ok: queued as #",
    "250 2.0.0 OK  1761955200 #-20020a05600c4fd000b004314c1a1a2bsi2412ejc.118 "
    "- gsmtp",
    "250 OK id=1tXyZ1-#",
    "250 2.6.0 <#@mail.example> [InternalId=4711, Hostname=mx.example] Queued "
    "mail for delivery",
    "250 2.0.0 Ok: queued as #"};

struct LoggedReply {
  std::string_view dsn;
  bool connected;  // else there is no relay
  std::string_view text;
};
inline constexpr std::array<LoggedReply, 6> kBounced = {{
    {"5.1.1", true,
     "host % said: 550 5.1.1 <@>: Recipient address rejected: User unknown in "
     "virtual mailbox table (in reply to RCPT TO command)"},
    {"5.1.1", true,
     "host % said: 550-5.1.1 The email account that you tried to reach does "
     "not exist. Please try 550-5.1.1 double-checking the recipient's email "
     "address for typos or 550-5.1.1 unnecessary spaces. 550 5.1.1 # - gsmtp "
     "(in reply to RCPT TO command)"},
    {"5.2.2", true,
     "host % said: 552 5.2.2 <@>: Mailbox full (in reply to RCPT TO command)"},
    {"5.7.1", true,
     "host % said: 554 5.7.1 Message rejected as spam by content filter (in "
     "reply to end of DATA command)"},
    {"5.4.4", false,
     "Host or domain name not found. Name service error for name=# type=A: "
     "Host not found"},
    {"5.1.10", true,
     "host % said: 550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient @ not "
     "found by SMTP address lookup (in reply to end of DATA command)"},
}};
inline constexpr std::array<LoggedReply, 5> kDeferred = {{
    {"4.7.1", true,
     "host % said: 451 4.7.1 <@>: Recipient address rejected: Greylisted, "
     "please try again in 300 seconds (in reply to RCPT TO command)"},
    {"4.4.1", false, "connect to %:25: Connection timed out"},
    {"4.2.2", true,
     "host % said: 452 4.2.2 <@>: Over quota (in reply to RCPT TO command)"},
    {"4.7.0", true,
     "host % refused to talk to me: 421 4.7.0 Too many connections from your "
     "address"},
    {"4.3.2", true,
     "host % said: 450 4.3.2 Service currently unavailable (in reply to MAIL "
     "FROM command)"},
}};

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_BENCH_LOG_WORDS_H_
