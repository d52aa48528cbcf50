#include "daemon/import_source.h"

#include <sys/stat.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "daemon/log_reading.h"
#include "maillog/log_line.h"

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

}  // namespace

ImportPosition ImportPosition::Parse(std::string_view text) {
  ImportPosition position;
  json::error_code error;
  const json::value value = json::parse(text, error);
  if (error || !value.is_array()) return position;
  for (const json::value& item : value.get_array()) {
    if (!item.is_object()) continue;
    const json::object& object = item.get_object();
    File file;
    file.identity = {Number(object, "first"), Number(object, "offset"),
                     Number(object, "last_at"), Number(object, "last")};
    file.applied = Number(object, "applied") != 0;
    position.files_.push_back(file);
  }
  return position;
}

std::string ImportPosition::ToString() const {
  json::array all;
  for (const File& file : files_) {
    all.push_back(json::object{{"first", Stored(file.identity.first)},
                               {"offset", Stored(file.identity.offset)},
                               {"last_at", Stored(file.identity.last_at)},
                               {"last", Stored(file.identity.last)},
                               {"applied", file.applied ? 1 : 0}});
  }
  return json::serialize(all);
}

std::optional<LogIdentity> ImportPosition::Find(std::uint64_t first,
                                                bool applied) const {
  for (const File& file : files_) {
    if (file.identity.first == first && file.applied >= applied) {
      return file.identity;
    }
  }
  return std::nullopt;
}

void ImportPosition::Set(const LogIdentity& identity, bool applied) {
  std::erase_if(files_, [&](const File& file) {
    return file.identity.first == identity.first && file.applied <= applied;
  });
  files_.push_back({identity, applied});
  if (files_.size() > kFilesRemembered) files_.pop_front();
}

ImportSource::ImportSource(std::vector<LogBytes> files, Options options)
    : options_(std::move(options)),
      position_(ImportPosition::Parse(options_.position)) {
  for (LogBytes& bytes : files) {
    files_.push_back(Look(std::move(bytes), options_));
    bytes_total_ += files_.back().size;
  }
  std::stable_sort(
      files_.begin(), files_.end(),
      [](const File& a, const File& b) { return a.first < b.first; });
}

// When the first line was written that is of Postfix.
ImportSource::File ImportSource::Look(LogBytes bytes, const Options& options) {
  File file;
  const struct stat info = bytes.Stat();
  file.is_pipe = !S_ISREG(info.st_mode);
  file.written = WrittenAt(info);
  if (!file.is_pipe) file.size = static_cast<std::uint64_t>(info.st_size);
  file.reader = std::make_unique<LogReader>(std::move(bytes));
  if (file.is_pipe) return file;
  std::vector<LogChunk::Line> lines;
  const auto read = file.reader->Read(&lines);
  if (!read) return file;  // told when its turn comes
  StampReader stamps = options.first_year
                           ? StampReader(*options.first_year, LocalToUtc)
                           : StampReader(file.written, LocalToUtc);
  for (const LogChunk::Line& line : lines) {
    LogLine split;
    if (SplitLogLine(line.text, &stamps, &split) == LineKind::kPostfix) {
      file.first = split.time;
      break;
    }
  }
  // Which goes back to the beginning.
  static_cast<void>(file.reader->HashFirstLine());
  return file;
}

// Goes to where the file was left.
Result<void> ImportSource::Begin(File* file) {
  if (file->is_pipe) return {};
  const auto first = file->reader->HashFirstLine();
  if (!first) return first.error();
  const auto known = position_.Find(*first, options_.applied);
  if (!known) return {};
  const auto is_same = file->reader->Continue(*known);
  if (!is_same) return is_same.error();
  if (*is_same) return {};
  const auto again = file->reader->HashFirstLine();
  return again ? Result<void>() : again.error();
}

void ImportSource::End() {
  bytes_before_ += files_.front().size;
  bytes_read_ = bytes_before_;
  files_.pop_front();
  has_begun_ = false;
  has_rest_ = false;
}

Result<LogChunk> ImportSource::Next(std::chrono::milliseconds) {
  LogChunk chunk;
  // What was given lives until now, and with it the file.
  if (has_rest_) End();
  chunk.is_end = files_.empty() || is_interrupted_;
  if (chunk.is_end) return chunk;
  File& file = files_.front();
  chunk.is_new_stream = !has_begun_;
  chunk.latest = file.written;
  if (!has_begun_) {
    has_begun_ = true;
    const auto begun = Begin(&file);
    if (!begun) {
      End();
      return begun.error();
    }
  }
  const auto more = file.reader->Read(&chunk.lines);
  bytes_read_ = bytes_before_ + file.reader->bytes().raw_offset();
  if (!more) {
    const Error error = more.error();
    End();
    return error;
  }
  if (!*more) {
    has_rest_ = true;
    file.reader->TakeRest(&chunk.lines);
  }
  if (!file.is_pipe && file.reader->identity().first != 0) {
    position_.Set(file.reader->identity(), options_.applied);
  }
  return chunk;
}

std::string ImportSource::Position() const { return position_.ToString(); }

}  // namespace postbounce
