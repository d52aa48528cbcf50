#include "daemon/cli/exchange_format.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "daemon/cli/csv.h"
#include "daemon/cli/exchange_columns.h"
#include "daemon/cli/verb.h"
#include "daemon/export_rows.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;
using Shape = ExchangeFormat::Shape;

const std::vector<ExchangeFormat>& Table() {
  using namespace columns;
  static const std::vector<ExchangeFormat> kTable = {
      {"plain", Shape::kLines, {kAddress}, "\n", true},
      {"csv",
       Shape::kNamed,
       {kAddress, kScope, kReason, kClass, kSince, kUntil},
       "\r\n",
       true,
       true},
      {"jsonl", Shape::kJson, {}, "\n", true, true},
      {"access", Shape::kMap, {kMapKey, kAccess}},
      {"transport", Shape::kMap, {kMapKey, kTransport}, "\n", true},
      {"ses", Shape::kRecords, {kAddress, kSesReason}},
      {"sendgrid", Shape::kNamed, {Named("email", kAddress)}},
      {"mailgun",
       Shape::kNamed,
       {kAddress, kMailgunCode, Named("error", kReason), kMailgunTime}},
      {"postmark",
       Shape::kNamed,
       {Named("EmailAddress", kAddress), kPostmarkReason, kPostmarkOrigin,
        Named("CreatedAt", kSince)}},
      {"cloudflare", Shape::kRecords, {kAddress, kUntil}},
      {"sparkpost",
       Shape::kNamed,
       {Named("recipient", kAddress), kTransactional,
        Named("description", kReason)},
       "\n",
       false,
       false,
       {Named("recipient", kAddress), kNonTransactional,
        Named("description", kReason)}},
      {"listmonk",
       Shape::kNamed,
       {Named("email", kAddress), Blank("name"), Blank("attributes")}},
      {"mailman", Shape::kBare, {kAddress}},
      {"phplist", Shape::kBare, {kAddress}},
      {"sha256", Shape::kBare, {kHash}},
  };
  return kTable;
}

// In all but Postfix's maps the spelling sees to that.
std::string WhyNotInMap(const std::string& address) {
  const bool is_plain =
      address.find_first_of(" \t\"#") == std::string::npos &&
      !address.starts_with("\xef\xbb\xbf");  // see columns::kAddress
  return is_plain ? "" : "a map of Postfix cannot be told of such an address";
}

std::string WhyNot(const ExchangeFormat& format, const Listing& listing,
                   const ExportFacts& facts) {
  if (listing.address.find_first_of("\r\n") != std::string::npos) {
    return "it has line ends";
  }
  if (format.shape == Shape::kMap) {
    const std::string why = WhyNotInMap(listing.address);
    if (!why.empty()) return why;
  }
  // A ban of Mailman's that begins so is a regular expression.
  if (format.name == "mailman" && listing.address.starts_with('^')) {
    return "it would be a regular expression";
  }
  if (!listing.is_domain()) return {};
  if (!format.has_domains) return "the format has no whole domains";
  if (facts.except == nullptr || format.shape != Shape::kLines) return {};
  return "some of it are on the allow-list, such as " +
         Printable(facts.except->front().get_string(), 400);
}

void AppendColumns(const ExchangeFormat& format,
                   const std::vector<Column>& columns, const Listing& listing,
                   const ExportFacts& facts, std::string* to) {
  const bool is_csv = format.is_csv();
  const std::size_t begin = to->size();
  bool is_first = true;
  for (const Column& column : columns) {
    if (!is_first) *to += is_csv ? ',' : '\t';
    is_first = false;
    const std::size_t field = to->size();
    column.write(listing, facts, to);
    if (is_csv) MakeCsvField(field, to);
  }
  // Without names the last column may be left out.
  if (format.shape == Shape::kRecords) {
    while (to->size() > begin && to->back() == ',') to->pop_back();
  }
  *to += format.line_end;
}

void AppendJsonText(std::string_view text, std::string* to) {
  const bool is_plain = std::all_of(text.begin(), text.end(), [](char c) {
    return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
  });
  if (!is_plain) {
    *to += json::serialize(json::value(text));
    return;
  }
  to->append(1, '"').append(text).append(1, '"');
}

void AppendMember(std::string_view name, std::string_view text,
                  std::string* to) {
  to->append(name);
  if (text.empty()) {
    *to += "null";
  } else {
    AppendJsonText(text, to);
  }
}

