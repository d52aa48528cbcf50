#ifndef POSTBOUNCE_DAEMON_PLACE_TABLE_H_
#define POSTBOUNCE_DAEMON_PLACE_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "classifier/reason.h"
#include "mime/text/digest.h"
#include "mime/text/timestamp.h"

namespace postbounce {

// What a table says of one key.
struct Place {
  Reason reason = Reason::kUnknown;
  bool is_held = false;
  std::optional<Timestamp> until;  // none: until something else happens

  bool operator==(const Place&) const = default;
};

// Places by key, in sixteen bytes each and at most a sixteenth for growth. The
// first 96 bits of a key stand for it: keys are keyed hashes, so that two of a
// thousand million agree in these once in a hundred thousand million tables.
// Times are kept in seconds, rounded up. Growing never moves more than a
// bucket, one of 65 536. Not thread-safe.
class PlaceTable {
 public:
  PlaceTable() : buckets_(kBuckets) {}

  void Set(const Key128& key, const Place& place);
  void Erase(const Key128& key);
  std::optional<Place> Find(const Key128& key) const;
  // Fetch what Find() reads into the cache: the bucket, then the slot in it.
  void FetchBucket(const Key128& key) const;
  void FetchSlot(const Key128& key) const;
  std::size_t size() const { return size_; }

 private:
  static constexpr std::size_t kBuckets = 1u << 16;

  // The first 16 bits of a key choose the bucket; 80 more are kept.
  struct Slot {
    std::uint64_t high;
    std::uint16_t low;
    std::uint16_t what;   // reason, and whether it is held
    std::uint32_t until;  // seconds since 1970; the maximum: for ever

    bool IsBefore(const Slot& other) const {
      return high != other.high ? high < other.high : low < other.low;
    }
    bool IsAt(const Slot& other) const {
      return high == other.high && low == other.low;
    }
  };
  static_assert(sizeof(Slot) == 16);
  using Bucket = std::vector<Slot>;  // in the order of keys

  static std::size_t BucketOf(const Key128& key);
  static Slot SlotOf(const Key128& key);
  static std::size_t GuessOf(const Bucket& bucket, const Slot& slot);
  static std::size_t PositionOf(const Bucket& bucket, const Slot& slot);

  std::vector<Bucket> buckets_;
  std::size_t size_ = 0;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_PLACE_TABLE_H_
