#include "store/list_fold.h"

#include <utility>

namespace postbounce {

void ListFold::SetActor(std::string actor, std::string why) {
  actor_ = std::move(actor);
  why_ = std::move(why);
}

Result<std::vector<ListChange>> ListFold::Finish() {
  std::vector<ListChange> changes;
  for (const AddressId address : touched_) {
    const auto revisions = judge_.Judge(address);
    if (!revisions) return revisions.error();
    for (const Revision& revision : *revisions) {
      const auto written = Write(address, revision, &changes);
      if (!written) return written.error();
    }
  }
  touched_.clear();
  return changes;
}

Result<void> ListFold::NoteAllowance(
    AddressId address, const std::optional<Allowance>& allowance) {
  Change change{now_, address, {}, {}, actor_, why_};
  if (allowance) {
    change.after.by = allowance->by;
    change.after.until = allowance->until;
  }
  return list_.AppendChange(change);
}

Result<void> ListFold::Write(AddressId address, const Revision& revision,
                             std::vector<ListChange>* changes) {
  const auto& [before, after] = revision;
  const auto written = list_.WriteDecision(address, after);
  if (!written) return written;
  const Change change{now_, address, before, after, actor_, why_};
  const auto logged = list_.AppendChange(change);
  if (!logged) return logged;
  if (each_) each_(change);
  const auto key = tables_.KeyOf(address);
  if (!key) return key.error();
  changes->push_back(
      {*key, after.scope, after.state, after.until, false, after.reason});
  return {};
}

}  // namespace postbounce