// An entry of "export".
void AppendJson(const Listing& listing, const ExportFacts& facts,
                std::string* to) {
  AppendMember("{\"address\":", listing.address, to);
  AppendMember(",\"scope\":", listing.scope, to);
  if (facts.change != kToRemove) {
    AppendMember(",\"reason\":", listing.reason, to);
    AppendMember(",\"class\":", columns::ClassOf(listing), to);
    AppendMember(",\"since\":", listing.since, to);
    AppendMember(",\"until\":", listing.until, to);
    if (listing.is_domain()) {
      *to += ",\"except\":";
      *to += facts.except ? json::serialize(*facts.except) : "[]";
    }
  }
  if (!facts.change.empty()) AppendMember(",\"change\":", facts.change, to);
  *to += '}';
}

// With a row for each exception from a domain.
std::string AppendToMap(const ExchangeFormat& format, const Listing& listing,
                        const ExportFacts& facts, std::string* to) {
  std::string value;
  format.columns[1].write(listing, facts, &value);
  if (value.empty()) return "its mail goes on, as the configuration has it";
  const json::array* except = listing.is_domain() ? facts.except : nullptr;
  for (std::size_t i = 0; except != nullptr && i < except->size(); ++i) {
    const std::string_view address = except->at(i).get_string();
    const std::string why = WhyNotInMap(std::string(address));
    if (!why.empty()) return "of " + Printable(address, 400) + ": " + why;
  }
  AppendColumns(format, format.columns, listing, facts, to);
  for (std::size_t i = 0; except != nullptr && i < except->size(); ++i) {
    to->append(except->at(i).get_string()).append("\t:\n");
  }
  return {};
}

}  // namespace

bool ExchangeFormat::wants_list() const {
  return std::any_of(columns.begin(), columns.end(),
                     [](const Column& column) { return column.is_of_list; });
}

std::span<const ExchangeFormat> ExchangeFormats() { return Table(); }

const ExchangeFormat* FindFormat(std::string_view name) {
  const auto found =
      std::find_if(Table().begin(), Table().end(),
                   [&](const auto& format) { return format.name == name; });
  return found == Table().end() ? nullptr : &*found;
}

Result<ExchangeFormat> CsvWith(const std::vector<std::string>& names) {
  ExchangeFormat format = *FindFormat("csv");
  std::vector<Column> known = format.columns;
  const std::vector<Column> more = columns::OfList();
  known.insert(known.end(), more.begin(), more.end());
  format.columns.clear();
  for (const std::string& name : names) {
    const auto found =
        std::find_if(known.begin(), known.end(),
                     [&](const Column& column) { return column.name == name; });
    if (found == known.end()) {
      return Error(ErrorCode::kSyntax, "there is no such column", name);
    }
    format.columns.push_back(*found);
  }
  return format;
}

Result<ExchangeFormat> WithChanges(ExchangeFormat format) {
  if (format.shape == Shape::kJson) return format;
  if (format.name != "csv") {
    return Error(ErrorCode::kSyntax,
                 "only csv and jsonl can say what is no longer on the list: "
                 "--removed FILE is wanted");
  }
  format.columns.insert(format.columns.begin(), columns::kChange);
  return format;
}

std::string HeaderOf(const ExchangeFormat& format) {
  if (format.shape != Shape::kNamed) return {};
  std::string header;
  for (const Column& column : format.columns) {
    if (!header.empty()) header += ',';
    header += column.name;
  }
  return header.append(format.line_end);
}

std::string AppendListing(const ExchangeFormat& format, const Listing& listing,
                          const ExportFacts& facts, std::string* to) {
  if (format.shape == Shape::kJson) {
    if (facts.entry != nullptr) {
      *to += json::serialize(*facts.entry);
    } else {
      AppendJson(listing, facts, to);
    }
    *to += format.line_end;
    return {};
  }
  const std::string why_not = WhyNot(format, listing, facts);
  if (!why_not.empty()) return why_not;
  if (format.shape == Shape::kMap) {
    return AppendToMap(format, listing, facts, to);
  }
  AppendColumns(format, format.columns, listing, facts, to);
  if (!format.also.empty()) {
    AppendColumns(format, format.also, listing, facts, to);
  }
  return {};
}

void AppendNames(const ExchangeFormat& format, const Listing& listing,
                 const ExportFacts& facts, std::string* to) {
  if (listing.is_domain() && !format.has_domains) return;
  if (format.shape == Shape::kMap) {
    if (!WhyNotInMap(listing.address).empty()) return;
    for (std::size_t i = 0; facts.except && i < facts.except->size(); ++i) {
      *to += facts.except->at(i).get_string();
      *to += '\n';
    }
  }
  const Column& name =
      format.columns.empty() ? columns::kAddress : format.columns.front();
  name.write(listing, facts, to);
  *to += '\n';
}

void ReadEntry(const json::object& entry, Listing* to) {
  to->address = TextField(entry, "address");
  to->scope = TextField(entry, "scope");
  to->reason = TextField(entry, "reason");
  to->since = TextField(entry, "since");
  to->until = TextField(entry, "until");
}

}  // namespace postbounce
