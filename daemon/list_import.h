#ifndef POSTBOUNCE_DAEMON_LIST_IMPORT_H_
#define POSTBOUNCE_DAEMON_LIST_IMPORT_H_

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "daemon/logs/log_bytes.h"
#include "mime/text/result.h"
#include "mime/text/timestamp.h"
#include "store/orders.h"
#include "store/scopes.h"
#include "store/store.h"

namespace postbounce {

// "import" of postbounce-query(5): what its file has, and what of it cannot be
// on the list.
struct ListImport {
  static constexpr std::size_t kMaxBytes = 256u << 20;
  static constexpr std::size_t kShownRejects = 1000;

  Import import;
  std::size_t rejected_count = 0;
  boost::json::array rejected;  // the first kShownRejects: "line" and "error"

  // Without the rows. kSyntax.
  static Result<ListImport> Parse(const boost::json::object& request);
  // Reads the rows. kSyntax for what is no such file, kLimit above kMaxBytes
  // and kMaxImported.
  Result<void> Read(const LogBytes& file, const Scopes& scopes, Timestamp now);
  // What has become of them.
  boost::json::object ToJson(const Outcome& outcome);

 private:
  Result<void> Take(std::string_view line, std::uint64_t number,
                    const Scopes& scopes, Timestamp now);
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LIST_IMPORT_H_
