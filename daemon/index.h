#ifndef POSTBOUNCE_DAEMON_INDEX_H_
#define POSTBOUNCE_DAEMON_INDEX_H_

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

#include "mime/text/digest.h"
#include "mime/text/timestamp.h"
#include "store/store.h"

namespace postbounce {

// Which addresses are suppressed, in memory. It follows the store: each commit
// changes it before anybody is told of that commit. Not thread-safe: the
// loop's thread owns it.
class Index {
 public:
  void Apply(std::span<const ListChange> changes) {
    for (const ListChange& change : changes) {
      const Key128 key = InScope(change.key, change.scope);
      Places& places = change.is_allowed ? allowed_ : entries_;
      if (change.state == ListState::kActive) {
        places[key] = change.until.value_or(Timestamp::max());
      } else {
        places.erase(key);
      }
    }
  }

  // An address and its domain, for mail of the scope; without one, for all
  // mail. Expiry needs no commit: it is read here.
  bool IsSuppressed(const Key128& address, const Key128& domain,
                    std::string_view scope, Timestamp now) const {
    if (Has(allowed_, address, now) || Has(allowed_, domain, now)) return false;
    return IsListed(address, scope, now) || IsListed(domain, scope, now);
  }

  std::size_t size() const { return entries_.size(); }

 private:
  static Key128 InScope(Key128 key, std::string_view scope) {
    if (scope.empty()) return key;
    const Digest digest = Sha256(scope);
    for (std::size_t i = 0; i < key.size(); ++i) key[i] ^= digest[i];
    return key;
  }

  // Keys are keyed hashes already: any eight bytes of one are a good hash.
  struct FirstBytes {
    using is_avalanching = void;
    std::size_t operator()(const Key128& key) const {
      std::size_t hash;
      std::memcpy(&hash, key.data(), sizeof hash);
      return hash;
    }
  };
  // Until when.
  using Places = boost::unordered_flat_map<Key128, Timestamp, FirstBytes>;

  static bool Has(const Places& places, const Key128& key, Timestamp now) {
    const auto entry = places.find(key);
    return entry != places.end() && now < entry->second;
  }

  bool IsListed(const Key128& key, std::string_view scope,
                Timestamp now) const {
    if (Has(entries_, key, now)) return true;
    return !scope.empty() && Has(entries_, InScope(key, scope), now);
  }

  Places entries_;
  Places allowed_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_INDEX_H_
