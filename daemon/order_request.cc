#include "daemon/order_request.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <utility>
#include <vector>

#include "daemon/request.h"
#include "store/policy.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxText = 1000;  // bytes of what people write
constexpr const char* kSomebody = "operator";

Result<std::vector<Subject>> SubjectsOf(const json::object& request) {
  const json::value* value = request.if_contains("addresses");
  if (value == nullptr) return std::vector<Subject>();
  if (!value->is_array() || value->get_array().size() > kMaxSubjects) {
    return BadRequest("\"addresses\" is to be a list of at most 1000 texts");
  }
  std::vector<Subject> subjects;
  for (const json::value& item : value->get_array()) {
    if (!item.is_string()) return BadRequest("an address is a text");
    auto subject = Subject::Parse(std::string_view(item.get_string()));
    if (!subject) return subject.error();
    subjects.push_back(*std::move(subject));
  }
  return subjects;
}

Result<std::string> ShortTextOf(const json::object& request,
                                std::string_view key) {
  auto text = TextOf(request, key);
  if (text && text->size() > kMaxText) return BadRequest("too long", key);
  return text;
}

// Who orders, and why.
struct Words {
  std::string actor;
  std::string why;
};

Result<Words> WordsOf(const json::object& request) {
  auto actor = ShortTextOf(request, "actor");
  if (!actor) return actor.error();
  auto why = ShortTextOf(request, "why");
  if (!why) return why.error();
  return Words{actor->empty() ? kSomebody : *std::move(actor), *std::move(why)};
}

Result<std::optional<Reason>> ReasonOf(const json::object& request) {
  const auto text = TextOf(request, "reason");
  if (!text) return text.error();
  if (text->empty()) return std::optional<Reason>();
  const auto reason = ParseReason(*text);
  if (!reason) return BadRequest("there is no reason of that name", *text);
  return std::optional<Reason>(*reason);
}

// A date, a time, or how long from now.
Result<std::optional<Timestamp>> TimeToComeOf(const json::object& request,
                                              Timestamp now) {
  const auto text = TextOf(request, "until");
  if (!text) return text.error();
  if (text->empty()) return std::optional<Timestamp>();
  const auto time = ParseTime(*text, now);
  if (!time) return time.error();
  const bool is_span = text->find('-') == std::string::npos;
  const Timestamp end = is_span ? now + (now - *time) : *time;
  if (end <= now) return BadRequest("a time to come is wanted", *text);
  return std::optional<Timestamp>(end);
}

Result<Write> OrderOf(const json::object& request, OrderKind kind,
                      Timestamp now) {
  const auto known = OnlyMembers(request, {"verb", "id", "addresses", "scope",
                                           "reason", "until", "actor", "why"});
  if (!known) return known.error();
  auto subjects = SubjectsOf(request);
  if (!subjects) return subjects.error();
  if (subjects->empty()) return BadRequest("\"addresses\" is empty");
  auto scope = ShortTextOf(request, "scope");
  if (!scope) return scope.error();
  const auto reason = ReasonOf(request);
  if (!reason) return reason.error();
  const auto until = TimeToComeOf(request, now);
  if (!until) return until.error();
  auto said = WordsOf(request);
  if (!said) return said.error();

  const bool is_of_list =
      kind == OrderKind::kSuppress || kind == OrderKind::kRemove;
  if (!is_of_list && !scope->empty()) {
    return BadRequest("the allow-list is for all mail: no scope", *scope);
  }
  const bool has_domain =
      std::any_of(subjects->begin(), subjects->end(),
                  [](const Subject& one) { return one.is_domain(); });
  if (has_domain && !scope->empty() && kind == OrderKind::kSuppress) {
    return BadRequest("a domain is suppressed for all mail, not in a scope",
                      *scope);
  }
  if (*reason && kind != OrderKind::kSuppress) {
    return BadRequest("only a suppression has a reason");
  }
  if (*reason && !MaySuppress(**reason)) {
    return BadRequest("nobody is suppressed for this reason",
                      ReasonName(**reason));
  }
  if (*until && kind != OrderKind::kSuppress && kind != OrderKind::kAllow) {
    return BadRequest("this order has no end");
  }
  Order order;
  order.kind = kind;
  order.subjects = *std::move(subjects);
  order.scope = *std::move(scope);
  order.reason = reason->value_or(Reason::kUnknown);
  order.until = *until;
  order.actor = std::move(said->actor);
  order.why = std::move(said->why);
  return Write(std::move(order));
}

Result<std::optional<ChangeSource>> SourceOf(const json::object& filter) {
  const auto text = TextOf(filter, "source");
  if (!text) return text.error();
  if (text->empty()) return std::optional<ChangeSource>();
  if (*text == "log") return std::optional(ChangeSource::kLog);
  if (*text == "bounce") return std::optional(ChangeSource::kBounce);
  if (*text == "operator") return std::optional(ChangeSource::kOperator);
  return BadRequest("a source is log, bounce or operator", *text);
}

