#include "daemon/service.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "daemon/alarm_service.h"
#include "daemon/base64.h"
#include "daemon/code_description.h"
#include "daemon/export_service.h"
#include "daemon/hello.h"
#include "daemon/list_request.h"
#include "daemon/log_service.h"
#include "daemon/reference.h"
#include "daemon/request.h"
#include "daemon/status_report.h"
#include "daemon/to_json.h"
#include "mime/text/address.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxEvents = 100;   // shown in one answer
constexpr std::size_t kPiece = 3u << 18;  // bytes of a mail in one answer
constexpr std::size_t kJsonDepth = 32;    // of a request

std::string_view CodeName(ErrorCode code) {
  switch (code) {
    case ErrorCode::kSyntax:
      return "syntax";
    case ErrorCode::kLimit:
      return "limit";
    case ErrorCode::kNotFound:
      return "not-found";
    case ErrorCode::kConflict:
      return "conflict";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kCorrupt:
      return "corrupt";
    case ErrorCode::kIo:
      return "io";
  }
  return "io";
}

void CopyId(const json::object& request, json::object* answer) {
  if (const json::value* id = request.if_contains("id")) (*answer)["id"] = *id;
}

void AddFinding(const Finding& finding, json::object* result) {
  (*result)["suppressed"] = finding.is_suppressed();
  (*result)["state"] = StateName(finding.state);
  json::value& reason = (*result)["reason"];
  if (finding.state != ListState::kNone) reason = ReasonName(finding.reason);
}

// Also by the reference of a reply to Postfix.
Result<Subject> SubjectOf(Reader* reader, std::string_view text) {
  const auto reference = ParseReference(text);
  return reference ? reader->FindByHash(*reference) : Subject::Parse(text);
}

Result<std::vector<std::string_view>> AddressesOf(const json::object& request) {
  const json::value* value = request.if_contains("addresses");
  if (value == nullptr || !value->is_array() || value->get_array().empty() ||
      value->get_array().size() > kMaxAddresses) {
    return BadRequest("\"addresses\" is to be a list of 1 to 100 addresses");
  }
  std::vector<std::string_view> addresses;
  for (const json::value& item : value->get_array()) {
    if (!item.is_string()) return BadRequest("an address is a text");
    addresses.emplace_back(item.get_string());
  }
  return addresses;
}

// Whether what is wrong is the address; then others are answered all the same.
bool IsOfAddress(const Error& error) {
  return error.code() == ErrorCode::kSyntax ||
         error.code() == ErrorCode::kLimit ||
         error.code() == ErrorCode::kNotFound;
}

}  // namespace

constexpr Service::Verb Service::kVerbs[] = {
    {"check", &Service::Check},
    {"status", &Service::Status},
    {"stats", &Service::Stats},
    {"events", &Service::Events},
    {"held", &Service::Held},
    {"list", &Service::List},
    {"export", &Service::Export},
    {"undos", &Service::Undos},
    {"inbox", &Service::Inbox},
    {"inbox-show", &Service::InboxShow},
    {"allow-list", &Service::AllowList},
};

json::object Service::Answer(const json::object& request, Door door,
                             Timestamp now) {
  const auto name = TextOf(request, "verb");
  if (!name) return Refusal(request, name.error());
  if (DoorOf(*name) == Door::kControl && door == Door::kQuery) {
    return Refusal(request, Error(ErrorCode::kConflict,
                                  "ask this at the control socket", *name));
  }
  const auto known = CheckMembers(request);
  if (!known) return Refusal(request, known.error());
  if (*name == "hello") return Answered(request, AnswerHello(door));
  if (*name == "code") return Answered(request, AnswerCode(request));
  for (const Verb& verb : kVerbs) {
    if (verb.name != *name) continue;
    return Answered(request, (this->*verb.answer)(request, now));
  }
  return Refusal(request, BadRequest("there is no such verb", *name));
}

Result<json::object> ParseRequest(const LineReader::Line& line) {
  if (line.too_long) {
    return Error(ErrorCode::kLimit, "the request is too long");
  }
  json::parse_options options;
  options.max_depth = kJsonDepth;
  json::error_code error;
  json::value value = json::parse(line.text, error, {}, options);
  if (error || !value.is_object()) {
    return Error(ErrorCode::kSyntax, "a request is a JSON object in one line",
                 line.text);
  }
  return std::move(value.get_object());
}

Result<json::object> AnswerCheck(const json::object& request,
                                 const Scopes& scopes,
                                 const FindFunction& find) {
  const auto known = CheckMembers(request);
  if (!known) return known.error();
  const auto addresses = AddressesOf(request);
  if (!addresses) return addresses.error();
  const auto scope = ScopeOf(request, scopes);
  if (!scope) return scope.error();
  json::array results;
  for (const std::string_view address : *addresses) {
    json::object result;
    result["address"] = address;
    const auto finding = find(address, *scope);
    if (finding) {
      AddFinding(*finding, &result);
    } else if (IsOfAddress(finding.error())) {
      result["error"] = finding.error().ToString();
    } else {
      return finding.error();
    }
    results.push_back(std::move(result));
  }
  json::object answer;
  answer["results"] = std::move(results);
  return answer;
}

Result<json::object> Service::Check(const json::object& request,
                                    Timestamp now) {
  return AnswerCheck(
      request, policy_.scopes,
      [&](std::string_view text, std::string_view scope) -> Result<Finding> {
        const auto address = Address::Parse(text);
        if (!address) return address.error();
        auto story = reader_->Status(*address, 0);
        if (!story) return story.error();
        MoveTo(now, &*story);
        return FindingOf(*story, scope);
      });
}

