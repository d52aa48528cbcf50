// Whether sockets answer, and Postfix's processes reach them.
#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "daemon/cli/doctor/patient.h"
#include "daemon/cli/doctor/reach.h"
#include "daemon/cli/socket_asker.h"
#include "daemon/endpoint.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::chrono::seconds kPatience{5};
constexpr std::size_t kShown = 200;

// What is said to a socket, and how its answer begins.
struct Greeting {
  const char* say;
  const char* hear;
};
constexpr Greeting kLmtp = {"", "220 "};
constexpr Greeting kQuery = {"{\"verb\":\"hello\"}\n", "{"};
// An address that nobody has: RFC 2606.
constexpr Greeting kPolicy = {
    "request=smtpd_access_policy\nprotocol_state=RCPT\nrecipient=doctor@"
    "postbounce.invalid\n"
    "sender=doctor@postbounce.invalid\n\n",
    "action="};
constexpr Greeting kSocketmap = {"36:suppressed doctor@postbounce.invalid,",
                                 ""};
constexpr Greeting kTcpTable = {"get doctor@postbounce.invalid\n", "500 "};
// A milter waits for whoever comes.
constexpr Greeting kMilter = {"", nullptr};

std::string WhyNotAnswering(Fd socket, const Greeting& greeting) {
  const std::string_view say = greeting.say;
  if (greeting.hear == nullptr) return "";
  if (send(socket.get(), say.data(), say.size(), MSG_NOSIGNAL) < 0) {
    return "it hangs up";
  }
  pollfd wait{socket.get(), POLLIN, 0};
  const int ready =
      poll(&wait, 1, std::chrono::milliseconds(kPatience).count());
  if (ready == 0) return "it says nothing";
  char answer[512];
  const ssize_t size = recv(socket.get(), answer, sizeof answer, 0);
  if (size <= 0) return "it hangs up";
  const std::string_view heard(answer, static_cast<std::size_t>(size));
  if (heard.starts_with(greeting.hear)) return "";
  return "it says " + Printable(heard, 60);
}

// Its host is a number.
Fd ConnectByInet(const Endpoint& endpoint) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(),
                  &hints, &found) != 0) {
    errno = EADDRNOTAVAIL;
    return Fd();
  }
  Fd fd(socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval limit{kPatience.count(), 0};
  const bool is_connected =
      fd.is_open() &&
      setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) ==
          0 &&
      connect(fd.get(), found->ai_addr, found->ai_addrlen) == 0;
  const int error = errno;
  freeaddrinfo(found);
  if (!is_connected) fd = Fd();
  errno = error;
  return fd;
}

void CheckSocket(const std::string& name, const std::string& where,
                 const Greeting& greeting, Diagnoses* found) {
  const auto endpoint = Endpoint::Parse(where);
  if (!endpoint) return;
  Fd socket = endpoint->is_unix() ? ConnectTo(endpoint->path, kPatience)
                                  : ConnectByInet(*endpoint);
  if (!socket.is_open() && errno == EACCES) {
    found->push_back({Health::kSkipped, name + ": you may not connect"});
    return;
  }
  const std::string why =
      socket.is_open()
          ? WhyNotAnswering(std::move(socket), greeting)
          : std::error_code(errno, std::generic_category()).message();
  if (why.empty()) return;
  found->push_back(
      {Health::kFail,
       fmt::format("{} at {}: {}", name, Printable(where, kShown), why),
       "systemctl restart postbounced"});
}

struct Sockets {
  const char* name;
  std::vector<std::string> at;
  Greeting greeting;
};

std::vector<Sockets> SocketsOf(const Config& config) {
  std::vector<std::string> milter;
  if (!config.milter_listen.empty()) milter = {config.milter_listen};
  return {{"lmtp", config.lmtp_listen, kLmtp},
          {"query", config.query_listen, kQuery},
          {"policy", config.lookup_policy, kPolicy},
          {"socketmap", config.lookup_socketmap, kSocketmap},
          {"tcp_table", config.lookup_tcp_table, kTcpTable},
          {"milter", milter, kMilter}};
}

const std::vector<std::string>* PlacesOf(const Config& config,
                                         PostfixClient::Protocol protocol) {
  switch (protocol) {
    case PostfixClient::Protocol::kPolicy:
      return &config.lookup_policy;
    case PostfixClient::Protocol::kSocketmap:
      return &config.lookup_socketmap;
    case PostfixClient::Protocol::kTcpTable:
      return &config.lookup_tcp_table;
    case PostfixClient::Protocol::kMilter:
      return nullptr;
  }
  return nullptr;
}

std::string Normal(const std::string& path) {
  return std::filesystem::path(path).lexically_normal().string();
}

}  // namespace

// As a process sees it whose root, or else its folder, is the queue directory.
std::string PathFor(const Patient& patient, const PostfixClient& client) {
  const std::string path =
      client.endpoint.substr(std::string_view("unix:").size());
  const bool is_below = !path.starts_with('/') || client.service->is_chrooted;
  return Normal(is_below ? patient.queue_directory() + "/" + path : path);
}

Listening ListeningFor(const Patient& patient, const PostfixClient& client) {
  std::vector<std::string> places;
  if (const auto* at = PlacesOf(*patient.config, client.protocol)) {
    places = *at;
  } else if (!patient.config->milter_listen.empty()) {
    places = {patient.config->milter_listen};
  }
  const bool is_unix = client.endpoint.starts_with("unix:");
  const std::string named = is_unix ? client.endpoint.substr(5) : "";
  for (const std::string& place : places) {
    if (!is_unix) {
      if (place == client.endpoint) return Listening::kHere;
      continue;
    }
    if (!place.starts_with("unix:")) continue;
    const std::string path = Normal(place.substr(5));
    if (path == PathFor(patient, client)) return Listening::kHere;
    if (path == Normal(named)) return Listening::kBehindChroot;
  }
  const bool is_meant = client.endpoint.find("postbounce") != std::string::npos;
  return is_meant ? Listening::kNowhere : Listening::kOfOthers;
}

std::vector<PostfixClient> OursOf(const Patient& patient,
                                  PostfixClient::Protocol protocol) {
  std::vector<PostfixClient> ours;
  for (const PostfixClient& client : patient.clients) {
    if (client.protocol == protocol &&
        ListeningFor(patient, client) != Listening::kOfOthers) {
      ours.push_back(client);
    }
  }
  return ours;
}

Diagnoses CheckSockets(const Patient& patient) {
  if (!patient.stats &&
      patient.stats.error().code() == ErrorCode::kUnavailable) {
    return {{Health::kSkipped, "the daemon does not answer"}};
  }
  Diagnoses found;
  std::string names;
  for (const Sockets& sockets : SocketsOf(*patient.config)) {
    for (const std::string& where : sockets.at) {
      CheckSocket(sockets.name, where, sockets.greeting, &found);
    }
    if (sockets.at.empty()) continue;
    names += (names.empty() ? "" : ", ") + std::string(sockets.name);
  }
  if (found.empty()) found.push_back({Health::kOk, names + " answer"});
  return found;
}

}  // namespace postbounce
