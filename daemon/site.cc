#include "daemon/site.h"

#include <unistd.h>

#include <algorithm>
#include <climits>
#include <optional>
#include <utility>

#include "daemon/command.h"
#include "daemon/guard_policy.h"
#include "daemon/list_policy.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kShownTable = 200;

// A line for each, in this order; mail_name is free text.
constexpr const char* kParameters =
    " -xh mail_name myhostname relayhost content_filter myorigin mydestination"
    " virtual_alias_domains virtual_mailbox_domains relay_domains";

bool IsDomainName(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    const char lower = AsciiLower(c);
    return (lower >= 'a' && lower <= 'z') || IsDigit(c) || c == '-' ||
           c == '.' || c == '_';
  });
}

std::optional<std::string> Ask(const std::string& postconf) {
  // A daemon's or a user's PATH may lack where postconf(1) is.
  auto said = RunCommand(
      {"sh", "-c",
       "PATH=\"$PATH:/usr/sbin:/usr/local/sbin\"; " + postconf + kParameters});
  if (!said || !said->is_done) return std::nullopt;
  return std::move(said->output);
}

std::string Hostname() {
  char name[HOST_NAME_MAX + 1] = {};
  return gethostname(name, sizeof name - 1) == 0 ? name : std::string();
}

// Of "[relay.example.org]:587", "relay.example.org:submission" and
// "relay.example.org".
std::string_view HostOf(std::string_view destination) {
  if (destination.starts_with('[')) {
    destination.remove_prefix(1);
    return destination.substr(0, destination.find(']'));
  }
  return destination.substr(0, destination.find(':'));
}

// Of a list, as Postfix takes since 3.5: "[one.example.org]:587, two".
void AddHosts(std::string_view next_hops, std::vector<std::string>* hosts) {
  constexpr std::string_view kBetween = ", \t";
  while (!next_hops.empty()) {
    const std::size_t size =
        std::min(next_hops.find_first_of(kBetween), next_hops.size());
    const std::string_view host = HostOf(next_hops.substr(0, size));
    if (!host.empty()) hosts->emplace_back(host);
    next_hops.remove_prefix(std::min(size + 1, next_hops.size()));
  }
}

// "smtp:[127.0.0.1]:10024": of a next hop behind a transport.
std::string_view WithoutTransport(std::string_view value) {
  return value.substr(std::min(value.find(':'), value.size() - 1) + 1);
}

// The domain of senders who have none. On Debian it may be the name of a file,
// whose first line has it.
std::string OriginOf(std::string_view myorigin) {
  std::string text(Trim(myorigin));
  if (text.starts_with('/')) {
    auto file = ReadFile(text);
    text = file ? *std::move(file) : "";
  }
  std::string_view rest = text;
  const std::string_view first = Trim(TakeLine(&rest).value_or(rest));
  return IsDomainName(first) ? ToLower(first) : "";
}

// What postconf says, for all that the configuration leaves open.
void Fill(std::string_view output, Site* site, Origin::Names* names,
          std::vector<std::string>* relays, std::string* origin) {
  const auto mail_name = TakeLine(&output);
  const auto hostname = TakeLine(&output);
  if (mail_name && !Trim(*mail_name).empty()) {
    site->mail_name = Trim(*mail_name);
  }
  if (site->hosts.empty() && hostname && IsDomainName(Trim(*hostname))) {
    site->hosts.emplace_back(Trim(*hostname));
  }
  AddHosts(Trim(TakeLine(&output).value_or("")), relays);  // relayhost
  const std::string_view filter = Trim(TakeLine(&output).value_or(""));
  if (!filter.empty()) AddHosts(WithoutTransport(filter), relays);
  *origin = OriginOf(TakeLine(&output).value_or(""));
  if (!names->local_domains.empty()) return;
  DomainWords words = DomainsIn(output);
  names->local_domains = std::move(words.names);
  site->unknown_domains = std::move(words.tables);
}

// Private addresses (RFC 1918, RFC 4193) and those of this host are of the
// site, whatever they are called.
InternalRelays RelaysOf(std::vector<std::string> names) {
  std::vector<Network> networks;
  for (const char* text : {"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12",
                           "192.168.0.0/16", "::1", "fc00::/7", "fe80::/10"}) {
    networks.push_back(Network::Parse(text).value());
  }
  std::vector<std::string> domains;
  for (std::string& name : names) {
    if (const auto network = Network::Parse(name)) {
      networks.push_back(*network);
    } else {
      domains.push_back(std::move(name));
    }
  }
  return InternalRelays(std::move(domains), std::move(networks));
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

Site LoadSite(const Config& config, const std::string& postconf,
              std::string before) {
  Site site;
  site.hosts = config.origin_hosts;
  Origin::Names names;
  names.local_domains = config.origin_local_domains;
  names.senders = config.origin_senders;
  for (const std::string& text : config.origin_trusted_clients) {
    // The configuration was checked.
    if (auto network = Network::Parse(text)) {
      names.trusted_clients.push_back(*network);
    }
  }
  std::vector<std::string> relays = config.origin_internal_relays;
  std::string sender_domain;
  auto output = Ask(postconf);
  site.is_old = !output && !before.empty();
  site.postconf = output ? *std::move(output) : std::move(before);
  if (!site.postconf.empty()) {
    Fill(site.postconf, &site, &names, &relays, &sender_domain);
  }
  if (site.hosts.empty()) site.hosts.push_back(Hostname());
  if (names.local_domains.empty()) {
    site.problem =
        "postconf does not say what domains this site has; until "
        "origin.local_domains names them, failures in the logs change nothing, "
        "and mail to them is refused as any other";
  }
  SitePolicy& policy = site.policy;
  policy.origin = Origin(std::move(names));
  policy.internal_relays = RelaysOf(std::move(relays));
  policy.scopes = Scopes(std::move(sender_domain), config.scopes);
  policy.list = ListPolicyOf(config);
  policy.guard = GuardPolicyOf(config);
  policy.is_proof_required = config.policy_proof == "required";
  policy.proof_window = std::chrono::seconds(config.policy_proof_window);
  for (const LogConfig& log : config.logs) {
    if (log.trust != "full") policy.untrusted_logs.push_back(log.name);
  }
  return site;
}

}  // namespace postbounce
