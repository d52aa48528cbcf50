// What starting postbounce-pipe costs Postfix: the time from fork to exit,
// in turn with /bin/true, against a server that stores nothing.
#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "daemon/protocol/lmtp_session.h"

namespace {

using postbounce::LmtpSession;

constexpr int kRuns = 1000;

void Serve(int client, postbounce::ByteBudget* budget) {
  LmtpSession::Options options;
  options.hostname = "bench";
  LmtpSession session(options, budget);
  LmtpSession::Step step = session.Feed({});
  for (;;) {
    while (step == LmtpSession::Step::kDeliver) {
      session.Finish(LmtpSession::Verdict::kAccepted, "recorded");
      step = session.Feed({});
    }
    const std::string output = session.TakeOutput();
    send(client, output.data(), output.size(), MSG_NOSIGNAL);
    if (step == LmtpSession::Step::kClose) break;
    char buffer[65536];
    const ssize_t size = recv(client, buffer, sizeof(buffer), 0);
    if (size <= 0) break;
    step =
        session.Feed(std::string_view(buffer, static_cast<std::size_t>(size)));
  }
  close(client);
}

double RunOnce(std::vector<std::string> arguments, const std::string& input) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, input.c_str(), O_RDONLY, 0);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  char* environment[] = {nullptr};
  const auto start = std::chrono::steady_clock::now();
  pid_t pid = 0;
  int status = -1;
  if (posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environment) ==
      0) {
    waitpid(pid, &status, 0);
  }
  const std::chrono::duration<double, std::milli> time =
      std::chrono::steady_clock::now() - start;
  posix_spawn_file_actions_destroy(&actions);
  if (status != 0) {
    std::fprintf(stderr, "%s failed: %d\n", argv[0], status);
    std::exit(1);
  }
  return time.count();
}

double MedianOf(std::vector<double>* times) {
  std::nth_element(times->begin(), times->begin() + kRuns / 2, times->end());
  return (*times)[kRuns / 2];
}

int Listen(const std::string& path) {
  const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), address.sun_path);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)) !=
          0 ||
      listen(listener, 5) != 0) {
    std::perror("listen");
    std::exit(1);
  }
  return listener;
}

}  // namespace

int main() {
  char folder[] = "/tmp/postbounce-pipe-bench.XXXXXX";
  if (mkdtemp(folder) == nullptr) return 1;
  const std::string path = std::string(folder) + "/lmtp";
  const int listener = Listen(path);
  std::thread server([listener] {
    postbounce::ByteBudget budget(1u << 30);
    for (;;) {
      const int client = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) return;
      Serve(client, &budget);
    }
  });
  std::vector<double> pipe_times;
  std::vector<double> true_times;
  for (int i = 0; i < kRuns; ++i) {
    pipe_times.push_back(
        RunOnce({POSTBOUNCE_PIPE, "-s", path, "-f", "", "--", "b@x.test"},
                SAMPLE_MAIL));
    true_times.push_back(RunOnce({"/bin/true"}, "/dev/null"));
  }
  shutdown(listener, SHUT_RDWR);
  server.join();
  unlink(path.c_str());
  rmdir(folder);
  const double pipe = MedianOf(&pipe_times);
  const double nothing = MedianOf(&true_times);
  std::printf("postbounce-pipe %.3f ms, /bin/true %.3f ms, ratio %.2f\n", pipe,
              nothing, pipe / nothing);
  return 0;
}
