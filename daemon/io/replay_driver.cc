#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "daemon/io/core.h"
#include "daemon/io/exchange.h"
#include "daemon/replay_walk.h"

namespace postbounce {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

// What the reader's thread is given; the coroutine waits meanwhile.
struct Work {
  json::object request;
  std::vector<LogBytes> files;
  std::shared_ptr<const Runtime> runtime;
  std::shared_ptr<const Site> site;
  std::unique_ptr<ReplayWalk> walk;
};

json::object Next(Work* work, Reader* reader) {
  if (work->walk == nullptr) {
    auto rules = ReadRules(std::move(work->files));
    if (!rules) return Refusal(work->request, rules.error());
    work->walk = std::make_unique<ReplayWalk>(work->runtime, work->site,
                                              *std::move(rules));
  }
  auto report = work->walk->Next(reader, Now());
  if (report) (*report)["done"] = false;
  return Answered(work->request, std::move(report));
}

// A page at a time, so that others are answered and stored between them.
asio::awaitable<void> Walk(Core& core, Connection& connection, bool apply,
                           const std::shared_ptr<Work>& work) {
  const std::function<json::object(Reader*)> next = [work](Reader* reader) {
    return Next(work.get(), reader);
  };
  while (!core.stopping &&
         (work->walk == nullptr || !work->walk->has_ended())) {
    json::object report = co_await core.OnReader(next);
    const bool is_refused = !report.contains("done");
    if (!is_refused && apply) {
      std::vector<Write> writes = work->walk->TakeWrites();
      const Result<void> applied = co_await core.StoreAll(std::move(writes));
      if (!applied) report = Refusal(work->request, applied.error());
    }
    const bool is_heard = co_await Send(connection, report);
    if (!is_heard || !report.contains("done")) co_return;
  }
  if (core.stopping) co_return;
  json::object summary = work->walk->Summary();
  summary["done"] = true;
  const json::object answer = Answered(work->request, std::move(summary));
  co_await Send(connection, answer);
}

}  // namespace

asio::awaitable<void> ServeReplay(Core& core,
                                  std::shared_ptr<Connection> connection,
                                  json::object request) {
  auto parsed = ReplayRequest::Parse(request);
  const auto possible = CheckReplay(core.runtime->config);
  if (!possible) parsed = possible.error();
  const Result<std::size_t> count =
      parsed ? Result<std::size_t>(parsed->files) : parsed.error();
  auto files = co_await ReceiveFiles(*connection, request, count);
  if (!files) co_return;
  const auto work = std::make_shared<Work>();
  work->request = std::move(request);
  work->files = *std::move(files);
  work->runtime = core.runtime;
  work->site = core.site;
  connection->working = true;
  co_await Walk(core, *connection, parsed->apply, work);
  connection->working = false;
}

}  // namespace postbounce
