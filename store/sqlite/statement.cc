#include "store/sqlite/statement.h"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <new>

#include "store/codec.h"

namespace postbounce {
namespace {

ErrorCode CodeOf(int sqlite_code) {
  switch (sqlite_code & 0xff) {  // the rest says more of the same
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_NOMEM:
      return ErrorCode::kUnavailable;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
      return ErrorCode::kCorrupt;
    case SQLITE_CONSTRAINT:
      return ErrorCode::kConflict;
    case SQLITE_TOOBIG:
      return ErrorCode::kLimit;
    default:
      return ErrorCode::kIo;
  }
}

// A value of an enum that ends at `last`, as it is stored; else 0.
template <class Enum>
Enum StoredEnum(std::int64_t value, Enum last) {
  const bool is_known = value >= 0 && value <= static_cast<int>(last);
  return is_known ? static_cast<Enum>(value) : static_cast<Enum>(0);
}

}  // namespace

Error ErrorOf(const std::exception& error) {
  if (const auto* sqlite = dynamic_cast<const SQLite::Exception*>(&error)) {
    return Error(CodeOf(sqlite->getErrorCode()),
                 std::string("SQLite: ") + sqlite->what());
  }
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) {
    return Error(ErrorCode::kUnavailable, "out of memory");
  }
  return Error(ErrorCode::kIo, error.what());
}

Event EventOfRow(Run* row, int first_column) {
  Event event;
  event.id = EventId{row->Int(first_column)};
  event.time = row->Time(first_column + 1);
  event.action = StoredEnum(row->Int(first_column + 2), Action::kExpanded);
  event.reason = ReasonFromStored(row->Int(first_column + 3));
  event.reason_class =
      StoredEnum(row->Int(first_column + 4), ReasonClass::kHard);
  event.permanent = row->Int(first_column + 5) != 0;
  event.counts = row->Int(first_column + 6) != 0;
  return event;
}

Decision DecisionOfRow(Run* row, int first_column) {
  Decision decision;
  decision.state = StoredEnum(row->Int(first_column), ListState::kRemoved);
  decision.reason = ReasonFromStored(row->Int(first_column + 1));
  decision.since = row->Time(first_column + 2);
  if (!row->IsNull(first_column + 3)) {
    decision.until = row->Time(first_column + 3);
  }
  if (!row->IsNull(first_column + 4)) {
    decision.because = EventId{row->Int(first_column + 4)};
  }
  return decision;
}

}  // namespace postbounce
