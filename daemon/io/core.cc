#include "daemon/io/core.h"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <functional>
#include <optional>
#include <utility>

#include "daemon/explanation.h"
#include "daemon/intake.h"
#include "daemon/log.h"
#include "mime/text/text.h"

namespace postbounce {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

// Smaller mails are read in less time than it takes to wake another thread.
constexpr std::size_t kReadAtOnce = 16u << 10;

// Suspends a coroutine until `start` has called the function that it is given,
// on the loop's thread.
template <class T, class Start>
asio::awaitable<T> Await(Start start) {
  const auto initiate = [start](auto handler) {
    const auto resume = std::make_shared<decltype(handler)>(std::move(handler));
    start([resume](T value) { std::move (*resume)(std::move(value)); });
  };
  return asio::async_initiate<const asio::use_awaitable_t<>, void(T)>(
      initiate, asio::use_awaitable);
}

}  // namespace

std::optional<Mail> UnderstandOrLog(const LmtpSession::Delivery& delivery,
                                    Route route, const Runtime& runtime,
                                    const Site& site) {
  try {
    return UnderstandMail(delivery.envelope, route, delivery.bytes,
                          delivery.size, runtime, site, Now());
  } catch (const std::exception& error) {
    Log(LogLevel::kError,
        std::string("a mail could not be read: ") + error.what());
    return std::nullopt;
  }
}

void LogException(const std::exception_ptr& exception) {
  if (!exception) return;
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& error) {
    Log(LogLevel::kError, std::string("a session ended: ") + error.what());
  }
}

void Core::Submit(const LmtpSession::Delivery& delivery, Route route,
                  const Runtime& with, const Site& of,
                  const Committer::Done& done) {
  auto mail = UnderstandOrLog(delivery, route, with, of);
  if (mail) {
    counters.others.AddMail(*mail, route);
    return committer->Submit(*std::move(mail), done);
  }
  asio::post(loop,
             [done] { done(Error(ErrorCode::kUnavailable, "out of memory")); });
}

asio::awaitable<Result<Outcome>> Core::StoreMail(
    const LmtpSession::Delivery* delivery, Route route) {
  return Await<Result<Outcome>>(
      [this, delivery, route](const Committer::Done& done) {
        if (delivery->bytes.size() <= kReadAtOnce) {
          return Submit(*delivery, route, *runtime, *site, done);
        }
        asio::post(workers,
                   [this, delivery, route, done, with = runtime, of = site] {
                     Submit(*delivery, route, *with, *of, done);
                   });
      });
}

asio::awaitable<Result<Outcome>> Core::StoreWrite(Write write) {
  const auto shared = std::make_shared<Write>(std::move(write));
  return Await<Result<Outcome>>([this, shared](Committer::Done done) {
    committer->Submit(std::move(*shared), std::move(done));
  });
}

asio::awaitable<Result<void>> Core::StoreAll(std::vector<Write> writes) {
  for (Write& write : writes) {
    const Result<Outcome> outcome = co_await StoreWrite(std::move(write));
    if (!outcome) co_return outcome.error();
  }
  co_return Result<void>();
}

asio::awaitable<json::object> Core::OnReader(
    std::function<json::object(Reader*)> read) {
  using Done = std::function<void(json::object)>;
  return Await<json::object>([this, read = std::move(read)](const Done& done) {
    asio::post(readers, [this, read, done] {
      json::object answer = read(reader.get());
      asio::post(loop, [done, answer = std::move(answer)] { done(answer); });
    });
  });
}

asio::awaitable<json::object> Core::Read(json::object request, Door door) {
  return OnReader([request = std::move(request), door, of = site,
                   with = runtime](Reader* from) {
    if (request.if_contains("verb") != nullptr &&
        request.at("verb") == "explain") {
      return Answered(request, AnswerExplain(request, with->rules));
    }
    return Service(from, of->policy).Answer(request, door, Now());
  });
}

}  // namespace postbounce
