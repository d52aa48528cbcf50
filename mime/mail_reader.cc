#include "mime/mail_reader.h"

#include <algorithm>
#include <utility>

#include "mime/bounce_signs.h"
#include "mime/bounce_text.h"
#include "mime/challenge.h"
#include "mime/embedded_report.h"
#include "mime/mail_signs.h"
#include "mime/outline.h"
#include "mime/own_text.h"
#include "mime/returned_body.h"
#include "mime/text/limits.h"
#include "mime/text/text.h"
#include "mime/text_lines.h"
#include "mime/text_report.h"

namespace postbounce {
namespace {

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

bool IsIncomplete(const ReportedRecipient& recipient) {
  return IsSilent(recipient) || IsNameless(recipient);
}

// Notifications come from Amazon's servers; people only quote them.
bool IsFromAmazon(const Header& header) {
  return header.Has("X-Amz-Sns-Message-Id") ||
         ToLower(header.Get("From")).find("amazonaws.com") != std::string::npos;
}

// True if a returned message begins in front of `begin`, with its header or
// with words that announce it.
bool IsQuoted(std::string_view text, std::size_t begin) {
  if (begin >= BounceText::Read(text).returned) return true;
  int fields = 0;
  std::string_view rest = text.substr(0, begin);
  while (const std::optional<std::string_view> line = TakeLine(&rest)) {
    fields = IsMessageField(Trim(*line)) ? fields + 1 : 0;
    if (fields == 3) return true;
  }
  return false;
}

// Reads one mail of a message: all of it, or one that was forwarded in it.
class MailReader {
 public:
  MailReader(const Message& message, std::size_t root,
             const ReadOptions& options)
      : message_(message),
        options_(options),
        outline_(MakeOutline(message, root)),
        header_(message.parts[root].header) {}

  // Everything but Reading::header.
  Reading Read(std::string_view bytes) {
    reading_.kind = KindByTypes();
    reading_.truncated = message_.truncated;
    ReadReports();
    ReadComplaint();
    if (outline_.original != kNoPart) {
      reading_.original =
          ReadOriginal(OriginalHeader(), options_.original_fields);
    }
    if (reading_.kind != MailKind::kComplaint && !outline_.has_disposition) {
      ReadEmbedded();
      if (!ReadNotification()) ReadText();
      if (IsChallenge()) {
        // Nobody failed; somebody has to look at it.
        reading_.kind = MailKind::kOther;
        reading_.report = {};
      }
    }
    FindReturnedBody(message_, outline_, bytes, &reading_);
    return std::move(reading_);
  }

  // The mail that this one merely forwards, or kNoPart: this one is nothing
  // in particular.
  std::size_t Forwarded() {
    if (outline_.original == kNoPart || !outline_.reports.empty()) {
      return kNoPart;
    }
    const std::size_t inside = EntityInside(message_, outline_.original);
    if (inside == kNoPart) return kNoPart;
    // A bounce that cannot be read returns what it will. Some gateways put
    // the report that they found into one that says nothing at all.
    const bool speaks = !FindAddresses(OwnText(), 1).empty();
    const bool bounce = BounceSigns(header_).may_be_bounce();
    return bounce && speaks ? kNoPart : inside;
  }

 private:
  MailKind KindByTypes() const {
    if (!outline_.reports.empty() && !IsAttachment()) {
      return MailKind::kDeliveryReport;
    }
    if (outline_.complaint != kNoPart) return MailKind::kComplaint;
    if (outline_.has_disposition) return MailKind::kAutoReply;
    return IsAutoReply(header_) ? MailKind::kAutoReply : MailKind::kOther;
  }

  void AddReport(std::string_view body) {
    if (body.size() > limits::kReportSize) reading_.truncated = true;
    Join(ParseDeliveryReport(body), &reading_.report);
    if (reading_.report.recipients_omitted > 0) reading_.truncated = true;
  }

  // People attach reports that they got to what they write.
  bool IsAttachment() const {
    const ContentType& type = message_.parts[outline_.root].type;
    return type.Is("multipart", "mixed") &&
           !BounceSigns(header_).may_be_bounce();
  }

  void ReadReports() {
    if (IsAttachment()) return;
    for (const std::size_t index : outline_.reports) {
      std::string decoded;
      AddReport(BodyOf(message_.parts[index], &decoded));
    }
  }

  void ReadComplaint() {
    if (outline_.complaint != kNoPart) {
      std::string decoded;
      reading_.complaint = ParseFeedbackReport(
          BodyOf(message_.parts[outline_.complaint], &decoded));
    } else if (!ReadUntypedComplaint()) {
      return;
    }
    reading_.kind = MailKind::kComplaint;
    if (outline_.original != kNoPart) {
      AddOriginalRecipient(OriginalHeader(), &reading_.complaint);
    }
  }

  bool ReadUntypedComplaint() {
    if (!outline_.reports.empty()) return false;
    if (outline_.original != kNoPart && IsJmrpOriginal(OriginalHeader())) {
      reading_.complaint.feedback_type = "abuse";
      return true;
    }
    const ContentType& type = message_.parts[outline_.root].type;
    if (!EqualsIgnoringCase(type.Parameter("report-type"), "feedback-report")) {
      return false;
    }
    for (const auto* indexes : {&outline_.unknown, &outline_.texts}) {
      for (const std::size_t index : *indexes) {
        std::string decoded;
        reading_.complaint =
            ParseFeedbackReport(BodyOf(message_.parts[index], &decoded));
        if (!reading_.complaint.feedback_type.empty()) return true;
      }
    }
    return true;
  }

