#include "store/forgetter.h"

#include <algorithm>
#include <utility>

#include "store/pseudonym.h"

namespace postbounce {
namespace {

using Stage = ForgetWalk::Stage;

// So much at once that intake does not wait for long.
constexpr std::size_t kMails = 200;
constexpr std::size_t kWords = 5000;
constexpr std::size_t kAddresses = 1000;
constexpr std::size_t kPages = 500;

bool IsSuppressed(const std::vector<Decision>& decisions) {
  return std::any_of(decisions.begin(), decisions.end(),
                     [](const Decision& decision) {
                       return decision.state == ListState::kActive ||
                              decision.state == ListState::kHeld;
                     });
}

}  // namespace

Result<ForgetReport> Forgetter::Begin(const Forget& forget) {
  if (!forget.dry_run) return Really(forget);
  const auto begun = parts_.tables->BeginItem();
  if (!begun) return begun.error();
  auto report = Really(forget);
  parts_.veil->Forget();
  const auto dropped = parts_.tables->DropItem();
  if (!dropped) return dropped.error();
  return report;
}

Result<ForgetReport> Forgetter::Really(const Forget& forget) {
  ForgetReport report;
  const bool was_hashed = parts_.veil->hides_all();
  if (forget.everybody) {
    const auto set = parts_.forget->SetHashed();
    if (!set) return set.error();
    parts_.veil->HideAll();
    StoredOrder order;
    order.kind = OrderKind::kForget;
    order.time = parts_.now;
    order.actor = forget.actor;
    order.why = parts_.veil->Words(forget.why, {});
    const auto inserted = parts_.orders->InsertOrder(std::nullopt, order);
    if (!inserted) return inserted.error();
  }
  for (const Address& address : forget.addresses) {
    const auto begun = BeginOne(address, forget, &report);
    if (!begun) return begun.error();
  }
  // Of a store that was hashed before there is nothing to take out.
  if (was_hashed) return report;
  ForgetWalk walk;
  const auto until = parts_.forget->LastRow(walk.stage);
  if (!until) return until.error();
  walk.until = *until;
  const auto set = parts_.forget->SetWalk(walk);
  if (!set) return set.error();
  return report;
}

// The text stays until all else is done, or a crash would leave what nobody
// could look for any more.
Result<void> Forgetter::BeginOne(const Address& address, const Forget& forget,
                                 ForgetReport* report) {
  const Key128 key = parts_.keys->KeyOf(address);
  const bool is_hidden = parts_.veil->hides_all();
  const auto interned = parts_.tables->InternAddress(
      key, is_hidden ? PseudonymOf(key, address.ascii_domain())
                     : address.ToString());
  if (!interned) return interned.error();
  const auto decisions = parts_.list->Decisions(interned->id);
  if (!decisions) return decisions.error();
  ++report->addresses;
  if (!interned->is_new) ++report->known;
  if (IsSuppressed(*decisions)) ++report->suppressed;
  if (!is_hidden) {
    const auto begun = parts_.forget->Begin(interned->id, address.ToString());
    if (!begun) return begun.error();
    parts_.veil->Add(key);
  }
  StoredOrder order;
  order.kind = OrderKind::kForget;
  order.time = parts_.now;
  order.actor = parts_.veil->Words(forget.actor, forget.addresses);
  order.why = parts_.veil->Words(forget.why, forget.addresses);
  const auto inserted = parts_.orders->InsertOrder(interned->id, order);
  if (!inserted) return inserted.error();
  return {};
}

Result<ForgetReport> Forgetter::GoOn() {
  ForgetReport report;
  auto walk = parts_.forget->Walk();
  if (!walk) return walk.error();
  if (!*walk) {
    report.is_done = true;
    return report;
  }
  const auto done = Step(&**walk, &report);
  if (!done) return done.error();
  const auto set = parts_.forget->SetWalk(
      report.is_done ? std::nullopt : std::optional(**walk));
  if (!set) return set.error();
  return report;
}

Result<Hider> Forgetter::HiderOfBegun() {
  if (parts_.veil->hides_all()) return parts_.veil->HiderOfAll(*parts_.policy);
  const auto begun = parts_.forget->Begun();
  if (!begun) return begun.error();
  std::vector<Address> addresses;
  for (const auto& named : *begun) {
    if (auto address = Address::Parse(named.text)) {
      addresses.push_back(*std::move(address));
    }
  }
  return Hider(parts_.keys, addresses);
}

Result<void> Forgetter::NextStage(ForgetWalk* walk) {
  walk->stage = static_cast<Stage>(static_cast<int>(walk->stage) + 1);
  walk->after = 0;
  const auto until = parts_.forget->LastRow(walk->stage);
  if (!until) return until.error();
  walk->until = *until;
  return {};
}

Result<void> Forgetter::Step(ForgetWalk* walk, ForgetReport* report) {
  const auto go_on = [&]() -> Result<bool> {
    switch (walk->stage) {
      case Stage::kMails:
        return HideMails(walk, report);
      case Stage::kLogs:
        return HideLog(walk, report);
      case Stage::kActions:
      case Stage::kChanges:
      case Stage::kAlarms:
      case Stage::kLogNotes:
        return HideWords(walk, report);
      case Stage::kAddresses:
        return EndAddresses(walk);
      case Stage::kPages: {
        const auto left = parts_.forget->FreePages(kPages);
        if (!left) return left.error();
        report->is_done = *left == 0;
        return true;
      }
    }
    return Error(ErrorCode::kCorrupt, "what is being forgotten is damaged");
  }();
  if (!go_on) return go_on.error();
  return *go_on ? Result<void>() : NextStage(walk);
}

// These are false when the stage is over.
Result<bool> Forgetter::HideMails(ForgetWalk* walk, ForgetReport* report) {
  if (walk->after >= walk->until) return false;
  const auto hider = HiderOfBegun();
  if (!hider) return hider.error();
  MailId last{walk->until};
  const auto mails = parts_.forget->MailsAfter(
      MailId{walk->after}, kMails,
      [&](std::string_view bytes) { return hider->MayHide(bytes); }, &last);
  if (!mails) return mails.error();
  for (const MailId id : *mails) {
    const auto hidden = HideMail(id, *hider, report);
    if (!hidden) return hidden.error();
  }
  walk->after = static_cast<std::int64_t>(last);
  return true;
}

Result<void> Forgetter::HideMail(MailId id, const Hider& hider,
                                 ForgetReport* report) {
  auto known = parts_.tables->LoadMail(id);
  if (!known) return known.error();
  Mail& mail = known->mail;
  const auto loaded = parts_.forget->LoadHead(id, &mail);
  if (!loaded) return loaded;
  for (const BoundWitness& bound : known->witnesses) {
    mail.witnesses.push_back(bound.witness);
  }
  hider.Hide(&mail);
  for (std::size_t i = 0; i < mail.witnesses.size(); ++i) {
    BoundWitness& bound = known->witnesses[i];
    if (bound.witness == mail.witnesses[i]) continue;
    bound.witness = std::move(mail.witnesses[i]);
    const auto updated = parts_.tables->UpdateWitness(id, bound);
    if (!updated) return updated;
  }
  ++report->mails;
  if (mail.for_people) ++report->unread;
  return parts_.forget->RewriteMail(id, mail);
}

Result<bool> Forgetter::HideLog(ForgetWalk* walk, ForgetReport* report) {
  const auto hider = HiderOfBegun();
  if (!hider) return hider.error();
  const auto done =
      parts_.writer->HideNext(SegmentId{walk->after}, SegmentId{walk->until},
                              *hider, &report->messages);
  if (!done) return done.error();
  if (!*done) return false;
  walk->after = static_cast<std::int64_t>(**done);
  return true;
}

Result<bool> Forgetter::HideWords(ForgetWalk* walk, ForgetReport* report) {
  const auto hider = HiderOfBegun();
  if (!hider) return hider.error();
  auto all = parts_.forget->WordsAfter(*walk, kWords);
  if (!all) return all.error();
  for (ForgetTables::Words& words : *all) {
    walk->after = words.id;
    const bool is_first = hider->Clean(&words.first);
    if (!hider->Clean(&words.second) && !is_first) continue;
    ++report->words;
    const auto rewritten = parts_.forget->RewriteWords(walk->stage, words);
    if (!rewritten) return rewritten.error();
  }
  return all->size() == kWords;
}

Result<bool> Forgetter::EndAddresses(ForgetWalk* walk) {
  const bool all = parts_.veil->hides_all();
  const auto named =
      all ? parts_.forget->NamedAfter(AddressId{walk->after}, kAddresses)
          : parts_.forget->Begun();
  if (!named) return named.error();
  for (const auto& [id, key, text] : *named) {
    walk->after = static_cast<std::int64_t>(id);
    if (IsPseudonym(text)) continue;
    const auto address = Address::Parse(text);
    const auto ended = parts_.forget->End(
        id, PseudonymOf(key, address ? address->ascii_domain() : ""));
    if (!ended) return ended.error();
  }
  return all && named->size() == kAddresses;
}

}  // namespace postbounce
