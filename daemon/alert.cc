#include "daemon/alert.h"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kShown = 300;

// The shell ends at once, so that there is a child to wait for that keeps
// nobody waiting; the program is init's.
constexpr const char* kInBackground = "\"$@\" </dev/null >/dev/null 2>&1 &";

}  // namespace

std::string SentenceOf(const Alarm& alarm) {
  const std::string subject = Printable(alarm.subject.ToString(), kShown);
  const auto id = static_cast<std::int64_t>(alarm.id);
  switch (alarm.state) {
    case AlarmState::kOpen:
      return fmt::format(
          "guard: alarm {} ({}): far more mail than usual fails for good; what "
          "failed since {} is held and suppresses nobody, see `postbounce "
          "held`",
          id, subject, FormatTimestamp(alarm.since));
    case AlarmState::kReleased:
      return fmt::format(
          "guard: alarm {} ({}): released, its failures count for nothing", id,
          subject);
    case AlarmState::kConfirmed:
      return fmt::format("guard: alarm {} ({}): confirmed, its failures count",
                         id, subject);
  }
  return {};
}

Result<void> RunAlert(const std::string& program, const Alarm& alarm) {
  const std::string state(AlarmStateName(alarm.state));
  const std::string id = std::to_string(static_cast<std::int64_t>(alarm.id));
  const std::string subject = Printable(alarm.subject.ToString(), kShown);
  const std::string sentence = SentenceOf(alarm);
  const char* const arguments[] = {"sh",
                                   "-c",
                                   kInBackground,
                                   "sh",
                                   program.c_str(),
                                   state.c_str(),
                                   id.c_str(),
                                   subject.c_str(),
                                   sentence.c_str(),
                                   nullptr};
  pid_t child = 0;
  const int failed = posix_spawn(&child, "/bin/sh", nullptr, nullptr,
                                 const_cast<char**>(arguments), environ);
  if (failed != 0) {
    return Error(ErrorCode::kIo,
                 "cannot run " + program + ": " + std::strerror(failed));
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return {};
}

}  // namespace postbounce
