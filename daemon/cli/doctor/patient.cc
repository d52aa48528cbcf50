#include "daemon/cli/doctor/patient.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <chrono>

#include "daemon/cli/socket_asker.h"
#include "daemon/endpoint.h"

namespace postbounce {
namespace {

namespace json = boost::json;
using std::chrono::seconds;

constexpr seconds kPatience{5};
constexpr seconds kToCount{20};  // all that a large store has

std::optional<Account> PeerOf(int socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
    return std::nullopt;
  }
  return AccountOf(peer.uid);
}

std::optional<Account> OwnerOfFolder(const std::string& path) {
  struct stat info {};
  if (stat(path.substr(0, path.rfind('/') + 1).c_str(), &info) != 0) {
    return std::nullopt;
  }
  return AccountOf(info.st_uid);
}

Result<json::object> AskDaemon(Patient* patient) {
  const auto endpoint = Endpoint::Parse(patient->config->control_listen);
  if (!endpoint) return endpoint.error();
  Fd fd = ConnectTo(endpoint->path, kPatience);
  if (!fd.is_open()) {
    return Error(
        errno == EACCES ? ErrorCode::kConflict : ErrorCode::kUnavailable,
        std::error_code(errno, std::generic_category()).message());
  }
  patient->daemon = PeerOf(fd.get());
  return SocketAsker(std::move(fd), kToCount).Ask({{"verb", "stats"}});
}

}  // namespace

std::string Patient::queue_directory() const {
  return postfix ? postfix->Get("queue_directory") : "";
}

Patient LoadPatient(const std::string& config_path,
                    const std::string& postfix_folder, Timestamp now) {
  Patient patient;
  patient.config_path = config_path;
  patient.now = now;
  patient.config = LoadConfig(config_path);
  patient.postfix = LoadPostfixSetup(postfix_folder);
  if (patient.postfix) patient.clients = ClientsIn(*patient.postfix);
  if (!patient.config) return patient;
  patient.daemon = OwnerOfFolder(patient.config->store_path);
  patient.stats = AskDaemon(&patient);
  return patient;
}

std::uint64_t NumberIn(const json::object& object, const char* key) {
  const json::value* value = object.if_contains(key);
  json::error_code error;
  if (value == nullptr || !value->is_number()) return 0;
  const auto number = value->to_number<std::uint64_t>(error);
  return error ? 0 : number;
}

std::string Ago(std::chrono::milliseconds duration) {
  const auto whole = std::chrono::duration_cast<seconds>(duration).count();
  struct Unit {
    std::int64_t size;
    const char* name;
  };
  for (const Unit& unit :
       {Unit{86400, "day"}, {3600, "hour"}, {60, "minute"}}) {
    const std::int64_t count = whole / unit.size;
    if (count > 1) return std::to_string(count) + " " + unit.name + "s";
  }
  return std::to_string(whole) + " seconds";
}

}  // namespace postbounce
