#ifndef POSTBOUNCE_TESTS_DAEMON_LOGS_LOG_FILES_H_
#define POSTBOUNCE_TESTS_DAEMON_LOGS_LOG_FILES_H_

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "daemon/log_source.h"

namespace postbounce {

inline void WriteFile(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

inline void AppendFile(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::app) << bytes;
}

inline std::string ReadFile(const std::string& path) {
  std::stringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

// Runs a command of the shell; false if it fails.
inline bool RunShell(const std::string& command) {
  return std::system(command.c_str()) == 0;
}

inline std::string TextOf(const LogChunk& chunk) {
  std::string all;
  for (const auto& line : chunk.lines) all.append(line.text) += '\n';
  return all;
}

// `count` lines of a log, all different, of many lengths.
inline std::string SomeLines(int count, int first = 0) {
  std::string text;
  for (int i = first; i < first + count; ++i) {
    text += "Nov 21 00:11:23 out postfix/smtp[21833]: line " +
            std::to_string(i) +
            std::string(static_cast<std::size_t>(i % 97), 'x') + "\n";
  }
  return text;
}

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_DAEMON_LOGS_LOG_FILES_H_