// The members of a filter that are texts.
Result<void> AddTexts(const json::object& from, UndoFilter* filter) {
  auto rule = TextOf(from, "rule");
  if (!rule) return rule.error();
  filter->rule = *std::move(rule);
  auto actor = TextOf(from, "actor");
  if (!actor) return actor.error();
  filter->actor = *std::move(actor);
  auto scope = TextOf(from, "scope");
  if (!scope) return scope.error();
  if (from.contains("scope")) filter->scope = *std::move(scope);
  const auto domain = TextOf(from, "domain");
  if (!domain) return domain.error();
  if (domain->empty()) return {};
  const auto subject =
      Subject::Parse(domain->starts_with('@') ? *domain : "@" + *domain);
  if (!subject) return subject.error();
  filter->ascii_domain = subject->ascii_domain();
  return {};
}

// A member that is empty was meant to say something. An empty scope does.
Result<void> RefuseEmpty(const json::object& filter) {
  for (const auto& [name, value] : filter) {
    const bool is_empty =
        (value.is_string() && value.get_string().empty() && name != "scope") ||
        (value.is_array() && value.get_array().empty());
    if (is_empty) return BadRequest("this is empty", name);
  }
  return {};
}

Result<UndoFilter> FilterOf(const json::object& from, Timestamp now) {
  const auto known =
      OnlyMembers(from, {"since", "until", "reason", "rule", "domain", "scope",
                         "source", "actor", "action", "addresses"});
  if (!known) return known.error();
  const auto filled = RefuseEmpty(from);
  if (!filled) return filled.error();
  UndoFilter filter;
  const auto since = TimeOf(from, "since", now);
  if (!since) return since.error();
  filter.since = *since;
  const auto until = TimeOf(from, "until", now);
  if (!until) return until.error();
  filter.until = *until;
  const auto reason = ReasonOf(from);
  if (!reason) return reason.error();
  filter.reason = *reason;
  const auto source = SourceOf(from);
  if (!source) return source.error();
  filter.source = *source;
  const auto texts = AddTexts(from, &filter);
  if (!texts) return texts.error();
  const auto action = NumberOf(from, "action", 0, INT64_MAX);
  if (!action) return action.error();
  if (from.contains("action")) {
    filter.action = ActionId{static_cast<std::int64_t>(*action)};
  }
  auto subjects = SubjectsOf(from);
  if (!subjects) return subjects.error();
  filter.subjects = *std::move(subjects);
  return filter;
}

Result<Write> UndoOf(const json::object& request, Timestamp now) {
  const auto known =
      OnlyMembers(request, {"verb", "id", "filter", "actor", "why", "dry_run"});
  if (!known) return known.error();
  const json::value* from = request.if_contains("filter");
  if (from == nullptr || !from->is_object() || from->get_object().empty()) {
    return BadRequest("\"filter\" is to say what to undo");
  }
  auto filter = FilterOf(from->get_object(), now);
  if (!filter) return filter.error();
  auto said = WordsOf(request);
  if (!said) return said.error();
  const auto dry_run = FlagOf(request, "dry_run");
  if (!dry_run) return dry_run.error();
  Undo undo;
  undo.filter = *std::move(filter);
  undo.actor = std::move(said->actor);
  undo.why = std::move(said->why);
  undo.dry_run = *dry_run;
  return Write(std::move(undo));
}

// Without saying whom: what was begun goes on.
Result<Write> ForgetOf(const json::object& request) {
  const auto known = OnlyMembers(
      request,
      {"verb", "id", "addresses", "everybody", "actor", "why", "dry_run"});
  if (!known) return known.error();
  const auto subjects = SubjectsOf(request);
  if (!subjects) return subjects.error();
  const auto everybody = FlagOf(request, "everybody");
  if (!everybody) return everybody.error();
  if (subjects->empty() && !*everybody) return Write(GoOnForgetting());
  auto said = WordsOf(request);
  if (!said) return said.error();
  const auto dry_run = FlagOf(request, "dry_run");
  if (!dry_run) return dry_run.error();
  Forget forget;
  for (const Subject& subject : *subjects) {
    if (subject.is_domain()) {
      return BadRequest("addresses are forgotten, not domains",
                        subject.ToString());
    }
    forget.addresses.push_back(*subject.address());
  }
  forget.everybody = *everybody;
  forget.actor = std::move(said->actor);
  forget.why = std::move(said->why);
  forget.dry_run = *dry_run;
  return Write(std::move(forget));
}

}  // namespace

std::optional<Result<Write>> OrderWriteOf(const json::object& request,
                                          std::string_view verb,
                                          Timestamp now) {
  if (verb == OrderName(OrderKind::kUndo)) return UndoOf(request, now);
  if (verb == OrderName(OrderKind::kForget)) return ForgetOf(request);
  for (const OrderKind kind : {OrderKind::kSuppress, OrderKind::kRemove,
                               OrderKind::kAllow, OrderKind::kDisallow}) {
    if (verb == OrderName(kind)) return OrderOf(request, kind, now);
  }
  return std::nullopt;
}

}  // namespace postbounce
