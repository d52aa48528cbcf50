#ifndef POSTBOUNCE_MIME_TEXT_LIMITS_H_
#define POSTBOUNCE_MIME_TEXT_LIMITS_H_

#include <cstddef>

// Every loop over input is bounded by one of these. Sizes are in bytes.
namespace postbounce::limits {

inline constexpr std::size_t kMessageSize = 64u << 20;    // kept of a message
inline constexpr std::size_t kHeaderBlock = 64u << 10;    // per entity
inline constexpr std::size_t kHeaderFields = 1000;        // per header
inline constexpr int kMimeDepth = 32;                     // nested entities
inline constexpr std::size_t kMimeParts = 256;            // per message
inline constexpr std::size_t kReportSize = 16u << 20;     // delivery-status
inline constexpr std::size_t kReportRecipients = 10'000;  // the rest counted
inline constexpr std::size_t kDiagnosticKept = 4u << 10;  // per recipient
inline constexpr std::size_t kRuleText = 600;             // shown to rules
inline constexpr std::size_t kAddress = 320;              // octets, ASCII
inline constexpr std::size_t kLocalPart = 64;             // octets, RFC 5321
inline constexpr std::size_t kAddressUtf8 = 1280;         // octets, SMTPUTF8
inline constexpr std::size_t kLogLine = 16u << 10;        // the rest is cut
inline constexpr std::size_t kQueryLine = 4u << 10;       // JSON request

}  // namespace postbounce::limits

#endif  // POSTBOUNCE_MIME_TEXT_LIMITS_H_
