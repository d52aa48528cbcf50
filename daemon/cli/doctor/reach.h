#ifndef POSTBOUNCE_DAEMON_CLI_DOCTOR_REACH_H_
#define POSTBOUNCE_DAEMON_CLI_DOCTOR_REACH_H_

#include <string>
#include <vector>

#include "daemon/cli/doctor/patient.h"

namespace postbounce {

// Whether whom a client of Postfix's asks is the daemon.
enum class Listening {
  kHere,
  kBehindChroot,  // it is, but the path does not lead there inside the chroot
  kNowhere,       // it is meant by its name, but nothing of ours listens there
  kOfOthers,
};
Listening ListeningFor(const Patient& patient, const PostfixClient& client);

// The file of a unix socket's name as the client sees it, seen from outside.
std::string PathFor(const Patient& patient, const PostfixClient& client);

// The clients of a protocol that ask us, or mean to.
std::vector<PostfixClient> OursOf(const Patient& patient,
                                  PostfixClient::Protocol protocol);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_DOCTOR_REACH_H_
