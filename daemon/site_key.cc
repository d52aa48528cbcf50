#include "daemon/site_key.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "daemon/config.h"
#include "daemon/secret_file.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kKeyDigits = 64;

// Who can read it can try addresses against the keys in a stolen store.
bool IsForOthers(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && (info.st_mode & 077) != 0;
}

bool Exists(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0;
}

Result<std::string> MakeSiteKey(const std::string& path) {
  auto key = MakeSecret();
  if (!key) return key;
  const auto written = WriteSecretFile(path, *key + "\n");
  if (!written) return written.error();
  return key;
}

}  // namespace

Result<std::string> LoadOrMakeSiteKey(const std::string& key_path,
                                      const std::string& store_path) {
  if (!Exists(key_path)) {
    if (Exists(store_path)) {
      return Error(ErrorCode::kConflict,
                   fmt::format("{} is missing, and the store {} cannot be "
                               "read without it: put it back from a backup",
                               key_path, store_path));
    }
    return MakeSiteKey(key_path);
  }
  return LoadSiteKey(key_path);
}

Result<std::string> LoadSiteKey(const std::string& key_path) {
  auto text = ReadFile(key_path);
  if (!text) return text.error();
  const std::string key(Trim(*text));
  if (key.size() != kKeyDigits) {
    return Error(ErrorCode::kCorrupt,
                 fmt::format("{} is no site key: 64 hexadecimal digits are "
                             "wanted",
                             key_path));
  }
  if (IsForOthers(key_path)) {
    return Error(ErrorCode::kConflict,
                 fmt::format("{} may be read by others than its owner: chmod "
                             "600 it",
                             key_path));
  }
  return key;
}

}  // namespace postbounce
