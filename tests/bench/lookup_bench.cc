// How fast the list is asked, beside redis-server with the same keys in the
// same run: EXISTS there, and here each protocol that has a socket. Usage:
// lookup_bench POSTBOUNCED DIRECTORY [ADDRESSES [SECONDS]]
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "daemon/config.h"
#include "daemon/open_store.h"
#include "tests/bench/bench_daemon.h"
#include "tests/bench/lookup_load.h"

namespace postbounce {
namespace {

namespace fs = std::filesystem;

std::string AddressNumber(std::size_t number) {
  return "user" + std::to_string(10'000'000 + number) + "@customer" +
         std::to_string(number % 500) + ".example";
}

// So many keys that are asked for, evenly spread; the others are not known.
std::vector<std::string> Keys(std::size_t addresses, int percent_hits) {
  constexpr std::size_t kKeys = 200'000;
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < kKeys; ++i) {
    const bool is_hit = static_cast<int>(i * 37 % 100) < percent_hits;
    const std::size_t number = (i * 7'368'787) % addresses;
    keys.push_back(AddressNumber(is_hit ? number : addresses + number));
  }
  return keys;
}

// A store with the addresses on its list, by way of SQL: the usual way would
// take an hour.
void FillStore(const std::string& config_path, std::size_t addresses) {
  const Config config = LoadConfig(config_path).value();
  std::vector<std::pair<Key128, std::size_t>> keys;
  {
    const auto store = OpenStore(config).value();
    const auto reader = store->OpenReader().value();
    for (std::size_t i = 0; i < addresses; ++i) {
      const Address address = Address::Parse(AddressNumber(i)).value();
      keys.emplace_back(reader->keys().KeyOf(address), i);
    }
  }
  std::sort(keys.begin(), keys.end());
  SQLite::Database db(config.store_path, SQLite::OPEN_READWRITE);
  db.exec("PRAGMA synchronous=OFF; BEGIN");
  SQLite::Statement address(
      db, "INSERT INTO address(id, key, text, normaliser) VALUES(?, ?, ?, 1)");
  SQLite::Statement decision(
      db,
      "INSERT INTO decision(address, scope, state, reason, since, until)"
      " VALUES(?, '', 1, 1, 1795220876000, 1895220876000)");
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::string text = AddressNumber(keys[i].second);
    address.bind(1, static_cast<std::int64_t>(i + 1));
    address.bindNoCopy(2, keys[i].first.data(), 16);
    address.bindNoCopy(3, text);
    address.exec();
    address.reset();
    decision.bind(1, static_cast<std::int64_t>(i + 1));
    decision.exec();
    decision.reset();
  }
  db.exec("COMMIT");
}

void FillRedis(const std::string& socket, std::size_t addresses) {
  const int fd = Connect(socket);
  std::thread reader([fd, addresses] {
    std::size_t lines = 0;
    char bytes[64 << 10];
    while (lines < addresses) {
      const ssize_t size = recv(fd, bytes, sizeof bytes, 0);
      if (size <= 0) Die("redis");
      lines += static_cast<std::size_t>(std::count(bytes, bytes + size, '\n'));
    }
  });
  std::string turn;
  for (std::size_t i = 0; i < addresses; ++i) {
    const std::string key = AddressNumber(i);
    turn += "*3\r\n$3\r\nSET\r\n$" + std::to_string(key.size()) + "\r\n" + key +
            "\r\n$1\r\n1\r\n";
    if (turn.size() < (64u << 10) && i + 1 < addresses) continue;
    if (send(fd, turn.data(), turn.size(), MSG_NOSIGNAL) < 0) Die("redis");
    turn.clear();
  }
  reader.join();
  close(fd);
}

// To the CPUs from `first` on.
void Pin(pid_t pid, std::size_t first, std::size_t count = 1) {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  for (std::size_t cpu = first; cpu < first + count; ++cpu) {
    CPU_SET(cpu, &cpus);
  }
  for (const auto& task :
       fs::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
    sched_setaffinity(std::stoi(task.path().filename()), sizeof cpus, &cpus);
  }
}

