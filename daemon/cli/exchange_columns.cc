#include "daemon/cli/exchange_columns.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "daemon/cli/verb.h"
#include "daemon/reference.h"
#include "daemon/request.h"
#include "mime/text/address.h"
#include "mime/text/digest.h"
#include "mime/text/text.h"

namespace postbounce::columns {
namespace {

constexpr std::string_view kComplaint = "complaint";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// A text of our own times; the epoch where it is none.
Timestamp TimeOf(std::string_view text) {
  const auto time = ParseTime(text, Timestamp());
  return time ? *time : Timestamp();
}

Result<void> ReadAddress(std::string_view text, Listing* to) {
  to->address = text;
  return {};
}

void WriteAddress(const Listing& listing, const ExportFacts&, std::string* to) {
  const std::string& address = listing.address;
  // The apostrophe is what a formula in a CSV file gets in front. Of a file
  // that begins with a byte order mark, readers drop that.
  const bool is_unsafe =
      !listing.is_domain() &&
      (std::string_view("#=+-\t'").find(address[0]) != std::string_view::npos ||
       address.starts_with(kByteOrderMark));
  if (!is_unsafe) {
    *to += address;
    return;
  }
  const std::size_t at = address.rfind('@');
  *to += '"';
  to->append(address, 0, at).append("\"").append(address, at);
}

Result<void> ReadReason(std::string_view text, Listing* to) {
  // Other programs have words of their own there.
  if (ParseReason(text)) to->reason = text;
  return {};
}

Result<void> ReadTime(std::string_view text, std::string* to) {
  to->clear();
  if (text.empty()) return {};
  // RFC 3339 may have fractions of a second, and zones.
  auto time = ParseTime(text, Timestamp());
  if (!time) {
    if (const auto date = ParseDate(text)) time = *date;
  }
  if (!time) return time.error();
  *to = FormatTimestamp(*time);
  return {};
}

AnswerFacts FactsOf(const Listing& listing, const ExportFacts& facts) {
  const auto ref = ParseReference(facts.ref);
  return {ParseReason(listing.reason).value_or(Reason::kUnknown),
          TimeOf(listing.since), ref.value_or(0)};
}

const Answer& AnswerOf(const Listing& listing, const ExportFacts& facts) {
  return facts.answers.Of(
      ParseReason(listing.reason).value_or(Reason::kUnknown), listing.scope);
}

// The reason is in the answer if the configuration says ${reason}.
Result<void> ReadAnswer(std::string_view text, Listing* to) {
  // What the exceptions of a domain have: it is no suppression.
  if (text == ":" || EqualsIgnoringCase(text, "DUNNO") ||
      EqualsIgnoringCase(text, "OK")) {
    to->address.clear();
    return {};
  }
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (ParseReason(text.substr(0, end))) to->reason = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

void WriteHash(const Listing& listing, const ExportFacts& facts,
               std::string* to) {
  const auto address = Address::Parse(listing.address);
  if (!address) return;
  const std::string text = address->NormalisedText(Normaliser());
  const Digest digest =
      facts.key.empty() ? Sha256(text) : HmacSha256(facts.key, text);
  *to += Hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

template <std::string Listing::*kMember>
void WriteText(const Listing& listing, const ExportFacts&, std::string* to) {
  *to += listing.*kMember;
}

constexpr char kState[] = "state";
constexpr char kFault[] = "fault";
constexpr char kStatus[] = "status";
constexpr char kReplyCode[] = "reply_code";
constexpr char kDiagnostic[] = "diagnostic";
constexpr char kRemoteMta[] = "remote_mta";
constexpr char kRule[] = "rule";

// What an entry of "list" has by this name.
template <const char* kName>
Column Member() {
  return {kName,
          [](const Listing&, const ExportFacts& facts, std::string* to) {
            if (facts.entry != nullptr) *to += TextField(*facts.entry, kName);
          },
          nullptr, true};
}

bool IsComplaint(const Listing& listing) {
  return listing.reason == kComplaint;
}

}  // namespace

const Column kAddress = {"address", WriteAddress, ReadAddress};

const Column kScope = {"scope", WriteText<&Listing::scope>,
                       [](std::string_view text, Listing* to) -> Result<void> {
                         to->scope = text;
                         return {};
                       }};

const Column kReason = {"reason", WriteText<&Listing::reason>, ReadReason};

const Column kClass = {"class",
                       [](const Listing& listing, const ExportFacts&,
                          std::string* to) { *to += ClassOf(listing); },
                       nullptr};

const Column kSince = {"since", WriteText<&Listing::since>,
                       [](std::string_view text, Listing* to) {
                         return ReadTime(text, &to->since);
                       }};

const Column kUntil = {"until", WriteText<&Listing::until>,
                       [](std::string_view text, Listing* to) {
                         return ReadTime(text, &to->until);
                       }};

// Domains without the "@", as access(5) and transport(5) have them.
const Column kMapKey = {
    "key",
    [](const Listing& listing, const ExportFacts&, std::string* to) {
      *to += std::string_view(listing.address).substr(listing.is_domain());
    },
    [](std::string_view text, Listing* to) -> Result<void> {
      to->address = text.find('@') == text.npos ? "@" : "";
      to->address += text;
      return {};
    }};

const Column kAccess = {
    "access",
    [](const Listing& listing, const ExportFacts& facts, std::string* to) {
      *to += AnswerOf(listing, facts).ForAccess(FactsOf(listing, facts));
    },
    ReadAnswer};

const Column kTransport = {
    "transport",
    [](const Listing& listing, const ExportFacts& facts, std::string* to) {
      *to += AnswerOf(listing, facts).ForTransport(FactsOf(listing, facts));
    },
    ReadAnswer};

const Column kSesReason = {
    "reason",
    [](const Listing& listing, const ExportFacts&, std::string* to) {
      *to += IsComplaint(listing) ? "COMPLAINT" : "BOUNCE";
    },
    [](std::string_view text, Listing* to) -> Result<void> {
      if (EqualsIgnoringCase(text, "COMPLAINT")) to->reason = kComplaint;
      return {};
    }};

// What Mailgun has if it is told nothing.
const Column kMailgunCode = {
    "code",
    [](const Listing&, const ExportFacts&, std::string* to) { *to += "550"; },
    nullptr};

// RFC 5322, as Mailgun writes it.
const Column kMailgunTime = {
    "created_at",
    [](const Listing& listing, const ExportFacts&, std::string* to) {
      *to += fmt::format(
          "{:%a, %d %b %Y %H:%M:%S} GMT",
          std::chrono::floor<std::chrono::seconds>(TimeOf(listing.since)));
    },
    [](std::string_view text, Listing* to) {
      return ReadTime(text, &to->since);
    }};

const Column kPostmarkReason = {
    "SuppressionReason",
    [](const Listing& listing, const ExportFacts&, std::string* to) {
      *to += IsComplaint(listing) ? "SpamComplaint" : "HardBounce";
    },
    [](std::string_view text, Listing* to) -> Result<void> {
      if (text == "SpamComplaint") to->reason = kComplaint;
      return {};
    }};

const Column kPostmarkOrigin = {"Origin",
                                [](const Listing&, const ExportFacts&,
                                   std::string* to) { *to += "Customer"; },
                                nullptr};

const Column kTransactional = {"type",
                               [](const Listing&, const ExportFacts&,
                                  std::string* to) { *to += "transactional"; },
                               nullptr};

const Column kNonTransactional = {
    "type",
    [](const Listing&, const ExportFacts&, std::string* to) {
      *to += "non_transactional";
    },
    nullptr};

const Column kHash = {"hash", WriteHash, nullptr};

const Column kChange = {"change",
                        [](const Listing&, const ExportFacts& facts,
                           std::string* to) { *to += facts.change; },
                        nullptr};

std::string_view ClassOf(const Listing& listing) {
  const auto reason = ParseReason(listing.reason);
  return reason ? ClassName(InfoOf(*reason).reason_class) : "";
}

std::vector<Column> OfList() {
  return {Member<kState>(),     Member<kFault>(),      Member<kStatus>(),
          Member<kReplyCode>(), Member<kDiagnostic>(), Member<kRemoteMta>(),
          Member<kRule>()};
}

Column Named(std::string_view name, Column column) {
  column.name = name;
  return column;
}

Column Blank(std::string_view name) {
  return {name, [](const Listing&, const ExportFacts&, std::string*) {},
          nullptr};
}

}  // namespace postbounce::columns
