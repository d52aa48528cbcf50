#include "daemon/cli/asker.h"

#include <fmt/format.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <future>
#include <utility>

#include "daemon/cli/import_here.h"
#include "daemon/cli/replay_here.h"
#include "daemon/cli/socket_asker.h"
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/endpoint.h"
#include "daemon/index.h"
#include "daemon/key_maker.h"
#include "daemon/list_import.h"
#include "daemon/open_store.h"
#include "daemon/site.h"

namespace postbounce {
namespace {

namespace json = boost::json;

Error SystemError(const std::string& what) {
  return {ErrorCode::kUnavailable, what + ": " + std::strerror(errno)};
}

// Makes root the owner of the store for a while: a store that root has written
// to could not be opened by the daemon.
class AsOwner {
 public:
  AsOwner() = default;
  ~AsOwner() {
    if (changed_ && (seteuid(0) != 0 || setegid(0) != 0)) std::abort();
  }
  AsOwner(AsOwner&& other) noexcept
      : changed_(std::exchange(other.changed_, false)) {}

  Result<void> Become(const std::string& store_path) {
    struct stat info;
    if (geteuid() != 0 || stat(store_path.c_str(), &info) != 0 ||
        info.st_uid == 0) {
      return {};
    }
    changed_ = true;
    if (setgroups(0, nullptr) != 0 || setegid(info.st_gid) != 0 ||
        seteuid(info.st_uid) != 0) {
      return SystemError("cannot become the owner of " + store_path);
    }
    return {};
  }

 private:
  bool changed_ = false;
};

class StoreAsker : public Asker {
 public:
  StoreAsker(AsOwner owner, std::string config_path, const Config& config,
             std::unique_ptr<Store> store, std::unique_ptr<Reader> reader)
      : owner_(std::move(owner)),
        config_path_(std::move(config_path)),
        site_(std::make_shared<const Site>(LoadSite(config))),
        store_(std::move(store)),
        reader_(std::move(reader)) {
    store_->Use({site_, &site_->policy});
  }

  Result<json::object> Run(
      json::object request, std::vector<OpenFile> files,
      const std::function<void(const json::object&)>& progress) override {
    if (request["verb"] == "import") return Import(request, files);
    if (request["verb"] == "backup") return MakeBackup(files, progress);
    auto runtime = LoadRuntime(config_path_);
    if (!runtime) return runtime.error();
    if (request["verb"] == "replay") {
      return ReplayHere(store_.get(), reader_.get(), *std::move(runtime), site_,
                        request, std::move(files), progress);
    }
    return ImportHere(store_.get(), *std::move(runtime), site_, request,
                      std::move(files), progress);
  }

