#ifndef POSTBOUNCE_DAEMON_CLI_OPERATIONS_H_
#define POSTBOUNCE_DAEMON_CLI_OPERATIONS_H_

#include "daemon/cli/verb.h"

namespace postbounce {

// The verbs of those who run a daemon, rather than of those who ask it.
void AddDoctorVerb(CLI::App& app, CommandLine& line);
void AddBackupVerb(CLI::App& app, CommandLine& line);
void AddRestoreVerb(CLI::App& app, CommandLine& line);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_OPERATIONS_H_
