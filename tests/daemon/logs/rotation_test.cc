// Rotation while lines are written, as it is on a real machine.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "daemon/logs/file_source.h"
#include "tests/daemon/logs/log_files.h"
#include "tests/temp_dir.h"

namespace postbounce {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr int kLines = 20'000;

class RotationTest : public testing::Test {
 protected:
  // Until the last line has come. Starts anew from the position now and then.
  void Follow() {
    std::string position = begin_;
    std::unique_ptr<FileSource> source;
    for (int i = 0; lines_.empty() || lines_.back() != "end"; ++i) {
      if (i % 50 == 0) {
        source = std::make_unique<FileSource>(FileSource::Options{
            {log_}, FollowedFile::Start::kBeginning, position});
      }
      const auto chunk = source->Next(milliseconds(4500));
      ASSERT_TRUE(chunk) << chunk.error().ToString();
      ASSERT_FALSE(chunk->is_end) << "nothing came, after " << lines_.size();
      for (const auto& line : chunk->lines) lines_.emplace_back(line.text);
      gaps_ += chunk->gaps;
      gap_text_ += chunk->gap_text;
      position = source->Position();
      ASSERT_LT(lines_.size(), 50u * kLines) << "it never ends";
    }
  }

  static std::string Text(int number) {
    return "line " + std::to_string(number) +
           std::string(static_cast<std::size_t>(number % 131), '.');
  }

  TempDir dir_;
  const std::string log_ = dir_ / "mail.log";
  // There is no log yet: all there will be is news.
  const std::string begin_ = [this] {
    FileSource source({{log_}, FollowedFile::Start::kEnd, ""});
    EXPECT_TRUE(source.Next(milliseconds(0))->is_end);
    return source.Position();
  }();
  std::vector<std::string> lines_;
  std::uint64_t gaps_ = 0;
  std::string gap_text_;
};

TEST_F(RotationTest, LosesNothingWhenFilesAreRenamedAndCompressed) {
  std::thread writer([this] {
    std::ofstream log(log_, std::ios::app);
    for (int i = 0; i < kLines; ++i) {
      log << Text(i) << "\n" << std::flush;
      if (i % 1500 != 1499) continue;
      for (int k = i / 1500; k > 1; --k) {
        const std::string name = log_ + "." + std::to_string(k);
        fs::rename(name + ".gz", log_ + "." + std::to_string(k + 1) + ".gz");
      }
      if (fs::exists(log_ + ".1")) {
        RunShell("gzip -qf " + log_ + ".1");
        fs::rename(log_ + ".1.gz", log_ + ".2.gz");
      }
      fs::rename(log_, log_ + ".1");
      // As a daemon does that has not been told yet.
      log << "late " << i << "\n" << std::flush;
      log.close();
      log.open(log_, std::ios::app);
    }
    log << "end\n";
  });
  Follow();
  writer.join();
  std::vector<std::string> expected;
  for (int i = 0; i < kLines; ++i) {
    expected.push_back(Text(i));
    if (i % 1500 == 1499) expected.push_back("late " + std::to_string(i));
  }
  expected.push_back("end");
  EXPECT_EQ(lines_.size(), expected.size());
  const auto [given, wanted] = std::mismatch(lines_.begin(), lines_.end(),
                                             expected.begin(), expected.end());
  EXPECT_TRUE(given == lines_.end() && wanted == expected.end())
      << *given << " instead of " << *wanted;
  EXPECT_EQ(gap_text_, "");
}

TEST_F(RotationTest, CountsEveryTruncationAndGivesNoLineTwice) {
  std::atomic<bool> is_over = false;
  std::atomic<int> copies = 0;
  std::thread rotation([&] {
    while (!is_over) {
      if (!fs::exists(log_) || fs::file_size(log_) < 50'000) continue;
      fs::remove(log_ + ".2");
      if (fs::exists(log_ + ".1")) fs::rename(log_ + ".1", log_ + ".2");
      RunShell("cp " + log_ + " " + log_ + ".1 && : >" + log_);
      ++copies;
    }
  });
  std::thread writer([&] {
    std::ofstream log(log_, std::ios::app);
    for (int i = 0; i < kLines; ++i) {
      while (i >= 4000 * (copies + 1)) std::this_thread::yield();
      log << Text(i) << "\n" << std::flush;
    }
    is_over = true;
    rotation.join();
    log << "end\n";
  });
  Follow();
  writer.join();
  std::set<std::string> given(lines_.begin(), lines_.end());
  EXPECT_EQ(given.size(), lines_.size());
  EXPECT_GT(gaps_, 0u);
  for (const std::string& line : given) {
    int number = -1;
    if (line != "end" && std::sscanf(line.c_str(), "line %d", &number) == 1) {
      EXPECT_EQ(line, Text(number));
    }
  }
}

}  // namespace
}  // namespace postbounce