Result<json::object> Service::Status(const json::object& request,
                                     Timestamp now) {
  const auto addresses = AddressesOf(request);
  if (!addresses) return addresses.error();
  const std::size_t events =
      std::max<std::size_t>(1, kMaxEvents / addresses->size());
  json::array results;
  for (const std::string_view address : *addresses) {
    const auto subject = SubjectOf(reader_, address);
    if (!subject && !IsOfAddress(subject.error())) return subject.error();
    if (!subject) {
      results.push_back(
          {{"address", address}, {"error", subject.error().ToString()}});
      continue;
    }
    const auto report = ReadStatus(reader_, policy_, *subject, events, now);
    if (!report) return report.error();
    json::object result = ToJson(*report);
    result["suppressed"] = FindingOf(report->story, "").is_suppressed();
    results.push_back(std::move(result));
  }
  json::object answer;
  answer["results"] = std::move(results);
  return answer;
}

Result<json::object> Service::Undos(const json::object& request,
                                    Timestamp now) {
  const auto query = ListQueryOf(request, kMaxListPage, now);
  if (!query) return query.error();
  const auto page = reader_->Undos(query->cursor, query->limit);
  if (!page) return page.error();
  json::array entries;
  for (const StoredUndo& undo : page->entries) entries.push_back(ToJson(undo));
  json::object answer;
  answer["entries"] = std::move(entries);
  answer["cursor"] = page->cursor;
  return answer;
}

Result<json::object> Service::AllowList(const json::object& request,
                                        Timestamp now) {
  const auto query = ListQueryOf(request, kMaxListPage, now);
  if (!query) return query.error();
  const auto page = reader_->Allowed(query->cursor, query->limit);
  if (!page) return page.error();
  json::array entries;
  for (const StoredOrder& order : page->entries) {
    const bool is_over = order.until && *order.until <= now;
    if (!is_over) entries.push_back(ToJson(order));
  }
  json::object answer;
  answer["entries"] = std::move(entries);
  answer["cursor"] = page->cursor;
  return answer;
}

Result<json::object> Service::List(const json::object& request, Timestamp now) {
  const auto query = ListQueryOf(request, kMaxListPage, now);
  if (!query) return query.error();
  const auto page = reader_->List(*query);
  if (!page) return page.error();
  json::array entries;
  for (const ListEntry& entry : page->entries) entries.push_back(ToJson(entry));
  const auto added = AddExceptions(reader_, now, &entries);
  if (!added) return added.error();
  json::object answer;
  answer["entries"] = std::move(entries);
  answer["cursor"] = page->cursor;
  return answer;
}

Result<json::object> Service::Inbox(const json::object& request, Timestamp) {
  const auto all = FlagOf(request, "all");
  if (!all) return all.error();
  const auto cursor = TextOf(request, "cursor");
  if (!cursor) return cursor.error();
  InboxQuery query;
  query.with_seen = *all;
  query.cursor = *cursor;
  query.limit = kMaxListPage;
  const auto page = reader_->Inbox(query);
  if (!page) return page.error();
  json::array entries;
  for (const InboxEntry& entry : page->entries) {
    entries.push_back(ToJson(entry));
  }
  json::object answer;
  answer["entries"] = std::move(entries);
  answer["cursor"] = page->cursor;
  return answer;
}

Result<json::object> Service::InboxShow(const json::object& request,
                                        Timestamp) {
  constexpr std::uint64_t kNone = INT64_MAX;
  const auto id = NumberOf(request, "mail", kNone, kNone);
  if (!id) return id.error();
  const auto offset = NumberOf(request, "offset", 0, kNone);
  if (!offset) return offset.error();
  const auto bytes = reader_->KeptMail(MailId{static_cast<std::int64_t>(*id)});
  if (!bytes) return bytes.error();
  if (*offset > bytes->size())
    return BadRequest("there is nothing behind the end");
  const std::string_view piece =
      std::string_view(*bytes).substr(*offset, kPiece);
  json::object answer;
  answer["size"] = bytes->size();
  answer["base64"] = EncodeBase64(piece);
  return answer;
}

Result<json::object> Service::Stats(const json::object& request,
                                    Timestamp now) {
  if (request.contains("by")) return AnswerMailStats(request, reader_, now);
  const auto totals = reader_->Count();
  if (!totals) return totals.error();
  const auto coverage = reader_->Coverage();
  if (!coverage) return coverage.error();
  const auto unknown = reader_->UnknownHosts();
  if (!unknown) return unknown.error();
  json::object answer = ToJson(*totals);
  answer["logs"] = ToJson(*coverage);
  answer["unknown_hosts"] = ToJson(*unknown);
  return answer;
}

Result<json::object> Service::Events(const json::object& request,
                                     Timestamp now) {
  return AnswerEvents(request, reader_, now);
}

Result<json::object> Service::Held(const json::object& request, Timestamp) {
  return AnswerHeld(request, reader_);
}

Result<json::object> Service::Export(const json::object& request,
                                     Timestamp now) {
  return AnswerExport(request, reader_, now);
}

json::object Answered(const json::object& request, Result<json::object> body) {
  if (!body) return Refusal(request, body.error());
  (*body)["ok"] = true;
  CopyId(request, &*body);
  return *std::move(body);
}

json::object Refusal(const json::object& request, const Error& error) {
  json::object answer;
  answer["ok"] = false;
  answer["code"] = CodeName(error.code());
  answer["error"] = error.ToString();
  CopyId(request, &answer);
  return answer;
}

}  // namespace postbounce
