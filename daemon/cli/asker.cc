#include "daemon/cli/asker.h"

#include <fmt/format.h>
#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

#include "daemon/cli/import_here.h"
#include "daemon/cli/replay_here.h"
#include "daemon/cli/send_files.h"
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/endpoint.h"
#include "daemon/open_store.h"
#include "daemon/site.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;

Error SystemError(const std::string& what) {
  return {ErrorCode::kUnavailable, what + ": " + std::strerror(errno)};
}

Result<json::object> CheckedAnswer(json::object answer) {
  const json::value* ok = answer.if_contains("ok");
  if (ok != nullptr && ok->is_bool() && ok->get_bool()) return answer;
  const json::value* error = answer.if_contains("error");
  const json::value* code = answer.if_contains("code");
  const std::string name =
      code != nullptr && code->is_string() ? code->get_string().c_str() : "";
  const std::string text = error != nullptr && error->is_string()
                               ? error->get_string().c_str()
                               : "an answer that cannot be read";
  ErrorCode kind = ErrorCode::kUnavailable;
  if (name == "syntax" || name == "limit") kind = ErrorCode::kSyntax;
  if (name == "not-found") kind = ErrorCode::kNotFound;
  if (name == "conflict") kind = ErrorCode::kConflict;
  return Error(kind, Printable(text, 500));
}

class SocketAsker : public Asker {
 public:
  explicit SocketAsker(int fd) : fd_(fd) {}
  ~SocketAsker() override { close(fd_); }

  Result<json::object> Ask(const json::object& request) override {
    const std::string line = json::serialize(request) + "\n";
    if (!SendAll(line)) return SystemError("the daemon does not listen");
    return ReadAnswer();
  }

  Result<json::object> Run(
      json::object request, std::vector<OpenFile> files,
      const std::function<void(const json::object&)>& progress) override {
    auto answer = Ask(request);
    if (!answer) return answer;
    const auto sent = SendFiles(fd_, files);
    if (!sent) return sent.error();
    files.clear();
    for (;;) {
      answer = ReadAnswer();
      if (!answer) return answer;
      const json::value* done = answer->if_contains("done");
      if (done != nullptr && done->is_bool() && done->get_bool()) return answer;
      progress(*answer);
    }
  }

 private:
  Result<json::object> ReadAnswer() {
    const auto answer = ReadLine();
    if (!answer) return answer.error();
    json::error_code error;
    const json::value value = json::parse(*answer, error);
    if (error || !value.is_object()) {
      return Error(ErrorCode::kUnavailable, "the daemon answers nonsense");
    }
    return CheckedAnswer(value.get_object());
  }

  bool SendAll(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  Result<std::string> ReadLine() {
    std::size_t searched = 0;
    for (;;) {
      const std::size_t end = buffer_.find('\n', searched);
      if (end != std::string::npos) {
        std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        return line;
      }
      searched = buffer_.size();
      char chunk[1u << 16];
      const ssize_t size = recv(fd_, chunk, sizeof chunk, 0);
      if (size < 0 && errno == EINTR) continue;
      if (size <= 0) {
        return Error(ErrorCode::kUnavailable, "the daemon hung up");
      }
      buffer_.append(chunk, static_cast<std::size_t>(size));
    }
  }

  const int fd_;
  std::string buffer_;
};

class StoreAsker : public Asker {
 public:
  StoreAsker(std::string config_path, const Config& config,
             std::unique_ptr<Store> store, std::unique_ptr<Reader> reader)
      : config_path_(std::move(config_path)),
        site_(std::make_shared<const Site>(LoadSite(config))),
        store_(std::move(store)),
        reader_(std::move(reader)) {
    store_->Use({site_, &site_->policy});
  }

  Result<json::object> Run(
      json::object request, std::vector<OpenFile> files,
      const std::function<void(const json::object&)>& progress) override {
    auto runtime = LoadRuntime(config_path_);
    if (!runtime) return runtime.error();
    if (request["verb"] == "replay") {
      return ReplayHere(store_.get(), reader_.get(), *std::move(runtime), site_,
                        request, std::move(files), progress);
    }
    return ImportHere(store_.get(), *std::move(runtime), site_, request,
                      std::move(files), progress);
  }

