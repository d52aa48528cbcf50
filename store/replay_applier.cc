#include "store/replay_applier.h"

#include <map>
#include <utility>

namespace postbounce {

Result<void> ApplyReplay(const Replay& replay, const ApplierParts& parts,
                         ReplayTables* tables, ListFold* fold) {
  fold->SetActor("replay", "");
  std::map<EventId, ReplayTables::Told> events;
  for (const Rejudged& one : replay.rejudged) {
    auto told =
        tables->Rejudge(one.mail, one.ordinal, one.verdict, replay.rules_hash);
    if (!told) return told.error();
    if (*told) events.emplace((*told)->event.id, **std::move(told));
  }
  MailApplier applier(parts, fold);
  for (const auto& [event, told] : events) {
    const auto rebuilt = applier.Rebuild(told.address, told.event);
    if (!rebuilt) return rebuilt;
    if (told.domain) fold->Touch(*told.domain);
  }
  for (const AddressId address : replay.addresses) fold->Touch(address);
  return {};
}

}  // namespace postbounce
