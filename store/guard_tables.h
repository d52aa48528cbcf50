#ifndef POSTBOUNCE_STORE_GUARD_TABLES_H_
#define POSTBOUNCE_STORE_GUARD_TABLES_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "mime/text/result.h"
#include "store/alarm.h"
#include "store/event.h"
#include "store/guard_counts.h"
#include "store/tables.h"

namespace postbounce {

// What a database must be able to do with the outage guard's knowledge, as
// Tables is for the rest. All within the transaction that Tables has begun.
class GuardTables {
 public:
  virtual ~GuardTables() = default;

  // All that ever were.
  virtual Result<std::vector<Alarm>> Alarms() = 0;
  virtual Result<AlarmId> InsertAlarm(const Alarm& alarm) = 0;
  virtual Result<void> UpdateAlarm(const Alarm& alarm) = 0;

  // GuardPiece::bytes; empty where nothing is stored.
  virtual Result<std::string> Piece(const GuardKey& key) = 0;
  virtual Result<void> StorePiece(const GuardPiece& piece) = 0;

  // Each decisive event of that time, both ends included, with its address as
  // text.
  virtual Result<void> EachFailure(
      Timestamp from, Timestamp to,
      const std::function<void(AddressId, std::string_view text, const Event&)>&
          each) = 0;
  // Whether the address has another decisive event of the same day (UTC).
  virtual Result<bool> HasFailedThatDay(AddressId address,
                                        const Event& event) = 0;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_GUARD_TABLES_H_
