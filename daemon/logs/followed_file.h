#ifndef POSTBOUNCE_DAEMON_LOGS_FOLLOWED_FILE_H_
#define POSTBOUNCE_DAEMON_LOGS_FOLLOWED_FILE_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/log_source.h"
#include "daemon/logs/file_position.h"
#include "daemon/logs/log_reader.h"
#include "daemon/logs/rotated_files.h"
#include "daemon/logs/watcher.h"

namespace postbounce {

// A log that grows at a path, and what rotation has made of it as far as that
// is not read yet: each file to its end before the next.
class FollowedFile {
 public:
  // Where to begin when the path was never followed before. A file that comes
  // later is read from its beginning.
  enum class Start { kBeginning, kEnd };

  FollowedFile(std::string path, Start start, Watcher* watcher);
  FollowedFile(PathPosition position, Watcher* watcher);
  ~FollowedFile();
  FollowedFile(const FollowedFile&) = delete;
  FollowedFile& operator=(const FollowedFile&) = delete;

  // Looks what stands at the path now; to be called whenever names may have
  // changed. An error is told once, until there is another one or none.
  Result<void> Check();

  // Sets all of `chunk` if there are lines, or some are known to be lost;
  // false if there is nothing now. Errors as above.
  Result<bool> Read(LogChunk* chunk);

  // Names changed while Check() looked: there may be more to find.
  bool is_unsettled() const { return is_unsettled_; }

  const std::string& path() const { return path_; }
  // Is to begin at the end, which could not be found yet.
  bool awaits_end() const { return start_ == Start::kEnd; }
  PathPosition Position() const;
  // Neither the file nor anything of it is there any more.
  bool is_gone() const { return is_resolved_ && trails_.empty(); }

 private:
  // A file that stands at the path or has stood there.
  struct Trail {
    TrailPosition position;  // until there is a reader, for its identity
    std::unique_ptr<LogReader> reader;
    int watch = -1;
    std::uint64_t number = 0;  // tells the trails of this object apart
  };
  struct Found {
    LogReader reader;
    RotatedFile file;
  };

  // Names change while we look.
  static constexpr int kTries = 5;

  enum class Step { kNothing, kLines, kTruncated };

  Result<void> Look();
  Result<void> BeginLive();
  void SearchAfter(const Trail& trail);
  void AddUnseen(std::uint64_t next_number, bool are_copies);
  void AddIfUnseen(const RotatedFile& file, std::uint64_t next_number,
                   bool is_copy);
  std::deque<Trail>::iterator Insert(Trail trail, std::int64_t time);
  bool IsKnown(const RotatedFile& file) const;
  bool WasSeen(std::uint64_t first) const;
  void Remember(std::uint64_t first);
  void NoteTime(const Trail& trail, bool is_empty_too = false);
  void Drop(std::size_t index);
  static const LogIdentity& IdentityOf(const Trail& trail);
  static std::uint64_t IdOf(const LogReader& reader);

  Result<void> Resolve(bool has_file);
  std::vector<RotatedFile> AllFiles() const;
  static std::optional<LogReader> OpenAs(const TrailPosition& trail,
                                         const RotatedFile& file);
  static std::optional<Found> Find(const TrailPosition& trail,
                                   const std::vector<RotatedFile>& files);
  void Attach(std::vector<std::optional<Found>> found, std::uint64_t live);
  void AttachTo(Trail* trail, Found found);
  void Truncated(std::size_t index, const LogIdentity& identity);
  std::string TruncatedText() const;

  Result<Step> ReadOnce(LogChunk* chunk);
  Result<Step> ReadTrail(std::size_t index, LogChunk* chunk);
  Result<Step> Complain(std::size_t index, const Error& error);
  bool TakeRest(std::size_t index, LogChunk* chunk);
  bool IsLive(std::size_t index) const;
  bool IsDone(std::size_t index) const;
  void Fill(Trail* trail, LogChunk* chunk);
  Trail MakeTrail(LogReader reader);

  const std::string path_;
  Start start_ = Start::kBeginning;
  Watcher* const watcher_;

  std::deque<Trail> trails_;   // to be read in this order
  bool has_live_ = false;      // the last of them stands at the path
  std::uint64_t live_id_ = 0;  // of what stood there when looked at last
  bool is_resolved_ = false;   // all trails have readers
  std::int64_t since_ = 0;     // rotated files written then or later are new
  bool is_unsettled_ = false;
  bool has_unseen_ = false;                    // such are to be looked for, ...
  std::optional<std::uint64_t> unseen_after_;  // ... rather behind this one
  std::deque<std::uint64_t> seen_;             // first lines of trails dropped
  std::string gap_;                            // lost before the next trail
  std::string complaint_;                      // told already, of Check()
  std::string read_complaint_;
  std::uint64_t next_number_ = 1;
  std::uint64_t reading_ = 0;  // number of the trail read last
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LOGS_FOLLOWED_FILE_H_
