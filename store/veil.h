#ifndef POSTBOUNCE_STORE_VEIL_H_
#define POSTBOUNCE_STORE_VEIL_H_

#include <boost/unordered/unordered_flat_set.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "store/address_keys.h"
#include "store/forget_tables.h"
#include "store/hider.h"
#include "store/log_batch.h"
#include "store/log_keys.h"
#include "store/orders.h"
#include "store/site_policy.h"
#include "store/witness.h"

namespace postbounce {

// Lies over all that comes in: what was forgotten stays so, and a store that is
// hashed never sees an address. Keeps in memory whom that is about. For the
// thread that writes.
class Veil {
 public:
  // All must outlive the veil.
  Veil(ForgetTables* tables, const AddressKeys* keys, LogHasher* hasher)
      : tables_(*tables), keys_(*keys), hasher_(*hasher) {}

  Result<void> Load();
  // The transaction was rolled back.
  void Forget() { is_loaded_ = false; }
  // It was forgotten just now.
  void Add(const Key128& key) { forgotten_.insert(HashOfKey(key)); }
  void HideAll() { hides_all_ = true; }

  bool hides_all() const { return hides_all_; }
  // The same without what is hidden; nothing if that is as it was.
  std::optional<Mail> Over(const Mail& mail, const SitePolicy& policy);
  std::optional<LogBatch> Over(const LogBatch& batch, const SitePolicy& policy);
  // An order of people's, without what they say of those.
  template <class Some>
  Some Over(Some order, std::span<const Subject> subjects) const {
    std::vector<Address> addresses;
    for (const Subject& subject : subjects) {
      if (subject.address()) addresses.push_back(*subject.address());
    }
    order.actor = Words(order.actor, addresses);
    order.why = Words(order.why, addresses);
    return order;
  }
  // What an address, or a domain, is stored as, where it is new.
  std::string TextOf(const Subject& subject) const;
  // What somebody says of it.
  std::string Words(const std::string& words,
                    std::span<const Address> addresses) const;
  Hider HiderOfAll(const SitePolicy& policy) const;

 private:
  bool IsForgotten(const Address& address) const;
  bool IsForgotten(std::string_view address) const;
  void AddForgotten(const Witness& witness,
                    std::vector<Address>* forgotten) const;

  ForgetTables& tables_;
  const AddressKeys& keys_;
  LogHasher& hasher_;
  bool is_loaded_ = false;
  bool hides_all_ = false;
  boost::unordered_flat_set<LogHash> forgotten_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_VEIL_H_
