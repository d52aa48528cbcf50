#ifndef POSTBOUNCE_MAILLOG_LOG_LINE_H_
#define POSTBOUNCE_MAILLOG_LOG_LINE_H_

#include <cstdint>
#include <string_view>

#include "maillog/stamp.h"

namespace postbounce {

// A line of Postfix's log without what syslog put around it. Views into the
// line.
struct LogLine {
  Timestamp time{};
  std::string_view host;         // as logged; empty where not given
  std::string_view syslog_name;  // "postfix", "postfix-out/submission"
  std::string_view program;      // "smtp"; empty where it was lost
  std::string_view text;         // behind "[pid]: ", with "warning: " if any

  // The first component of syslog_name, which names the Postfix: "postfix-out"
  std::string_view instance() const {
    return syslog_name.substr(0, syslog_name.find('/'));
  }
};

enum class LineKind {
  kPostfix,  // `line` is filled
  kOther,    // another program's, or an empty line
  kBad,      // looks like Postfix's, but its time or tag cannot be read
};

// Splits a line, without its line end, of any of these forms: traditional
// syslog and postlogd, RFC 3339, rsyslog's RFC 5424, each with and without the
// priority ("<22>", "<22>1 ") in front and, as on a socket of this host, the
// host. Linear, without allocation.
LineKind SplitLogLine(std::string_view text, StampReader* stamps,
                      LogLine* line);

// The same for a line without time and host, "postfix/smtp[218]: text".
LineKind SplitTagged(std::string_view text, LogLine* line);

// Fills name and program from a syslog tag without its pid, "postfix/smtp",
// such as journald's SYSLOG_IDENTIFIER; false when it is not Postfix's: it
// must begin with "postfix", or its last component, not the only one, be one of
// Postfix's programs.
bool SplitTag(std::string_view tag, LogLine* line);

}  // namespace postbounce

#endif  // POSTBOUNCE_MAILLOG_LOG_LINE_H_
