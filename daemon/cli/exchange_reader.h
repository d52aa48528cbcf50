#ifndef POSTBOUNCE_DAEMON_CLI_EXCHANGE_READER_H_
#define POSTBOUNCE_DAEMON_CLI_EXCHANGE_READER_H_

#include "daemon/cli/asker.h"
#include "daemon/cli/exchange_format.h"
#include "mime/text/result.h"

namespace postbounce {

// The rows of a file as "import" of postbounce-query(5) takes them, in a file
// without a name; `otherwise` has what a row does not tell. A row that cannot
// be read goes there too, and is rejected there. kSyntax for a file that is not
// of the format, kCorrupt where its checksum says that it was changed or cut,
// kLimit, kIo.
Result<OpenFile> ReadExchange(OpenFile file, const ExchangeFormat& format,
                              const Listing& otherwise);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_EXCHANGE_READER_H_
