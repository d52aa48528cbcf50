#include "maillog/log_line.h"

#include <gtest/gtest.h>

#include <string>

namespace postbounce {
namespace {

std::int64_t Utc(std::int64_t local) { return local; }

LineKind Split(std::string_view text, LogLine* line) {
  StampReader stamps(2026, Utc);
  return SplitLogLine(text, &stamps, line);
}

TEST(LogLineTest, KnowsEveryFormOfALine) {
  const struct {
    std::string_view line, time, host, name, program, text;
  } kCases[] = {
      {"Nov 21 00:11:23 out postfix/smtp[21833]: TEXT", "2026-11-21T00:11:23Z",
       "out", "postfix", "smtp", "TEXT"},
      {"Nov  1 00:11:23 out.test postfix-out/submission/smtpd[9]: TEXT",
       "2026-11-01T00:11:23Z", "out.test", "postfix-out/submission", "smtpd",
       "TEXT"},
      {"Nov 01 00:11:23 out relay-out/smtp[9]: a b: c", "2026-11-01T00:11:23Z",
       "out", "relay-out", "smtp", "a b: c"},
      {"2026-11-21T01:08:10.269032+00:00 vm postfix/qmgr[21260]: TEXT\r",
       "2026-11-21T01:08:10Z", "vm", "postfix", "qmgr", "TEXT"},
      {"2026-11-21T01:08:10Z vm postfix/postfix-script[2]: TEXT",
       "2026-11-21T01:08:10Z", "vm", "postfix", "postfix-script", "TEXT"},
      {"<22>1 2026-11-21T01:08:10.269032+00:00 vm postfix 21260 - -  TEXT",
       "2026-11-21T01:08:10Z", "vm", "postfix", "", "TEXT"},
      {"2026-11-21T01:08:10.269032+00:00 vm postfix-out 21260 - -  TEXT",
       "2026-11-21T01:08:10Z", "vm", "postfix-out", "", "TEXT"},
      {"<22>1 2026-11-21T01:08:10Z vm postfix/smtp 21260 ID7 [a@1 b=\"]\\\"] "
       "\"][c] \xEF\xBB\xBFTEXT",
       "2026-11-21T01:08:10Z", "vm", "postfix", "smtp", "TEXT"},
      {"<22>Nov 21 00:11:23 postfix/smtp[21833]: TEXT", "2026-11-21T00:11:23Z",
       "", "postfix", "smtp", "TEXT"},
      {"<22>Nov 21 00:11:23 out postfix/smtp[21833]: TEXT",
       "2026-11-21T00:11:23Z", "out", "postfix", "smtp", "TEXT"},
  };
  for (const auto& each : kCases) {
    SCOPED_TRACE(each.line);
    LogLine line;
    ASSERT_EQ(Split(each.line, &line), LineKind::kPostfix);
    EXPECT_EQ(FormatTimestamp(line.time), each.time);
    EXPECT_EQ(line.host, each.host);
    EXPECT_EQ(line.syslog_name, each.name);
    EXPECT_EQ(line.instance(), each.name.substr(0, each.name.find('/')));
    EXPECT_EQ(line.program, each.program);
    EXPECT_EQ(line.text, each.text);
  }
}

TEST(LogLineTest, TellsOtherProgramsFromLinesThatCannotBeRead) {
  const struct {
    std::string_view line;
    LineKind kind;
  } kCases[] = {
      {"", LineKind::kOther},
      {"\r", LineKind::kOther},
      {"garbage", LineKind::kOther},
      {"Nov 21 00:11:23", LineKind::kOther},
      {"Nov 21 00:11:23 out", LineKind::kOther},
      {"Nov 21 00:11:23 out ", LineKind::kOther},
      {"Nov 21 00:11:23 out sshd[960]: postfix/smtp[1]: x", LineKind::kOther},
      {"Nov 21 00:11:23 out smtpd[960]: OpenSMTPD's", LineKind::kOther},
      {"Nov 21 00:11:23 out kernel: postfix/smtp[1]: x", LineKind::kOther},
      {"Nov 21 00:11:23 out kernel:a/smtp[1]: x", LineKind::kOther},
      {"Nov 21 00:11:23 out dovecot/auth[1]: x", LineKind::kOther},
      {"Nov 21 00:11:23 out last message repeated 3 times", LineKind::kOther},
      {"2026-11-21T01:08:10Z vm cron 21260 - -  x", LineKind::kOther},
      {"<22>1 - - - - - -", LineKind::kOther},
      {"x /usr/lib/postfix/sbin/smtp y", LineKind::kBad},
      {"postfix/smtp[218]: TEXT", LineKind::kBad},
      {"Feb 30 00:11:23 out postfix/smtp[218]: TEXT", LineKind::kBad},
      {"2026-11-21 vm postfix/smtp[218]: TEXT", LineKind::kBad},
      {"<22>1 - vm postfix 218 - - TEXT", LineKind::kBad},
      {"Nov 21 00:11:23 out postfix", LineKind::kBad},
      {"Nov 21 00:11:23 out postfix/smtp", LineKind::kBad},
      {"Nov 21 00:11:23 out postfix/smtp[", LineKind::kBad},
      {"Nov 21 00:11:23 out postfix/smtp[21", LineKind::kBad},
      {"Nov 21 00:11:23 out postfix/smtp[x]: TEXT", LineKind::kBad},
      {"Nov 21 00:11:23 out postfix/smtp[21]", LineKind::kBad},
      {"Nov 21 00:11:23 out postfix/smtp[21]:", LineKind::kBad},
      {"Nov 21 00:11:23 out postfix/smtp: TEXT", LineKind::kBad},
      {"Nov 21 00:11:23 out postfix 21 - TEXT", LineKind::kBad},
      {"Nov 21 00:11:23 out postfix 21 - [a b=\"] TEXT", LineKind::kBad},
      {"Nov 21 00:11:23 out postfix 21 - -", LineKind::kBad},
  };
  for (const auto& each : kCases) {
    SCOPED_TRACE(each.line);
    LogLine line;
    EXPECT_EQ(Split(each.line, &line), each.kind);
  }
}

TEST(LogLineTest, LooksForPostfixOnlyAtTheFrontOfABadLine) {
  LogLine line;
  EXPECT_EQ(Split(std::string(200, 'x') + " postfix/smtp[1]: x", &line),
            LineKind::kOther);
}

TEST(LogLineTest, SplitsATagOfPostfix) {
  const struct {
    std::string_view tag, name, program;
  } kCases[] = {
      {"postfix/smtp", "postfix", "smtp"},
      {"postfix-out/policy/smtpd", "postfix-out/policy", "smtpd"},
      {"out/trivial-rewrite", "out", "trivial-rewrite"},
      {"postfix/own-daemon", "postfix", "own-daemon"},
      {"postfix", "postfix", ""},
  };
  for (const auto& each : kCases) {
    SCOPED_TRACE(each.tag);
    LogLine line;
    ASSERT_TRUE(SplitTag(each.tag, &line));
    EXPECT_EQ(line.syslog_name, each.name);
    EXPECT_EQ(line.program, each.program);
  }
  for (std::string_view tag : {"", "/", "smtp", "sshd", "out/sshd", "smtp/"}) {
    SCOPED_TRACE(tag);
    LogLine line;
    EXPECT_FALSE(SplitTag(tag, &line));
  }
}

TEST(LogLineTest, TheTimesOfOtherProgramsTellNoYear) {
  StampReader stamps(2026, Utc);
  LogLine line;
  for (const char* other :
       {"Nov 20 01:00:00 mx cron[1]: x", "Jun 20 02:00:00 mx cron[1]: x",
        "Feb 20 03:00:00 mx cron[1]: x",
        "2013-11-20T04:00:00Z mx cron[1]: x"}) {
    EXPECT_EQ(SplitLogLine(other, &stamps, &line), LineKind::kOther);
  }
  EXPECT_EQ(
      SplitLogLine("Nov 20 05:00:00 mx postfix/smtp[1]: x", &stamps, &line),
      LineKind::kPostfix);
  EXPECT_EQ(FormatTimestamp(line.time), "2026-11-20T05:00:00Z");
}

}  // namespace
}  // namespace postbounce
