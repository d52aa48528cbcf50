#include "daemon/cli/import_here.h"

#include <chrono>
#include <span>
#include <utility>

#include "daemon/clock.h"
#include "daemon/import_request.h"
#include "daemon/site.h"
#include "daemon/to_json.h"

namespace postbounce {
namespace {

constexpr std::chrono::milliseconds kReportEvery{200};
constexpr int kCheckpointEvery = 20;  // batches

}  // namespace

Result<boost::json::object> ImportHere(
    Store* store, std::shared_ptr<const Runtime> runtime,
    std::shared_ptr<const Site> site, const boost::json::object& request,
    std::vector<OpenFile> files,
    const std::function<void(const boost::json::object&)>& progress) {
  auto parsed = ImportRequest::Parse(request, runtime->config);
  if (!parsed) return parsed.error();
  LogImport::Readers readers;
  for (std::unique_ptr<Reader>* reader : {&readers.recall, &readers.list}) {
    auto opened = store->OpenReader();
    if (!opened) return opened.error();
    *reader = *std::move(opened);
  }
  std::vector<LogBytes> bytes;
  for (OpenFile& file : files) {
    bytes.emplace_back(std::move(file.fd), std::move(file.name));
  }
  // Where it is not known whose mail is whose, no failure counts.
  parsed->options.warning = site->problem;
  LogReading::Settings settings{std::move(runtime), std::move(site)};
  int batches = 0;
  LogImport import(std::move(bytes), std::move(parsed->options),
                   std::move(settings), std::move(readers),
                   [store, &batches](const SharedLogBatch& batch,
                                     const Committer::Done& done) {
                     const Write writes[] = {batch};
                     auto outcomes = store->Apply(writes, Now());
                     if (++batches % kCheckpointEvery == 0) {
                       static_cast<void>(store->Checkpoint());
                     }
                     done(outcomes ? std::move(outcomes->front())
                                   : Result<Outcome>(outcomes.error()));
                   });
  while (!import.Wait(kReportEvery)) progress(ToJson(import.Now()));
  import.Stop();
  return ToJson(import.Now());
}

}  // namespace postbounce
