#include "classifier/provider_codes.h"

namespace postbounce {
namespace {

constexpr ProviderCode kCodes[] = {
    {0, 0, "Postfix",
     "A bare 550 is reported with 5.0.0: only the text behind it tells."},
    {1, 0, "Spectrum, Cox", "The sender was refused; see the AUP# number."},
    {1, 1, "Comcast", "May be a mailbox over its quota: read the text."},
    {1, 1, "GoDaddy",
     "May be an hourly limit of recipients (IB607): the address is good."},
    {1, 1, "Orange", "OFR_416 is an unknown mailbox, OFR_417 a full one."},
    {1, 10, "Exchange Online", "The recipient does not exist."},
    {1, 6, "Apple", "The recipient is no longer on the server."},
    {1, 8, "Proofpoint", "The sender's address was refused."},
    {2, 0, "Comcast", "May be a failed DMARC check: read the text."},
    {2, 0, "Orange", "OFR_506 is spam."},
    {2, 1, "Gmail",
     "Either a disabled account, or one that gets too much mail just now: "
     "read the text."},
    {2, 121, "Outlook.com", "Too many mails in this hour: try again later."},
    {2, 122, "Outlook.com",
     "Too many mails to this recipient in this hour: try again later."},
    {4, 1, "Exchange Online",
     "\"Access denied\" is an unknown recipient; but a site whose directory is "
     "broken says it of everybody."},
    {4, 5, "Gmail", "The sender's daily limit is reached."},
    {4, 300, "Exchange Online", "The message expired."},
    {4, 310, "Exchange Online", "The recipient's domain does not exist."},
    {4, 316, "Exchange Online", "The message expired, and the server refused."},
    {5, 0, "Outlook.com", "\"Mailbox unavailable\" is an unknown recipient."},
    {7, 0, "Yahoo",
     "TSS04: complaints or too much mail from the sending host."},
    {7, 1, "Apple", "The sender, its host or its content was refused."},
    {7, 1, "Barracuda, Proofpoint, Trend Micro, Yandex",
     "May be an unknown recipient: read the text."},
    {7, 1, "Outlook.com", "S3150 and the like: the sending host is blocked."},
    {7, 1, "Yahoo", "BL21 and BL23: the sending host is blocked."},
    {7, 2, "Yahoo", "TSS09 and TSS11: the sending host is blocked for good."},
    {7, 9, "Yahoo", "A policy about the sender or the content."},
    {7, 12, "Exchange Online", "The recipient takes no mail from outside."},
    {7, 23, "Gmail", "The sending host has no PTR record."},
    {7, 27, "Gmail", "SPF did not pass."},
    {7, 29, "Gmail", "The connection was not encrypted with TLS."},
    {7, 30, "Gmail", "DKIM did not pass."},
    {7, 32, "Gmail",
     "The domain in From is not that of SPF or DKIM (DMARC alignment)."},
    {7, 40, "Gmail", "The sending domain has no DMARC record."},
    {7, 124, "Exchange Online",
     "A group that takes mail from its members alone."},
    {7, 133, "Exchange Online",
     "A group that takes mail from inside its organisation alone."},
    {7, 134, "Exchange Online",
     "A mailbox that takes mail from inside its organisation alone."},
    {7, 136, "Exchange Online", "The recipient has blocked the sender."},
    {7, 504, "Exchange Online", "The recipient was refused."},
    {7, 505, "Exchange Online", "The recipient was refused."},
    {7, 507, "Exchange Online", "The recipient's site refused the sender."},
    {7, 509, "Exchange Online", "DMARC did not pass."},
    {7, 511, "Exchange Online", "The sending address is banned."},
    {7, 606, "Exchange Online", "The sending address is banned."},
    {7, 650, "Outlook.com", "The sending host has a bad reputation."},
    {7, 708, "Exchange Online", "The sending address has a low reputation."},
    {7, 750, "Exchange Online", "The sending domain is not registered."},
};

}  // namespace

std::vector<ProviderCode> FindProviderCodes(EnhancedStatus status) {
  std::vector<ProviderCode> found;
  for (const ProviderCode& code : kCodes) {
    if (code.subject == status.subject() && code.detail == status.detail()) {
      found.push_back(code);
    }
  }
  return found;
}

}  // namespace postbounce
