#include "daemon/export_service.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "classifier/reason.h"
#include "daemon/export_rows.h"
#include "daemon/json_value.h"
#include "daemon/list_request.h"
#include "daemon/reference.h"
#include "daemon/request.h"
#include "store/keys.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kMaxPage = 10'000;

json::object JsonOf(const Exported& place, bool has_ref) {
  const ReasonInfo& reason = InfoOf(place.reason);
  json::object to;
  to["address"] = JsonText(place.address);
  to["scope"] = JsonText(place.scope);
  to["reason"] = reason.name;
  to["class"] = ClassName(reason.reason_class);
  to["since"] = JsonTime(place.since);
  to["until"] = JsonTime(place.until);
  if (has_ref) to["ref"] = FormatReference(place.hash);
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

// Of a request: what it asks for, and how.
struct ExportRequest {
  ListQuery query;
  bool has_refs = false;
  bool as_rows = false;
  std::optional<ChangeInterval> changes;
};

// A mark, or the number of a change alone.
Result<ChangeMark> MarkOf(const json::object& request, std::string_view name,
                          Reader* reader, Timestamp now) {
  const auto text = TextOf(request, name);
  if (!text) return text.error();
  if (text->empty()) return reader->NewestMark(now);
  const bool is_number = text->find('.') == text->npos;
  const auto told = ParseMark(is_number ? *text + ".0.0" : *text);
  if (!told) return BadRequest("there is no such mark", *text);
  auto mark = reader->MarkOf(told->seq);
  if (!mark || is_number) return mark;
  if (mark->check != told->check) {
    return Error(ErrorCode::kNotFound,
                 "the mark is of another list, or of what this one was before "
                 "it came from a backup: export all of it");
  }
  return *told;
}

Result<ExportRequest> ParseExport(const json::object& request, Reader* reader,
                                  Timestamp now) {
  const auto known = OnlyMembers(
      request, {"verb", "id", "reason", "class", "scope", "domain", "since",
                "references", "limit", "cursor", "rows", "from", "to"});
  if (!known) return known.error();
  ExportRequest parsed;
  auto query = ListQueryOf(request, kMaxPage, now);
  if (!query) return query.error();
  parsed.query = *std::move(query);
  for (const auto& [name, member] :
       {std::pair{"references", &ExportRequest::has_refs},
        {"rows", &ExportRequest::as_rows}}) {
    const auto flag = FlagOf(request, name);
    if (!flag) return flag.error();
    parsed.*member = *flag;
  }
  if (!request.contains("from")) return parsed;
  if (!parsed.as_rows) return BadRequest("changes are told in rows alone");
  const auto from = MarkOf(request, "from", reader, now);
  if (!from) return from.error();
  const auto to = MarkOf(request, "to", reader, now);
  if (!to) return to.error();
  parsed.changes = ChangeInterval{*from, *to};
  parsed.query.now = to->time;
  return parsed;
}

Result<json::object> AnswerEntries(const ExportRequest& request,
                                   Reader* reader) {
  json::array entries;
  const auto cursor =
      reader->EachListed(request.query, [&](const Exported& place) {
        entries.push_back(JsonOf(place, request.has_refs));
      });
  if (!cursor) return cursor.error();
  const auto added = AddExceptions(reader, request.query.now, &entries);
  if (!added) return added.error();
  json::object answer;
  answer["entries"] = std::move(entries);
  answer["cursor"] = *cursor;
  return answer;
}

// The addresses on the allow-list of each of these domains, if it has any.
Result<json::object> ExceptionsOf(const std::vector<std::string>& domains,
                                  Reader* reader, Timestamp now) {
  json::object found;
  if (domains.empty()) return found;
  auto all = ReadExceptions(reader, now);
  if (!all) return all.error();
  for (const std::string& domain : domains) {
    const auto exceptions = all->find(domain);
    if (exceptions != all->end()) found[domain] = exceptions->second;
  }
  return found;
}

Result<json::object> AnswerRows(const ExportRequest& request, Reader* reader) {
  json::string rows;
  std::vector<std::string> domains;
  ExportRowWriter writer(request.changes ? ExportRowWriter::Kind::kChanged
                                         : ExportRowWriter::Kind::kListed,
                         request.has_refs);
  std::string row;
  const auto append = [&](const Exported& place) {
    row.clear();
    writer.Append(place, &row);
    rows.append(row);
    if (place.address.starts_with('@')) domains.emplace_back(place.address);
  };
  json::object answer;
  if (request.query.cursor.empty()) {
    const auto mark = request.changes ? Result<ChangeMark>(request.changes->to)
                                      : reader->NewestMark(request.query.now);
    if (!mark) return mark.error();
    answer["mark"] = FormatMark(*mark);
  }
  const auto cursor =
      request.changes
          ? reader->EachChanged(request.query, *request.changes, append)
          : reader->EachListed(request.query, append);
  if (!cursor) return cursor.error();
  auto except = ExceptionsOf(domains, reader, request.query.now);
  if (!except) return except.error();
  answer["rows"] = std::move(rows);
  answer["except"] = *std::move(except);
  answer["cursor"] = *cursor;
  return answer;
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
  const auto parsed = ParseExport(request, reader, now);
  if (!parsed) return parsed.error();
  return parsed->as_rows ? AnswerRows(*parsed, reader)
                         : AnswerEntries(*parsed, reader);
}

}  // namespace postbounce
