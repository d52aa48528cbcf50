// A client of the JSON sockets: any bytes, cut anywhere, give the same lines,
// and every line is answered.
#include <boost/json/serialize.hpp>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "daemon/service.h"
#include "mime/text/limits.h"

namespace {

using postbounce::LineReader;

std::vector<std::string> LinesOf(std::string_view bytes, std::size_t step) {
  LineReader reader(64);
  std::vector<std::string> lines;
  while (!bytes.empty()) {
    reader.Append(bytes.substr(0, step));
    bytes.remove_prefix(std::min(step, bytes.size()));
    while (auto line = reader.Next()) {
      lines.push_back(line->too_long ? "too long" : line->text);
    }
  }
  return lines;
}

void Answer(const LineReader::Line& line) {
  const auto request = postbounce::ParseRequest(line);
  if (!request) {
    postbounce::Refusal({}, request.error());
    return;
  }
  const postbounce::Timestamp now{std::chrono::seconds(1'795'220'876)};
  const auto write = postbounce::WriteOf(*request, postbounce::Door::kControl,
                                         postbounce::Scopes(), now);
  if (write) return;
  const auto answer = postbounce::AnswerCheck(
      *request,
      [](const postbounce::Address&, std::string_view) { return true; });
  if (answer) boost::json::serialize(*answer);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (LinesOf(bytes, 1) != LinesOf(bytes, size + 1)) std::abort();
  LineReader reader(postbounce::limits::kQueryLine);
  reader.Append(bytes);
  while (auto line = reader.Next()) Answer(*line);
  return 0;
}
