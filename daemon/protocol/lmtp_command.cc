#include "daemon/protocol/lmtp_command.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "mime/text/limits.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::pair<std::string_view, LmtpVerb> kVerbs[] = {
    {"LHLO", LmtpVerb::kLhlo},    {"EHLO", LmtpVerb::kHelo},
    {"HELO", LmtpVerb::kHelo},    {"MAIL", LmtpVerb::kMail},
    {"RCPT", LmtpVerb::kRcpt},    {"DATA", LmtpVerb::kData},
    {"RSET", LmtpVerb::kRset},    {"NOOP", LmtpVerb::kNoop},
    {"VRFY", LmtpVerb::kVrfy},    {"QUIT", LmtpVerb::kQuit},
    {"GET", LmtpVerb::kHttp},     {"POST", LmtpVerb::kHttp},
    {"PUT", LmtpVerb::kHttp},     {"HEAD", LmtpVerb::kHttp},
    {"OPTIONS", LmtpVerb::kHttp}, {"CONNECT", LmtpVerb::kHttp},
};

// A parameter of MAIL or RCPT that is known.
struct Parameter {
  std::string_view name;
  bool has_value;
};
constexpr Parameter kMailParameters[] = {
    {"SIZE", true},                      // RFC 1870
    {"BODY", true},                      // RFC 6152
    {"SMTPUTF8", false}, {"RET", true},  // these and those of RCPT: RFC 3461
    {"ENVID", true},
};
constexpr Parameter kRcptParameters[] = {{"ORCPT", true}, {"NOTIFY", true}};

// One of the two commands.
struct Grammar {
  std::string_view keyword;
  std::string_view bad_address;  // the enhanced status for it
  const Parameter* begin;
  const Parameter* end;
};
constexpr Grammar kMail = {"FROM:", "5.1.7", std::begin(kMailParameters),
                           std::end(kMailParameters)};
constexpr Grammar kRcpt = {"TO:", "5.1.3", std::begin(kRcptParameters),
                           std::end(kRcptParameters)};

Error Refuse(std::string_view code, std::string_view status,
             std::string_view text) {
  std::string reply(code);
  reply.append(" ").append(status).append(" ").append(text);
  return Error(ErrorCode::kSyntax, std::move(reply));
}

// Takes a path off the front of `rest`; nullopt when it does not end. In a
// quoted string, RFC 5321 section 4.1.2, ">" and blanks are as good as others.
std::optional<std::string_view> TakeAddress(std::string_view* rest) {
  const bool bracketed = TakeChar(rest, '<');
  bool quoted = false;
  std::size_t end = 0;
  for (; end < rest->size(); ++end) {
    const char c = (*rest)[end];
    if (c == '\\' && end + 1 < rest->size()) {
      ++end;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (bracketed ? c == '>' : IsBlank(c))) {
      break;
    }
  }
  if (quoted || (bracketed && end == rest->size())) return std::nullopt;
  const std::string_view address = rest->substr(0, end);
  rest->remove_prefix(bracketed ? end + 1 : end);
  return address;
}

bool HasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
  });
}

std::optional<std::uint64_t> ParseSize(std::string_view text) {
  std::uint64_t size = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, size);
  if (stop != end) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    return std::numeric_limits<std::uint64_t>::max();
  }
  if (error != std::errc()) return std::nullopt;
  return size;
}

// Reads one "NAME" or "NAME=value" into `path`.
Result<void> ReadParameter(const Grammar& grammar, std::string_view text,
                           LmtpPath* path) {
  const std::size_t equals = std::min(text.find('='), text.size());
  const std::string_view name = text.substr(0, equals);
  const std::string_view value = text.substr(std::min(equals + 1, text.size()));
  const auto known = std::find_if(
      grammar.begin, grammar.end, [name](const Parameter& parameter) {
        return EqualsIgnoringCase(parameter.name, name);
      });
  if (known == grammar.end) {
    return Refuse("555", "5.5.4", "Unsupported parameter");
  }
  if (known->has_value == value.empty()) {
    return Refuse("501", "5.5.4", "Bad parameter value");
  }
  if (known->name == "SIZE") {
    const auto size = ParseSize(value);
    if (!size) return Refuse("501", "5.5.4", "SIZE is not a number");
    path->size = *size;
  }
  return {};
}

Result<LmtpPath> ParsePath(const Grammar& grammar, std::string_view rest) {
  if (!StartsWithIgnoringCase(rest, grammar.keyword)) {
    return Refuse(
        "501", "5.5.4",
        std::string("Syntax: ").append(grammar.keyword) + "<address>");
  }
  rest = Trim(rest.substr(grammar.keyword.size()));
  const bool bracketed = rest.starts_with('<');
  const auto address = TakeAddress(&rest);
  if (!address || HasControl(*address) || (address->empty() && !bracketed)) {
    return Refuse("501", grammar.bad_address, "Bad address syntax");
  }
  if (address->size() > limits::kAddressUtf8) {
    return Refuse("501", grammar.bad_address, "Address too long");
  }
  LmtpPath path;
  path.address = *address;
  if (!rest.empty() && !IsBlank(rest.front())) {
    return Refuse("501", "5.5.4", "A blank belongs behind the address");
  }
  for (rest = Trim(rest); !rest.empty(); rest = Trim(rest)) {
    const auto end = static_cast<std::size_t>(
        std::find_if(rest.begin(), rest.end(), IsBlank) - rest.begin());
    const auto read = ReadParameter(grammar, rest.substr(0, end), &path);
    if (!read) return read.error();
    rest.remove_prefix(end);
  }
  return path;
}

}  // namespace

LmtpCommand ParseLmtpCommand(std::string_view line) {
  line = Trim(line);
  const auto end = static_cast<std::size_t>(
      std::find_if(line.begin(), line.end(), IsBlank) - line.begin());
  LmtpCommand command;
  command.argument = Trim(line.substr(end));
  for (const auto& [name, verb] : kVerbs) {
    if (EqualsIgnoringCase(name, line.substr(0, end))) command.verb = verb;
  }
  return command;
}

Result<LmtpPath> ParseMail(std::string_view argument) {
  return ParsePath(kMail, argument);
}

Result<LmtpPath> ParseRcpt(std::string_view argument) {
  auto path = ParsePath(kRcpt, argument);
  if (path && path->address.empty()) {
    return Refuse("501", kRcpt.bad_address, "There is no null recipient");
  }
  return path;
}

}  // namespace postbounce
