#ifndef POSTBOUNCE_DAEMON_SITE_H_
#define POSTBOUNCE_DAEMON_SITE_H_

#include <string>
#include <string_view>
#include <vector>

#include "daemon/config.h"
#include "mime/text/result.h"
#include "store/site_policy.h"

namespace postbounce {

// What the configuration says of this site, and postconf(1) where that says
// nothing.
struct Site {
  SitePolicy policy;
  // Names of this site's Postfix in the trace fields that it writes.
  std::vector<std::string> hosts;
  std::string mail_name = "Postfix";
  // The tables and files in postconf's answer, whose domains are not known.
  std::vector<std::string> unknown_domains;
  // Why no domain of this site is known; empty where one is.
  std::string problem;
  std::string postconf;  // what that said; empty: nothing
  bool is_old = false;   // that is, before: it did not answer now
};

// Runs `postconf`; what it does not say is left open. If it does not answer,
// which may take ten seconds, what it said `before` stands.
Site LoadSite(const Config& config, const std::string& postconf = "postconf",
              std::string before = {});

// What postconf(1) prints for mydestination and its like.
struct DomainWords {
  std::vector<std::string> names;  // lower case
  // Lookup tables, "hash:/etc/postfix/virtual", and files.
  std::vector<std::string> tables;
};
DomainWords DomainsIn(std::string_view postconf_output);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_SITE_H_
