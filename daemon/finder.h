#ifndef POSTBOUNCE_DAEMON_FINDER_H_
#define POSTBOUNCE_DAEMON_FINDER_H_

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "daemon/counters.h"
#include "daemon/finding.h"
#include "daemon/index.h"
#include "daemon/key_maker.h"
#include "daemon/site.h"
#include "mime/text/result.h"
#include "mime/text/timestamp.h"

namespace postbounce {

// Asks the index for addresses as people write them. For a desk's thread.
class Finder {
 public:
  // All of these must outlive it; the site may be replaced. `counters` may be
  // null.
  Finder(const Index& index, KeyMaker& keys,
         const std::shared_ptr<const Site>& site,
         CounterShare* counters = nullptr)
      : index_(index), keys_(keys), site_(site), counters_(counters) {}

  // Fills in what is found; kSyntax and kLimit as of Address::Parse().
  void Find(std::span<Asked> asked, Timestamp now);
  // Of one, for mail of the scope; likewise.
  Result<Finding> FindIn(std::string_view address, std::string_view scope,
                         Timestamp now);

 private:
  const Index& index_;
  KeyMaker& keys_;
  const std::shared_ptr<const Site>& site_;
  CounterShare* const counters_;
  std::vector<SubjectKeys> made_;  // room that is used again
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_FINDER_H_
