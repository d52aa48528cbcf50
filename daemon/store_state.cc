#include "daemon/store_state.h"

#include <string>
#include <utility>

#include "daemon/site_key.h"
#include "store/address_keys.h"
#include "store/sqlite/inspect.h"

namespace postbounce {

Result<StoreState> StateOfStore(const Config& config, const std::string& path,
                                std::chrono::milliseconds patience) {
  auto file = InspectStore(path, patience);
  if (!file) return file.error();
  StoreState state;
  state.file = *std::move(file);
  auto key = LoadSiteKey(config.store_site_key);
  if (!key) return key.error();
  Normaliser normaliser;
  normaliser.fold_local_part = config.address_fold_local_part;
  const Key128 check = AddressKeys(*std::move(key), normaliser).CheckValue();
  state.is_key_right =
      state.file.check == std::string(check.begin(), check.end());
  return state;
}

}  // namespace postbounce
