#ifndef POSTBOUNCE_STORE_BATCH_APPLIER_H_
#define POSTBOUNCE_STORE_BATCH_APPLIER_H_

#include <cstddef>

#include "store/log_batch.h"
#include "store/log_writer.h"
#include "store/mail_applier.h"

namespace postbounce {

// Stores what a log says: messages, the failures among them, mail that reached
// addresses which had failed, and what that means for reports that waited for
// it.
class BatchApplier {
 public:
  BatchApplier(const ApplierParts& parts, LogWriter* writer, ListFold* fold)
      : parts_(parts), writer_(*writer), fold_(*fold) {}

  // How many attempts were new.
  Result<std::size_t> Apply(const LogBatch& batch);

 private:
  Result<void> AddFailure(const LogFailure& failure, bool is_known);
  Result<void> CountDeliveries(const LogBatch& batch,
                               const LogWriter::IsNew& is_new);
  Result<void> AddDeliveries(const LogBatch& batch);
  Result<void> AddDelivery(const LogMessage& message,
                           const LogAttempt& attempt);
  Result<void> AddDeliveryTo(const Key128& key, const std::string& text,
                             const Acceptance& delivery);
  Result<void> JudgeWaiting(const LogBatch& batch);

  const ApplierParts parts_;
  LogWriter& writer_;
  ListFold& fold_;
};

// Judges reports again that LogWatch says are due, until so many witnesses were
// looked at. How many it were.
Result<std::size_t> JudgeDue(const ApplierParts& parts, std::size_t most,
                             ListFold* fold);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_BATCH_APPLIER_H_
