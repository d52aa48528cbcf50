#include "daemon/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>

namespace postbounce {
namespace {

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kDebug:
      return spdlog::level::debug;
  }
  return spdlog::level::info;
}

// sd-daemon(3): the journal takes a syslog priority in front of a line.
std::string_view JournalPrefix(LogLevel level) {
  switch (level) {
    case LogLevel::kError:
      return "<3>";
    case LogLevel::kWarning:
      return "<4>";
    case LogLevel::kInfo:
      return "<6>";
    case LogLevel::kDebug:
      return "<7>";
  }
  return "<6>";
}

// systemd.exec(5): "DEVICE:INODE" of what the journal reads. A child of ours,
// or a shell, has the same variable with another stream.
bool IsToJournal() {
  const char* const journal = std::getenv("JOURNAL_STREAM");
  struct stat info {};
  if (journal == nullptr || fstat(STDERR_FILENO, &info) != 0) return false;
  return std::to_string(info.st_dev) + ":" + std::to_string(info.st_ino) ==
         journal;
}

struct Logger {
  Logger()
      : to_journal(IsToJournal()),
        logger(spdlog::stderr_logger_mt("postbounce")) {
    logger->set_pattern(to_journal ? "%v" : "%Y-%m-%dT%H:%M:%S.%e%z %l: %v");
    logger->set_level(spdlog::level::info);
  }
  const bool to_journal;
  const std::shared_ptr<spdlog::logger> logger;
  std::atomic<bool> is_verbose{false};
  std::array<std::atomic<std::uint64_t>, 4> counts{};
};

Logger& TheLogger() {
  static Logger logger;
  return logger;
}

}  // namespace

void Log(LogLevel level, std::string_view text) {
  Logger& to = TheLogger();
  to.counts[static_cast<std::size_t>(level)].fetch_add(
      1, std::memory_order_relaxed);
  std::string line(to.to_journal ? JournalPrefix(level) : std::string_view());
  for (char c : text) line += c == '\n' || c == '\r' ? ' ' : c;
  to.logger->log(ToSpdlog(level), "{}", line);
}

std::uint64_t LoggedAt(LogLevel level) {
  return TheLogger().counts[static_cast<std::size_t>(level)].load(
      std::memory_order_relaxed);
}

void BeVerbose() {
  TheLogger().is_verbose = true;
  SetLogLevel("debug");
}

bool IsVerbose() { return TheLogger().is_verbose; }

void SetLogLevel(std::string_view name) {
  auto level = spdlog::level::info;
  if (name == "error") level = spdlog::level::err;
  if (name == "warning") level = spdlog::level::warn;
  if (name == "debug" || IsVerbose()) level = spdlog::level::debug;
  TheLogger().logger->set_level(level);
}

}  // namespace postbounce
