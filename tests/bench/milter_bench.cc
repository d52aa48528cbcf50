// A milter under load, and one to compare it with:
//   milter_bench serve SOCKET                   a milter that does nothing
//   milter_bench latency SOCKET OTHER [COUNT]   of ordinary mail, at both
//   milter_bench mix SOCKET SECONDS [CLIENTS]   mail of all kinds, and clients
//                                               that do not keep to anything
// `serve` negotiates and answers as postbounced does with the defaults.
#include <libmilter/mfapi.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/bench_daemon.h"
#include "tests/bench/milter_client.h"

namespace postbounce {
namespace {

constexpr int kRounds = 7;

sfsistat Negotiate(SMFICTX*, unsigned long, unsigned long steps, unsigned long,
                   unsigned long, unsigned long* actions, unsigned long* wanted,
                   unsigned long* reserved1, unsigned long* reserved2) {
  *actions = SMFIF_ADDHDRS | SMFIF_CHGHDRS;
  *wanted = steps & (SMFIP_NOHELO | SMFIP_NOUNKNOWN | SMFIP_NR_CONN |
                     SMFIP_NR_HDR | SMFIP_NR_EOH | SMFIP_NR_BODY |
                     SMFIP_HDR_LEADSPC | SMFIP_NR_RCPT | SMFIP_NODATA);
  *reserved1 = *reserved2 = 0;
  return SMFIS_CONTINUE;
}

int Serve(const std::string& path) {
  std::string name = "nothing";
  std::string where = "unix:" + path;
  smfiDesc filter{};
  filter.xxfi_name = name.data();
  filter.xxfi_version = SMFI_VERSION;
  filter.xxfi_flags = SMFIF_ADDHDRS | SMFIF_CHGHDRS;
  filter.xxfi_negotiate = Negotiate;
  filter.xxfi_connect = [](SMFICTX*, char*, _SOCK_ADDR*) {
    return sfsistat{SMFIS_NOREPLY};
  };
  filter.xxfi_envfrom = [](SMFICTX*, char**) { return sfsistat{SMFIS_ACCEPT}; };
  smfi_setconn(where.data());
  smfi_register(filter);
  return smfi_main();
}

// Microseconds of an ordinary message, of a session with one and of one of many
// in a session.
struct Latency {
  double alone;
  double among;
};

Latency Measure(const std::string& path, int count) {
  Latency latency{};
  auto start = Clock::now();
  for (int i = 0; i < count; ++i) {
    if (MilterClient(path, false).Mail("joe@example.org") != 'a') {
      Die("it is not let go");
    }
  }
  latency.alone = SecondsSince(start) * 1e6 / count;
  MilterClient client(path, false);
  start = Clock::now();
  for (int i = 0; i < count; ++i) {
    client.Mail("joe@example.org");
    client.Abort();
  }
  latency.among = SecondsSince(start) * 1e6 / count;
  return latency;
}

void CompareLatency(const std::string& path, const std::string& other,
                    int count) {
  std::array<std::vector<double>, 4> all;
  for (int round = 0; round < kRounds; ++round) {
    const Latency ours = Measure(path, count);
    const Latency theirs = Measure(other, count);
    all[0].push_back(ours.alone);
    all[1].push_back(theirs.alone);
    all[2].push_back(ours.among);
    all[3].push_back(theirs.among);
  }
  const auto report = [&](const char* what, std::size_t first) {
    const double ours = Median(all[first]);
    const double theirs = Median(all[first + 1]);
    std::printf("%-24s %7.1f us, doing nothing %7.1f us: %.2f\n", what, ours,
                theirs, ours / theirs);
  };
  report("a session with a mail", 0);
  report("a mail in a session", 2);
}

class Mix {
 public:
  Mix(std::string path, double seconds)
      : path_(std::move(path)), seconds_(seconds), start_(Clock::now()) {}

  void Run(int clients) {
    std::vector<std::thread> threads;
    for (int i = 0; i < clients; ++i) {
      threads.emplace_back([this, i] { OneClient(i); });
    }
    for (std::thread& thread : threads) thread.join();
    const double took = SecondsSince(start_);
    std::printf("%ld mails in %.0f s, %.0f/s:", total_.load(), took,
                static_cast<double>(total_) / took);
    for (std::size_t i = 0; i < answers_.size(); ++i) {
      if (answers_[i] > 0) {
        std::printf(" %c=%ld", i == 0 ? '0' : static_cast<char>(i),
                    answers_[i].load());
      }
    }
    std::printf("\n");
  }

 private:
  void Count(char answer) {
    ++answers_[static_cast<unsigned char>(answer)];
    ++total_;
  }

  void OneClient(int number) {
    std::mt19937 dice(static_cast<unsigned>(number));
    const auto throws = [&](int sides) {
      return static_cast<int>(dice() % static_cast<unsigned>(sides));
    };
    while (SecondsSince(start_) < seconds_) {
      const bool internal = throws(10) == 0;
      MilterClient client(path_, internal);
      for (int i = throws(5); i >= 0; --i) {
        OneMail(&client, throws(12), static_cast<int>(dice() % 5000));
      }
      if (throws(20) == 0) client.Break();
    }
  }

  void OneMail(MilterClient* client, int kind, int number) {
    char answer = client->Mail(kind < 8 ? "joe@example.org" : "");
    if (answer == 'c') {
      answer = client->Recipient(kind % 4 == 0 ? "bounce@bounces.example.com"
                                               : "ann@example.com");
    }
    if (answer == 'c') answer = client->Data();
    if (answer == 'c' && kind == 11) return client->Abort();
    if (answer == 'c') {
      const std::string bounce =
          Bounce("user" + std::to_string(number) + "@example.org", {}, number);
      const std::size_t end = bounce.find("\r\n\r\n");
      std::string fields = bounce.substr(0, end);
      std::erase(fields, '\r');
      answer = client->Content(Unfolded(fields), bounce.substr(end + 4));
    }
    Count(answer);
    client->Abort();
  }

  static std::string Unfolded(std::string fields) {
    for (std::size_t at = 0; (at = fields.find('\n', at)) != fields.npos;
         ++at) {
      const char next = at + 1 < fields.size() ? fields[at + 1] : 'x';
      if (next == ' ' || next == '\t') fields[at] = ' ';
    }
    return fields;
  }

  const std::string path_;
  const double seconds_;
  const Clock::time_point start_;
  std::atomic<long> total_{0};
  std::array<std::atomic<long>, 256> answers_{};
};

int Main(const std::vector<std::string>& words) {
  if (words.size() == 2 && words[0] == "serve") return Serve(words[1]);
  if (words.size() >= 3 && words[0] == "latency") {
    const int count = words.size() > 3 ? std::atoi(words[3].c_str()) : 2000;
    CompareLatency(words[1], words[2], count);
    return 0;
  }
  if (words.size() >= 3 && words[0] == "mix") {
    const int clients = words.size() > 3 ? std::atoi(words[3].c_str()) : 20;
    Mix(words[1], std::atof(words[2].c_str())).Run(clients);
    return 0;
  }
  std::fprintf(stderr, "see the head of milter_bench.cc\n");
  return 64;
}

}  // namespace
}  // namespace postbounce

int main(int argc, char** argv) {
  return postbounce::Main({argv + 1, argv + argc});
}
