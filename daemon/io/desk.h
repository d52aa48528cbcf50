#ifndef POSTBOUNCE_DAEMON_IO_DESK_H_
#define POSTBOUNCE_DAEMON_IO_DESK_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "daemon/config.h"
#include "daemon/logs/fd.h"
#include "daemon/protocol/session.h"
#include "daemon/runtime.h"
#include "daemon/seldom.h"

namespace postbounce {

// Serves clients that ask. It has a thread of its own, so that a lookup waits
// neither for mail nor for the disk, and asks the kernel by epoll(7) itself,
// which takes two thirds of the system calls that Asio makes for a question and
// its answer.
class Desk {
 public:
  // A socket that clients come to.
  struct Window {
    std::string name;                 // for the log: "policy"
    std::uint64_t Config::*sessions;  // Clients at a time. For one more, the
                                      // one that is silent for longest leaves.
    std::uint64_t Config::*timeout;   // null: clients may stay silent
    bool trusted_only = false;        // root and our own user alone
    // Makes the session of a new client, on the desk's thread. `resume` runs a
    // function there and feeds the session nothing, unless it has ended; any
    // thread may call it, as long as the desk lives.
    using Resume = std::function<void(std::function<void()>)>;
    std::function<std::unique_ptr<Session>(Resume resume)> open;
  };

  // `runtime` may be replaced on the desk's thread.
  explicit Desk(const std::shared_ptr<const Runtime>& runtime);
  // Stop().
  ~Desk();
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  // Takes the clients of a socket that listens. Before Start().
  void Add(Fd socket, Window window);
  void Start();

  // Runs a function on the desk's thread, after those posted before. For any
  // thread, also before Start(); after Stop() nothing is run any more.
  void Post(std::function<void()> function);

  // No new clients; those that are there leave when they have what they have
  // asked for. For any thread.
  void Leave();
  // How many are there. For any thread.
  std::size_t clients() const { return count_; }

  // Runs what was posted and ends the thread, and with it all clients.
  // Idempotent.
  void Stop();

 private:
  using Time = std::chrono::steady_clock::time_point;
  // A window and who is at it.
  struct Counter {
    Fd socket;
    Window window;
    std::size_t clients = 0;
    bool is_paused = false;  // out of descriptors
    Seldom crowded = {};
    Seldom full = {};
    Seldom malformed = {};
  };
  struct Client {
    Fd socket;
    Counter* counter;
    std::uint64_t number;
    std::uint32_t user;
    std::unique_ptr<Session> session;
    std::uint64_t heard;  // when, as a number that only grows
    Time active;
    std::uint32_t watched;  // events
    Session::Step step = Session::Step::kRead;
    std::string unsent = {};

    bool is_waiting() const { return step == Session::Step::kWait; }
  };

  void Control(int operation, int fd, std::uint32_t events);
  void Run();
  void Try(const std::function<void()>& function);
  void RunPosted();
  void Serve(int fd);
  void Accept(Counter* counter);
  void Admit(Fd socket, Counter* counter);
  bool MakeRoom(Counter* counter);
  bool CloseLongestSilent(const Counter* counter);
  void ServeClient(Client* client);
  void ServeOrThrow(Client* client);
  void Read(Client* client);
  void Feed(Client* client, std::string_view bytes);
  bool Send(Client* client);
  void SendRest(Client* client);
  void Await(Client* client);
  void Watch(Client* client, std::uint32_t events);
  void GiveAway(Client* client);
  void Close(Client* client);
  void Remove(std::size_t at);
  void Sweep();
  bool IsOverdue(const Client& client) const;

  const std::shared_ptr<const Runtime>& runtime_;
  const Fd epoll_;
  const Fd wakeup_;  // eventfd(2)
  std::vector<std::unique_ptr<Counter>> counters_;
  std::vector<std::unique_ptr<Client>> clients_;  // by descriptor
  std::atomic<std::size_t> count_{0};
  std::uint64_t next_ = 0;  // a client's number, and when one was heard
  bool leaving_ = false;
  Time now_ = std::chrono::steady_clock::now();  // when the thread woke up
  Time swept_ = now_;
  std::string output_;  // of the client that is being served

  std::mutex mutex_;
  std::vector<std::function<void()>> posted_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_IO_DESK_H_
