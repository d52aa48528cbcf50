#include "daemon/place_table.h"

#include <chrono>
#include <cstring>
#include <limits>

namespace postbounce {
namespace {

using std::chrono::seconds;

constexpr std::uint16_t kHeld = 1u << 15;
constexpr std::uint32_t kForEver = std::numeric_limits<std::uint32_t>::max();

template <class Number>
Number NumberAt(const Key128& key, std::size_t offset) {
  Number number;
  std::memcpy(&number, key.data() + offset, sizeof number);
  return number;
}

std::uint32_t SecondsOf(const std::optional<Timestamp>& until) {
  if (!until) return kForEver;
  const auto whole = std::chrono::ceil<seconds>(until->time_since_epoch());
  if (whole < seconds(0)) return 0;
  return whole < seconds(kForEver) ? static_cast<std::uint32_t>(whole.count())
                                   : kForEver;
}

std::uint16_t WhatOf(const Place& place) {
  const auto reason = static_cast<std::uint16_t>(place.reason);
  return place.is_held ? reason | kHeld : reason;
}

}  // namespace

std::size_t PlaceTable::BucketOf(const Key128& key) {
  return NumberAt<std::uint16_t>(key, 0);
}

PlaceTable::Slot PlaceTable::SlotOf(const Key128& key) {
  return {NumberAt<std::uint64_t>(key, 2), NumberAt<std::uint16_t>(key, 10), 0,
          0};
}

// Keys are evenly spread, so that their own value tells roughly where they
// stand.
std::size_t PlaceTable::GuessOf(const Bucket& bucket, const Slot& slot) {
  __extension__ using Product = unsigned __int128;
  return static_cast<std::size_t>((Product{slot.high} * bucket.size()) >> 64);
}

// Of the first slot that is not before `slot`.
std::size_t PlaceTable::PositionOf(const Bucket& bucket, const Slot& slot) {
  std::size_t at = GuessOf(bucket, slot);
  while (at > 0 && !bucket[at - 1].IsBefore(slot)) --at;
  while (at < bucket.size() && bucket[at].IsBefore(slot)) ++at;
  return at;
}

void PlaceTable::Set(const Key128& key, const Place& place) {
  Bucket& bucket = buckets_[BucketOf(key)];
  Slot slot = SlotOf(key);
  slot.what = WhatOf(place);
  slot.until = SecondsOf(place.until);
  const std::size_t at = PositionOf(bucket, slot);
  if (at < bucket.size() && bucket[at].IsAt(slot)) {
    bucket[at] = slot;
    return;
  }
  if (bucket.size() == bucket.capacity()) {
    bucket.reserve(bucket.size() + bucket.size() / 16 + 1);
  }
  bucket.insert(bucket.begin() + static_cast<std::ptrdiff_t>(at), slot);
  ++size_;
}

void PlaceTable::Erase(const Key128& key) {
  Bucket& bucket = buckets_[BucketOf(key)];
  const Slot slot = SlotOf(key);
  const std::size_t at = PositionOf(bucket, slot);
  if (at == bucket.size() || !bucket[at].IsAt(slot)) return;
  bucket.erase(bucket.begin() + static_cast<std::ptrdiff_t>(at));
  --size_;
}

void PlaceTable::FetchBucket(const Key128& key) const {
  __builtin_prefetch(&buckets_[BucketOf(key)]);
}

void PlaceTable::FetchSlot(const Key128& key) const {
  const Bucket& bucket = buckets_[BucketOf(key)];
  __builtin_prefetch(bucket.data() + GuessOf(bucket, SlotOf(key)));
}

std::optional<Place> PlaceTable::Find(const Key128& key) const {
  const Bucket& bucket = buckets_[BucketOf(key)];
  const Slot wanted = SlotOf(key);
  const std::size_t at = PositionOf(bucket, wanted);
  if (at == bucket.size() || !bucket[at].IsAt(wanted)) return std::nullopt;
  const Slot& slot = bucket[at];
  Place place;
  place.is_held = (slot.what & kHeld) != 0;
  place.reason = static_cast<Reason>(slot.what & ~kHeld);
  if (slot.until != kForEver) place.until = Timestamp(seconds(slot.until));
  return place;
}

}  // namespace postbounce
