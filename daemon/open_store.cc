#include "daemon/open_store.h"

#include <utility>

#include "daemon/site_key.h"
#include "store/sqlite/sqlite_backup.h"
#include "store/sqlite/sqlite_store.h"

namespace postbounce {

Result<std::unique_ptr<Store>> OpenStore(const Config& config) {
  auto key = LoadOrMakeSiteKey(config.store_site_key, config.store_path);
  if (!key) return key.error();
  SqliteOptions options;
  options.path = config.store_path;
  options.site_key = *std::move(key);
  options.normaliser.fold_local_part = config.address_fold_local_part;
  options.is_hashed = config.store_privacy == "hashed";
  return OpenSqliteStore(options);
}

Result<std::unique_ptr<Backup>> OpenBackup(const Config& config, int fd) {
  return OpenSqliteBackup(config.store_path, fd);
}

boost::json::object ReportOf(const Backup& backup, bool is_done) {
  boost::json::object report;
  report["bytes"] = backup.copied();
  report["of_bytes"] = backup.total();
  report["done"] = is_done;
  return report;
}

}  // namespace postbounce
