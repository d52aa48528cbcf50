#ifndef POSTBOUNCE_STORE_SQLITE_SCHEMA_H_
#define POSTBOUNCE_STORE_SQLITE_SCHEMA_H_

#include <SQLiteCpp/Database.h>

#include <cstdint>

#include "mime/text/digest.h"
#include "mime/text/result.h"

namespace postbounce {

// "PBnc" in the file's header, so that file(1) and we know our own.
inline constexpr int kApplicationId = 0x50426e63;

// A witness's id is its mail's times this, plus its ordinal.
inline constexpr std::int64_t kWitnessesPerMail = 65'536;

// The number of migrations there are: the user_version of a current file.
int SchemaVersion();

// Makes or migrates the tables, up to version `to`. Each step is one
// transaction together with its number: a crash leaves the file at one version
// or the next. kCorrupt when the file is another program's or a later
// version's. May throw SQLite::Exception.
Result<void> Migrate(SQLite::Database* database, int to = SchemaVersion());

// Keeps `check` in a new file; kConflict when the file has another.
Result<void> CheckSiteKey(SQLite::Database* database, const Key128& check);

// Makes a new file hashed where that is wanted; kConflict when it has addresses
// and shall have none, or the other way round.
Result<void> CheckPrivacy(SQLite::Database* database, bool is_hashed);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_SQLITE_SCHEMA_H_
