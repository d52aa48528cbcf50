#ifndef POSTBOUNCE_STORE_SQLITE_MIGRATION_5_H_
#define POSTBOUNCE_STORE_SQLITE_MIGRATION_5_H_

namespace postbounce {

// To version 5 of the schema: what is forgotten, and when.
inline constexpr char kMigration5[] = R"sql(
-- Whether no address at all is kept.
ALTER TABLE meta ADD COLUMN is_hashed INTEGER NOT NULL DEFAULT 0;

-- 1: the text is still needed, to be found; 2: it is a pseudonym.
ALTER TABLE address ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0;
CREATE INDEX address_forgotten ON address(forgotten) WHERE forgotten <> 0;

CREATE INDEX mail_by_received ON mail(received);

-- How far what was forgotten is taken out of the rest: see ForgetWalk.
CREATE TABLE forget_walk(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  stage INTEGER NOT NULL,
  after INTEGER NOT NULL,
  until INTEGER NOT NULL
) STRICT;
)sql";

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_SQLITE_MIGRATION_5_H_
