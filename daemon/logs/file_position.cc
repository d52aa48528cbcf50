#include "daemon/logs/file_position.h"

#include <boost/json.hpp>
#include <utility>

namespace postbounce {
namespace {

namespace json = boost::json;

// Bounds what a position can make us do.
constexpr std::size_t kMaxItems = 1000;

json::value ToValue(const TrailPosition& trail) {
  json::object to;
  to["first"] = trail.identity.first;
  to["offset"] = trail.identity.offset;
  to["last_at"] = trail.identity.last_at;
  to["last"] = trail.identity.last;
  to["inode"] = trail.inode;
  to["dry"] = trail.is_dry;
  to["copy"] = trail.is_copy;
  if (!trail.gap.empty()) to["gap"] = trail.gap;
  return to;
}

json::value ToValue(const PathPosition& path) {
  json::object to;
  to["path"] = path.path;
  to["live"] = path.has_live;
  to["since"] = path.since;
  if (!path.gap.empty()) to["gap"] = path.gap;
  json::array& trails = to["trails"].emplace_array();
  for (const auto& trail : path.trails) trails.push_back(ToValue(trail));
  json::array& seen = to["seen"].emplace_array();
  for (const std::uint64_t hash : path.seen) seen.push_back(hash);
  return to;
}

// Nothing throws: what is missing or of another type is zero or empty.
std::uint64_t NumberOf(const json::value* value) {
  if (value == nullptr) return 0;
  boost::system::error_code ignored;
  const auto number = value->to_number<std::uint64_t>(ignored);
  return ignored ? 0 : number;
}

std::string TextOf(const json::value* value) {
  if (value == nullptr || !value->is_string()) return {};
  return std::string(value->get_string());
}

bool FlagOf(const json::value* value) {
  return value != nullptr && value->is_bool() && value->get_bool();
}

template <class Function>
void ForEach(const json::value* value, Function each) {
  if (value == nullptr || !value->is_array()) return;
  std::size_t count = 0;
  for (const json::value& item : value->get_array()) {
    if (++count > kMaxItems) return;
    each(item);
  }
}

TrailPosition TrailFrom(const json::object& from) {
  TrailPosition trail;
  trail.identity = {NumberOf(from.if_contains("first")),
                    NumberOf(from.if_contains("offset")),
                    NumberOf(from.if_contains("last_at")),
                    NumberOf(from.if_contains("last"))};
  trail.inode = NumberOf(from.if_contains("inode"));
  trail.is_dry = FlagOf(from.if_contains("dry"));
  trail.is_copy = FlagOf(from.if_contains("copy"));
  trail.gap = TextOf(from.if_contains("gap"));
  return trail;
}

PathPosition PathFrom(const json::object& from) {
  PathPosition path;
  path.path = TextOf(from.if_contains("path"));
  path.has_live = FlagOf(from.if_contains("live"));
  path.since = static_cast<std::int64_t>(NumberOf(from.if_contains("since")));
  path.gap = TextOf(from.if_contains("gap"));
  ForEach(from.if_contains("trails"), [&](const json::value& item) {
    if (const auto* trail = item.if_object()) {
      path.trails.push_back(TrailFrom(*trail));
    }
  });
  ForEach(from.if_contains("seen"), [&](const json::value& item) {
    path.seen.push_back(NumberOf(&item));
  });
  path.has_live = path.has_live && !path.trails.empty();
  return path;
}

}  // namespace

std::string ToJson(const FilePosition& position) {
  json::object to;
  json::array& patterns = to["patterns"].emplace_array();
  for (const auto& pattern : position.patterns) patterns.emplace_back(pattern);
  json::array& paths = to["paths"].emplace_array();
  for (const auto& path : position.paths) paths.push_back(ToValue(path));
  return json::serialize(to);
}

std::optional<FilePosition> FilePositionFrom(std::string_view text) {
  boost::system::error_code error;
  json::parse_options options;
  options.allow_invalid_utf8 = true;  // in paths
  const json::value value =
      json::parse({text.data(), text.size()}, error, {}, options);
  if (error || !value.is_object()) return std::nullopt;
  const json::object& from = value.get_object();
  FilePosition position;
  ForEach(from.if_contains("patterns"), [&](const json::value& item) {
    position.patterns.push_back(TextOf(&item));
  });
  ForEach(from.if_contains("paths"), [&](const json::value& item) {
    if (const auto* path = item.if_object()) {
      position.paths.push_back(PathFrom(*path));
    }
  });
  return position;
}

}  // namespace postbounce
