#include "daemon/logs/log_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "mime/text/limits.h"

namespace postbounce {
namespace {

// Enough for the first line of a log.
constexpr std::size_t kHeadPiece = 4u << 10;

// A first line that has not begun by then is none.
constexpr std::uint64_t kMaxZeros = 256u << 20;

// Where the last line is looked for.
constexpr std::size_t kTail = 64u << 10;

// By which a file is known again that was truncated and has grown since.
constexpr std::size_t kHead = 1024;

std::string HeadOf(const LogBytes& bytes, std::uint64_t end) {
  std::string head(std::min<std::uint64_t>(kHead, end), '\0');
  head.resize(bytes.ReadAt(0, head));
  return head;
}

std::string_view WithoutZeros(std::string_view line) {
  if (line.empty() || line.front() != '\0') return line;
  line.remove_prefix(std::min(line.find_first_not_of('\0'), line.size()));
  return line;
}

// What is given of a line, its LF taken off.
std::string_view TextOf(std::string_view line) {
  line = WithoutZeros(line);
  if (line.size() > limits::kLogLine) return line.substr(0, limits::kLogLine);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

LogReader::LogReader(LogBytes bytes, std::size_t piece)
    : bytes_(std::move(bytes)), piece_(piece) {}

Result<LogReader> LogReader::Open(const std::string& path,
                                  const LogIdentity& identity) {
  auto bytes = LogBytes::Open(path);
  if (!bytes) return bytes.error();
  LogReader reader(std::move(*bytes));
  if (identity.first == 0) return reader;
  const auto same = reader.Continue(identity);
  if (!same) return same.error();
  if (!*same) {
    return Error(ErrorCode::kConflict, path + " is not the log that was read");
  }
  return reader;
}

Result<bool> LogReader::GoTo(std::uint64_t offset) {
  open_line_ = {};
  return bytes_.SkipTo(offset);
}

Result<std::uint64_t> LogReader::HashFirstLine() {
  const std::size_t piece = std::exchange(piece_, kHeadPiece);
  const LogIdentity identity = identity_;
  buffer_.reset();
  std::vector<LogChunk::Line> lines;
  auto more = GoTo(0);
  while (more && *more && lines.empty() && bytes_.offset() < kMaxZeros &&
         open_line_.size() < limits::kLogLine) {
    more = Read(&lines);
  }
  if (lines.empty()) TakeRest(&lines);
  const std::uint64_t hash = lines.empty() ? 0 : LineHash(lines.front().text);
  buffer_.reset();
  open_line_ = {};
  piece_ = piece;
  identity_ = identity;
  if (hash == 0 && !more) return more.error();
  const auto back = GoTo(0);
  if (!back) return back.error();
  return hash;
}

std::uint64_t LogReader::PeekFirstLine() const {
  if (!bytes_.is_file() || bytes_.is_compressed()) return 0;
  std::string head(limits::kLogLine + 1, '\0');
  head.resize(bytes_.ReadAt(0, head));
  if (head.empty()) return 0;
  return LineHash(TextOf(std::string_view(head).substr(0, head.find('\n'))));
}

Result<bool> LogReader::Continue(const LogIdentity& identity) {
  if (bytes_.is_file()) head_ = HeadOf(bytes_, identity.offset);
  const auto first = HashFirstLine();
  if (!first) return first.error();
  if (*first != identity.first) return false;
  auto there = GoTo(identity.last_at);
  if (!there || !*there) return there;
  std::string line(std::min<std::uint64_t>(identity.offset - identity.last_at,
                                           limits::kLogLine + 1),
                   '\0');
  std::size_t size = 0;
  while (size < line.size()) {
    const auto more = bytes_.Read({line.data() + size, line.size() - size});
    if (!more) return more.error();
    if (*more == 0) return false;
    size += *more;
  }
  std::string_view text = line;
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (identity.offset > 0 && LineHash(TextOf(text)) != identity.last) {
    return false;
  }
  there = GoTo(identity.offset);
  identity_ = identity;
  return there;
}

Result<bool> LogReader::GoToEnd() {
  if (!bytes_.is_file() || bytes_.is_compressed()) return false;
  const auto first = HashFirstLine();
  if (!first) return first.error();
  const auto size = static_cast<std::uint64_t>(bytes_.Stat().st_size);
  const std::uint64_t from = size - std::min<std::uint64_t>(size, kTail);
  std::string tail(size - from, '\0');
  tail.resize(bytes_.ReadAt(from, tail));
  const std::size_t end = tail.rfind('\n');
  if (end == std::string::npos) return false;
  const std::size_t before = end == 0 ? end : tail.rfind('\n', end - 1);
  const std::size_t begin = before == std::string::npos ? 0 : before + 1;
  LogIdentity identity;
  identity.first = *first;
  identity.offset = from + end + 1;
  identity.last_at = from + begin;
  identity.last =
      LineHash(TextOf(std::string_view(tail).substr(begin, end - begin)));
  return Continue(identity);
}

bool LogReader::IsIntact() {
  if (!bytes_.is_file() || bytes_.is_compressed()) return true;
  if (static_cast<std::uint64_t>(bytes_.Stat().st_size) < bytes_.offset()) {
    return false;
  }
  std::string head = HeadOf(bytes_, bytes_.offset());
  if (!head.starts_with(head_)) return false;
  head_ = std::move(head);
  return true;
}

Result<bool> LogReader::Read(std::vector<LogChunk::Line>* lines) {
  lines->clear();
  if (!buffer_) {
    buffer_ = std::make_unique_for_overwrite<char[]>(limits::kLogLine + piece_);
  }
  const std::size_t kept = open_line_.size();
  if (kept > 0) std::memmove(buffer_.get(), open_line_.data(), kept);
  open_line_ = {buffer_.get(), kept};
  const auto size = bytes_.Read({buffer_.get() + kept, piece_});
  if (!size) return size.error();
  if (*size == 0) {
    // Somebody who waits for more needs no buffer.
    rest_.assign(open_line_.begin(), open_line_.end());
    open_line_ = {rest_.data(), rest_.size()};
    buffer_.reset();
    return false;
  }
  if (bytes_.offset() == *size)
    head_.assign(buffer_.get(), std::min(kHead, *size));
  Split({buffer_.get() + kept, *size}, lines);
  return true;
}

// `fresh` lies right behind the open line.
void LogReader::Split(std::string_view fresh,
                      std::vector<LogChunk::Line>* lines) {
  const char* const end = fresh.data() + fresh.size();
  const auto offset_of = [&](const char* at) {
    return bytes_.offset() - static_cast<std::uint64_t>(end - at);
  };
  const char* begin = fresh.data() - open_line_.size();
  std::uint64_t begin_at =
      open_line_.empty() ? offset_of(begin) : std::exchange(open_at_, 0);
  const char* scan = fresh.data();
  std::uint64_t last_at = 0;
  while (const void* found =
             std::memchr(scan, '\n', static_cast<std::size_t>(end - scan))) {
    const char* const newline = static_cast<const char*>(found);
    const std::string_view line(begin,
                                static_cast<std::size_t>(newline - begin));
    const std::string_view text = TextOf(line);
    lines->emplace_back().text = text;
    last_at = begin_at + static_cast<std::uint64_t>(text.data() - begin);
    begin = scan = newline + 1;
    begin_at = offset_of(begin);
  }
  if (!lines->empty()) {
    if (identity_.first == 0) identity_.first = LineHash(lines->front().text);
    identity_.offset = begin_at;
    identity_.last_at = last_at;
    identity_.last = LineHash(lines->back().text);
  }
  Keep({begin, static_cast<std::size_t>(end - begin)}, begin_at);
}

void LogReader::Keep(std::string_view open_line, std::uint64_t begin) {
  const std::size_t size = open_line.size();
  open_line = WithoutZeros(open_line);
  open_at_ = begin + (size - open_line.size());
  open_line_ = open_line.substr(0, limits::kLogLine);
}

bool LogReader::TakeRest(std::vector<LogChunk::Line>* lines) {
  lines->clear();
  if (open_line_.empty()) return false;
  const std::string_view text = TextOf(open_line_);
  lines->emplace_back().text = text;
  if (identity_.first == 0) identity_.first = LineHash(text);
  identity_.offset = bytes_.offset();
  identity_.last_at = open_at_;
  identity_.last = LineHash(text);
  open_line_ = {};
  return true;
}

}  // namespace postbounce
