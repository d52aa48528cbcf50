#include "daemon/io/desk.h"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <limits>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "daemon/log.h"

namespace postbounce {
namespace {

using std::chrono::seconds;

constexpr int kEvents = 64;
constexpr int kAccepts = 64;
constexpr seconds kSweep{1};
// The user of all clients of inet sockets.
constexpr auto kNobody = std::numeric_limits<std::uint32_t>::max();
// To finish a request, and to read its answer.
constexpr seconds kPatience{30};

std::optional<std::uint32_t> UserOf(int socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  const int got = getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size);
  if (got != 0 || peer.uid == kNobody) return std::nullopt;
  return peer.uid;
}

bool IsTrusted(std::optional<std::uint32_t> user) {
  return user && (*user == 0 || *user == geteuid());
}

[[noreturn]] void Throw(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

Desk::Desk(const std::shared_ptr<const Runtime>& runtime)
    : runtime_(runtime),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      wakeup_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!epoll_.is_open() || !wakeup_.is_open()) Throw("epoll and eventfd");
  Control(EPOLL_CTL_ADD, wakeup_.get(), EPOLLIN);
}

Desk::~Desk() { Stop(); }

void Desk::Control(int operation, int fd, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  if (epoll_ctl(epoll_.get(), operation, fd, &event) != 0) Throw("epoll_ctl");
}

void Desk::Add(Fd socket, Window window) {
  Control(EPOLL_CTL_ADD, socket.get(), EPOLLIN);
  counters_.push_back(
      std::make_unique<Counter>(Counter{std::move(socket), std::move(window)}));
}

void Desk::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Desk::Post(std::function<void()> function) {
  const std::lock_guard lock(mutex_);
  posted_.push_back(std::move(function));
  const std::uint64_t one = 1;
  // It is full after 2^64 calls.
  if (posted_.size() == 1) (void)!write(wakeup_.get(), &one, sizeof one);
}

void Desk::Leave() {
  Post([this] {
    leaving_ = true;
    for (const auto& counter : counters_) counter->socket = Fd();
    Sweep();
  });
}

void Desk::Stop() {
  if (!thread_.joinable()) return;
  Post([this] { stopping_ = true; });
  thread_.join();
}

void Desk::Run() {
  while (!stopping_) {
    epoll_event events[kEvents];
    const int count = epoll_wait(epoll_.get(), events, kEvents, 1000);
    now_ = std::chrono::steady_clock::now();
    for (int i = 0; i < count; ++i) {
      Try([this, fd = events[i].data.fd] { Serve(fd); });
    }
    if (now_ - swept_ >= kSweep) Sweep();
  }
  clients_.clear();
  count_ = 0;
}

// What memory is wanting for fails alone.
void Desk::Try(const std::function<void()>& function) {
  try {
    function();
  } catch (const std::exception& error) {
    Log(LogLevel::kError, fmt::format("a session ended: {}", error.what()));
  }
}

// A descriptor may be another client's than the one whose event it was: then
// there is nothing to read, which is harmless.
void Desk::Serve(int fd) {
  if (fd == wakeup_.get()) return RunPosted();
  for (const auto& counter : counters_) {
    if (counter->socket.get() == fd) return Accept(counter.get());
  }
  const auto at = static_cast<std::size_t>(fd);
  if (at < clients_.size() && clients_[at]) ServeClient(clients_[at].get());
}

void Desk::RunPosted() {
  std::uint64_t count = 0;
  (void)!read(wakeup_.get(), &count, sizeof count);
  std::vector<std::function<void()>> functions;
  {
    const std::lock_guard lock(mutex_);
    functions.swap(posted_);
  }
  for (const auto& function : functions) Try(function);
}

