#ifndef POSTBOUNCE_TESTS_BENCH_BENCH_DAEMON_H_
#define POSTBOUNCE_TESTS_BENCH_BENCH_DAEMON_H_

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace postbounce {

using Clock = std::chrono::steady_clock;

// Ends the program with the reason that errno has.
[[noreturn]] void Die(const std::string& what);

double SecondsSince(Clock::time_point start);
double Median(std::vector<double> values);

// Ten hexadecimal digits.
std::string Hex(std::int64_t number);
// An hour ago, by strftime(3).
std::string AnHourAgo(const char* format);

// A connection to a unix socket; -1 when nobody listens.
int Connect(const std::string& path);

// Runs a program to its end, which must be a good one.
void Run(const std::vector<std::string>& command);
// Starts one, with its output in `log`, and waits until somebody listens at
// `socket`.
pid_t Start(const std::vector<std::string>& command, const std::string& log,
            const std::string& socket);
void Stop(pid_t pid);

// Writes a configuration of a daemon that has everything in `dir`, and `more`.
std::string WriteConfig(const std::filesystem::path& dir,
                        const std::string& more);

// A client of LMTP that pipelines as Postfix does: two round trips a mail.
class LmtpClient {
 public:
  explicit LmtpClient(const std::string& path);
  ~LmtpClient();

  void Deliver(const std::string& mail);

 private:
  void Send(const std::string& bytes);
  void Expect(const char* code);

  const int fd_;
  std::string buffer_;
};

// What a bounce of mail to `recipient` says of itself: empty, it does not.
struct BounceIds {
  std::string queue_id;    // in the host that writes it
  std::string message_id;  // of the mail
};
// As the next Postfix writes it, of about 2.5 KB.
std::string Bounce(const std::string& recipient, const BounceIds& ids,
                   int number);

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_BENCH_BENCH_DAEMON_H_