  // The header of the returned message; there is one.
  Header OriginalHeader() const {
    const std::size_t inside = EntityInside(message_, outline_.original);
    if (inside != kNoPart) return message_.parts[inside].header;
    std::string decoded;
    return ParseHeader(BodyOf(message_.parts[outline_.original], &decoded));
  }

  // Of other mail that looks like a bounce, people may have written the text.
  bool IsFromSystem() const {
    const ContentType& type = message_.parts[outline_.root].type;
    return type.Is("multipart", "report") || IsFromMailSystem(header_);
  }

  // Reports in parts of another type.
  void ReadEmbedded() {
    if (!reading_.report.recipients.empty()) return;
    if (!IsFromSystem() && !BounceSigns(header_).may_be_bounce()) return;
    for (const std::size_t index : outline_.unknown) {
      ReadEmbedded(message_.parts[index]);
    }
    for (const std::size_t index : outline_.texts) {
      ReadEmbedded(message_.parts[index]);
    }
  }

  void ReadEmbedded(const Part& part) {
    std::string decoded;
    const std::string_view text = BodyOf(part, &decoded);
    const std::optional<EmbeddedReport> found = FindEmbeddedReport(text);
    if (!found || (!found->is_whole && !IsFromSystem())) return;
    if (IsQuoted(text, found->begin)) return;
    AddReport(text.substr(found->begin, found->end - found->begin));
    reading_.kind = MailKind::kDeliveryReport;
    has_embedded_ = true;
    if (reading_.original) return;
    const std::string_view behind = Trim(text.substr(found->end));
    if (IsMessageField(behind)) {
      reading_.original =
          ReadOriginal(ParseHeader(behind), options_.original_fields);
    };
  }

  // True when there is one.
  bool ReadNotification() {
    if (!outline_.reports.empty() || !IsFromAmazon(header_)) return false;
    for (const auto* indexes : {&outline_.texts, &outline_.unknown}) {
      for (const std::size_t index : *indexes) {
        std::string decoded;
        std::optional<SesNotification> found =
            ParseSesNotification(BodyOf(message_.parts[index], &decoded));
        if (!found) continue;
        reading_ = ReadingOf(*std::move(found));
        reading_.truncated = message_.truncated;
        return true;
      }
    }
    return false;
  }

  const std::string& OwnText() {
    if (text_) return *text_;
    text_ = ReadOwnText(message_, outline_.texts);
    // The report is read already, and the returned message follows it.
    if (has_embedded_) {
      const auto found = FindEmbeddedReport(*text_);
      if (found) text_->resize(found->begin);
    }
    return *text_;
  }

  // Reads the text of a mail that has no report, or none that names a
  // recipient or says why.
  void ReadText() {
    // What people's programs answer is theirs, whatever it speaks of.
    if (reading_.kind == MailKind::kAutoReply) return;
    std::vector<ReportedRecipient>& recipients = reading_.report.recipients;
    if (!recipients.empty()) {
      if (std::none_of(recipients.begin(), recipients.end(), IsIncomplete)) {
        return;
      }
      return CompleteReport(header_, OwnText(), &reading_.report);
    }
    std::optional<TextReport> found =
        ReadTextReport(header_, OwnText(), ReturnedTo());
    if (!found) return;
    reading_.kind = MailKind::kDeliveryReport;
    Join(std::move(found->report), &reading_.report);
    if (!reading_.original && found->returned < OwnText().size()) {
      reading_.original = ReadOriginal(
          ParseHeader(std::string_view(OwnText()).substr(found->returned)),
          options_.original_fields);
    }
  }

  bool IsChallenge() {
    const std::vector<ReportedRecipient>& recipients =
        reading_.report.recipients;
    if (reading_.kind != MailKind::kDeliveryReport || recipients.empty()) {
      return false;
    }
    return std::all_of(recipients.begin(), recipients.end(),
                       [](const ReportedRecipient& recipient) {
                         return AsksForConfirmation(recipient.diagnostic);
                       });
  }

  // The recipient of the returned message; empty when that is not known, or
  // when the message is a report itself, whose recipient nobody failed to
  // reach.
  std::string ReturnedTo() const {
    if (outline_.original == kNoPart) return {};
    const std::size_t inside = EntityInside(message_, outline_.original);
    if (inside != kNoPart && !MakeOutline(message_, inside).reports.empty()) {
      return {};
    }
    const std::optional<Address> to = RecipientOf(OriginalHeader());
    return to ? to->ToString() : std::string();
  }

  const Message& message_;
  const ReadOptions& options_;
  const Outline outline_;
  const Header& header_;
  Reading reading_;
  bool has_embedded_ = false;
  std::optional<std::string> text_;
};

}  // namespace

Reading ReadingOf(SesNotification&& notification) {
  Reading reading;
  reading.kind = notification.kind;
  reading.report = std::move(notification.report);
  reading.complaint = std::move(notification.complaint);
  reading.original = std::move(notification.original);
  return reading;
}

Reading ReadMessage(const Message& message, std::string_view bytes,
                    const ReadOptions& options) {
  MailReader reader(message, 0, options);
  Reading reading = reader.Read(bytes);
  std::size_t forwarded =
      reading.kind == MailKind::kOther ? reader.Forwarded() : kNoPart;
  while (forwarded != kNoPart) {
    MailReader inner(message, forwarded, options);
    Reading found = inner.Read(bytes);
    if (found.kind == MailKind::kDeliveryReport ||
        found.kind == MailKind::kComplaint) {
      return found;
    }
    if (found.kind == MailKind::kAutoReply) break;
    forwarded = inner.Forwarded();
  }
  return reading;
}

}  // namespace postbounce
