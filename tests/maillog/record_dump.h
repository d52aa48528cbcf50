#ifndef POSTBOUNCE_TESTS_MAILLOG_RECORD_DUMP_H_
#define POSTBOUNCE_TESTS_MAILLOG_RECORD_DUMP_H_

#include <string>
#include <string_view>

#include "maillog/log_record.h"
#include "maillog/stamp.h"

namespace postbounce {

// What the text of a line says, such as
// "delivery to <joe@example.org> relay <none> ..."; empty fields are left out.
std::string Dump(const LogRecord& record);

// What a whole line says: time, host, tag, queue id and that; or "other",
// "bad". On one line.
std::string DumpLine(std::string_view text, StampReader* stamps);

// Local time is UTC.
std::int64_t UtcZone(std::int64_t local);

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_MAILLOG_RECORD_DUMP_H_
