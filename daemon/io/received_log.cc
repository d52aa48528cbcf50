#include "daemon/io/received_log.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "daemon/log.h"
#include "mime/text/text.h"

namespace postbounce {

void LogReceived(std::string_view protocol, const ReceivedMail& mail,
                 const Result<Outcome>& outcome) {
  const Envelope& envelope = mail.envelope;
  const std::string who = fmt::format(
      "from=<{}> to=<{}>{} size={}", Printable(envelope.sender, 100),
      envelope.recipients.empty() ? "" : Printable(envelope.recipients[0], 100),
      envelope.recipients.size() > 1
          ? fmt::format(" and {} more", envelope.recipients.size() - 1)
          : "",
      mail.size);
  if (!outcome) {
    Log(LogLevel::kError, fmt::format("{}: {} deferred: {}", protocol, who,
                                      outcome.error().ToString()));
    return;
  }
  std::size_t suppressed = 0;
  for (const ListChange& change : outcome->changes) {
    if (change.state == ListState::kActive) ++suppressed;
  }
  Log(LogLevel::kInfo,
      fmt::format(
          "{}: mail={} {} {} suppressed={}", protocol,
          outcome->mail ? static_cast<std::int64_t>(*outcome->mail) : 0, who,
          outcome->known ? std::string("known")
                         : fmt::format("recipients={}", outcome->affected),
          suppressed));
}

}  // namespace postbounce
