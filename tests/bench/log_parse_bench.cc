// How many lines of Postfix's log a second are split into all their fields, on
// one core and out of the page cache, as ratios to wc, zcat and pflogsumm.
// Usage: log_parse_bench FOLDER [LINES]
// Makes its logs, about 160 bytes a line, in that folder, and removes them.
#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/log_joiner.h"
#include "maillog/log_record.h"
#include "tests/bench/log_shapes.h"

namespace postbounce {
namespace {

namespace fs = std::filesystem;

constexpr int kRounds = 5;
constexpr std::size_t kPiece = 256u << 10;
constexpr std::uint64_t kSummaryLines = 200'000;

void Require(bool done, const char* what) {
  if (done) return;
  std::fprintf(stderr, "log_parse_bench: %s\n", what);
  std::exit(1);
}

// The best round counts: the others were disturbed.
double BestSeconds(int rounds, const std::function<void()>& work) {
  double best = std::numeric_limits<double>::max();
  for (int round = 0; round < rounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> took =
        std::chrono::steady_clock::now() - start;
    best = std::min(best, took.count());
  }
  return best;
}

// Counts what lines say. Every field has been split by then.
class Parser {
 public:
  explicit Parser(Timestamp latest)
      : stamps_(latest, [](std::int64_t local) { return local; }) {}

  void Add(std::string_view text) {
    LogLine line;
    if (SplitLogLine(text, &stamps_, &line) != LineKind::kPostfix) return;
    const LogRecord record = ReadLogRecord(line);
    if (const auto* delivery = std::get_if<Delivery>(&record.what)) {
      totals_.sent += delivery->status == DeliveryStatus::kSent;
      totals_.deferred += delivery->status == DeliveryStatus::kDeferred;
      totals_.bounced += delivery->status == DeliveryStatus::kBounced;
    } else if (std::holds_alternative<Client>(record.what)) {
      ++totals_.messages;
    }
  }

  void Check(const ShapeTotals& want) const {
    Require(totals_.messages == want.messages && totals_.sent == want.sent &&
                totals_.deferred == want.deferred &&
                totals_.bounced == want.bounced,
            "the counts are wrong");
  }

 private:
  StampReader stamps_;
  ShapeTotals totals_;
};

// Puts the lines together to messages, which are thrown away.
class Joined {
 public:
  explicit Joined(Timestamp latest)
      : stamps_(latest, [](std::int64_t local) { return local; }),
        joiner_(KeepLines::kFailures,
                {[](const std::string&, const std::string&, Timestamp) {
                   return std::optional<LogMessage>();
                 },
                 [](const LogMessage&, LogAttempt*) {}}) {}

  void Add(std::string_view text) {
    LogLine line;
    if (SplitLogLine(text, &stamps_, &line) != LineKind::kPostfix) return;
    joiner_.Add(line, text);
    if (++lines_ % kBatch == 0) Take();
  }

  void Check(const ShapeTotals& want) {
    Take();
    Require(attempts_ == want.sent + want.deferred + want.bounced,
            "the attempts are wrong");
  }

 private:
  static constexpr std::uint64_t kBatch = 4000;

  void Take() {
    for (const LogMessage& message : joiner_.TakeMessages()) {
      attempts_ += message.attempts.size();
    }
  }

  StampReader stamps_;
  LogJoiner joiner_;
  std::uint64_t lines_ = 0;
  std::uint64_t attempts_ = 0;
};

// Gives the lines of pieces that `read` fills a buffer with.
template <class Parser>
void ReadLines(const std::function<std::size_t(char*, std::size_t)>& read,
               Parser* parser) {
  std::vector<char> buffer(kPiece);
  std::size_t kept = 0;
  while (true) {
    const std::size_t size = read(buffer.data() + kept, kPiece - kept);
    if (size == 0) break;
    std::string_view rest(buffer.data(), kept + size);
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      if (end == std::string_view::npos) break;
      parser->Add(rest.substr(0, end));
      rest.remove_prefix(end + 1);
    }
    Require(rest.size() < kPiece, "a line is too long");
    std::memmove(buffer.data(), rest.data(), rest.size());
    kept = rest.size();
  }
}

template <class Parser>
void ParseFile(const fs::path& path, Parser* parser) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  Require(file >= 0, "cannot open the log");
  ReadLines(
      [&](char* to, std::size_t size) {
        const ssize_t got = read(file, to, size);
        Require(got >= 0, "cannot read the log");
        return static_cast<std::size_t>(got);
      },
      parser);
  close(file);
}

