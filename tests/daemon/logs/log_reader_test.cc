#include "daemon/logs/log_reader.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "mime/text/limits.h"
#include "tests/daemon/logs/log_files.h"
#include "tests/temp_dir.h"

namespace postbounce {
namespace {

using testing::Test;

struct Reading {
  std::string text;   // all lines, each with an LF
  std::string error;  // what ended it
  std::uint64_t damaged_at = 0;
};

// All that a reader gives, with the last line if it has no end.
Reading ReadAll(LogReader* reader) {
  Reading all;
  std::vector<LogChunk::Line> lines;
  auto more = reader->Read(&lines);
  for (; more && *more; more = reader->Read(&lines)) {
    for (const auto& line : lines) all.text.append(line.text) += '\n';
  }
  if (!more) all.error = more.error().ToString();
  all.damaged_at = reader->bytes().offset();
  if (reader->TakeRest(&lines)) all.text.append(lines[0].text) += '\n';
  return all;
}

Reading ReadPath(const std::string& path, const LogIdentity& identity = {}) {
  auto reader = LogReader::Open(path, identity);
  if (!reader) return {"", reader.error().ToString(), 0};
  return ReadAll(&*reader);
}

class LogReaderTest : public Test {
 protected:
  // A file of that content, compressed by a real tool unless it is "cat".
  std::string Make(const std::string& tool, std::string_view text,
                   const std::string& name = "log") {
    WriteFile(dir_ / "plain", text);
    EXPECT_TRUE(
        RunShell(tool + " <" + dir_ / "plain" + " >" + dir_ / name + " 2>&1"));
    return dir_ / name;
  }

