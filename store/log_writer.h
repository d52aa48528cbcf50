#ifndef POSTBOUNCE_STORE_LOG_WRITER_H_
#define POSTBOUNCE_STORE_LOG_WRITER_H_

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "store/address_keys.h"
#include "store/hider.h"
#include "store/log_batch.h"
#include "store/log_filter.h"
#include "store/log_tables.h"
#include "store/log_tail.h"

namespace postbounce {

// Stores the messages of log batches, each attempt once. Keeps in memory what
// is open, and forgets it when a transaction fails, to read it again. For the
// thread that writes.
class LogWriter {
 public:
  // Both must outlive the writer.
  LogWriter(LogTables* tables, const AddressKeys* keys)
      : tables_(*tables), hasher_(keys) {}

  enum class News : std::uint8_t {
    kNone,
    kWorth,  // the attempt is known, but now something can be made of it
    kAttempt,
  };
  // Which of the batch's attempts are new.
  class IsNew {
   public:
    void BeginMessage() { begins_.push_back(news_.size()); }
    void Add(LogHash hash, News news) {
      hashes_.push_back(hash);
      news_.push_back(news);
    }

    bool At(std::size_t message, std::size_t attempt) const {
      return NewsAt(message, attempt) == News::kAttempt;
    }
    News NewsAt(std::size_t message, std::size_t attempt) const {
      return news_[begins_[message] + attempt];
    }
    // These two of a message as long as it is the last.
    bool IsAllNew(std::size_t message) const {
      const auto all = std::span(news_).subspan(begins_[message]);
      const auto is_new = [](News news) { return news == News::kAttempt; };
      return std::all_of(all.begin(), all.end(), is_new);
    }
    // HashOfAttempt() of each attempt.
    std::span<const LogHash> HashesOf(std::size_t message) const {
      return std::span(hashes_).subspan(begins_[message]);
    }
    std::size_t count() const {
      return static_cast<std::size_t>(
          std::count(news_.begin(), news_.end(), News::kAttempt));
    }

   private:
    std::vector<std::size_t> begins_;  // of each message in news_
    std::vector<LogHash> hashes_;
    std::vector<News> news_;
  };
  // Stores all but the failures, which are the caller's.
  Result<IsNew> Store(const LogBatch& batch, Timestamp now);

  // As PruneLog; more than 0 if there may be more to forget. Closes one that
  // holds what is older than a week, but was not opened within a day: only
  // what is closed can be forgotten, and an import opens many of old lines.
  Result<std::size_t> Prune(Timestamp kept_before, Timestamp lines_before,
                            Timestamp now);

  // Hides what it must in the next segment, up to `until`, which then has
  // another id, so that no reader takes it for the one that it knows; an open
  // one is closed before. None is left: no id. Adds to `hidden` how many parts
  // were changed.
  Result<std::optional<SegmentId>> HideNext(SegmentId after, SegmentId until,
                                            const Hider& hider,
                                            std::size_t* hidden);

  // What is stored but for previews, which the list must not change for; the
  // open ones first. Lives until the next call of any other than those here.
  Result<const std::vector<SegmentInfo>*> Segments();
  const LogTail& TailOf(SegmentId open) const;
  std::string NameOf(LogId log) const;
  // False if no part of a closed segment has that id. What answers it stays in
  // memory once it was asked for: about 1.4 bytes an id, and a message has
  // three.
  Result<bool> MayHave(SegmentId closed, LogHash id);

  // The transaction was rolled back.
  void Forget();

 private:
  struct Open {
    SegmentInfo info;
    LogTail tail;
    std::uint32_t rows = 0;
    Timestamp opened{};  // long ago if it was there at the start
  };
  using OpenKey = std::tuple<LogId, bool, bool>;  // log, is_import, counts
  static OpenKey KeyOf(const SegmentInfo& info) {
    return {info.log, info.is_import, info.counts};
  }

  Result<void> Load();
  Result<Open*> OpenFor(const LogBatch& batch, Timestamp now);
  const std::vector<SegmentId>& ClosedAround(Timestamp time);
  Result<bool> IsKnownAttempt(LogHash hash, Timestamp time);
  Result<News> NewsOf(LogHash hash, Timestamp time, LogWorth worth);
  Result<const std::vector<LogHash>*> AttemptsOf(SegmentId segment);
  Result<void> Compare(const LogMessage& message, bool counts, IsNew* is_new);
  static void AddNew(const LogMessage& message, std::size_t number,
                     const IsNew& is_new, News news, LogTail* tail);
  Result<void> Close(const OpenKey& key);
  Result<void> CloseOverdue(Timestamp now);
  Result<std::size_t> PruneSegment(Timestamp before);
  Result<std::size_t> HideInClosed(const SegmentInfo& info, const Hider& hider);
  // What is in memory of a closed segment.
  void ForgetClosed(SegmentId segment);

  LogTables& tables_;
  LogHasher hasher_;
  bool is_loaded_ = false;
  std::map<OpenKey, Open> open_;
  std::vector<SegmentInfo> closed_;
  std::vector<SegmentInfo> all_;  // see Segments(); empty: to be made anew
  std::map<LogId, std::string> names_;
  // Hashes of the attempts of the closed segments that were asked for last.
  std::map<SegmentId, std::vector<LogHash>> attempts_;
  std::size_t attempts_kept_ = 0;
  // Nothing for a segment that has no filter.
  boost::unordered_flat_map<SegmentId, std::optional<LogFilter>> filters_;
  // What ClosedAround() found last, for an hour and a second of it.
  std::optional<Timestamp> hour_;
  std::vector<SegmentInfo> around_hour_;
  std::optional<Timestamp> second_;
  std::vector<SegmentId> around_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_LOG_WRITER_H_
