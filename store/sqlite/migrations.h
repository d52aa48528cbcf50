#ifndef POSTBOUNCE_STORE_SQLITE_MIGRATIONS_H_
#define POSTBOUNCE_STORE_SQLITE_MIGRATIONS_H_

#include <span>

namespace postbounce {

// The statements that make version n + 1 of the tables out of version n. One
// that was released is never changed.
std::span<const char* const> Migrations();

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_SQLITE_MIGRATIONS_H_
