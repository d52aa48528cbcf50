// How many mails a second are read on one core. Usage: read_bench FILE...
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "mime/message.h"
#include "mime/reading.h"

namespace postbounce {
namespace {

constexpr int kRounds = 20;

double CpuSeconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

// The best round counts: the others were disturbed.
void Report(const char* what, const std::vector<std::string>& mails,
            const std::function<std::size_t(const std::string&)>& work) {
  double best = std::numeric_limits<double>::max();
  std::size_t sum = 0;
  for (int round = 0; round < kRounds; ++round) {
    const double start = CpuSeconds();
    for (const std::string& mail : mails) sum += work(mail);
    best = std::min(best, CpuSeconds() - start);
  }
  std::printf("%-20s %9.0f mails/s (%zu)\n", what,
              static_cast<double>(mails.size()) / best, sum);
}

int Main(int argc, char** argv) {
  std::vector<std::string> mails;
  std::size_t bytes = 0;
  for (int i = 1; i < argc; ++i) {
    std::ifstream in(argv[i], std::ios::binary);
    mails.emplace_back(std::istreambuf_iterator<char>(in),
                       std::istreambuf_iterator<char>());
    bytes += mails.back().size();
  }
  if (mails.empty()) {
    std::fprintf(stderr, "usage: read_bench FILE...\n");
    return 64;
  }
  std::printf("%zu mails of %zu bytes\n", mails.size(), bytes / mails.size());
  Report("ReadMail", mails, [](const std::string& mail) {
    return ReadMail(mail, {}).header.fields().size();
  });
  Report("Message::Parse", mails, [](const std::string& mail) {
    return Message::Parse(mail).parts.size();
  });
  Report("MailDigest", mails, [](const std::string& mail) {
    return std::size_t{MailDigest(mail)[0]};
  });
  return 0;
}

}  // namespace
}  // namespace postbounce

int main(int argc, char** argv) { return postbounce::Main(argc, argv); }
