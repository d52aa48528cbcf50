#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string_view>

#include "maillog/forms.h"
#include "maillog/log_record.h"
#include "maillog/scan.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::array<std::string_view, 11> kVerbs = {
    "reject",      "milter-reject", "reject_warning", "hold",
    "milter-hold", "discard",       "milter-discard", "redirect",
    "filter",      "warn",          "proxy-reject"};

// Takes up to the comma or the end.
std::string_view TakeField(std::string_view* rest) {
  const std::string_view field = rest->substr(0, rest->find(','));
  rest->remove_prefix(field.size());
  return field;
}

// A command of SMTP: "RCPT", "END-OF-MESSAGE". Others are "header" and "body",
// behind which the client wrote.
bool IsCommand(std::string_view stage) {
  return std::all_of(stage.begin(), stage.end(),
                     [](char c) { return (c >= 'A' && c <= 'Z') || c == '-'; });
}

}  // namespace

void ReadClient(std::string_view rest, LogRecord* record) {
  Client& client = record->what.emplace<Client>();
  if (!TakePeer(&rest, &client.name, &client.address)) {
    record->what = Malformed{"no client behind \"client=\""};
    return;
  }
  if (TakePrefix(&rest, ", sasl_method=")) {
    // A user who has logged in writes the fields behind these.
    TakeField(&rest);
    if (TakePrefix(&rest, ", sasl_username=")) {
      client.sasl_username = TakeField(&rest);
    }
    return;
  }
  if (TakePrefix(&rest, ", orig_queue_id=")) {
    const std::string_view id = TakeField(&rest);
    if (IsQueueId(id)) client.orig_queue_id = id;
  }
  if (TakePrefix(&rest, ", orig_client=")) {
    TakePeer(&rest, &client.orig_name, &client.orig_address);
  }
}

void ReadPickup(std::string_view rest, LogRecord* record) {
  Pickup& pickup = record->what.emplace<Pickup>();
  std::uint64_t uid = 0;
  if (!TakeInteger(&rest, &uid) ||
      uid > std::numeric_limits<std::uint32_t>::max() ||
      !TakePrefix(&rest, " from=") || !TakePath(&rest, &pickup.sender)) {
    record->what = Malformed{"no user and sender behind \"uid=\""};
    return;
  }
  pickup.uid = static_cast<std::uint32_t>(uid);
  if (TakePrefix(&rest, " orig_id=") && IsQueueId(rest)) {
    pickup.orig_queue_id = rest;
  }
}

bool ReadRejection(std::string_view rest, LogRecord* record) {
  const std::string_view verb = rest.substr(0, rest.find(':'));
  if (std::find(kVerbs.begin(), kVerbs.end(), verb) == kVerbs.end()) {
    return false;
  }
  rest.remove_prefix(verb.size());
  if (!TakePrefix(&rest, ": ")) return false;
  Rejection& rejection = record->what.emplace<Rejection>();
  rejection.verb = verb;
  rejection.stage = rest.substr(0, rest.find_first_of(" :"));
  rest.remove_prefix(rejection.stage.size());
  if (IsCommand(rejection.stage) && TakePrefix(&rest, " from ")) {
    std::string_view name;
    if (!TakePeer(&rest, &name, &rejection.client_address)) {
      rejection.client_address = {};
    }
  }
  TakeChar(&rest, ':');
  TakeChar(&rest, ' ');
  rejection.text = rest;
  return true;
}

}  // namespace postbounce
