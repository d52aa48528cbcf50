#include "daemon/verp_key_file.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "daemon/config.h"
#include "daemon/secret_file.h"

namespace postbounce {
namespace {

constexpr const char* kHeading =
    "# Secrets that bounce addresses are signed with, the last one signs;\n"
    "# see postbounce-verp(7).\n";

// Empty where there is none. One that cannot be looked at is no missing one.
Result<std::string> ReadKeyFile(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0 && errno == ENOENT) return std::string();
  return ReadFile(path);
}

}  // namespace

Result<VerpKeys> LoadVerpKeys(const std::string& path) {
  const auto text = ReadKeyFile(path);
  if (!text) return text.error();
  return VerpKeys::Parse(*text, path);
}

Result<std::uint8_t> AddVerpKey(const std::string& path) {
  auto text = ReadKeyFile(path);
  if (!text) return text.error();
  const auto keys = VerpKeys::Parse(*text, path);
  if (!keys) return keys.error();
  const auto id = keys->NextId();
  if (!id) return id;
  const auto secret = MakeSecret();
  if (!secret) return secret.error();
  if (text->empty()) *text = kHeading;
  if (!text->ends_with('\n')) *text += '\n';
  *text += fmt::format("{} {}\n", *id, *secret);
  const auto written = WriteSecretFile(path, *text);
  if (!written) return written.error();
  return id;
}

}  // namespace postbounce
