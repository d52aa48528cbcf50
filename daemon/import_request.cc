#include "daemon/import_request.h"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "daemon/request.h"

namespace postbounce {

namespace json = boost::json;

Result<ImportRequest> ImportRequest::Parse(const json::object& request,
                                           const Config& config) {
  ImportRequest import;
  const json::value* files = request.if_contains("files");
  if (files == nullptr || !files->is_array() || files->get_array().empty() ||
      files->get_array().size() > kFiles) {
    return BadRequest("\"files\" is to be a list of 1 to 200 names");
  }
  for (const json::value& file : files->get_array()) {
    if (!file.is_string()) return BadRequest("the name of a file is a text");
    import.files.emplace_back(file.get_string());
  }
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
