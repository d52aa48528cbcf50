#include "daemon/config_check.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "daemon/endpoint.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

struct Place {
  std::string parameter;
  std::string socket;
};

std::vector<Place> PlacesOf(const Config& config) {
  std::vector<Place> places;
  for (const Parameter& parameter : AllParameters()) {
    const std::string name(parameter.name);
    if (parameter.type == ParameterType::kUnixSocket) {
      places.push_back(
          {name, config.*std::get<std::string Config::*>(parameter.member)});
    } else if (parameter.type == ParameterType::kSocketList) {
      const auto list =
          std::get<std::vector<std::string> Config::*>(parameter.member);
      for (const std::string& one : config.*list) places.push_back({name, one});
    }
  }
  for (const LogConfig& log : config.logs) {
    // A datagram to a port and a connection to it do not meet.
    const bool is_path = log.socket.starts_with("unix:");
    if (is_path) places.push_back({"log.socket", log.socket});
  }
  return places;
}

}  // namespace

std::string CheckTogether(const Config& config) {
  std::map<std::string, std::string> taken;
  for (auto& [parameter, socket] : PlacesOf(config)) {
    auto endpoint = Endpoint::Parse(socket);
    if (!endpoint) continue;
    if (endpoint->is_unix()) {
      endpoint->path =
          std::filesystem::path(endpoint->path).lexically_normal().string();
    } else if (endpoint->port == 0) {
      continue;  // the system gives each a port of its own
    }
    const auto [first, is_new] = taken.emplace(endpoint->ToString(), parameter);
    if (is_new) continue;
    return fmt::format("{} and {} want the same socket, {}", first->second,
                       parameter, Printable(socket, 200));
  }
  if (config.store_privacy == "hashed" && config.intake_forward.empty()) {
    return "store.privacy = \"hashed\" keeps no mail of people: name who gets "
           "it in intake.forward";
  }
  return "";
}

}  // namespace postbounce
