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

// The client takes as little as it can, lest it be what is measured: an answer
// is known by its beginning or end.

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
      return !answer.ends_with("\"reason\":null}],\"ok\":true}\n");
    }};
const LookupProtocol kSocketmap{
    "socketmap", AskSocketmap, NetstringSize,
    [](std::string_view answer) { return !answer.starts_with("9:NOTFOUND "); }};
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
    for (const std::string& key : keys) {
      starts_.push_back(requests_.size());
      requests_ += protocol.ask(key);
    }
    starts_.push_back(requests_.size());
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
    do {
      epoll_event events[64];
      const int count = epoll_wait(epoll_, events, 64, 10'000);
      if (count <= 0) Die("no answer for ten seconds");
      for (int i = 0; i < count; ++i) Read(&clients_[events[i].data.u64]);
    } while (SecondsSince(start) < load_.seconds);
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
    const auto depth = static_cast<std::size_t>(load_.depth);
    if (next_ + depth >= starts_.size()) next_ = 0;
    const std::size_t start = starts_[next_];
    next_ += depth;
    const std::size_t size = starts_[next_] - start;
    client->missing = load_.depth;
    client->asked = Clock::now();
    if (send(client->fd, requests_.data() + start, size, MSG_NOSIGNAL) !=
        static_cast<ssize_t>(size)) {
      Die("send");
    }
  }

  void Read(Client* client) {
    char bytes[64 << 10];
    const ssize_t size = recv(client->fd, bytes, sizeof bytes, 0);
    if (size <= 0) Die("recv");
    std::string_view rest(bytes, static_cast<std::size_t>(size));
    if (!client->answers.empty()) {
      client->answers.append(rest);
      rest = client->answers;
    }
    while (const std::size_t answer = protocol_.answer_size(rest)) {
      if (protocol_.is_hit(rest.substr(0, answer))) ++hits_;
      rest.remove_prefix(answer);
      ++answers_;
      --client->missing;
    }
    if (!client->answers.empty() || !rest.empty()) {
      client->answers = std::string(rest);
    }
    if (client->missing > 0) return;
    delays_.push_back(SecondsSince(client->asked) * 1e6);
    Ask(client);
  }

  const LookupProtocol& protocol_;
  const LookupLoad load_;
  const int epoll_ = epoll_create1(0);
  std::string requests_;             // one behind the other
  std::vector<std::size_t> starts_;  // of each, and the end of the last
  std::size_t next_ = 0;
  std::vector<Client> clients_;
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
