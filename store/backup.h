#ifndef POSTBOUNCE_STORE_BACKUP_H_
#define POSTBOUNCE_STORE_BACKUP_H_

#include <cstdint>

#include "mime/text/result.h"

namespace postbounce {

// A copy of a store as it was when the copying began, while others write to it.
// Its destructor gives up what is not copied. For one thread at a time.
class Backup {
 public:
  virtual ~Backup() = default;

  // Copies some more. True: all is copied, but not synced to the disk.
  virtual Result<bool> Step() = 0;
  virtual std::uint64_t copied() const = 0;  // bytes
  virtual std::uint64_t total() const = 0;   // bytes; 0 before the first step
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_BACKUP_H_
