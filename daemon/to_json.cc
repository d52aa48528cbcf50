#include "daemon/to_json.h"

#include <boost/json/array.hpp>
#include <string>

#include "daemon/json_value.h"

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

json::object EventJson(const StoredEvent& stored) {
  const Event& event = stored.event;
  json::object to;
  to["event"] = IdOf(std::optional(event.id));
  to["time"] = JsonTime(event.time);
  to["action"] = JsonText(ActionName(event.action));
  to["reason"] = ReasonName(event.reason);
  to["class"] = ClassName(event.reason_class);
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
}

json::object DecisionJson(const Decision& decision) {
  json::object to;
  AddDecision(decision, &to);
  to["reason"] = decision.state == ListState::kNone
                     ? json::value(nullptr)
                     : json::value(ReasonName(decision.reason));
  return to;
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

json::object ToJson(std::string_view file, const Judgement& judgement) {
  const Reading& reading = judgement.reading;
  json::object to;
  to["file"] = ToUtf8(file);
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

json::object ToJson(const AddressStory& story) {
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
  for (const StoredEvent& event : story.events) {
    events.push_back(EventJson(event));
  }
  to["events"] = std::move(events);
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
  to["suppressed"] = totals.suppressed;
  to["unseen_mails"] = totals.unseen_mails;
  to["unseen_bytes"] = totals.unseen_bytes;
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
