#ifndef POSTBOUNCE_TESTS_DAEMON_LOGS_LOG_WORLD_H_
#define POSTBOUNCE_TESTS_DAEMON_LOGS_LOG_WORLD_H_

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "daemon/logs/file_source.h"
#include "tests/daemon/logs/log_files.h"
#include "tests/temp_dir.h"

namespace postbounce {

// A folder with a log, and what writers and rotation do to it. A letter is a
// step:
//   w  a line is written            W  many are (more than one chunk)
//   t  the file is made, if it is not there
//   p  the first half of a line     q  its second half
//   r  rotation by renaming         n  the same, the file comes with a line
//   o  a line by who still has the rotated file open
//   c  copytruncate                 l  the same, a line is lost in between
//   z  the newest rotated file that is plain is compressed
//   d  rotation by a date
class LogWorld {
 public:
  std::string path() const { return dir_ / "mail.log"; }

  void Step(char step) {
    const bool rotates =
        std::string_view("rncld").find(step) != std::string_view::npos;
    if (rotates && !std::filesystem::exists(path())) return;
    switch (step) {
      case 'w':
        return Line(path());
      case 't':
        return Append(path(), "");
      case 'W':
        for (int i = 0; i < 40; ++i) Line(path(), 15'000);
        return;
      case 'p':
        written_.push_back(Text(0));
        return Append(path(), written_.back());
      case 'q':
        written_.back() += "|half";
        return Append(path(), "|half\n");
      case 'r':
        Shift();
        std::filesystem::rename(path(), path() + ".1");
        return Append(path(), "");
      case 'n':
        Shift();
        return std::filesystem::rename(path(), path() + ".1");
      case 'o':
        return Line(path() + ".1");
      case 'c':
        return CopyTruncate(false);
      case 'l':
        return CopyTruncate(true);
      case 'z':
        return Compress();
      case 'd':
        std::filesystem::rename(
            path(), path() + "-2026" + std::to_string(1000 + now_ % 8999));
        return Append(path(), "");
    }
    FAIL() << "no such step: " << step;
  }

  const std::vector<std::string>& written() const { return written_; }
  const std::set<std::string>& lost() const { return lost_; }

 private:
  std::string Text(std::size_t size) {
    return "line " + std::to_string(next_++) + std::string(size, '.');
  }

  void Line(const std::string& path, std::size_t size = 0) {
    written_.push_back(Text(size));
    Append(path, written_.back() + "\n");
  }

  void Append(const std::string& path, std::string_view bytes) {
    AppendFile(path, bytes);
    SetTime(path, ++now_);
  }

  static void SetTime(const std::string& path, std::int64_t seconds) {
    const timespec times[] = {{seconds, 0}, {seconds, 0}};
    ASSERT_EQ(utimensat(AT_FDCWD, path.c_str(), times, 0), 0) << path;
  }

  std::string Name(int number, const std::string& suffix = "") const {
    return path() + "." + std::to_string(number) + suffix;
  }

  void Shift() {
    for (int i = 20; i > 0; --i) {
      for (const char* suffix : {"", ".gz", ".zst", ".bz2", ".xz"}) {
        const std::string from = Name(i, suffix);
        if (std::filesystem::exists(from)) {
          std::filesystem::rename(from, Name(i + 1, suffix));
        }
      }
    }
  }

  void CopyTruncate(bool loses) {
    Shift();
    std::filesystem::copy_file(path(), Name(1));
    const std::string copy = ReadFile(path());
    // It cannot be told from one that was written while it was copied.
    if (!copy.empty() && copy.back() != '\n') lost_.insert(written_.back());
    SetTime(Name(1), ++now_);
    if (loses) {
      Line(path());
      lost_.insert(written_.back());
    }
    std::filesystem::resize_file(path(), 0);
    SetTime(path(), ++now_);
  }

  void Compress() {
    static const char* const kTools[][2] = {{"gzip -q", ".gz"},
                                            {"zstd -q --rm", ".zst"},
                                            {"bzip2", ".bz2"},
                                            {"xz -0", ".xz"}};
    for (int i = 1; i < 20; ++i) {
      if (!std::filesystem::exists(Name(i))) continue;
      const auto& tool = kTools[next_ % 4];
      struct stat status {};
      stat(Name(i).c_str(), &status);
      ASSERT_TRUE(RunShell(std::string(tool[0]) + " " + Name(i)));
      SetTime(Name(i, tool[1]), status.st_mtime);
      return;
    }
  }

  TempDir dir_;
  int next_ = 1;
  std::int64_t now_ = 1'700'000'000;
  std::vector<std::string> written_;
  std::set<std::string> lost_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_DAEMON_LOGS_LOG_WORLD_H_