void ParseGzip(const fs::path& path, Parser* parser) {
  const gzFile file = gzopen(path.c_str(), "rb");
  Require(file != nullptr, "cannot open the compressed log");
  gzbuffer(file, kPiece);
  ReadLines(
      [&](char* to, std::size_t size) {
        const int got = gzread(file, to, static_cast<unsigned>(size));
        Require(got >= 0, "cannot read the compressed log");
        return static_cast<std::size_t>(got);
      },
      parser);
  gzclose(file);
}

void Run(const std::string& command) {
  Require(std::system(command.c_str()) == 0, command.c_str());
}

// A row of the table: its rate, and ours of the same bytes as a ratio to it.
void Print(const char* name, double lines, double seconds, double ours) {
  std::printf("  %-26s %8.3f M lines/s   ours is %7.2f times that\n", name,
              lines / seconds / 1e6, ours / (lines / seconds));
}

void BenchShape(const fs::path& folder, const char* name,
                const LogShape& shape) {
  const fs::path log = folder / (std::string("log_parse_bench-") + name);
  const std::string quoted = "'" + log.string() + "'";
  const ShapeTotals totals = WriteLog(log.string(), shape);
  const Timestamp latest = shape.begin + shape.span;
  const auto lines = static_cast<double>(shape.lines);
  std::printf("%s: %.0f lines, %.0f bytes a line\n", name, lines,
              static_cast<double>(totals.bytes) / lines);

  const auto checked = [&](const auto& parse, const fs::path& path) {
    return lines / BestSeconds(kRounds, [&] {
             Parser parser(latest);
             parse(path, &parser);
             parser.Check(totals);
           });
  };
  const double ours = checked(ParseFile<Parser>, log);
  std::printf("  %-26s %8.3f M lines/s\n", "ours, all fields", ours / 1e6);
  const double joined = lines / BestSeconds(kRounds, [&] {
                          Joined parser(latest);
                          ParseFile(log, &parser);
                          parser.Check(totals);
                        });
  std::printf("  %-26s %8.3f M lines/s\n", "ours, joined", joined / 1e6);
  Print("wc -l", lines,
        BestSeconds(kRounds, [&] { Run("wc -l " + quoted + " >/dev/null"); }),
        ours);
  Run("gzip -kf " + quoted);
  const double unpacked = checked(ParseGzip, log.string() + ".gz");
  std::printf("  %-26s %8.3f M lines/s\n", "ours, gzip", unpacked / 1e6);
  Print("zcat >/dev/null", lines,
        BestSeconds(kRounds, [&] { Run("zcat " + quoted + ".gz >/dev/null"); }),
        unpacked);
  if (std::system("command -v pflogsumm >/dev/null") == 0) {
    Run("head -n " + std::to_string(kSummaryLines) + " " + quoted + " >" +
        quoted + ".head");
    Print("pflogsumm",
          static_cast<double>(std::min(kSummaryLines, shape.lines)),
          BestSeconds(
              1, [&] { Run("pflogsumm " + quoted + ".head >/dev/null 2>&1"); }),
          ours);
  } else {
    std::printf("  pflogsumm is not installed\n");
  }
  for (const char* suffix : {"", ".gz", ".head"}) {
    fs::remove(log.string() + suffix);
  }
}

}  // namespace
}  // namespace postbounce

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    std::fprintf(stderr, "usage: log_parse_bench FOLDER [LINES]\n");
    return 2;
  }
  postbounce::LogShape shape;
  if (argc == 3) shape.lines = std::strtoull(argv[2], nullptr, 10);
  postbounce::BenchShape(argv[1], "rfc3164-short-ids", shape);
  shape.is_iso = true;
  postbounce::BenchShape(argv[1], "rfc3339-long-ids", shape);
  return 0;
}
