#include <algorithm>
#include <utility>

#include "store/sqlite/sqlite_reader.h"
#include "store/sqlite/statement.h"

namespace postbounce {

Result<AddressStory> SqliteReader::Status(const Address& address,
                                          std::size_t max_events) {
  return Guard([&]() -> Result<AddressStory> {
    const Snapshot snapshot(&begin_, &end_);
    return ReadStory(address, max_events);
  });
}

Result<AddressStory> SqliteReader::ReadStory(const Address& address,
                                             std::size_t max_events) {
  AddressStory story;
  story.address = address.ToString();
  const Key128 key = keys_.KeyOf(address);
  for (Decision& decision :
       DecisionsOf(keys_.KeyOfDomain(address.ascii_domain()))) {
    if (decision.scope.empty()) story.domain = std::move(decision);
  }
  for (Decision& decision : DecisionsOf(key)) {
    if (decision.scope.empty()) {
      story.decision = std::move(decision);
    } else {
      story.scoped.push_back(std::move(decision));
    }
  }
  order_reader_.FillStory(address, &story);
  Run found(&find_address_, BlobOf(key));
  if (!found.Next()) return story;
  const AddressId id{found.Int(0)};
  if (!found.IsNull(1)) story.address = found.Bytes(1);
  if (max_events == 0) return story;
  const auto filled = FillEvents(&events_, id, max_events, &story);
  if (!filled) return filled.error();
  CountFailures(id, &story);
  const auto made_of = FillHistory(id, &story);
  if (!made_of) return made_of.error();
  return story;
}

Result<AddressStory> SqliteReader::StatusOfDomain(const Subject& domain,
                                                  std::size_t max_events) {
  return Guard([&]() -> Result<AddressStory> {
    const Snapshot snapshot(&begin_, &end_);
    AddressStory story;
    story.address = domain.ToString();
    const Key128 key = keys_.KeyOfDomain(domain.ascii_domain());
    for (Decision& decision : DecisionsOf(key)) {
      if (decision.scope.empty()) story.decision = std::move(decision);
    }
    order_reader_.FillDomainStory(domain, &story);
    Run found(&find_address_, BlobOf(key));
    if (!found.Next()) return story;
    const auto filled = FillEvents(&domain_events_, AddressId{found.Int(0)},
                                   max_events, &story);
    if (!filled) return filled.error();
    story.event_count = story.events.size();
    return story;
  });
}

Result<std::vector<Decision>> SqliteReader::Decisions(const Key128& key) {
  return Guard([&]() -> Result<std::vector<Decision>> {
    const Snapshot snapshot(&begin_, &end_);
    return DecisionsOf(key);
  });
}

Result<Subject> SqliteReader::FindByHash(std::uint64_t hash) {
  Key128 first{};
  Key128 last;
  last.fill(0xFF);
  for (std::size_t i = sizeof hash; i-- > 0; hash >>= 8) {
    first[i] = last[i] = static_cast<std::uint8_t>(hash);
  }
  return Guard([&]() -> Result<Subject> {
    const Snapshot snapshot(&begin_, &end_);
    Run found(&find_hash_, BlobOf(first), BlobOf(last));
    if (found.Next() && !found.IsNull(0)) {
      if (auto subject = Subject::Parse(found.Bytes(0))) return subject;
    }
    return Error(ErrorCode::kNotFound, "there is no such reference");
  });
}

Result<void> SqliteReader::FillEvents(SQLite::Statement* events,
                                      AddressId address, std::size_t max_events,
                                      AddressStory* story) {
  Run row(events, address, static_cast<std::int64_t>(max_events));
  while (row.Next()) {
    StoredEvent event;
    event.event = EventOfRow(&row, 0);
    if (!row.IsNull(14)) event.voided_by = ActionId{row.Int(14)};
    auto witnesses = WitnessesOf(event.event.id);
    if (!witnesses) return witnesses.error();
    event.witnesses = std::move(*witnesses);
    story->events.push_back(std::move(event));
  }
  return {};
}

Result<void> SqliteReader::FillHistory(AddressId address, AddressStory* story) {
  auto decisive = list_tables_.DecisiveEvents(address, kDecisiveEvents);
  if (!decisive) return decisive.error();
  auto deliveries = list_tables_.Deliveries(address);
  if (!deliveries) return deliveries.error();
  auto actions = list_tables_.Actions(address);
  if (!actions) return actions.error();
  story->decisive = *std::move(decisive);
  story->deliveries = *std::move(deliveries);
  story->actions = *std::move(actions);
  return {};
}

void SqliteReader::CountFailures(AddressId address, AddressStory* story) {
  FailureCounts& failures = story->failures;
  Run row(&count_failures_, address);
  while (row.Next()) {
    const auto count = static_cast<std::uint64_t>(row.Int(3));
    story->event_count += count;
    if (row.Int(0) == 0) continue;
    const auto standing = static_cast<std::size_t>(row.Int(1));
    const bool is_undone = row.Int(2) != 0;
    if (is_undone) {
      failures.undone += count;
    } else if (standing < failures.by_standing.size()) {
      failures.by_standing[standing] += count;
    }
    failures.last = std::max(failures.last.value_or(Timestamp()), row.Time(4));
  }
}

std::vector<Decision> SqliteReader::DecisionsOf(const Key128& key) {
  std::vector<Decision> decisions;
  Run found(&find_address_, BlobOf(key));
  if (!found.Next()) return decisions;
  Run row(&decisions_, found.Int(0));
  while (row.Next()) decisions.push_back(DecisionOfRow(&row, 0));
  return decisions;
}

}  // namespace postbounce
