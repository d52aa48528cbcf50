#include "daemon/cli/replay_here.h"

#include <utility>

#include "daemon/clock.h"
#include "daemon/replay_walk.h"

namespace postbounce {
namespace {

Result<void> Apply(Store* store, const std::vector<Write>& writes) {
  for (const Write& write : writes) {
    const auto outcomes = store->Apply({&write, 1}, Now());
    if (!outcomes) return outcomes.error();
    if (!outcomes->front()) return outcomes->front().error();
  }
  return {};
}

}  // namespace

Result<boost::json::object> ReplayHere(
    Store* store, Reader* reader, std::shared_ptr<const Runtime> runtime,
    std::shared_ptr<const Site> site, const boost::json::object& request,
    std::vector<OpenFile> files,
    const std::function<void(const boost::json::object&)>& progress) {
  const auto parsed = ReplayRequest::Parse(request);
  if (!parsed) return parsed.error();
  const auto possible = CheckReplay(runtime->config);
  if (!possible) return possible.error();
  std::vector<LogBytes> bytes;
  for (OpenFile& file : files) {
    bytes.emplace_back(std::move(file.fd), std::move(file.name));
  }
  auto rules = ReadRules(std::move(bytes));
  if (!rules) return rules.error();
  ReplayWalk walk(std::move(runtime), std::move(site), *std::move(rules));
  while (!walk.has_ended()) {
    const auto report = walk.Next(reader, Now());
    if (!report) return report;
    if (parsed->apply) {
      const auto applied = Apply(store, walk.TakeWrites());
      if (!applied) return applied.error();
    }
    progress(*report);
  }
  return walk.Summary();
}

}  // namespace postbounce
