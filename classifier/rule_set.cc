#include "classifier/rule_set.h"

#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "classifier/folded_text.h"
#include "classifier/pattern.h"
#include "classifier/rule_file.h"
#include "mime/text/digest.h"
#include "mime/text/fold_case.h"
#include "mime/text/string_finder.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

// Shorter strings are in nearly every text and tell nothing.
constexpr int kShortestString = 3;
constexpr std::size_t kWords = 200;

struct Rule {
  explicit Rule(RuleSource rule_source)
      : source(std::move(rule_source)),
        remote(source.remote, PatternOptions()) {}

  bool Remote(const Evidence& evidence) const {
    return source.remote.empty() ||
           RE2::PartialMatch(evidence.remote_mta, remote) ||
           RE2::PartialMatch(evidence.reporting_mta, remote);
  }

  // A site's own rules are its own affair.
  bool Condemns() const {
    return source.is_shipped &&
           InfoOf(source.reason).reason_class == ReasonClass::kHard;
  }
  // True if it says plainly that not the address is at fault.
  bool Exonerates() const {
    return !source.weak &&
           (InfoOf(source.reason).reason_class == ReasonClass::kBlock ||
            source.reason == Reason::kRateLimited ||
            source.reason == Reason::kGreylisted);
  }
  // True if its words make a failure temporary, whichever rule decides.
  bool LowersAll() const { return source.weak && source.temporary; }

  RuleSource source;
  RE2 remote;
};

std::string HashOf(std::span<const RuleFile> files) {
  std::string all;
  for (const RuleFile& file : files) {
    all += std::to_string(file.text.size()) + ":" + file.text;
  }
  const Digest digest = Sha256(all);
  return Hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

// All files' rules, those that win first: later files before earlier ones,
// weak rules behind all others, replaced rules left out.
std::vector<RuleSource> InOrder(std::vector<std::vector<RuleSource>> files) {
  std::vector<RuleSource> rules;
  std::unordered_set<std::string> names;
  for (auto file = files.rbegin(); file != files.rend(); ++file) {
    for (RuleSource& rule : *file) {
      if (names.insert(rule.name).second) rules.push_back(std::move(rule));
    }
  }
  std::stable_partition(rules.begin(), rules.end(),
                        [](const RuleSource& rule) { return !rule.weak; });
  return rules;
}

RuleMatch MatchOf(const RuleSource& rule) {
  RuleMatch match;
  match.name = rule.name;
  match.reason = rule.reason;
  match.fault = rule.fault;
  match.temporary = rule.temporary;
  match.second_day = rule.second_day;
  match.weak = rule.weak;
  return match;
}

// False for letters whose case FoldCase() does not know: those of four bytes,
// of U+1000 to U+1FFF and the wide ones, and of rarer alphabets.
bool IsFoldable(std::string_view string) {
  return std::none_of(string.begin(), string.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == 0xE1 || byte == 0xEF || byte >= 0xF0 ||
           (byte >= 0xC6 && byte <= 0xCD) || (byte >= 0xD2 && byte <= 0xD6);
  });
}

// All that Find() looks at. A folded text has no line's end.
void SetKey(std::string_view folded, const Evidence& evidence,
            std::string* key) {
  *key = std::to_string(evidence.remote_mta.size());
  key->push_back('\n');
  key->append(evidence.remote_mta).append(evidence.reporting_mta);
  key->push_back('\n');
  key->append(folded);
}

}  // namespace

// One automaton over all expressions (RE2::Set) would be faster on common
// texts, but remembers what has matched so far: a text made of the rules' words
// costs it a new state for each byte, a hundred times the time. So one pass
// over the text finds the strings without which no rule can fit, and the few
// rules whose strings are there are tried in order, each in linear time.
struct RuleSet::Impl {
  // The rules that may fit, in order of precedence.
  std::vector<int> Candidates(std::string_view text) const {
    std::vector<int> candidates;
    if (rules.empty()) return candidates;
    std::vector<int> found = finder->Find(FoldCase(text));
    found.insert(found.end(), always_found.begin(), always_found.end());
    filter.AllPotentials(found, &candidates);
    return candidates;
  }

  // Says what is wrong with `match`; nothing if it was added.
  std::string Add(const std::string& match) {
    int id = 0;
    if (filter.Add(match, PatternOptions(), &id) != RE2::NoError) {
      return CheckMatch(RE2(match, PatternOptions()));
    }
    return CheckMatch(filter.GetRE2(id));
  }

  void CompileFilter() {
    std::vector<std::string> strings;
    filter.Compile(&strings);
    for (std::size_t i = 0; i < strings.size(); ++i) {
      if (!IsFoldable(strings[i])) always_found.push_back(static_cast<int>(i));
    }
    finder.emplace(strings);
  }

