#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>

#include "daemon/cli/doctor/patient.h"
#include "daemon/store_state.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::chrono::seconds kPatience{15};
constexpr std::size_t kShown = 400;
constexpr std::uint64_t kMiB = 1u << 20;
constexpr std::uint64_t kFew = 64 * kMiB;
constexpr std::uint64_t kScarce = 512 * kMiB;

Diagnosis RoomAt(const std::string& folder, const char* what) {
  struct statvfs info {};
  const std::string shown = Printable(folder, kShown);
  if (statvfs(folder.c_str(), &info) != 0) {
    return {Health::kSkipped, "cannot see how much room there is at " + shown};
  }
  const std::uint64_t room = info.f_bavail * info.f_frsize;
  const std::uint64_t percent =
      info.f_blocks == 0 ? 100 : info.f_bavail * 100 / info.f_blocks;
  const bool is_out_of_files = info.f_files > 0 && info.f_favail < 1000;
  const std::string text =
      is_out_of_files
          ? fmt::format("{} ({}): {} files more", what, shown, info.f_favail)
          : fmt::format("{} ({}): {} MiB free, {}%", what, shown, room / kMiB,
                        percent);
  const std::string fix = "make room at " + shown + ": df -h " + shown;
  if (room < kFew || info.f_favail == 0) {
    if (info.f_files > 0 || room < kFew) return {Health::kFail, text, fix};
  }
  if (room < kScarce || percent < 3 || is_out_of_files) {
    return {Health::kWarn, text, fix};
  }
  return {Health::kOk, text};
}

}  // namespace

Diagnoses CheckStore(const Patient& patient) {
  const std::string& path = patient.config->store_path;
  const std::string shown = Printable(path, kShown);
  if (access(path.c_str(), R_OK) != 0 && errno == EACCES) {
    return {{Health::kSkipped, "you may not read " + shown}};
  }
  const auto state = StateOfStore(*patient.config, path, kPatience);
  if (!state && state.error().code() == ErrorCode::kConflict) {
    return {{Health::kSkipped, "its site key cannot be used, see there"}};
  }
  if (!state) {
    const bool is_absent = state.error().code() == ErrorCode::kNotFound &&
                           access(path.c_str(), F_OK) != 0;
    return {{is_absent ? Health::kWarn : Health::kFail,
             state.error().ToString(),
             is_absent ? "systemctl start postbounced"
                       : "postbounce restore BACKUP"}};
  }
  if (state->file.is_too_new) {
    return {{Health::kFail, shown + " was written by a later postbounce",
             "install that version, or postbounce restore BACKUP"}};
  }
  if (!state->file.damage.empty()) {
    return {{Health::kFail,
             shown + " is damaged: " + Printable(state->file.damage, kShown),
             "stop the daemon, keep a copy of the file, and postbounce restore "
             "BACKUP"}};
  }
  if (!state->is_key_right) {
    return {{Health::kFail,
             shown + " was made with another site key, or with another "
                     "address.fold_local_part",
             "copy BACKUP.key to " +
                 Printable(patient.config->store_site_key, kShown) +
                 ", with mode 0600 and of the daemon's user"}};
  }
  return {
      {Health::kOk,
       state->file.is_all_read
           ? "no damage found, and the site key is its own"
           : fmt::format("no damage found in {} s, which were not enough to "
                         "see all; the site key is its own",
                         kPatience.count())}};
}

Diagnoses CheckDisk(const Patient& patient) {
  const std::string& path = patient.config->store_path;
  Diagnoses found = {RoomAt(path.substr(0, path.rfind('/') + 1), "the store")};
  if (!patient.queue_directory().empty()) {
    found.push_back(RoomAt(patient.queue_directory(), "Postfix's queue"));
  }
  const bool is_well = std::all_of(
      found.begin(), found.end(),
      [](const Diagnosis& one) { return one.health == Health::kOk; });
  if (is_well && found.size() > 1) {
    return {{Health::kOk, found[0].what + "; " + found[1].what}};
  }
  return found;
}

}  // namespace postbounce
