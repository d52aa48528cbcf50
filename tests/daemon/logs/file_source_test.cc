#include "daemon/logs/file_source.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "tests/daemon/logs/log_files.h"
#include "tests/temp_dir.h"

namespace postbounce {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

// Shorter than the time after which it looks at names anyway: only inotify
// ends such a wait.
constexpr milliseconds kLong{4500};

class FileSourceTest : public testing::Test {
 protected:
  std::unique_ptr<FileSource> Open(
      std::vector<std::string> patterns, std::string position = "",
      FollowedFile::Start start = FollowedFile::Start::kBeginning) {
    return std::make_unique<FileSource>(
        FileSource::Options{std::move(patterns), start, std::move(position)});
  }

  // What there is now: "a b | c" where a new stream begins at c, "!" for a
  // gap, and errors.
  static std::string Now(FileSource* source) {
    std::string all;
    for (int i = 0; i < 1000; ++i) {
      const auto chunk = source->Next(milliseconds(0));
      const auto add = [&](const std::string& what) {
        all += (all.empty() ? "" : " ") + what;
      };
      if (!chunk) {
        add("error: " + chunk.error().ToString());
        continue;
      }
      if (chunk->is_end) return all;
      if (chunk->is_new_stream) add("|");
      for (std::uint64_t n = 0; n < chunk->gaps; ++n) add("!");
      for (const auto& line : chunk->lines) add(std::string(line.text));
    }
    return all + " without end";
  }

  // The text of the next chunk, for which it waits.
  static std::string Wait(FileSource* source) {
    const auto chunk = source->Next(kLong);
    return chunk ? TextOf(*chunk) : chunk.error().ToString();
  }

