#include "daemon/cli/doctor/route.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "daemon/command.h"
#include "daemon/endpoint.h"
#include "daemon/site.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr off_t kMaxText = 1 << 20;
constexpr std::size_t kMaxKeys = 10'000;
constexpr const char* kDomainLists[] = {"mydestination", "relay_domains",
                                        "virtual_alias_domains",
                                        "virtual_mailbox_domains"};

// "hash:/etc/postfix/transport", "inline:{...}": those of a list, of which
// blanks and commas inside braces are a part.
std::vector<std::string> TablesIn(std::string_view value) {
  std::vector<std::string> tables;
  std::string table;
  int depth = 0;
  for (const char c : value) {
    if (c == '{') ++depth;
    if (c == '}') --depth;
    if (depth > 0 || (!IsBlank(c) && c != ',')) {
      table += c;
    } else if (!table.empty()) {
      tables.push_back(std::exchange(table, {}));
    }
  }
  if (!table.empty()) tables.push_back(table);
  return tables;
}

// Those that can be asked without a server, which may not answer.
bool IsFile(const std::string& table) {
  for (const char* type : {"texthash:", "hash:", "btree:", "lmdb:", "cdb:",
                           "dbm:", "inline:", "regexp:", "pcre:", "static:"}) {
    if (table.starts_with(type)) return true;
  }
  return false;
}

// The keys of the text that a table is made of, if it is there.
void AddKeys(const std::string& table, std::set<std::string>* keys) {
  const std::string path = table.substr(table.find(':') + 1);
  struct stat info {};
  if (stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode) ||
      info.st_size > kMaxText) {
    return;
  }
  const auto text = ReadFile(path);
  if (!text) return;
  std::string_view rest = *text;
  while (const auto line = TakeLine(&rest)) {
    const bool is_row =
        !line->empty() && !IsBlank(line->front()) && line->front() != '#';
    if (!is_row || keys->size() >= kMaxKeys) continue;
    keys->emplace(line->substr(0, line->find_first_of(" \t")));
  }
}

// "KEY<tab>VALUE" lines of what is found.
std::string Lookup(const PostfixSetup& postfix, const std::string& table,
                   const std::set<std::string>& keys) {
  std::string input;
  for (const std::string& key : keys) {
    if (!key.empty() && key.front() != '/') input += key + "\n";
  }
  const auto said = RunCommand(
      {"postmap", "-c", postfix.Get("config_directory"), "-q", "-", table},
      input);
  return said ? said->output : "";
}

std::set<std::string> Candidates(const PostfixSetup& postfix,
                                 const std::vector<std::string>& tables) {
  std::set<std::string> keys;
  for (const char* list : kDomainLists) {
    const DomainWords words = DomainsIn(postfix.Get(list));
    keys.insert(words.names.begin(), words.names.end());
    for (const std::string& table : words.tables) AddKeys(table, &keys);
  }
  for (const std::string& table : tables) AddKeys(table, &keys);
  return keys;
}

bool IsToUs(const Patient& patient, const Route& route) {
  const PostfixService* service =
      patient.postfix->FindTransport(route.transport);
  if (service != nullptr && IsPipeOfOurs(*service)) return true;
  return route.transport.find("postbounce") != std::string::npos ||
         IsLmtpOfOurs(patient, route.next_hop);
}

}  // namespace

std::vector<Route> RoutesTo(const Patient& patient) {
  std::vector<std::string> tables =
      TablesIn(patient.postfix->Get("transport_maps"));
  std::erase_if(tables, [](const std::string& one) { return !IsFile(one); });
  const std::set<std::string> keys = Candidates(*patient.postfix, tables);
  std::vector<Route> routes;
  for (const std::string& table : tables) {
    const std::string found = Lookup(*patient.postfix, table, keys);
    std::string_view rest = found;
    while (const auto line = TakeLine(&rest)) {
      const std::size_t tab = line->find('\t');
      if (tab == std::string_view::npos) continue;
      const std::string_view value = Trim(line->substr(tab + 1));
      const std::size_t colon = std::min(value.find(':'), value.size());
      Route route;
      route.key = Printable(line->substr(0, tab), 200);
      route.transport = Printable(value.substr(0, colon), 100);
      route.next_hop =
          Printable(value.substr(std::min(colon + 1, value.size())), 200);
      if (IsToUs(patient, route)) routes.push_back(std::move(route));
    }
  }
  return routes;
}

bool IsAccepted(const PostfixSetup& postfix, const std::string& key) {
  const std::string domain = ToLower(key.substr(key.rfind('@') + 1));
  for (const char* list : kDomainLists) {
    const DomainWords words = DomainsIn(postfix.Get(list));
    const auto is_it = [&](const std::string& name) {
      const bool has_subdomains = name.starts_with('.');
      return name == domain || (has_subdomains && domain.ends_with(name));
    };
    if (std::any_of(words.names.begin(), words.names.end(), is_it)) return true;
    for (const std::string& table : words.tables) {
      if (!IsFile(table)) return true;  // it may
      if (!Lookup(postfix, table, {domain}).empty()) return true;
    }
  }
  return false;
}

PipeCommand::PipeCommand(const PostfixService& service) {
  bool is_command = false;
  bool is_socket = false;
  for (const std::string& word : service.arguments) {
    if (std::exchange(is_socket, false)) socket = word;
    if (is_command && word == "-s") is_socket = true;
    if (word.starts_with("user=")) user = word.substr(5);
    if (word.starts_with("null_sender=")) has_null_sender = true;
    if (!word.starts_with("argv=")) continue;
    is_command = true;
    program = word.substr(5);
  }
}

bool IsPipeOfOurs(const PostfixService& service) {
  return service.program == "pipe" &&
         PipeCommand(service).program.ends_with("postbounce-pipe");
}

bool IsLmtpOfOurs(const Patient& patient, std::string_view next_hop) {
  std::string wanted(next_hop);
  if (next_hop.starts_with("unix:")) {
    const std::string path(next_hop.substr(5));
    wanted =
        "unix:" +
        (path.starts_with('/') ? path : patient.queue_directory() + "/" + path);
  }
  const auto& places = patient.config->lmtp_listen;
  return std::any_of(places.begin(), places.end(),
                     [&](const std::string& place) {
                       if (!place.starts_with("unix:")) return place == wanted;
                       return "unix:" + std::filesystem::path(place.substr(5))
                                            .lexically_normal()
                                            .string() ==
                              wanted;
                     });
}

}  // namespace postbounce
