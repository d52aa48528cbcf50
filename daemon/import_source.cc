#include "daemon/import_source.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <ctime>
#include <utility>

#include "daemon/log_reading.h"
#include "maillog/log_line.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr std::size_t kFilesRemembered = 1000;

// JSON has signed numbers; the bits are the same.
std::int64_t Stored(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}
std::uint64_t Number(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_int64()
             ? static_cast<std::uint64_t>(value->get_int64())
             : 0;
}

Timestamp WrittenAt(const struct stat& info) {
  return Timestamp(std::chrono::seconds(info.st_mtim.tv_sec));
}

int LocalYear(Timestamp time) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm parts{};
  localtime_r(&seconds, &parts);
  return parts.tm_year + 1900;
}

Timestamp MovedBy(std::chrono::years years, Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  std::chrono::year_month_day date(day);
  date += years;
  // No 29 February there.
  if (!date.ok()) date = date.year() / std::chrono::March / 1;
  return std::chrono::sys_days(date) + (time - day);
}

}  // namespace

ImportPosition ImportPosition::Parse(std::string_view text) {
  ImportPosition position;
  json::error_code error;
  const json::value value = json::parse(text, error);
  if (error || !value.is_array()) return position;
  for (const json::value& item : value.get_array()) {
    if (!item.is_object()) continue;
    const json::object& object = item.get_object();
    position.files_.push_back(
        {Number(object, "first"), Number(object, "offset"),
         Number(object, "last_at"), Number(object, "last")});
  }
  return position;
}

std::string ImportPosition::ToString() const {
  json::array all;
  for (const LogIdentity& file : files_) {
    all.push_back(json::object{{"first", Stored(file.first)},
                               {"offset", Stored(file.offset)},
                               {"last_at", Stored(file.last_at)},
                               {"last", Stored(file.last)}});
  }
  return json::serialize(all);
}

std::optional<LogIdentity> ImportPosition::Find(std::uint64_t first) const {
  for (const LogIdentity& file : files_) {
    if (file.first == first) return file;
  }
  return std::nullopt;
}

void ImportPosition::Set(const LogIdentity& identity) {
  std::erase_if(files_, [&](const LogIdentity& file) {
    return file.first == identity.first;
  });
  files_.push_back(identity);
  if (files_.size() > kFilesRemembered) files_.pop_front();
}

// Nothing is read: this may be a thread that others wait for.
ImportSource::ImportSource(std::vector<LogBytes> files, Options options)
    : options_(std::move(options)),
      position_(ImportPosition::Parse(options_.position.value_or(""))) {
  for (LogBytes& bytes : files) {
    File& file = files_.emplace_back();
    const struct stat info = bytes.Stat();
    file.is_pipe = !bytes.is_file();
    file.written = WrittenAt(info);
    if (!file.is_pipe) file.size = static_cast<std::uint64_t>(info.st_size);
    bytes_total_ += file.size;
    bytes.InterruptBy(&interrupter_);
    file.reader = std::make_unique<LogReader>(std::move(bytes));
  }
}

void ImportSource::LookAtAll() {
  for (File& file : files_) {
    if (interrupter_.is_interrupted()) return;
    if (!file.is_pipe) Look(&file);
  }
  std::stable_sort(
      files_.begin(), files_.end(),
      [](const File& a, const File& b) { return a.first < b.first; });
  CorrectYears();
}

// As if all files had been written when the first line says.
void ImportSource::CorrectYears() {
  if (!options_.first_year || files_.empty()) return;
  if (files_.front().first == Timestamp::max()) return;
  const std::chrono::years away(*options_.first_year -
                                LocalYear(files_.front().first));
  for (File& file : files_) file.written = MovedBy(away, file.written);
}

// When the first line was written that is of Postfix.
void ImportSource::Look(File* file) {
  std::vector<LogChunk::Line> lines;
  const auto read = file->reader->Read(&lines);
  if (!read) return;  // told when its turn comes
  StampReader stamps(file->written, LocalToUtc);
  for (const LogChunk::Line& line : lines) {
    LogLine split;
    if (SplitLogLine(line.text, &stamps, &split) == LineKind::kPostfix) {
      file->first = split.time;
      break;
    }
  }
  // Which goes back to the beginning.
  static_cast<void>(file->reader->HashFirstLine());
}

// False for a pipe that nothing came through for so long.
bool ImportSource::IsReady(const File& file,
                           std::chrono::milliseconds wait) const {
  const LogBytes& bytes = file.reader->bytes();
  return !file.is_pipe || bytes.has_more() ||
         interrupter_.WaitFor(bytes.fd(), wait);
}

// Goes to where the file was left.
Result<void> ImportSource::Begin(File* file) {
  if (file->is_pipe || !options_.position) return {};
  const auto first = file->reader->HashFirstLine();
  if (!first) return first.error();
  const auto known = position_.Find(*first);
  if (!known) return {};
  const auto is_same = file->reader->Continue(*known);
  if (!is_same) return is_same.error();
  if (*is_same) return {};
  const auto again = file->reader->HashFirstLine();
  return again ? Result<void>() : again.error();
}

Result<void> ImportSource::Read(File* file, LogChunk* chunk) {
  if (!std::exchange(has_begun_, true)) {
    chunk->is_new_stream = true;
    const auto begun = Begin(file);
    if (!begun) return begun;
  }
  LogReader& reader = *file->reader;
  const auto more = reader.Read(&chunk->lines);
  // A pipe that is interrupted has not ended.
  if (interrupter_.is_interrupted()) {
    chunk->lines.clear();
    return {};
  }
  if (!more) return more.error();
  is_done_ = !*more;
  const bool may_grow = !file->is_pipe && !reader.bytes().is_compressed();
  if (is_done_ && !may_grow) reader.TakeRest(&chunk->lines);
  if (!file->is_pipe && reader.identity().first != 0) {
    position_.Set(reader.identity());
  }
  if (!is_done_ || !may_grow || !reader.has_rest()) return {};
  return Error(ErrorCode::kIo,
               fmt::format("{}: its last line has no end and is left out, as "
                           "it may be half written; import the file again "
                           "when it has one",
                           Printable(reader.bytes().name(), 200)));
}

void ImportSource::End() {
  bytes_before_ += files_.front().size;
  bytes_read_ = bytes_before_;
  files_.pop_front();
  has_begun_ = false;
  is_done_ = false;
}

Result<LogChunk> ImportSource::Next(std::chrono::milliseconds wait) {
  LogChunk chunk;
  // What was given lives until now, and with it the file.
  if (is_done_) End();
  if (!std::exchange(has_looked_, true)) LookAtAll();
  chunk.is_end = files_.empty() || interrupter_.is_interrupted();
  if (chunk.is_end) return chunk;
  File& file = files_.front();
  if (!IsReady(file, wait)) return chunk;
  chunk.latest = file.written;
  if (file.is_pipe) chunk.first_year = options_.first_year;
  const auto read = Read(&file, &chunk);
  bytes_read_ = bytes_before_ + file.reader->bytes().raw_offset();
  if (read) return chunk;
  End();
  return read.error();
}

std::string ImportSource::Position() const {
  return options_.position ? position_.ToString() : std::string();
}

}  // namespace postbounce
