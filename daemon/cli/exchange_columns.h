#ifndef POSTBOUNCE_DAEMON_CLI_EXCHANGE_COLUMNS_H_
#define POSTBOUNCE_DAEMON_CLI_EXCHANGE_COLUMNS_H_

#include "daemon/cli/exchange_format.h"

// What the columns of the formats say.
namespace postbounce::columns {

// The address, quoted (which is the same address) where a program would take it
// for a comment or a spreadsheet for a formula.
extern const Column kAddress;
extern const Column kScope;
extern const Column kReason;
extern const Column kClass;
extern const Column kSince;
extern const Column kUntil;
extern const Column kMapKey;     // as Postfix looks for it
extern const Column kAccess;     // what access(5) is to answer
extern const Column kTransport;  // the same of transport(5)
extern const Column kSesReason;
extern const Column kMailgunCode;
extern const Column kMailgunTime;
extern const Column kPostmarkReason;
extern const Column kPostmarkOrigin;
extern const Column kTransactional;  // SparkPost's two kinds of mail
extern const Column kNonTransactional;
extern const Column kHash;  // of the normalised address

extern const Column kChange;

// The class of its reason; empty if it has none.
std::string_view ClassOf(const Listing& listing);

// What only "list" knows, and nobody imports.
std::vector<Column> OfList();

Column Named(std::string_view name, Column column);
Column Blank(std::string_view name);

}  // namespace postbounce::columns

#endif  // POSTBOUNCE_DAEMON_CLI_EXCHANGE_COLUMNS_H_
