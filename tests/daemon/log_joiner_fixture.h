#ifndef POSTBOUNCE_TESTS_DAEMON_LOG_JOINER_FIXTURE_H_
#define POSTBOUNCE_TESTS_DAEMON_LOG_JOINER_FIXTURE_H_

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/log_joiner.h"

namespace postbounce {

inline constexpr Timestamp kStart{std::chrono::seconds(1'800'000'000)};

class LogJoinerTest : public testing::Test {
 protected:
  LogJoiner::Hooks Hooks() {
    LogJoiner::Hooks hooks;
    hooks.recall = [this](const std::string& instance,
                          const std::string& queue_id, Timestamp) {
      ++recalls_;
      const auto found = stored_.find(instance + "/" + queue_id);
      return found == stored_.end() ? std::nullopt
                                    : std::optional(found->second);
    };
    hooks.judge = [](const LogMessage&, LogAttempt* attempt) {
      attempt->reason = Reason::kNoSuchUser;
    };
    return hooks;
  }

  // A line of "postfix/PROGRAM" so many seconds after the start.
  void Add(int second, std::string_view program, std::string_view text) {
    LogLine line;
    line.time = kStart + std::chrono::seconds(second);
    line.host = "mail";
    line.syslog_name = "postfix";
    line.program = program;
    line.text = text;
    joiner_.Add(line, text);
  }
  void AddSent(std::string_view id, int second = 3) {
    Add(second, "smtp",
        std::string(id) +
            ": to=<joe@x.test>, relay=mx.x.test[192.0.2.1]:25, delay=1.5, "
            "delays=1/0/0.2/0.3, dsn=2.0.0, status=sent (250 ok)");
  }
  void AddDeferred(std::string_view id, std::string_view to, int second) {
    Add(second, "smtp",
        std::string(id) + ": to=<" + std::string(to) +
            ">, relay=none, delay=1, delays=1/0/0/0, dsn=4.4.1, "
            "status=deferred (connect to x.test[192.0.2.1]:25: Connection "
            "refused)");
  }
  void AddWhole(std::string_view id) {
    const std::string start = std::string(id) + ": ";
    Add(0, "smtpd", start + "client=localhost[127.0.0.1]");
    Add(1, "cleanup", start + "message-id=<m@local.test>");
    Add(2, "qmgr",
        start +
            "from=<news@local.test>, size=1234, nrcpt=1 "
            "(queue active)");
    AddSent(id);
    Add(4, "qmgr", start + "removed");
  }

  std::map<std::string, LogMessage> stored_;
  int recalls_ = 0;
  LogJoiner joiner_{KeepLines::kFailures, Hooks()};
};

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_DAEMON_LOG_JOINER_FIXTURE_H_
