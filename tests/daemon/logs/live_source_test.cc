// Sources without a memory.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "daemon/logs/socket_source.h"
#include "tests/daemon/logs/log_files.h"
#include "tests/temp_dir.h"

namespace postbounce {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLong{60'000};

// A client of syslog(3), or a relay.
class Sender {
 public:
  explicit Sender(const std::string& path)
      : fd_(socket(AF_UNIX, SOCK_DGRAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, path.size());
    Connect(reinterpret_cast<sockaddr*>(&address), sizeof(address));
  }
  explicit Sender(std::uint16_t port) : fd_(socket(AF_INET, SOCK_DGRAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    Connect(reinterpret_cast<sockaddr*>(&address), sizeof(address));
  }
  void Send(std::string_view text) {
    EXPECT_EQ(send(fd_.get(), text.data(), text.size(), 0),
              static_cast<ssize_t>(text.size()));
  }

 private:
  void Connect(const sockaddr* address, socklen_t size) {
    EXPECT_EQ(connect(fd_.get(), address, size), 0);
  }
  Fd fd_;
};

std::uint16_t FreePort() {
  const Fd fd(socket(AF_INET, SOCK_DGRAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  EXPECT_EQ(bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

Endpoint Unix(const std::string& path) { return {path, "", 0}; }

TEST(SocketSourceTest, GivesTheLinesOfDatagramsAsTheyCame) {
  TempDir dir;
  auto opened = SocketSource::Open(Unix(dir / "log"), 0622);
  ASSERT_TRUE(opened) << opened.error().ToString();
  SocketSource& source = **opened;
  struct stat status {};
  ASSERT_EQ(stat((dir / "log").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0622u);
  EXPECT_TRUE(source.Next(milliseconds(0))->is_end);
  Sender sender(dir / "log");
  sender.Send("<22>Nov 21 00:11:23 postfix/smtp[1]: one\n");
  sender.Send(
      std::string_view("<22>1 2026-11-21T00:11:23Z h postfix - - - x\0", 45));
  sender.Send("two\nthree\r\n\n");
  sender.Send("");
  const auto chunk = source.Next(kLong);
  EXPECT_TRUE(chunk->is_new_stream);
  EXPECT_GT(chunk->latest, Timestamp{});
  EXPECT_EQ(TextOf(*chunk),
            "<22>Nov 21 00:11:23 postfix/smtp[1]: one\n"
            "<22>1 2026-11-21T00:11:23Z h postfix - - - x\ntwo\nthree\n");
  EXPECT_EQ(source.Position(), "");
}

TEST(SocketSourceTest, CutsALongDatagram) {
  TempDir dir;
  auto source = SocketSource::Open(Unix(dir / "log"), 0600);
  Sender sender(dir / "log");
  sender.Send(std::string(limits::kLogLine + 5, 'x'));
  sender.Send("next");
  const auto chunk = (*source)->Next(kLong);
  EXPECT_EQ(TextOf(*chunk), std::string(limits::kLogLine, 'x') + "\nnext\n");
}

TEST(SocketSourceTest, TakesThePlaceOfADeadSocketOnly) {
  TempDir dir;
  const std::string path = dir / "log";
  {
    auto first = SocketSource::Open(Unix(path), 0600);
    ASSERT_TRUE(first);
    EXPECT_EQ(SocketSource::Open(Unix(path), 0600).error().code(),
              ErrorCode::kConflict);
    ASSERT_EQ(rename(path.c_str(), (path + ".dead").c_str()), 0);
  }
  EXPECT_TRUE(SocketSource::Open(Unix(path + ".dead"), 0600));
  WriteFile(path, "a file");
  EXPECT_EQ(SocketSource::Open(Unix(path), 0600).error().code(),
            ErrorCode::kConflict);
  EXPECT_EQ(ReadFile(path), "a file");
}

TEST(SocketSourceTest, CountsWhatTheKernelDropsAsAGap) {
  const std::uint16_t port = FreePort();
  auto opened = SocketSource::Open({"", "127.0.0.1", port}, 0);
  ASSERT_TRUE(opened) << opened.error().ToString();
  Sender sender(port);
  const std::string text(1000, 'x');
  for (int i = 0; i < 40'000; ++i) sender.Send(text);
  std::size_t given = 0;
  std::uint64_t gaps = 0;
  const auto read_all = [&] {
    while (true) {
      const auto chunk = (*opened)->Next(milliseconds(0));
      if (chunk->is_end) return;
      given += chunk->lines.size();
      gaps += chunk->gaps;
    }
  };
  read_all();
  EXPECT_LT(given, 40'000u);
  sender.Send("after");
  read_all();
  EXPECT_EQ(gaps, 1u);
}

TEST(SocketSourceTest, TakesNoLinesFromOtherHosts) {
  for (const char* host : {"0.0.0.0", "192.0.2.1", "::", "localhost", ""}) {
    SCOPED_TRACE(host);
    const auto source = SocketSource::Open({"", host, 514}, 0);
    EXPECT_EQ(source.error().code(), ErrorCode::kSyntax);
  }
  const auto v6 = SocketSource::Open({"", "::1", 0}, 0);
  EXPECT_TRUE(v6 || v6.error().code() == ErrorCode::kIo) << "without IPv6";
}

TEST(SocketSourceTest, EndsToWaitWhenItIsInterrupted) {
  TempDir dir;
  auto source = SocketSource::Open(Unix(dir / "log"), 0600);
  std::thread other([&] { (*source)->Interrupt(); });
  EXPECT_TRUE((*source)->Next(kLong)->is_end);
  other.join();
}

}  // namespace
}  // namespace postbounce
