#include "daemon/cli/export_cursor.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "daemon/cli/atomic_file.h"
#include "daemon/cli/verb.h"
#include "daemon/request.h"
#include "daemon/standard_error.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxFile = 64u << 10;

// "7d" means another time whenever it is asked for: nobody could tell who has
// left that part of the list since.
bool IsRelative(std::string_view since) {
  const auto a = ParseTime(since, Timestamp(std::chrono::days(10'000)));
  const auto b = ParseTime(since, Timestamp(std::chrono::days(20'000)));
  return a && b && *a != *b;
}

}  // namespace

Result<void> ExportCursor::Open(const std::string& name,
                                const json::object& request) {
  if (IsRelative(TextField(request, "since"))) {
    return Error(ErrorCode::kSyntax,
                 "with --since-cursor, --since is to be a date");
  }
  if (std::all_of(name.begin(), name.end(), IsDigit)) {
    from_ = name;
    return {};
  }
  file_ = name;
  request_ = request;
  std::ifstream file(name, std::ios::binary);
  if (!file.is_open() && errno == ENOENT) return {};
  std::string text(kMaxFile, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (!file.is_open() || file.bad()) {
    return Error(ErrorCode::kIo,
                 fmt::format("cannot read {}: {}", Printable(name, 400),
                             std::strerror(errno)));
  }
  json::error_code error;
  const json::value value = json::parse(text, error);
  const json::object* const is = value.if_object();
  from_ = error || is == nullptr ? "" : TextField(*is, "mark");
  if (from_.empty() || !is->contains("request")) {
    return Error(ErrorCode::kSyntax,
                 "there is no cursor in " + Printable(name, 400));
  }
  if (is->at("request") == json::value(request)) return {};
  return Error(ErrorCode::kSyntax,
               fmt::format("{} is the cursor of another export: {}",
                           Printable(name, 400),
                           Printable(json::serialize(is->at("request")), 400)));
}

Result<void> ExportCursor::Finish(const std::string& mark) const {
  if (!is_file()) {
    PrintError("postbounce: the next cursor is {}\n",
               mark.substr(0, mark.find('.')));
    return {};
  }
  AtomicFile file;
  const auto open = file.Open(file_);
  if (!open) return open;
  file.Write(
      json::serialize(json::object{{"mark", mark}, {"request", request_}}) +
      "\n");
  return file.Finish();
}

}  // namespace postbounce
