#ifndef POSTBOUNCE_DAEMON_CLI_DOCTOR_PATIENT_H_
#define POSTBOUNCE_DAEMON_CLI_DOCTOR_PATIENT_H_

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "daemon/cli/doctor/access.h"
#include "daemon/cli/doctor/postfix_setup.h"
#include "daemon/config.h"
#include "mime/text/result.h"
#include "mime/text/timestamp.h"

namespace postbounce {

enum class Health { kOk, kWarn, kFail, kSkipped };

// What a check has found.
struct Diagnosis {
  Health health = Health::kOk;
  std::string what;      // a sentence, printable
  std::string fix = {};  // what to do: a command, or words
};
using Diagnoses = std::vector<Diagnosis>;

// What the checks look at. All that may be absent is an error that says why.
struct Patient {
  std::string config_path;
  Result<Config> config = Error();
  Result<PostfixSetup> postfix = Error();
  std::vector<PostfixClient> clients;  // of postfix
  // As the daemon answers; the account that it runs as, if it does, else the
  // owner of its folder.
  Result<boost::json::object> stats = Error();
  std::optional<Account> daemon;
  Timestamp now;

  std::string queue_directory() const;
};

Patient LoadPatient(const std::string& config_path,
                    const std::string& postfix_folder, Timestamp now);

// A member of `stats`, or of an object in it; 0 where there is none.
std::uint64_t NumberIn(const boost::json::object& object, const char* key);

// "3 minutes", "12 days".
std::string Ago(std::chrono::milliseconds duration);

// A check, and its name for people. Each ends in a bounded time.
struct Check {
  const char* name;
  Diagnoses (*look)(const Patient& patient);
};

Diagnoses CheckConfig(const Patient& patient);
Diagnoses CheckRules(const Patient& patient);
Diagnoses CheckFiles(const Patient& patient);
Diagnoses CheckSiteKey(const Patient& patient);
Diagnoses CheckStore(const Patient& patient);
Diagnoses CheckDisk(const Patient& patient);
Diagnoses CheckDaemon(const Patient& patient);
Diagnoses CheckSockets(const Patient& patient);
Diagnoses CheckPostfix(const Patient& patient);
Diagnoses CheckRoute(const Patient& patient);
Diagnoses CheckTransport(const Patient& patient);
Diagnoses CheckReach(const Patient& patient);
Diagnoses CheckLookups(const Patient& patient);
Diagnoses CheckMilter(const Patient& patient);
Diagnoses CheckLogs(const Patient& patient);
Diagnoses CheckProof(const Patient& patient);
Diagnoses CheckClock(const Patient& patient);
Diagnoses CheckActivity(const Patient& patient);
Diagnoses CheckInbox(const Patient& patient);
Diagnoses CheckGuard(const Patient& patient);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_DOCTOR_PATIENT_H_
