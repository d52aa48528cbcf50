#include "store/sqlite/exported_row.h"

#include <algorithm>
#include <optional>

#include "mime/text/text.h"
#include "store/codec.h"

namespace postbounce {
namespace {

bool IsAfter(const std::optional<Timestamp>& until, Timestamp now) {
  return !until || *until > now;
}

}  // namespace

// Most addresses are spelled so.
std::string AsciiDomainOf(std::string_view address) {
  const std::size_t at = address.rfind('@');
  if (at == address.npos) return {};
  if (IsAscii(address)) return ToLower(address.substr(at + 1));
  const auto subject = Subject::Parse(address);
  return subject ? subject->ascii_domain() : std::string();
}

bool IsAsked(const ListQuery& query, const Exported& place) {
  return (!query.scope || *query.scope == place.scope) &&
         (query.ascii_domain.empty() ||
          AsciiDomainOf(place.address) == query.ascii_domain);
}

bool Fits(const ListQuery& query, const Exported& place) {
  return IsAfter(place.until, query.now) &&
         (!query.reason || *query.reason == place.reason) &&
         (!query.since || place.since >= *query.since) &&
         (!query.reason_class ||
          InfoOf(place.reason).reason_class == *query.reason_class);
}

bool ReadPlace(Run* row, int first, Timestamp now, Exported* to) {
  to->reason = ReasonFromStored(row->Int(first));
  to->since = row->Time(first + 1);
  to->until = TimeOrNone(row, first + 2);
  return row->IsNull(first + 3) || !IsAfter(TimeOrNone(row, first + 4), now);
}

void ReadKey(Run* row, int column, Exported* to) {
  const std::string_view key = row->View(column);
  to->hash = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(8, key.size()); ++i) {
    to->hash = to->hash << 8 | static_cast<unsigned char>(key[i]);
  }
}

}  // namespace postbounce
