#include "daemon/pipe/options.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

namespace postbounce::pipe {
namespace {

// A whole decimal number of at most `max`, or -1.
long ParseNumber(const char* text, long max) {
  if (*text < '0' || *text > '9') return -1;
  char* end = nullptr;
  const long number = strtol(text, &end, 10);
  return *end == '\0' && number <= max ? number : -1;
}

bool ParseUnix(const char* path, Options* options) {
  auto* address = reinterpret_cast<sockaddr_un*>(&options->server);
  const size_t size = strlen(path);
  if (size == 0 || size >= sizeof(address->sun_path)) return false;
  address->sun_family = AF_UNIX;
  memcpy(address->sun_path, path, size + 1);
  options->server_size =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size + 1);
  return true;
}

// Reads "127.0.0.1:24" or "[::1]:24". No names: a resolver may be slow, and a
// static program has none.
bool ParseInet(const char* text, Options* options) {
  char host[INET6_ADDRSTRLEN + 2];
  const char* const colon = strrchr(text, ':');
  if (colon == nullptr || static_cast<size_t>(colon - text) >= sizeof(host)) {
    return false;
  }
  const long port = ParseNumber(colon + 1, 65535);
  if (port <= 0) return false;
  size_t size = static_cast<size_t>(colon - text);
  const bool bracketed = size > 2 && text[0] == '[' && colon[-1] == ']';
  if (bracketed) {
    ++text;
    size -= 2;
  }
  memcpy(host, text, size);
  host[size] = '\0';
  if (bracketed) {
    auto* address = reinterpret_cast<sockaddr_in6*>(&options->server);
    address->sin6_family = AF_INET6;
    address->sin6_port = htons(static_cast<uint16_t>(port));
    options->server_size = sizeof(*address);
    return inet_pton(AF_INET6, host, &address->sin6_addr) == 1;
  }
  auto* address = reinterpret_cast<sockaddr_in*>(&options->server);
  address->sin_family = AF_INET;
  address->sin_port = htons(static_cast<uint16_t>(port));
  options->server_size = sizeof(*address);
  return inet_pton(AF_INET, host, &address->sin_addr) == 1;
}

bool ParseServer(const char* text, Options* options) {
  options->server = {};
  if (strncmp(text, "inet:", 5) == 0) return ParseInet(text + 5, options);
  if (strncmp(text, "unix:", 5) == 0) text += 5;
  return ParseUnix(text, options);
}

}  // namespace

const char* ParseOptions(int argc, char** argv, Options* options) {
  opterr = 0;
  for (;;) {
    const int option = getopt(argc, argv, "+s:f:t:");
    if (option == -1) break;
    if (option == 's') {
      if (!ParseServer(optarg, options)) return "bad socket after -s";
    } else if (option == 'f') {
      options->sender = optarg;
    } else if (option == 't') {
      options->seconds = static_cast<int>(ParseNumber(optarg, kMaxSeconds));
      if (options->seconds <= 0) return "bad number of seconds after -t";
    } else {
      return "unknown option, or its value is missing";
    }
  }
  if (options->server_size == 0) return "-s is missing";
  if (options->sender == nullptr) return "-f is missing";
  if (optind >= argc) return "no recipient";
  options->recipients = argv + optind;
  return nullptr;
}

}  // namespace postbounce::pipe
