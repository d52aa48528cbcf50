#include "daemon/list_import.h"

#include <boost/json/parse.hpp>
#include <string>
#include <utility>

#include "daemon/request.h"
#include "mime/text/text.h"
#include "store/policy.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxText = 1000;
constexpr std::size_t kChunk = 1u << 20;
constexpr std::size_t kMaxLine = 64u << 10;

Result<Reason> ReasonOf(const json::object& row) {
  const auto text = TextOf(row, "reason");
  if (!text) return text.error();
  const auto reason = text->empty() ? Reason::kUnknown : ParseReason(*text);
  if (!reason) return BadRequest("there is no reason of that name", *text);
  if (*reason != Reason::kUnknown && !MaySuppress(*reason)) {
    return BadRequest("nobody is suppressed for this reason", *text);
  }
  return *reason;
}

Result<std::string> ScopeOf(const json::object& row, const Subject& subject,
                            const Scopes& scopes) {
  auto scope = TextOf(row, "scope");
  if (!scope || scope->empty()) return scope;
  if (subject.is_domain()) {
    return BadRequest("a domain is suppressed for all mail, not in a scope",
                      *scope);
  }
  if (!scopes.MayBe(*scope))
    return BadRequest("no mail is of this scope", *scope);
  return scope;
}

Result<Imported> RowOf(const json::object& row, const Scopes& scopes,
                       Timestamp now) {
  const auto error = TextOf(row, "error");
  if (!error) return error.error();
  if (!error->empty()) return Error(ErrorCode::kSyntax, *error);
  const auto state = TextOf(row, "state");
  if (!state) return state.error();
  if (!state->empty() && *state != "active") {
    return BadRequest("it is not suppressed there", *state);
  }
  const auto text = TextOf(row, "address");
  if (!text) return text.error();
  auto subject = Subject::Parse(*text);
  if (!subject) return subject.error();
  auto scope = ScopeOf(row, *subject, scopes);
  if (!scope) return scope.error();
  const auto reason = ReasonOf(row);
  if (!reason) return reason.error();
  const auto since = TimeOf(row, "since", now);
  if (!since) return since.error();
  const auto until = TimeOf(row, "until", now);
  if (!until) return until.error();
  if (*until && **until <= now) {
    return BadRequest("its time is over", *TextOf(row, "until"));
  }
  return Imported{*std::move(subject), *std::move(scope), *reason, *since,
                  *until};
}

Result<json::object> ObjectOf(std::string_view line) {
  json::error_code error;
  json::value value = json::parse(line, error);
  if (error || !value.is_object()) {
    return BadRequest("a row is a JSON object in one line", line);
  }
  return std::move(value.get_object());
}

}  // namespace

Result<ListImport> ListImport::Parse(const json::object& request) {
  const auto known =
      OnlyMembers(request, {"verb", "id", "actor", "why", "dry_run"});
  if (!known) return known.error();
  ListImport parsed;
  for (const auto& [name, member] :
       {std::pair{"actor", &Import::actor}, {"why", &Import::why}}) {
    auto text = TextOf(request, name);
    if (!text) return text.error();
    if (text->size() > kMaxText) return BadRequest("too long", name);
    parsed.import.*member = *std::move(text);
  }
  if (parsed.import.actor.empty()) parsed.import.actor = "operator";
  const auto dry_run = FlagOf(request, "dry_run");
  if (!dry_run) return dry_run.error();
  parsed.import.dry_run = *dry_run;
  return parsed;
}

Result<void> ListImport::Read(const LogBytes& file, const Scopes& scopes,
                              Timestamp now) {
  if (!file.is_file()) return BadRequest("a plain file is wanted");
  std::string chunk(kChunk, '\0');
  std::string begun;  // a line whose end is still to be read
  std::uint64_t offset = 0;
  std::uint64_t number = 0;
  for (;;) {
    const std::size_t size = file.ReadAt(offset, chunk);
    offset += size;
    if (offset > kMaxBytes) {
      return Error(ErrorCode::kLimit,
                   "256 MiB at most can be imported at once");
    }
    begun.append(chunk, 0, size);
    std::string_view rest = begun;
    while (size == 0 || rest.find('\n') != rest.npos) {
      const auto line = TakeLine(&rest);
      if (!line) break;
      const auto taken = Take(*line, ++number, scopes, now);
      if (!taken) return taken;
    }
    if (size == 0) return {};
    begun.erase(0, begun.size() - rest.size());
    if (begun.size() > kMaxLine) return BadRequest("a row is too long");
  }
}

Result<void> ListImport::Take(std::string_view line, std::uint64_t number,
                              const Scopes& scopes, Timestamp now) {
  const auto row = ObjectOf(line);
  if (!row) return row.error();
  auto imported = RowOf(*row, scopes, now);
  if (!imported) {
    if (++rejected_count > kShownRejects) return {};
    const json::value* told = row->if_contains("line");
    rejected.push_back({{"line", told != nullptr ? *told : number},
                        {"error", ToUtf8(imported.error().ToString())}});
    return {};
  }
  if (import.rows.size() == kMaxImported) {
    return Error(ErrorCode::kLimit,
                 "a million addresses at most can be imported at once");
  }
  import.rows.push_back(*std::move(imported));
  return {};
}

json::object ListImport::ToJson(const Outcome& outcome) {
  const ImportReport report = outcome.imported.value_or(ImportReport());
  json::object answer;
  answer["action"] =
      report.action ? json::value(static_cast<std::int64_t>(*report.action))
                    : json::value(nullptr);
  answer["new"] = report.added;
  answer["changed"] = report.changed;
  answer["known"] = report.known;
  answer["rejected"] = rejected_count;
  answer["rejects"] = std::move(rejected);
  return answer;
}

}  // namespace postbounce
