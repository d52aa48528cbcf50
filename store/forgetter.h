#ifndef POSTBOUNCE_STORE_FORGETTER_H_
#define POSTBOUNCE_STORE_FORGETTER_H_

#include "store/forget.h"
#include "store/forget_tables.h"
#include "store/list_tables.h"
#include "store/log_writer.h"
#include "store/order_tables.h"
#include "store/tables.h"
#include "store/veil.h"

namespace postbounce {

// Does a Forget, and goes on with it, within one item.
class Forgetter {
 public:
  // All must outlive the forgetter.
  struct Parts {
    Tables* tables;
    ListTables* list;
    OrderTables* orders;
    ForgetTables* forget;
    LogWriter* writer;
    Veil* veil;
    const AddressKeys* keys;
    const SitePolicy* policy;
    Timestamp now;
  };
  explicit Forgetter(const Parts& parts) : parts_(parts) {}

  Result<ForgetReport> Begin(const Forget& forget);
  // Some of what is left. is_done: nothing is.
  Result<ForgetReport> GoOn();

 private:
  Result<ForgetReport> Really(const Forget& forget);
  Result<void> BeginOne(const Address& address, const Forget& forget,
                        ForgetReport* report);
  Result<Hider> HiderOfBegun();
  Result<void> Step(ForgetWalk* walk, ForgetReport* report);
  Result<void> NextStage(ForgetWalk* walk);
  Result<bool> HideMails(ForgetWalk* walk, ForgetReport* report);
  Result<void> HideMail(MailId id, const Hider& hider, ForgetReport* report);
  Result<bool> HideLog(ForgetWalk* walk, ForgetReport* report);
  Result<bool> HideWords(ForgetWalk* walk, ForgetReport* report);
  Result<bool> EndAddresses(ForgetWalk* walk);

  const Parts parts_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_FORGETTER_H_
