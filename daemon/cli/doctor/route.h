#ifndef POSTBOUNCE_DAEMON_CLI_DOCTOR_ROUTE_H_
#define POSTBOUNCE_DAEMON_CLI_DOCTOR_ROUTE_H_

#include <string>
#include <string_view>
#include <vector>

#include "daemon/cli/doctor/patient.h"

namespace postbounce {

// A row of a transport(5) table that leads to the daemon, or is meant to.
struct Route {
  std::string key;        // a domain, or an address
  std::string transport;  // "postbounce"
  std::string next_hop;   // "unix:/path"; may be empty

  std::string domain() const {
    return key.substr(key.rfind('@') + 1);  // all where there is none
  }
};

// Those of the tables in transport_maps. Domains that Postfix takes mail for
// are looked up, and what the tables' text has.
std::vector<Route> RoutesTo(const Patient& patient);

// Whether Postfix takes mail to it from anybody.
bool IsAccepted(const PostfixSetup& postfix, const std::string& key);

// What pipe(8) runs for a service.
struct PipeCommand {
  explicit PipeCommand(const PostfixService& service);

  std::string user;  // of user=
  std::string program;
  std::string socket;  // of -s
  bool has_null_sender = false;
};
// Whether that is postbounce-pipe(8).
bool IsPipeOfOurs(const PostfixService& service);

// Whether `next_hop` is a place of lmtp.listen.
bool IsLmtpOfOurs(const Patient& patient, std::string_view next_hop);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_DOCTOR_ROUTE_H_
