#include "daemon/origin.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "mime/text/text.h"
#include "store/log_keys.h"

namespace postbounce {
namespace {

constexpr std::size_t kOutput = 1u << 20;
constexpr std::size_t kShownTable = 200;

// What an injected sender cannot be: Postfix's own notices and probes.
bool IsSenderOfNotices(std::string_view sender) {
  return sender.empty() || StartsWithIgnoringCase(sender, "double-bounce@") ||
         StartsWithIgnoringCase(sender, "mailer-daemon@") ||
         EqualsIgnoringCase(sender, "mailer-daemon");
}

// Others deliver on this site, whose domains may stand in tables that are not
// read here; or they repeat what was said of a destination.
constexpr std::string_view kToOtherSites = "smtp";

bool IsDomainName(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    const char lower = AsciiLower(c);
    return (lower >= 'a' && lower <= 'z') || IsDigit(c) || c == '-' ||
           c == '.' || c == '_';
  });
}

// A daemon's or a user's PATH may lack where postconf(1) is.
Result<std::string> Ask(const std::string& postconf) {
  const std::string command =
      "PATH=\"$PATH:/usr/sbin:/usr/local/sbin\"; " + postconf +
      " -xh mydestination virtual_alias_domains virtual_mailbox_domains"
      " relay_domains 2>/dev/null";
  FILE* const pipe = popen(command.c_str(), "r");
  std::string output;
  std::array<char, 4096> chunk;
  while (pipe != nullptr && output.size() < kOutput) {
    const std::size_t size = fread(chunk.data(), 1, chunk.size(), pipe);
    if (size == 0) break;
    output.append(chunk.data(), size);
  }
  if (pipe != nullptr && pclose(pipe) == 0) return output;
  return Error(ErrorCode::kIo,
               "postconf does not say what domains this site has; failures in "
               "the logs change nothing until origin.local_domains names them");
}

}  // namespace

DomainWords DomainsIn(std::string_view postconf_output) {
  DomainWords domains;
  while (!postconf_output.empty()) {
    const std::size_t end = postconf_output.find_first_of(", \t\r\n");
    const std::string_view word = postconf_output.substr(0, end);
    if (IsDomainName(word)) {
      domains.names.push_back(ToLower(word));
    } else if (word.find('/') != std::string_view::npos) {
      domains.tables.push_back(Printable(word, kShownTable));
    }
    postconf_output.remove_prefix(
        end == std::string_view::npos ? postconf_output.size() : end + 1);
  }
  return domains;
}

Result<Origin> Origin::Load(const Config& config, const std::string& postconf) {
  std::vector<Network> trusted;
  for (const std::string& text : config.origin_trusted_clients) {
    const auto network = Network::Parse(text);
    if (!network) return network.error();
    trusted.push_back(*network);
  }
  if (!config.origin_local_domains.empty()) {
    return Origin(config.origin_local_domains, std::move(trusted));
  }
  const auto output = Ask(postconf);
  if (!output) return output.error();
  DomainWords domains = DomainsIn(*output);
  if (domains.names.empty()) {
    return Error(ErrorCode::kNotFound,
                 "postconf tells no domain of this site; failures in the logs "
                 "change nothing until origin.local_domains names them",
                 Clip(*output, Error::kMaxBytes));
  }
  Origin origin(std::move(domains.names), std::move(trusted));
  origin.unknown_ = std::move(domains.tables);
  return origin;
}

Origin::Origin(std::vector<std::string> local_domains,
               std::vector<Network> trusted)
    : domains_(std::move(local_domains)), trusted_(std::move(trusted)) {
  for (std::string& domain : domains_) domain = ToLower(domain);
  std::sort(domains_.begin(), domains_.end());
}

// A subdomain counts as its parent does in relay_domains.
bool Origin::IsLocal(std::string_view domain) const {
  std::string name = ToLower(domain);
  while (!name.empty()) {
    if (std::binary_search(domains_.begin(), domains_.end(), name)) return true;
    const std::size_t dot = name.find('.');
    if (dot == std::string::npos) return false;
    name.erase(0, dot + 1);
  }
  return false;
}

bool Origin::IsOurs(const LogMessage& message,
                    const LogAttempt& attempt) const {
  if (domains_.empty() || !message.sender ||
      IsSenderOfNotices(*message.sender)) {
    return false;
  }
  const bool is_injected =
      message.is_local || !message.sasl_user.empty() ||
      std::any_of(trusted_.begin(), trusted_.end(), [&](const Network& one) {
        return one.Contains(message.client_address);
      });
  const std::string_view domain = DomainOf(attempt.recipient);
  return is_injected && attempt.program == kToOtherSites && !attempt.is_probe &&
         !domain.empty() && !IsLocal(domain);
}

}  // namespace postbounce
