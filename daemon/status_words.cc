#include "daemon/status_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "mime/text/duration.h"
#include "mime/text/text.h"
#include "store/log_keys.h"

namespace postbounce {
namespace {

bool IsFailure(const Event& event) {
  return event.action == Action::kFailed || event.reason == Reason::kComplaint;
}

// The account that says most of which mail it is about.
const StoredWitness* BestOf(const StoredEvent& stored) {
  const StoredWitness* best = nullptr;
  for (const StoredWitness& one : stored.witnesses) {
    const bool is_better = best == nullptr || one.witness.binding.proof >
                                                  best->witness.binding.proof;
    if (is_better) best = &one;
  }
  return best;
}

std::string UnknownMail(const Facts& facts) {
  std::string ids;
  if (!facts.queue_id.empty()) ids += ", queue id " + facts.queue_id;
  if (!facts.original_message_id.empty()) {
    ids += ", Message-ID " + facts.original_message_id;
  }
  if (ids.empty()) return "the bounce does not say which mail it is about";
  std::string text = "no log has the mail that it is about" + ids;
  if (!facts.reporting_mta.empty()) {
    text += ", reported by " + facts.reporting_mta;
  }
  return text;
}

std::string Unproven(const StoredEvent& stored) {
  const StoredWitness* const best = BestOf(stored);
  if (best == nullptr) return "nothing proves it";
  const Binding& binding = best->witness.binding;
  if (binding.proof == Proof::kNone) return UnknownMail(best->facts);
  if (!binding.message) {
    return "it came to an address that names the recipient, but is not signed";
  }
  const std::string& client = best->facts.client_name.empty()
                                  ? best->facts.client_address
                                  : best->facts.client_name;
  return fmt::format(
      "others know the ids of that mail, too, and the bounce did not come from "
      "the server that took it: {} sent it, {} took it",
      client.empty() ? "an unknown host" : client,
      binding.relay.empty() ? "an unknown one" : binding.relay);
}

std::string NotOurs(const StoredEvent& stored, const SitePolicy& policy) {
  const auto is_local = [&](const StoredWitness& one) {
    const auto& mailed = one.witness.mailed;
    return mailed && policy.origin.IsLocal(mailed->domain());
  };
  if (std::any_of(stored.witnesses.begin(), stored.witnesses.end(), is_local)) {
    return "the address is one of this site's own (origin.local_domains)";
  }
  const auto is_member = [](const StoredWitness& one) {
    const auto member = Address::Parse(one.witness.final_recipient);
    return one.witness.mailed && member &&
           member->ToString() != one.witness.mailed->ToString();
  };
  if (std::any_of(stored.witnesses.begin(), stored.witnesses.end(),
                  is_member)) {
    return "the address's server passed the mail on, and this is about one of "
           "those that it stands for";
  }
  const std::string& whose = stored.event.scope;
  return fmt::format("it is about mail{} that this site only passed on",
                     whose.empty() ? " without a sender" : " of " + whose);
}

bool IsOn(const Decision& decision) {
  return decision.state == ListState::kActive;
}

bool IsHeld(const AddressStory& story) {
  const auto is_held = [](const Decision& decision) {
    return decision.state == ListState::kHeld;
  };
  return is_held(story.decision) || (story.domain && is_held(*story.domain)) ||
         std::any_of(story.scoped.begin(), story.scoped.end(), is_held);
}

std::string UntilWords(const Decision& decision) {
  return decision.until ? "until " + FormatTimestamp(*decision.until)
                        : "until somebody removes it";
}

const Outlook* OutlookOfAll(const StatusReport& report) {
  for (const Outlook& outlook : report.outlooks) {
    if (outlook.scope.empty()) return &outlook;
  }
  return nullptr;
}

// That of all mail, else of a scope: whatever has something to say.
const Outlook* AnyOutlook(const StatusReport& report) {
  const Outlook* const of_all = OutlookOfAll(report);
  if (of_all != nullptr || report.outlooks.empty()) return of_all;
  return &report.outlooks.front();
}

std::string OfScope(const Outlook& outlook) {
  return outlook.scope.empty() ? "" : "of mail of " + outlook.scope + ", ";
}

// What a delivery does; empty where it does nothing.
std::string DeliveryWords(const StatusReport& report, std::string_view does) {
  if (!report.settles) return {};
  const std::string stays =
      *report.settles == std::chrono::seconds(0)
          ? ""
          : " and does not come back within " + FormatDuration(*report.settles);
  return fmt::format("; mail that is delivered{} {}", stays, does);
}

NextStep Suppressed(const StatusReport& report) {
  const Decision& decision = report.story.decision;
  const Outlook* const outlook = OutlookOfAll(report);
  NextStep next;
  next.word = decision.until ? "expires" : "stays";
  next.sentence = "suppressed " + UntilWords(decision);
  if (decision.until && outlook != nullptr && outlook->on_probation) {
    next.sentence += "; after that one failure suppresses it again, for longer";
  }
  if (decision.until) {
    next.sentence += "; `postbounce remove` ends it at once";
  } else {
    next.sentence += ": `postbounce remove`";
  }
  if (decision.contradicted) {
    next.sentence += fmt::format(
        "; a server took mail for it at {}: perhaps it is alive again",
        FormatTimestamp(*decision.contradicted));
  }
  return next;
}

NextStep Held(const StatusReport& report) {
  if (!report.held_by) {
    return {"held", "the outage guard doubts the failures; mail goes on"};
  }
  const Alarm& alarm = *report.held_by;
  return {"held",
          fmt::format(
              "held by alarm {0} ({1}): mail goes on. It is released when mail "
              "is taken for the same addresses again, and confirmed when they "
              "fail again after {2}; or by `postbounce held --release {0}` or "
              "`--confirm {0}`",
              static_cast<std::int64_t>(alarm.id), alarm.subject.ToString(),
              FormatTimestamp(alarm.until))};
}

std::string TallyWords(const FailureTally& tally) {
  std::string text =
      fmt::format("{}: failures on {} of {} days counted",
                  ReasonName(tally.reason), tally.days, tally.days_needed);
  const auto days = [](std::chrono::seconds span) {
    return span / std::chrono::days(1);
  };
  if (tally.span_needed > std::chrono::seconds(0)) {
    text += fmt::format(", over {} of {} days",
                        std::min(days(tally.span), days(tally.span_needed)),
                        days(tally.span_needed));
  }
  return text;
}

// The one that is nearest.
NextStep Counting(const StatusReport& report, const Outlook& outlook) {
  const std::vector<FailureTally>& tallies = outlook.tallies;
  const auto missing = [](const FailureTally& tally) {
    return tally.days_needed - std::min(tally.days, tally.days_needed);
  };
  const auto nearest =
      std::min_element(tallies.begin(), tallies.end(),
                       [&](const FailureTally& a, const FailureTally& b) {
                         return missing(a) < missing(b);
                       });
  const std::string starts =
      nearest->reason == Reason::kComplaint
          ? ""
          : DeliveryWords(report, "starts the count again");
  return {"counting",
          fmt::format("{}{}; when all are reached it is suppressed{}",
                      OfScope(outlook), TallyWords(*nearest), starts)};
}

std::string_view WordOf(const Event& event) {
  if (event.is_void) return "undone";
  return event.standing == Standing::kCounts ? "never"
                                             : StandingName(event.standing);
}

// Nothing speaks against the address: why not?
NextStep Free(const StatusReport& report) {
  const auto& events = report.story.events;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Event& event = events[i].event;
    if (!IsFailure(event)) continue;
    if (report.why_not[i].empty()) break;
    if (event.standing == Standing::kUnproven && !event.is_void) {
      return {"unproven",
              "the last failure is unproven: the log of the host that sent the "
              "mail ([[log]]), or signed bounce addresses (`postbounce verp`), "
              "would prove such bounces"};
    }
    return {WordOf(event),
            "the last failure does not count: " + report.why_not[i]};
  }
  return {"nothing", "nothing counts against it"};
}

}  // namespace

