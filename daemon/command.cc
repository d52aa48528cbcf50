#include "daemon/command.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "daemon/child.h"
#include "daemon/logs/fd.h"

namespace postbounce {
namespace {

constexpr std::chrono::seconds kLimit{10};
constexpr std::size_t kKept = 1u << 20;
constexpr std::string_view kFolders = "/usr/sbin:/usr/local/sbin:/usr/bin:/bin";

std::string Find(const std::string& name) {
  const char* const set = std::getenv("PATH");
  std::string folders = set == nullptr ? std::string() : set;
  folders.append(":").append(kFolders);
  std::string_view rest = folders;
  while (!rest.empty()) {
    const std::size_t end = rest.find(':');
    const std::string path = std::string(rest.substr(0, end)) + "/" + name;
    if (path.front() == '/' && access(path.c_str(), X_OK) == 0) return path;
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return "";
}

std::string Content(int fd) {
  std::string text(kKept, '\0');
  const ssize_t size = pread(fd, text.data(), text.size(), 0);
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return text;
}

}  // namespace

Result<Said> RunCommand(std::vector<std::string> command,
                        std::string_view input) {
  const std::string program = Find(command.front());
  if (program.empty()) {
    return Error(ErrorCode::kNotFound, "there is no " + command.front());
  }
  command.front() = program;
  const Fd in(memfd_create("input", MFD_CLOEXEC));
  const Fd out(memfd_create("output", MFD_CLOEXEC));
  const Fd errors(memfd_create("errors", MFD_CLOEXEC));
  const bool is_ready = in.is_open() && out.is_open() && errors.is_open() &&
                        pwrite(in.get(), input.data(), input.size(), 0) ==
                            static_cast<ssize_t>(input.size());
  if (!is_ready) return Error(ErrorCode::kIo, "no memory for " + program);
  ChildStreams streams;
  streams.input = in.get();
  streams.output = out.get();
  streams.errors = errors.get();
  const auto run = RunChild(command, streams, kLimit, {});
  if (!run && run.error().code() == ErrorCode::kIo) return run.error();
  return Said{Content(out.get()), Content(errors.get()), run.has_value()};
}

}  // namespace postbounce
