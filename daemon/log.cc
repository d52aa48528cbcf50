#include "daemon/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

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

struct Logger {
  Logger()
      : to_journal(std::getenv("JOURNAL_STREAM") != nullptr),
        logger(spdlog::stderr_logger_mt("postbounce")) {
    logger->set_pattern(to_journal ? "%v" : "%Y-%m-%dT%H:%M:%S.%e%z %l: %v");
    logger->set_level(spdlog::level::info);
  }
  const bool to_journal;
  const std::shared_ptr<spdlog::logger> logger;
};

Logger& TheLogger() {
  static Logger logger;
  return logger;
}

}  // namespace

void Log(LogLevel level, std::string_view text) {
  Logger& to = TheLogger();
  std::string line(to.to_journal ? JournalPrefix(level) : std::string_view());
  for (char c : text) line += c == '\n' || c == '\r' ? ' ' : c;
  to.logger->log(ToSpdlog(level), "{}", line);
}

void SetLogLevel(std::string_view name) {
  auto level = spdlog::level::info;
  if (name == "error") level = spdlog::level::err;
  if (name == "warning") level = spdlog::level::warn;
  if (name == "debug") level = spdlog::level::debug;
  TheLogger().logger->set_level(level);
}

}  // namespace postbounce
