#include <algorithm>
#include <charconv>
#include <utility>

#include "classifier/reason.h"
#include "mime/text/text.h"
#include "store/decide.h"
#include "store/sqlite/sqlite_reader.h"
#include "store/sqlite/statement.h"

namespace postbounce {
namespace {

constexpr std::size_t kPageLimit = 10'000;

bool IsOfState(const Decision& decision, std::optional<ListState> state) {
  return decision.state != ListState::kNone &&
         (!state || decision.state == *state);
}

// Most addresses are spelled as they are compared.
bool IsIn(std::string_view address, std::string_view ascii_domain) {
  const std::size_t at = address.rfind('@');
  if (at == address.npos) return false;
  if (EqualsIgnoringCase(address.substr(at + 1), ascii_domain)) return true;
  if (IsAscii(address)) return false;
  const auto subject = Subject::Parse(address);
  return subject && subject->ascii_domain() == ascii_domain;
}

// As far as the statement has not seen to it.
bool Fits(const ListQuery& query, const ListEntry& entry) {
  const Decision& decision = entry.decision;
  return IsOfState(decision, query.state) &&
         (!query.since || decision.since >= *query.since) &&
         (!query.reason_class ||
          InfoOf(decision.reason).reason_class == *query.reason_class) &&
         (query.ascii_domain.empty() ||
          IsIn(entry.address, query.ascii_domain));
}

}  // namespace

Result<std::int64_t> ParseCursor(const std::string& cursor) {
  std::int64_t id = 0;
  if (cursor.empty()) return id;
  const char* const end = cursor.data() + cursor.size();
  const auto parsed = std::from_chars(cursor.data(), end, id);
  if (parsed.ec != std::errc() || parsed.ptr != end || id <= 0) {
    return Error(ErrorCode::kSyntax, "no such cursor", cursor);
  }
  return id;
}

std::int64_t PageLimit(std::size_t limit) {
  return static_cast<std::int64_t>(
      std::clamp<std::size_t>(limit, 1, kPageLimit));
}

Result<ListPage> SqliteReader::List(const ListQuery& query) {
  const auto after = ParseCursor(query.cursor);
  if (!after) return after.error();
  return Guard([&]() -> Result<ListPage> {
    const Snapshot snapshot(&begin_, &end_);
    return ReadList(query, *after);
  });
}

Result<ListPage> SqliteReader::ReadList(const ListQuery& query,
                                        std::int64_t after) {
  const std::int64_t limit = PageLimit(query.limit);
  const bool is_active = query.state == ListState::kActive;
  // Those that have expired since they were written are active there.
  const bool is_any = !query.state || query.state == ListState::kExpired;
  std::optional<Run> run;
  if (is_active || is_any) {
    run.emplace(is_active ? &list_active_ : &list_, after, query.reason,
                query.scope);
  } else {
    run.emplace(&list_other_, after, query.reason, query.scope, query.state);
  }
  Run& row = *run;
  const bool may_be_allowed = is_active && order_reader_.AllowsAny();
  ListPage page;
  std::int64_t last = after;
  while (row.Next()) {
    ListEntry entry;
    entry.address = row.Bytes(1);
    entry.decision = DecisionOfRow(&row, 3);
    entry.decision.state = StateAt(entry.decision, query.now);
    const auto key = KeyOfBytes(row.Bytes(2));
    if (!key) return key.error();
    entry.key = *key;
    const bool is_listed =
        Fits(query, entry) &&
        !(may_be_allowed &&
          order_reader_.IsAllowed(*key, entry.address, query.now));
    if (!is_listed) continue;
    // One more than asked for tells whether this is the last page.
    if (static_cast<std::int64_t>(page.entries.size()) == limit) {
      page.cursor = std::to_string(last);
      break;
    }
    last = row.Int(0);
    const auto filled = FillWitness(&entry);
    if (!filled) return filled.error();
    page.entries.push_back(std::move(entry));
  }
  return page;
}

Result<std::string> SqliteReader::EachListed(const ListQuery& query,
                                             const EachExported& each) {
  return Guard([&]() -> Result<std::string> {
    const Snapshot snapshot(&begin_, &end_);
    return export_reader_.EachListed(query, each);
  });
}

Result<ChangeMark> SqliteReader::NewestMark(Timestamp now) {
  return Guard([&]() -> Result<ChangeMark> {
    const Snapshot snapshot(&begin_, &end_);
    return export_reader_.NewestMark(now);
  });
}

Result<ChangeMark> SqliteReader::MarkOf(std::int64_t seq) {
  return Guard([&] { return export_reader_.MarkOf(seq); });
}

Result<std::string> SqliteReader::EachChanged(const ListQuery& query,
                                              const ChangeInterval& interval,
                                              const EachExported& each) {
  return Guard([&]() -> Result<std::string> {
    const Snapshot snapshot(&begin_, &end_);
    return export_reader_.EachChanged(query, interval, each);
  });
}

// The witness that decided is one that says what the event says.
Result<void> SqliteReader::FillWitness(ListEntry* entry) {
  if (entry->decision.by) {
    entry->order = order_reader_.OrderOf(*entry->decision.by);
  }
  if (!entry->decision.because) return {};
  const auto witnesses = WitnessesOf(*entry->decision.because);
  if (!witnesses) return witnesses.error();
  const auto decided = std::find_if(
      witnesses->begin(), witnesses->end(), [&](const StoredWitness& stored) {
        const Witness& witness = stored.witness;
        return witness.binding.standing == Standing::kCounts &&
               witness.verdict.reason == entry->decision.reason;
      });
  if (decided == witnesses->end()) return {};
  entry->verdict = decided->witness.verdict;
  entry->diagnostic = decided->witness.evidence.diagnostic;
  entry->remote_mta = decided->witness.evidence.remote_mta;
  return {};
}

Result<UndoPage> SqliteReader::Undos(const std::string& cursor,
                                     std::size_t limit) {
  const auto before = ParseCursor(cursor);
  if (!before) return before.error();
  return Guard([&]() -> Result<UndoPage> {
    return order_reader_.Undos(*before,
                               static_cast<std::size_t>(PageLimit(limit)));
  });
}

Result<AllowPage> SqliteReader::Allowed(const std::string& cursor,
                                        std::size_t limit) {
  const auto after = ParseCursor(cursor);
  if (!after) return after.error();
  return Guard([&]() -> Result<AllowPage> {
    return order_reader_.Allowed(*after,
                                 static_cast<std::size_t>(PageLimit(limit)));
  });
}

}  // namespace postbounce
