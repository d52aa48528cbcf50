#include "daemon/logs/journal_source.h"

#include <fmt/format.h>
#include <systemd/sd-journal.h>
#include <systemd/sd-messages.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "mime/text/limits.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::size_t kChunkBytes = 256u << 10;
constexpr std::size_t kChunkEntries = 4096;
constexpr std::size_t kMaxTag = 256;
constexpr std::uint64_t kMaxTime = 253'402'300'799'999'999;  // the year 9999
// Where inotify does not tell.
constexpr milliseconds kLookAnyway{2000};

// Nothing if it is no position in a journal.
std::optional<std::string> CursorIn(std::string_view position) {
  boost::system::error_code error;
  const json::value value =
      json::parse({position.data(), position.size()}, error);
  const json::object* object = error ? nullptr : value.if_object();
  const json::value* cursor =
      object == nullptr ? nullptr : object->if_contains("cursor");
  if (cursor == nullptr || !cursor->is_string()) return std::nullopt;
  return std::string(cursor->get_string());
}

Timestamp FromMicroseconds(std::uint64_t count) {
  return std::chrono::floor<milliseconds>(
      std::chrono::sys_time<microseconds>(microseconds(count)));
}

// Of what journald says about messages it did not take.
constexpr std::string_view kSuppression = SD_MESSAGE_JOURNAL_DROPPED_STR;

int AddMatches(sd_journal* journal, const std::vector<std::string>& matches) {
  int code = 0;
  for (const std::string& match : matches) {
    if (code >= 0)
      code = sd_journal_add_match(journal, match.data(), match.size());
  }
  if (code >= 0) code = sd_journal_add_disjunction(journal);
  // Only journald itself can set the transport.
  for (const std::string& match : {"MESSAGE_ID=" + std::string(kSuppression),
                                   std::string("_TRANSPORT=driver")}) {
    if (code >= 0)
      code = sd_journal_add_match(journal, match.data(), match.size());
  }
  return code;
}

}  // namespace

void JournalSource::Close::operator()(sd_journal* journal) const {
  sd_journal_close(journal);
}

JournalSource::JournalSource(sd_journal* journal, Options options)
    : journal_(journal),
      options_(std::move(options)),
      cursor_(CursorIn(options_.position).value_or("")) {
  // The log was files before.
  if (!CursorIn(options_.position)) options_.position.clear();
}

JournalSource::~JournalSource() = default;

Error JournalSource::Failure(const char* what, int code) const {
  const std::string name =
      options_.directory.empty() ? "the journal" : options_.directory;
  return Error(ErrorCode::kIo,
               fmt::format("cannot {} {}: {}", what, Printable(name, 200),
                           strerror(-code)));
}

Result<std::unique_ptr<JournalSource>> JournalSource::Open(Options options) {
  sd_journal* journal = nullptr;
  int code =
      options.directory.empty()
          ? sd_journal_open(&journal, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM)
          : sd_journal_open_directory(&journal, options.directory.c_str(), 0);
  std::unique_ptr<JournalSource> source(
      new JournalSource(code < 0 ? nullptr : journal, std::move(options)));
  if (code < 0) return source->Failure("open", code);
  code = AddMatches(journal, source->options_.matches);
  if (code < 0) return source->Failure("search", code);
  sd_journal_set_data_threshold(journal, limits::kLogLine + 64);
  // From now on it notices what is added.
  code = sd_journal_get_fd(journal);
  if (code < 0) return source->Failure("watch", code);
  return source;
}

std::string JournalSource::Position() const {
  if (!has_begun_) return options_.position;
  json::object to;
  to["cursor"] = cursor_;
  return json::serialize(to);
}

// Stands right before the first entry to give.
Result<void> JournalSource::Begin() {
  sd_journal* const journal = journal_.get();
  if (options_.directory.empty() &&
      sd_journal_has_runtime_files(journal) <= 0 &&
      sd_journal_has_persistent_files(journal) <= 0) {
    return Error(ErrorCode::kIo,
                 "may not read the journal, or there is none: add the user "
                 "that postbounced runs as to the group systemd-journal, and "
                 "start it again");
  }
  if (!cursor_.empty()) return GoTo(cursor_);
  int code = 0;
  if (options_.position.empty() && options_.start == Start::kEnd) {
    code = sd_journal_seek_tail(journal);
    if (code >= 0) code = sd_journal_previous(journal);
    if (code > 0) KeepCursor();
    if (code != 0)
      return code < 0 ? Result<void>(Failure("read", code)) : Result<void>();
  }
  code = sd_journal_seek_head(journal);
  if (code < 0) return Failure("read", code);
  return {};
}

Result<void> JournalSource::GoTo(const std::string& cursor) {
  sd_journal* const journal = journal_.get();
  int code = sd_journal_seek_cursor(journal, cursor.c_str());
  if (code >= 0) code = sd_journal_next(journal);
  if (code > 0 && sd_journal_test_cursor(journal, cursor.c_str()) > 0) {
    return {};
  }
  gaps_ = 1;
  gap_text_ =
      "the journal's entries from where it was read to were removed; what "
      "followed there is lost";
  cursor_.clear();  // and this is told once
  // On with the one that follows, or else with the oldest.
  is_on_entry_ = code > 0;
  if (code <= 0) code = sd_journal_seek_head(journal);
  if (code < 0) return Failure("read", code);
  return {};
}

