#ifndef POSTBOUNCE_STORE_LOG_MATCH_H_
#define POSTBOUNCE_STORE_LOG_MATCH_H_

#include <string>
#include <string_view>
#include <vector>

#include "store/log_keys.h"
#include "store/log_query.h"

namespace postbounce {

// What a query asks for, held against parts of messages and whole ones.
//
// A message fits if one of its parts does and IsMeant() is true of the whole.
class LogMatch {
 public:
  // Both must outlive this.
  LogMatch(const LogQuery& query, LogHasher* hasher)
      : query_(query), hasher_(*hasher), domain_(NormalDomain(query.domain)) {}

  struct Key {
    LogKeyKind kind;
    LogHash hash;
  };
  // Each leads to parts, and together to all that fit. None: any part may fit.
  std::vector<Key> Keys() const;

  // Fits(), of a part that one of Keys() leads to. One that it does not lead
  // to never fits.
  bool Fits(const LogMessage& part) const;
  bool Fits(const LogAttempt& attempt) const;
  // True unless what is told of the message itself is not what was asked for.
  bool IsMeant(const LogMessage& whole) const;
  // Of the recipient that was asked for; true if none was.
  bool IsOfRecipient(const LogAttempt& attempt) const;

 private:
  bool HasId(const LogMessage& message) const;
  bool IsWithin(Timestamp time) const;
  bool IsSameAddress(std::string_view logged, std::string_view asked) const;

  const LogQuery& query_;
  LogHasher& hasher_;
  const std::string domain_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_LOG_MATCH_H_
