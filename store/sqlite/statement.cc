#include "store/sqlite/statement.h"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <algorithm>
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

std::optional<Timestamp> TimeOrNone(Run* row, int column) {
  if (row->IsNull(column)) return std::nullopt;
  return row->Time(column);
}

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
  event.standing = StoredEnum(row->Int(first_column + 6), Standing::kTooOld);
  event.after_acceptance = row->Int(first_column + 7) != 0;
  event.wants_second_day = row->Int(first_column + 8) != 0;
  event.scope = row->Bytes(first_column + 9);
  event.relay = row->Bytes(first_column + 10);
  event.message = MessageOfRow(row, first_column + 11);
  event.is_void = row->Int(first_column + 13) != 0;
  return event;
}

Decision DecisionOfRow(Run* row, int first_column) {
  Decision decision;
  decision.scope = row->Bytes(first_column);
  decision.state = StoredEnum(row->Int(first_column + 1), ListState::kRemoved);
  decision.reason = ReasonFromStored(row->Int(first_column + 2));
  decision.since = row->Time(first_column + 3);
  decision.until = TimeOrNone(row, first_column + 4);
  if (!row->IsNull(first_column + 5)) {
    decision.because = EventId{row->Int(first_column + 5)};
  }
  if (!row->IsNull(first_column + 6)) {
    decision.by = ActionId{row->Int(first_column + 6)};
  }
  decision.contradicted = TimeOrNone(row, first_column + 7);
  return decision;
}

Alarm AlarmOfRow(Run* row, int first_column) {
  Alarm alarm;
  alarm.id = AlarmId{row->Int(first_column)};
  alarm.subject.kind = StoredEnum(row->Int(first_column + 1), GuardKind::kSite);
  alarm.subject.name = row->Bytes(first_column + 2);
  alarm.raised = row->Time(first_column + 3);
  alarm.since = row->Time(first_column + 4);
  alarm.until = row->Time(first_column + 5);
  alarm.state = StoredEnum(row->Int(first_column + 6), AlarmState::kConfirmed);
  alarm.operator_domain = row->Bytes(first_column + 7);
  alarm.actor = row->Bytes(first_column + 8);
  alarm.why = row->Bytes(first_column + 9);
  if (!row->IsNull(first_column + 10)) {
    alarm.told =
        StoredEnum(row->Int(first_column + 10), AlarmState::kConfirmed);
  }
  return alarm;
}

ListAction ActionOfRow(Run* row, int first_column) {
  ListAction action;
  action.id = ActionId{row->Int(first_column)};
  action.kind = static_cast<ListAction::Kind>(row->Int(first_column + 1));
  action.time = row->Time(first_column + 2);
  action.scope = row->Bytes(first_column + 3);
  action.reason = ReasonFromStored(row->Int(first_column + 4));
  action.until = TimeOrNone(row, first_column + 5);
  return action;
}

Binding BindingOfRow(Run* row, int first_column) {
  Binding binding;
  binding.time = row->Time(first_column);
  binding.standing = StoredEnum(row->Int(first_column + 1), Standing::kTooOld);
  binding.proof = StoredEnum(row->Int(first_column + 2), Proof::kStrong);
  binding.after_acceptance = row->Int(first_column + 3) != 0;
  binding.scope = row->Bytes(first_column + 4);
  binding.relay = row->Bytes(first_column + 5);
  binding.message = MessageOfRow(row, first_column + 6);
  return binding;
}

Result<Key128> KeyOfBytes(std::string_view bytes) {
  Key128 key{};
  if (bytes.size() != key.size()) {
    return Error(ErrorCode::kCorrupt, "the key of an address is damaged");
  }
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

std::optional<MessageRef> MessageOfRow(Run* row, int first_column) {
  if (row->IsNull(first_column)) return std::nullopt;
  return MessageRef{static_cast<std::uint64_t>(row->Int(first_column)),
                    row->Time(first_column + 1)};
}

}  // namespace postbounce
