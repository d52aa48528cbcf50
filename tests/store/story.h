#ifndef POSTBOUNCE_TESTS_STORE_STORY_H_
#define POSTBOUNCE_TESTS_STORE_STORY_H_

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "store/decide.h"

namespace postbounce {

// The history of an address in few words: "1 no-such-user held, 3:18 delivered,
// 5 remove in=news". In front stands the time, a day and its hour, else noon.
// Behind it
//   a reason       a failure for it, which counts
//   delivered
//   suppress, remove
// and then, as far as they say something of it,
//   soft, block, hard, delayed, void, unproven, untrusted, held
//   after-acceptance, second-day
//   in=SCOPE, of=MESSAGE, until=DAY, at=ADDRESS (numbers but the scope)
// Events and actions have ids by their order, from 1.
struct Story {
  std::vector<Event> events;
  std::vector<std::int64_t> addresses;  // of the events; 0 where none is told
  std::vector<Acceptance> deliveries;
  std::vector<ListAction> actions;

  explicit Story(std::string_view text);
  History history() const { return {events, deliveries, actions}; }
  std::vector<DomainFailure> failures() const;

 private:
  using Words = std::vector<std::string_view>;
  void AddDelivery(Timestamp time, const Words& words);
  void AddAction(Timestamp time, const Words& words, std::int64_t id);
  void AddEvent(Timestamp time, const Words& words, std::int64_t id);
};

// "5" or "5:18".
Timestamp TimeOf(std::string_view text);

// "active no-such-user 1-366 contradicted 5; news: removed complaint 7-", the
// times as in a story. "none" where there is nothing.
std::string Show(const std::vector<Decision>& decisions);

// The defaults, and with another rule for one reason.
ListPolicy DefaultPolicy();
ListPolicy WithRule(Reason reason, std::string_view rule);

struct StoryCase {
  const char* story;
  const char* now;
  const char* want;  // as Show() has it
};
void Check(std::initializer_list<StoryCase> cases,
           const ListPolicy& policy = DefaultPolicy());

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_STORE_STORY_H_
