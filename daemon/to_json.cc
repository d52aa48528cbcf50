#include "daemon/to_json.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <string>

#include "daemon/json_value.h"
#include "daemon/status_words.h"

namespace postbounce {
namespace {

namespace json = boost::json;

template <class Id>
json::value IdOf(std::optional<Id> id) {
  if (!id) return nullptr;
  return static_cast<std::int64_t>(*id);
}

void AddVerdict(const Verdict& verdict, json::object* to) {
  (*to)["reason"] = ReasonName(verdict.reason);
  (*to)["class"] = ClassName(verdict.reason_class);
  (*to)["fault"] = FaultName(verdict.fault);
  (*to)["rule"] = JsonText(verdict.rule);
  (*to)["words"] = JsonText(verdict.words);
}

json::object RecipientJson(const Witness& witness) {
  const Verdict& verdict = witness.verdict;
  json::object to;
  to["address"] =
      witness.mailed ? JsonText(witness.mailed->ToString()) : nullptr;
  to["original_recipient"] = JsonText(witness.original_recipient);
  to["final_recipient"] = JsonText(witness.final_recipient);
  to["action"] = JsonText(ActionName(witness.evidence.action));
  to["status"] =
      verdict.status ? JsonText(verdict.status->ToString()) : nullptr;
  to["reply_code"] =
      verdict.reply ? JsonText(verdict.reply->ToString()) : nullptr;
  to["diagnostic"] = JsonText(witness.evidence.diagnostic);
  to["remote_mta"] = JsonText(witness.evidence.remote_mta);
  AddVerdict(verdict, &to);
  return to;
}

json::object WitnessJson(const StoredWitness& stored) {
  json::object to = RecipientJson(stored.witness);
  const Binding& binding = stored.witness.binding;
  to["proof"] = ProofName(binding.proof);
  to["standing"] = StandingName(binding.standing);
  to["mail"] = static_cast<std::int64_t>(stored.mail);
  to["source"] = stored.facts.route == Route::kLog ? "log" : "bounce";
  to["received"] = JsonTime(stored.received);
  to["reporting_mta"] = JsonText(stored.facts.reporting_mta);
  to["queue_id"] = JsonText(stored.facts.queue_id);
  to["envelope_id"] = JsonText(stored.facts.envelope_id);
  to["message_id"] = JsonText(stored.facts.original_message_id);
  to["arrival_date"] = JsonTime(stored.facts.arrival_date);
  json::object fields;
  for (const auto& [name, value] : stored.facts.original_fields) {
    fields[ToUtf8(name)] = ToUtf8(value);
  }
  to["original_fields"] = std::move(fields);
  return to;
}

json::object EventJson(const StoredEvent& stored, const std::string& why_not) {
  const Event& event = stored.event;
  json::object to;
  to["event"] = IdOf(std::optional(event.id));
  to["time"] = JsonTime(event.time);
  to["action"] = JsonText(ActionName(event.action));
  to["reason"] = ReasonName(event.reason);
  to["class"] = ClassName(event.reason_class);
  to["standing"] = StandingName(event.standing);
  to["void"] = event.is_void;
  to["voided_by"] = IdOf(stored.voided_by);
  to["held"] = event.is_held;
  to["why_not"] = JsonText(why_not);
  to["after_acceptance"] = event.after_acceptance;
  to["scope"] = JsonText(event.scope);
  json::array witnesses;
  for (const StoredWitness& witness : stored.witnesses) {
    witnesses.push_back(WitnessJson(witness));
  }
  to["witnesses"] = std::move(witnesses);
  return to;
}

void AddDecision(const Decision& decision, json::object* to) {
  const bool listed = decision.state != ListState::kNone;
  (*to)["state"] = StateName(decision.state);
  (*to)["suppressed"] = decision.state == ListState::kActive;
  (*to)["since"] = listed ? JsonTime(decision.since) : nullptr;
  (*to)["until"] = JsonTime(decision.until);
  (*to)["event"] = IdOf(decision.because);
  (*to)["order"] = IdOf(decision.by);
  (*to)["scope"] = JsonText(decision.scope);
  (*to)["contradicted"] = JsonTime(decision.contradicted);
}

json::object DecisionJson(const Decision& decision) {
  json::object to;
  AddDecision(decision, &to);
  to["reason"] = decision.state == ListState::kNone
                     ? json::value(nullptr)
                     : json::value(ReasonName(decision.reason));
  return to;
}

json::object CountsJson(const FailureCounts& failures) {
  const std::uint64_t doubted = failures.held + failures.released;
  const std::uint64_t all = failures.Of(Standing::kCounts);
  return {{"counted", all - std::min(all, doubted)},
          {"held", failures.held},
          {"released", failures.released},
          {"unproven", failures.Of(Standing::kUnproven)},
          {"not_ours", failures.Of(Standing::kNotOurs)},
          {"untrusted", failures.Of(Standing::kUntrusted)},
          {"too_old", failures.Of(Standing::kTooOld)},
          {"undone", failures.undone},
          {"last", JsonTime(failures.last)}};
}

json::object OutlookJson(const Outlook& outlook) {
  json::array counting;
  for (const FailureTally& tally : outlook.tallies) {
    counting.push_back({{"reason", ReasonName(tally.reason)},
                        {"days", tally.days},
                        {"days_needed", tally.days_needed},
                        {"seconds", tally.span.count()},
                        {"seconds_needed", tally.span_needed.count()}});
  }
  return {{"scope", JsonText(outlook.scope)},
          {"probation", outlook.on_probation},
          {"counting", std::move(counting)}};
}

json::value DeliveryOrNull(const std::optional<LastDelivery>& delivery) {
  if (!delivery) return nullptr;
  return json::object{{"time", JsonTime(delivery->time)},
                      {"relay", JsonText(delivery->relay)}};
}

json::value OrderOrNull(const std::optional<StoredOrder>& order) {
  return order ? json::value(ToJson(*order)) : nullptr;
}

json::object EffectJson(const UndoEffect& effect) {
  json::object to;
  to["address"] = JsonText(effect.subject);
  if (effect.allowed) {
    to["allowed"] = *effect.allowed;
  } else {
    to["before"] = DecisionJson(effect.before);
    to["after"] = DecisionJson(effect.after);
  }
  return to;
}

}  // namespace

std::string ShownAddress(const Witness& witness) {
  if (witness.mailed) return witness.mailed->ToString();
  for (const std::string* text :
       {&witness.original_recipient, &witness.final_recipient}) {
    if (text->find('@') != std::string::npos) return *text;
  }
  return {};
}

json::object ToJson(const Judgement& judgement) {
  const Reading& reading = judgement.reading;
  json::object to;
  to["kind"] = judgement.kind;
  json::array recipients;
  recipients.reserve(judgement.recipients.size());
  for (const Witness& witness : judgement.recipients) {
    json::object recipient = RecipientJson(witness);
    recipient["address"] = JsonText(ShownAddress(witness));
    recipients.push_back(std::move(recipient));
  }
  to["recipients"] = std::move(recipients);
  to["recipients_omitted"] = reading.report.recipients_omitted;
  to["reporting_mta"] = JsonText(reading.report.reporting_mta);
  to["queue_id"] = JsonText(reading.report.queue_id);
  to["envelope_id"] = JsonText(reading.report.original_envelope_id);
  to["arrival_date"] = JsonTime(reading.report.arrival_date);
  to["message_id"] =
      reading.original ? JsonText(reading.original->message_id) : nullptr;
  to["truncated"] = reading.truncated;
  return to;
}

json::object ToJson(const StatusReport& report) {
  const AddressStory& story = report.story;
  json::object to = DecisionJson(story.decision);
  to["address"] = ToUtf8(story.address);
  json::array scoped;
  for (const Decision& decision : story.scoped) {
    scoped.push_back(DecisionJson(decision));
  }
  to["scoped"] = std::move(scoped);
  to["domain"] =
      story.domain ? json::value(DecisionJson(*story.domain)) : nullptr;
  to["allowed"] = OrderOrNull(story.allowed);
  to["domain_allowed"] = OrderOrNull(story.domain_allowed);
  json::array orders;
  for (const StoredOrder& order : story.orders) orders.push_back(ToJson(order));
  to["orders"] = std::move(orders);
  to["event_count"] = story.event_count;
  json::array events;
  for (std::size_t i = 0; i < story.events.size(); ++i) {
    events.push_back(EventJson(story.events[i], report.why_not[i]));
  }
  to["events"] = std::move(events);
  to["failures"] = CountsJson(story.failures);
  to["last_delivery"] = DeliveryOrNull(report.delivered);
  to["held_by"] =
      report.held_by ? json::value(ToJson(*report.held_by)) : nullptr;
  json::array outlooks;
  for (const Outlook& outlook : report.outlooks) {
    outlooks.push_back(OutlookJson(outlook));
  }
  to["outlook"] = std::move(outlooks);
  const NextStep next = NextOf(report);
  to["next"] = {{"word", next.word}, {"sentence", ToUtf8(next.sentence)}};
  return to;
}

json::object ToJson(const ListEntry& entry) {
  json::object to;
  to["address"] = ToUtf8(entry.address);
  AddDecision(entry.decision, &to);
  AddVerdict(entry.verdict, &to);
  to["reason"] = ReasonName(entry.decision.reason);
  to["by"] = OrderOrNull(entry.order);
  to["status"] = entry.verdict.status
                     ? JsonText(entry.verdict.status->ToString())
                     : nullptr;
  to["reply_code"] =
      entry.verdict.reply ? JsonText(entry.verdict.reply->ToString()) : nullptr;
  to["diagnostic"] = JsonText(entry.diagnostic);
  to["remote_mta"] = JsonText(entry.remote_mta);
  return to;
}

json::object ToJson(const InboxEntry& entry) {
  json::object to;
  to["id"] = static_cast<std::int64_t>(entry.id);
  to["received"] = JsonTime(entry.received);
  to["kind"] =
      entry.kind == MailKind::kDeliveryReport ? "unreadable-bounce" : "mail";
  to["from"] = JsonText(entry.from);
  to["subject"] = JsonText(entry.subject);
  json::array recipients;
  for (const std::string& recipient : entry.envelope_recipients) {
    recipients.push_back(JsonText(recipient));
  }
  to["recipients"] = std::move(recipients);
  to["size"] = entry.size;
  to["seen"] = entry.seen;
  to["forwarded"] = entry.forwarded;
  return to;
}

json::object ToJson(const Totals& totals) {
  json::object to;
  to["mails"] = totals.mails;
  to["witnesses"] = totals.witnesses;
  to["events"] = totals.events;
  to["failures"] = totals.failures;
  to["unproven"] = totals.unproven;
  to["suppressed"] = totals.suppressed;
  to["suppressed_in_scopes"] = totals.suppressed_in_scopes;
  to["held"] = totals.held;
  to["unseen_mails"] = totals.unseen_mails;
  to["unseen_bytes"] = totals.unseen_bytes;
  return to;
}

json::array ToJson(const std::vector<UnknownHost>& hosts) {
  json::array to;
  for (const UnknownHost& host : hosts) {
    to.push_back({{"host", JsonText(host.name)}, {"failures", host.failures}});
  }
  return to;
}

json::object ToJson(const Alarm& alarm) {
  json::object to;
  to["alarm"] = static_cast<std::int64_t>(alarm.id);
  to["kind"] = GuardKindName(alarm.subject.kind);
  to["name"] = JsonText(alarm.subject.name);
  to["state"] = AlarmStateName(alarm.state);
  to["raised"] = JsonTime(alarm.raised);
  to["since"] = JsonTime(alarm.since);
  to["until"] = JsonTime(alarm.until);
  to["actor"] = JsonText(alarm.actor);
  to["why"] = JsonText(alarm.why);
  return to;
}

json::object ToJson(const StoredOrder& order) {
  json::object to;
  to["action"] = IdOf(std::optional(order.id));
  to["kind"] = OrderName(order.kind);
  to["time"] = JsonTime(order.time);
  to["address"] = JsonText(order.subject);
  to["scope"] = JsonText(order.scope);
  to["reason"] = order.kind == OrderKind::kSuppress
                     ? json::value(ReasonName(order.reason))
                     : json::value(nullptr);
  to["until"] = JsonTime(order.until);
  to["actor"] = JsonText(order.actor);
  to["why"] = JsonText(order.why);
  to["undone_by"] = IdOf(order.voided_by);
  return to;
}

json::object ToJson(const StoredUndo& undo) {
  json::object to = ToJson(undo.order);
  to["failures"] = undo.failures;
  to["orders"] = undo.orders;
  to["undo_of"] = IdOf(undo.of);
  return to;
}

json::object ToJson(const UndoReport& report) {
  json::object to;
  to["action"] = IdOf(report.action);
  to["failures"] = report.failures;
  to["orders"] = report.orders;
  json::array effects;
  for (const UndoEffect& effect : report.effects) {
    effects.push_back(EffectJson(effect));
  }
  to["effects"] = std::move(effects);
  return to;
}

}  // namespace postbounce
