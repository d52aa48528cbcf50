#ifndef POSTBOUNCE_STORE_SQLITE_EXPORTED_ROW_H_
#define POSTBOUNCE_STORE_SQLITE_EXPORTED_ROW_H_

#include <string>
#include <string_view>

#include "store/exported.h"
#include "store/reader.h"
#include "store/sqlite/statement.h"

namespace postbounce {

// In lower-case A-labels; empty for what is no address.
std::string AsciiDomainOf(std::string_view address);

// Whether the query asks for places of such an address at all.
bool IsAsked(const ListQuery& query, const Exported& place);
// Whether it is what the query asks for, as long as it is enforced.
bool Fits(const ListQuery& query, const Exported& place);

// What ReadPlace() reads of a decision `d`, and of a place on the allow-list
// `w`.
inline constexpr const char* kPlaceColumns =
    "d.reason, d.since, d.until, w.address, w.until";
// False: the allow-list overrules it.
bool ReadPlace(Run* row, int first, Timestamp now, Exported* to);
void ReadKey(Run* row, int column, Exported* to);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_SQLITE_EXPORTED_ROW_H_
