#include "daemon/finder.h"

#include <string>

namespace postbounce {

void Finder::Find(std::span<Asked> asked, Timestamp now) {
  if (counters_ != nullptr) counters_->Add(Tally::kChecks, 0, asked.size());
  made_.resize(asked.size());
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const auto keys = keys_.Of(asked[i].address);
    if (keys) {
      made_[i] = *keys;
    } else {
      asked[i].finding = keys.error();
    }
  }
  const Index::View view = index_.Look();
  for (const SubjectKeys& keys : made_) view.FetchBuckets(keys);
  for (const SubjectKeys& keys : made_) view.FetchSlots(keys);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    Asked& one = asked[i];
    if (!one.finding) continue;
    const std::string scope =
        one.sender.empty() ? "" : site_->policy.scopes.NameOf(one.sender);
    one.finding = view.Find(made_[i], scope, now);
  }
}

Result<Finding> Finder::FindIn(std::string_view address, std::string_view scope,
                               Timestamp now) {
  if (counters_ != nullptr) counters_->Add(Tally::kChecks, 0);
  const auto keys = keys_.Of(address);
  if (!keys) return keys.error();
  return index_.Look().Find(*keys, scope, now);
}

}  // namespace postbounce
