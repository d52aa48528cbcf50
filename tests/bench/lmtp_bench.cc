// How many bounces a second the daemon takes through LMTP, each acknowledged
// after its commit, beside what SQLite itself commits on the same disk in the
// same run; and bounces of mail that a log knows, beside others. Usage:
// lmtp_bench POSTBOUNCED [directory], with postbounce beside POSTBOUNCED
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

[[noreturn]] void Die(const std::string& what) {
  std::perror(what.c_str());
  std::exit(1);
}

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

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

std::string Hex(std::int64_t number) {
  char text[20];
  std::snprintf(text, sizeof text, "%010llX",
                static_cast<unsigned long long>(number));
  return text;
}
// Of mail `number`: ours, and that of the server which took it.
std::string QueueId(int number) { return Hex((1LL << 36) + number); }
std::string NextId(int number) { return Hex((2LL << 36) + number); }

std::string Recipient(int number) {
  return "user" + std::to_string(number) + "@customer" +
         std::to_string(number % 500) + ".example";
}

std::string TimeText(const char* format) {
  const std::time_t now = std::time(nullptr) - 3600;
  char text[64];
  std::strftime(text, sizeof text, format, std::gmtime(&now));
  return text;
}

// What Postfix logs of mails that were sent an hour ago.
void WriteLog(const fs::path& path) {
  const std::string time = TimeText("%Y-%m-%dT%H:%M:%S.000000+00:00");
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

// A bounce as the next Postfix writes it, of about 2.5 KB.
std::string Bounce(int number, Ids ids) {
  const int mail = ids == Ids::kLogged ? number % kLogged : number + kLogged;
  const std::string id = NextId(mail);
  const std::string host = "mx.example";
  const std::string address = Recipient(mail);
  const std::string date = TimeText("%a, %d %b %Y %H:%M:%S +0000 (UTC)");
  const std::string boundary = Hex(number) + ".1795220876/" + host;
  const bool has_ids = ids != Ids::kNone;
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
  if (has_ids) text += "X-Postfix-Queue-ID: " + id + "\r\n";
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
        host + " (Postfix) with ESMTP id " + id +
        "\r\n"
        "Message-ID: <" +
        QueueId(mail) + "@example.com>\r\n";
  }
  return text + "From: News <news@example.com>\r\nTo: " + address +
         "\r\nSubject: News of the week\r\n\r\n" + std::string(600, 'x') +
         "\r\n\r\n--" + boundary + "--\r\n";
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

// A client that pipelines as Postfix does: two round trips a mail.
class Client {
 public:
  explicit Client(const std::string& path) : fd_(Connect(path)) {
    if (fd_ < 0) Die("connect " + path);
    Expect("220");
    Send("LHLO bench\r\n");
    Expect("250");
  }
  ~Client() { close(fd_); }

  void Deliver(const std::string& mail) {
    Send("MAIL FROM:<>\r\nRCPT TO:<bounce@example.com>\r\nDATA\r\n");
    Expect("250");
    Expect("250");
    Expect("354");
    Send(mail + ".\r\n");
    Expect("250");
  }

 private:
  void Send(const std::string& bytes) {
    if (send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(bytes.size())) {
      Die("send");
    }
  }
  void Expect(const char* code) {
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

  const int fd_;
  std::string buffer_;
};

double Deliver(const std::string& socket, Ids ids, int connections, int mails) {
  static int first = 0;
  const int begin = first;
  first += mails;
  std::vector<std::string> bounces;
  bounces.reserve(static_cast<std::size_t>(mails));
  for (int i = 0; i < mails; ++i) bounces.push_back(Bounce(begin + i, ids));
  std::atomic<int> next{0};
  const auto start = Clock::now();
  std::vector<std::thread> threads;
  for (int c = 0; c < connections; ++c) {
    threads.emplace_back([&] {
      Client client(socket);
      for (int i = next++; i < mails; i = next++) {
        client.Deliver(bounces[static_cast<std::size_t>(i)]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return mails / SecondsSince(start);
}

void Run(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& word : command) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  pid_t pid = 0;
  int status = 0;
  if (posix_spawn(&pid, arguments[0], nullptr, nullptr, arguments.data(),
                  environ) != 0 ||
      waitpid(pid, &status, 0) != pid || status != 0) {
    Die(command[0]);
  }
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
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

pid_t StartDaemon(const char* program, const fs::path& dir) {
  const std::string d = dir.string();
  std::ofstream(dir / "c.toml")
      << "[store]\npath = \"" << d << "/db\"\nsite_key = \"" << d
      << "/key\"\n[lmtp]\nlisten = [\"unix:" << d
      << "/lmtp\"]\ngroup = \"\"\n[query]\nlisten = [\"unix:" << d
      << "/query\"]\ngroup = \"\"\n[control]\nlisten = \"unix:" << d
      << "/control\"\n[origin]\nhosts = [\"out\"]\n"
         "local_domains = [\"example.com\"]\n"
         // Else only those that a log knows would change the list.
         "[policy]\nproof = \"none\"\n";
  const std::string config = d + "/c.toml", log = d + "/log";
  const char* arguments[] = {program, "--config", config.c_str(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 2, log.c_str(), O_WRONLY | O_CREAT,
                                   0600);
  pid_t pid = 0;
  if (posix_spawn(&pid, program, &actions, nullptr,
                  const_cast<char* const*>(arguments), environ) != 0) {
    Die(program);
  }
  for (;;) {
    const int fd = Connect(d + "/control");
    if (fd >= 0) {
      close(fd);
      return pid;
    }
    if (waitpid(pid, nullptr, WNOHANG) != 0) Die("the daemon ended");
    std::this_thread::yield();
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: lmtp_bench POSTBOUNCED [directory]\n");
    return 64;
  }
  const fs::path dir = fs::path(argc > 2 ? argv[2] : ".") /
                       ("lmtp-bench-" + std::to_string(getpid()));
  fs::create_directories(dir);
  const fs::path absolute = fs::absolute(dir);
  const double single = BareSqlite(absolute, 3000, 1);
  const double grouped = BareSqlite(absolute, 100'000, 100);
  const pid_t pid = StartDaemon(argv[1], absolute);
  const double one = Deliver(absolute / "lmtp", Ids::kUnknown, 1, 4000);
  const double twenty = Deliver(absolute / "lmtp", Ids::kUnknown, 20, 20'000);
  std::printf("bare SQLite, 1 row a commit      %9.0f rows/s\n", single);
  std::printf("bare SQLite, 100 rows a commit   %9.0f rows/s\n", grouped);
  std::printf("LMTP, 1 connection   %9.0f bounces/s, %.2f of 1 row a commit\n",
              one, one / single);
  std::printf("LMTP, 20 connections %9.0f bounces/s, %.2f of 100 a commit\n",
              twenty, twenty / grouped);
  WriteLog(absolute / "maillog");
  Run({fs::path(argv[1]).replace_filename("postbounce"), "--config",
       absolute / "c.toml", "log", "import", "--apply", absolute / "maillog"});
  CompareIds(absolute / "lmtp");
  kill(pid, SIGTERM);
  waitpid(pid, nullptr, 0);
  fs::remove_all(absolute);
  return 0;
}
