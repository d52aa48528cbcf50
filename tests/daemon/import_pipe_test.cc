// An import of standard input.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "daemon/import_source.h"
#include "tests/daemon/logs/log_files.h"
#include "tests/temp_dir.h"

namespace postbounce {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLong{60'000};

std::vector<LogBytes> Pipe(int fd) {
  std::vector<LogBytes> files;
  files.emplace_back(Fd(fd), "standard input");
  return files;
}

TEST(ImportPipeTest, GivesLinesAsTheyComeAndThenAnEnd) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  ImportSource source(Pipe(ends[0]), {});
  EXPECT_TRUE(source.Next(milliseconds(0))->lines.empty());
  ASSERT_EQ(write(ends[1], "one line\ntwo\nthr", 16), 16);
  auto chunk = source.Next(kLong);
  EXPECT_EQ(TextOf(*chunk), "one line\ntwo\n");
  EXPECT_TRUE(chunk->is_new_stream);
  std::thread writer([&] {
    EXPECT_EQ(write(ends[1], "ee\nfour", 7), 7);
    close(ends[1]);
  });
  chunk = source.Next(kLong);
  EXPECT_EQ(TextOf(*chunk), "three\n");
  EXPECT_FALSE(chunk->is_new_stream);
  EXPECT_EQ(TextOf(*source.Next(kLong)), "four\n");
  EXPECT_TRUE(source.Next(milliseconds(0))->is_end);
  EXPECT_EQ(source.Position(), "");
  writer.join();
}

TEST(ImportPipeTest, GivesAllOfACompressedPipeWithoutWaitingInBetween) {
  TempDir dir;
  const std::string text = SomeLines(50'000);
  WriteFile(dir / "log", text);
  ASSERT_TRUE(RunShell("gzip -q " + dir / "log"));
  const std::string bytes = ReadFile(dir / "log.gz");
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  ASSERT_GT(fcntl(ends[1], F_SETPIPE_SZ, 1 << 20), 0);
  ASSERT_LT(bytes.size(), 1u << 20);
  ImportSource source(Pipe(ends[0]), {});
  // The pipe stays open: all of it must come without another byte.
  ASSERT_EQ(write(ends[1], bytes.data(), bytes.size()),
            static_cast<ssize_t>(bytes.size()));
  std::string all;
  while (all.size() < text.size()) {
    const auto chunk = source.Next(kLong);
    ASSERT_FALSE(chunk->lines.empty()) << all.size();
    all += TextOf(*chunk);
  }
  EXPECT_EQ(all, text);
  close(ends[1]);
  EXPECT_TRUE(source.Next(kLong)->lines.empty());
  EXPECT_TRUE(source.Next(kLong)->is_end);
}

TEST(ImportPipeTest, EndsToWaitWhenItIsInterrupted) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  ImportSource source(Pipe(ends[0]), {});
  std::thread other([&] { source.Interrupt(); });
  EXPECT_TRUE(source.Next(kLong)->lines.empty());
  other.join();
  ASSERT_EQ(write(ends[1], "one\n", 4), 4);
  EXPECT_TRUE(source.Next(kLong)->lines.empty());
  close(ends[1]);
}

}  // namespace
}  // namespace postbounce
