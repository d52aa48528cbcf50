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

RuleMatch MatchOf(const RuleSource& rule) {
  RuleMatch match;
  match.name = rule.name;
  match.reason = rule.reason;
  match.fault = rule.fault;
  match.temporary = rule.temporary;
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
  Result<std::vector<RuleSource>> sources = InOrder(files);
  if (!sources) return sources.error();
  auto impl = std::make_unique<Impl>();
  for (RuleSource& source : *sources) {
    int id = 0;
    if (impl->filter.Add(source.match, PatternOptions(), &id) != RE2::NoError) {
      return Error(ErrorCode::kSyntax, source.where + ": bad expression",
                   source.match);
    }
    impl->rules.push_back(std::make_unique<Rule>(std::move(source)));
  }
  if (!impl->rules.empty()) impl->CompileFilter();
  impl->hash = HashOf(files);
  return RuleSet(std::move(impl));
}

std::optional<RuleMatch> RuleSet::Match(const Evidence& evidence) const {
  const FoldedText folded(evidence.diagnostic);
  const re2::StringPiece text(folded.text());
  std::optional<RuleMatch> match;
  for (const int id : impl_->Candidates(folded.text())) {
    const Rule& rule = *impl_->rules[static_cast<std::size_t>(id)];
    const bool expired = rule.source.reason == Reason::kExpired;
    if (match && !expired) continue;
    re2::StringPiece words;
    if (!rule.Remote(evidence) ||
        !impl_->filter.GetRE2(id).Match(text, 0, text.size(), RE2::UNANCHORED,
                                        &words, 1)) {
      continue;
    }
    if (!match) {
      const auto begin = static_cast<std::size_t>(words.data() - text.data());
      match = MatchOf(rule.source);
      match->words = Clip(Trim(folded.Original(begin, words.size())), kWords);
    }
    match->temporary |= expired;
    if (match->temporary) break;
  }
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
