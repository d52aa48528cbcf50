#include "classifier/rule_check.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "classifier/pattern.h"
#include "classifier/rule_file.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kShownBytes = 100;

using Rules = std::vector<RuleSource>;
using Problems = std::vector<RuleProblem>;

std::string Named(const RuleSource& rule) {
  return "rule " + rule.name + " at " + rule.where;
}

// True if one of the two can never decide where the other may.
bool FitTheSame(const RuleSource& a, const RuleSource& b) {
  return a.match == b.match && a.remote == b.remote && a.weak == b.weak;
}

// Takes out the rules whose expression does not compile.
void CheckExpressions(Rules* rules, Problems* problems) {
  std::erase_if(*rules, [&](const RuleSource& rule) {
    const std::string fault = CheckMatch(RE2(rule.match, PatternOptions()));
    if (fault.empty()) return false;
    problems->push_back({rule.match_where, fault, false});
    return true;
  });
}

// Takes out the rules whose expression an earlier rule of the file has.
void CheckDuplicates(Rules* rules, Problems* problems) {
  std::unordered_multimap<std::string, const RuleSource*> known;
  Rules kept;
  kept.reserve(rules->size());
  for (RuleSource& rule : *rules) {
    const auto [begin, end] = known.equal_range(rule.match);
    const auto same = std::find_if(begin, end, [&](const auto& entry) {
      return FitTheSame(*entry.second, rule);
    });
    if (same != end) {
      problems->push_back({rule.match_where,
                           "the same expression as " + Named(*same->second),
                           false});
      continue;
    }
    kept.push_back(std::move(rule));
    known.emplace(kept.back().match, &kept.back());
  }
  *rules = std::move(kept);
}

// Who decides each example of `rule`; "" where no rule does.
std::vector<std::string_view> WinnersOf(const RuleSource& rule,
                                        const RuleSet& all) {
  std::vector<std::string_view> winners;
  for (const RuleExample& example : rule.examples) {
    Evidence evidence;
    evidence.diagnostic = example.text;
    evidence.remote_mta = rule.remote_example;
    const std::optional<RuleMatch> match = all.Match(evidence);
    winners.push_back(match ? match->name : std::string_view());
  }
  return winners;
}

// The rule, another than `rule`, that decides all its examples; "" if none.
std::string_view OnlyWinner(const RuleSource& rule,
                            std::span<const std::string_view> winners) {
  const std::string_view first = winners.front();
  const bool alone =
      std::all_of(winners.begin(), winners.end(),
                  [&](std::string_view winner) { return winner == first; });
  return alone && first != rule.name ? first : std::string_view();
}

using Index = std::unordered_map<std::string_view, const RuleSource*>;

void CheckExamples(const Rules& rules, const Index& index, const RuleSet& all,
                   Problems* problems) {
  for (const RuleSource& rule : rules) {
    const std::vector<std::string_view> winners = WinnersOf(rule, all);
    const std::string_view only = OnlyWinner(rule, winners);
    if (!only.empty()) {
      problems->push_back({rule.where,
                           "rule " + rule.name +
                               " is never reached: " + Named(*index.at(only)) +
                               " decides all its examples",
                           false});
      continue;
    }
    for (std::size_t i = 0; i < winners.size(); ++i) {
      if (winners[i] == rule.name) continue;
      const std::string who = winners[i].empty()
                                  ? "no rule decides"
                                  : Named(*index.at(winners[i])) + " decides";
      problems->push_back({rule.examples[i].where,
                           who + " this example of " + rule.name + ": \"" +
                               Printable(rule.examples[i].text, kShownBytes) +
                               '"',
                           false});
    }
  }
}

// A rule that `mine` replaces by its name is hidden on purpose.
void CheckHidden(const std::vector<Rules>& earlier, const Index& mine,
                 const RuleSet& all, Problems* problems) {
  for (const Rules& rules : earlier) {
    for (const RuleSource& rule : rules) {
      if (mine.contains(rule.name)) continue;
      const auto found = mine.find(OnlyWinner(rule, WinnersOf(rule, all)));
      if (found == mine.end() || found->second->reason == rule.reason) {
        continue;
      }
      problems->push_back({found->second->where,
                           found->second->name + " hides " + Named(rule) +
                               ", which gives " +
                               std::string(ReasonName(rule.reason)),
                           true});
    }
  }
}

std::size_t LineOf(const RuleProblem& problem) {
  const std::size_t colon = problem.where.rfind(':');
  if (colon == problem.where.npos) return 0;
  std::string_view digits = std::string_view(problem.where).substr(colon + 1);
  return static_cast<std::size_t>(TakeNumber(&digits, 9).value_or(0));
}

}  // namespace

std::vector<RuleProblem> CheckRules(std::span<const RuleFile> earlier,
                                    const RuleFile& mine) {
  Problems problems;
  RuleFileContents contents = ReadRuleFile(mine);
  for (RuleError& error : contents.errors) {
    problems.push_back({std::move(error.where), std::move(error.text), false});
  }
  CheckExpressions(&contents.rules, &problems);
  CheckDuplicates(&contents.rules, &problems);

  std::vector<Rules> files;
  for (const RuleFile& file : earlier) {
    files.push_back(ReadRuleFile(file).rules);
  }
  Index earlier_index;
  Index mine_index;
  for (const Rules& rules : files) {
    for (const RuleSource& rule : rules) earlier_index[rule.name] = &rule;
  }
  for (const RuleSource& rule : contents.rules) mine_index[rule.name] = &rule;
  Index index = mine_index;
  index.insert(earlier_index.begin(), earlier_index.end());

  std::vector<Rules> all = files;
  all.push_back(contents.rules);
  const Result<RuleSet> set = RuleSet::Assemble(std::move(all));
  if (!set) {
    problems.push_back({mine.name, set.error().ToString(), false});
  } else {
    CheckExamples(contents.rules, index, *set, &problems);
    CheckHidden(files, mine_index, *set, &problems);
  }
  std::stable_sort(problems.begin(), problems.end(),
                   [](const RuleProblem& a, const RuleProblem& b) {
                     return LineOf(a) < LineOf(b);
                   });
  return problems;
}

}  // namespace postbounce