double ResidentMegabytes(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  std::string word;
  double kilobytes = 0;
  while (status >> word && word != "VmRSS:") continue;
  status >> kilobytes;
  return kilobytes / 1024;
}

struct Server {
  const LookupProtocol* protocol;
  std::string socket;
};

struct Pattern {
  const char* name;
  LookupLoad load;
};

struct Rounds {
  std::vector<double> rates, p99s;
};

// All servers in turns, so that what else the machine does meets all of them.
void Compare(const std::vector<Server>& servers, const Pattern& pattern,
             const std::vector<std::string>& keys, int percent_hits) {
  constexpr int kRounds = 3;
  std::map<const LookupProtocol*, Rounds> rounds;
  for (int round = 0; round < kRounds; ++round) {
    for (const Server& server : servers) {
      const LookupFigures figures =
          RunLoad(server.socket, *server.protocol, keys, pattern.load);
      if (std::abs(figures.hits * 100 - percent_hits) > 5) {
        std::fprintf(stderr, "%s: %.0f %% hits\n", server.protocol->name,
                     figures.hits * 100);
        std::exit(1);
      }
      Rounds& of_server = rounds[server.protocol];
      of_server.rates.push_back(figures.rate);
      of_server.p99s.push_back(figures.p99);
    }
  }
  const double rate = Median(rounds[&kRedis].rates);
  const double p99 = Median(rounds[&kRedis].p99s);
  for (const Server& server : servers) {
    const Rounds& of_server = rounds[server.protocol];
    std::printf("  %-16s %-10s %9.0f/s %5.2f of redis, p99 %6.0f us %5.2f\n",
                pattern.name, server.protocol->name, Median(of_server.rates),
                Median(of_server.rates) / rate, Median(of_server.p99s),
                Median(of_server.p99s) / p99);
  }
}

void CompareAll(const std::vector<Server>& servers, std::size_t addresses,
                double seconds) {
  const Pattern patterns[] = {{"1 client", {1, 1, seconds}},
                              {"100 clients", {100, 1, seconds}},
                              {"10 x 100 ahead", {10, 100, seconds}}};
  for (const int percent_hits : {10, 100}) {
    std::printf(" %d %% hits\n", percent_hits);
    const auto keys = Keys(addresses, percent_hits);
    for (const Pattern& pattern : patterns) {
      Compare(servers, pattern, keys, percent_hits);
    }
  }
}

// Bounces at an even pace from a thread of its own.
class Bounces {
 public:
  explicit Bounces(const std::string& socket, int a_second)
      : thread_([this, socket, a_second] { Run(socket, a_second); }) {}
  ~Bounces() {
    ends_ = true;
    thread_.join();
    std::printf("  %.0f bounces/s were stored meanwhile\n", rate_);
  }

