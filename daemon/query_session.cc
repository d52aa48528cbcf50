#include "daemon/query_session.h"

#include <boost/json/serialize.hpp>
#include <span>
#include <utility>

#include "daemon/hello.h"

namespace postbounce {
namespace {

namespace json = boost::json;
// Answers collected before they are written, when a client pipelines.
constexpr std::size_t kOutput = 64u << 10;

bool IsVerb(const json::object& request, std::string_view name) {
  const json::value* verb = request.if_contains("verb");
  return verb != nullptr && verb->is_string() && verb->get_string() == name;
}

// A request that has the connection to itself, which only the control socket
// takes.
bool IsExchange(const json::object& request, Door door) {
  return door == Door::kControl &&
         (IsVerb(request, "log-import") || IsVerb(request, "replay") ||
          IsVerb(request, "import") || IsVerb(request, "backup"));
}

void AppendLine(const json::object& answer, std::string* output) {
  output->append(json::serialize(answer)).push_back('\n');
}

}  // namespace

QuerySession::QuerySession(Parts parts)
    : parts_(std::move(parts)), lines_(MaxRequest(parts_.door)) {}

Session::Step QuerySession::Feed(std::string_view bytes, std::string* output) {
  lines_.Append(bytes);
  if (is_waiting_) {
    if (!answer_) return Step::kWait;
    AppendLine(*std::exchange(answer_, std::nullopt), output);
    is_waiting_ = false;
  }
  for (;;) {
    const std::optional<LineReader::Line> line = AnswerPlain(output);
    const Step step = line ? Answer(*line, output) : Step::kRead;
    if (step != Step::kMore && line) return step;
    if (output->size() >= kOutput) return Step::kMore;
    if (!line) return Step::kRead;
  }
}

// Answers plain requests, up to a line that is another one.
std::optional<LineReader::Line> QuerySession::AnswerPlain(std::string* output) {
  std::optional<LineReader::Line> line;
  while (output->size() < kOutput) {
    line = lines_.Next();
    if (!line || !quick_.Take(line->text)) break;
    line.reset();
    if (quick_.is_full()) AnswerTaken(output);
  }
  AnswerTaken(output);
  return line;
}

void QuerySession::AnswerTaken(std::string* output) {
  const auto find = [this](std::span<Asked> asked) {
    parts_.finder.Find(asked, parts_.now());
  };
  quick_.Answer(find, output);
}

// kMore: it has been answered.
Session::Step QuerySession::Answer(LineReader::Line line, std::string* output) {
  auto request = ParseRequest(line);
  if (!request) {
    AppendLine(Refusal(json::object(), request.error()), output);
  } else if (const auto taken = TakeProtocol(&*request); !taken) {
    AppendLine(Refusal(*request, taken.error()), output);
  } else if (IsVerb(*request, "check")) {
    AppendLine(Check(*request), output);
  } else if (IsExchange(*request, parts_.door)) {
    last_ = *std::move(request);
    return Step::kGive;
  } else {
    Ask(*std::move(request));
    return Step::kWait;
  }
  return Step::kMore;
}

json::object QuerySession::Check(const json::object& request) {
  const auto find = [this](std::string_view address, std::string_view scope) {
    return parts_.finder.FindIn(address, scope, parts_.now());
  };
  return Answered(request,
                  AnswerCheck(request, parts_.site->policy.scopes, find));
}

void QuerySession::Ask(json::object request) {
  is_waiting_ = true;
  const auto resume = parts_.resume;
  parts_.ask(std::move(request), [this, resume](json::object answer) {
    // Only there is it known whether this session lives.
    resume([this, answer = std::move(answer)] { answer_ = answer; });
  });
}

void QuerySession::Give(int fd) { parts_.give(fd, std::move(last_)); }

}  // namespace postbounce
