#ifndef POSTBOUNCE_DAEMON_CLI_LIST_CHECK_H_
#define POSTBOUNCE_DAEMON_CLI_LIST_CHECK_H_

#include <array>
#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "daemon/cli/asker.h"
#include "daemon/cli/list_reader.h"
#include "mime/text/result.h"

namespace postbounce {

// What to do with an address of a mailing list.
enum class Advice { kSendable, kSuppressed, kHeld, kInvalid };

inline constexpr std::array<std::string_view, 4> kAdviceNames = {
    "sendable", "suppressed", "held", "invalid"};

std::string_view AdviceName(Advice advice);

// What a result of "check" comes to, see postbounce-query(5).
Advice AdviceOf(const boost::json::object& result);

// As a result of "check", for what cannot be asked.
boost::json::object InvalidResult(std::string_view address,
                                  std::string_view error);

// A row with what was answered, valid for the time of a call.
struct CheckedRow {
  const ListedRow& listed;
  const std::string& file;
  Advice advice = Advice::kInvalid;
  const boost::json::object& result;  // of "check"
};

// How many addresses there were of each kind.
class CheckCounts {
 public:
  void Add(Advice advice, std::string_view reason);
  // "4 addresses: 1 sendable, 2 suppressed, 0 held, 1 invalid" and, if one is
  // suppressed, a second line with the most frequent reasons.
  std::string Summary() const;

 private:
  std::array<std::uint64_t, kAdviceNames.size()> counts_{};
  std::map<std::string, std::uint64_t, std::less<>> reasons_;
};

// Asks for all rows of lists, many at a time, in memory that does not grow with
// them, and hands each to `each`, in order. `request` is a "check" without
// addresses. An error ends it: rows behind it were not handed out.
Result<void> CheckList(Asker& asker, ListReader& reader,
                       const boost::json::object& request,
                       const std::function<void(const CheckedRow&)>& each);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_LIST_CHECK_H_
