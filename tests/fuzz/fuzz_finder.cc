#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mime/text/string_finder.h"
#include "mime/text/text.h"

namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

// The first line is the text; each other one is a string to look for.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  constexpr std::size_t kLongest = 20'000;
  std::string_view rest(reinterpret_cast<const char*>(data),
                        size < kLongest ? size : kLongest);
  const std::size_t end = rest.find('\n');
  const std::string text = postbounce::ToLower(rest.substr(0, end));
  std::vector<std::string> strings;
  while (!rest.empty()) {
    const std::size_t newline = rest.find('\n');
    rest.remove_prefix(newline == rest.npos ? rest.size() : newline + 1);
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (!line.empty()) strings.push_back(postbounce::ToLower(line));
  }
  const postbounce::StringFinder finder(strings);
  const std::vector<int> list = finder.Find(text);
  const std::set<int> found(list.begin(), list.end());
  Check(found.size() == list.size());
  for (std::size_t i = 0; i < strings.size(); ++i) {
    const bool occurs = text.find(strings[i]) != text.npos;
    Check(found.count(static_cast<int>(i)) == (occurs ? 1u : 0u));
  }
  for (const auto& occurrence : finder.FindAll(text, 1000)) {
    const auto& string = strings[static_cast<std::size_t>(occurrence.string)];
    Check(occurrence.end >= string.size());
    Check(text.compare(occurrence.end - string.size(), string.size(), string) ==
          0);
  }
  return 0;
}