  TempDir dir_;
};

const std::string kTools[] = {"cat", "gzip", "zstd -q", "bzip2", "xz -0"};

TEST_F(LogReaderTest, GivesTheLinesOfAFileWhateverCompressedIt) {
  const std::string text = SomeLines(20000);
  for (const std::string& tool : kTools) {
    SCOPED_TRACE(tool);
    const Reading all = ReadPath(Make(tool, text));
    EXPECT_EQ(all.error, "");
    EXPECT_EQ(all.text, text);
    EXPECT_EQ(all.damaged_at, text.size());
  }
}

TEST_F(LogReaderTest, ReadsArchivesOneBehindTheOther) {
  for (const std::string& tool : kTools) {
    SCOPED_TRACE(tool);
    const std::string one = ReadFile(Make(tool, SomeLines(3000)));
    const std::string nothing = ReadFile(Make(tool, ""));
    const std::string two = ReadFile(Make(tool, SomeLines(5, 3000)));
    WriteFile(dir_ / "joined", one + nothing + two);
    const Reading all = ReadPath(dir_ / "joined");
    EXPECT_EQ(all.error, "");
    EXPECT_EQ(all.text, SomeLines(3005));
  }
}

TEST_F(LogReaderTest, SkipsTheZerosThatFillAnArchiveUp) {
  for (const std::string& tool : kTools) {
    if (tool == "cat" || tool == "zstd -q") continue;
    SCOPED_TRACE(tool);
    const std::string one = ReadFile(Make(tool, SomeLines(7)));
    WriteFile(dir_ / "padded", one + std::string(1000, '\0'));
    const Reading all = ReadPath(dir_ / "padded");
    EXPECT_EQ(all.error, "");
    EXPECT_EQ(all.text, SomeLines(7));
  }
}

TEST_F(LogReaderTest, GivesAllLinesBeforeTheEndOfACutArchive) {
  const std::string text = SomeLines(100'000);
  for (const std::string& tool : kTools) {
    if (tool == "cat") continue;
    SCOPED_TRACE(tool);
    std::string bytes = ReadFile(Make(tool, text));
    WriteFile(dir_ / "cut", std::string_view(bytes).substr(
                                0, bytes.size() - bytes.size() / 3));
    const Reading all = ReadPath(dir_ / "cut");
    EXPECT_EQ(all.error, dir_ / "cut" + " is damaged behind its byte " +
                             std::to_string(all.damaged_at) +
                             " (uncompressed): it ends too early");
    EXPECT_GT(all.text.size(), 1000u);
    EXPECT_EQ(all.damaged_at,
              all.text.size() - (text[all.damaged_at - 1] != '\n' ? 1 : 0));
    EXPECT_EQ(all.text.substr(0, all.damaged_at),
              text.substr(0, all.damaged_at));
  }
}

TEST_F(LogReaderTest, NamesTheOffsetOfDamageInTheMiddle) {
  const std::string text = SomeLines(100'000);
  for (const std::string& tool : kTools) {
    if (tool == "cat") continue;
    SCOPED_TRACE(tool);
    std::string bytes = ReadFile(Make(tool, text));
    for (std::size_t i = 0; i < 64; ++i) bytes[bytes.size() * 2 / 3 + i] ^= 'U';
    WriteFile(dir_ / "bad", bytes);
    const Reading all = ReadPath(dir_ / "bad");
    EXPECT_NE(all.error.find(std::to_string(all.damaged_at)),
              std::string::npos);
    EXPECT_NE(all.error.find(dir_ / "bad"), std::string::npos);
    EXPECT_GT(all.damaged_at, 0u);
    EXPECT_LT(all.damaged_at, text.size());
  }
}

TEST_F(LogReaderTest, TakesOtherBytesBehindAnArchiveForDamage) {
  const std::string bytes = ReadFile(Make("gzip", "one\n"));
  WriteFile(dir_ / "tail", bytes + "some other text");
  const Reading all = ReadPath(dir_ / "tail");
  EXPECT_EQ(all.text, "one\n");
  EXPECT_NE(all.error.find("behind its byte 4"), std::string::npos);
}

TEST_F(LogReaderTest, CutsALongLineAndSkipsItsRest) {
  for (const std::size_t size :
       {limits::kLogLine - 1, limits::kLogLine, limits::kLogLine + 1,
        LogReader::kPiece - 1, LogReader::kPiece, LogReader::kPiece + 1,
        std::size_t{3'000'000}}) {
    for (const std::string& tool : kTools) {
      SCOPED_TRACE(tool + " " + std::to_string(size));
      const std::string line(size, 'y');
      const Reading all =
          ReadPath(Make(tool, "before\n" + line + "\nafter\n" + line));
      const std::string cut = line.substr(0, limits::kLogLine);
      EXPECT_EQ(all.text, "before\n" + cut + "\nafter\n" + cut + "\n");
    }
  }
}

TEST_F(LogReaderTest, KnowsEmptyLinesCarriageReturnsAndZeros) {
  const std::string zeros(300'000, '\0');
  const struct {
    std::string bytes, text;
  } cases[] = {
      {"", ""},
      {"\n", "\n"},
      {"\n\na", "\n\na\n"},
      {"a\r\nb\r\n\r\n", "a\nb\n\n"},
      {"a\rb\n", "a\rb\n"},
      {zeros + "a\n", "a\n"},
      {"a\n" + zeros + "b\nc", "a\nb\nc\n"},
      {"a\n" + zeros, "a\n"},
      {"BZh, says a log\n", "BZh, says a log\n"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(ReadPath(Make("cat", c.bytes)).text, c.text);
  }
}

TEST_F(LogReaderTest, KeepsALineBackUntilItEnds) {
  const std::string path = Make("cat", "one\ntw");
  auto reader = LogReader::Open(path);
  std::vector<LogChunk::Line> lines;
  ASSERT_TRUE(*reader->Read(&lines));
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].text, "one");
  EXPECT_FALSE(*reader->Read(&lines));
  EXPECT_EQ(reader->identity().offset, 4u);
  AppendFile(path, "o\n");
  ASSERT_TRUE(*reader->Read(&lines));
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].text, "two");
  EXPECT_EQ(reader->identity().offset, 8u);
  EXPECT_EQ(reader->identity().last_at, 4u);
}

TEST_F(LogReaderTest, GoesOnInTheSameLogWhateverCompressedItSince) {
  const std::string text = "first\n" + std::string(40'000, 'y') + "\n" +
                           std::string(20'000, '\0') + "third\r\n" +
                           SomeLines(5000);
  const std::string path = Make("cat", text, "now");
  LogReader small(*LogBytes::Open(path), 1000);
  std::vector<LogChunk::Line> lines;
  std::string before;
  std::vector<std::pair<LogIdentity, std::size_t>> points;
  while (*small.Read(&lines)) {
    for (const auto& line : lines) before.append(line.text) += '\n';
    if (!lines.empty()) points.emplace_back(small.identity(), before.size());
  }
  ASSERT_GT(points.size(), 100u);
  for (const std::string& tool : kTools) {
    const std::string archive = Make(tool, text, "later");
    for (std::size_t i = 0; i < points.size(); i += i < 5 ? 1 : 37) {
      SCOPED_TRACE(tool + " at " + std::to_string(points[i].first.offset));
      const Reading rest = ReadPath(archive, points[i].first);
      EXPECT_EQ(rest.error, "");
      EXPECT_EQ(rest.text, before.substr(points[i].second));
    }
  }
}

TEST_F(LogReaderTest, DoesNotTakeAnotherLogForTheOneThatWasRead) {
  const std::string text = SomeLines(50);
  LogReader reader = *LogReader::Open(Make("cat", text));
  std::vector<LogChunk::Line> lines;
  ASSERT_TRUE(*reader.Read(&lines));
  const std::string others[] = {"", "x" + text, text.substr(0, text.size() - 1),
                                SomeLines(49) + "other\n", text.substr(0, 30)};
  for (const std::string& other : others) {
    for (const std::string& tool : kTools) {
      SCOPED_TRACE(tool + ": " + other);
      const auto opened = LogReader::Open(Make(tool, other), reader.identity());
      ASSERT_FALSE(opened);
      EXPECT_EQ(opened.error().code(), ErrorCode::kConflict);
    }
  }
}

TEST_F(LogReaderTest, ReadsAPipe) {
  const std::string text = SomeLines(20000);
  for (const std::string& tool : kTools) {
    SCOPED_TRACE(tool);
    const std::string bytes = ReadFile(Make(tool, text));
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    std::thread writer([&bytes, fd = ends[1]] {
      for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t step = at < 20 ? 3 : 3000;
        const ssize_t n =
            write(fd, bytes.data() + at, std::min(step, bytes.size() - at));
        if (n <= 0) break;
        at += static_cast<std::size_t>(n);
      }
      close(fd);
    });
    LogReader reader{LogBytes(Fd(ends[0]), "standard input")};
    EXPECT_EQ(ReadAll(&reader).text, text);
    EXPECT_EQ(reader.bytes().raw_offset(), bytes.size());
    writer.join();
  }
}

TEST_F(LogReaderTest, SaysWhyAFileCannotBeRead) {
  EXPECT_EQ(LogReader::Open(dir_ / "none").error().code(),
            ErrorCode::kNotFound);
  EXPECT_EQ(LogReader::Open(dir_.path()).error().ToString(),
            dir_.path() + " is not a file");
}

}  // namespace
}  // namespace postbounce
