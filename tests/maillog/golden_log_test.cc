#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tests/maillog/record_dump.h"

namespace postbounce {
namespace {

namespace fs = std::filesystem;

std::string Slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::vector<fs::path> Logs() {
  std::vector<fs::path> logs;
  for (const auto& entry :
       fs::directory_iterator(fs::path(TEST_DATA_DIR) / "log")) {
    if (entry.path().extension() == ".log") logs.push_back(entry.path());
  }
  std::sort(logs.begin(), logs.end());
  return logs;
}

std::vector<std::string> LinesOf(const fs::path& log) {
  std::vector<std::string> lines;
  std::istringstream in(Slurp(log));
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// tests/data/log has what Postfix 3.7 and 3.12 wrote in a laboratory, and what
// strangers may make them write.
// Run with UPDATE_GOLDEN=1 to write the .want files anew; then read the diff.
TEST(GoldenLogTest, EachLogReadsAsItsWantFileSays) {
  const bool update = std::getenv("UPDATE_GOLDEN") != nullptr;
  const std::vector<fs::path> logs = Logs();
  EXPECT_GE(logs.size(), 8u);
  for (const fs::path& log : logs) {
    SCOPED_TRACE(log.string());
    StampReader stamps(2026, UtcZone);
    std::string dump;
    for (const std::string& line : LinesOf(log)) {
      dump += DumpLine(line, &stamps) + "\n";
    }
    const fs::path want = fs::path(log).replace_extension(".want");
    if (update) std::ofstream(want, std::ios::binary) << dump;
    EXPECT_EQ(dump, Slurp(want));
  }
}

std::optional<std::string> RecipientOf(std::string_view text) {
  StampReader stamps(2026, UtcZone);
  LogLine line;
  if (SplitLogLine(text, &stamps, &line) != LineKind::kPostfix) return {};
  const LogRecord record = ReadLogRecord(line);
  const auto* delivery = std::get_if<Delivery>(&record.what);
  if (delivery == nullptr) return {};
  return std::string(record.queue_id) + " " + std::string(delivery->to);
}

// A disk is full, a datagram too long: what is left names the same recipient
// of the same message, or none.
TEST(GoldenLogTest, ACutLineNeverNamesAnotherRecipient) {
  for (const fs::path& log : Logs()) {
    for (const std::string& line : LinesOf(log)) {
      const auto whole = RecipientOf(line);
      for (std::size_t size = 0; size < line.size(); ++size) {
        const auto cut = RecipientOf(std::string_view(line).substr(0, size));
        ASSERT_TRUE(!cut || cut == whole) << line.substr(0, size);
      }
    }
  }
}

}  // namespace
}  // namespace postbounce