  // For `check`, as nobody asks for much else: to read the list once costs less
  // than to look for each of many addresses.
  Result<void> AskAll(const Next& next, const Take& take) override {
    Index index;
    const auto filled = reader_->EachPlace([&index](const ListChange& place) {
      index.Apply({&place, 1});
    });
    if (!filled) return filled.error();
    KeyMaker keys(reader_->keys());
    const Timestamp now = Now();
    const auto find = [&](std::string_view address,
                          std::string_view scope) -> Result<Finding> {
      const auto subject = keys.Of(address);
      if (!subject) return subject.error();
      return index.Look().Find(*subject, scope, now);
    };
    for (;;) {
      const auto request = next();
      if (!request) return request.error();
      if (!*request) return {};
      const auto answer = AnswerCheck(**request, site_->policy.scopes, find);
      if (!answer) return answer.error();
      const auto taken = take(*answer);
      if (!taken) return taken.error();
    }
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
  Result<json::object> MakeBackup(
      const std::vector<OpenFile>& files,
      const std::function<void(const json::object&)>& progress) {
    const auto config = LoadConfig(config_path_);
    if (!config) return config.error();
    const auto backup = OpenBackup(*config, files.front().fd.get());
    if (!backup) return backup.error();
    for (;;) {
      const auto is_done = (*backup)->Step();
      if (!is_done) return is_done.error();
      if (*is_done) return ReportOf(**backup, true);
      progress(ReportOf(**backup, false));
    }
  }

  Result<json::object> Import(const json::object& request,
                              std::vector<OpenFile>& files) {
    auto parsed = ListImport::Parse(request);
    if (!parsed) return parsed.error();
    const LogBytes rows(std::move(files.at(0).fd), files.at(0).name);
    const Timestamp now = Now();
    const auto read = parsed->Read(rows, site_->policy.scopes, now);
    if (!read) return read.error();
    const Write writes[] = {std::move(parsed->import)};
    auto outcomes = store_->Apply(writes, now);
    if (!outcomes) return outcomes.error();
    if (!outcomes->front()) return outcomes->front().error();
    return parsed->ToJson(*outcomes->front());
  }

  const AsOwner owner_;  // first: as long as the store is open
  const std::string config_path_;
  const std::shared_ptr<const Site> site_;
  const std::unique_ptr<Store> store_;
  const std::unique_ptr<Reader> reader_;
};

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
  AsOwner owner;
  const auto is_owner = owner.Become(config.store_path);
  if (!is_owner) return is_owner.error();
  auto store = OpenStore(config);
  if (!store) return store.error();
  auto reader = (*store)->OpenReader();
  if (!reader) return reader.error();
  return std::make_unique<StoreAsker>(std::move(owner), config_path, config,
                                      *std::move(store), *std::move(reader));
}

// What can be asked of a daemon: null when none listens.
Result<std::unique_ptr<Asker>> FindDaemon(const Config& config, Door door) {
  std::vector<std::string> sockets = {config.control_listen};
  if (door == Door::kQuery) {
    sockets.insert(sockets.end(), config.query_listen.begin(),
                   config.query_listen.end());
  }
  std::string forbidden;
  for (const std::string& where : sockets) {
    const auto endpoint = Endpoint::Parse(where);
    if (!endpoint || !endpoint->is_unix()) continue;
    Fd fd = ConnectTo(endpoint->path);
    if (fd.is_open()) return std::make_unique<SocketAsker>(std::move(fd));
    if (errno == ETIMEDOUT) {
      return SystemError("the daemon takes no connection at " + endpoint->path);
    }
    if (errno == EACCES) forbidden = endpoint->path;
  }
  if (forbidden.empty()) return nullptr;
  return Error(ErrorCode::kUnavailable,
               fmt::format("you may not ask at {}: become root{}", forbidden,
                           door == Door::kQuery ? " or join its group" : ""));
}

// Makes the request that of the next page; false: there is none.
bool TurnPage(const json::object& answer, json::object* request) {
  const json::value* const cursor = answer.if_contains("cursor");
  if (cursor == nullptr || !cursor->is_string() ||
      cursor->get_string().empty()) {
    return false;
  }
  (*request)["cursor"] = *cursor;
  const json::value* const mark = answer.if_contains("mark");
  if (mark != nullptr && request->contains("from")) (*request)["to"] = *mark;
  return true;
}

}  // namespace

// The next page is taken off the daemon at once: it waits for no client that
// writes to a pager.
Result<void> AskPages(Asker& asker, json::object request,
                      const Asker::Take& take) {
  const auto ask = [&asker](const json::object& page) {
    return std::async(std::launch::async,
                      [&asker, page] { return asker.Ask(page); });
  };
  std::future<Result<json::object>> next = ask(request);
  for (;;) {
    const auto answer = next.get();
    if (!answer) return answer.error();
    const bool has_more = TurnPage(*answer, &request);
    if (has_more) next = ask(request);
    const auto taken = take(*answer);
    if (!taken || !has_more) return taken;
  }
}

Result<std::unique_ptr<Asker>> OpenAsker(const AskerOptions& options) {
  if (!options.socket.empty()) {
    Fd fd = ConnectTo(options.socket);
    if (fd.is_open()) return std::make_unique<SocketAsker>(std::move(fd));
    return SystemError("cannot connect to " + options.socket);
  }
  const std::string config_path =
      options.config_path.empty() ? kDefaultConfigPath : options.config_path;
  const auto config = LoadConfig(config_path);
  if (!config) return config.error();
  auto asker = FindDaemon(*config, options.door);
  if (!asker || *asker != nullptr) return asker;
  return OpenStoreAsker(config_path, *config);
}

}  // namespace postbounce
