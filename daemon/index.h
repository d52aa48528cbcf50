#ifndef POSTBOUNCE_DAEMON_INDEX_H_
#define POSTBOUNCE_DAEMON_INDEX_H_

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstring>
#include <optional>
#include <span>

#include "mime/text/digest.h"
#include "mime/text/timestamp.h"
#include "store/store.h"

namespace postbounce {

// Which addresses are suppressed, in memory. It follows the store: each commit
// changes it before anybody is told of that commit. Not thread-safe: the
// loop's thread owns it.
class Index {
 public:
  void Add(const Key128& key, std::optional<Timestamp> until) {
    entries_[key] = until.value_or(Timestamp::max());
  }

  void Apply(std::span<const ListChange> changes) {
    for (const ListChange& change : changes) {
      if (change.state == ListState::kActive) {
        Add(change.key, change.until);
      } else {
        entries_.erase(change.key);
      }
    }
  }

  // Expiry needs no commit: it is read here.
  bool IsSuppressed(const Key128& key, Timestamp now) const {
    const auto entry = entries_.find(key);
    return entry != entries_.end() && now < entry->second;
  }

  std::size_t size() const { return entries_.size(); }

 private:
  // Keys are keyed hashes already: any eight bytes of one are a good hash.
  struct FirstBytes {
    using is_avalanching = void;
    std::size_t operator()(const Key128& key) const {
      std::size_t hash;
      std::memcpy(&hash, key.data(), sizeof hash);
      return hash;
    }
  };
  boost::unordered_flat_map<Key128, Timestamp, FirstBytes> entries_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_INDEX_H_
