#include "store/fold.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <variant>

#include "store/score.h"

namespace postbounce {
namespace {

using std::chrono::seconds;

// A suppression lasts longer each time, up to so many doublings, and to so
// long: whoever has an address again after years is another person.
constexpr int kMaxDoublings = 3;
constexpr seconds kLongest = std::chrono::days(5 * 365);

class Suppression {
 public:
  Suppression(const ListPolicy& policy, Timestamp now, bool with_held)
      : policy_(policy), now_(now), with_held_(with_held) {}

  // In order of time.
  void operator()(const Failure* failure);
  void operator()(const Acceptance* delivery);
  void operator()(const ListAction* action);

  Folded Result();

 private:
  bool IsActive(Timestamp time) const {
    return StateAt(decision_, time) == ListState::kActive;
  }
  // Whether one failure suffices, since there was a suppression before.
  bool IsOnProbation(const Failure& failure) const;
  std::optional<Timestamp> UntilOf(const Failure& failure) const;
  void Begin(const Failure& failure);
  void Prolong(const Failure& failure);
  void Believe(const Acceptance& delivery);
  void EndBy(const Acceptance& delivery);

  const ListPolicy& policy_;
  const Timestamp now_;
  const bool with_held_;

  Decision decision_;
  std::map<std::optional<Reason>, Score> scores_;
  int suppressions_ = 0;  // since mail was delivered
  // Mail was delivered, and may yet come back.
  bool in_doubt_ = false;
};

void Suppression::operator()(const Failure* failure) {
  const Event& event = *failure->event;
  Score& score = scores_[failure->score];
  score.Add(*failure);
  const bool suffices = score.SufficesFor(*failure);
  if (!suffices && !IsOnProbation(*failure)) return;
  if (!IsActive(event.time)) return Begin(*failure);

  Prolong(*failure);
  // No delivery makes up for a complaint, so it has to be seen.
  if (suffices && event.reason == Reason::kComplaint && !decision_.by &&
      decision_.reason != Reason::kComplaint) {
    decision_.reason = Reason::kComplaint;
    decision_.because = event.id;
  }
}

bool Suppression::IsOnProbation(const Failure& failure) const {
  const bool is_soft = !failure.score;
  return suppressions_ > 0 && !failure.event->wants_second_day &&
         !(is_soft && in_doubt_);
}

std::optional<Timestamp> Suppression::UntilOf(const Failure& failure) const {
  const seconds once = failure.rule.lasts;
  if (once == seconds(0)) return std::nullopt;
  const int doublings = std::min(suppressions_ - 1, kMaxDoublings);
  return std::chrono::ceil<seconds>(failure.event->time) +
         std::min(once * (1 << doublings), std::max(once, kLongest));
}

void Suppression::Begin(const Failure& failure) {
  ++suppressions_;
  scores_.clear();
  decision_ = Decision();
  decision_.state = ListState::kActive;
  decision_.reason = failure.event->reason;
  decision_.since = failure.event->time;
  decision_.until = UntilOf(failure);
  decision_.because = failure.event->id;
}

void Suppression::Prolong(const Failure& failure) {
  // An operator may have begun it.
  suppressions_ = std::max(suppressions_, 1);
  const auto until = UntilOf(failure);
  if (!until || !decision_.until) {
    decision_.until = std::nullopt;
  } else {
    decision_.until = std::max(*decision_.until, *until);
  }
}

void Suppression::operator()(const Acceptance* delivery) {
  Believe(*delivery);
  if (!IsActive(delivery->time) || decision_.reason == Reason::kComplaint) {
    return;
  }
  decision_.contradicted = delivery->time;
  if (!decision_.by) EndBy(*delivery);
}

void Suppression::Believe(const Acceptance& delivery) {
  if (delivery.time + policy_.success_settle > now_) {
    in_doubt_ = true;
    scores_.erase(std::nullopt);
    return;
  }
  suppressions_ = 0;
  std::erase_if(scores_, [](const auto& score) {
    return score.first != Reason::kComplaint;
  });
}

void Suppression::EndBy(const Acceptance& delivery) {
  if (with_held_) {
    decision_ = Decision();
    scores_.clear();
    suppressions_ = 0;
    return;
  }
  const Timestamp settled = delivery.time + policy_.success_settle;
  if (!policy_.success_releases || settled > now_) return;
  decision_.state = ListState::kRemoved;
  decision_.since = settled;
  decision_.until = std::nullopt;
  decision_.because = std::nullopt;
}

void Suppression::operator()(const ListAction* action) {
  Decision next;
  next.since = action->time;
  next.by = action->id;
  switch (action->kind) {
    case ListAction::Kind::kSuppress:
      if (IsActive(action->time) && decision_.by &&
          decision_.reason == action->reason &&
          decision_.until == action->until) {
        return;
      }
      next.state = ListState::kActive;
      next.reason = action->reason;
      next.until = action->until;
      break;
    case ListAction::Kind::kRemove:
      scores_.clear();
      suppressions_ = 0;
      // What is not on the list is not removed from it.
      if (decision_.state == ListState::kNone) return;
      next.state = ListState::kRemoved;
      next.reason = decision_.reason;
      break;
  }
  decision_ = next;
}

Folded Suppression::Result() {
  Folded folded;
  folded.decision = decision_;
  folded.decision.state = StateAt(decision_, now_);
  folded.outlook.on_probation = suppressions_ > 0;
  if (folded.decision.state == ListState::kActive) return folded;
  for (auto& [reason, score] : scores_) {
    if (auto tally = score.TallyAt(now_)) {
      folded.outlook.tallies.push_back(*std::move(tally));
    }
  }
  return folded;
}

// Anything that happened. Of what happened at once, an order is the last.
struct Step {
  Timestamp time;
  std::int64_t id;
  std::variant<const Failure*, const Acceptance*, const ListAction*> what;
};

bool IsBefore(const Step& a, const Step& b) {
  const auto key = [](const Step& step) {
    return std::make_tuple(step.time, step.what.index(), step.id);
  };
  return key(a) < key(b);
}

}  // namespace

Folded Fold(const FoldInput& input, const ListPolicy& policy, Timestamp now) {
  std::vector<Step> steps;
  steps.reserve(input.failures.size() + input.deliveries.size() +
                input.actions.size());
  for (const Failure& failure : input.failures) {
    const Event& event = *failure.event;
    steps.push_back(
        {event.time, static_cast<std::int64_t>(event.id), &failure});
  }
  for (const Acceptance* delivery : input.deliveries) {
    steps.push_back({delivery->time, 0, delivery});
  }
  for (const ListAction* action : input.actions) {
    steps.push_back(
        {action->time, static_cast<std::int64_t>(action->id), action});
  }
  std::sort(steps.begin(), steps.end(), IsBefore);

  Suppression fold(policy, now, input.with_held);
  for (const Step& step : steps) std::visit(fold, step.what);
  return fold.Result();
}

}  // namespace postbounce
