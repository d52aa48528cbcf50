#include "daemon/import_source.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "maillog/log_line.h"
#include "tests/temp_dir.h"

namespace postbounce {
namespace {

std::int64_t Utc(std::int64_t local) { return local; }

class ImportSourceTest : public testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& stamp) {
    std::ofstream file(directory_ / name, std::ios::app);
    file << stamp << " mx postfix/smtp[1]: text\n";
    return directory_ / name;
  }

  // The times of all lines, as they come.
  std::string Read(const std::vector<std::string>& paths, int first_year) {
    std::vector<LogBytes> files;
    for (const std::string& path : paths) {
      files.emplace_back(Fd(open(path.c_str(), O_RDONLY | O_CLOEXEC)), path);
    }
    ImportSource source(std::move(files), {position_, first_year});
    std::string times;
    std::optional<StampReader> stamps;
    for (;;) {
      const LogChunk chunk = source.Next({}).value();
      if (chunk.is_end) break;
      if (chunk.is_new_stream) stamps.emplace(chunk.latest, Utc);
      for (const LogChunk::Line& line : chunk.lines) {
        LogLine split;
        SplitLogLine(line.text, &*stamps, &split);
        times += FormatTimestamp(split.time).substr(0, 10) + " ";
      }
    }
    position_ = source.Position();
    return times;
  }

  TempDir directory_;
  std::string position_;
};

TEST_F(ImportSourceTest, TheYearIsThatOfTheFirstLineOfAll) {
  const std::string january = Write("january", "Jan  2 10:00:00");
  const std::string december = Write("december", "Dec 30 10:00:00");
  EXPECT_EQ(Read({january, december}, 2020), "2020-12-30 2021-01-02 ");
}

TEST_F(ImportSourceTest, ALogThatIsReadOnKeepsItsYears) {
  const std::string log = Write("log", "Dec 30 10:00:00");
  EXPECT_EQ(Read({log}, 2020), "2020-12-30 ");
  Write("log", "Jan  2 10:00:00");
  EXPECT_EQ(Read({log}, 2020), "2021-01-02 ");
}

}  // namespace
}  // namespace postbounce
