#include "daemon/replay_walk.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <iterator>

#include "daemon/json_value.h"
#include "daemon/list_policy.h"
#include "daemon/request.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxFiles = 100;
constexpr std::size_t kRuleFile = 1u << 20;  // bytes
constexpr std::size_t kTexts = 4096;         // that are remembered
constexpr std::size_t kAtOnce = 1000;        // accounts of one write

json::object PlaceJson(const Decision& decision) {
  const bool is_listed = decision.state != ListState::kNone;
  json::object to;
  to["state"] = StateName(decision.state);
  to["reason"] = is_listed ? json::value(ReasonName(decision.reason)) : nullptr;
  to["since"] = is_listed ? JsonTime(decision.since) : nullptr;
  to["until"] = JsonTime(decision.until);
  return to;
}

json::object DifferenceJson(const ListDifference& difference) {
  json::object to;
  to["address"] = ToUtf8(difference.address);
  to["scope"] = JsonText(difference.after.scope);
  to["before"] = PlaceJson(difference.before);
  to["after"] = PlaceJson(difference.after);
  return to;
}

Result<RuleFile> ReadRuleFile(LogBytes file) {
  if (!file.is_file()) {
    return Error(ErrorCode::kSyntax, "rules are read from plain files",
                 file.name());
  }
  std::string text(kRuleFile + 1, '\0');
  text.resize(file.ReadAt(0, text));
  if (text.size() > kRuleFile) {
    return Error(ErrorCode::kLimit, "a file of rules has 1 MiB at most",
                 file.name());
  }
  return RuleFile{file.name(), std::move(text)};
}

}  // namespace

Result<ReplayRequest> ReplayRequest::Parse(const json::object& request) {
  const auto known = OnlyMembers(request, {"verb", "id", "files", "apply"});
  if (!known) return known.error();
  ReplayRequest replay;
  const auto files = NumberOf(request, "files", 0, kMaxFiles);
  if (!files) return BadRequest("at most 100 files of rules can be given");
  const auto apply = FlagOf(request, "apply");
  if (!apply) return apply.error();
  replay.files = *files;
  replay.apply = *apply;
  return replay;
}

Result<void> CheckReplay(const Config& config) {
  if (config.store_privacy != "hashed") return {};
  return Error(ErrorCode::kConflict,
               "what was said of a delivery cannot be judged again where "
               "store.privacy is hashed");
}

Result<std::optional<RuleSet>> ReadRules(std::vector<LogBytes> files) {
  if (files.empty()) return std::optional<RuleSet>();
  std::vector<RuleFile> texts;
  for (LogBytes& file : files) {
    auto text = ReadRuleFile(std::move(file));
    if (!text) return text.error();
    texts.push_back(*std::move(text));
  }
  auto rules = RulesWith(std::move(texts));
  if (!rules) return rules.error();
  return std::optional<RuleSet>(*std::move(rules));
}

bool JudgeAlike(const Runtime& before, const Runtime& after) {
  return before.rules.hash() == after.rules.hash() &&
         ListPolicyOf(before.config) == ListPolicyOf(after.config);
}

ReplayWalk::ReplayWalk(std::shared_ptr<const Runtime> runtime,
                       std::shared_ptr<const Site> site,
                       std::optional<RuleSet> own)
    : runtime_(std::move(runtime)),
      site_(std::move(site)),
      own_(std::move(own)),
      memo_(kTexts) {}

Result<json::object> ReplayWalk::Next(Reader* reader, Timestamp now) {
  if (!of_) {
    const auto totals = reader->Count();
    if (!totals) return totals.error();
    of_ = totals->witnesses;
  }
  auto page = reader->Replay(
      {&rules(), &memo_, &site_->policy, now, next_.value_or(AddressId{})});
  if (!page) return page.error();
  page_ = *std::move(page);
  next_ = page_.next;
  Count(page_);
  json::object report;
  report["witnesses"] = witnesses_;
  report["of_witnesses"] = *of_;
  json::array differences;
  for (const ListDifference& difference : page_.differences) {
    differences.push_back(DifferenceJson(difference));
  }
  report["differences"] = std::move(differences);
  return report;
}

void ReplayWalk::Count(const ReplayPage& page) {
  witnesses_ += page.witnesses;
  rejudged_ += page.rejudged.size();
  for (const Rejudged& one : page.rejudged) {
    ++reasons_[{one.before, one.verdict.reason}];
  }
  for (const ListDifference& difference : page.differences) {
    const bool was_active = difference.before.state == ListState::kActive;
    const bool is_active = difference.after.state == ListState::kActive;
    ++(was_active == is_active ? changed_ : is_active ? added_ : removed_);
  }
}

std::vector<Write> ReplayWalk::TakeWrites() {
  std::vector<Write> writes;
  const auto rejudged = std::exchange(page_.rejudged, {});
  auto addresses = std::exchange(page_.different, {});
  for (std::size_t i = 0; i < rejudged.size() || !addresses.empty();
       i += kAtOnce) {
    const std::size_t end = std::min(rejudged.size(), i + kAtOnce);
    Replay part;
    std::copy(rejudged.begin() + static_cast<std::ptrdiff_t>(i),
              rejudged.begin() + static_cast<std::ptrdiff_t>(end),
              std::back_inserter(part.rejudged));
    // With the last part, when all accounts say what they say now.
    if (end == rejudged.size()) part.addresses = std::exchange(addresses, {});
    part.rules_hash = rules().hash();
    writes.emplace_back(std::move(part));
  }
  return writes;
}

json::object ReplayWalk::Summary() const {
  json::object summary;
  summary["witnesses"] = witnesses_;
  summary["rejudged"] = rejudged_;
  json::array reasons;
  for (const auto& [reason, count] : reasons_) {
    json::object one;
    one["before"] = ReasonName(reason.first);
    one["after"] = ReasonName(reason.second);
    one["witnesses"] = count;
    reasons.push_back(std::move(one));
  }
  summary["reasons"] = std::move(reasons);
  summary["added"] = added_;
  summary["removed"] = removed_;
  summary["changed"] = changed_;
  return summary;
}

}  // namespace postbounce
