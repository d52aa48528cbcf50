#include "daemon/log_reading.h"

#include <ctime>
#include <utility>

namespace postbounce {

KeepLines KeepLinesOf(const Config& config) {
  if (config.store_log_lines == "none") return KeepLines::kNone;
  return config.store_log_lines == "all" ? KeepLines::kAll
                                         : KeepLines::kFailures;
}

std::int64_t LocalToUtc(std::int64_t local) {
  const std::time_t as_if_utc = local;
  std::tm parts{};
  gmtime_r(&as_if_utc, &parts);
  parts.tm_isdst = -1;
  return std::mktime(&parts);
}

LogReading::LogReading(Options options, Settings settings,
                       std::unique_ptr<Reader> reader)
    : options_(std::move(options)),
      settings_(std::move(settings)),
      reader_(std::move(reader)),
      judge_(std::make_unique<LogJudge>(settings_.runtime)) {
  LogJoiner::Hooks hooks;
  hooks.recall = [reader = reader_.get(), log = options_.log](
                     const std::string& instance, const std::string& queue_id,
                     Timestamp time) -> std::optional<LogMessage> {
    auto found = reader->OpenMessage(log, instance, queue_id, time);
    // Without it the message is one more of which the beginning is not known.
    return found ? *std::move(found) : std::nullopt;
  };
  hooks.judge = [judge = judge_.get(), failures = failures_.get()](
                    const LogMessage& message, LogAttempt* attempt) {
    judge->Judge(message, attempt);
    if (attempt->action == Action::kFailed) ++*failures;
  };
  joiner_ = std::make_unique<LogJoiner>(options_.keep_lines, std::move(hooks));
}

LogReading::LogReading(LogReading&&) noexcept = default;
LogReading::~LogReading() = default;

void LogReading::Use(Settings settings) {
  settings_ = std::move(settings);
  judge_->Use(settings_.runtime);
}

void LogReading::Add(const LogChunk& chunk, Timestamp now) {
  if (chunk.is_new_stream && chunk.first_year) {
    stamps_.emplace(*chunk.first_year, LocalToUtc);
  } else if (chunk.is_new_stream || !stamps_) {
    stamps_.emplace(chunk.is_new_stream ? chunk.latest : now, LocalToUtc);
  }
  stamps_->Extend(chunk.latest);
  if (chunk.gaps > 0) {
    joiner_->AddGap(chunk.gaps, chunk.gap_text);
    has_gap_ = true;
  }
  for (const LogChunk::Line& line : chunk.lines) AddLine(line, now);
}

// Why a line of that time is not taken: a clock that was wrong would keep it
// for ever, and what is forgotten at once would be counted at each import.
const char* LogReading::FaultOf(Timestamp time, Timestamp now) const {
  const std::chrono::seconds keep(settings_.runtime->config.store_keep_log);
  if (time > now + std::chrono::days(1)) return "its time lies in the future";
  return time < now - keep ? "it is older than store.keep_log" : nullptr;
}

void LogReading::AddLine(const LogChunk::Line& line, Timestamp now) {
  ++lines_;
  bytes_ += line.text.size();
  LogLine split;
  LineKind kind = LineKind::kPostfix;
  if (line.tag.empty()) {
    kind = SplitLogLine(line.text, &*stamps_, &split);
  } else {
    if (!SplitTag(line.tag, &split)) kind = LineKind::kOther;
    split.time = line.time.value_or(now);
    split.host = line.host;
    split.text = line.text;
  }
  switch (kind) {
    case LineKind::kPostfix:
      if (const char* fault = FaultOf(split.time, now)) {
        return joiner_->AddBad(line.text, fault);
      }
      return joiner_->Add(split, line.text);
    case LineKind::kOther:
      return joiner_->AddOther();
    case LineKind::kBad:
      return joiner_->AddBad(line.text, "the time or the tag cannot be read");
  }
}

void LogReading::AddFailures(std::size_t number, LogBatch* batch) const {
  const LogMessage& message = batch->messages[number];
  for (std::size_t i = 0; i < message.attempts.size(); ++i) {
    const LogAttempt& attempt = message.attempts[i];
    if (attempt.action != Action::kFailed || attempt.is_probe) continue;
    const bool is_ours = settings_.site->policy.origin.IsOurs(message, attempt);
    LogFailure failure{number, i, is_ours, judge_->AccountOf(message, attempt)};
    Binding& binding = failure.account.witnesses.front().binding;
    binding.standing = !is_ours          ? Standing::kNotOurs
                       : options_.counts ? Standing::kCounts
                                         : Standing::kUntrusted;
    if (message.sender) {
      binding.scope = settings_.site->policy.scopes.NameOf(*message.sender,
                                                           message.sasl_user);
    }
    batch->failures.push_back(std::move(failure));
  }
}

LogBatch LogReading::Take(std::string position) {
  LogBatch batch;
  batch.log = options_.log;
  batch.is_import = options_.is_import;
  batch.counts = options_.counts;
  if (!position.empty()) batch.position = std::move(position);
  batch.counters = joiner_->TakeCounters();
  batch.messages = joiner_->TakeMessages();
  for (std::size_t i = 0; i < batch.messages.size(); ++i) {
    AddFailures(i, &batch);
  }
  lines_ = 0;
  bytes_ = 0;
  *failures_ = 0;
  has_gap_ = false;
  return batch;
}

}  // namespace postbounce
