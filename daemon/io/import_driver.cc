#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>
#include <vector>

#include "daemon/import_request.h"
#include "daemon/io/core.h"
#include "daemon/io/exchange.h"
#include "daemon/to_json.h"

namespace postbounce {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kReportEvery{200};

Result<std::unique_ptr<LogImport>> Start(Core& core, ImportRequest request,
                                         std::vector<LogBytes> files) {
  LogImport::Readers readers;
  for (std::unique_ptr<Reader>* reader : {&readers.recall, &readers.list}) {
    auto opened = core.store->OpenReader();
    if (!opened) return opened.error();
    *reader = *std::move(opened);
  }
  request.options.warning = core.site->problem;
  return std::make_unique<LogImport>(
      std::move(files), std::move(request.options),
      LogReading::Settings{core.runtime, core.site}, std::move(readers),
      [&core](SharedLogBatch batch, Committer::Done done) {
        core.committer->SubmitLog(std::move(batch), std::move(done));
      });
}

json::object ReportOf(const LogImport& import, bool is_done) {
  json::object answer = ToJson(import.Now());
  answer["ok"] = true;
  answer["done"] = is_done;
  return answer;
}

// Until it has ended, which it soon does when nobody listens any more or the
// daemon stops.
asio::awaitable<void> Report(Core& core, Connection& connection,
                             LogImport& import) {
  asio::steady_timer timer(core.loop);
  for (bool is_heard = true;;) {
    const bool has_ended = import.Wait({});
    if (is_heard) {
      const json::object answer = ReportOf(import, has_ended);
      is_heard = !core.stopping && co_await Send(connection, answer);
    }
    if (has_ended) co_return;
    if (!is_heard) import.Interrupt();
    timer.expires_after(kReportEvery);
    co_await timer.async_wait(kAsTuple);
  }
}

}  // namespace

asio::awaitable<void> ServeImport(Core& core,
                                  std::shared_ptr<Connection> connection,
                                  json::object request) {
  auto parsed = ImportRequest::Parse(request, core.runtime->config);
  const Result<std::size_t> count =
      parsed ? Result<std::size_t>(parsed->files) : parsed.error();
  auto files = co_await ReceiveFiles(*connection, request, count);
  if (!files) co_return;
  const auto import = Start(core, *std::move(parsed), *std::move(files));
  if (!import) {
    co_await Refuse(*connection, request, import.error());
    co_return;
  }
  connection->working = true;
  co_await Report(core, *connection, **import);
  connection->working = false;
}

}  // namespace postbounce
