#ifndef POSTBOUNCE_DAEMON_LOOKUPS_H_
#define POSTBOUNCE_DAEMON_LOOKUPS_H_

#include <memory>
#include <utility>

#include "daemon/finder.h"
#include "daemon/gate.h"
#include "daemon/index.h"
#include "daemon/key_maker.h"
#include "daemon/log.h"
#include "daemon/runtime.h"
#include "daemon/site.h"
#include "store/reader.h"

namespace postbounce {

// What a desk looks things up in. All but the index belongs to its thread.
struct Lookups {
  // `index_of_all` must outlive this.
  Lookups(const Index& index_of_all, std::unique_ptr<Reader> store,
          CounterShare* count_by)
      : index(index_of_all),
        reader(std::move(store)),
        keys(reader->keys()),
        counters(count_by) {}

  Finder finder() { return Finder(index, keys, site, counters); }

  std::shared_ptr<const Runtime> runtime;
  std::shared_ptr<const Site> site;
  const Index& index;
  const std::unique_ptr<Reader> reader;
  KeyMaker keys;
  CounterShare* const counters;  // of the desk's thread
  Gate gate{{index, keys, runtime, site,
             [this](const Key128& key) { return reader->Decisions(key); },
             Log}};
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LOOKUPS_H_
