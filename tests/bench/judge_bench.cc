// How many mails a second are read and judged on one core, as ratios to
// merely copying and searching the same bytes.
// Usage: judge_bench [--rounds N] FILE...
// Without files: large mails that it makes itself.
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/judgement.h"
#include "daemon/runtime.h"
#include "mime/message.h"
#include "mime/reading.h"
#include "tests/bench/mail_shapes.h"

namespace postbounce {
namespace {

using Work = std::function<std::size_t(const std::string&)>;

double CpuSeconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

// Keeps the compiler from leaving the work out.
volatile std::size_t g_sink = 0;

// The best round counts: the others were disturbed.
double BestSeconds(const std::vector<std::string>& mails, int rounds,
                   const Work& work) {
  double best = std::numeric_limits<double>::max();
  for (int round = 0; round < rounds; ++round) {
    const double start = CpuSeconds();
    for (const std::string& mail : mails) g_sink = g_sink + work(mail);
    best = std::min(best, CpuSeconds() - start);
  }
  return best;
}

std::size_t CopyAndCountLines(const std::string& mail) {
  const std::string copy = mail;
  return static_cast<std::size_t>(std::count(copy.begin(), copy.end(), '\n'));
}

void BenchFiles(const std::vector<std::string>& mails, int rounds,
                const RuleSet& rules) {
  struct Row {
    const char* name;
    Work work;
  };
  const std::vector<Row> rows = {
      {"copy, count lines", CopyAndCountLines},
      {"Message::Parse",
       [](const std::string& mail) {
         return Message::Parse(mail).parts.size();
       }},
      {"ReadMail",
       [](const std::string& mail) {
         return ReadMail(mail, {}).header.fields().size();
       }},
      {"Judge",
       [&](const std::string& mail) {
         return Judge(mail, {}, rules).recipients.size();
       }},
  };
  double base = 0;
  for (const Row& row : rows) {
    const double seconds = BestSeconds(mails, rounds, row.work);
    if (base == 0) base = seconds;
    std::printf("%-20s %9.0f mails/s %7.1f x\n", row.name,
                static_cast<double>(mails.size()) / seconds, seconds / base);
  }
}

struct LargeMail {
  std::string_view shape;
  std::size_t size;
};

void BenchLarge(int rounds, const RuleSet& rules) {
  constexpr LargeMail kLargeMails[] = {
      {"report: recipients", 5'000'000},    {"returned: lines", 5'000'000},
      {"returned: short lines", 2'000'000}, {"text: short lines", 2'000'000},
      {"text: empty lines", 2'000'000},     {"text: addresses", 2'000'000},
      {"report: empty lines", 2'000'000},
  };
  for (const LargeMail& large : kLargeMails) {
    for (const MailShape& shape : MailShapes()) {
      if (shape.name != large.shape) continue;
      const std::vector<std::string> mails = {MakeMail(shape, large.size)};
      const double base = BestSeconds(mails, rounds, CopyAndCountLines);
      const double seconds =
          BestSeconds(mails, rounds, [&](const std::string& mail) {
            return Judge(mail, {}, rules).recipients.size();
          });
      std::printf(
          "%-24s %4.1f MB %7.1f ms %7.1f x\n", std::string(shape.name).c_str(),
          static_cast<double>(large.size) / 1e6, seconds * 1e3, seconds / base);
    }
  }
}

int Main(int argc, char** argv) {
  int rounds = 5;
  std::vector<std::string> mails;
  std::size_t bytes = 0;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--rounds") == 0 && i + 1 < argc) {
      rounds = std::atoi(argv[++i]);
      continue;
    }
    std::ifstream in(argv[i], std::ios::binary);
    mails.emplace_back(std::istreambuf_iterator<char>(in),
                       std::istreambuf_iterator<char>());
    bytes += mails.back().size();
  }
  const Result<RuleSet> rules = LoadRules({});
  if (!rules) {
    std::fprintf(stderr, "judge_bench: %s\n", rules.error().text().c_str());
    return 1;
  }
  if (mails.empty()) {
    BenchLarge(rounds, *rules);
    return 0;
  }
  std::printf("%zu mails of %zu bytes\n", mails.size(), bytes / mails.size());
  BenchFiles(mails, rounds, *rules);
  return 0;
}

}  // namespace
}  // namespace postbounce

int main(int argc, char** argv) { return postbounce::Main(argc, argv); }
