#ifndef POSTBOUNCE_STORE_STORE_H_
#define POSTBOUNCE_STORE_STORE_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "mime/text/digest.h"
#include "mime/text/result.h"
#include "store/alarm.h"
#include "store/event.h"
#include "store/forget.h"
#include "store/log_batch.h"
#include "store/orders.h"
#include "store/reader.h"
#include "store/replay.h"
#include "store/site_policy.h"
#include "store/witness.h"

namespace postbounce {

// A person has seen these mails: they are pruned like any other from now on.
struct MarkSeen {
  std::vector<MailId> mails;
};

// sendmail(1) has taken this mail: it is on its way to a person, and counts as
// seen.
struct MarkForwarded {
  MailId mail{};
};

// Forgets the kept bytes of mails that came before `kept_before`, but not of
// those that wait for a person or to be forwarded. Witnesses, events and the
// list stay. Takes at most `limit` mails, so that intake never waits long.
struct Prune {
  Timestamp kept_before;
  std::size_t limit = 500;
};

// Forgets reports and lines that came before, with what they tell of, and of
// failures that the list depends on all that was said. Their digests stay for
// policy.proof_window more. Takes at most `limit` mails.
struct PruneEvents {
  Timestamp before;
  std::size_t limit = 200;
};

// Forgets what the logs said: a stretch that ended before `kept_before`, with
// its lines, or only the lines of one that ended before `lines_before`. One
// stretch each at a time, so that intake never waits long. Counts stay.
struct PruneLog {
  Timestamp kept_before;
  Timestamp lines_before;
};

// Time has passed: deliveries have settled, suppressions have expired, outages
// have ended; and reports that the logs know more of are judged again. Takes at
// most `limit` addresses of the first two, and of the last so many witnesses,
// or a single report.
struct PassTime {
  std::size_t limit = 500;
};

// Shared, since who hands a batch over keeps it until it is stored.
using SharedLogBatch = std::shared_ptr<const LogBatch>;

using Write =
    std::variant<Mail, MarkSeen, MarkForwarded, Prune, SharedLogBatch, PruneLog,
                 PassTime, ResolveAlarm, MarkTold, Order, Import, Undo, Replay,
                 Forget, GoOnForgetting, PruneEvents>;

struct Outcome {
  bool known = false;  // this mail was stored before: nothing has changed
  std::optional<MailId> mail;  // of a Mail
  // Witnesses of a Mail or a Replay, attempts of a LogBatch that were new,
  // stretches of PruneLog, subjects of an Order or an Import, or places of an
  // Undo of which something is different, mails of the others. Of PassTime at
  // least its limit if there may be more to do.
  std::size_t affected = 0;
  std::optional<UndoReport> undone;       // of an Undo
  std::optional<ImportReport> imported;   // of an Import
  std::optional<ForgetReport> forgotten;  // of a Forget or a GoOnForgetting
  std::vector<ListChange> changes;        // the index's feed, in order
  std::vector<Alarm> alarms;              // raised, or resolved
};

// Where everything is remembered. One process has it open, one thread writes.
class Store {
 public:
  virtual ~Store() = default;

  // The only way to write: one transaction for all. An item that fails leaves
  // nothing behind, and its own Result says why; the others are stored. An
  // error of the whole means that nothing of it is stored, or that it is not
  // known whether it is: doing it again is right in both cases.
  virtual Result<std::vector<Result<Outcome>>> Apply(
      std::span<const Write> writes, Timestamp now) = 0;

  // By what all that is applied from now on is decided; before the first call
  // nothing is ever suppressed. From any thread.
  virtual void Use(std::shared_ptr<const SitePolicy> policy) = 0;

  // Moves what is committed from the log into the database file. Called
  // between groups; slow.
  virtual Result<void> Checkpoint() = 0;

  // A view for one other thread. It sees each commit as soon as Apply has
  // returned. The store must outlive it.
  virtual Result<std::unique_ptr<Reader>> OpenReader() = 0;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_STORE_H_
