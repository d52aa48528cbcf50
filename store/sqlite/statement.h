#ifndef POSTBOUNCE_STORE_SQLITE_STATEMENT_H_
#define POSTBOUNCE_STORE_SQLITE_STATEMENT_H_

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "mime/text/digest.h"
#include "mime/text/result.h"
#include "mime/text/timestamp.h"
#include "store/alarm.h"
#include "store/decide.h"
#include "store/event.h"
#include "store/witness.h"

namespace postbounce {

// Bytes to be bound as a BLOB.
struct Blob {
  const void* data;
  std::size_t size;
};

template <class Bytes>
Blob BlobOf(const Bytes& bytes) {
  return Blob{bytes.data(), bytes.size()};
}

// One run of a prepared statement, with its parameters bound in order. Ends
// with a reset: a statement left standing would pin the snapshot that it
// reads. What is bound must live until then. Throws SQLite::Exception.
class Run {
 public:
  template <class... Values>
  explicit Run(SQLite::Statement* statement, const Values&... values)
      : statement_(*statement) {
    (Bind(values), ...);
  }
  ~Run() { statement_.tryReset(); }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  // Moves to the next row, if there is one.
  bool Next() { return statement_.executeStep(); }
  // Runs a statement without rows; returns how many rows it changed.
  int Execute() { return statement_.exec(); }

  bool IsNull(int column) { return statement_.getColumn(column).isNull(); }
  std::int64_t Int(int column) {
    return statement_.getColumn(column).getInt64();
  }
  // Of a TEXT or a BLOB.
  std::string Bytes(int column) { return std::string(View(column)); }
  // Until the next row, and until the column is asked for as something else.
  std::string_view View(int column) {
    const SQLite::Column bytes = statement_.getColumn(column);
    const auto* data = static_cast<const char*>(bytes.getBlob());
    return {data, static_cast<std::size_t>(bytes.getBytes())};
  }
  Timestamp Time(int column) {
    return Timestamp(std::chrono::milliseconds(Int(column)));
  }

 private:
  template <class Enum, std::enable_if_t<std::is_enum_v<Enum>, int> = 0>
  void Bind(Enum value) {
    Bind(static_cast<std::int64_t>(value));
  }
  void Bind(bool value) { statement_.bind(next_++, value ? 1 : 0); }
  void Bind(int value) { statement_.bind(next_++, value); }
  void Bind(std::int64_t value) { statement_.bind(next_++, value); }
  // SQLite knows signed numbers alone; the bits are the same.
  void Bind(std::uint64_t value) { Bind(static_cast<std::int64_t>(value)); }
  void Bind(Timestamp time) { Bind(time.time_since_epoch().count()); }
  void Bind(const std::optional<MessageRef>& message) {
    if (message) {
      Bind(message->id);
      Bind(message->first_seen);
    } else {
      statement_.bind(next_++);
      statement_.bind(next_++);
    }
  }
  void Bind(const std::string& text) { statement_.bindNoCopy(next_++, text); }
  void Bind(const Blob& blob) {
    statement_.bindNoCopy(next_++, blob.data, static_cast<int>(blob.size));
  }
  template <class T>
  void Bind(const std::optional<T>& value) {
    if (value) {
      Bind(*value);
    } else {
      statement_.bind(next_++);
    }
  }

  SQLite::Statement& statement_;
  int next_ = 1;
};

// What statements read until its end is one state of the database. The writer
// is never in the way in WAL mode: a snapshot costs nothing.
class Snapshot {
 public:
  Snapshot(SQLite::Statement* begin, SQLite::Statement* end) : end_(*end) {
    Run(begin).Execute();
  }
  ~Snapshot() {
    end_.tryExecuteStep();
    end_.tryReset();
  }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  SQLite::Statement& end_;
};

// What `error` means to a caller, with SQLite's own words.
Error ErrorOf(const std::exception& error);

// Runs `work` and turns what SQLite throws into an error.
template <class Work>
auto Guard(Work&& work) -> decltype(work()) {
  try {
    return std::forward<Work>(work)();
  } catch (const std::exception& error) {
    return ErrorOf(error);
  }
}

// The columns that EventOfRow() reads, of an event `e`. Whether it is held is
// not stored.
inline constexpr const char* kEventColumns =
    "e.id, e.time, e.action, e.reason, e.class, e.permanent, e.standing,"
    " e.after_acceptance, e.wants_second_day, e.scope, e.relay, e.message,"
    " e.message_seen, e.voided_by IS NOT NULL";
// What IsDecisive() is true of; the words are those of the index.
inline constexpr const char* kIsDecisive =
    " e.merged_into IS NULL AND e.standing = 1"
    " AND (e.action = 1 AND e.class IN (1, 3) OR e.reason = 33)";
Event EventOfRow(Run* row, int first_column);

// The newest undo in force of a row of `table`, event or action; see undone.
inline std::string UndoOf(const std::string& table) {
  return "(SELECT max(u.undo) FROM undone AS u"
         " CROSS JOIN action AS by ON by.id = u.undo"
         " WHERE u.is_failure = " +
         std::string(table == "event" ? "1" : "0") + " AND u.what = " + table +
         ".id AND by.voided_by IS NULL)";
}

inline constexpr const char* kDecisionColumns =
    "d.scope, d.state, d.reason, d.since, d.until, d.event, d.action,"
    " d.contradicted";
Decision DecisionOfRow(Run* row, int first_column);

// What AlarmOfRow() reads of an alarm `al`.
inline constexpr const char* kAlarmColumns =
    "al.id, al.kind, al.name, al.raised, al.since, al.until, al.state,"
    " al.operator, al.actor, al.why, al.told";
Alarm AlarmOfRow(Run* row, int first_column);

// The columns id, kind, time, scope, reason and until.
ListAction ActionOfRow(Run* row, int first_column);

// The columns time, standing, proof, after_acceptance, scope, relay, message
// and message_seen of a witness.
Binding BindingOfRow(Run* row, int first_column);

std::optional<Timestamp> TimeOrNone(Run* row, int column);

// kCorrupt.
Result<Key128> KeyOfBytes(std::string_view bytes);

// The columns message and message_seen.
std::optional<MessageRef> MessageOfRow(Run* row, int first_column);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_SQLITE_STATEMENT_H_