  Result<json::object> Ask(const json::object& request) override {
    const Timestamp now = Now();
    auto write = WriteOf(request, Door::kControl, site_->policy.scopes, now);
    if (!write) {
      return CheckedAnswer(Service(reader_.get(), site_->policy)
                               .Answer(request, Door::kControl, now));
    }
    if (!*write) return write->error();
    const Write writes[] = {**std::move(write)};
    auto outcomes = store_->Apply(writes, now);
    if (!outcomes) return outcomes.error();
    return CheckedAnswer(AnswerWritten(request, outcomes->front()));
  }

 private:
  const std::string config_path_;
  const std::shared_ptr<const Site> site_;
  const std::unique_ptr<Store> store_;
  const std::unique_ptr<Reader> reader_;
};

// A descriptor, or errno.
int Connect(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  std::copy(path.begin(), path.end(), address.sun_path);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address),
              sizeof address) == 0) {
    return fd;
  }
  const int error = errno;
  close(fd);
  errno = error;
  return -1;
}

// A store that root has written to could not be opened by the daemon.
Result<void> BecomeOwnerOf(const std::string& store_path) {
  struct stat info;
  if (geteuid() != 0 || stat(store_path.c_str(), &info) != 0 ||
      info.st_uid == 0) {
    return {};
  }
  if (setgroups(0, nullptr) != 0 || setgid(info.st_gid) != 0 ||
      setuid(info.st_uid) != 0) {
    return SystemError("cannot become the owner of " + store_path);
  }
  return {};
}

Result<std::unique_ptr<Asker>> OpenStoreAsker(const std::string& config_path,
                                              const Config& config) {
  if (access(config.store_path.c_str(), R_OK | W_OK) != 0) {
    if (errno == ENOENT) {
      return Error(ErrorCode::kUnavailable,
                   fmt::format("there is no store {} yet: start postbounced",
                               config.store_path));
    }
    return SystemError(
        fmt::format("no daemon answers, and the store {} cannot "
                    "be opened",
                    config.store_path));
  }
  const auto owner = BecomeOwnerOf(config.store_path);
  if (!owner) return owner.error();
  auto store = OpenStore(config);
  if (!store) return store.error();
  auto reader = (*store)->OpenReader();
  if (!reader) return reader.error();
  return std::make_unique<StoreAsker>(config_path, config, *std::move(store),
                                      *std::move(reader));
}

// What can be asked of a daemon: null when none listens.
Result<std::unique_ptr<Asker>> ConnectTo(const Config& config, Door door) {
  std::vector<std::string> sockets = {config.control_listen};
  if (door == Door::kQuery) {
    sockets.insert(sockets.end(), config.query_listen.begin(),
                   config.query_listen.end());
  }
  std::string forbidden;
  for (const std::string& where : sockets) {
    const auto endpoint = Endpoint::Parse(where);
    if (!endpoint || !endpoint->is_unix()) continue;
    const int fd = Connect(endpoint->path);
    if (fd >= 0) return std::make_unique<SocketAsker>(fd);
    if (errno == EACCES) forbidden = endpoint->path;
  }
  if (forbidden.empty()) return nullptr;
  return Error(ErrorCode::kUnavailable,
               fmt::format("you may not ask at {}: become root{}", forbidden,
                           door == Door::kQuery ? " or join its group" : ""));
}

}  // namespace

Result<std::unique_ptr<Asker>> OpenAsker(const AskerOptions& options) {
  if (!options.socket.empty()) {
    const int fd = Connect(options.socket);
    if (fd < 0) return SystemError("cannot connect to " + options.socket);
    return std::make_unique<SocketAsker>(fd);
  }
  const std::string config_path =
      options.config_path.empty() ? kDefaultConfigPath : options.config_path;
  const auto config = LoadConfig(config_path);
  if (!config) return config.error();
  auto asker = ConnectTo(*config, options.door);
  if (!asker || *asker != nullptr) return asker;
  return OpenStoreAsker(config_path, *config);
}

}  // namespace postbounce
