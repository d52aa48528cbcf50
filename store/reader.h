#ifndef POSTBOUNCE_STORE_READER_H_
#define POSTBOUNCE_STORE_READER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mime/text/address.h"
#include "mime/text/digest.h"
#include "mime/text/result.h"
#include "store/address_keys.h"
#include "store/alarm.h"
#include "store/decide.h"
#include "store/event.h"
#include "store/exported.h"
#include "store/log_query.h"
#include "store/orders.h"
#include "store/replay.h"
#include "store/witness.h"

namespace postbounce {

// A witness as it was stored, with the mail that it came in. Its mailed
// address is spelled as it was first seen.
struct StoredWitness {
  MailId mail{};
  Timestamp received;
  Witness witness;
  Facts facts;
};

struct StoredEvent {
  Event event;
  std::optional<ActionId> voided_by;     // the undo that took it back
  std::vector<StoredWitness> witnesses;  // oldest first, at most 100
};

// How many failures an address has had, whatever their reason.
struct FailureCounts {
  // By Standing; those that are void are in none.
  std::array<std::uint64_t, 5> by_standing{};
  std::uint64_t undone = 0;
  // Of those that count, the newest kDecisiveEvents: what the guard doubts, and
  // what it has found to mean nothing. A reader leaves these to ReadStatus().
  std::uint64_t held = 0;
  std::uint64_t released = 0;
  std::optional<Timestamp> last;

  std::uint64_t Of(Standing standing) const {
    return by_standing[static_cast<std::size_t>(standing)];
  }
};

// Everything known of one address.
struct AddressStory {
  std::string address;             // as first seen, or as asked when unknown
  Decision decision;               // for all mail
  std::vector<Decision> scoped;    // for mail of some scopes, by name
  std::optional<Decision> domain;  // for the whole of its domain
  // Places on the allow-list, which may be over by now.
  std::optional<StoredOrder> allowed;
  std::optional<StoredOrder> domain_allowed;
  // About the address and its domain, newest first, at most 100; with the undos
  // that have taken back one of these or a failure.
  std::vector<StoredOrder> orders;
  std::vector<StoredEvent> events;  // newest first, bounded
  std::uint64_t event_count = 0;    // all of them
  FailureCounts failures;

  // What Decide() looks at. Nothing is in doubt yet, see DoubtEvent().
  std::vector<Event> decisive;
  std::vector<Acceptance> deliveries;
  std::vector<ListAction> actions;
};

// One row of the list, with the witness or the order that decided.
struct ListEntry {
  std::string address;
  Key128 key{};
  Decision decision;
  Verdict verdict;
  std::string diagnostic;
  std::string remote_mta;
  std::optional<StoredOrder> order;
};

struct ListQuery {
  std::optional<ListState> state = ListState::kActive;  // none: every state
  std::optional<Reason> reason;
  std::optional<std::string> scope;  // empty: for all mail
  std::optional<ReasonClass> reason_class;
  std::string ascii_domain;        // of the address; empty: any
  std::optional<Timestamp> since;  // listed since then, or later
  Timestamp now{};  // when states are as they are, and who is on the allow-list
  std::string cursor;        // of the page before; empty: from the start
  std::size_t limit = 1000;  // 1 to 10 000; others are moved into that
};

struct ListPage {
  std::vector<ListEntry> entries;  // in the order of first being seen
  std::string cursor;              // empty: this is the last page
};

struct AllowPage {
  std::vector<StoredOrder> entries;  // in the order of first being seen
  std::string cursor;
};

struct UndoPage {
  std::vector<StoredUndo> entries;  // newest first
  std::string cursor;
};

// A mail that a person must look at.
struct InboxEntry {
  MailId id{};
  Timestamp received;
  MailKind kind = MailKind::kOther;
  std::string from;
  std::string subject;
  std::vector<std::string> envelope_recipients;
  std::uint64_t size = 0;
  bool seen = false;
  bool forwarded = false;
};

struct InboxQuery {
  bool with_seen = false;
  // Only those that wait for sendmail(1), whether they were seen or not.
  bool to_forward = false;
  std::string cursor;
  std::size_t limit = 1000;  // 1 to 10 000; others are moved into that
};

struct InboxPage {
  std::vector<InboxEntry> entries;  // oldest first
  std::string cursor;
};

struct Totals {
  std::uint64_t mails = 0;
  std::uint64_t witnesses = 0;
  std::uint64_t events = 0;
  std::uint64_t failures = 0;  // events
  std::uint64_t unproven = 0;  // of the failures
  // Addresses and domains of state active, be they on the allow-list or not:
  // for all mail, and for that of some scopes.
  std::uint64_t suppressed = 0;
  std::uint64_t suppressed_in_scopes = 0;
  std::uint64_t held = 0;          // likewise, for either
  std::uint64_t unseen_mails = 0;  // that wait for a person
  std::uint64_t unseen_bytes = 0;  // kept of these
};

// A host that reports failures which no log can prove.
struct UnknownHost {
  std::string name;  // as it calls itself; empty where it does not
  std::uint64_t failures = 0;