  // The ids in `filter` are the indexes in `rules`.
  std::vector<std::unique_ptr<const Rule>> rules;
  re2::FilteredRE2 filter{kShortestString};
  std::optional<StringFinder> finder;
  std::vector<int> always_found;  // strings that are not looked for
  std::string hash;
};

RuleSet::RuleSet(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RuleSet::RuleSet(RuleSet&&) noexcept = default;
RuleSet& RuleSet::operator=(RuleSet&&) noexcept = default;
RuleSet::~RuleSet() = default;

Result<RuleSet> RuleSet::Compile(std::span<const RuleFile> files) {
  std::vector<std::vector<RuleSource>> sources;
  for (const RuleFile& file : files) {
    RuleFileContents contents = ReadRuleFile(file);
    if (!contents.errors.empty()) {
      const RuleError& error = contents.errors.front();
      return Error(ErrorCode::kSyntax, error.where + ": " + error.text);
    }
    sources.push_back(std::move(contents.rules));
  }
  Result<RuleSet> rules = Assemble(std::move(sources));
  if (rules) rules->impl_->hash = HashOf(files);
  return rules;
}

Result<RuleSet> RuleSet::Assemble(std::vector<std::vector<RuleSource>> files) {
  auto impl = std::make_unique<Impl>();
  for (RuleSource& source : InOrder(std::move(files))) {
    if (const std::string fault = impl->Add(source.match); !fault.empty()) {
      return Error(ErrorCode::kSyntax, source.match_where + ": " + fault,
                   source.match);
    }
    impl->rules.push_back(std::make_unique<Rule>(std::move(source)));
  }
  if (!impl->rules.empty()) impl->CompileFilter();
  return RuleSet(std::move(impl));
}

// The first of the candidates that fits, in order of precedence; but a rule
// that condemns the address yields to one that blames sender, host, rate or
// content.
std::optional<MatchMemo::Found> RuleSet::Find(std::string_view folded,
                                              const Evidence& evidence) const {
  const re2::StringPiece text(folded);
  std::optional<MatchMemo::Found> found;
  bool condemns = false;
  bool temporary = false;
  bool expired = false;
  for (const int id : impl_->Candidates(folded)) {
    const auto index = static_cast<std::size_t>(id);
    const Rule& rule = *impl_->rules[index];
    const bool gave_up = rule.source.reason == Reason::kExpired;
    const bool lowers = gave_up ? !expired : !temporary && rule.LowersAll();
    const bool wins = !found || (condemns && rule.Exonerates());
    if (!wins && !lowers) continue;
    re2::StringPiece words;
    if (!rule.Remote(evidence) ||
        !impl_->filter.GetRE2(id).Match(text, 0, text.size(), RE2::UNANCHORED,
                                        &words, 1)) {
      continue;
    }
    expired = expired || gave_up;
    temporary = temporary || (lowers && !gave_up);
    if (!wins) continue;
    const auto begin = static_cast<std::size_t>(words.data() - text.data());
    found = {index, begin, words.size(), rule.source.temporary, false};
    condemns = rule.Condemns();
  }
  if (found) {
    found->temporary |= temporary || expired;
    found->expired = expired;
  }
  return found;
}

std::optional<RuleMatch> RuleSet::Match(const Evidence& evidence,
                                        MatchMemo* memo) const {
  const FoldedText folded(evidence.diagnostic);
  SetKey(folded.text(), evidence, &memo->key_);
  auto known = memo->found_.find(memo->key_);
  if (known == memo->found_.end()) {
    if (memo->found_.size() >= memo->size_) memo->found_.clear();
    known =
        memo->found_.emplace(memo->key_, Find(folded.text(), evidence)).first;
  }
  if (!known->second) return std::nullopt;
  const MatchMemo::Found& found = *known->second;
  RuleMatch match = MatchOf(impl_->rules[found.rule]->source);
  match.temporary = found.temporary;
  match.expired = found.expired;
  match.words = Clip(Trim(folded.Original(found.begin, found.size)), kWords);
  return match;
}

std::optional<RuleMatch> RuleSet::Match(const Evidence& evidence) const {
  MatchMemo memo;
  return Match(evidence, &memo);
}

std::vector<std::string> RuleSet::FailingExamples() const {
  std::vector<std::string> failures;
  for (const auto& rule : impl_->rules) {
    for (const RuleExample& example : rule->source.examples) {
      Evidence evidence;
      evidence.diagnostic = example.text;
      evidence.remote_mta = rule->source.remote_example;
      const std::optional<RuleMatch> match = Match(evidence);
      if (match && match->name == rule->source.name) continue;
      failures.push_back(rule->source.where + ": " + rule->source.name +
                         ": an example gives " +
                         (match ? std::string(match->name) : "no rule") + ": " +
                         Printable(example.text, kWords));
    }
  }
  return failures;
}

const std::string& RuleSet::hash() const { return impl_->hash; }
std::size_t RuleSet::size() const { return impl_->rules.size(); }

}  // namespace postbounce
