#ifndef POSTBOUNCE_DAEMON_REPLAY_WALK_H_
#define POSTBOUNCE_DAEMON_REPLAY_WALK_H_

#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/logs/log_bytes.h"
#include "daemon/runtime.h"
#include "daemon/site.h"
#include "mime/text/result.h"
#include "store/reader.h"
#include "store/store.h"

namespace postbounce {

// "replay" of postbounce-query(5): how many files of rules follow, and whether
// the list is to change.
struct ReplayRequest {
  std::size_t files = 0;  // 0: the configured rules
  bool apply = false;

  static Result<ReplayRequest> Parse(const boost::json::object& request);
};

// All that is kept, judged again page after page: by the configured rules, or
// by the shipped ones and others behind them. One thread at a time.
class ReplayWalk {
 public:
  // Without `own` the rules are the runtime's.
  ReplayWalk(std::shared_ptr<const Runtime> runtime,
             std::shared_ptr<const Site> site, std::optional<RuleSet> own);

  // Reads the next page: what is to be said of it.
  Result<boost::json::object> Next(Reader* reader, Timestamp now);
  // What the last page asks for, in parts that keep nobody waiting for long.
  std::vector<Write> TakeWrites();

  bool has_ended() const { return !next_; }
  // Of all pages, when the last one was read.
  boost::json::object Summary() const;

 private:
  void Count(const ReplayPage& page);
  const RuleSet& rules() const { return own_ ? *own_ : runtime_->rules; }

  const std::shared_ptr<const Runtime> runtime_;
  const std::shared_ptr<const Site> site_;
  const std::optional<RuleSet> own_;
  MatchMemo memo_;
  std::optional<AddressId> next_ = AddressId{};
  ReplayPage page_;  // the last one
  std::optional<std::uint64_t> of_;
  std::uint64_t witnesses_ = 0;
  std::uint64_t rejudged_ = 0;
  std::map<std::pair<Reason, Reason>, std::uint64_t> reasons_;
  std::uint64_t added_ = 0;
  std::uint64_t removed_ = 0;
  std::uint64_t changed_ = 0;
};

// False if a replay may find differences after a reload: other rules, or
// another policy of the list.
bool JudgeAlike(const Runtime& before, const Runtime& after);

// kConflict where the store keeps too little for it.
Result<void> CheckReplay(const Config& config);

// The shipped rules and those of `files` behind them; none if there are none.
Result<std::optional<RuleSet>> ReadRules(std::vector<LogBytes> files);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_REPLAY_WALK_H_
