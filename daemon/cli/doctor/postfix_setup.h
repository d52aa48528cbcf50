#ifndef POSTBOUNCE_DAEMON_CLI_DOCTOR_POSTFIX_SETUP_H_
#define POSTBOUNCE_DAEMON_CLI_DOCTOR_POSTFIX_SETUP_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "mime/text/result.h"

namespace postbounce {

// A line of master.cf.
struct PostfixService {
  std::string name;
  std::string type;
  bool is_chrooted = false;
  std::string program;                 // "smtpd"
  std::vector<std::string> arguments;  // of it, as postconf -M has them
  // What it has instead of main.cf's, $names expanded.
  std::map<std::string, std::string> parameters = {};

  std::string ToString() const { return name + "/" + type; }
};

// How Postfix is configured, as postconf(1) tells.
struct PostfixSetup {
  std::vector<PostfixService> services;
  // Of main.cf, with defaults, $names expanded.
  std::map<std::string, std::string> parameters;
  std::vector<std::string> warnings;  // of postconf's

  // Empty when it is not there.
  std::string Get(const std::string& parameter) const;
  // As this service has it.
  std::string Get(const PostfixService& service,
                  const std::string& parameter) const;
  const PostfixService* FindTransport(std::string_view name) const;
};

// From the outputs of postconf -M, -Px and -x.
PostfixSetup ParsePostfixSetup(std::string_view services,
                               std::string_view overrides,
                               std::string_view parameters);

// Asks postconf; of the configuration in `folder`, or the usual one if that is
// empty. kNotFound: there is no Postfix; kUnavailable: its configuration cannot
// be read.
Result<PostfixSetup> LoadPostfixSetup(const std::string& folder);

// A place where Postfix asks or hands over, as a parameter names it.
struct PostfixClient {
  enum class Protocol { kPolicy, kSocketmap, kTcpTable, kMilter };

  Protocol protocol;
  std::string parameter;
  const PostfixService* service;  // never null
  std::string endpoint;           // "unix:postbounce/policy", "inet:host:port"
  std::map<std::string, std::string> options = {};  // of the braces around it
};

// All that `setup` has in restrictions, tables and milters. `setup` must live
// as long.
std::vector<PostfixClient> ClientsIn(const PostfixSetup& setup);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_DOCTOR_POSTFIX_SETUP_H_
