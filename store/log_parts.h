#ifndef POSTBOUNCE_STORE_LOG_PARTS_H_
#define POSTBOUNCE_STORE_LOG_PARTS_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/log_tables.h"
#include "store/log_tail.h"

namespace postbounce {

// Reads parts of messages, wherever they lie, and joins them. For one thread.
class LogParts {
 public:
  // What an open segment has in memory.
  using TailOf = std::function<const LogTail&(SegmentId)>;
  // Whether a closed segment may have an id, so that most are not looked into.
  using HasId = std::function<Result<bool>(SegmentId, LogHash)>;
  // `tables` must outlive this.
  LogParts(LogTables* tables, TailOf tail_of, HasId may_have_id = {})
      : tables_(*tables),
        tail_of_(std::move(tail_of)),
        may_have_id_(std::move(may_have_id)) {}

  // Where a part is.
  struct Place {
    const SegmentInfo* segment = nullptr;
    std::uint32_t part = 0;
  };
  struct Located {
    LogMessage message;
    Place place;
  };

  // False if Find() is known to find nothing.
  Result<bool> MayHave(const SegmentInfo& segment, LogKeyKind kind,
                       LogHash hash) const;
  // The parts of a segment that a key may stand for.
  Result<std::vector<std::uint32_t>> Find(const SegmentInfo& segment,
                                          LogKeyKind kind, LogHash hash);
  // Without the log's name.
  Result<LogMessage> Load(const Place& place, bool with_lines);
  // All parts, in `segments`, of the message that `part` is of.
  Result<std::vector<Located>> AllParts(std::span<const SegmentInfo> segments,
                                        const LogMessage& part,
                                        const Place& place, bool with_lines);
  static LogMessage Joined(std::vector<Located> parts);

  // Lines are forgotten before the rest; all else that is closed stays.
  void ForgetLines();
  // What was read may have been rolled back.
  void Forget();

 private:
  // The parts of a chunk, or their lines.
  struct ChunkKey {
    SegmentId segment{};
    std::size_t number = 0;
    bool is_lines = false;
    auto operator<=>(const ChunkKey&) const = default;
  };
  struct Chunk {
    ChunkKey key;
    std::vector<std::string> texts;
    std::size_t size = 0;
  };

  // Lives until the next call; empty where nothing was kept.
  Result<std::string_view> TextAt(const Place& place, bool is_lines);
  Result<const Chunk*> ChunkAt(const ChunkKey& key);

  LogTables& tables_;
  const TailOf tail_of_;
  const HasId may_have_id_;
  std::list<Chunk> chunks_;  // read last, the oldest first
  std::map<ChunkKey, std::list<Chunk>::iterator> known_chunks_;
  std::size_t chunks_size_ = 0;
};

// No message stays in a queue for longer, whatever maximal_queue_lifetime is.
inline constexpr std::chrono::days kLogLifetime{30};
// Two clocks may differ by so much.
inline constexpr std::chrono::seconds kLogClockSlack{2};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_LOG_PARTS_H_
