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

// What the desk looks things up in. All of it belongs to the desk's thread.
struct Lookups {
  explicit Lookups(std::unique_ptr<Reader> store)
      : reader(std::move(store)), keys(reader->keys()) {}

  Finder finder() { return Finder(index, keys, site); }

  std::shared_ptr<const Runtime> runtime;
  std::shared_ptr<const Site> site;
  const std::unique_ptr<Reader> reader;
  Index index;
  KeyMaker keys;
  Gate gate{{index, keys, runtime, site,
             [this](const Key128& key) { return reader->Decisions(key); },
             Log}};
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LOOKUPS_H_
