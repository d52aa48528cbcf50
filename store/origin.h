#ifndef POSTBOUNCE_STORE_ORIGIN_H_
#define POSTBOUNCE_STORE_ORIGIN_H_

#include <string>
#include <string_view>
#include <vector>

#include "mime/text/network.h"
#include "store/log_message.h"

namespace postbounce {

// Which mail is this site's own. Only what became of that says something about
// the people it writes to: a log is also full of mail that strangers sent here.
// Immutable.
class Origin {
 public:
  struct Names {
    // Domains that this site receives mail for. Where none is known nothing is
    // ours: better to miss a dead address than to suppress the people of this
    // site.
    std::vector<std::string> local_domains;
    std::vector<Network> trusted_clients;
    // Addresses and domains of envelope senders whose mail is ours, however it
    // came in.
    std::vector<std::string> senders;
  };
  Origin() = default;
  explicit Origin(Names names);

  // True for an attempt of smtp(8) for a message that came by sendmail(1), with
  // a login, from a trusted client or with one of our senders, whose sender is
  // a person or a list, and whose recipient is at no domain of this site.
  bool IsOurs(const LogMessage& message, const LogAttempt& attempt) const;

  // False for mail that strangers brought, as far as the log tells of it.
  bool MayBeOurs(const LogMessage& message) const;

  // True for a domain of this site and what is below it.
  bool IsLocal(std::string_view domain) const;

  // Whether this address is one of our senders.
  bool IsNamed(std::string_view sender) const;

  const std::vector<std::string>& local_domains() const {
    return names_.local_domains;
  }

 private:
  bool IsInjected(const LogMessage& message) const;
  bool IsSender(std::string_view sender) const;

  Names names_;  // lower case, sorted
};

// False for what no sender of ours is called: the null sender, and those of
// Postfix's own notices and probes.
bool IsSenderOfMail(std::string_view sender);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_ORIGIN_H_
