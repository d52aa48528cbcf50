#include "daemon/export_service.h"

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "classifier/reason.h"
#include "daemon/json_value.h"
#include "daemon/list_request.h"
#include "daemon/reference.h"
#include "daemon/request.h"
#include "store/keys.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kMaxPage = 10'000;

json::object ExportedOf(const ListEntry& entry) {
  const Decision& decision = entry.decision;
  const ReasonInfo& reason = InfoOf(decision.reason);
  json::object to;
  to["address"] = JsonText(entry.address);
  to["scope"] = JsonText(decision.scope);
  to["reason"] = reason.name;
  to["class"] = ClassName(reason.reason_class);
  to["since"] = JsonTime(decision.since);
  to["until"] = JsonTime(decision.until);
  return to;
}

using Exceptions = std::map<std::string, json::array, std::less<>>;

bool IsDomain(const json::value& entry) {
  return entry.at("address").get_string().starts_with('@');
}

// Addresses on the allow-list, by "@" and their domain.
Result<Exceptions> ReadExceptions(Reader* reader, Timestamp now) {
  Exceptions exceptions;
  std::string cursor;
  do {
    const auto page = reader->Allowed(cursor, kMaxPage);
    if (!page) return page.error();
    for (const StoredOrder& order : page->entries) {
      const bool is_over = order.until && *order.until <= now;
      const auto address = Address::Parse(order.subject);
      if (is_over || !address) continue;
      exceptions[std::string("@").append(address->ascii_domain())].push_back(
          JsonText(order.subject));
    }
    cursor = page->cursor;
  } while (!cursor.empty());
  return exceptions;
}

}  // namespace

Result<void> AddExceptions(Reader* reader, Timestamp now,
                           json::array* entries) {
  if (std::none_of(entries->begin(), entries->end(), IsDomain)) return {};
  const auto exceptions = ReadExceptions(reader, now);
  if (!exceptions) return exceptions.error();
  for (json::value& entry : *entries) {
    if (!IsDomain(entry)) continue;
    const auto subject = Subject::Parse(entry.at("address").get_string());
    const auto found = subject ? exceptions->find("@" + subject->ascii_domain())
                               : exceptions->end();
    entry.get_object()["except"] =
        found == exceptions->end() ? json::array() : found->second;
  }
  return {};
}

Result<json::object> AnswerExport(const json::object& request, Reader* reader,
                                  Timestamp now) {
  const auto known =
      OnlyMembers(request, {"verb", "id", "reason", "class", "scope", "domain",
                            "since", "references", "limit", "cursor"});
  if (!known) return known.error();
  auto query = ListQueryOf(request, kMaxPage, now);
  if (!query) return query.error();
  const auto references = FlagOf(request, "references");
  if (!references) return references.error();
  query->is_brief = true;
  const auto page = reader->List(*query);
  if (!page) return page.error();
  json::array entries;
  entries.reserve(page->entries.size());
  for (const ListEntry& entry : page->entries) {
    json::object exported = ExportedOf(entry);
    if (*references) exported["ref"] = FormatReference(HashOf(entry.key));
    entries.push_back(std::move(exported));
  }
  const auto added = AddExceptions(reader, now, &entries);
  if (!added) return added.error();
  json::object answer;
  answer["entries"] = std::move(entries);
  answer["cursor"] = page->cursor;
  return answer;
}

}  // namespace postbounce
