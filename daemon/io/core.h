#ifndef POSTBOUNCE_DAEMON_IO_CORE_H_
#define POSTBOUNCE_DAEMON_IO_CORE_H_

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/json/object.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/clock.h"
#include "daemon/committer.h"
#include "daemon/counters.h"
#include "daemon/forwarder.h"
#include "daemon/index.h"
#include "daemon/io/connection.h"
#include "daemon/io/desk.h"
#include "daemon/lookups.h"
#include "daemon/protocol/byte_budget.h"
#include "daemon/protocol/lmtp_session.h"
#include "daemon/query_session.h"
#include "daemon/runtime.h"
#include "daemon/service.h"
#include "daemon/site.h"
#include "store/store.h"

namespace postbounce {

// What every connection shares. Everything here belongs to the loop's thread
// unless it says otherwise. Members are destroyed from the last to the first:
// threads end before what they use.
struct Core {
  Core(std::shared_ptr<const Runtime> first_runtime, std::string host)
      : runtime(std::move(first_runtime)),
        hostname(std::move(host)),
        budget(runtime->config.intake_memory) {}

  std::shared_ptr<const Runtime> runtime;
  std::shared_ptr<const Site> site = std::make_shared<const Site>();
  const std::string hostname;
  ByteBudget budget;
  // What was posted and never ran may hold a share of the budget.
  boost::asio::io_context loop{1};
  Index index;  // for any thread
  // What each of these threads counts, and all others together.
  struct {
    CounterShare postfix, queries, writer, others;
  } counters;
  std::string config_path;
  Timestamp started = Now();
  Timestamp loaded = started;  // the configuration
  Connections connections;
  bool stopping = false;
  std::unique_ptr<Store> store;
  std::unique_ptr<Reader> reader;  // of the thread of `readers` alone
  // Those who ask: Postfix, and at the JSON sockets. Each has a desk, so that a
  // flood of queries holds up no mail.
  struct Asking {
    std::unique_ptr<Lookups> lookups;  // of the desk's thread
    std::unique_ptr<Desk> desk;
  };
  Asking postfix, queries;
  // Connections that the desk has given away, and the loop does not have yet.
  std::atomic<int> given{0};
  std::unique_ptr<Committer> committer;
  std::unique_ptr<Forwarder> forwarder;
  boost::asio::thread_pool workers{2};
  boost::asio::thread_pool readers{1};

  // Judges and stores one message; resumes when it is durable or has failed.
  boost::asio::awaitable<Result<Outcome>> StoreMail(
      const LmtpSession::Delivery* delivery, Route route);
  // What StoreMail does, on any thread. `delivery` must live until `done`.
  void Submit(const LmtpSession::Delivery& delivery, Route route,
              const Runtime& with, const Site& of, const Committer::Done& done);
  // Writes something else.
  boost::asio::awaitable<Result<Outcome>> StoreWrite(Write write);
  // Writes one after the other, until one fails.
  boost::asio::awaitable<Result<void>> StoreAll(std::vector<Write> writes);
  // What `read` gives on the reader's thread.
  boost::asio::awaitable<boost::json::object> OnReader(
      std::function<boost::json::object(Reader*)> read);
  // Answers from the store, on the reader's thread.
  boost::asio::awaitable<boost::json::object> Read(boost::json::object request,
                                                   Door door);
};

// Adds to the answer to `stats` what only a running daemon knows. For the
// loop's thread.
void AddState(const Core& core, boost::json::object* answer);

// What a mail says; nothing if memory runs out, which the next mail may not
// need. For any thread.
std::optional<Mail> UnderstandOrLog(const ReceivedMail& received, Route route,
                                    const Runtime& runtime, const Site& site);
// Of a session that an exception has ended: only memory can be the cause.
void LogException(const std::exception_ptr& exception);

// Serves one client until it leaves, is silent for too long, or the daemon
// stops.
boost::asio::awaitable<void> ServeLmtp(Core& core,
                                       std::shared_ptr<Connection> connection,
                                       Route route);

// Answers a request of a JSON socket that is not `check`. For any thread;
// `reply` is called on the loop's.
void AnswerQuery(Core& core, boost::json::object request, Door door,
                 QuerySession::Parts::Reply reply);
// Serves the request that a connection is used for to its end. For any thread.
void TakeConnection(Core& core, int fd, boost::json::object request);
// Serves "log-import", which is the last request of its connection: files come
// over it, and reports go back.
boost::asio::awaitable<void> ServeImport(Core& core,
                                         std::shared_ptr<Connection> connection,
                                         boost::json::object request);

// Serves "replay" in the same way: rules come over the connection.
boost::asio::awaitable<void> ServeReplay(Core& core,
                                         std::shared_ptr<Connection> connection,
                                         boost::json::object request);

// Serves "backup" in the same way: a file to be filled comes over the
// connection.
boost::asio::awaitable<void> ServeBackup(Core& core,
                                         std::shared_ptr<Connection> connection,
                                         boost::json::object request);

// Serves "import" in the same way: one file comes over the connection.
boost::asio::awaitable<void> ServeListImport(
    Core& core, std::shared_ptr<Connection> connection,
    boost::json::object request);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_IO_CORE_H_
