#include "mime/reading.h"

#include <algorithm>
#include <utility>

#include "mime/bounce_signs.h"
#include "mime/own_text.h"
#include "mime/text/limits.h"
#include "mime/text/text.h"
#include "mime/text_lines.h"
#include "mime/text_report.h"

namespace postbounce {
namespace {

constexpr std::size_t kNoPart = static_cast<std::size_t>(-1);

bool HoldsMessage(const ContentType& type) {
  return type.Is("message", "rfc822") || type.Is("message", "global");
}

bool HoldsHeaders(const ContentType& type) {
  return type.Is("text", "rfc822-headers") ||
         type.Is("message", "rfc822-headers") ||
         type.Is("message", "global-headers");
}

bool IsDeliveryStatus(const ContentType& type) {
  return type.Is("message", "delivery-status") ||
         type.Is("message", "global-delivery-status");
}

bool IsDisposition(const ContentType& type) {
  return type.Is("message", "disposition-notification") ||
         type.Is("message", "global-disposition-notification");
}

// Where the parts that matter are; none of them lies inside an original.
struct Outline {
  std::vector<std::size_t> reports;
  std::vector<std::size_t> texts;
  std::size_t complaint = kNoPart;
  std::size_t original = kNoPart;
  bool has_disposition = false;
};

// The original is the first one behind a report or complaint, or else the
// first one at all.
Outline MakeOutline(const Message& message) {
  Outline outline;
  std::vector<bool> quoted(message.parts.size());
  bool behind_report = false;
  bool original_is_behind = false;
  for (std::size_t i = 0; i < message.parts.size(); ++i) {
    const Part& part = message.parts[i];
    if (part.parent >= 0) {
      const auto parent = static_cast<std::size_t>(part.parent);
      quoted[i] = quoted[parent] || HoldsMessage(message.parts[parent].type);
    }
    if (quoted[i]) continue;
    if (IsDeliveryStatus(part.type)) {
      outline.reports.push_back(i);
      behind_report = true;
    } else if (part.type.Is("message", "feedback-report")) {
      if (outline.complaint == kNoPart) outline.complaint = i;
      behind_report = true;
    } else if (IsDisposition(part.type)) {
      outline.has_disposition = true;
      behind_report = true;
    } else if (part.type.type == "text" && !HoldsHeaders(part.type)) {
      outline.texts.push_back(i);
    } else if (HoldsMessage(part.type) || HoldsHeaders(part.type)) {
      const bool better = behind_report && !original_is_behind;
      if (outline.original != kNoPart && !better) continue;
      outline.original = i;
      original_is_behind = behind_report;
    }
  }
  return outline;
}

// The body without a copy where it was sent as it is.
std::string_view BodyOf(const Part& part, std::string* decoded) {
  if (!part.is_encoded()) return part.raw_body;
  *decoded = part.Body();
  return *decoded;
}

template <class T>
void TakeIfEmpty(T* mine, T* theirs) {
  if (*mine == T()) *mine = std::move(*theirs);
}

void Join(DeliveryReport&& more, DeliveryReport* report) {
  TakeIfEmpty(&report->reporting_mta, &more.reporting_mta);
  TakeIfEmpty(&report->received_from_mta, &more.received_from_mta);
  TakeIfEmpty(&report->original_envelope_id, &more.original_envelope_id);
  TakeIfEmpty(&report->queue_id, &more.queue_id);
  TakeIfEmpty(&report->arrival_date, &more.arrival_date);
  if (report->sender.text.empty()) report->sender = std::move(more.sender);
  report->recipients_omitted += more.recipients_omitted;
  for (ReportedRecipient& recipient : more.recipients) {
    if (report->recipients.size() == limits::kReportRecipients) {
      ++report->recipients_omitted;
      continue;
    }
    report->recipients.push_back(std::move(recipient));
  }
}

void ReadReports(const Message& message, const Outline& outline,
                 Reading* reading) {
  for (const std::size_t index : outline.reports) {
    std::string decoded;
    const std::string_view body = BodyOf(message.parts[index], &decoded);
    if (body.size() > limits::kReportSize) reading->truncated = true;
    DeliveryReport report = ParseDeliveryReport(body);
    if (index == outline.reports.front()) {
      reading->report = std::move(report);
    } else {
      Join(std::move(report), &reading->report);
    }
  }
  if (reading->report.recipients_omitted > 0) reading->truncated = true;
}

// Index of the entity inside the message/* part at `index`.
std::size_t EntityInside(const Message& message, std::size_t index) {
  const std::size_t child = index + 1;  // document order
  const bool inside = child < message.parts.size() &&
                      message.parts[child].parent == static_cast<int>(index);
  return inside ? child : kNoPart;
}

Original ReadOriginalPart(const Message& message, std::size_t index,
                          const ReadOptions& options) {
  const std::size_t inside = EntityInside(message, index);
  if (inside != kNoPart) {
    return ReadOriginal(message.parts[inside].header, options.original_fields);
  }
  std::string decoded;
  const std::string_view body = BodyOf(message.parts[index], &decoded);
  return ReadOriginal(ParseHeader(body), options.original_fields);
}

// RFC 3834 section 5, and what came before it.
bool IsAutoReply(const Header& header) {
  // Exim, Postfix and others mark their bounces as auto-replied too. One that
  // is no readable report is for people to look at, not a reply to forget.
  if (IsFromMailSystem(header)) return false;
  const std::string_view submitted = header.Get("Auto-Submitted");
  return StartsWithIgnoringCase(submitted, "auto-replied") ||
         StartsWithIgnoringCase(submitted, "auto-generated") ||
         header.Has("X-Autoreply") || header.Has("X-Autorespond") ||
         StartsWithIgnoringCase(header.Get("Precedence"), "auto_reply") ||
         StartsWithIgnoringCase(header.Get("Precedence"), "auto-reply");
}

// The one address that the returned message was sent to.
std::string ReturnedTo(const std::optional<Original>& original) {
  if (!original) return {};
  const std::vector<TextAddress> to = FindAddresses(original->to, 2);
  return to.size() == 1 ? to[0].address.ToString() : std::string();
}

// Reads the text of a mail that has no report, or none that names a recipient
// or says why.
void ReadText(const Message& message, const Outline& outline,
              const ReadOptions& options, Reading* reading) {
  std::vector<ReportedRecipient>& recipients = reading->report.recipients;
  const bool incomplete =
      std::any_of(recipients.begin(), recipients.end(),
                  [](const auto& r) { return IsSilent(r) || IsNameless(r); });
  if (!recipients.empty() && !incomplete) return;
  const std::string text = ReadOwnText(message, outline.texts);
  const Header& header = message.parts[0].header;
  if (!recipients.empty()) {
    return CompleteReport(header, text, &reading->report);
  }
  std::optional<TextReport> found =
      ReadTextReport(header, text, ReturnedTo(reading->original));
  if (!found) return;
  reading->kind = MailKind::kDeliveryReport;
  Join(std::move(found->report), &reading->report);
  if (!reading->original && found->returned < text.size()) {
    reading->original = ReadOriginal(
        ParseHeader(std::string_view(text).substr(found->returned)),
        options.original_fields);
  }
}

MailKind KindOf(const Message& message, const Outline& outline) {
  if (!outline.reports.empty()) return MailKind::kDeliveryReport;
  if (outline.complaint != kNoPart) return MailKind::kComplaint;
  if (outline.has_disposition) return MailKind::kAutoReply;
  return IsAutoReply(message.parts[0].header) ? MailKind::kAutoReply
                                              : MailKind::kOther;
}

// The nearest multipart around the part at `index`, or kNoPart.
std::size_t MultipartAround(const Message& message, std::size_t index) {
  int parent = message.parts[index].parent;
  while (parent >= 0) {
    const Part& part = message.parts[static_cast<std::size_t>(parent)];
    if (part.type.type == "multipart") return static_cast<std::size_t>(parent);
    parent = part.parent;
  }
  return kNoPart;
}

}  // namespace

Reading ReadMail(std::string_view bytes, const ReadOptions& options) {
  Message message = Message::Parse(bytes);
  const Outline outline = MakeOutline(message);

  Reading reading;
  reading.kind = KindOf(message, outline);
  reading.truncated = message.truncated;
  ReadReports(message, outline, &reading);
  if (reading.kind == MailKind::kComplaint) {
    std::string decoded;
    reading.complaint =
        ParseFeedbackReport(BodyOf(message.parts[outline.complaint], &decoded));
  }
  if (outline.original != kNoPart) {
    reading.original = ReadOriginalPart(message, outline.original, options);
  }
  if (reading.kind != MailKind::kComplaint && !outline.has_disposition) {
    ReadText(message, outline, options, &reading);
  }
  reading.header = std::move(message.parts[0].header);
  return reading;
}

std::string WithoutReturnedBody(std::string_view bytes) {
  const Message message = Message::Parse(bytes);
  const Outline outline = MakeOutline(message);
  std::string whole(bytes);
  if (outline.original == kNoPart) return whole;
  const std::size_t inside = EntityInside(message, outline.original);
  if (inside == kNoPart) return whole;
  const std::optional<std::size_t> begin =
      message.OffsetOf(message.parts[inside]);
  if (!begin || *begin > whole.size()) return whole;

  const std::size_t around = MultipartAround(message, outline.original);
  std::size_t end = whole.size();
  if (around != kNoPart) {
    const std::string_view boundary =
        message.parts[around].type.Parameter("boundary");
    const std::size_t found =
        whole.find("\n--" + std::string(boundary), *begin - 1);
    if (found != whole.npos) end = found + 1;
  }
  if (end <= *begin) return whole;
  return whole.substr(0, *begin) + whole.substr(end);
}

}  // namespace postbounce
