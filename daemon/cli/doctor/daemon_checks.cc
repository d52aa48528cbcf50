// What the daemon says of itself and of what it has seen.
#include <fmt/format.h>
#include <sys/stat.h>

#include "daemon/cli/doctor/patient.h"
#include "daemon/cli/verb.h"
#include "daemon/request.h"
#include "daemon/store_state.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr std::size_t kShown = 400;
constexpr std::chrono::hours kLongAgo{24 * 14};

// What to say where the daemon has not answered, which is a check's own.
Diagnoses NotKnown() {
  return {{Health::kSkipped, "the daemon does not tell"}};
}

Diagnosis NotAnswering(const Patient& patient) {
  const Error& error = patient.stats.error();
  const std::string where = Printable(patient.config->control_listen, kShown);
  if (error.code() == ErrorCode::kConflict) {
    return {Health::kSkipped, "only root may ask at " + where};
  }
  return {Health::kFail, where + ": " + error.ToString(),
          "systemctl start postbounced; journalctl -u postbounced"};
}

std::optional<Timestamp> TimeIn(const json::object& object,
                                std::string_view key, Timestamp now) {
  const std::string_view text = TextField(object, key);
  if (text.empty()) return std::nullopt;
  const auto time = ParseTime(text, now);
  return time ? std::optional(*time) : std::nullopt;
}

// The file was written after the daemon had read it. A second is as exact as
// it tells.
bool IsNewer(const std::string& path, Timestamp than) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return false;
  const Timestamp written{std::chrono::seconds(info.st_mtim.tv_sec)};
  return written > than + std::chrono::seconds(1);
}

}  // namespace

Diagnoses CheckDaemon(const Patient& patient) {
  if (!patient.stats) return {NotAnswering(patient)};
  const json::value* state = patient.stats->if_contains("daemon");
  if (state == nullptr || !state->is_object()) {
    return {{Health::kWarn, "it is of another version than this program",
             "systemctl restart postbounced"}};
  }
  const json::object& daemon = state->get_object();
  const std::string used = ShownField(daemon, "config", kShown);
  if (used != Printable(patient.config_path, kShown)) {
    return {{Health::kFail,
             fmt::format("it uses {}, not {}", used,
                         Printable(patient.config_path, kShown)),
             fmt::format("postbounce --config {} doctor, or start it with "
                         "--config {}",
                         used, Printable(patient.config_path, kShown))}};
  }
  const auto loaded = TimeIn(daemon, "loaded", patient.now);
  if (loaded && IsNewer(patient.config_path, *loaded)) {
    return {{Health::kWarn, used + " was changed after the daemon had read it",
             "systemctl reload postbounced; a log of that says what wants a "
             "restart"}};
  }
  return {{Health::kOk,
           fmt::format("{}, as {}, since {}", ShownField(daemon, "program"),
                       patient.daemon ? patient.daemon->name : "?",
                       ShownField(daemon, "started"))}};
}

Diagnoses CheckActivity(const Patient& patient) {
  const auto state = StateOfStore(*patient.config, patient.config->store_path,
                                  std::chrono::milliseconds(0));
  if (!state || !state->file.damage.empty()) {
    return {{Health::kSkipped, "the store does not tell"}};
  }
  const auto last = state->file.last_mail;
  if (!last) {
    return {{Health::kWarn, "no bounce has come in yet",
             "send a mail with your bounce address to one that cannot exist"}};
  }
  const std::string text =
      fmt::format("the last mail came in {} ago", Ago(patient.now - *last));
  if (patient.now - *last < kLongAgo) return {{Health::kOk, text}};
  return {{Health::kWarn, text,
           "see where bounces go: the envelope sender of your mail, and its MX "
           "record"}};
}

Diagnoses CheckInbox(const Patient& patient) {
  if (!patient.stats) return NotKnown();
  const std::uint64_t mails = NumberIn(*patient.stats, "unseen_mails");
  if (mails == 0) return {{Health::kOk, "nothing waits for a person"}};
  const std::uint64_t bytes = NumberIn(*patient.stats, "unseen_bytes");
  return {
      {Health::kWarn,
       fmt::format("{} ({} bytes) in want of a person",
                   Counted(static_cast<std::int64_t>(mails), "mail"), bytes),
       "postbounce inbox; or name an address in intake.forward"}};
}

Diagnoses CheckGuard(const Patient& patient) {
  if (!patient.config->guard_enabled) {
    return {{Health::kWarn,
             "guard.enabled is false: an outage elsewhere can "
             "suppress many addresses",
             "guard.enabled = true"}};
  }
  if (!patient.stats) return NotKnown();
  const std::uint64_t held = NumberIn(*patient.stats, "held");
  if (held == 0) return {{Health::kOk, "no address is held"}};
  return {{Health::kWarn,
           fmt::format("{} addresses are held in an outage", held),
           "postbounce held"}};
}

}  // namespace postbounce
