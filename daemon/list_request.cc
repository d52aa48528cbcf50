#include "daemon/list_request.h"

#include <optional>
#include <string_view>

#include "daemon/request.h"
#include "store/decide.h"

namespace postbounce {
namespace {

namespace json = boost::json;

std::optional<ListState> ParseState(std::string_view name) {
  for (const ListState state : {ListState::kActive, ListState::kHeld,
                                ListState::kExpired, ListState::kRemoved}) {
    if (StateName(state) == name) return state;
  }
  return std::nullopt;
}

std::optional<ReasonClass> ParseClass(std::string_view name) {
  for (const ReasonClass one : {ReasonClass::kNone, ReasonClass::kSoft,
                                ReasonClass::kBlock, ReasonClass::kHard}) {
    if (ClassName(one) == name) return one;
  }
  return std::nullopt;
}

// What narrows a list besides reason, state and scope.
Result<void> AddFilters(const json::object& request, Timestamp now,
                        ListQuery* query) {
  const auto reason_class = TextOf(request, "class");
  if (!reason_class) return reason_class.error();
  if (!reason_class->empty()) {
    query->reason_class = ParseClass(*reason_class);
    if (!query->reason_class) {
      return BadRequest("there is no such class", *reason_class);
    }
  }
  const auto since = TimeOf(request, "since", now);
  if (!since) return since.error();
  query->since = *since;
  const auto domain = TextOf(request, "domain");
  if (!domain) return domain.error();
  if (domain->empty()) return {};
  const auto subject =
      Subject::Parse(domain->starts_with('@') ? *domain : "@" + *domain);
  if (!subject) return subject.error();
  query->ascii_domain = subject->ascii_domain();
  return {};
}

}  // namespace

void MoveTo(Timestamp now, AddressStory* story) {
  const auto move = [now](Decision* decision) {
    decision->state = StateAt(*decision, now);
  };
  move(&story->decision);
  if (story->domain) move(&*story->domain);
  for (Decision& decision : story->scoped) move(&decision);
  for (auto* order : {&story->allowed, &story->domain_allowed}) {
    const bool is_over = *order && (*order)->until && *(*order)->until <= now;
    if (is_over) order->reset();
  }
}

Finding FindingOf(const AddressStory& story, std::string_view scope) {
  Finding finding;
  if (story.allowed || story.domain_allowed) return finding;
  finding.Weigh(story.decision.state, story.decision.reason);
  if (story.domain &&
      finding.Weigh(story.domain->state, story.domain->reason)) {
    finding.is_domain = true;
  }
  for (const Decision& decision : story.scoped) {
    if (decision.scope != scope) continue;
    if (!finding.Weigh(decision.state, decision.reason)) continue;
    finding.is_domain = false;
    finding.in_scope = true;
  }
  return finding;
}

// A sender that is none would stand for all mail, and what is suppressed for
// its scope would be taken for sendable.
Result<std::string> ScopeOf(const json::object& request, const Scopes& scopes) {
  auto scope = TextOf(request, "scope");
  if (!scope) return scope;
  const auto sender = TextOf(request, "sender");
  if (!sender) return sender;
  const auto user = TextOf(request, "user");
  if (!user) return user;
  if (!scope->empty() && !(sender->empty() && user->empty())) {
    return BadRequest("a scope is told by its name, or by sender and user");
  }
  if (!scope->empty() && !scopes.MayBe(*scope)) {
    return BadRequest("no mail has this scope", *scope);
  }
  if (!sender->empty()) {
    const auto address = Address::Parse(*sender);
    if (!address) return address.error();
    return scopes.NameOf(address->ToString(), *user);
  }
  return scope->empty() ? scopes.NameOf("", *user) : *scope;
}

Result<ListQuery> ListQueryOf(const json::object& request,
                              std::uint64_t max_page, Timestamp now) {
  ListQuery query;
  const auto limit = NumberOf(request, "limit", max_page, max_page);
  if (!limit) return limit.error();
  const auto cursor = TextOf(request, "cursor");
  if (!cursor) return cursor.error();
  const auto reason = TextOf(request, "reason");
  if (!reason) return reason.error();
  const auto state = TextOf(request, "state");
  if (!state) return state.error();
  const auto scope = TextOf(request, "scope");
  if (!scope) return scope.error();
  query.limit = *limit == 0 ? 1 : *limit;
  query.cursor = *cursor;
  query.now = now;
  if (request.contains("scope")) query.scope = *scope;
  if (*state == "all") {
    query.state = std::nullopt;
  } else if (!state->empty()) {
    query.state = ParseState(*state);
    if (!query.state) return BadRequest("there is no such state", *state);
  }
  if (!reason->empty()) {
    query.reason = ParseReason(*reason);
    if (!query.reason)
      return BadRequest("there is no reason of that name", *reason);
  }
  const auto filtered = AddFilters(request, now, &query);
  if (!filtered) return filtered.error();
  return query;
}

}  // namespace postbounce
