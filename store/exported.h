#ifndef POSTBOUNCE_STORE_EXPORTED_H_
#define POSTBOUNCE_STORE_EXPORTED_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "classifier/reason.h"
#include "mime/text/timestamp.h"

namespace postbounce {

// A place on the list, for other programs. Texts live until the function that
// is given it returns.
struct Exported {
  std::int64_t address_id = 0;  // small; nothing else has the same
  std::string_view address;     // empty: it was forgotten
  std::string_view scope;
  std::uint64_t hash = 0;  // HashOf its key
  Reason reason = Reason::kUnknown;
  Timestamp since{};
  std::optional<Timestamp> until;

  // Of changes: whether it is enforced, and passes what the query asks for;
  // else only address, scope and hash are told. And whether it may have been so
  // before.
  bool is_listed = true;
  bool was_listed = false;
};
using EachExported = std::function<void(const Exported&)>;

// How far the change log was, and when, as a cursor of exports.
struct ChangeMark {
  std::int64_t seq = 0;     // 0: nothing had ever changed
  std::uint64_t check = 0;  // what only this change of this store has
  Timestamp time{};

  bool operator==(const ChangeMark&) const = default;
};

// After `from`, up to `to`.
struct ChangeInterval {
  ChangeMark from, to;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_EXPORTED_H_
