#include "daemon/cli/export_source.h"

#include <charconv>

#include "daemon/cli/verb.h"
#include "daemon/export_rows.h"

namespace postbounce {
namespace {

namespace json = boost::json;

// More addresses than this are not told apart: they come twice.
constexpr std::uint64_t kMaxNumber = 1ull << 33;

const json::array* ExceptOf(const json::object& of, std::string_view name) {
  const json::value* except = of.if_contains(name);
  if (except == nullptr || !except->is_array()) return nullptr;
  return except->get_array().empty() ? nullptr : &except->get_array();
}

std::uint64_t NumberOf(std::string_view text) {
  std::uint64_t number = kMaxNumber;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

bool SeenPlaces::Add(std::uint64_t number, std::string_view scope) {
  if (number >= kMaxNumber) return true;
  if (!scope.empty()) return scoped_.emplace(number, scope).second;
  if (number >= addresses_.size()) {
    addresses_.resize(std::max<std::size_t>(number + 1, 2 * addresses_.size()));
  }
  const bool is_new = !addresses_[number];
  addresses_[number] = true;
  return is_new;
}

Result<void> ExportSource::TakeRows(const json::object& answer,
                                    const Each& each) {
  const json::value* const rows = answer.if_contains("rows");
  if (rows == nullptr || !rows->is_string()) {
    return Error(ErrorCode::kUnavailable, "no rows in answer");
  }
  if (mark.empty()) mark = TextField(answer, "mark");
  const json::value* const except = answer.if_contains("except");
  std::string_view rest = rows->get_string();
  ExportRow row;
  Told told;
  while (TakeExportRow(&rest, &row)) {
    const bool is_change = !row.change.empty();
    if (is_change && !seen_.Add(NumberOf(row.number), row.scope)) continue;
    if (row.address.empty()) {
      ++forgotten;
      continue;
    }
    listing_.address = row.address;
    listing_.scope = row.scope;
    listing_.reason = row.reason;
    listing_.since = row.since;
    listing_.until = row.until;
    told.ref = row.ref;
    told.is_removed = row.change == kToRemove;
    told.except = listing_.is_domain() && except != nullptr
                      ? ExceptOf(except->as_object(), row.address)
                      : nullptr;
    each(listing_, told);
  }
  return {};
}

Result<void> ExportSource::Read(Asker& asker, json::object request,
                                const Each& each) {
  if (request.contains("rows")) {
    return AskPages(asker, std::move(request), [&](const json::object& answer) {
      return TakeRows(answer, each);
    });
  }
  return EachEntryOf(asker, std::move(request), [&](const json::object& entry) {
    ReadEntry(entry, &listing_);
    if (listing_.address.empty()) {
      ++forgotten;
      return;
    }
    each(listing_,
         {&entry, ExceptOf(entry, "except"), TextField(entry, "ref")});
  });
}

}  // namespace postbounce
