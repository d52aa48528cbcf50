#ifndef POSTBOUNCE_STORE_WITNESS_H_
#define POSTBOUNCE_STORE_WITNESS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "classifier/evidence.h"
#include "classifier/verdict.h"
#include "mime/text/address.h"
#include "mime/text/digest.h"
#include "mime/text/mail_kind.h"
#include "mime/text/timestamp.h"
#include "store/event.h"

namespace postbounce {

// How a mail came in. Values are stored; do not change them.
enum class Route {
  kUnixSocket = 1,  // only members of the socket's group can write here
  kInetSocket = 2,  // anybody on the host can
  kMilter = 3,
  kLog = 4,  // a line of Postfix's log
};

// All that a mail says of which message it is about, kept from the first day
// so that later evidence can be joined with it. Absent facts are empty.
struct Facts {
  Route route = Route::kUnixSocket;
  std::string envelope_sender;
  std::vector<std::string> envelope_recipients;
  std::string envelope_id;  // Original-Envelope-Id of the report
  std::string reporting_mta;
  std::string queue_id;  // X-*-Queue-ID, an id of reporting_mta's
  std::optional<Timestamp> arrival_date;
  std::string original_message_id;  // of the returned message
  std::string original_return_path;
  std::vector<std::string> received_ids;  // of the returned message
  // Its header fields that the configuration asks for: name, value.
  std::vector<std::pair<std::string, std::string>> original_fields;
  std::string first_received;  // of the mail itself: who gave it to us
  std::string second_received;
  // What our own Postfix wrote there, if it did. It made the mail itself, or
  // a client gave it to it, by the name that its address is known to have.
  bool is_local_origin = false;
  std::string client_name;
  std::string client_address;

  bool operator==(const Facts&) const = default;
};

// How a witness is bound to a mail of ours, as far as that is known. It may
// change when more is known.
struct Binding {
  Timestamp time{};  // of the outcome
  Proof proof = Proof::kNone;
  Standing standing = Standing::kUnproven;
  bool after_acceptance = false;      // see Event
  std::string scope;                  // see Event
  std::string relay;                  // see Event
  std::optional<MessageRef> message;  // that a log knows

  bool operator==(const Binding&) const = default;
};

// One immutable observation of one recipient, a block of a delivery report or
// a line of a log; only its binding ever changes.
struct Witness {
  std::uint32_t ordinal = 0;      // of the recipient within its mail
  std::optional<Address> mailed;  // whom it is about; none when unreadable
  // Whom the report by itself is about, where a log may know better.
  std::optional<Address> reported;
  std::string original_recipient;  // as given
  std::string final_recipient;     // as given
  Evidence evidence;
  Verdict verdict;
  // Addresses were taken out of its texts: it cannot be judged again.
  bool was_hidden = false;
  // What the address that the report was sent to says of this recipient:
  // kStrong if it is signed for it, and of which day; kWeak if it names it.
  Proof verp = Proof::kNone;
  std::optional<Timestamp> verp_day;
  Binding binding;

  bool operator==(const Witness&) const = default;
};

// One mail that came in, judged, with all its witnesses. Stored whole or not
// at all; storing it again changes nothing.
struct Mail {
  Digest digest{};  // MailDigest
  Timestamp date;   // the mail's own Date field, else `received`: it must
                    // be the same whenever the same mail comes again
  Timestamp received;
  MailKind kind = MailKind::kOther;
  // A person must look: mail from people, and bounces without a readable
  // recipient. Exempt from pruning until seen.
  bool for_people = false;
  bool forward = false;  // to be sent on once, see MarkForwarded
  std::string from;      // for the list of such mails; UTF-8
  std::string subject;
  std::uint64_t size = 0;  // in bytes, as received
  std::string rules_hash;  // RuleSet::hash() of the verdicts
  // What is kept of the bytes, as Compress() made it, so that the one thread
  // that writes need not; empty when nothing is kept.
  std::string kept;
  Facts facts;
  std::vector<Witness> witnesses;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_WITNESS_H_
