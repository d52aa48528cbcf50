#include "daemon/sendmail.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "daemon/child.h"
#include "daemon/intake.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

Error IoError(const std::string& what) {
  return {ErrorCode::kIo, what + ": " + std::strerror(errno)};
}

bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return lseek(fd, 0, SEEK_SET) == 0;
}

}  // namespace

Result<void> SendMail(const std::string& program, const std::string& recipient,
                      std::string_view message, std::chrono::seconds limit) {
  const Descriptor memory(memfd_create("postbounce-forward", MFD_CLOEXEC));
  if (memory.get() < 0 || !WriteAll(memory.get(), message)) {
    return IoError("cannot hold a message for " + program);
  }
  const std::string command[] = {program, "-i", "-f", "", "--", recipient};
  return RunChild(command, {.input = memory.get()}, limit, {});
}

std::string ToBeForwarded(std::string_view message, std::string_view hostname) {
  std::string out = fmt::format("{}: {}\n", kForwardedField, hostname);
  std::string_view rest = message;
  if (rest.starts_with("From ")) TakeLine(&rest);
  while (const auto line = TakeLine(&rest)) {
    out.append(*line);
    out += '\n';
  }
  return out;
}

}  // namespace postbounce
