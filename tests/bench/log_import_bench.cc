// How fast a log comes into the store, everything committed, beside what
// reading it takes, and how that changes while the store grows; then what
// questions about it take. Runs on one core. Usage: log_import_bench [directory
// [millions of attempts]]
#include <fcntl.h>
#include <sched.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/clock.h"
#include "daemon/log_import.h"
#include "daemon/runtime.h"
#include "daemon/site.h"
#include "store/sqlite/sqlite_store.h"
#include "tests/bench/log_shapes.h"

namespace postbounce {
namespace {

constexpr std::uint64_t kLines = 2'000'000;
constexpr int kCheckpointEvery = 20;

double SecondsOf(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

template <class T>
T OrExit(Result<T> result, const char* what) {
  if (result) return *std::move(result);
  std::fprintf(stderr, "%s: %s\n", what, result.error().ToString().c_str());
  std::exit(1);
}

void StayOnOneCore() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(0, &one);
  if (sched_setaffinity(0, sizeof one, &one) != 0) std::perror("affinity");
}

// What memory this process has ever had, in MiB.
long PeakMemory() {
  long peak = 0;
  std::FILE* status = std::fopen("/proc/self/status", "r");
  char line[256];
  while (status != nullptr &&
         std::fgets(line, sizeof line, status) != nullptr) {
    if (std::sscanf(line, "VmHWM: %ld kB", &peak) == 1) break;
  }
  if (status != nullptr) std::fclose(status);
  return peak / 1024;
}

class Bench {
 public:
  explicit Bench(const std::string& folder) : folder_(folder) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    store_ = OrExit(OpenSqliteStore({Path("bench.db"), "a secret", {}}),
                    "the store");
    auto rules = OrExit(LoadRules({}), "the rules");
    runtime_ = std::make_shared<const Runtime>(
        Runtime{OrExit(ParseConfig("", "none"), "the configuration"),
                std::move(rules), ReadOptions()});
  }
  ~Bench() { std::filesystem::remove_all(folder_); }

  // The attempts stored.
  std::uint64_t Import(const LogShape& shape, const char* name);
  void Ask();

 private:
  std::string Path(const char* name) const { return folder_ + "/" + name; }

  const std::string folder_;
  std::unique_ptr<Store> store_;
  std::shared_ptr<const Runtime> runtime_;
};

std::shared_ptr<const Site> SenderSite() {
  Site site;
  site.policy.origin = Origin(
      {{"sender.example"}, {Network::Parse("192.0.2.0/24").value()}, {}});
  return std::make_shared<const Site>(std::move(site));
}

std::uint64_t Bench::Import(const LogShape& shape, const char* name) {
  const std::string path = Path("log");
  WriteLog(path, shape);
  std::vector<LogBytes> files;
  files.push_back(OrExit(LogBytes::Open(path), "the log"));
  int batches = 0;
  LogImport::Report report;
  const double seconds = SecondsOf([&] {
    LogImport import(
        std::move(files), {}, {runtime_, SenderSite()},
        {OrExit(store_->OpenReader(), "a reader"),
         OrExit(store_->OpenReader(), "a reader")},
        [&](const SharedLogBatch& batch, const Committer::Done& done) {
          const Write writes[] = {batch};
          auto outcomes = store_->Apply(writes, Now());
          if (++batches % kCheckpointEvery == 0) {
            static_cast<void>(store_->Checkpoint());
          }
          done(outcomes ? std::move(outcomes->front())
                        : Result<Outcome>(outcomes.error()));
        });
    while (!import.Wait(std::chrono::seconds(60))) continue;
    report = import.Now();
  });
  const double lines = static_cast<double>(report.counters.lines);
  std::printf("%-24s %8.0f lines/s  %7.0f attempts/s  peak %ld MiB\n", name,
              lines / seconds, static_cast<double>(report.attempts) / seconds,
              PeakMemory());
  std::fflush(stdout);
  return report.attempts;
}

void Bench::Ask() {
  const auto reader = OrExit(store_->OpenReader(), "a reader");
  LogQuery query;
  query.limit = 20;
  for (const std::uint64_t rank : {1u, 100u, 10'000u, 1'000'000u}) {
    query.recipient = LogAddress(rank);
    std::size_t found = 0;
    // The first question reads the newest rows into memory, once.
    for (int round = 0; round < 2; ++round) {
      const double seconds = SecondsOf([&] {
        found = OrExit(reader->Messages(query), "events").messages.size();
      });
      std::printf("events, rank %-8llu %s %7.2f ms  %zu messages\n",
                  static_cast<unsigned long long>(rank),
                  round == 0 ? "first" : "again", seconds * 1e3, found);
    }
  }
  LogStatsQuery stats;
  stats.to = Now();
  stats.from = Now() - std::chrono::days(90);
  for (const LogDimension by : {LogDimension::kAll, LogDimension::kDomain,
                                LogDimension::kRelay, LogDimension::kReason}) {
    stats.dimension = by;
    std::size_t rows = 0;
    const double seconds = SecondsOf(
        [&] { rows = OrExit(reader->MailStats(stats), "stats").rows.size(); });
    std::printf("stats by %-15s %7.2f ms  %zu rows\n",
                std::string(LogDimensionName(by)).c_str(), seconds * 1e3, rows);
  }
}

int Main(int argc, char** argv) {
  StayOnOneCore();
  const std::string folder = argc > 1 ? argv[1] : "/tmp/postbounce-log-bench";
  const std::uint64_t wanted =
      1'000'000 * (argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 20);
  LogShape shape;
  shape.lines = kLines;
  shape.begin =
      std::chrono::floor<std::chrono::days>(Now()) - std::chrono::days(90);
  {
    Bench bench(folder);
    bench.Import(shape, "empty store, short ids");
  }
  Bench bench(folder);
  shape.is_iso = true;
  std::uint64_t attempts = bench.Import(shape, "empty store, long ids");
  for (int day = 1; attempts < wanted; ++day) {
    shape.begin += std::chrono::hours(24);
    ++shape.seed;
    const std::string name =
        "at " + std::to_string(attempts / 1000) + "k attempts";
    attempts += bench.Import(shape, name.c_str());
  }
  bench.Ask();
  return 0;
}

}  // namespace
}  // namespace postbounce

int main(int argc, char** argv) { return postbounce::Main(argc, argv); }