  TempDir dir_;
  const std::string log_ = dir_ / "mail.log";
};

TEST_F(FileSourceTest, BeginsAtTheBeginningOrAtTheEndOfWhatIsThere) {
  WriteFile(log_, "one\ntwo\nthr");
  EXPECT_EQ(Now(&*Open({log_})), "| one two");
  auto source = Open({log_}, "", FollowedFile::Start::kEnd);
  EXPECT_EQ(Now(&*source), "");
  AppendFile(log_, "ee\n");
  EXPECT_EQ(Now(&*source), "| three");
  const std::string position = source->Position();
  AppendFile(log_, "four\n");
  EXPECT_EQ(Now(&*Open({log_}, position, FollowedFile::Start::kEnd)), "| four");
}

TEST_F(FileSourceTest, ReadsAFileThatComesLaterFromItsBeginning) {
  auto source = Open({log_}, "", FollowedFile::Start::kEnd);
  EXPECT_EQ(Now(&*source), "");
  WriteFile(log_, "one\n");
  EXPECT_EQ(Now(&*source), "| one");
  source = Open({log_}, "", FollowedFile::Start::kEnd);
  EXPECT_EQ(Now(&*source), "");
  const std::string position = source->Position();
  WriteFile(dir_ / "other.log", "other\n");
  source =
      Open({log_, dir_ / "other.log"}, position, FollowedFile::Start::kEnd);
  EXPECT_EQ(Now(&*source), "") << "a path that was not followed before";
}

TEST_F(FileSourceTest, LeavesAloneWhatWasRotatedBeforeTheFirstStart) {
  WriteFile(log_ + ".1", "old\n");
  auto source = Open({log_});
  EXPECT_EQ(Now(&*source), "");
  WriteFile(log_, "one\n");
  EXPECT_EQ(Now(&*source), "| one");
}

// It was stopped for weeks, and reads the oldest while the newest is rotated.
TEST_F(FileSourceTest, CatchesUpWithManyFilesAndReadsNoneTwice) {
  constexpr int kFiles = 20;
  const auto start = fs::file_time_type::clock::now() - std::chrono::days(9);
  const auto rotate = [&](int number) {
    for (int k = number; k > 0; --k) {
      fs::rename(log_ + (k == 1 ? "" : "." + std::to_string(k - 1)),
                 log_ + "." + std::to_string(k));
    }
    fs::last_write_time(log_ + ".1", start + std::chrono::hours(number));
    WriteFile(log_, std::to_string(number) + "\n");
  };
  WriteFile(log_, "0\n");
  auto source = Open({log_});
  std::string given = Wait(&*source);
  std::string expected = "0\n";
  for (int i = 1; i <= kFiles; ++i) {
    rotate(i);
    expected += std::to_string(i) + "\n";
  }
  for (int i = 1; i < kFiles; ++i) given += Wait(&*source);
  rotate(kFiles + 1);
  expected += std::to_string(kFiles + 1) + "\n";
  for (int i = 0; i < 3 * kFiles && given.size() < expected.size(); ++i) {
    given += Wait(&*source);
  }
  EXPECT_EQ(given, expected);
  EXPECT_EQ(Now(&*source), "");
}

TEST_F(FileSourceTest, WakesUpForLinesForNamesAndForAnInterrupt) {
  auto source = Open({log_});
  EXPECT_EQ(Now(&*source), "");
  std::thread make([&] { WriteFile(log_, "one\n"); });
  EXPECT_EQ(Wait(&*source), "one\n");
  make.join();
  std::thread write([&] { AppendFile(log_, "two\n"); });
  EXPECT_EQ(Wait(&*source), "two\n");
  write.join();
  std::thread rotate([&] {
    fs::rename(log_, log_ + ".1");
    WriteFile(log_ + ".new", "three\n");
    fs::rename(log_ + ".new", log_);
  });
  EXPECT_EQ(Wait(&*source), "three\n");
  rotate.join();
  std::thread late([&] { AppendFile(log_ + ".1", "four\n"); });
  EXPECT_EQ(Wait(&*source), "four\n") << "who had the old file open";
  late.join();
  std::thread interrupt([&] { source->Interrupt(); });
  EXPECT_EQ(Wait(&*source), "");
  interrupt.join();
  AppendFile(log_, "five\n");
  EXPECT_EQ(Wait(&*source), "") << "for good";
}

TEST_F(FileSourceTest, FollowsWhatMatchesAPatternButNotWhatWasRotated) {
  WriteFile(dir_ / "a.log", "a1\na2\n");
  WriteFile(dir_ / "b.log", "b1\n");
  WriteFile(dir_ / "b.log.1", "old\n");
  WriteFile(dir_ / "b.txt", "text\n");
  auto source = Open({dir_ / "*.log*"});
  EXPECT_EQ(Now(&*source), "| a1 a2 | b1");
  AppendFile(dir_ / "a.log", "a3\n");
  AppendFile(dir_ / "b.log", "b2\n");
  WriteFile(dir_ / "c.log", "c1\n");
  EXPECT_EQ(Now(&*source), "b2 | c1 | a3");
  fs::rename(dir_ / "b.log.1", dir_ / "b.log.2");
  fs::rename(dir_ / "b.log", dir_ / "b.log.1");
  EXPECT_EQ(Now(&*source), "");
  AppendFile(dir_ / "b.log.1", "b3\n");
  WriteFile(dir_ / "b.log", "b4\n");
  EXPECT_EQ(Now(&*source), "| b3 | b4");
  source = Open({dir_ / "*.log*"}, source->Position());
  AppendFile(dir_ / "a.log", "a4\n");
  EXPECT_EQ(Now(&*source), "| a4");
}

TEST_F(FileSourceTest, KnowsAFileAgainWhoseNameIsNoUtf8) {
  const std::string log = dir_ / "m\xff.log";
  WriteFile(log, "one\n");
  auto source = Open({dir_ / "*.log"});
  EXPECT_EQ(Now(&*source), "| one");
  source = Open({dir_ / "*.log"}, source->Position());
  AppendFile(log, "two\n");
  EXPECT_EQ(Now(&*source), "| two");
}

TEST_F(FileSourceTest, CountsAGapWhenTheFileIsTruncated) {
  WriteFile(log_, "one\ntwo\n");
  auto source = Open({log_});
  EXPECT_EQ(Now(&*source), "| one two");
  WriteFile(log_, "x\n");
  EXPECT_EQ(Now(&*source), "! | x");
  WriteFile(log_, "longer than before\nand more\n");
  EXPECT_EQ(Now(&*source), "! | longer than before and more");
  std::string same(fs::file_size(log_), 'y');
  same.back() = '\n';
  WriteFile(log_, same);
  EXPECT_EQ(Now(&*source), "! | " + same.substr(0, same.size() - 1));
}

TEST_F(FileSourceTest, TellsAGapAlsoWhenItWasStoppedBeforeTellingIt) {
  WriteFile(log_, "one\n");
  auto source = Open({log_});
  EXPECT_EQ(Now(&*source), "| one");
  AppendFile(log_, "two\n");
  fs::copy_file(log_, log_ + ".1");
  WriteFile(log_, "new\n");
  const auto chunk = source->Next(milliseconds(0));
  ASSERT_EQ(chunk->lines.size(), 1u);
  EXPECT_EQ(chunk->lines[0].text, "two");
  EXPECT_EQ(Now(&*Open({log_}, source->Position())), "! | new");
}

TEST_F(FileSourceTest, CountsAGapWhenTheFileIsNotToBeFoundAnyMore) {
  WriteFile(log_, "one\n");
  auto source = Open({log_});
  EXPECT_EQ(Now(&*source), "| one");
  const std::string position = source->Position();
  fs::remove(log_);
  source = Open({log_}, position);
  EXPECT_EQ(Now(&*source), "") << "it may come back";
  WriteFile(log_, "new\n");
  EXPECT_EQ(Now(&*source), "! | new");
}

TEST_F(FileSourceTest, GoesOnWithAFileThatComesBack) {
  WriteFile(log_, "one\n");
  auto source = Open({log_});
  EXPECT_EQ(Now(&*source), "| one");
  fs::rename(log_, dir_ / "away");
  EXPECT_EQ(Now(&*source), "");
  const std::string position = source->Position();
  for (const bool restarts : {false, true}) {
    SCOPED_TRACE(restarts);
    if (restarts) source = Open({log_}, position);
    EXPECT_EQ(Now(&*source), "");
  }
  fs::rename(dir_ / "away", log_);
  AppendFile(log_, "two\n");
  EXPECT_EQ(Now(&*source), "| two");
}

TEST_F(FileSourceTest, GivesALineWithoutItsEndWhenTheNextFileBegins) {
  WriteFile(log_, "one\ntw");
  auto source = Open({log_});
  EXPECT_EQ(Now(&*source), "| one");
  fs::rename(log_, log_ + ".1");
  WriteFile(log_, "");
  EXPECT_EQ(Now(&*source), "") << "it may still get one";
  WriteFile(log_, "three\n");
  EXPECT_EQ(Now(&*source), "tw | three");
}

TEST_F(FileSourceTest, TellsOnceThatAFileMayNotBeRead) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root, which may become another";
  WriteFile(log_, "one\n");
  chmod(log_.c_str(), 0600);
  chmod(dir_.path().c_str(), 0755);
  WriteFile(dir_ / "other.log", "other\n");
  ASSERT_EQ(seteuid(65534), 0);
  auto source = Open({log_, dir_ / "other.log"});
  const std::string before = Now(&*source);
  ASSERT_EQ(seteuid(0), 0);
  chmod(log_.c_str(), 0644);
  ASSERT_EQ(seteuid(65534), 0);
  const std::string after = Now(&*source);
  ASSERT_EQ(seteuid(0), 0);
  EXPECT_EQ(before, "error: may not read " + log_ +
                        ": add the user that postbounced runs as to the "
                        "file's group (Debian: adm), and start it again | "
                        "other");
  EXPECT_EQ(after, "| one");
}

