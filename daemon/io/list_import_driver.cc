#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "daemon/io/core.h"
#include "daemon/io/exchange.h"
#include "daemon/list_import.h"

namespace postbounce {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

// What the reader's thread is given; the coroutine waits meanwhile.
struct Work {
  json::object request;
  ListImport parsed;
  std::vector<LogBytes> files;
  std::shared_ptr<const Site> site;
};

json::object Read(Work* work) {
  const auto read =
      work->parsed.Read(work->files.front(), work->site->policy.scopes, Now());
  return read ? json::object() : Refusal(work->request, read.error());
}

}  // namespace

asio::awaitable<void> ServeListImport(Core& core,
                                      std::shared_ptr<Connection> connection,
                                      json::object request) {
  auto parsed = ListImport::Parse(request);
  const Result<std::size_t> count =
      parsed ? Result<std::size_t>(1) : parsed.error();
  auto files = co_await ReceiveFiles(*connection, request, count);
  if (!files) co_return;
  const auto work = std::make_shared<Work>();
  work->request = std::move(request);
  work->parsed = *std::move(parsed);
  work->files = *std::move(files);
  work->site = core.site;
  connection->working = true;
  const std::function<json::object(Reader*)> read = [work](Reader*) {
    return Read(work.get());
  };
  json::object answer = co_await core.OnReader(read);
  if (answer.empty()) {
    Write write(std::move(work->parsed.import));
    const Result<Outcome> outcome = co_await core.StoreWrite(std::move(write));
    answer = outcome ? Answered(work->request, work->parsed.ToJson(*outcome))
                     : Refusal(work->request, outcome.error());
    answer["done"] = true;
  }
  co_await Send(*connection, answer);
  connection->working = false;
}

}  // namespace postbounce
