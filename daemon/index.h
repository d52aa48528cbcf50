#ifndef POSTBOUNCE_DAEMON_INDEX_H_
#define POSTBOUNCE_DAEMON_INDEX_H_

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "daemon/finding.h"
#include "daemon/key_maker.h"
#include "daemon/place_table.h"
#include "mime/text/digest.h"
#include "mime/text/timestamp.h"
#include "store/store.h"

namespace postbounce {

// Which addresses are suppressed, in memory. It follows the store: each commit
// changes it before anybody is told of that commit. Thread-safe.
class Index {
 public:
  // Nobody who looks waits for more than a thousand of the changes.
  void Apply(std::span<const ListChange> changes);

  // Places on the list that are known, be they over or on the allow-list.
  std::size_t size() const;

  // The index as it stands: it does not change while this lives, which should
  // be for a moment.
  class View {
   public:
    // An address and its domain, for mail of the scope; without one, for all
    // mail. The allow-list wins, then what suppresses; the address comes before
    // its domain, and all mail before a scope. Expiry needs no commit: it is
    // read here, to the second.
    Finding Find(const SubjectKeys& keys, std::string_view scope,
                 Timestamp now) const;

    // Fetch what Find() reads of these into the cache, the second after the
    // first. Where many are looked up, nearly all of the time would go into
    // waiting for memory.
    void FetchBuckets(const SubjectKeys& keys) const;
    void FetchSlots(const SubjectKeys& keys) const;

   private:
    friend class Index;
    explicit View(const Index& index) : lock_(index.mutex_), index_(index) {}

    const std::unique_lock<std::mutex> lock_;
    const Index& index_;
  };
  View Look() const { return View(*this); }

 private:
  void ApplyOne(const ListChange& change);
  bool IsAllowed(const Key128& key, Timestamp now) const;
  // Adds what is known of an address and its domain, for mail of the scope that
  // masks keys so.
  void Weigh(const SubjectKeys& keys, const Key128& mask, Timestamp now,
             Finding* finding) const;

  mutable std::mutex mutex_;
  PlaceTable listed_;
  PlaceTable allowed_;
  // Of each scope that anything was listed for: what its keys are masked with.
  std::map<std::string, Key128, std::less<>> scopes_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_INDEX_H_
