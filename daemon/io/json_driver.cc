#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/serialize.hpp>
#include <string>
#include <utility>
#include <vector>

#include "daemon/io/core.h"
#include "daemon/protocol/line_reader.h"
#include "mime/text/limits.h"

namespace postbounce {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kBuffer = 16u << 10;
// A thousand long addresses, which only root may send at once.
constexpr std::size_t kControlLine = 1u << 20;
// Answers collected before they are written, when a client pipelines.
constexpr std::size_t kOutput = 1u << 20;

bool IsVerb(const json::object& request, std::string_view name) {
  const json::value* verb = request.if_contains("verb");
  return verb != nullptr && verb->is_string() && verb->get_string() == name;
}

// A request that has the connection to itself, which only the control socket
// takes.
std::optional<json::object> AsExchange(const LineReader::Line& line,
                                       Door door) {
  if (door != Door::kControl) return std::nullopt;
  auto request = ParseRequest(line);
  const bool is_exchange =
      request && (IsVerb(*request, "log-import") || IsVerb(*request, "replay"));
  if (!is_exchange) return std::nullopt;
  return *std::move(request);
}

json::object AnswerFromIndex(const Core& core, const json::object& request) {
  const auto is_suppressed = [&core](const Address& address,
                                     std::string_view sender) -> Result<bool> {
    const std::string scope = core.site->policy.scopes.NameOf(sender);
    return core.index.IsSuppressed(core.keys->KeyOf(address),
                                   core.keys->KeyOfDomain(address), scope,
                                   Now());
  };
  return Answered(request, AnswerCheck(request, is_suppressed));
}

asio::awaitable<json::object> AnswerOf(Core& core, LineReader::Line line,
                                       Door door) {
  auto request = ParseRequest(line);
  if (!request) co_return Refusal(json::object(), request.error());
  if (IsVerb(*request, "check")) co_return AnswerFromIndex(core, *request);
  auto write = WriteOf(*request, door, core.site->policy.scopes, Now());
  if (!write) co_return co_await core.Read(*std::move(request), door);
  if (!*write) co_return Refusal(*request, write->error());
  const Result<Outcome> outcome = co_await core.StoreWrite(**std::move(write));
  co_return AnswerWritten(*request, outcome);
}

}  // namespace

asio::awaitable<void> ServeJson(Core& core,
                                std::shared_ptr<Connection> connection,
                                Door door) {
  LineReader lines(door == Door::kControl ? kControlLine : limits::kQueryLine);
  std::vector<char> buffer(kBuffer);
  while (!core.stopping && !connection->expired) {
    std::string output;
    while (output.size() < kOutput) {
      std::optional<LineReader::Line> line = lines.Next();
      if (!line) break;
      if (auto request = AsExchange(*line, door)) {
        const auto serve =
            IsVerb(*request, "replay") ? ServeReplay : ServeImport;
        co_await serve(core, connection, *std::move(request));
        co_return;
      }
      connection->working = true;
      const json::object answer =
          co_await AnswerOf(core, *std::move(line), door);
      connection->working = false;
      output += json::serialize(answer);
      output += '\n';
    }
    if (!output.empty()) {
      const auto [error, written] = co_await asio::async_write(
          connection->socket, asio::buffer(output), kAsTuple);
      if (error) co_return;
      connection->Touch();
      continue;
    }
    const auto [error, size] = co_await connection->socket.async_read_some(
        asio::buffer(buffer), kAsTuple);
    if (error) co_return;
    connection->Touch();
    lines.Append(std::string_view(buffer.data(), size));
  }
}

}  // namespace postbounce
