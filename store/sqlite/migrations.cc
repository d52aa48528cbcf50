#include "store/sqlite/migrations.h"

#include <array>

namespace postbounce {
namespace {

// Times are milliseconds since 1970, days count from there; enumerators have
// the values of their headers. Keys that grow with time keep the pages that
// are written few: random text in an index costs a factor of 30.
constexpr std::array kMigrations = {
    R"sql(
-- check_value: see AddressKeys.
CREATE TABLE meta(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  check_value BLOB NOT NULL
) STRICT;

-- The only place with the addresses that mail was sent to; text may be
-- forgotten. All else refers by id.
CREATE TABLE address(
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL UNIQUE,
  text TEXT,
  normaliser INTEGER NOT NULL
) STRICT;

CREATE TABLE rule_set(
  id INTEGER PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE
) STRICT;

-- hash: the first 64 bits of the digest. forward: 0 no, 1 waits, 2 done.
-- kept: 0 nothing, 1 may be pruned, 2 must not.
CREATE TABLE mail(
  id INTEGER PRIMARY KEY,
  received INTEGER NOT NULL,
  day INTEGER NOT NULL,
  hash INTEGER NOT NULL,
  digest BLOB NOT NULL,
  kind INTEGER NOT NULL,
  for_people INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  forward INTEGER NOT NULL,
  kept INTEGER NOT NULL,
  size INTEGER NOT NULL,
  rule_set INTEGER NOT NULL REFERENCES rule_set(id),
  sender TEXT NOT NULL,
  subject TEXT NOT NULL,
  facts TEXT NOT NULL
) STRICT;
CREATE INDEX mail_by_digest ON mail(day, hash);
CREATE INDEX mail_for_people ON mail(for_people) WHERE for_people = 1;
CREATE INDEX mail_unseen ON mail(seen) WHERE for_people = 1 AND seen = 0;
CREATE INDEX mail_to_forward ON mail(forward) WHERE forward = 1;
CREATE INDEX mail_to_prune ON mail(received) WHERE kept = 1;

-- Apart, so that reading mail rows never wades through bytes.
CREATE TABLE kept(
  mail INTEGER PRIMARY KEY REFERENCES mail(id),
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE event(
  id INTEGER PRIMARY KEY,
  address INTEGER NOT NULL REFERENCES address(id),
  time INTEGER NOT NULL,
  action INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  class INTEGER NOT NULL,
  permanent INTEGER NOT NULL,
  merged_into INTEGER REFERENCES event(id)
) STRICT;
CREATE INDEX event_by_address ON event(address, time)
  WHERE merged_into IS NULL;
-- What Decide looks at: failed, hard.
CREATE INDEX event_decisive ON event(address, time)
  WHERE merged_into IS NULL AND action = 1 AND class = 3;
CREATE INDEX event_merged ON event(merged_into)
  WHERE merged_into IS NOT NULL;

-- id: the mail's * 65536 + the ordinal, which saves an index.
CREATE TABLE witness(
  id INTEGER PRIMARY KEY,
  address INTEGER REFERENCES address(id),
  event INTEGER REFERENCES event(id),
  account TEXT NOT NULL
) STRICT;
CREATE INDEX witness_by_event ON witness(event) WHERE event IS NOT NULL;

-- By address first: rows of a new address go to the end.
CREATE TABLE link(
  address INTEGER NOT NULL REFERENCES address(id),
  day INTEGER NOT NULL,
  hash INTEGER NOT NULL,
  event INTEGER NOT NULL REFERENCES event(id),
  kind INTEGER NOT NULL,
  PRIMARY KEY (address, day, hash, event)
) STRICT, WITHOUT ROWID;

-- The fold as it stands; no row for what is not on the list.
CREATE TABLE suppression(
  address INTEGER PRIMARY KEY REFERENCES address(id),
  state INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER,
  event INTEGER REFERENCES event(id)
) STRICT;
CREATE INDEX suppression_others ON suppression(state, address)
  WHERE state <> 1;

-- Every difference the list has ever had. actor: who made it, '' for the fold
-- itself; why: the actor's words.
CREATE TABLE change(
  seq INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,
  address INTEGER NOT NULL REFERENCES address(id),
  old_state INTEGER NOT NULL,
  new_state INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER,
  event INTEGER,
  actor TEXT NOT NULL DEFAULT '',
  why TEXT NOT NULL DEFAULT ''
) STRICT;
)sql",
    R"sql(
-- Whether the list may change for an event.
ALTER TABLE event ADD COLUMN counts INTEGER NOT NULL DEFAULT 1;
DROP INDEX event_decisive;
CREATE INDEX event_decisive ON event(address, time)
  WHERE merged_into IS NULL AND counts = 1 AND action = 1 AND class = 3;

-- A log source, how far it was read, and what came of its lines.
CREATE TABLE log(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  position TEXT NOT NULL DEFAULT '',
  lines INTEGER NOT NULL DEFAULT 0,
  other INTEGER NOT NULL DEFAULT 0,
  bad INTEGER NOT NULL DEFAULT 0,
  gaps INTEGER NOT NULL DEFAULT 0,
  last_bad TEXT NOT NULL DEFAULT '',
  last_gap TEXT NOT NULL DEFAULT '',
  last_line INTEGER NOT NULL DEFAULT 0
) STRICT;

-- A stretch of a log: the newest, open one has rows; a closed one is never
-- written again. See LogSegment.
CREATE TABLE log_segment(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  log INTEGER NOT NULL REFERENCES log(id),
  is_import INTEGER NOT NULL,
  is_open INTEGER NOT NULL,
  first INTEGER NOT NULL DEFAULT 0,
  last INTEGER NOT NULL DEFAULT 0,
  parts INTEGER NOT NULL DEFAULT 0,
  has_lines INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Ids: the segment's * 2^24 + a number; of a bucket, also kind * 2^8.
CREATE TABLE log_row(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE log_chunk(
  id INTEGER PRIMARY KEY,
  reasons INTEGER NOT NULL,
  parts BLOB NOT NULL
) STRICT;
CREATE TABLE log_lines(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE log_bucket(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;

-- Of closed segments alone. time: of the hour where dimension is 0, else of
-- the day.
CREATE TABLE log_total(
  dimension INTEGER NOT NULL,
  time INTEGER NOT NULL,
  name TEXT NOT NULL,
  sent INTEGER NOT NULL,
  deferred INTEGER NOT NULL,
  bounced INTEGER NOT NULL,
  PRIMARY KEY (dimension, time, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE log_delays(hour INTEGER PRIMARY KEY, counts BLOB NOT NULL) STRICT;
)sql",
    R"sql(
-- What a person has ordered. kind: suppress, remove, allow, disallow, undo;
-- of all but the last with an address, which may stand for a domain:
-- "@example.org". voided_by: see undone.
CREATE TABLE action(
  id INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  actor TEXT NOT NULL,
  why TEXT NOT NULL,
  address INTEGER REFERENCES address(id),
  scope TEXT NOT NULL,
  reason INTEGER NOT NULL,
  until INTEGER,
  voided_by INTEGER REFERENCES action(id)
) STRICT;
CREATE INDEX action_by_address ON action(address) WHERE address IS NOT NULL;
CREATE INDEX action_undo ON action(id) WHERE kind = 5;

-- What each undo has taken back: failures, and actions. These are void while
-- one of their undos is not void itself; voided_by is the newest such.
CREATE TABLE undone(
  is_failure INTEGER NOT NULL,
  what INTEGER NOT NULL,
  undo INTEGER NOT NULL REFERENCES action(id),
  PRIMARY KEY (is_failure, what, undo)
) STRICT, WITHOUT ROWID;
CREATE INDEX undone_by ON undone(undo);

-- What the orders about the allow-list amount to.
CREATE TABLE allowance(
  address INTEGER PRIMARY KEY REFERENCES address(id),
  action INTEGER NOT NULL REFERENCES action(id),
  until INTEGER
) STRICT;

-- Where failures may have meant nothing: see Alarm.
CREATE TABLE alarm(
  id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  name TEXT NOT NULL,
  raised INTEGER NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER NOT NULL,
  state INTEGER NOT NULL,
  operator TEXT NOT NULL,
  actor TEXT NOT NULL DEFAULT '',
  why TEXT NOT NULL DEFAULT '',
  told INTEGER
) STRICT;

-- How much of our mail fails, by week: see GuardPiece.
CREATE TABLE guard(
  kind INTEGER NOT NULL,
  name TEXT NOT NULL,
  period INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (kind, name, period)
) STRICT, WITHOUT ROWID;

ALTER TABLE mail ADD COLUMN date INTEGER NOT NULL DEFAULT 0;
UPDATE mail SET date = received;

-- How a witness is bound to mail of ours: see Binding.
ALTER TABLE witness ADD COLUMN time INTEGER NOT NULL DEFAULT 0;
ALTER TABLE witness ADD COLUMN standing INTEGER NOT NULL DEFAULT 0;
ALTER TABLE witness ADD COLUMN proof INTEGER NOT NULL DEFAULT 0;
ALTER TABLE witness ADD COLUMN after_acceptance INTEGER NOT NULL DEFAULT 0;
ALTER TABLE witness ADD COLUMN scope TEXT NOT NULL DEFAULT '';
ALTER TABLE witness ADD COLUMN relay TEXT NOT NULL DEFAULT '';
ALTER TABLE witness ADD COLUMN message INTEGER;
ALTER TABLE witness ADD COLUMN message_seen INTEGER;

DROP INDEX event_decisive;
ALTER TABLE event RENAME COLUMN counts TO standing;
ALTER TABLE event ADD COLUMN after_acceptance INTEGER NOT NULL DEFAULT 0;
ALTER TABLE event ADD COLUMN wants_second_day INTEGER NOT NULL DEFAULT 0;
ALTER TABLE event ADD COLUMN scope TEXT NOT NULL DEFAULT '';
ALTER TABLE event ADD COLUMN relay TEXT NOT NULL DEFAULT '';
ALTER TABLE event ADD COLUMN message INTEGER;
ALTER TABLE event ADD COLUMN message_seen INTEGER;
ALTER TABLE event ADD COLUMN voided_by INTEGER REFERENCES action(id);
-- What Decide looks at: failed and not blocked, or a complaint.
CREATE INDEX event_decisive ON event(address, time)
  WHERE merged_into IS NULL AND standing = 1
  AND (action = 1 AND class IN (1, 3) OR reason = 33);
-- An address row that stands for the domain, where that is to blame.
ALTER TABLE event ADD COLUMN domain INTEGER REFERENCES address(id);
CREATE INDEX event_domain ON event(domain, time)
  WHERE merged_into IS NULL AND standing = 1 AND action = 1 AND class = 3
  AND reason IN (5, 6);
CREATE INDEX event_voided ON event(address) WHERE voided_by IS NOT NULL;
CREATE INDEX event_by_time ON event(time)
  WHERE merged_into IS NULL AND standing = 1
  AND (action = 1 AND class IN (1, 3) OR reason = 33);
CREATE INDEX event_unproven ON event(standing)
  WHERE merged_into IS NULL AND standing = 0 AND action = 1;
UPDATE witness SET
  time = coalesce((SELECT time FROM event WHERE id = witness.event), 0),
  standing = coalesce((SELECT standing FROM event WHERE id = witness.event), 0);

-- Ids that a mail waits for, by their hashes; those of one mail together, since
-- they are kept in memory by hash.
CREATE TABLE awaited(
  mail INTEGER NOT NULL REFERENCES mail(id),
  hash INTEGER NOT NULL,
  PRIMARY KEY (mail, hash)
) STRICT, WITHOUT ROWID;

-- Those of which a log has told since: to be judged again.
CREATE TABLE due(mail INTEGER PRIMARY KEY REFERENCES mail(id)) STRICT;

-- The last mail of each day and scope that was taken for an address which has
-- failed before, or for a domain. is_settled: Decide knows that it has settled.
CREATE TABLE delivery(
  address INTEGER NOT NULL REFERENCES address(id),
  scope TEXT NOT NULL,
  day INTEGER NOT NULL,
  time INTEGER NOT NULL,
  message INTEGER NOT NULL,
  message_seen INTEGER NOT NULL,
  is_settled INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (address, scope, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_to_settle ON delivery(time) WHERE is_settled = 0;

-- The fold as it stands, by scope; no row for what is not on the list.
CREATE TABLE decision(
  id INTEGER PRIMARY KEY,
  address INTEGER NOT NULL REFERENCES address(id),
  scope TEXT NOT NULL,
  state INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER,
  event INTEGER,
  action INTEGER,
  contradicted INTEGER,
  UNIQUE (address, scope)
) STRICT;
INSERT INTO decision(id, address, scope, state, reason, since, until, event)
  SELECT address, address, '', state, reason, since, until, event
  FROM suppression;
DROP TABLE suppression;
CREATE INDEX decision_others ON decision(state, id) WHERE state <> 1;
CREATE INDEX decision_scoped ON decision(address)
  WHERE state = 1 AND scope <> '';
CREATE INDEX decision_until ON decision(until)
  WHERE state = 1 AND until IS NOT NULL;
ALTER TABLE change ADD COLUMN scope TEXT NOT NULL DEFAULT '';
ALTER TABLE change ADD COLUMN action INTEGER;

-- Whether it proves anything: a preview of an import, say, does not.
ALTER TABLE log_segment ADD COLUMN counts INTEGER NOT NULL DEFAULT 1;

-- Mail that Postfix refused at the door.
ALTER TABLE log ADD COLUMN refused INTEGER NOT NULL DEFAULT 0;

-- Which ids a closed segment may have: see LogFilter.
CREATE TABLE log_filter(
  segment INTEGER PRIMARY KEY REFERENCES log_segment(id),
  bytes BLOB NOT NULL
) STRICT;
)sql",
};

}  // namespace

std::span<const char* const> Migrations() { return kMigrations; }

}  // namespace postbounce
