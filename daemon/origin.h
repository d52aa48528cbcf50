#ifndef POSTBOUNCE_DAEMON_ORIGIN_H_
#define POSTBOUNCE_DAEMON_ORIGIN_H_

#include <string>
#include <string_view>
#include <vector>

#include "daemon/config.h"
#include "daemon/network.h"
#include "store/log_message.h"

namespace postbounce {

// Which mail is this site's own. Only what became of that says something about
// the people it writes to: a log is also full of mail that strangers sent here.
class Origin {
 public:
  // With the domains of the configuration; without any, of `postconf`, which
  // is run. An error says why these are not known.
  static Result<Origin> Load(const Config& config,
                             const std::string& postconf = "postconf");

  // Where no domain is known nothing is ours: better to miss a dead address
  // than to suppress the people of this site.
  Origin() = default;
  Origin(std::vector<std::string> local_domains, std::vector<Network> trusted);

  // True for an attempt of smtp(8) for a message that came by sendmail(1), with
  // a login or from a trusted client, whose sender is a person or a list, and
  // whose recipient is at no domain of this site.
  bool IsOurs(const LogMessage& message, const LogAttempt& attempt) const;

  const std::vector<std::string>& local_domains() const { return domains_; }
  // The tables and files in postconf's answer, whose domains are not known.
  const std::vector<std::string>& unknown_domains() const { return unknown_; }

 private:
  bool IsLocal(std::string_view domain) const;

  std::vector<std::string> domains_;  // lower case, sorted
  std::vector<std::string> unknown_;
  std::vector<Network> trusted_;
};

// What postconf(1) prints for mydestination and its like.
struct DomainWords {
  std::vector<std::string> names;  // lower case
  // Lookup tables, "hash:/etc/postfix/virtual", and files.
  std::vector<std::string> tables;
};
DomainWords DomainsIn(std::string_view postconf_output);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_ORIGIN_H_
