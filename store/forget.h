#ifndef POSTBOUNCE_STORE_FORGET_H_
#define POSTBOUNCE_STORE_FORGET_H_

#include <cstddef>
#include <string>
#include <vector>

#include "mime/text/address.h"

namespace postbounce {

// Leaves only pseudonyms of these addresses: at once in all that comes from now
// on, and in what is stored as far as GoOnForgetting has come. What the list
// says of them stays.
struct Forget {
  std::vector<Address> addresses;
  bool everybody = false;  // all addresses, for good: the store is hashed
  std::string actor;       // not empty
  std::string why;
  bool dry_run = false;  // only finds out what is known of them
};

// Takes what was forgotten out of the next part of what is stored, of which
// there is more to do while the outcome says so.
struct GoOnForgetting {};

struct ForgetReport {
  // Of a Forget.
  std::size_t addresses = 0;
  std::size_t known = 0;       // of which something was stored
  std::size_t suppressed = 0;  // for all mail, or some scope
  // Of a GoOnForgetting.
  std::size_t mails = 0;     // from which something was taken
  std::size_t messages = 0;  // of logs, the same
  std::size_t words = 0;     // of people and logs, the same
  std::size_t unread = 0;  // mails for people, which stay until they were seen
  bool is_done = false;    // nothing is left to do

  ForgetReport& operator+=(const ForgetReport& more) {
    addresses += more.addresses;
    known += more.known;
    suppressed += more.suppressed;
    mails += more.mails;
    messages += more.messages;
    words += more.words;
    unread += more.unread;
    is_done = more.is_done;
    return *this;
  }
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_FORGET_H_
