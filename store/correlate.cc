#include "store/correlate.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>

#include "mime/text/digest.h"
#include "mime/text/text.h"
#include "store/keys.h"

namespace postbounce {
namespace {

// A length before each part, so that no two lists of parts hash alike.
std::uint64_t LinkHash(LinkKind kind, std::string_view host,
                       std::string_view id) {
  std::string text = std::to_string(static_cast<int>(kind));
  for (const std::string_view part : {host, id}) {
    text += ' ';
    text += std::to_string(part.size());
    text += ' ';
    text += part;
  }
  return HashOf(Sha256(text));
}

// "<a@b>" and "a@b" are one Message-ID.
std::string_view WithoutBrackets(std::string_view text) {
  text = Trim(text);
  if (text.size() >= 2 && text.front() == '<' && text.back() == '>') {
    text = Trim(text.substr(1, text.size() - 2));
  }
  return text;
}

std::string HostKey(std::string_view text) {
  text = Trim(text);
  if (text.ends_with('.')) text.remove_suffix(1);
  return ToLower(text);
}

// What an account speaks of; only accounts of one subject join.
enum class Subject { kOutcome, kComplaint, kAutoReply };

Subject SubjectOf(Reason reason) {
  if (reason == Reason::kComplaint) return Subject::kComplaint;
  if (reason == Reason::kAutoReply) return Subject::kAutoReply;
  return Subject::kOutcome;
}

int WeightOf(Action action) {
  switch (action) {
    case Action::kOther:
      return 0;
    case Action::kDelayed:
      return 1;
    case Action::kExpanded:
    case Action::kRelayed:
    case Action::kDelivered:
      return 2;
    case Action::kFailed:
      return 3;
  }
  return 0;
}

// Of those that do not count, the one that says most of why.
int WeightOf(Standing standing) {
  switch (standing) {
    case Standing::kUnproven:
      return 0;
    case Standing::kUntrusted:
      return 1;
    case Standing::kTooOld:
      return 2;
    case Standing::kNotOurs:
      return 3;
    case Standing::kCounts:
      return 4;
  }
  return 0;
}

// A total order over all that an event says but its time, so that the outcome
// that stands never depends on which witness happened to come first. An account
// that does not count changes nothing that one has said which does. The last
// two members only break ties: what is known outweighs "unknown".
auto RankOf(const Event& event) {
  const int reason = static_cast<int>(event.reason);
  return std::make_tuple(WeightOf(event.standing), WeightOf(event.action),
                         static_cast<int>(event.reason_class), event.permanent,
                         event.reason != Reason::kUnknown, -reason,
                         -static_cast<int>(event.action));
}

}  // namespace

std::vector<Link> LinksOf(const Mail& mail) {
  const Facts& facts = mail.facts;
  const std::int64_t day = DayOf(facts.arrival_date.value_or(mail.date));
  const std::string host = HostKey(facts.reporting_mta);
  std::vector<Link> links;
  const auto add = [&](LinkKind kind, std::string_view at,
                       std::string_view id) {
    links.push_back({kind, day, LinkHash(kind, at, id)});
  };

  const std::string_view queue_id = Trim(facts.queue_id);
  if (!queue_id.empty() && !host.empty()) {
    add(LinkKind::kQueueId, host, queue_id);
  }
  const std::string_view message_id =
      WithoutBrackets(facts.original_message_id);
  if (!message_id.empty()) add(LinkKind::kMessageId, {}, message_id);
  const std::string_view envelope_id = Trim(facts.envelope_id);
  if (!envelope_id.empty() && !host.empty() && facts.arrival_date) {
    const auto seconds =
        std::chrono::floor<std::chrono::seconds>(*facts.arrival_date);
    add(LinkKind::kEnvelopeId, host,
        std::to_string(seconds.time_since_epoch().count()) + " " +
            std::string(envelope_id));
  }
  return links;
}

Link LinkOf(const MessageRef& message) {
  return {LinkKind::kMessage, DayOf(message.first_seen), message.id};
}

std::vector<Event> Correlate(const Witness& witness,
                             std::span<const Event> candidates) {
  const Subject subject = SubjectOf(witness.verdict.reason);
  const auto& message = witness.binding.message;
  std::vector<Event> same;
  std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(same),
               [&](const Event& event) {
                 const bool is_one =
                     message.has_value() == event.message.has_value() &&
                     (!message || IsSameMessage(*message, *event.message));
                 return is_one && SubjectOf(event.reason) == subject;
               });
  std::sort(same.begin(), same.end(),
            [](const Event& a, const Event& b) { return a.id < b.id; });
  return same;
}

Event Revise(const Event& event, const Event& account) {
  const bool is_weightier = RankOf(account) > RankOf(event);
  Event revised = is_weightier ? account : event;
  const Event& other = is_weightier ? event : account;
  revised.id = event.id;
  if (RankOf(account) == RankOf(event)) {
    revised.time = std::min(event.time, account.time);
  }
  revised.after_acceptance |= other.after_acceptance;
  revised.is_held |= other.is_held;
  revised.is_void |= other.is_void;
  if (revised.scope.empty()) revised.scope = other.scope;
  if (revised.relay.empty()) revised.relay = other.relay;
  if (!revised.message) revised.message = other.message;
  return revised;
}

Event EventOf(const Witness& witness) {
  Event event;
  event.time = witness.binding.time;
  event.action = witness.evidence.action;
  event.reason = witness.verdict.reason;
  event.reason_class = witness.verdict.reason_class;
  event.permanent = witness.verdict.permanent;
  event.wants_second_day = witness.verdict.wants_second_day;
  event.standing = witness.binding.standing;
  event.after_acceptance = witness.binding.after_acceptance;
  event.scope = witness.binding.scope;
  event.relay = witness.binding.relay;
  event.message = witness.binding.message;
  return event;
}

Event EventOf(std::span<const Witness> witnesses) {
  Event event = EventOf(witnesses.front());
  for (const Witness& other : witnesses.subspan(1)) {
    event = Revise(event, EventOf(other));
  }
  return event;
}

}  // namespace postbounce
