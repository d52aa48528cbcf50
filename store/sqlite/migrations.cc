#include "store/sqlite/migrations.h"

#include <array>

#include "store/sqlite/migration_3.h"
#include "store/sqlite/migration_5.h"

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
)sql", kMigration3,
    R"sql(
-- The import, an action too, that an order came with.
ALTER TABLE action ADD COLUMN import INTEGER REFERENCES action(id);
CREATE INDEX action_of_import ON action(import) WHERE import IS NOT NULL;
)sql", kMigration5,
};

}  // namespace

std::span<const char* const> Migrations() { return kMigrations; }

}  // namespace postbounce
