#ifndef POSTBOUNCE_STORE_APPLIER_H_
#define POSTBOUNCE_STORE_APPLIER_H_

#include <span>
#include <vector>

#include "store/address_keys.h"
#include "store/store.h"
#include "store/tables.h"

namespace postbounce {

// Store::Apply() for any database: one transaction, an item for each write,
// correlation, revision and the fold of each address that was touched.
Result<std::vector<Result<Outcome>>> ApplyWrites(Tables* tables,
                                                 const AddressKeys& keys,
                                                 std::span<const Write> writes,
                                                 Timestamp now);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_APPLIER_H_
