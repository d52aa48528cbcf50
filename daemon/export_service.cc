#include "daemon/export_service.h"

#include <boost/json/array.hpp>
#include <utility>

#include "classifier/reason.h"
#include "daemon/json_value.h"
#include "daemon/list_request.h"
#include "daemon/request.h"

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

}  // namespace

Result<json::object> AnswerExport(const json::object& request, Reader* reader,
                                  Timestamp now) {
  const auto known = OnlyMembers(
      request, {"verb", "id", "reason", "scope", "limit", "cursor"});
  if (!known) return known.error();
  auto query = ListQueryOf(request, kMaxPage, now);
  if (!query) return query.error();
  query->is_brief = true;
  const auto page = reader->List(*query);
  if (!page) return page.error();
  json::array entries;
  entries.reserve(page->entries.size());
  for (const ListEntry& entry : page->entries) {
    entries.push_back(ExportedOf(entry));
  }
  json::object answer;
  answer["entries"] = std::move(entries);
  answer["cursor"] = page->cursor;
  return answer;
}

}  // namespace postbounce
