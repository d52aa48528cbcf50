#include "tests/store/story.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace postbounce {
namespace {

using std::chrono::hours;

const Timestamp kDayZero =
    std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t size = std::min(text.find(separator), text.size());
    if (size > 0) parts.push_back(text.substr(0, size));
    text.remove_prefix(std::min(size + 1, text.size()));
  }
  return parts;
}

int NumberOf(std::string_view text) {
  int number = 0;
  if (std::from_chars(text.begin(), text.end(), number).ptr != text.end()) {
    throw std::invalid_argument(std::string(text));
  }
  return number;
}

MessageRef MessageOf(std::string_view text) {
  return {static_cast<std::uint64_t>(NumberOf(text)), kDayZero};
}

void Qualify(std::string_view word, Event* event) {
  if (word == "soft") event->reason_class = ReasonClass::kSoft;
  if (word == "block") event->reason_class = ReasonClass::kBlock;
  if (word == "hard") event->reason_class = ReasonClass::kHard;
  if (word == "delayed") event->action = Action::kDelayed;
  if (word == "void") event->is_void = true;
  if (word == "unproven") event->standing = Standing::kUnproven;
  if (word == "untrusted") event->standing = Standing::kUntrusted;
  if (word == "held") event->is_held = true;
  if (word == "after-acceptance") event->after_acceptance = true;
  if (word == "second-day") event->wants_second_day = true;
  if (word.starts_with("in=")) event->scope = word.substr(3);
  if (word.starts_with("of=")) event->message = MessageOf(word.substr(3));
}

std::string ShowTime(Timestamp time) {
  const auto since = std::chrono::floor<hours>(time - kDayZero).count();
  std::string text = std::to_string(since / 24);
  if (since % 24 != 12) text += ":" + std::to_string(since % 24);
  return text;
}

std::string Show(const Decision& decision) {
  std::string text = decision.scope.empty() ? "" : decision.scope + ": ";
  text += std::string(StateName(decision.state)) + " " +
          std::string(ReasonName(decision.reason)) + " " +
          ShowTime(decision.since) + "-";
  if (decision.until) text += ShowTime(*decision.until);
  if (decision.contradicted) {
    text += " contradicted " + ShowTime(*decision.contradicted);
  }
  return text;
}

}  // namespace

Timestamp TimeOf(std::string_view text) {
  const std::size_t colon = text.find(':');
  const int hour =
      colon == std::string_view::npos ? 12 : NumberOf(text.substr(colon + 1));
  return kDayZero + hours(NumberOf(text.substr(0, colon)) * 24 + hour);
}

Story::Story(std::string_view text) {
  std::int64_t id = 0;
  for (const std::string_view sentence : Split(text, ',')) {
    const Words words = Split(sentence, ' ');
    if (words.empty()) continue;
    const Timestamp time = TimeOf(words.at(0));
    ++id;
    if (words.at(1) == "delivered") {
      AddDelivery(time, words);
    } else if (words[1] == "suppress" || words[1] == "remove") {
      AddAction(time, words, id);
    } else {
      AddEvent(time, words, id);
    }
  }
}

void Story::AddDelivery(Timestamp time, const Words& words) {
  Acceptance delivery{time, {1'000'000, kDayZero}, ""};
  for (const auto word : words) {
    if (word.starts_with("of=")) delivery.message = MessageOf(word.substr(3));
    if (word.starts_with("in=")) delivery.scope = word.substr(3);
  }
  deliveries.push_back(delivery);
}

void Story::AddAction(Timestamp time, const Words& words, std::int64_t id) {
  ListAction action;
  action.id = ActionId{id};
  action.kind = words[1] == "remove" ? ListAction::Kind::kRemove
                                     : ListAction::Kind::kSuppress;
  action.time = time;
  for (const auto word : words) {
    if (word.starts_with("in=")) action.scope = word.substr(3);
    if (word.starts_with("until=")) action.until = TimeOf(word.substr(6));
  }
  actions.push_back(action);
}

void Story::AddEvent(Timestamp time, const Words& words, std::int64_t id) {
  Event event;
  event.id = EventId{id};
  event.time = time;
  event.action = Action::kFailed;
  event.reason = ParseReason(words[1]).value();
  event.reason_class = InfoOf(event.reason).reason_class;
  std::int64_t address = 0;
  for (const auto word : words) {
    Qualify(word, &event);
    if (word.starts_with("at=")) address = NumberOf(word.substr(3));
  }
  events.push_back(event);
  addresses.push_back(address);
}

std::vector<DomainFailure> Story::failures() const {
  std::vector<DomainFailure> failures;
  for (std::size_t i = 0; i < events.size(); ++i) {
    failures.push_back({events[i], addresses[i]});
  }
  return failures;
}

std::string Show(const std::vector<Decision>& decisions) {
  std::string text;
  for (const Decision& decision : decisions) {
    if (!text.empty()) text += "; ";
    text += Show(decision);
  }
  return text.empty() ? "none" : text;
}

ListPolicy DefaultPolicy() {
  const struct {
    Reason reason;
    const char* rule;
  } kRules[] = {
      {Reason::kNoSuchUser, "after 1 for 365d"},
      {Reason::kMailboxDisabled, "after 2 for 180d"},
      {Reason::kMailboxMoved, "after 1 for 365d"},
      {Reason::kBadAddressSyntax, "after 1 for 365d"},
      {Reason::kNoSuchDomain, "after 3 for 180d"},
      {Reason::kDomainAcceptsNoMail, "after 1 for 180d"},
      {Reason::kMailboxFull, "after 5 over 14d for 90d"},
      {Reason::kRecipientRefused, "after 5 over 14d for 90d in scope"},
      {Reason::kSystemError, "after 5 over 14d for 30d"},
      {Reason::kSystemFull, "after 5 over 14d for 30d"},
      {Reason::kExpired, "after 5 over 14d for 30d"},
      {Reason::kRelayDenied, "after 5 over 14d for 30d"},
      {Reason::kSmtputf8Unsupported, "after 5 over 14d for 30d"},
      {Reason::kComplaint, "after 1 in scope"},
  };
  ListPolicy policy;
  for (const auto& row : kRules) {
    policy.reasons[static_cast<std::size_t>(row.reason)] =
        ReasonPolicy::Parse(row.rule).value();
  }
  policy.domain_recipients = 3;
  policy.domain_days = 3;
  policy.domain_lasts = std::chrono::days(90);
  policy.success_settle = std::chrono::days(5);
  return policy;
}

ListPolicy WithRule(Reason reason, std::string_view rule) {
  ListPolicy policy = DefaultPolicy();
  policy.reasons[static_cast<std::size_t>(reason)] =
      ReasonPolicy::Parse(rule).value();
  return policy;
}

void Check(std::initializer_list<StoryCase> cases, const ListPolicy& policy) {
  for (const StoryCase& row : cases) {
    SCOPED_TRACE(std::string(row.story) + " now " + row.now);
    const Story story(row.story);
    EXPECT_EQ(Show(Decide(story.history(), policy, TimeOf(row.now))), row.want);
  }
}

}  // namespace postbounce