std::string WhyNot(const StoredEvent& stored, const SitePolicy& policy) {
  const Event& event = stored.event;
  if (!IsFailure(event)) return {};
  if (stored.voided_by) {
    return fmt::format("action {} has undone it",
                       static_cast<std::int64_t>(*stored.voided_by));
  }
  if (event.is_void) {
    return "an alarm of the outage guard covers it and was released: it meant "
           "nothing";
  }
  switch (event.standing) {
    case Standing::kUnproven:
      return Unproven(stored);
    case Standing::kNotOurs:
      return NotOurs(stored, policy);
    case Standing::kUntrusted:
      return "the log that tells of it is not trusted (trust = \"none\")";
    case Standing::kTooOld:
      return fmt::format(
          "the mail was sent more than {} before the bounce came "
          "(policy.proof_window)",
          FormatDuration(policy.proof_window));
    case Standing::kCounts:
      break;
  }
  if (event.is_held) return "the outage guard doubts it";
  if (event.reason_class == ReasonClass::kBlock) {
    return "it says nothing about the address";
  }
  if (policy.list.For(event.reason).failures == 0) {
    return fmt::format("{} never suppresses, by the policy",
                       ReasonName(event.reason));
  }
  return {};
}

NextStep NextOf(const StatusReport& report) {
  const AddressStory& story = report.story;
  if (const auto& order =
          story.allowed ? story.allowed : story.domain_allowed) {
    return {"allowed",
            fmt::format("on the allow-list until {}: nothing suppresses it",
                        order->until ? FormatTimestamp(*order->until)
                                     : "`postbounce allow --remove`")};
  }
  if (IsOn(story.decision)) return Suppressed(report);
  if (story.domain && IsOn(*story.domain)) {
    return {
        "domain",
        fmt::format("its whole domain is suppressed {0}: `postbounce remove "
                    "@{1}` ends it, `postbounce status @{1}` says why",
                    UntilWords(*story.domain), DomainOf(story.address))};
  }
  const auto scoped =
      std::find_if(story.scoped.begin(), story.scoped.end(), IsOn);
  if (scoped != story.scoped.end()) {
    return {"scope", fmt::format("mail of {} is stopped {}; other mail goes on",
                                 scoped->scope, UntilWords(*scoped))};
  }
  if (IsHeld(story)) return Held(report);
  const Outlook* const outlook = AnyOutlook(report);
  if (outlook != nullptr && outlook->on_probation) {
    return {"probation",
            OfScope(*outlook) +
                "one more failure suppresses it again, for longer" +
                DeliveryWords(report, "ends that")};
  }
  if (outlook != nullptr && !outlook->tallies.empty()) {
    return Counting(report, *outlook);
  }
  return Free(report);
}

}  // namespace postbounce
