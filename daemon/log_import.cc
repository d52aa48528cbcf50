#include "daemon/log_import.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "daemon/clock.h"
#include "store/correlate.h"
#include "store/decide.h"

namespace postbounce {
namespace {

constexpr std::size_t kExamples = 20;
constexpr std::size_t kErrors = 20;
constexpr std::size_t kEvents = 64;  // of one address that are weighed

LogReading::Options ReadingOptions(const LogImport::Options& options) {
  LogReading::Options reading;
  reading.log = kImportLog;
  reading.is_import = true;
  reading.counts = options.apply;
  reading.keep_lines = options.keep_lines;
  return reading;
}

}  // namespace

LogImport::LogImport(
    std::vector<LogBytes> files, Options options, LogReading::Settings settings,
    Readers readers,
    std::function<void(SharedLogBatch, Committer::Done)> submit)
    : options_(std::move(options)),
      list_(std::move(readers.list)),
      site_(settings.site) {
  report_.warning = options_.warning;
  ImportSource::Options source;
  // A preview tells of all that is in the files.
  if (options_.apply) {
    const auto position = list_->LogPosition(kImportLog);
    source.position = position ? *position : "";
  }
  source.first_year = options_.first_year;
  auto files_to_read =
      std::make_unique<ImportSource>(std::move(files), std::move(source));
  source_ = files_to_read.get();
  LogFollower::Hooks hooks;
  hooks.submit = std::move(submit);
  hooks.complain = [this](const std::string& text) {
    const std::lock_guard lock(mutex_);
    if (report_.errors.size() < kErrors) report_.errors.push_back(text);
  };
  hooks.blocked = [this](const std::string& text) {
    const std::lock_guard lock(mutex_);
    report_.blocked = text;
  };
  hooks.stored = [this](const LogBatch& batch, const Outcome& outcome) {
    Count(batch, outcome);
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

void LogImport::Interrupt() { follower_->Interrupt(); }

void LogImport::Stop() { follower_->Stop(); }

LogImport::Report LogImport::Now() const {
  const std::lock_guard lock(mutex_);
  Report report = report_;
  report.bytes_read = source_->bytes_read();
  report.bytes_total = source_->bytes_total();
  return report;
}

// On the follower's thread: whoever asks for the report never waits for more
// than the numbers.
void LogImport::Count(const LogBatch& batch, const Outcome& outcome) {
  std::vector<std::string> found;
  for (const LogFailure& failure : batch.failures) {
    if (IsSuppression(failure)) {
      found.push_back(failure.account.witnesses.front().mailed->ToString());
    }
  }
  const std::lock_guard lock(mutex_);
  report_.counters += batch.counters;
  report_.attempts += outcome.affected;
  report_.failures += batch.failures.size();
  report_.suppressions += found.size();
  report_.blocked.clear();
  found.resize(std::min(found.size(), kExamples - report_.examples.size()));
  std::move(found.begin(), found.end(), std::back_inserter(report_.examples));
}

// True once for each address, when its failures in these logs are enough. Of
// one that is stored: with `apply` it is on the list by now.
bool LogImport::IsSuppression(const LogFailure& failure) {
  const Witness& witness = failure.account.witnesses.front();
  Event event = EventOf(witness);
  if (failure.would_count) event.standing = Standing::kCounts;
  if (!witness.mailed || !IsDecisive(event)) return false;
  const Key128 key = list_->keys().KeyOf(*witness.mailed);
  if (failing_.size() >= kMaxSuppressions && !failing_.contains(key)) {
    return false;
  }
  Failing& failing = failing_[key];
  if (failing.is_counted) return false;
  if (failing.events.size() < kEvents) failing.events.push_back(event);
  const auto decided =
      Decide({failing.events, {}, {}}, site_->policy.list, postbounce::Now());
  failing.is_counted =
      std::any_of(decided.begin(), decided.end(), [](const Decision& decision) {
        return decision.state == ListState::kActive;
      });
  if (!failing.is_counted) return false;
  failing.events = {};
  if (options_.apply) return true;
  const auto story = list_->Status(*witness.mailed, 0);
  return story && story->decision.state != ListState::kActive;
}

}  // namespace postbounce
