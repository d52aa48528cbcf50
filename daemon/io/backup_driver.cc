#include <chrono>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "daemon/hello.h"
#include "daemon/io/core.h"
#include "daemon/io/exchange.h"
#include "daemon/open_store.h"

namespace postbounce {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kReportEvery{200};

// What the reader's thread is given; the coroutine waits meanwhile.
struct Work {
  json::object request;
  std::vector<LogBytes> files;
  std::shared_ptr<const Runtime> runtime;
  std::unique_ptr<Backup> backup;
};

// A piece at a time, so that others are answered between them.
json::object Next(Work* work) {
  if (work->backup == nullptr) {
    auto backup = OpenBackup(work->runtime->config, work->files.front().fd());
    if (!backup) return Refusal(work->request, backup.error());
    work->backup = *std::move(backup);
  }
  const auto is_done = work->backup->Step();
  if (!is_done) return Refusal(work->request, is_done.error());
  return Answered(work->request, ReportOf(*work->backup, *is_done));
}

// Reports are few: a client that reads none of them must not hold up a snapshot
// of the store.
asio::awaitable<void> Copy(Core& core, Connection& connection,
                           const std::shared_ptr<Work>& work) {
  const std::function<json::object(Reader*)> next = [work](Reader*) {
    return Next(work.get());
  };
  Clock::time_point due = Clock::now();
  while (!core.stopping) {
    const json::object report = co_await core.OnReader(next);
    const json::value* done = report.if_contains("done");
    const bool goes_on =
        done != nullptr && done->is_bool() && !done->get_bool();
    if (!goes_on) work->backup.reset();
    if (goes_on && Clock::now() < due) continue;
    due = Clock::now() + kReportEvery;
    const bool is_heard = co_await Send(connection, report);
    if (!is_heard || !goes_on) co_return;
  }
}

}  // namespace

asio::awaitable<void> ServeBackup(Core& core,
                                  std::shared_ptr<Connection> connection,
                                  json::object request) {
  const auto known = CheckMembers(request);
  const Result<std::size_t> count =
      known ? Result<std::size_t>(1) : known.error();
  auto files = co_await ReceiveFiles(*connection, request, count);
  if (!files) co_return;
  const auto work = std::make_shared<Work>();
  work->request = std::move(request);
  work->files = *std::move(files);
  work->runtime = core.runtime;
  connection->working = true;
  co_await Copy(core, *connection, work);
  connection->working = false;
}

}  // namespace postbounce
