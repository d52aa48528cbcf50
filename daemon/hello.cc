#include "daemon/hello.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <iterator>
#include <utility>

#include "daemon/request.h"
#include "mime/text/limits.h"

namespace postbounce {
namespace {

namespace json = boost::json;

struct Verb {
  std::string_view name;
  Door door;
};

// In the order of postbounce-query(5).
constexpr Verb kVerbs[] = {
    {"hello", Door::kQuery},        {"check", Door::kQuery},
    {"status", Door::kQuery},       {"stats", Door::kQuery},
    {"explain", Door::kQuery},      {"code", Door::kQuery},
    {"events", Door::kControl},     {"log-import", Door::kControl},
    {"replay", Door::kControl},     {"list", Door::kControl},
    {"export", Door::kControl},     {"allow-list", Door::kControl},
    {"undos", Door::kControl},      {"suppress", Door::kControl},
    {"remove", Door::kControl},     {"allow", Door::kControl},
    {"disallow", Door::kControl},   {"held", Door::kControl},
    {"resolve", Door::kControl},    {"undo", Door::kControl},
    {"inbox", Door::kControl},      {"inbox-show", Door::kControl},
    {"inbox-seen", Door::kControl},
};

}  // namespace

// A thousand long addresses are ordered at once, which only root may do.
std::size_t MaxRequest(Door door) {
  return door == Door::kControl ? 1u << 20 : limits::kQueryLine;
}

std::optional<Door> DoorOf(std::string_view verb) {
  const auto found =
      std::find_if(std::begin(kVerbs), std::end(kVerbs),
                   [verb](const Verb& one) { return one.name == verb; });
  if (found == std::end(kVerbs)) return std::nullopt;
  return found->door;
}

Result<void> TakeProtocol(json::object* request) {
  const auto protocol = NumberOf(*request, "protocol", kProtocol, UINT64_MAX);
  if (!protocol) return protocol.error();
  request->erase("protocol");
  if (*protocol == kProtocol) return {};
  return BadRequest("only protocol 1 is spoken here",
                    std::to_string(*protocol));
}

json::object AnswerHello(Door door) {
  json::array verbs;
  for (const Verb& verb : kVerbs) {
    if (door == Door::kControl || verb.door == door) {
      verbs.emplace_back(verb.name);
    }
  }
  json::object answer;
  answer["protocol"] = kProtocol;
  answer["program"] = "postbounce " POSTBOUNCE_VERSION;
  answer["max_request"] = MaxRequest(door);
  answer["max_addresses"] = kMaxAddresses;
  answer["verbs"] = std::move(verbs);
  return answer;
}

}  // namespace postbounce
