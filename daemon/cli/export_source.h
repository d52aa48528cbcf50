#ifndef POSTBOUNCE_DAEMON_CLI_EXPORT_SOURCE_H_
#define POSTBOUNCE_DAEMON_CLI_EXPORT_SOURCE_H_

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/cli/asker.h"
#include "daemon/cli/exchange_format.h"
#include "mime/text/result.h"

namespace postbounce {

// Addresses and scopes that were there before, in a bit for each address.
class SeenPlaces {
 public:
  // False: it was there before.
  bool Add(std::uint64_t number, std::string_view scope);

 private:
  std::vector<bool> addresses_;  // for all mail
  std::set<std::pair<std::uint64_t, std::string>> scoped_;
};

// What an export is made of.
struct ExportSource {
  // A place, and what else was told of it. Of one that has been removed only
  // address and scope are known.
  struct Told {
    const boost::json::object* entry = nullptr;  // of "list"
    const boost::json::array* except =
        nullptr;  // of a domain, if there are any
    std::string_view ref;
    bool is_removed = false;
  };
  using Each = std::function<void(const Listing&, const Told&)>;

  // Asks "list", or "export" for rows: then places whose addresses were
  // forgotten are counted, and no place comes twice.
  Result<void> Read(Asker& asker, boost::json::object request,
                    const Each& each);

  std::string mark;  // where the list was before it was read
  std::uint64_t forgotten = 0;

 private:
  Result<void> TakeRows(const boost::json::object& answer, const Each& each);

  Listing listing_;
  SeenPlaces seen_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_EXPORT_SOURCE_H_
