#include "daemon/endpoint.h"

#include <arpa/inet.h>

#include <optional>

#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::string_view kUnix = "unix:";
constexpr std::string_view kInet = "inet:";
constexpr std::size_t kMaxPath = 107;  // sizeof(sockaddr_un::sun_path) - 1

bool IsNumericHost(const std::string& host) {
  unsigned char address[16];
  return inet_pton(AF_INET, host.c_str(), address) == 1 ||
         inet_pton(AF_INET6, host.c_str(), address) == 1;
}

}  // namespace

Result<Endpoint> Endpoint::Parse(std::string_view text) {
  const auto error = [&](const char* what) {
    return Error(ErrorCode::kSyntax, what, text);
  };
  Endpoint endpoint;
  if (text.starts_with(kUnix)) {
    endpoint.path = text.substr(kUnix.size());
    if (!endpoint.path.starts_with('/')) {
      return error("a unix socket needs an absolute path");
    }
    if (endpoint.path.size() > kMaxPath) {
      return error("the path of a unix socket has at most 107 bytes");
    }
    return endpoint;
  }
  if (!text.starts_with(kInet)) {
    return error("a socket is \"unix:/path\" or \"inet:host:port\"");
  }
  std::string_view rest = text.substr(kInet.size());
  const std::size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos) return error("no port");
  std::string_view port = rest.substr(colon + 1);
  std::string_view host = rest.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  }
  endpoint.host = host;
  if (!IsNumericHost(endpoint.host)) return error("the host is no IP address");
  const std::optional<int> number = TakeNumber(&port, 5);
  if (!number || !port.empty() || *number > 65535) return error("bad port");
  endpoint.port = static_cast<std::uint16_t>(*number);
  return endpoint;
}

std::string Endpoint::ToString() const {
  if (is_unix()) return std::string(kUnix) + path;
  const bool v6 = host.find(':') != std::string::npos;
  return std::string(kInet) + (v6 ? "[" + host + "]" : host) + ":" +
         std::to_string(port);
}

std::string Endpoint::ForLibmilter() const {
  if (is_unix()) return ToString();
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "inet6:" : "inet:") + std::to_string(port) + "@" + host;
}

}  // namespace postbounce
