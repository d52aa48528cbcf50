#include "daemon/cli/postmap.h"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "mime/text/text.h"

namespace postbounce {
namespace {

std::string SuffixOf(std::string_view type) {
  return type == "cdb" || type == "lmdb" ? fmt::format(".{}", type) : ".db";
}

Result<void> RunPostmap(const std::string& argument) {
  std::string shell = "sh";
  std::string option = "-c";
  // A cron job's PATH may lack where postmap(1) is.
  std::string script =
      "PATH=\"$PATH:/usr/sbin:/usr/local/sbin\"; exec postmap \"$1\"";
  std::string name = "postmap";
  std::string table = argument;
  char* const arguments[] = {shell.data(), option.data(), script.data(),
                             name.data(),  table.data(),  nullptr};
  pid_t child = -1;
  const int error =
      posix_spawn(&child, "/bin/sh", nullptr, nullptr, arguments, environ);
  if (error != 0) {
    return Error(ErrorCode::kIo,
                 fmt::format("cannot run postmap: {}", std::strerror(error)));
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return Error(ErrorCode::kUnavailable, "postmap has made no map");
}

}  // namespace

Result<void> CompileMap(const std::string& type, const std::string& source,
                        const std::string& name) {
  const std::string made = source + SuffixOf(type);
  const auto done = RunPostmap(fmt::format("{}:{}", type, source));
  const std::string map = name + SuffixOf(type);
  if (done && std::rename(made.c_str(), map.c_str()) == 0) return {};
  const int error = errno;
  unlink(made.c_str());
  if (!done) return done;
  return Error(ErrorCode::kIo,
               fmt::format("cannot write {}: {}", Printable(map, 400),
                           std::strerror(error)));
}

}  // namespace postbounce
