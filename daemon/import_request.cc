#include "daemon/import_request.h"

#include "daemon/request.h"

namespace postbounce {

namespace json = boost::json;

Result<ImportRequest> ImportRequest::Parse(const json::object& request,
                                           const Config& config) {
  const auto known =
      OnlyMembers(request, {"verb", "id", "files", "apply", "year"});
  if (!known) return known.error();
  ImportRequest import;
  const auto files = NumberOf(request, "files", 0, kMaxFiles);
  if (!files || *files == 0) {
    return BadRequest("from 1 to 1000 files can be imported at a time");
  }
  import.files = *files;
  const auto apply = FlagOf(request, "apply");
  if (!apply) return apply.error();
  const auto year = NumberOf(request, "year", 0, 9999);
  if (!year) return year.error();
  import.options.apply = *apply;
  if (*year != 0) import.options.first_year = static_cast<int>(*year);
  import.options.keep_lines = KeepLinesOf(config);
  return import;
}

}  // namespace postbounce