 private:
  void Run(const std::string& socket, int a_second) {
    std::vector<std::thread> clients;
    std::atomic<int> next{0};
    const auto start = Clock::now();
    for (int i = 0; i < 20; ++i) {
      clients.emplace_back([&] {
        LmtpClient client(socket);
        while (!ends_) {
          const int number = next++;
          std::this_thread::sleep_until(
              start +
              std::chrono::microseconds(1'000'000LL * number / a_second));
          const auto at = static_cast<std::size_t>(number);
          client.Deliver(Bounce(AddressNumber(1'000'000'000 + at), {}, number));
        }
      });
    }
    for (std::thread& client : clients) client.join();
    rate_ = next / SecondsSince(start);
  }

  std::atomic<bool> ends_{false};
  double rate_ = 0;
  std::thread thread_;
};

// Redis beside it has nothing to do with the bounces: it shows what a lookup
// loses to a machine that is busy.
void WhileCommitting(const std::vector<Server>& servers, const fs::path& dir,
                     std::size_t addresses, double seconds) {
  const auto keys = Keys(addresses, 10);
  for (const int connections : {1, 100}) {
    const auto p99s = [&] {
      std::map<const LookupProtocol*, Rounds> rounds;
      for (int round = 0; round < 3; ++round) {
        for (const Server& server : servers) {
          rounds[server.protocol].p99s.push_back(
              RunLoad(server.socket, *server.protocol, keys,
                      {connections, 1, seconds})
                  .p99);
        }
      }
      return rounds;
    };
    auto idle = p99s();
    const Bounces bounces(dir / "lmtp", 1000);
    auto busy = p99s();
    for (const Server& server : servers) {
      const double before = Median(idle[server.protocol].p99s);
      const double after = Median(busy[server.protocol].p99s);
      std::printf(
          "  %3d client(s): %-10s p99 %.0f us idle, %.0f us with bounces: "
          "%.2f\n",
          connections, server.protocol->name, before, after, after / before);
    }
  }
}

std::vector<Server> ServersIn(const fs::path& dir) {
  std::vector<Server> servers{{&kRedis, dir / "redis"},
                              {&kJson, dir / "query"}};
  const std::pair<const LookupProtocol*, const char*> others[] = {
      {&kSocketmap, "socketmap"}, {&kTcpTable, "tcp"}, {&kPolicy, "policy"}};
  for (const auto& [protocol, name] : others) {
    if (fs::exists(dir / name)) servers.push_back({protocol, dir / name});
  }
  return servers;
}

int Main(const char* program, const fs::path& dir, std::size_t addresses,
         double seconds) {
  const std::string config = WriteConfig(
      dir,
      "[policy]\nproof = \"none\"\n[lookup]\ngroup = \"\"\nsocketmap = "
      "[\"unix:" +
          (dir / "socketmap").string() +
          "\"]\ntcp_table = [\"unix:" + (dir / "tcp").string() +
          "\"]\npolicy = [\"unix:" + (dir / "policy").string() + "\"]\n");
  FillStore(config, addresses);
  const auto start = Clock::now();
  const pid_t daemon =
      Start({program, "--config", config}, dir / "log", dir / "query");
  // It listens early, and answers when it has read its list.
  RunLoad(dir / "query", kJson, {"nobody@example.com"}, {1, 1, 0});
  const double start_up = SecondsSince(start);
  const pid_t redis = Start({"redis-server", "--port", "0", "--unixsocket",
                             dir / "redis", "--save", "", "--appendonly", "no"},
                            dir / "redis.log", dir / "redis");
  FillRedis(dir / "redis", addresses);
  std::printf("%zu addresses: start %.2f s, %.0f MB (redis %.0f MB)\n",
              addresses, start_up, ResidentMegabytes(daemon),
              ResidentMegabytes(redis));
  for (const std::size_t client_cpu : {1, 0}) {
    Pin(daemon, 0);
    Pin(redis, 0);
    Pin(getpid(), client_cpu);
    std::printf("client %s\n",
                client_cpu == 0 ? "on the server's CPU" : "on another CPU");
    CompareAll(ServersIn(dir), addresses, seconds);
  }
  Pin(daemon, 0, CPU_SETSIZE);
  Pin(redis, 0, CPU_SETSIZE);
  Pin(getpid(), 0, CPU_SETSIZE);
  std::printf("while bounces are stored\n");
  WhileCommitting({{&kRedis, dir / "redis"}, {&kJson, dir / "query"}}, dir,
                  addresses, seconds);
  Stop(redis);
  Stop(daemon);
  fs::remove_all(dir);
  return 0;
}

}  // namespace
}  // namespace postbounce

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr,
                 "usage: lookup_bench POSTBOUNCED DIRECTORY [ADDRESSES "
                 "[SECONDS]]\n");
    return 64;
  }
  const std::filesystem::path dir =
      std::filesystem::absolute(std::filesystem::path(argv[2]) /
                                ("lookup-bench-" + std::to_string(getpid())));
  std::filesystem::create_directories(dir);
  return postbounce::Main(argv[1], dir,
                          argc > 3 ? std::stoul(argv[3]) : 100'000,
                          argc > 4 ? std::stod(argv[4]) : 1);
}
