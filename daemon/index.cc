#include "daemon/index.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace postbounce {
namespace {

constexpr Key128 kAllMail{};
constexpr std::size_t kAtOnce = 1000;

Key128 MaskOf(std::string_view scope) {
  Key128 mask;
  std::copy_n(Sha256(scope).begin(), mask.size(), mask.begin());
  return mask;
}

Key128 Masked(Key128 key, const Key128& mask) {
  for (std::size_t i = 0; i < key.size(); ++i) key[i] ^= mask[i];
  return key;
}

bool IsOver(const Place& place, Timestamp now) {
  return place.until && *place.until <= now;
}

}  // namespace

void Index::Apply(std::span<const ListChange> changes) {
  for (;;) {
    const std::size_t count = std::min(changes.size(), kAtOnce);
    {
      const std::lock_guard lock(mutex_);
      for (const ListChange& change : changes.first(count)) ApplyOne(change);
    }
    changes = changes.subspan(count);
    if (changes.empty()) return;
    // A mutex is fair only to those who wait for it without haste.
    std::this_thread::sleep_for(std::chrono::microseconds(1));
  }
}

void Index::ApplyOne(const ListChange& change) {
  Key128 key = change.key;
  if (!change.scope.empty()) {
    auto scope = scopes_.find(change.scope);
    if (scope == scopes_.end()) {
      scope = scopes_.emplace(change.scope, MaskOf(change.scope)).first;
    }
    key = Masked(key, scope->second);
  }
  PlaceTable& table = change.is_allowed ? allowed_ : listed_;
  const bool is_held = change.state == ListState::kHeld;
  if (is_held || change.state == ListState::kActive) {
    table.Set(key, {change.reason, is_held, change.until});
  } else {
    table.Erase(key);
  }
}

std::size_t Index::size() const {
  const std::lock_guard lock(mutex_);
  return listed_.size();
}

bool Index::IsAllowed(const Key128& key, Timestamp now) const {
  const auto place = allowed_.Find(key);
  return place && !IsOver(*place, now);
}

void Index::Weigh(const SubjectKeys& keys, const Key128& mask, Timestamp now,
                  Finding* finding) const {
  for (const Key128* key : {&keys.address, &keys.domain}) {
    if (finding->is_suppressed()) return;
    const auto place = listed_.Find(Masked(*key, mask));
    if (!place || IsOver(*place, now)) continue;
    const ListState state =
        place->is_held ? ListState::kHeld : ListState::kActive;
    if (!finding->Weigh(state, place->reason)) continue;
    finding->key = *key;
    finding->is_domain = key == &keys.domain;
    finding->in_scope = &mask != &kAllMail;
  }
}

void Index::View::FetchBuckets(const SubjectKeys& keys) const {
  index_.listed_.FetchBucket(keys.address);
  index_.listed_.FetchBucket(keys.domain);
}

void Index::View::FetchSlots(const SubjectKeys& keys) const {
  index_.listed_.FetchSlot(keys.address);
  index_.listed_.FetchSlot(keys.domain);
}

Finding Index::View::Find(const SubjectKeys& keys, std::string_view scope,
                          Timestamp now) const {
  Finding finding;
  const bool is_allowed =
      index_.allowed_.size() > 0 && (index_.IsAllowed(keys.address, now) ||
                                     index_.IsAllowed(keys.domain, now));
  if (is_allowed) return finding;
  index_.Weigh(keys, kAllMail, now, &finding);
  const auto& scopes = index_.scopes_;
  const auto mask = scope.empty() ? scopes.end() : scopes.find(scope);
  if (mask != scopes.end()) index_.Weigh(keys, mask->second, now, &finding);
  return finding;
}

}  // namespace postbounce
