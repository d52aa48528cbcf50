#ifndef POSTBOUNCE_STORE_SQLITE_MIGRATION_3_H_
#define POSTBOUNCE_STORE_SQLITE_MIGRATION_3_H_

namespace postbounce {

// To version 3 of the schema: what proves and decides, orders, the guard.
inline constexpr char kMigration3[] = R"sql(
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
)sql";

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_SQLITE_MIGRATION_3_H_
