#ifndef POSTBOUNCE_DAEMON_CLI_ATOMIC_FILE_H_
#define POSTBOUNCE_DAEMON_CLI_ATOMIC_FILE_H_

#include <sys/types.h>

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "mime/text/result.h"

namespace postbounce {

// A file that has its name only when all of it is written, so that nobody takes
// half of it for the whole; it is gone if Replace() is not called.
class AtomicFile {
 public:
  AtomicFile() = default;
  ~AtomicFile();
  AtomicFile(AtomicFile&&) = default;
  AtomicFile& operator=(AtomicFile&&) = delete;

  // Once. The umask takes from `mode`. What is there is replaced, but only a
  // regular file, at the end of links: a database by a database, and any other
  // by one that is none. kSyntax, kIo.
  Result<void> Open(const std::string& name, mode_t mode = 0666,
                    bool is_database = false);
  // To be written to instead of Write().
  int fd() const { return fileno(file_.get()); }
  // What cannot be written is told by Sync().
  void Write(std::string_view bytes);

  // To be called in this order. All is on the disk; kIo.
  Result<void> Sync();
  // It has the name temporary() from here on; kIo.
  Result<void> GiveName();
  // Takes the place of what has the name; kIo.
  Result<void> Replace();
  // All three.
  Result<void> Finish();

  const std::string& name() const { return name_; }
  const std::string& temporary() const { return temporary_; }

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  std::string name_;
  std::string temporary_;
  // Whether there is a file `temporary_`; shared with nobody once moved.
  struct Named {
    bool is = false;
    Named() = default;
    Named(Named&& other) noexcept : is(other.is) { other.is = false; }
  } named_;
  std::unique_ptr<std::FILE, CloseFile> file_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_ATOMIC_FILE_H_
