#ifndef POSTBOUNCE_DAEMON_CLI_EXCHANGE_FORMAT_H_
#define POSTBOUNCE_DAEMON_CLI_EXCHANGE_FORMAT_H_

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "classifier/reason.h"
#include "daemon/answers.h"
#include "mime/text/result.h"

namespace postbounce {

// A place on the list as files tell it; texts as in postbounce-query(5), empty
// for what a file does not tell.
struct Listing {
  std::string address;  // or "@example.org"
  std::string scope;
  std::string reason;
  std::string since;
  std::string until;

  bool is_domain() const { return address.starts_with('@'); }
};

// What an export knows besides the listing.
struct ExportFacts {
  const Answers& answers;
  const std::string& key;  // of keyed hashes; empty: plain ones
  const boost::json::object* entry = nullptr;  // of "list"
  std::string_view ref = {};                   // by which answers call it
  // Of a domain: its addresses on the allow-list, if there are any.
  const boost::json::array* except = nullptr;
  std::string_view change = {};  // "add" or "remove"; empty: all is told
};

// One column of a file: how it is written, and how it is read.
struct Column {
  std::string_view name;
  // Appends the text, not quoted.
  void (*write)(const Listing&, const ExportFacts&, std::string* to);
  // kSyntax. Null: the column says nothing that is imported.
  Result<void> (*read)(std::string_view text, Listing* to);
  bool is_of_list = false;  // only "list" knows it
};

// How a program wants its list of suppressed addresses.
struct ExchangeFormat {
  enum class Shape {
    kLines,    // columns with tabs between them; "#" begins a comment
    kBare,     // an address a line and nothing else
    kRecords,  // RFC 4180
    kNamed,    // the same with a row that names the columns
    kJson,     // an object a line
    kMap,      // of Postfix, as postmap(1) reads it
  };
  std::string_view name;
  Shape shape = Shape::kLines;
  std::vector<Column> columns;
  std::string_view line_end = "\n";
  bool has_domains = false;       // can say "all of a domain"
  bool has_scopes = false;        // can say of which mail
  std::vector<Column> also = {};  // of a second row for each listing, if any

  bool has_comments() const {
    return shape == Shape::kLines || shape == Shape::kMap;
  }
  // Nobody can tell whose a hash is.
  bool is_imported() const {
    return shape == Shape::kJson || columns.front().read != nullptr;
  }
  // Whether a column tells what only "list" knows.
  bool wants_list() const;
  // Of this program's own: it can tell of keyed hashes.
  bool is_own() const { return shape == Shape::kJson || name == "csv"; }
  bool is_csv() const {
    return shape == Shape::kRecords || shape == Shape::kNamed;
  }
};

// All of them, in the order of postbounce-formats(7).
std::span<const ExchangeFormat> ExchangeFormats();
const ExchangeFormat* FindFormat(std::string_view name);

// "csv" with these columns, the names of its own or members of "list".
Result<ExchangeFormat> CsvWith(const std::vector<std::string>& columns);

// The same with what each row says of the list first: "add" or "remove".
// kSyntax for a format without room for that.
Result<ExchangeFormat> WithChanges(ExchangeFormat format);

// The row of names; empty where there is none.
std::string HeaderOf(const ExchangeFormat& format);

// Appends the row of a listing, and rows for whom it does not mean. Empty: it
// is appended; else why the format cannot say it.
std::string AppendListing(const ExchangeFormat& format, const Listing& listing,
                          const ExportFacts& facts, std::string* to);

// Appends what rows of the format call an address, a line each: what to look
// for where one is to be taken out. Nothing if no row can be of it.
void AppendNames(const ExchangeFormat& format, const Listing& listing,
                 const ExportFacts& facts, std::string* to);

// The listing of an entry of "list" or "export".
void ReadEntry(const boost::json::object& entry, Listing* to);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_EXCHANGE_FORMAT_H_
