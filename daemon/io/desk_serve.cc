#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <utility>

#include "daemon/io/desk.h"
#include "daemon/log.h"

namespace postbounce {
namespace {

// Of requests, before it is another client's turn.
constexpr std::size_t kBuffer = 16u << 10;

}  // namespace

void Desk::ServeClient(Client* client) {
  try {
    ServeOrThrow(client);
  } catch (const std::exception& error) {  // only memory can be wanting
    Log(LogLevel::kError,
        fmt::format("{}: a session ended: {}", client->counter->window.name,
                    error.what()));
    Close(client);
  }
}

// Of one whose descriptor is ready, or whose answer is.
void Desk::ServeOrThrow(Client* client) {
  using Step = Session::Step;
  if (!client->unsent.empty()) return SendRest(client);
  switch (client->step) {
    case Step::kWait:
      return Close(client);  // it has gone
    case Step::kMore:
      return Feed(client, {});
    default:
      return Read(client);
  }
}

void Desk::Read(Client* client) {
  char buffer[kBuffer];
  const ssize_t size = recv(client->socket.get(), buffer, sizeof buffer, 0);
  if (size > 0) {
    Feed(client, std::string_view(buffer, static_cast<std::size_t>(size)));
  } else if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
    Close(client);
  }
}

void Desk::Feed(Client* client, std::string_view bytes) {
  const bool is_new = client->session->is_idle();
  do {
    output_.clear();
    client->step = client->session->Feed(std::exchange(bytes, {}), &output_);
    // Not for each byte of a request: it has to come to its end.
    if (is_new || !output_.empty()) {
      client->heard = next_++;
      client->active = now_;
    }
    if (!Send(client)) return Close(client);
  } while (client->step == Session::Step::kMore && client->unsent.empty());
  Await(client);
}

// False: the client has gone.
bool Desk::Send(Client* client) {
  if (output_.empty()) return true;
  ssize_t sent =
      send(client->socket.get(), output_.data(), output_.size(), MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) return false;
  const auto size = static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
  if (size < output_.size()) client->unsent.append(output_, size);
  return true;
}

void Desk::SendRest(Client* client) {
  output_ = std::exchange(client->unsent, {});
  const std::size_t before = output_.size();
  if (!Send(client)) return Close(client);
  if (client->unsent.size() < before) client->active = now_;
  if (!client->unsent.empty()) return;
  if (client->step == Session::Step::kMore) return Feed(client, {});
  Await(client);
}

// What comes next of a client whose session has been fed.
void Desk::Await(Client* client) {
  using Step = Session::Step;
  if (!client->unsent.empty()) return Watch(client, EPOLLOUT);
  switch (client->step) {
    case Step::kRead:
    case Step::kMore:
      return leaving_ ? Close(client) : Watch(client, EPOLLIN);
    case Step::kWait:
      return Watch(client, 0);
    case Step::kGive:
      return GiveAway(client);
    case Step::kClose:
      if (client->counter->malformed.IsDue(now_)) {
        Log(LogLevel::kWarning, fmt::format("{}: a client was sent away: {}",
                                            client->counter->window.name,
                                            client->session->problem()));
      }
      return Close(client);
  }
}

void Desk::Watch(Client* client, std::uint32_t events) {
  if (client->watched == events) return;
  Control(EPOLL_CTL_MOD, client->socket.get(), events);
  client->watched = events;
}

void Desk::GiveAway(Client* client) {
  // The kernel would go on telling of a copy.
  Control(EPOLL_CTL_DEL, client->socket.get(), 0);
  const int fd = client->socket.Release();
  client->session->Give(fd);
  Remove(static_cast<std::size_t>(fd));
}

void Desk::Close(Client* client) {
  Remove(static_cast<std::size_t>(client->socket.get()));
}

void Desk::Remove(std::size_t at) {
  --clients_[at]->counter->clients;
  clients_[at].reset();
  --count_;
}

}  // namespace postbounce
