#include "daemon/index.h"

#include <algorithm>

namespace postbounce {
namespace {

constexpr Key128 kAllMail{};

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
  for (const ListChange& change : changes) {
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

Finding Index::Find(const SubjectKeys& keys, std::string_view scope,
                    Timestamp now) const {
  Finding finding;
  const bool is_allowed =
      allowed_.size() > 0 &&
      (IsAllowed(keys.address, now) || IsAllowed(keys.domain, now));
  if (is_allowed) return finding;
  Weigh(keys, kAllMail, now, &finding);
  const auto mask = scope.empty() ? scopes_.end() : scopes_.find(scope);
  if (mask != scopes_.end()) Weigh(keys, mask->second, now, &finding);
  return finding;
}

}  // namespace postbounce