TEST_F(FileSourceTest, StillBeginsAtTheEndOfAFileThatCouldNotBeReadAtFirst) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root, which may become another";
  WriteFile(log_, "one\n");
  chmod(log_.c_str(), 0600);
  chmod(dir_.path().c_str(), 0755);
  ASSERT_EQ(seteuid(65534), 0);
  auto source = Open({log_}, "", FollowedFile::Start::kEnd);
  Now(&*source);
  const std::string position = source->Position();
  ASSERT_EQ(seteuid(0), 0);
  source = Open({log_}, position, FollowedFile::Start::kEnd);
  EXPECT_EQ(Now(&*source), "");
  AppendFile(log_, "two\n");
  EXPECT_EQ(Now(&*source), "| two");
}

TEST_F(FileSourceTest, TakesADamagedArchiveForAGap) {
  WriteFile(log_, "one\n");
  auto source = Open({log_});
  EXPECT_EQ(Now(&*source), "| one");
  const std::string position = source->Position();
  source.reset();
  AppendFile(log_, SomeLines(100'000));
  ASSERT_TRUE(RunShell("gzip -q " + log_));
  fs::rename(log_ + ".gz", log_ + ".1.gz");
  fs::resize_file(log_ + ".1.gz", fs::file_size(log_ + ".1.gz") / 2);
  WriteFile(log_, "new\n");
  source = Open({log_}, position);
  const std::string all = Now(&*source);
  EXPECT_NE(all.find(" error: " + log_ + ".1.gz is damaged behind its byte "),
            std::string::npos);
  EXPECT_TRUE(all.ends_with("it ends too early ! | new"))
      << all.substr(all.size() - 200);
}

TEST_F(FileSourceTest, BeginsAnewWithAPositionThatMakesNoSense) {
  WriteFile(log_, "one\n");
  for (const char* position :
       {"{", "[]", "null", "{\"paths\":7}", "{\"paths\":[{},7,{\"path\":8}]}",
        "{\"patterns\":{},\"paths\":[{\"trails\":[{\"first\":-1}]}]}"}) {
    SCOPED_TRACE(position);
    EXPECT_EQ(Now(&*Open({log_}, position)), "| one");
  }
}

}  // namespace
}  // namespace postbounce