  bool operator==(const UnknownHost&) const = default;
};

// One place on the list, or on the allow-list, or what has become of it.
struct ListChange {
  Key128 key{};  // of an address, or of a domain: see AddressKeys
  std::string scope;
  ListState state = ListState::kNone;
  std::optional<Timestamp> until;
  // On the allow-list, while kActive: whatever else is said of the address, or
  // of those in the domain, they are not suppressed.
  bool is_allowed = false;
  Reason reason = Reason::kUnknown;
};

// A view on the store for one thread. Unknown cursors are kSyntax errors.
class Reader {
 public:
  virtual ~Reader() = default;

  // With no events, what these are made of is left out, too.
  virtual Result<AddressStory> Status(const Address& address,
                                      std::size_t max_events) = 0;
  // The same of a whole domain: its place on the list is `decision`, and the
  // events are those that speak against it. Nothing that Decide() looks at.
  virtual Result<AddressStory> StatusOfDomain(const Subject& domain,
                                              std::size_t max_events) = 0;
  // What the list says of an address or a domain, by scope.
  virtual Result<std::vector<Decision>> Decisions(const Key128& key) = 0;
  // Whose key begins with these 64 bits, see HashOf. kNotFound, also where the
  // address was forgotten.
  virtual Result<Subject> FindByHash(std::uint64_t hash) = 0;
  // Of state kActive without those that are on the allow-list.
  virtual Result<ListPage> List(const ListQuery& query) = 0;
  // The allow-list, with places that are over. `limit` as of ListQuery.
  virtual Result<AllowPage> Allowed(const std::string& cursor,
                                    std::size_t limit) = 0;
  // All undos. `limit` as of ListQuery.
  virtual Result<UndoPage> Undos(const std::string& cursor,
                                 std::size_t limit) = 0;
  virtual Result<InboxPage> Inbox(const InboxQuery& query) = 0;
  // What was kept of a mail, decompressed. kNotFound: no such mail, or
  // nothing was kept, or it was pruned.
  virtual Result<std::string> KeptMail(MailId id) = 0;
  virtual Result<Totals> Count() = 0;
  // Who has reported the newest 1000 unproven failures, of those whose mail no
  // log knows: the most first, at most 5.
  virtual Result<std::vector<UnknownHost>> UnknownHosts() = 0;

  // All alarms of the outage guard, the newest first.
  virtual Result<std::vector<Alarm>> Alarms() = 0;

  // What the logs say of messages, and of all mail.
  virtual Result<LogPage> Messages(const LogQuery& query) = 0;
  virtual Result<LogStats> MailStats(const LogStatsQuery& query) = 0;
  virtual Result<std::vector<LogCoverage>> Coverage() = 0;
  // Where each log was read to; see LogSource::Position(). Empty: nothing yet.
  virtual Result<std::string> LogPosition(const std::string& log) = 0;
  // The latest message of this id that may still be in the queue at `time`.
  virtual Result<std::optional<LogMessage>> OpenMessage(
      const std::string& log, const std::string& instance,
      const std::string& queue_id, Timestamp time) = 0;

  // What all that is kept would mean by other rules and another policy, page
  // after page, and what would become of the list.
  virtual Result<ReplayPage> Replay(const ReplayQuery& query) = 0;

  // Calls `each` for every place on the list that is active or held, and every
  // one on the allow-list: what the index starts from.
  virtual Result<void> EachPlace(
      const std::function<void(const ListChange&)>& each) = 0;
  // Calls each(address, event) for every held place on the list that a failure
  // has decided, in the order in which they came.
  virtual Result<void> EachHeld(
      const std::function<void(const std::string&, const Event&)>& each) = 0;
  // What the store compares addresses and domains by.
  virtual const AddressKeys& keys() const = 0;

  // Gives what List() would have of state kActive, a page of it, and the cursor
  // of the next one; empty: this was the last.
  virtual Result<std::string> EachListed(const ListQuery& query,
                                         const EachExported& each) = 0;
  // Where the change log is.
  virtual Result<ChangeMark> NewestMark(Timestamp now) = 0;
  // Where it was when this was the newest change. kNotFound.
  virtual Result<ChangeMark> MarkOf(std::int64_t seq) = 0;
  // Gives each place of which EachListed() may have told otherwise at the
  // beginning of the interval than at its end, more than once perhaps, also
  // where time alone has changed it. Of both ends only the change counts; a
  // page, and cursors, as EachListed().
  virtual Result<std::string> EachChanged(const ListQuery& query,
                                          const ChangeInterval& interval,
                                          const EachExported& each) = 0;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_READER_H_
