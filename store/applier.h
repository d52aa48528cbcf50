#ifndef POSTBOUNCE_STORE_APPLIER_H_
#define POSTBOUNCE_STORE_APPLIER_H_

#include <span>
#include <vector>

#include "store/address_keys.h"
#include "store/log_writer.h"
#include "store/store.h"
#include "store/tables.h"

namespace postbounce {

// What a store has open. The writer keeps in memory what its own tables hold.
struct Database {
  Tables* tables;
  LogWriter* writer;
};

// Store::Apply() for any database: one transaction, an item for each write,
// correlation, revision and the fold of each address that was touched.
Result<std::vector<Result<Outcome>>> ApplyWrites(const Database& database,
                                                 const AddressKeys& keys,
                                                 std::span<const Write> writes,
                                                 Timestamp now);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_APPLIER_H_
