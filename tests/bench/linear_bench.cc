// How the time to judge a mail grows with its size, shape by shape: doubles
// the size again and again and prints the exponent between the last sizes,
// 1.00 for linear, 2.00 for quadratic.
// Usage: linear_bench [NAME-PART]
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <limits>
#include <string>

#include "daemon/judgement.h"
#include "daemon/runtime.h"
#include "tests/bench/mail_shapes.h"

namespace postbounce {
namespace {

constexpr std::size_t kSmallest = 128u << 10;
constexpr int kDoublings = 4;
// Enough for one measurement; a shape that takes longer is not doubled again.
constexpr double kLongest = 2.0;

double Seconds(const std::string& mail, const RuleSet& rules) {
  double best = std::numeric_limits<double>::max();
  for (int round = 0; round < 3; ++round) {
    const std::clock_t start = std::clock();
    Judge(mail, {}, rules);
    best = std::min(best,
                    static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  return best;
}

// The worst of the steps stands beside the whole: limits of the reader make
// some shapes cheaper as they grow.
void Measure(const MailShape& shape, const RuleSet& rules) {
  double first = 0;
  double last = 0;
  double worst_step = 0;
  std::size_t size = kSmallest;
  int doublings = 0;
  std::printf("%-28s", std::string(shape.name).c_str());
  for (int i = 0; i <= kDoublings; ++i, size *= 2) {
    const double before = last;
    last = Seconds(MakeMail(shape, size), rules);
    std::printf(" %8.2f", last * 1e3);
    std::fflush(stdout);
    if (i == 0) {
      first = last;
    } else {
      ++doublings;
      worst_step = std::max(worst_step, std::log2(last / before));
    }
    if (last > kLongest) break;
  }
  std::printf("  ms  all %5.2f  worst %5.2f  %6.1f ns/byte\n",
              std::log2(last / first) / std::max(doublings, 1), worst_step,
              last * 1e9 / static_cast<double>(kSmallest << doublings));
}

int Main(int argc, char** argv) {
  const Result<RuleSet> rules = LoadRules({});
  if (!rules) {
    std::fprintf(stderr, "linear_bench: %s\n", rules.error().text().c_str());
    return 1;
  }
  for (const MailShape& shape : MailShapes()) {
    if (argc > 1 && shape.name.find(argv[1]) == shape.name.npos) continue;
    Measure(shape, *rules);
  }
  return 0;
}

}  // namespace
}  // namespace postbounce

int main(int argc, char** argv) { return postbounce::Main(argc, argv); }
