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
  // What a request may have besides "verb" and "id", with a blank behind each.
  // Null: whoever answers looks at that.
  const char* members = nullptr;
};

// In the order of postbounce-query(5).
constexpr Verb kVerbs[] = {
    {"hello", Door::kQuery, ""},
    {"check", Door::kQuery, "addresses sender user scope "},
    {"status", Door::kQuery, "addresses "},
    {"stats", Door::kQuery, "by since until limit "},
    {"explain", Door::kQuery},
    {"code", Door::kQuery, "codes "},
    {"events", Door::kControl,
     "recipient sender queue_id message_id domain since until status dsn "
     "reason lines limit cursor "},
    {"log-import", Door::kControl},
    {"replay", Door::kControl},
    {"list", Door::kControl,
     "reason class scope domain since state limit cursor "},
    {"export", Door::kControl},
    {"import", Door::kControl},
    {"backup", Door::kControl, ""},
    {"allow-list", Door::kControl, "limit cursor "},
    {"undos", Door::kControl, "limit cursor "},
    {"suppress", Door::kControl},
    {"remove", Door::kControl},
    {"allow", Door::kControl},
    {"disallow", Door::kControl},
    {"held", Door::kControl, "alarm limit "},
    {"resolve", Door::kControl},
    {"undo", Door::kControl},
    {"forget", Door::kControl},
    {"inbox", Door::kControl, "all cursor "},
    {"inbox-show", Door::kControl, "mail offset "},
    {"inbox-seen", Door::kControl},
};

const Verb* FindVerb(std::string_view name) {
  const auto found =
      std::find_if(std::begin(kVerbs), std::end(kVerbs),
                   [name](const Verb& one) { return one.name == name; });
  return found == std::end(kVerbs) ? nullptr : found;
}

// Whether `words`, a blank behind each, has this one.
bool HasWord(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t end = words.find(' ');
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(end + 1);
  }
  return false;
}

}  // namespace

const char* const kProgramName = "postbounce " POSTBOUNCE_VERSION;

// A thousand long addresses are ordered at once, which only root may do.
std::size_t MaxRequest(Door door) {
  return door == Door::kControl ? 1u << 20 : limits::kQueryLine;
}

std::optional<Door> DoorOf(std::string_view verb) {
  const Verb* const found = FindVerb(verb);
  return found == nullptr ? std::nullopt : std::optional(found->door);
}

Result<void> CheckMembers(const json::object& request) {
  const auto name = TextOf(request, "verb");
  const Verb* const verb = name ? FindVerb(*name) : nullptr;
  if (verb == nullptr || verb->members == nullptr) return {};
  for (const auto& member : request) {
    const std::string_view key = member.key();
    if (key == "verb" || key == "id" || HasWord(verb->members, key)) continue;
    return BadRequest("there is no such member here", key);
  }
  return {};
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
  answer["program"] = kProgramName;
  answer["max_request"] = MaxRequest(door);
  answer["max_addresses"] = kMaxAddresses;
  answer["verbs"] = std::move(verbs);
  return answer;
}

}  // namespace postbounce
