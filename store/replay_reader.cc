#include "store/replay_reader.h"

#include <utility>

#include "classifier/classifier.h"
#include "store/codec.h"
#include "store/correlate.h"
#include "store/decide.h"

namespace postbounce {
namespace {

constexpr std::size_t kAddresses = 200;  // of one page
constexpr std::size_t kWitnesses = 500;  // after which a page ends

// What accounts, those of one event together, amount to when they are judged
// again.
class AccountReplay {
 public:
  // Counts what it sees in `page`, unless that is null.
  AccountReplay(const ReplayQuery& query, ReplayPage* page)
      : query_(query), page_(page) {}

  void Add(const ReplayTables::Account& account) {
    if (page_ != nullptr) ++page_->witnesses;
    if (!stored_ || stored_->id != account.event.id) EndEvent();
    Witness witness = account.witness;
    // A complaint or an automatic reply is one whatever it says.
    const bool is_judged =
        !witness.was_hidden && (account.kind == MailKind::kDeliveryReport ||
                                account.kind == MailKind::kLogLine);
    if (is_judged && JudgeAgain(account, &witness)) is_changed_ = true;
    const Event event = EventOf(witness);
    told_ = stored_ ? Revise(told_, event) : event;
    stored_ = account.event;
    address_ = account.address;
  }

  // Those that are decisive, the newest first.
  std::vector<DomainFailure> Finish() {
    EndEvent();
    return std::move(decisive_);
  }

 private:
  // What was repaired when it was stored must not look different for ever.
  bool JudgeAgain(const ReplayTables::Account& account, Witness* witness) {
    Verdict verdict = Classify(witness->evidence, *query_.rules, query_.memo);
    if (verdict == witness->verdict) return false;
    const Reason before = witness->verdict.reason;
    witness->verdict = std::move(verdict);
    if (EncodeWitness(*witness) == account.stored) return false;
    if (page_ != nullptr) {
      page_->rejudged.push_back(
          {account.mail, witness->ordinal, before, witness->verdict});
    }
    return true;
  }

  void EndEvent() {
    if (!stored_) return;
    if (is_changed_) {
      told_.id = stored_->id;
      told_.is_void = stored_->is_void;
    }
    const Event& event = is_changed_ ? told_ : *stored_;
    if (IsDecisive(event) && decisive_.size() < kDecisiveEvents) {
      decisive_.push_back({event, static_cast<std::int64_t>(address_)});
    }
    stored_.reset();
    is_changed_ = false;
  }

  const ReplayQuery& query_;
  ReplayPage* const page_;
  std::vector<DomainFailure> decisive_;
  std::optional<Event> stored_;  // the event whose accounts come
  AddressId address_{};          // of that
  Event told_;                   // what they say of it so far
  bool is_changed_ = false;
};

Result<std::vector<Revision>> JudgeAddress(
    const ReplayTables::KnownAddress& address, const ReplayQuery& query,
    ReplayTables* tables, ListJudge* judge, ReplayPage* page) {
  AccountReplay replay(query, page);
  const auto read = tables->EachAccount(
      address.id, [&](const ReplayTables::Account& account) -> Result<void> {
        replay.Add(account);
        return {};
      });
  if (!read) return read.error();
  std::vector<Event> events;
  for (DomainFailure& failure : replay.Finish()) {
    events.push_back(std::move(failure.event));
  }
  return judge->JudgeAddress(address.id, address.text, std::move(events));
}

// Its accounts are those of addresses, where they are counted.
Result<std::vector<Revision>> JudgeDomain(AddressId domain,
                                          const ReplayQuery& query,
                                          ReplayTables* tables,
                                          ListJudge* judge) {
  AccountReplay replay(query, nullptr);
  const auto read = tables->EachAccountAgainst(
      domain, [&](const ReplayTables::Account& account) -> Result<void> {
        replay.Add(account);
        return {};
      });
  if (!read) return read.error();
  return judge->JudgeDomain(domain, replay.Finish());
}

Result<void> ReplayAddress(const ReplayTables::KnownAddress& address,
                           const ReplayQuery& query, ReplayTables* tables,
                           ListJudge* judge, ReplayPage* page) {
  const auto revisions =
      address.text.starts_with('@')
          ? JudgeDomain(address.id, query, tables, judge)
          : JudgeAddress(address, query, tables, judge, page);
  if (!revisions) return revisions.error();
  for (const Revision& revision : *revisions) {
    page->differences.push_back(
        {address.text, revision.before, revision.after});
  }
  if (!revisions->empty()) page->different.push_back(address.id);
  return {};
}

}  // namespace

Result<ReplayPage> ReadReplay(const ReplayQuery& query, ReplayTables* tables,
                              ListJudge* judge) {
  ReplayPage page;
  const auto addresses = tables->AddressesAfter(query.after, kAddresses);
  if (!addresses) return addresses.error();
  for (const auto& address : *addresses) {
    const auto replayed = ReplayAddress(address, query, tables, judge, &page);
    if (!replayed) return replayed.error();
    page.next = address.id;
    if (page.witnesses >= kWitnesses) return page;
  }
  if (addresses->size() < kAddresses) page.next.reset();
  return page;
}

}  // namespace postbounce
