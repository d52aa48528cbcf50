#ifndef POSTBOUNCE_STORE_ORDERS_H_
#define POSTBOUNCE_STORE_ORDERS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mime/text/address.h"
#include "mime/text/result.h"
#include "mime/text/timestamp.h"
#include "store/event.h"

namespace postbounce {

// What a person can order. Values are stored; do not change them.
enum class OrderKind {
  kSuppress = 1,
  kRemove = 2,
  kAllow = 3,
  kDisallow = 4,
  kUndo = 5,
  kImport = 6,
  kForget = 7,
};
std::string_view OrderName(OrderKind kind);  // "suppress"

// Whom an order is about: an address, or all of a domain. Immutable.
class Subject {
 public:
  // An address, or "@" and a domain, of which subdomains are no part. kSyntax,
  // kLimit.
  static Result<Subject> Parse(std::string_view text);

  bool is_domain() const { return !address_; }
  const std::optional<Address>& address() const { return address_; }
  // In lower-case A-labels.
  const std::string& ascii_domain() const { return ascii_domain_; }
  std::string ToString() const;  // what Parse() takes

 private:
  std::optional<Address> address_;
  std::string ascii_domain_;
};

// Changes what the list says of each subject. The same order twice changes
// nothing more.
struct Order {
  OrderKind kind = OrderKind::kSuppress;  // neither kUndo nor kImport
  std::vector<Subject> subjects;
  std::string scope;  // of kSuppress and kRemove; empty: all mail
  Reason reason = Reason::kUnknown;  // of kSuppress
  std::optional<Timestamp> until;    // of kSuppress and kAllow
  std::string actor;                 // who orders it; not empty
  std::string why;
};

// A suppression as another program, or an export, tells it.
struct Imported {
  Subject subject;
  std::string scope;  // empty: all mail
  Reason reason = Reason::kUnknown;
  std::optional<Timestamp> since;  // none: now
  std::optional<Timestamp> until;
};

// Suppresses them as one set, which one undo takes back. What the list says
// already is not ordered again, and what a person has removed since stays so.
struct Import {
  std::vector<Imported> rows;  // at most kMaxImported
  std::string actor;           // not empty
  std::string why;
  bool dry_run = false;  // only finds out what it would do
};

struct ImportReport {
  std::optional<ActionId> action;  // of the set; none: a dry run, or no change
  std::size_t added = 0;           // were not suppressed before
  std::size_t changed = 0;         // for another reason, or until another time
  std::size_t known = 0;           // all others
};

// An order as it was stored, for one subject.
struct StoredOrder {
  ActionId id{};
  OrderKind kind = OrderKind::kSuppress;
  Timestamp time{};
  std::string subject;
  std::string scope;
  Reason reason = Reason::kUnknown;
  std::optional<Timestamp> until;
  std::string actor;
  std::string why;
  std::optional<ActionId> import;     // the set that it came with
  std::optional<ActionId> voided_by;  // the undo that took it back
};

// A place on the allow-list: not suppressed, whatever the list says.
struct Allowance {
  ActionId by{};
  std::optional<Timestamp> until;  // none: until an order ends it

  bool operator==(const Allowance&) const = default;
};

// An undo as it was stored, and how much it has taken back.
struct StoredUndo {
  StoredOrder order;  // of kUndo, about nobody
  std::size_t failures = 0;
  std::size_t orders = 0;
  std::optional<ActionId> of;  // the undo that it has taken back
};

// Who has changed the list.
enum class ChangeSource { kLog, kBounce, kOperator };

// What to undo: all that fits every member that is set.
struct UndoFilter {
  std::optional<Timestamp> since;  // when the list was changed
  std::optional<Timestamp> until;  // before that
  std::optional<Reason> reason;
  std::string rule;          // of an account that decided
  std::string ascii_domain;  // of the address
  std::optional<std::string> scope;
  std::optional<ChangeSource> source;
  std::string actor;               // of an order
  std::optional<ActionId> action;  // that order, import, or undo
  std::vector<Subject> subjects;
};

// Takes back what has changed the list: suppressions by making the failures
// behind them count no longer, orders as if they had never been given. That of
// an undo (by its id alone) restores what it had taken back.
struct Undo {
  UndoFilter filter;
  std::string actor;  // not empty
  std::string why;
  bool dry_run = false;  // only finds out what it would do
};

// So many places an undo may touch, and an import, which can be undone: mail
// waits while they work.
inline constexpr std::size_t kMaxUndone = 1'000'000;
inline constexpr std::size_t kMaxImported = kMaxUndone;

// What an undo does to one place on the list, or to one on the allow-list.
struct UndoEffect {
  std::string subject;
  Decision before;
  Decision after;
  std::optional<bool> allowed;  // on the allow-list from now on, or no longer
};

struct UndoReport {
  std::optional<ActionId> action;   // none: nothing fitted, or a dry run
  std::size_t failures = 0;         // that were voided or restored
  std::size_t orders = 0;           // the same
  std::vector<UndoEffect> effects;  // at most kShownEffects
};
inline constexpr std::size_t kShownEffects = 1000;

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_ORDERS_H_
