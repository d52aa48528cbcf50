#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <utility>
#include <vector>

#include "daemon/alarm_service.h"
#include "daemon/order_request.h"
#include "daemon/request.h"
#include "daemon/service.h"
#include "daemon/to_json.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxIds = 1000;  // mails of one request

Result<std::vector<MailId>> MailIdsOf(const json::object& request) {
  const json::value* value = request.if_contains("mails");
  if (value == nullptr || !value->is_array()) {
    return BadRequest("\"mails\" is to be a list of numbers");
  }
  std::vector<MailId> mails;
  for (const json::value& item : value->get_array()) {
    if (!item.is_int64() || mails.size() >= kMaxIds) {
      return BadRequest("\"mails\" is to be a list of at most 1000 numbers");
    }
    mails.push_back(MailId{item.get_int64()});
  }
  return mails;
}

std::optional<Result<Write>> MarkSeenOf(const json::object& request) {
  const auto known = OnlyMembers(request, {"verb", "id", "mails"});
  if (!known) return Result<Write>(known.error());
  auto mails = MailIdsOf(request);
  if (!mails) return Result<Write>(mails.error());
  return Result<Write>(Write(MarkSeen{*std::move(mails)}));
}

Result<Write> ResolveOf(const json::object& request) {
  const auto known =
      OnlyMembers(request, {"verb", "id", "alarm", "state", "actor", "why"});
  if (!known) return known.error();
  return ResolveAlarmOf(request);
}

json::object BodyOf(const ForgetReport& report) {
  json::object to;
  to["addresses"] = report.addresses;
  to["known"] = report.known;
  to["suppressed"] = report.suppressed;
  to["mails"] = report.mails;
  to["messages"] = report.messages;
  to["words"] = report.words;
  to["unread"] = report.unread;
  to["done"] = report.is_done;
  return to;
}

Result<void> CheckScope(const Write& write, const Scopes& scopes) {
  const Order* const order = std::get_if<Order>(&write);
  if (order == nullptr || order->kind != OrderKind::kSuppress ||
      order->scope.empty() || scopes.MayBe(order->scope)) {
    return {};
  }
  std::string known;
  for (const std::string& name : scopes.Names()) {
    known += (known.empty() ? " (" : ", ") + name;
  }
  if (!known.empty()) known += ")";
  return Error(ErrorCode::kSyntax,
               "no mail is of this scope: it is that of a [[scope]]" + known +
                   ", or the domain of other senders",
               order->scope);
}

}  // namespace

std::optional<Result<Write>> WriteOf(const json::object& request, Door door,
                                     const Scopes& scopes, Timestamp now) {
  const auto name = TextOf(request, "verb");
  if (!name) return std::nullopt;
  auto write = *name == "inbox-seen" ? MarkSeenOf(request)
               : *name == "resolve"  ? std::optional(ResolveOf(request))
                                     : OrderWriteOf(request, *name, now);
  if (write && door == Door::kQuery) {
    return Result<Write>(
        Error(ErrorCode::kConflict, "ask this at the control socket", *name));
  }
  if (write && *write) {
    const auto known = CheckScope(**write, scopes);
    if (!known) return Result<Write>(known.error());
  }
  return write;
}

json::object AnswerWritten(const json::object& request,
                           const Result<Outcome>& outcome) {
  if (!outcome) return Refusal(request, outcome.error());
  json::object body;
  if (outcome->undone) body = ToJson(*outcome->undone);
  if (outcome->forgotten) body = BodyOf(*outcome->forgotten);
  body["affected"] = outcome->affected;
  return Answered(request, std::move(body));
}

}  // namespace postbounce
