#include "store/sqlite/sqlite_store.h"
#include "tests/store/store_contract.h"

namespace postbounce {
namespace {

class SqliteBackend : public Backend {
 public:
  Result<std::unique_ptr<Store>> Open() override {
    return OpenSqliteStore({directory_ / "store.db", "secret", {}});
  }

 private:
  TempDir directory_;
};

std::unique_ptr<Backend> MakeSqlite() {
  return std::make_unique<SqliteBackend>();
}

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract, testing::Values(&MakeSqlite));

}  // namespace
}  // namespace postbounce
