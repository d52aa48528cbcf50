#include "tests/bench/lookup_load.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "tests/bench/bench_daemon.h"

namespace postbounce {
namespace {

std::size_t LineSize(std::string_view bytes) { return bytes.find('\n') + 1; }

std::string AskRedis(std::string_view key) {
  return "*2\r\n$6\r\nEXISTS\r\n$" + std::to_string(key.size()) + "\r\n" +
         std::string(key) + "\r\n";
}

std::string AskJson(std::string_view key) {
  return "{\"verb\":\"check\",\"addresses\":[\"" + std::string(key) + "\"]}\n";
}

std::string AskSocketmap(std::string_view key) {
  const std::string query = "suppressed " + std::string(key);
  return std::to_string(query.size()) + ":" + query + ",";
}

std::size_t NetstringSize(std::string_view bytes) {
  std::size_t size = 0;
  const auto [end, error] =
      std::from_chars(bytes.data(), bytes.data() + bytes.size(), size);
  if (error != std::errc() || end == bytes.data() + bytes.size()) return 0;
  size += static_cast<std::size_t>(end - bytes.data()) + 2;
  return size <= bytes.size() ? size : 0;
}

std::string AskTcpTable(std::string_view key) {
  return "get " + std::string(key) + "\n";
}

std::string AskPolicy(std::string_view key) {
  return "request=smtpd_access_policy\nprotocol_state=RCPT\n"
         "protocol_name=ESMTP\nclient_address=127.0.0.1\n"
         "client_name=localhost\nhelo_name=app.example.com\n"
         "sender=news@example.com\nrecipient=" +
         std::string(key) +
         "\nrecipient_count=0\nqueue_id=\ninstance=123.456.7\nsize=0\n\n";
}

std::size_t ParagraphSize(std::string_view bytes) {
  const std::size_t end = bytes.find("\n\n");
  return end == std::string_view::npos ? 0 : end + 2;
}

}  // namespace

const LookupProtocol kRedis{
    "redis", AskRedis, LineSize,
    [](std::string_view answer) { return answer.starts_with(":1"); }};
const LookupProtocol kJson{
    "json", AskJson, LineSize, [](std::string_view answer) {
      return answer.find("\"suppressed\":true") != std::string_view::npos;
    }};
const LookupProtocol kSocketmap{
    "socketmap", AskSocketmap, NetstringSize, [](std::string_view answer) {
      return answer.find(":OK ") != std::string_view::npos;
    }};
const LookupProtocol kTcpTable{
    "tcp_table", AskTcpTable, LineSize,
    [](std::string_view answer) { return answer.starts_with("200 "); }};
const LookupProtocol kPolicy{"policy", AskPolicy, ParagraphSize,
                             [](std::string_view answer) {
                               return !answer.starts_with("action=DUNNO");
                             }};

namespace {

class Load {
 public:
  Load(const std::string& socket, const LookupProtocol& protocol,
       const std::vector<std::string>& keys, const LookupLoad& load)
      : protocol_(protocol), load_(load) {
    for (const std::string& key : keys) requests_.push_back(protocol.ask(key));
    clients_.resize(static_cast<std::size_t>(load.connections));
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      clients_[i].fd = Connect(socket);
      if (clients_[i].fd < 0) Die("connect " + socket);
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = i;
      epoll_ctl(epoll_, EPOLL_CTL_ADD, clients_[i].fd, &event);
    }
  }
  ~Load() {
    for (const Client& client : clients_) close(client.fd);
    close(epoll_);
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  LookupFigures Run() {
    const auto start = Clock::now();
    for (Client& client : clients_) Ask(&client);
    while (SecondsSince(start) < load_.seconds) {
      epoll_event events[64];
      const int count = epoll_wait(epoll_, events, 64, 10'000);
      if (count <= 0) Die("no answer for ten seconds");
      for (int i = 0; i < count; ++i) Read(&clients_[events[i].data.u64]);
    }
    LookupFigures figures;
    figures.rate = static_cast<double>(answers_) / SecondsSince(start);
    figures.hits = static_cast<double>(hits_) / static_cast<double>(answers_);
    std::sort(delays_.begin(), delays_.end());
    figures.p50 = delays_[delays_.size() / 2];
    figures.p99 = delays_[delays_.size() * 99 / 100];
    return figures;
  }

 private:
  struct Client {
    int fd = -1;
    int missing = 0;  // answers of this turn
    Clock::time_point asked;
    std::string answers;
  };

  void Ask(Client* client) {
    turn_.clear();
    for (int i = 0; i < load_.depth; ++i) {
      turn_ += requests_[next_];
      next_ = next_ + 1 == requests_.size() ? 0 : next_ + 1;
    }
    client->missing = load_.depth;
    client->asked = Clock::now();
    if (send(client->fd, turn_.data(), turn_.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(turn_.size())) {
      Die("send");
    }
  }

  void Read(Client* client) {
    char bytes[64 << 10];
    const ssize_t size = recv(client->fd, bytes, sizeof bytes, 0);
    if (size <= 0) Die("recv");
    client->answers.append(bytes, static_cast<std::size_t>(size));
    std::string_view rest = client->answers;
    while (const std::size_t answer = protocol_.answer_size(rest)) {
      if (protocol_.is_hit(rest.substr(0, answer))) ++hits_;
      rest.remove_prefix(answer);
      ++answers_;
      --client->missing;
    }
    client->answers.erase(0, client->answers.size() - rest.size());
    if (client->missing > 0) return;
    delays_.push_back(SecondsSince(client->asked) * 1e6);
    Ask(client);
  }

  const LookupProtocol& protocol_;
  const LookupLoad load_;
  const int epoll_ = epoll_create1(0);
  std::vector<std::string> requests_;
  std::size_t next_ = 0;
  std::vector<Client> clients_;
  std::string turn_;
  std::size_t answers_ = 0;
  std::size_t hits_ = 0;
  std::vector<double> delays_;
};

}  // namespace

LookupFigures RunLoad(const std::string& socket, const LookupProtocol& protocol,
                      const std::vector<std::string>& keys,
                      const LookupLoad& load) {
  return Load(socket, protocol, keys, load).Run();
}

}  // namespace postbounce
