#include "store/mail_applier.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "store/correlate.h"
#include "store/decide.h"

namespace postbounce {
namespace {

bool IsReport(const Mail& mail) {
  return mail.kind == MailKind::kDeliveryReport ||
         mail.kind == MailKind::kComplaint;
}

std::vector<Link> LinksOf(const Mail& mail, const Binding& binding) {
  std::vector<Link> links = LinksOf(mail);
  if (binding.message) links.push_back(LinkOf(*binding.message));
  return links;
}

bool IsAgainstDomain(const Event& event) {
  return event.reason_class == ReasonClass::kHard &&
         InfoOf(event.reason).fault == Fault::kDomain;
}

}  // namespace

Result<MailId> MailApplier::Add(const Mail& mail) {
  const auto id = tables_.InsertMail(mail);
  if (!id) return id;
  const auto proven = ProveAll(mail, mail.witnesses);
  if (!proven) return proven.error();
  for (std::size_t i = 0; i < mail.witnesses.size(); ++i) {
    BoundWitness bound{mail.witnesses[i], std::nullopt, std::nullopt};
    if (IsReport(mail) || mail.kind == MailKind::kAutoReply) {
      const Proven& one = (*proven)[i];
      bound.witness.binding = one.binding;
      bound.witness.reported = bound.witness.mailed;
      if (one.mailed) bound.witness.mailed = one.mailed;
    }
    // Another clock may be ahead of ours.
    Binding& binding = bound.witness.binding;
    binding.time = std::min(binding.time, parts_.now);
    const auto standing = StandingOfLine(mail, binding.standing);
    if (!standing) return standing.error();
    binding.standing = *standing;
    const auto placed = Place(mail, &bound);
    if (!placed) return placed.error();
    const auto inserted = tables_.InsertWitness(*id, bound);
    if (!inserted) return inserted.error();
  }
  if (!IsReport(mail) || IsFinal(*proven)) return id;
  const std::vector<LogHash> ids = AwaitedIds(mail.facts);
  parts_.watch->Await(*id, ids);
  const auto awaited = tables_.SetAwaited(*id, ids);
  if (!awaited) return awaited.error();
  return id;
}

// A line by itself does not tell whether the mail was a stranger's, which a
// filter or a person's own program has sent on.
Result<Standing> MailApplier::StandingOfLine(const Mail& account,
                                             Standing said) {
  if (account.kind != MailKind::kLogLine || said != Standing::kCounts) {
    return said;
  }
  const Facts& facts = account.facts;
  const auto is_brought = parts_.tracer->WasBrought(
      facts.original_message_id, facts.envelope_sender,
      facts.arrival_date.value_or(account.date), parts_.policy->origin);
  if (!is_brought) return is_brought.error();
  return *is_brought ? Standing::kNotOurs : said;
}

Result<std::vector<Proven>> MailApplier::ProveAll(
    const Mail& mail, std::span<const Witness> witnesses) {
  std::vector<Proven> proven;
  if (mail.kind == MailKind::kLogLine || witnesses.empty()) return proven;
  Candidates candidates;
  if (IsReport(mail)) {
    auto traced = parts_.tracer->Trace(mail, *parts_.policy);
    if (!traced) return traced.error();
    candidates = *std::move(traced);
  }
  const Prover prover(mail, witnesses, candidates, *parts_.policy,
                      parts_.hasher, parts_.now);
  for (const Witness& witness : witnesses) {
    proven.push_back(prover.Prove(witness));
  }
  return proven;
}

// Finds or makes the event that the witness tells of.
Result<void> MailApplier::Place(const Mail& mail, BoundWitness* bound) {
  const Witness& witness = bound->witness;
  bound->address.reset();
  bound->event.reset();
  if (!witness.mailed) return {};
  const auto interned = tables_.InternAddress(
      parts_.keys->KeyOf(*witness.mailed), witness.mailed->ToString());
  if (!interned) return interned.error();
  const AddressId address = interned->id;
  Touched& touched = touched_[address];
  const std::vector<Link> links = LinksOf(mail, witness.binding);
  if (!interned->is_new) {
    const auto found = FindEvents(address, links, &touched);
    if (!found) return found;
  }
  bool was_decisive = false;
  const auto event = Join(address, witness, &touched, &was_decisive);
  if (!event) return event.error();
  const auto linked = tables_.InsertLinks(address, event->id, links);
  if (!linked) return linked;
  bound->address = address;
  bound->event = event->id;
  const auto weighed = Weigh(address, *witness.mailed, *event, was_decisive);
  if (!weighed || was_decisive || !IsDecisive(*event)) return weighed;
  return parts_.guard->CountFailure(
      address, witness.mailed->ToString(), *event, parts_.policy->guard,
      [this](AddressId doubted) { fold_.Touch(doubted); });
}

// Adds those that are not known yet.
Result<void> MailApplier::FindEvents(AddressId address,
                                     std::span<const Link> links,
                                     Touched* touched) {
  std::vector<Link> fresh;
  std::copy_if(links.begin(), links.end(), std::back_inserter(fresh),
               [&](const Link& link) {
                 return std::find(touched->links.begin(), touched->links.end(),
                                  link) == touched->links.end();
               });
  const auto found = tables_.FindEvents(address, fresh);
  if (!found) return found.error();
  for (const Event& event : *found) {
    const bool is_known =
        std::any_of(touched->events.begin(), touched->events.end(),
                    [&](const Event& one) { return one.id == event.id; });
    if (!is_known) touched->events.push_back(event);
  }
  touched->links.insert(touched->links.end(), fresh.begin(), fresh.end());
  return {};
}

Result<Event> MailApplier::Join(AddressId address, const Witness& witness,
                                Touched* touched, bool* was_decisive) {
  Event event = EventOf(witness);
  const std::vector<Event> same = Correlate(witness, touched->events);
  *was_decisive = std::any_of(same.begin(), same.end(), IsDecisive);
  if (same.empty()) {
    const auto id = tables_.InsertEvent(address, event);
    if (!id) return id.error();
    event.id = *id;
  } else {
    event = Revise(same.front(), event);
    for (const Event& other : std::span(same).subspan(1)) {
      event = Revise(event, other);
      const auto merged = tables_.MergeEvent(other.id, event.id);
      if (!merged) return merged.error();
    }
    if (event != same.front()) {
      const auto updated = tables_.UpdateEvent(event);
      if (!updated) return updated.error();
    }
    std::erase_if(touched->events, [&](const Event& known) {
      return std::any_of(same.begin(), same.end(),
                         [&](const Event& one) { return one.id == known.id; });
    });
  }
  touched->events.push_back(event);
  return event;
}

// What an event that the list may change for has to be known by.
Result<void> MailApplier::Weigh(AddressId address, const Address& mailed,
                                const Event& event, bool was_decisive) {
  if (was_decisive) {
    // Merged into what was undone, it is so no longer.
    fold_.Touch(address);
    const auto touched = TouchDomain(event.id);
    if (!touched) return touched;
  }
  if (!IsDecisive(event)) return {};
  fold_.Touch(address);
  if (IsAgainstDomain(event)) {
    const auto blamed = BlameDomain(mailed, event);
    if (!blamed) return blamed;
  }
  if (was_decisive) return {};
  parts_.watch->AddFailing(parts_.keys->KeyOf(mailed));
  return LookForDeliveries(address, mailed, event);
}

Result<void> MailApplier::BlameDomain(const Address& mailed,
                                      const Event& event) {
  const Key128 key = parts_.keys->KeyOfDomain(mailed.ascii_domain());
  const auto domain = tables_.InternAddress(key, "@" + mailed.ascii_domain());
  if (!domain) return domain.error();
  parts_.watch->AddFailing(key);
  fold_.Touch(domain->id);
  return tables_.SetDomain(event.id, domain->id);
}

Result<void> MailApplier::TouchDomain(EventId event) {
  const auto domain = tables_.DomainOf(event);
  if (!domain) return domain.error();
  if (*domain) fold_.Touch(**domain);
  return {};
}

// Mail that was taken after the failure, but told of before it: from now on the
// logs are watched for that. It says nothing where mail fails after it was
// taken.
Result<void> MailApplier::LookForDeliveries(AddressId address,
                                            const Address& mailed,
                                            const Event& event) {
  if (event.after_acceptance || event.time >= parts_.logs_until) return {};
  const auto first = parts_.list->FirstFailure(address);
  if (!first) return first.error();
  if (*first && **first < event.time) return {};
  auto taken =
      parts_.tracer->TakenSince(parts_.hasher->HashOfAddress(mailed.ToString()),
                                event.time, *parts_.policy);
  if (!taken) return taken.error();
  for (Acceptance& delivery : *taken) {
    delivery.time = std::min(delivery.time, parts_.now);
    const auto inserted = parts_.list->InsertDelivery(address, delivery);
    if (!inserted) return inserted;
  }
  return {};
}

}  // namespace postbounce
