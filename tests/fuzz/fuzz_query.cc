// A client of the JSON sockets: any bytes, cut anywhere, give the same lines,
// and every line is answered.
#include <boost/json/serialize.hpp>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "daemon/quick_check.h"
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
      lines.emplace_back(line->too_long ? "too long" : line->text);
    }
  }
  return lines;
}

postbounce::Result<postbounce::Finding> Find(std::string_view address,
                                             std::string_view sender) {
  postbounce::Finding finding;
  if (address < sender) {
    finding.Weigh(postbounce::ListState::kActive,
                  postbounce::Reason::kNoSuchUser);
  }
  return finding;
}

void Answer(const LineReader::Line& line) {
  postbounce::QuickCheck check;
  std::string quick;
  const bool is_quick = check.Take(line.text);
  check.Answer(
      [](std::span<postbounce::Asked> asked) {
        for (postbounce::Asked& one : asked) {
          one.finding =
              Find(one.address, postbounce::Scopes().NameOf(one.sender));
        }
      },
      &quick);
  const auto request = postbounce::ParseRequest(line);
  if (!request) {
    if (is_quick) std::abort();
    postbounce::Refusal({}, request.error());
    return;
  }
  const postbounce::Timestamp now{std::chrono::seconds(1'795'220'876)};
  const auto write = postbounce::WriteOf(*request, postbounce::Door::kControl,
                                         postbounce::Scopes(), now);
  if (write) return;
  const auto answer =
      postbounce::AnswerCheck(*request, postbounce::Scopes(), Find);
  if (!answer) return;
  const std::string text =
      boost::json::serialize(postbounce::Answered(*request, answer));
  if (is_quick && quick != text + "\n") std::abort();
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
