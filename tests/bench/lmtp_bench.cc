// How many bounces a second the daemon takes through LMTP, each acknowledged
// after its commit, beside what SQLite itself commits on the same disk in the
// same run; and bounces of mail that a log knows, beside others. Usage:
// lmtp_bench POSTBOUNCED [directory], with postbounce beside POSTBOUNCED
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/bench_daemon.h"

namespace postbounce {
namespace {

namespace fs = std::filesystem;

// One small row a transaction, or `group` of them: rows a second.
double BareSqlite(const fs::path& dir, int rows, int group) {
  const fs::path path = dir / ("bare" + std::to_string(group) + ".db");
  SQLite::Database db(path.string(),
                      SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  db.exec("PRAGMA journal_mode=WAL");
  db.exec("PRAGMA synchronous=FULL");
  db.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, body BLOB) STRICT");
  SQLite::Statement insert(db, "INSERT INTO t(body) VALUES(zeroblob(140))");
  const auto start = Clock::now();
  for (int i = 0; i < rows; i += group) {
    db.exec("BEGIN IMMEDIATE");
    for (int j = 0; j < group; ++j) {
      insert.exec();
      insert.reset();
    }
    db.exec("COMMIT");
  }
  return rows / SecondsSince(start);
}

// What a bounce says of the mail that it is about.
enum class Ids { kNone, kUnknown, kLogged };
constexpr Ids kAllIds[] = {Ids::kNone, Ids::kUnknown, Ids::kLogged};
constexpr const char* kIdsNames[] = {"no ids", "ids that no log has",
                                     "ids that the log has"};
constexpr int kLogged = 300'000;  // mails that the log knows

// Of mail `number`: ours, and that of the server which took it.
std::string QueueId(int number) { return Hex((1LL << 36) + number); }
std::string NextId(int number) { return Hex((2LL << 36) + number); }

std::string Recipient(int number) {
  return "user" + std::to_string(number) + "@customer" +
         std::to_string(number % 500) + ".example";
}

// What Postfix logs of mails that were sent an hour ago.
void WriteLog(const fs::path& path) {
  const std::string time = AnHourAgo("%Y-%m-%dT%H:%M:%S.000000+00:00");
  std::ofstream out(path);
  for (int i = 0; i < kLogged; ++i) {
    const std::string id = QueueId(i);
    const auto line = [&](const char* program) -> std::ostream& {
      return out << time << " out postfix/" << program << "[7]: " << id << ": ";
    };
    line("pickup") << "uid=1000 from=<bounce@example.com>\n";
    line("cleanup") << "message-id=<" << id << "@example.com>\n";
    line("qmgr") << "from=<bounce@example.com>, size=1000, nrcpt=1 (queue "
                    "active)\n";
    line("smtp") << "to=<" << Recipient(i)
                 << ">, relay=mx.example[192.0.2.25]:25, delay=1, "
                    "delays=0.1/0/0.4/0.5, dsn=2.0.0, status=sent (250 2.0.0 "
                    "Ok: queued as "
                 << NextId(i) << ")\n";
    line("qmgr") << "removed\n";
  }
}

std::string BounceOf(int number, Ids ids) {
  const int mail = ids == Ids::kLogged ? number % kLogged : number + kLogged;
  BounceIds said;
  if (ids != Ids::kNone) said = {NextId(mail), QueueId(mail) + "@example.com"};
  return Bounce(Recipient(mail), said, number);
}

double Deliver(const std::string& socket, Ids ids, int connections, int mails) {
  static int first = 0;
  const int begin = first;
  first += mails;
  std::vector<std::string> bounces;
  bounces.reserve(static_cast<std::size_t>(mails));
  for (int i = 0; i < mails; ++i) bounces.push_back(BounceOf(begin + i, ids));
  std::atomic<int> next{0};
  const auto start = Clock::now();
  std::vector<std::thread> threads;
  for (int c = 0; c < connections; ++c) {
    threads.emplace_back([&] {
      LmtpClient client(socket);
      for (int i = next++; i < mails; i = next++) {
        client.Deliver(bounces[static_cast<std::size_t>(i)]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return mails / SecondsSince(start);
}

// In turns, since the store grows.
void CompareIds(const std::string& socket) {
  constexpr int kRounds = 5;
  std::vector<double> rates[std::size(kAllIds)];
  for (int round = 0; round < kRounds; ++round) {
    for (std::size_t i = 0; i < std::size(kAllIds); ++i) {
      rates[i].push_back(Deliver(socket, kAllIds[i], 20, 5000));
    }
  }
  for (std::size_t i = 0; i < std::size(kAllIds); ++i) {
    std::printf("LMTP, 20, %-22s %9.0f bounces/s, %.2f of those without\n",
                kIdsNames[i], Median(rates[i]),
                Median(rates[i]) / Median(rates[0]));
  }
}

int Main(const char* program, const fs::path& dir) {
  const double single = BareSqlite(dir, 3000, 1);
  const double grouped = BareSqlite(dir, 100'000, 100);
  // With proof only those that a log knows would change the list.
  const std::string config = WriteConfig(
      dir,
      "[policy]\nproof = \"none\"\n[lookup]\npolicy = []\nsocketmap = []\n");
  const pid_t pid =
      Start({program, "--config", config}, dir / "log", dir / "control");
  const double one = Deliver(dir / "lmtp", Ids::kUnknown, 1, 4000);
  const double twenty = Deliver(dir / "lmtp", Ids::kUnknown, 20, 20'000);
  std::printf("bare SQLite, 1 row a commit      %9.0f rows/s\n", single);
  std::printf("bare SQLite, 100 rows a commit   %9.0f rows/s\n", grouped);
  std::printf("LMTP, 1 connection   %9.0f bounces/s, %.2f of 1 row a commit\n",
              one, one / single);
  std::printf("LMTP, 20 connections %9.0f bounces/s, %.2f of 100 a commit\n",
              twenty, twenty / grouped);
  WriteLog(dir / "maillog");
  Run({fs::path(program).replace_filename("postbounce"), "--config", config,
       "log", "import", "--apply", dir / "maillog"});
  CompareIds(dir / "lmtp");
  Stop(pid);
  fs::remove_all(dir);
  return 0;
}

}  // namespace
}  // namespace postbounce

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: lmtp_bench POSTBOUNCED [directory]\n");
    return 64;
  }
  const std::filesystem::path dir = std::filesystem::absolute(
      std::filesystem::path(argc > 2 ? argv[2] : ".") /
      ("lmtp-bench-" + std::to_string(getpid())));
  std::filesystem::create_directories(dir);
  return postbounce::Main(argv[1], dir);
}
