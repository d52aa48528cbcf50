#include "daemon/log_import.h"

#include <utility>

#include "store/correlate.h"
#include "store/decide.h"

namespace postbounce {
namespace {

constexpr std::size_t kExamples = 20;
constexpr std::size_t kErrors = 20;

LogReading::Options ReadingOptions(const LogImport::Options& options) {
  LogReading::Options reading;
  reading.log = kImportLog;
  reading.is_import = true;
  reading.counts = options.apply;
  reading.keep_lines = options.keep_lines;
  reading.first_year = options.first_year;
  return reading;
}

}  // namespace

LogImport::LogImport(
    std::vector<LogBytes> files, Options options, LogReading::Settings settings,
    Readers readers,
    std::function<void(SharedLogBatch, Committer::Done)> submit)
    : options_(std::move(options)),
      list_(std::move(readers.list)),
      submit_(std::move(submit)) {
  ImportSource::Options source;
  const auto position = list_->LogPosition(kImportLog);
  if (position) source.position = *position;
  source.applied = options_.apply;
  source.first_year = options_.first_year;
  auto files_to_read =
      std::make_unique<ImportSource>(std::move(files), std::move(source));
  source_ = files_to_read.get();
  LogFollower::Hooks hooks;
  hooks.submit = [this](SharedLogBatch batch, Committer::Done done) {
    submit_(batch, [this, batch,
                    done = std::move(done)](const Result<Outcome>& outcome) {
      Count(*batch, outcome);
      done(outcome);
    });
  };
  hooks.complain = [this](const std::string& text) {
    const std::lock_guard lock(mutex_);
    if (report_.errors.size() < kErrors) report_.errors.push_back(text);
  };
  follower_ = std::make_unique<LogFollower>(
      std::move(files_to_read),
      LogReading(ReadingOptions(options_), std::move(settings),
                 std::move(readers.recall)),
      std::move(hooks), true);
}

LogImport::~LogImport() { Stop(); }

bool LogImport::Wait(std::chrono::milliseconds time) {
  return follower_->WaitForEnd(time);
}

void LogImport::Stop() { follower_->Stop(); }

LogImport::Report LogImport::Now() const {
  const std::lock_guard lock(mutex_);
  Report report = report_;
  report.bytes_read = source_->bytes_read();
  report.bytes_total = source_->bytes_total();
  return report;
}

void LogImport::Count(const LogBatch& batch, const Result<Outcome>& outcome) {
  if (!outcome) return;
  const std::lock_guard lock(mutex_);
  report_.counters += batch.counters;
  report_.attempts += outcome->affected;
  report_.failures += batch.failures.size();
  for (const LogFailure& failure : batch.failures) CountSuppression(failure);
}

// After it was stored: with `apply` the address is on the list by now.
void LogImport::CountSuppression(const LogFailure& failure) {
  const Witness& witness = failure.account.witnesses.front();
  Event event = EventOf(witness, failure.account.date, failure.would_count);
  if (!witness.mailed || !IsDecisive(event)) return;
  if (!suppressed_.insert(list_->KeyOf(*witness.mailed)).second) return;
  if (!options_.apply) {
    const auto story = list_->Status(*witness.mailed, 0);
    if (!story || story->decision.state == ListState::kActive) return;
  }
  ++report_.suppressions;
  if (report_.examples.size() < kExamples) {
    report_.examples.push_back(witness.mailed->ToString());
  }
}

}  // namespace postbounce
