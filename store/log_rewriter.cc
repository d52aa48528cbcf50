// How LogWriter takes addresses out of what is stored.
#include <algorithm>

#include "store/log_writer.h"

namespace postbounce {
namespace {

struct StoredPart {
  std::string bytes;
  std::string lines;
};

bool MayHide(const Hider& hider, const std::vector<StoredPart>& parts) {
  return std::any_of(parts.begin(), parts.end(), [&](const StoredPart& part) {
    return hider.MayHide(part.bytes) || hider.MayHide(part.lines);
  });
}

bool MayHide(const Hider& hider, const LogTail& tail) {
  return std::any_of(tail.parts().begin(), tail.parts().end(),
                     [&](const LogTail::Part& part) {
                       return hider.MayHide(tail.BytesOf(part)) ||
                              hider.MayHide(tail.LinesOf(part));
                     });
}

Result<void> AddChunk(LogTables* tables, SegmentId segment, std::size_t chunk,
                      std::vector<StoredPart>* parts) {
  const auto packed = tables->Chunk(segment, chunk);
  if (!packed) return packed.error();
  auto bytes = OpenChunk(*packed);
  if (!bytes) return bytes.error();
  const auto packed_lines = tables->ChunkLines(segment, chunk);
  if (!packed_lines) return packed_lines.error();
  std::vector<std::string> lines(bytes->size());
  if (!packed_lines->empty()) {
    auto opened = OpenChunk(*packed_lines);
    if (!opened) return opened.error();
    lines = *std::move(opened);
  }
  lines.resize(bytes->size());
  for (std::size_t i = 0; i < bytes->size(); ++i) {
    parts->push_back({std::move((*bytes)[i]), std::move(lines[i])});
  }
  return {};
}

// What is hidden is known again by its hash, which is that of what it is now,
// since guesses could be tried against the old one.
Result<bool> AddHidden(const StoredPart& part, const Hider& hider,
                       LogTail* tail) {
  auto message = DecodeLogMessage(part.bytes);
  if (!message) return message.error();
  message->lines = part.lines;
  std::vector<LogHash> hashes;
  std::vector<bool> is_of;
  for (const LogAttempt& attempt : message->attempts) {
    hashes.push_back(HashOfAttempt(*message, attempt));
    is_of.push_back(hider.IsOf(attempt));
  }
  const bool is_hidden = hider.Hide(&*message);
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    if (!is_of[i]) continue;
    hashes[i] = HashOfAttempt(*message, message->attempts[i]);
  }
  tail->Add(*message, hashes);
  return is_hidden;
}

}  // namespace

void LogWriter::ForgetClosed(SegmentId segment) {
  all_.clear();
  const auto known = attempts_.find(segment);
  if (known != attempts_.end()) {
    attempts_kept_ -= known->second.size();
    attempts_.erase(known);
  }
  filters_.erase(segment);
  hour_.reset();
}

Result<std::size_t> LogWriter::HideInClosed(const SegmentInfo& info,
                                            const Hider& hider) {
  std::vector<StoredPart> parts;
  for (std::size_t chunk = 0; chunk * kPartsPerChunk < info.parts; ++chunk) {
    const auto added = AddChunk(&tables_, info.id, chunk, &parts);
    if (!added) return added.error();
  }
  if (!MayHide(hider, parts)) return std::size_t{0};
  LogTail tail(&hasher_, info.counts);
  std::size_t hidden = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto is_hidden = AddHidden(parts[i], hider, &tail);
    if (!is_hidden) return is_hidden.error();
    hidden += *is_hidden ? 1 : 0;
    if (i % kPartsPerChunk == 0) tail.EndRow();
  }
  tail.EndRow();
  if (hidden == 0) return hidden;
  const auto replaced = tables_.ReplaceSegment(info, BuildSegment(tail));
  if (!replaced) return replaced.error();
  const SegmentId before = info.id;
  ForgetClosed(before);
  for (SegmentInfo& closed : closed_) {
    if (closed.id == before) closed.id = *replaced;
  }
  return hidden;
}

Result<std::optional<SegmentId>> LogWriter::HideNext(SegmentId after,
                                                     SegmentId until,
                                                     const Hider& hider,
                                                     std::size_t* hidden) {
  const auto loaded = Load();
  if (!loaded) return loaded.error();
  std::optional<SegmentId> next;
  const auto look_at = [&](const SegmentInfo& info) {
    const bool is_next = after < info.id && info.id <= until;
    if (is_next && (!next || info.id < *next)) next = info.id;
  };
  for (const auto& [key, open] : open_) look_at(open.info);
  std::for_each(closed_.begin(), closed_.end(), look_at);
  if (!next) return next;
  for (const auto& [key, open] : open_) {
    if (open.info.id != *next) continue;
    if (!MayHide(hider, open.tail)) return next;
    const auto closed = Close(OpenKey(key));
    if (!closed) return closed.error();
    break;
  }
  const auto info =
      std::find_if(closed_.begin(), closed_.end(),
                   [&](const SegmentInfo& one) { return one.id == *next; });
  const auto done = HideInClosed(SegmentInfo(*info), hider);
  if (!done) return done.error();
  *hidden += *done;
  return next;
}

}  // namespace postbounce
