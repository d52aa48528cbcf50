#include "daemon/io/core.h"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "daemon/intake.h"
#include "daemon/log.h"
#include "mime/text/text.h"

namespace postbounce {

namespace asio = boost::asio;

Timestamp Now() {
  return std::chrono::time_point_cast<Timestamp::duration>(
      std::chrono::system_clock::now());
}

namespace {

// Only memory can run out in there, which the next mail may not need.
std::optional<Mail> UnderstandOrLog(const LmtpSession::Delivery& delivery,
                                    Route route, const Runtime& runtime) {
  try {
    return UnderstandMail(delivery.envelope, route, delivery.bytes,
                          delivery.size, runtime, Now());
  } catch (const std::exception& error) {
    Log(LogLevel::kError,
        std::string("a mail could not be read: ") + error.what());
    return std::nullopt;
  }
}

}  // namespace

asio::awaitable<Result<Outcome>> Core::StoreMail(
    LmtpSession::Delivery* delivery, Route route) {
  const auto start = [this, delivery, route](auto handler) {
    auto done = std::make_shared<decltype(handler)>(std::move(handler));
    asio::post(workers, [this, delivery, route, done, kept = runtime] {
      const auto finish = [done](const Result<Outcome>& outcome) {
        std::move (*done)(outcome);
      };
      auto mail = UnderstandOrLog(*delivery, route, *kept);
      if (mail) {
        committer->Submit(*std::move(mail), finish);
      } else {
        asio::post(loop, [finish] {
          finish(Error(ErrorCode::kUnavailable, "out of memory"));
        });
      }
    });
  };
  return asio::async_initiate<const asio::use_awaitable_t<>,
                              void(Result<Outcome>)>(start,
                                                     asio::use_awaitable);
}

asio::awaitable<Result<Outcome>> Core::StoreWrite(Write write) {
  auto shared = std::make_shared<Write>(std::move(write));
  const auto start = [this, shared](auto handler) {
    auto done = std::make_shared<decltype(handler)>(std::move(handler));
    committer->Submit(
        std::move(*shared),
        [done](const Result<Outcome>& outcome) { std::move (*done)(outcome); });
  };
  return asio::async_initiate<const asio::use_awaitable_t<>,
                              void(Result<Outcome>)>(start,
                                                     asio::use_awaitable);
}

asio::awaitable<boost::json::object> Core::Read(boost::json::object request,
                                                Door door) {
  auto shared = std::make_shared<boost::json::object>(std::move(request));
  const auto start = [this, shared, door](auto handler) {
    auto done = std::make_shared<decltype(handler)>(std::move(handler));
    asio::post(readers, [this, shared, door, done] {
      auto answer = std::make_shared<boost::json::object>(
          Service(reader.get()).Answer(*shared, door, Now()));
      asio::post(loop,
                 [done, answer] { std::move (*done)(std::move(*answer)); });
    });
  };
  return asio::async_initiate<const asio::use_awaitable_t<>,
                              void(boost::json::object)>(start,
                                                         asio::use_awaitable);
}

}  // namespace postbounce
