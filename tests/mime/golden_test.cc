#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "mime/reading.h"
#include "tests/mime/reading_dump.h"

namespace postbounce {
namespace {

namespace fs = std::filesystem;

std::string Slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::vector<fs::path> Mails() {
  std::vector<fs::path> mails;
  for (const char* folder : {"dsn", "text"}) {
    for (const auto& entry :
         fs::directory_iterator(fs::path(TEST_DATA_DIR) / folder)) {
      if (entry.path().extension() == ".eml") mails.push_back(entry.path());
    }
  }
  std::sort(mails.begin(), mails.end());
  return mails;
}

// tests/data/dsn has reports, tests/data/text has bounces of many programs that
// only people can read.
// Run with UPDATE_GOLDEN=1 to write the .want files anew; then read the diff.
TEST(GoldenTest, EachSampleReadsAsItsWantFileSays) {
  const bool update = std::getenv("UPDATE_GOLDEN") != nullptr;
  ReadOptions options;
  options.original_fields = {"X-Campaign"};
  const std::vector<fs::path> mails = Mails();
  EXPECT_GE(mails.size(), 120u);
  for (const fs::path& mail : mails) {
    SCOPED_TRACE(mail.string());
    const std::string dump = Dump(ReadMail(Slurp(mail), options));
    const fs::path want = fs::path(mail).replace_extension(".want");
    if (update) std::ofstream(want, std::ios::binary) << dump;
    EXPECT_EQ(dump, Slurp(want));
  }
}

}  // namespace
}  // namespace postbounce
