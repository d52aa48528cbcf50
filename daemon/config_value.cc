#include "daemon/config_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "classifier/reason.h"
#include "daemon/answer.h"
#include "daemon/endpoint.h"
#include "daemon/protocol/address_patterns.h"
#include "mime/text/address.h"
#include "mime/text/duration.h"
#include "mime/text/network.h"
#include "mime/text/text.h"
#include "mime/text/verp.h"
#include "store/policy.h"

namespace postbounce {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};
constexpr Unit kSizeUnits[] = {
    {"B", 1}, {"KiB", 1u << 10}, {"MiB", 1u << 20}, {"GiB", 1u << 30}};

std::optional<std::uint64_t> ParseSize(std::string_view rest) {
  const std::optional<int> number = TakeNumber(&rest, 9);
  if (!number) return std::nullopt;
  for (const Unit& unit : kSizeUnits) {
    if (rest == unit.name) {
      return static_cast<std::uint64_t>(*number) * unit.factor;
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> ParseOctal(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  std::uint64_t mode = 0;
  for (char c : text) {
    if (c < '0' || c > '7') return std::nullopt;
    mode = mode * 8 + static_cast<std::uint64_t>(c - '0');
  }
  return mode;
}

// Nothing here asks who a client is, so none may come from other hosts.
std::string CheckSocket(ParameterType type, const std::string& text) {
  const auto endpoint = Endpoint::Parse(text);
  if (!endpoint) return endpoint.error().text();
  if (endpoint->is_unix()) return "";
  if (type == ParameterType::kUnixSocket) return "it must be a unix socket";
  return endpoint->host.starts_with("127.") || endpoint->host == "::1"
             ? ""
             : "an inet socket must be on loopback";
}

std::string CheckWord(const std::string& text,
                      std::initializer_list<std::string_view> words) {
  if (std::find(words.begin(), words.end(), text) != words.end()) return "";
  return fmt::format("it is one of: {}", fmt::join(words, ", "));
}

}  // namespace

std::string CheckText(ParameterType type, const std::string& text) {
  switch (type) {
    case ParameterType::kUnixSocket:
    case ParameterType::kSocketList:
      return CheckSocket(type, text);
    case ParameterType::kAnySocket:
      return text.empty() ? "" : CheckSocket(type, text);
    case ParameterType::kProgram:
      if (text.empty()) return "";
      [[fallthrough]];
    case ParameterType::kPath:
    case ParameterType::kPathList:
      return text.starts_with('/') ? "" : "the path must be absolute";
    case ParameterType::kAddress: {
      if (text.empty()) return "";
      const auto address = Address::Parse(text);
      return address ? "" : address.error().text();
    }
    case ParameterType::kPrivacy:
      return CheckWord(text, {"clear", "hashed"});
    case ParameterType::kLogLevel:
      return CheckWord(text, {"error", "warning", "info", "debug"});
    case ParameterType::kLogLines:
      return CheckWord(text, {"none", "failures", "all"});
    case ParameterType::kLogStart:
      return CheckWord(text, {"end", "beginning"});
    case ParameterType::kLogTrust:
      return CheckWord(text, {"full", "none"});
    case ParameterType::kOnSuccess:
      return CheckWord(text, {"flag", "release"});
    case ParameterType::kProof:
      return CheckWord(text, {"required", "none"});
    case ParameterType::kLookupFail:
      return CheckWord(text, {"open", "closed"});
    case ParameterType::kRefuse:
      return CheckWord(text, {"off", "monitor", "on"});
    case ParameterType::kPatternList:
      return AddressPatterns::Check(text);
    case ParameterType::kAnswer: {
      const auto answer = Answer::Parse(text);
      return answer ? "" : answer.error().ToString();
    }
    case ParameterType::kReasonList:
      return ParseReason(text) ? ""
                               : "there is no reason " + Printable(text, 80);
    case ParameterType::kReasonPolicy: {
      const auto policy = ReasonPolicy::Parse(text);
      return policy ? "" : policy.error().text();
    }
    case ParameterType::kDelimiter:
      return text.size() == 1 && kVerpDelimiters.find(text) != text.npos
                 ? ""
                 : fmt::format("it is one of: {}",
                               fmt::join(kVerpDelimiters, " "));
    case ParameterType::kNetworkList: {
      const auto network = Network::Parse(text);
      return network ? "" : network.error().text();
    }
    case ParameterType::kMatchList:
      return text.find('=') == std::string::npos || text.starts_with('=')
                 ? "a match is FIELD=value"
                 : "";
    case ParameterType::kText:
    case ParameterType::kTextList:
    case ParameterType::kFlag:
    case ParameterType::kNumber:
    case ParameterType::kSize:
    case ParameterType::kDuration:
    case ParameterType::kMode:
      return "";
  }
  return "";
}

std::optional<std::uint64_t> ReadNumber(ParameterType type,
                                        const toml::node& node) {
  if (type == ParameterType::kNumber) {
    const auto number = node.value_exact<std::int64_t>();
    if (!number || *number < 0) return std::nullopt;
    return static_cast<std::uint64_t>(*number);
  }
  const auto text = node.value_exact<std::string_view>();
  if (!text) return std::nullopt;
  if (type == ParameterType::kMode) return ParseOctal(*text);
  if (type == ParameterType::kSize) return ParseSize(*text);
  const auto duration = ParseDuration(*text);
  if (!duration) return std::nullopt;
  return static_cast<std::uint64_t>(duration->count());
}

std::string_view Expected(ParameterType type) {
  switch (type) {
    case ParameterType::kText:
    case ParameterType::kAddress:
    case ParameterType::kUnixSocket:
    case ParameterType::kPath:
    case ParameterType::kProgram:
    case ParameterType::kPrivacy:
    case ParameterType::kLogLevel:
    case ParameterType::kLogLines:
    case ParameterType::kLogStart:
    case ParameterType::kLogTrust:
    case ParameterType::kOnSuccess:
    case ParameterType::kProof:
    case ParameterType::kReasonPolicy:
    case ParameterType::kLookupFail:
    case ParameterType::kRefuse:
    case ParameterType::kAnswer:
    case ParameterType::kDelimiter:
    case ParameterType::kAnySocket:
      return "a text in quotes is wanted";
    case ParameterType::kTextList:
    case ParameterType::kSocketList:
    case ParameterType::kPathList:
    case ParameterType::kNetworkList:
    case ParameterType::kMatchList:
    case ParameterType::kPatternList:
    case ParameterType::kReasonList:
      return "a list of texts is wanted, such as [\"a\", \"b\"]";
    case ParameterType::kFlag:
      return "true or false is wanted";
    case ParameterType::kNumber:
      return "a whole number is wanted";
    case ParameterType::kSize:
      return "a size in quotes is wanted, such as \"64MiB\"";
    case ParameterType::kDuration:
      return "a duration in quotes is wanted, such as \"30d\"";
    case ParameterType::kMode:
      return "octal permissions in quotes are wanted, such as \"0660\"";
  }
  return "";
}

}  // namespace postbounce