void JournalSource::KeepCursor() {
  char* cursor = nullptr;
  if (sd_journal_get_cursor(journal_.get(), &cursor) < 0) return;
  cursor_ = cursor;
  std::free(cursor);
}

std::string_view JournalSource::Field(const char* name) {
  const void* data = nullptr;
  std::size_t size = 0;
  if (sd_journal_get_data(journal_.get(), name, &data, &size) < 0) return {};
  const std::string_view field(static_cast<const char*>(data), size);
  return field.substr(std::min(size, std::strlen(name) + 1));
}

bool JournalSource::IsOurs(std::string_view unit) const {
  constexpr std::string_view kUnit = "_SYSTEMD_UNIT=";
  bool has_units = false;
  for (const std::string& match : options_.matches) {
    if (!match.starts_with(kUnit)) continue;
    has_units = true;
    if (match.substr(kUnit.size()) == unit) return true;
  }
  return !has_units && unit.starts_with("postfix");
}

// Takes the entry, which is journald's own, if it says that messages were
// suppressed: "Suppressed 17 messages from postfix@-.service".
void JournalSource::TakeSuppression() {
  if (Field("MESSAGE_ID") != kSuppression) return;
  const std::string message(Field("MESSAGE").substr(0, limits::kLogLine));
  std::string_view unit = Field("OBJECT_SYSTEMD_UNIT");
  if (unit.empty()) {
    unit = std::string_view(message).substr(message.rfind(' ') + 1);
  }
  if (!IsOurs(unit)) return;
  ++gaps_;
  gap_text_ = "journald: " + Printable(message, 200);
}

void JournalSource::AddEntry(std::string_view tag) {
  Entry entry;
  entry.tag = text_.size();
  text_ += tag;
  entry.host = text_.size();
  text_ += Field("_HOSTNAME");
  entry.text = text_.size();
  text_ += Field("MESSAGE").substr(0, limits::kLogLine);
  entry.end = text_.size();
  std::uint64_t time = 0;
  const std::string_view sent = Field("_SOURCE_REALTIME_TIMESTAMP");
  const auto parsed =
      std::from_chars(sent.data(), sent.data() + sent.size(), time);
  if (parsed.ec != std::errc() || time > kMaxTime) {
    sd_journal_get_realtime_usec(journal_.get(), &time);
  }
  entry.time = FromMicroseconds(std::min(time, kMaxTime));
  entries_.push_back(entry);
}

Result<void> JournalSource::ReadAll() {
  text_.clear();
  entries_.clear();
  while (text_.size() < kChunkBytes && entries_.size() < kChunkEntries) {
    if (!std::exchange(is_on_entry_, false)) {
      const int code = sd_journal_next(journal_.get());
      if (code < 0 && entries_.empty()) return Failure("read", code);
      if (code <= 0) return {};
    }
    const std::string tag(Field("SYSLOG_IDENTIFIER").substr(0, kMaxTag));
    if (tag == "systemd-journald" && Field("_TRANSPORT") == "driver") {
      // What was lost before it stands in a chunk of its own.
      is_on_entry_ = !entries_.empty();
      if (is_on_entry_) return {};
      TakeSuppression();
    } else {
      AddEntry(tag.empty() ? "-" : tag);
    }
    KeepCursor();
  }
  return {};
}

void JournalSource::Fill(LogChunk* chunk) {
  chunk->gaps = std::exchange(gaps_, 0);
  chunk->gap_text = std::exchange(gap_text_, {});
  const std::string_view text = text_;
  for (const Entry& entry : entries_) {
    LogChunk::Line& line = chunk->lines.emplace_back();
    line.tag = text.substr(entry.tag, entry.host - entry.tag);
    line.host = text.substr(entry.host, entry.text - entry.host);
    line.text = text.substr(entry.text, entry.end - entry.text);
    line.time = entry.time;
  }
  if (chunk->lines.empty()) return;
  chunk->is_new_stream = std::exchange(is_first_, false);
  chunk->latest = *chunk->lines.back().time;
}

Result<LogChunk> JournalSource::Next(milliseconds wait) {
  const auto end = std::chrono::steady_clock::now() + wait;
  LogChunk chunk;
  while (!interrupter_.is_interrupted()) {
    Result<void> read;
    if (!has_begun_) read = Begin();
    if (read) {
      has_begun_ = true;
      read = ReadAll();
    }
    if (!read && read.error().text() != complaint_) {
      complaint_ = read.error().text();
      return read.error();
    }
    if (read) {
      complaint_.clear();
      Fill(&chunk);
    }
    if (!chunk.lines.empty() || chunk.gaps > 0) return chunk;
    const auto left =
        std::chrono::ceil<milliseconds>(end - std::chrono::steady_clock::now());
    if (left <= milliseconds(0)) break;
    interrupter_.WaitFor(sd_journal_get_fd(journal_.get()),
                         std::min(left, kLookAnyway));
    sd_journal_process(journal_.get());
  }
  chunk.is_end = true;
  return chunk;
}

}  // namespace postbounce
