#ifndef POSTBOUNCE_STORE_GUARD_KEEPER_H_
#define POSTBOUNCE_STORE_GUARD_KEEPER_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/guard.h"
#include "store/guard_tables.h"
#include "store/list_tables.h"
#include "store/log_message.h"

namespace postbounce {

// The outage guard at work: counts what becomes of our mail, raises alarms and
// resolves them, and says which failures are to be doubted. For the thread that
// writes.
class GuardKeeper {
 public:
  // Both must outlive the keeper.
  GuardKeeper(GuardTables* tables, ListTables* list)
      : tables_(*tables), list_(*list) {}

  // Reads the alarms, unless they are known.
  Result<void> Load();
  // What was counted or raised may have been rolled back.
  void Forget();

  using Touch = std::function<void(AddressId)>;
  // Mail of ours was taken.
  Result<void> CountDelivery(const LogAttempt& attempt);
  // A failure has come to count. Calls `touch` for each address whose failures
  // are in doubt from now on, if that raises an alarm.
  Result<void> CountFailure(AddressId address, std::string_view text,
                            const Event& event, const GuardPolicy& policy,
                            const Touch& touch);
  // Sets is_held and is_void of an address's events.
  void Doubt(std::string_view text, std::vector<Event>* events);

  // Time has passed: ends and resolves alarms. Calls `touch` for each address
  // that they are about.
  Result<void> Tick(const GuardPolicy& policy, Timestamp now,
                    const Touch& touch);
  // A person resolves an alarm, in whatever state it is. kNotFound.
  Result<void> Resolve(const ResolveAlarm& order, const GuardPolicy& policy,
                       Timestamp now, const Touch& touch);
  // It is news once more if its state has changed meanwhile. kNotFound.
  Result<void> MarkTold(const postbounce::MarkTold& mark);
  // Stores what was counted.
  Result<void> Flush();

  // Those that were raised, or whose state has changed, since the last call.
  std::vector<Alarm> TakeNews();

 private:
  Result<Alarm*> Find(AlarmId id);
  Result<void> Prepare(const std::vector<GuardKey>& missing);
  Result<void> EachAddressOf(const Alarm& alarm, Timestamp to,
                             const Touch& touch);
  Result<AlarmFacts> FactsOf(const Alarm& alarm, Timestamp now);
  Result<void> AddFacts(const Alarm& alarm, AddressId address, Timestamp now,
                        AlarmFacts* facts);
  Result<void> Change(Alarm* alarm, const Alarm& changed, const Touch& touch);

  GuardTables& tables_;
  ListTables& list_;
  bool is_loaded_ = false;
  std::vector<Alarm> alarms_;
  std::vector<Alarm> news_;
  std::map<AlarmId, Timestamp> asked_;  // when FactsOf() was, of open alarms
  GuardCounts counts_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_GUARD_KEEPER_H_
