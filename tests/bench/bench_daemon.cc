#include "tests/bench/bench_daemon.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <thread>

namespace postbounce {

void Die(const std::string& what) {
  std::perror(what.c_str());
  std::exit(1);
}

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

std::string Hex(std::int64_t number) {
  char text[20];
  std::snprintf(text, sizeof text, "%010llX",
                static_cast<unsigned long long>(number));
  return text;
}

std::string AnHourAgo(const char* format) {
  const std::time_t now = std::time(nullptr) - 3600;
  char text[64];
  std::strftime(text, sizeof text, format, std::gmtime(&now));
  return text;
}

int Connect(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    return fd;
  }
  close(fd);
  return -1;
}

namespace {

std::vector<char*> ArgumentsOf(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& word : command) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  return arguments;
}

}  // namespace

void Run(const std::vector<std::string>& command) {
  pid_t pid = 0;
  int status = 0;
  if (posix_spawnp(&pid, command[0].c_str(), nullptr, nullptr,
                   ArgumentsOf(command).data(), environ) != 0 ||
      waitpid(pid, &status, 0) != pid || status != 0) {
    Die(command[0]);
  }
}

pid_t Start(const std::vector<std::string>& command, const std::string& log,
            const std::string& socket) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT,
                                   0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t pid = 0;
  if (posix_spawnp(&pid, command[0].c_str(), &actions, nullptr,
                   ArgumentsOf(command).data(), environ) != 0) {
    Die(command[0]);
  }
  posix_spawn_file_actions_destroy(&actions);
  for (;;) {
    const int fd = Connect(socket);
    if (fd >= 0) {
      close(fd);
      return pid;
    }
    if (waitpid(pid, nullptr, WNOHANG) != 0) Die(command[0] + " ended");
    std::this_thread::yield();
  }
}

void Stop(pid_t pid) {
  kill(pid, SIGTERM);
  waitpid(pid, nullptr, 0);
}

std::string WriteConfig(const std::filesystem::path& dir,
                        const std::string& more) {
  const std::string d = dir.string();
  std::ofstream(dir / "c.toml")
      << "[store]\npath = \"" << d << "/db\"\nsite_key = \"" << d
      << "/key\"\n[lmtp]\nlisten = [\"unix:" << d
      << "/lmtp\"]\ngroup = \"\"\n[query]\nlisten = [\"unix:" << d
      << "/query\"]\ngroup = \"\"\n[control]\nlisten = \"unix:" << d
      << "/control\"\n[origin]\nhosts = [\"out\"]\n"
         "local_domains = [\"example.com\"]\n"
      << more;
  return d + "/c.toml";
}

LmtpClient::LmtpClient(const std::string& path) : fd_(Connect(path)) {
  if (fd_ < 0) Die("connect " + path);
  Expect("220");
  Send("LHLO bench\r\n");
  Expect("250");
}

LmtpClient::~LmtpClient() { close(fd_); }

void LmtpClient::Deliver(const std::string& mail) {
  Send("MAIL FROM:<>\r\nRCPT TO:<bounce@example.com>\r\nDATA\r\n");
  Expect("250");
  Expect("250");
  Expect("354");
  Send(mail + ".\r\n");
  Expect("250");
}

void LmtpClient::Send(const std::string& bytes) {
  if (send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(bytes.size())) {
    Die("send");
  }
}

void LmtpClient::Expect(const char* code) {
  std::string line;
  do {
    while (buffer_.find('\n') == std::string::npos) {
      char chunk[4096];
      const ssize_t size = recv(fd_, chunk, sizeof chunk, 0);
      if (size <= 0) Die("recv");
      buffer_.append(chunk, static_cast<std::size_t>(size));
    }
    line = buffer_.substr(0, buffer_.find('\n'));
    buffer_.erase(0, line.size() + 1);
  } while (line.size() > 3 && line[3] == '-');
  if (line.compare(0, 3, code) != 0) Die("unexpected: " + line);
}

std::string Bounce(const std::string& address, const BounceIds& ids,
                   int number) {
  const std::string host = "mx.example";
  const std::string date = AnHourAgo("%a, %d %b %Y %H:%M:%S +0000 (UTC)");
  const std::string boundary = Hex(number) + ".1795220876/" + host;
  const bool has_ids = !ids.queue_id.empty();
  std::string text =
      "Return-Path: <>\r\nDate: " + date +
      "\r\nFrom: Mail Delivery System <MAILER-DAEMON@" + host +
      ">\r\nSubject: Undelivered Mail Returned to Sender\r\n"
      "To: bounce@example.com\r\nAuto-Submitted: auto-replied\r\n"
      "MIME-Version: 1.0\r\n"
      "Content-Type: multipart/report; report-type=delivery-status;\r\n"
      "\tboundary=\"" +
      boundary + "\"\r\n\r\nThis is a MIME-encapsulated message.\r\n\r\n--" +
      boundary +
      "\r\nContent-Type: text/plain\r\n\r\n"
      "This is the mail system at host " +
      host +
      ".\r\n\r\n"
      "I'm sorry to have to inform you that your message could not\r\n"
      "be delivered to one or more recipients. It's attached "
      "below.\r\n\r\n<" +
      address + ">: host store.example[192.0.2.26] said: 550 5.1.1\r\n    <" +
      address + ">: Recipient address rejected: User unknown\r\n\r\n--" +
      boundary +
      "\r\nContent-Type: message/delivery-status\r\n\r\n"
      "Reporting-MTA: dns; " +
      host + "\r\n";
  if (has_ids) text += "X-Postfix-Queue-ID: " + ids.queue_id + "\r\n";
  text += "Arrival-Date: " + date + "\r\n\r\nFinal-Recipient: rfc822; " +
          address + "\r\nOriginal-Recipient: rfc822;" + address +
          "\r\nAction: failed\r\nStatus: 5.1.1\r\nRemote-MTA: dns; "
          "store.example\r\nDiagnostic-Code: smtp; 550 5.1.1 <" +
          address +
          ">: Recipient address\r\n    rejected: User unknown\r\n\r\n--" +
          boundary +
          "\r\nContent-Type: message/rfc822\r\n\r\n"
          "Return-Path: <bounce@example.com>\r\n";
  if (has_ids) {
    text +=
        "Received: from out.example.com (out.example.com [192.0.2.1])\r\n"
        "\tby " +
        host + " (Postfix) with ESMTP id " + ids.queue_id +
        "\r\n"
        "Message-ID: <" +
        ids.message_id + ">\r\n";
  }
  return text + "From: News <news@example.com>\r\nTo: " + address +
         "\r\nSubject: News of the week\r\n\r\n" + std::string(600, 'x') +
         "\r\n\r\n--" + boundary + "--\r\n";
}

}  // namespace postbounce
