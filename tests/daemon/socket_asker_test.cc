#include "daemon/cli/socket_asker.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "daemon/protocol/line_reader.h"
#include "tests/temp_dir.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxLine = 4096;

// A daemon at the other end that takes `greed` requests before it answers any,
// and waits while its answers are not taken.
void Serve(Fd fd, std::size_t greed, std::size_t answer_size) {
  LineReader lines(kMaxLine);
  std::string answers;
  std::size_t waiting = 0;
  char chunk[100];
  for (;;) {
    const ssize_t size = recv(fd.get(), chunk, sizeof chunk, 0);
    if (size <= 0) return;
    lines.Append(std::string_view(chunk, static_cast<std::size_t>(size)));
    while (const auto line = lines.Next()) {
      json::object answer = json::parse(line->text).as_object();
      answer["ok"] = answer.at("n") != 999;
      answer["filler"] = std::string(answer_size, 'x');
      answers += json::serialize(answer) + "\n";
      if (++waiting < greed) continue;
      waiting = 0;
      if (send(fd.get(), answers.data(), answers.size(), MSG_NOSIGNAL) < 0) {
        return;
      }
      answers.clear();
    }
  }
}

// Asks for the numbers below `count`; how many answers came, in order.
Result<int> AskFor(int count, std::size_t request_size, std::size_t greed,
                   std::size_t answer_size) {
  int ends[2];
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  std::thread daemon(Serve, Fd(ends[1]), greed, answer_size);
  int asked = 0, taken = 0;
  Result<void> done;
  {
    SocketAsker asker{Fd(ends[0])};
    done = asker.AskAll(
        [&]() -> Result<std::optional<json::object>> {
          if (asked == count) return std::optional<json::object>();
          return std::optional<json::object>(
              {{"n", asked++}, {"filler", std::string(request_size, 'x')}});
        },
        [&](const json::object& answer) -> Result<void> {
          EXPECT_EQ(answer.at("n"), taken++);
          return {};
        });
  }
  daemon.join();
  if (!done) return done.error();
  return taken;
}

TEST(SocketAskerTest, ManyAreAskedWhileAnswersComeInOrder) {
  EXPECT_EQ(AskFor(0, 1, 1, 1).value(), 0);
  EXPECT_EQ(AskFor(500, 100, 1, 100).value(), 500);
  EXPECT_EQ(AskFor(512, 100, 16, 100).value(), 512);
}

TEST(SocketAskerTest, NoEndWaitsForTheOther) {
  EXPECT_EQ(AskFor(200, 4000, 1, 1u << 20).value(), 200);
}

TEST(SocketAskerTest, AStuckDaemonIsNotWaitedForForEver) {
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  const Fd daemon(ends[1]);
  SocketAsker asker{Fd(ends[0]), std::chrono::milliseconds(10)};
  const auto all = asker.AskAll(
      [] {
        return std::optional<json::object>({{"verb", "check"}});
      },
      [](const json::object&) { return Result<void>(); });
  EXPECT_EQ(all.error().code(), ErrorCode::kUnavailable);
  const json::object small = {{"verb", "check"}};
  EXPECT_EQ(asker.Ask(small).error().code(), ErrorCode::kUnavailable);
  // Not even taken.
  const json::object large = {{"filler", std::string(4u << 20, 'x')}};
  EXPECT_EQ(asker.Ask(large).error().code(), ErrorCode::kUnavailable);
}

TEST(SocketAskerTest, ADaemonThatTakesNoConnectionIsNotWaitedForForEver) {
  const TempDir dir;
  const std::string path = dir / "s";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), address.sun_path);
  const auto* const where = reinterpret_cast<const sockaddr*>(&address);
  const Fd daemon(socket(AF_UNIX, SOCK_STREAM, 0));
  ASSERT_EQ(bind(daemon.get(), where, sizeof address), 0);
  ASSERT_EQ(listen(daemon.get(), 0), 0);
  std::vector<Fd> waiting;
  int connected = 0;
  while (connected == 0) {
    waiting.emplace_back(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
    connected = connect(waiting.back().get(), where, sizeof address);
  }
  EXPECT_FALSE(ConnectTo(path, std::chrono::seconds(1)).is_open());
  EXPECT_EQ(errno, ETIMEDOUT);
  const Fd taken(accept(daemon.get(), nullptr, nullptr));
  EXPECT_TRUE(ConnectTo(path, std::chrono::seconds(1)).is_open());
}

TEST(SocketAskerTest, ARefusalEndsIt) {
  EXPECT_FALSE(AskFor(2000, 10, 1, 10).has_value());
}

}  // namespace
}  // namespace postbounce
