#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/finder.h"
#include "daemon/hello.h"
#include "daemon/io/core.h"
#include "daemon/io/send.h"
#include "daemon/protocol/line_reader.h"
#include "daemon/quick_check.h"

namespace postbounce {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kBuffer = 16u << 10;
// Answers collected before they are written, when a client pipelines.
constexpr std::size_t kOutput = 64u << 10;
// To take an answer that is written.
constexpr std::chrono::seconds kPatience{30};

bool IsVerb(const json::object& request, std::string_view name) {
  const json::value* verb = request.if_contains("verb");
  return verb != nullptr && verb->is_string() && verb->get_string() == name;
}

// A request that has the connection to itself, which only the control socket
// takes.
bool IsExchange(const json::object& request, Door door) {
  return door == Door::kControl &&
         (IsVerb(request, "log-import") || IsVerb(request, "replay"));
}

// Answers what has come of a client, in turn.
class JsonSession {
 public:
  JsonSession(Core& core, std::shared_ptr<Connection> connection, Door door)
      : core_(core),
        connection_(std::move(connection)),
        door_(door),
        lines_(MaxRequest(door)),
        finder_(core.index, *core.keys, core.site) {}

  asio::awaitable<void> Serve();

 private:
  void AnswerTaken();
  std::optional<LineReader::Line> AnswerPlain();
  asio::awaitable<bool> Answer(LineReader::Line line);
  asio::awaitable<void> Execute(json::object request);
  void Reply(const json::object& answer) {
    output_ += json::serialize(answer);
    output_ += '\n';
  }

  Core& core_;
  const std::shared_ptr<Connection> connection_;
  const Door door_;
  LineReader lines_;
  Finder finder_;
  QuickCheck quick_;
  std::string output_;
};

// False when the client has been served by somebody else.
asio::awaitable<bool> JsonSession::Answer(LineReader::Line line) {
  auto request = ParseRequest(line);
  if (!request) {
    Reply(Refusal(json::object(), request.error()));
    co_return true;
  }
  if (const auto taken = TakeProtocol(&*request); !taken) {
    Reply(Refusal(*request, taken.error()));
    co_return true;
  }
  if (IsExchange(*request, door_)) {
    const auto serve = IsVerb(*request, "replay") ? ServeReplay : ServeImport;
    co_await serve(core_, connection_, *std::move(request));
    co_return false;
  }
  connection_->working = true;
  co_await Execute(*std::move(request));
  connection_->working = false;
  co_return true;
}

asio::awaitable<void> JsonSession::Execute(json::object request) {
  if (IsVerb(request, "check")) {
    const auto find = [this](std::string_view address,
                             std::string_view scope) -> Result<Finding> {
      const auto keys = core_.keys->Of(address);
      if (!keys) return keys.error();
      return core_.index.Find(*keys, scope, Now());
    };
    Reply(Answered(request,
                   AnswerCheck(request, core_.site->policy.scopes, find)));
    co_return;
  }
  auto write = WriteOf(request, door_, core_.site->policy.scopes, Now());
  if (!write) {
    Reply(co_await core_.Read(std::move(request), door_));
  } else if (!*write) {
    Reply(Refusal(request, write->error()));
  } else {
    const Result<Outcome> outcome =
        co_await core_.StoreWrite(**std::move(write));
    Reply(AnswerWritten(request, outcome));
  }
}

void JsonSession::AnswerTaken() {
  const auto find = [this](std::span<Asked> asked) {
    finder_.Find(asked, Now());
  };
  quick_.Answer(find, &output_);
}

// Answers plain requests, up to a line that is another one.
std::optional<LineReader::Line> JsonSession::AnswerPlain() {
  std::optional<LineReader::Line> line;
  while (output_.size() < kOutput) {
    line = lines_.Next();
    if (!line || !quick_.Take(line->text)) break;
    line.reset();
    if (quick_.is_full()) AnswerTaken();
  }
  AnswerTaken();
  return line;
}

asio::awaitable<void> JsonSession::Serve() {
  std::vector<char> buffer(kBuffer);
  while (!core_.stopping && !connection_->expired) {
    const std::optional<LineReader::Line> line = AnswerPlain();
    if (line && !co_await Answer(*line)) co_return;
    if (line && output_.size() < kOutput) continue;
    if (!output_.empty()) {
      std::string_view rest = output_;
      if (!SendNow(*connection_, &rest)) co_return;
      if (!rest.empty()) {
        const std::chrono::seconds idle =
            std::exchange(connection_->timeout, kPatience);
        if (!co_await SendRest(*connection_, rest)) co_return;
        connection_->timeout = idle;
      }
      output_.clear();
      continue;
    }
    const auto [error, size] = co_await connection_->socket.async_read_some(
        asio::buffer(buffer), kAsTuple);
    if (error) co_return;
    connection_->Touch();
    lines_.Append(std::string_view(buffer.data(), size));
  }
}

}  // namespace

asio::awaitable<void> ServeJson(Core& core,
                                std::shared_ptr<Connection> connection,
                                Door door) {
  JsonSession session(core, std::move(connection), door);
  co_await session.Serve();
}

}  // namespace postbounce
