#ifndef POSTBOUNCE_STORE_TABLES_H_
#define POSTBOUNCE_STORE_TABLES_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mime/text/digest.h"
#include "mime/text/result.h"
#include "store/correlate.h"
#include "store/event.h"
#include "store/witness.h"

namespace postbounce {

struct Interned {
  AddressId id{};
  bool is_new = false;
};

// A witness as it is stored, and the event that it tells of.
struct BoundWitness {
  Witness witness;
  std::optional<AddressId> address;  // none for an unreadable recipient
  std::optional<EventId> event;
};

struct KnownMail {
  Mail mail;  // without digest, kept bytes and what is shown of its header
  std::vector<BoundWitness> witnesses;
};

// What a database must be able to do so that ApplyWrites() can do the rest:
// nothing here decides anything. For one thread. kUnavailable, kIo and kCorrupt
// mean that the database as a whole has failed, any other error that this one
// call was impossible. Duplicates that the callers rule out are kConflict.
class Tables {
 public:
  virtual ~Tables() = default;

  virtual Result<void> Begin() = 0;
  // After an error nothing is stored, or it is not known whether it is; the
  // transaction still has to be ended by Rollback().
  virtual Result<void> Commit() = 0;
  virtual void Rollback() = 0;
  // One item within the transaction, kept or dropped as a whole.
  virtual Result<void> BeginItem() = 0;
  virtual Result<void> KeepItem() = 0;
  virtual Result<void> DropItem() = 0;

  // The mail of this digest whose date is at most a day from `date`.
  virtual Result<std::optional<MailId>> FindMail(const Digest& digest,
                                                 Timestamp date) = 0;
  // The mail without its witnesses.
  virtual Result<MailId> InsertMail(const Mail& mail) = 0;
  // The id of the address with this key; `text` is stored when it is new.
  virtual Result<Interned> InternAddress(const Key128& key,
                                         const std::string& text) = 0;
  virtual Result<Key128> KeyOf(AddressId address) = 0;
  // The address's events, merged ones as what they were merged into, that
  // were linked by one of `links` or one at most kLinkDays from it. Each once.
  virtual Result<std::vector<Event>> FindEvents(
      AddressId address, std::span<const Link> links) = 0;
  virtual Result<EventId> InsertEvent(AddressId address,
                                      const Event& event) = 0;
  virtual Result<void> UpdateEvent(const Event& event) = 0;
  // The event speaks against a whole domain, which is interned like an
  // address.
  virtual Result<void> SetDomain(EventId event, AddressId domain) = 0;
  virtual Result<std::optional<AddressId>> DomainOf(EventId event) = 0;
  // `from` and all that was merged into it become `into`.
  virtual Result<void> MergeEvent(EventId from, EventId into) = 0;
  // All undos that have taken back an event, in force or not.
  virtual Result<std::vector<ActionId>> UndosOf(EventId event) = 0;
  virtual Result<void> AddUndos(EventId event,
                                std::span<const ActionId> undos) = 0;
  // An event that no witness tells of any longer, with its links.
  virtual Result<void> DeleteEvent(EventId event) = 0;
  // Links that are there already stay.
  virtual Result<void> InsertLinks(AddressId address, EventId event,
                                   std::span<const Link> links) = 0;
  virtual Result<void> InsertWitness(MailId mail,
                                     const BoundWitness& witness) = 0;
  // Its address, event and binding; the rest never changes.
  virtual Result<void> UpdateWitness(MailId mail,
                                     const BoundWitness& witness) = 0;
  virtual Result<std::vector<Witness>> WitnessesOf(EventId event) = 0;
  virtual Result<KnownMail> LoadMail(MailId mail) = 0;
  virtual Result<void> UpdateFacts(MailId mail, const Facts& facts) = 0;

  // Ids that a mail waits for, to be found in a log: hashes of them. Replaces
  // those that it has waited for.
  virtual Result<void> SetAwaited(MailId mail,
                                  std::span<const std::uint64_t> ids) = 0;
  // All mails that wait, and which did not come before that, the newest first.
  virtual Result<void> EachAwaited(
      Timestamp since,
      const std::function<void(MailId, std::uint64_t id)>& each) = 0;
  // A mail that waits is to be judged again; of one that does not, nothing.
  virtual Result<void> SetDue(MailId mail) = 0;
  // The newest such mail, which is due no longer.
  virtual Result<std::optional<MailId>> TakeDue() = 0;

  // How many mails this changed. kNotFound: there is no such mail.
  virtual Result<std::size_t> MarkSeen(MailId mail) = 0;
  virtual Result<std::size_t> MarkForwarded(MailId mail) = 0;
  // Forgets what was kept of the oldest mails that may be pruned.
  virtual Result<std::size_t> Prune(Timestamp kept_before,
                                    std::size_t limit) = 0;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_TABLES_H_
