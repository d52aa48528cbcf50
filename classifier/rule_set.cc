#include "classifier/rule_set.h"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "classifier/folded_text.h"
#include "classifier/pattern.h"
#include "classifier/rule_file.h"
#include "mime/text/digest.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

// RE2's own 8 MB let a few hundred expressions thrash the automaton's cache:
// eighty times slower.
constexpr std::int64_t kSetMemory = 64 << 20;
constexpr std::size_t kWords = 200;

struct Rule {
  explicit Rule(RuleSource rule_source)
      : source(std::move(rule_source)),
        match(source.match, PatternOptions()),
        remote(source.remote, PatternOptions()) {}

  bool Remote(const Evidence& evidence) const {
    return source.remote.empty() ||
           RE2::PartialMatch(evidence.remote_mta, remote) ||
           RE2::PartialMatch(evidence.reporting_mta, remote);
  }

  RuleSource source;
  RE2 match;
  RE2 remote;
};

RE2::Options SetOptions() {
  RE2::Options options = PatternOptions();
  options.set_max_mem(kSetMemory);
  return options;
}

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
Result<std::vector<RuleSource>> InOrder(std::span<const RuleFile> files) {
  std::vector<RuleSource> rules;
  std::unordered_set<std::string> names;
  for (std::size_t i = files.size(); i > 0; --i) {
    Result<std::vector<RuleSource>> parsed = ParseRuleFile(files[i - 1]);
    if (!parsed) return parsed.error();
    for (RuleSource& rule : *parsed) {
      if (names.insert(rule.name).second) rules.push_back(std::move(rule));
    }
  }
  std::stable_partition(rules.begin(), rules.end(),
                        [](const RuleSource& rule) { return !rule.weak; });
  return rules;
}

}  // namespace

struct RuleSet::Impl {
  Impl() : set(SetOptions(), RE2::UNANCHORED) {}

  // The rules whose expression fits, in order of precedence.
  std::vector<int> Hits(std::string_view text) const {
    std::vector<int> hits;
    if (rules.empty()) return hits;
    RE2::Set::ErrorInfo error{RE2::Set::kNoError};
    if (set.Match(text, &hits, &error)) {
      std::sort(hits.begin(), hits.end());
    } else if (error.kind != RE2::Set::kNoError) {
      // The automaton outgrew its memory: slower, but no text escapes.
      hits.clear();
      for (std::size_t i = 0; i < rules.size(); ++i) {
        if (RE2::PartialMatch(text, rules[i]->match)) {
          hits.push_back(static_cast<int>(i));
        }
      }
    }
    return hits;
  }

  std::vector<std::unique_ptr<const Rule>> rules;
  RE2::Set set;
  std::string hash;
};

RuleSet::RuleSet(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RuleSet::RuleSet(RuleSet&&) noexcept = default;
RuleSet& RuleSet::operator=(RuleSet&&) noexcept = default;
RuleSet::~RuleSet() = default;

Result<RuleSet> RuleSet::Compile(std::span<const RuleFile> files) {
  Result<std::vector<RuleSource>> sources = InOrder(files);
  if (!sources) return sources.error();
  auto impl = std::make_unique<Impl>();
  for (RuleSource& source : *sources) {
    std::string error;
    if (impl->set.Add(source.match, &error) < 0) {
      return Error(ErrorCode::kSyntax, source.where + ": " + error,
                   source.match);
    }
    impl->rules.push_back(std::make_unique<Rule>(std::move(source)));
  }
  if (!impl->rules.empty() && !impl->set.Compile()) {
    return Error(ErrorCode::kLimit, "the rules together are too large");
  }
  impl->hash = HashOf(files);
  return RuleSet(std::move(impl));
}

std::optional<RuleMatch> RuleSet::Match(const Evidence& evidence) const {
  const FoldedText folded(evidence.diagnostic);
  std::optional<RuleMatch> match;
  bool expired = false;
  for (const int hit : impl_->Hits(folded.text())) {
    const Rule& rule = *impl_->rules[static_cast<std::size_t>(hit)];
    if (!rule.Remote(evidence)) continue;
    expired = expired || rule.source.reason == Reason::kExpired;
    if (match) continue;
    match.emplace();
    match->name = rule.source.name;
    match->reason = rule.source.reason;
    match->fault = rule.source.fault;
    match->temporary = rule.source.temporary;
    match->weak = rule.source.weak;
    re2::StringPiece words;
    const re2::StringPiece text(folded.text());
    if (rule.match.Match(text, 0, text.size(), RE2::UNANCHORED, &words, 1)) {
      const auto begin = static_cast<std::size_t>(words.data() - text.data());
      match->words = Clip(Trim(folded.Original(begin, words.size())), kWords);
    }
  }
  if (match && expired) match->temporary = true;
  return match;
}

std::vector<std::string> RuleSet::FailingExamples() const {
  std::vector<std::string> failures;
  for (const auto& rule : impl_->rules) {
    for (const std::string& example : rule->source.examples) {
      Evidence evidence;
      evidence.diagnostic = example;
      evidence.remote_mta = rule->source.remote_example;
      const std::optional<RuleMatch> match = Match(evidence);
      if (match && match->name == rule->source.name) continue;
      failures.push_back(rule->source.where + ": " + rule->source.name +
                         ": an example gives " +
                         (match ? std::string(match->name) : "no rule") + ": " +
                         Printable(example, kWords));
    }
  }
  return failures;
}

const std::string& RuleSet::hash() const { return impl_->hash; }
std::size_t RuleSet::size() const { return impl_->rules.size(); }

}  // namespace postbounce