void Desk::Accept(Counter* counter) {
  for (int i = 0; i < kAccepts && counter->socket.is_open(); ++i) {
    Fd socket(accept4(counter->socket.get(), nullptr, nullptr,
                      SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.is_open()) {
      Admit(std::move(socket), counter);
      continue;
    }
    if (errno == EAGAIN) return;
    if (errno == EINTR || errno == ECONNABORTED) continue;
    const int why = errno;
    if (counter->full.IsDue(now_)) {
      Log(LogLevel::kWarning,
          fmt::format("{}: cannot accept: {}", counter->window.name,
                      std::strerror(why)));
    }
    const bool is_out = why == EMFILE || why == ENFILE;
    if (is_out && CloseLongestSilent(nullptr)) continue;
    // Accepting again at once would only spin.
    Control(EPOLL_CTL_MOD, counter->socket.get(), 0);
    counter->is_paused = true;
    return;
  }
}

void Desk::Admit(Fd socket, Counter* counter) {
  const int fd = socket.get();
  const auto user = UserOf(fd);
  if (counter->window.trusted_only && !IsTrusted(user)) {
    Log(LogLevel::kWarning,
        fmt::format("{}: uid {} was sent away", counter->window.name,
                    user ? std::to_string(*user) : "?"));
    return;
  }
  const auto most = runtime_->config.*counter->window.sessions;
  if (counter->clients >= most && !MakeRoom(counter)) return;
  const auto at = static_cast<std::size_t>(fd);
  if (at >= clients_.size()) clients_.resize(at + 1);
  const std::uint64_t number = next_++;
  const auto resume = [this, at, number](std::function<void()> function) {
    Post([this, at, number, function = std::move(function)] {
      Client* const client = clients_[at].get();
      if (client == nullptr || client->number != number) return;
      function();
      client->step = Session::Step::kMore;
      ServeClient(client);
    });
  };
  auto client = std::make_unique<Client>(
      Client{std::move(socket), counter, number, user.value_or(kNobody),
             counter->window.open(resume), number, now_, EPOLLIN});
  Control(EPOLL_CTL_ADD, fd, EPOLLIN);
  clients_[at] = std::move(client);
  ++counter->clients;
  ++count_;
}

// Of the user who has most clients at a counter, or at all of them, who is
// silent for longest: who asks now and then comes back; who never asks, or
// never ends, does not keep others out. False: there was none.
bool Desk::CloseLongestSilent(const Counter* counter) {
  struct Clients {
    std::size_t count = 0;
    Client* longest = nullptr;
  };
  std::map<std::uint32_t, Clients> users;
  for (const auto& client : clients_) {
    if (!client || client->is_waiting()) continue;
    if (counter != nullptr && client->counter != counter) continue;
    Clients& clients = users[client->user];
    ++clients.count;
    if (!clients.longest || client->heard < clients.longest->heard) {
      clients.longest = client.get();
    }
  }
  const auto most = std::max_element(users.begin(), users.end(),
                                     [](const auto& a, const auto& b) {
                                       return a.second.count < b.second.count;
                                     });
  if (most == users.end()) return false;
  Close(most->second.longest);
  return true;
}

bool Desk::MakeRoom(Counter* counter) {
  const std::size_t before = counter->clients;
  const bool has_room = CloseLongestSilent(counter);
  if (counter->crowded.IsDue(now_)) {
    Log(LogLevel::kWarning,
        fmt::format("{}: {} sessions, {}", counter->window.name, before,
                    has_room ? "the one that has been silent for longest made "
                               "room"
                             : "one more was sent away"));
  }
  return has_room;
}

bool Desk::IsOverdue(const Client& client) const {
  if (client.is_waiting()) return false;
  const auto silent = now_ - client.active;
  if (!client.unsent.empty()) return silent >= kPatience;
  if (leaving_) return true;
  const auto timeout = client.counter->window.timeout;
  if (timeout == nullptr) return false;
  const seconds idle(runtime_->config.*timeout);
  return silent >=
         (client.session->is_idle() ? idle : std::min(idle, kPatience));
}

void Desk::Sweep() {
  swept_ = now_;
  for (const auto& client : clients_) {
    if (client && IsOverdue(*client)) Close(client.get());
  }
  for (const auto& counter : counters_) {
    if (!std::exchange(counter->is_paused, false)) continue;
    if (!counter->socket.is_open()) continue;
    Control(EPOLL_CTL_MOD, counter->socket.get(), EPOLLIN);
  }
}

}  // namespace postbounce
