#include "mime/ses_notification.h"

#include <boost/json/stream_parser.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <utility>

#include "mime/text/limits.h"
#include "mime/text/text.h"
#include "mime/text_lines.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr std::size_t kTextSize = 1u << 20;
constexpr std::size_t kDepth = 16;

// sendmail breaks lines of more than 990 bytes by "!", a line end and a blank.
std::string WithoutBreaks(std::string_view text) {
  std::string whole;
  whole.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string_view rest = text.substr(i);
    if (TakeChar(&rest, '!')) {
      TakeChar(&rest, '\r');
      if (TakeChar(&rest, '\n') && TakeChar(&rest, ' ')) {
        i = text.size() - rest.size() - 1;
        continue;
      }
    }
    whole += text[i];
  }
  return whole;
}

// The object at the start of `text`.
std::optional<json::object> ParseObject(std::string_view text) {
  json::parse_options options;
  options.max_depth = kDepth;
  options.allow_invalid_utf8 = true;
  json::stream_parser parser({}, options);
  boost::system::error_code failed;
  parser.write_some(text.data(), text.size(), failed);
  if (failed || !parser.done()) return std::nullopt;
  json::value value = parser.release();
  if (!value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

std::optional<json::object> ParseMended(std::string_view text) {
  std::optional<json::object> object = ParseObject(text);
  if (object || text.find('\n') == text.npos) return object;
  return ParseObject(WithoutBreaks(text));
}

std::string_view TextOf(const json::value* value) {
  if (value == nullptr || !value->is_string()) return {};
  return {value->get_string().data(), value->get_string().size()};
}

std::string_view Text(const json::object& object, std::string_view name) {
  return TextOf(object.if_contains(name));
}

// Empty where it is none.
const json::object& Object(const json::object& object, std::string_view name) {
  static const json::object kEmpty;
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_object() ? value->get_object() : kEmpty;
}

const json::array& Array(const json::object& object, std::string_view name) {
  static const json::array kEmpty;
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_array() ? value->get_array() : kEmpty;
}

// "On Account Suppression List" of "OnAccountSuppressionList".
std::string Words(std::string_view camel_case) {
  std::string words;
  for (const char c : camel_case.substr(0, 100)) {
    if (c >= 'A' && c <= 'Z' && !words.empty()) words += ' ';
    words += c;
  }
  return words;
}

// Writes the fields of a delivery report, so that they are read in one place.
class FieldWriter {
 public:
  void Add(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    text_.append(name).append(": ");
    for (const char c : value) text_ += c == '\n' || c == '\r' ? ' ' : c;
    text_ += '\n';
  }
  void EndGroup() { text_ += '\n'; }

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// The sub-type says more than the diagnostic where SES did not even try.
std::string Diagnostic(const json::object& recipient,
                       const json::object& bounce) {
  std::string text(Text(recipient, "diagnosticCode"));
  const std::string_view sub_type = Text(bounce, "bounceSubType");
  if (sub_type == "Suppressed" || sub_type == "OnAccountSuppressionList") {
    return text + " (Amazon SES suppression list: " + Words(sub_type) + ")";
  }
  if (!text.empty()) return text;
  return "Amazon SES: " + Words(sub_type);
}

std::string_view StatusOf(const json::object& recipient,
                          const json::object& bounce) {
  const std::string_view status = Text(recipient, "status");
  if (!status.empty()) return status;
  const std::string_view type = Text(bounce, "bounceType");
  if (type == "Permanent") return "5.0.0";
  return type == "Transient" ? "4.0.0" : "";
}

void AddBounce(const json::object& bounce, FieldWriter* fields) {
  for (const json::value& value : Array(bounce, "bouncedRecipients")) {
    if (!value.is_object()) continue;
    const json::object& recipient = value.get_object();
    fields->EndGroup();
    fields->Add("Final-Recipient", Text(recipient, "emailAddress"));
    const std::string_view action = Text(recipient, "action");
    fields->Add("Action", action.empty() ? "failed" : action);
    fields->Add("Status", StatusOf(recipient, bounce));
    fields->Add("Diagnostic-Code", Diagnostic(recipient, bounce));
  }
}

void AddDelay(const json::object& delay, FieldWriter* fields) {
  for (const json::value& value : Array(delay, "delayedRecipients")) {
    if (!value.is_object()) continue;
    const json::object& recipient = value.get_object();
    fields->EndGroup();
    fields->Add("Final-Recipient", Text(recipient, "emailAddress"));
    fields->Add("Action", "delayed");
    fields->Add("Status", Text(recipient, "status"));
    const std::string_view diagnostic = Text(recipient, "diagnosticCode");
    fields->Add("Diagnostic-Code", diagnostic.empty()
                                       ? Words(Text(delay, "delayType"))
                                       : diagnostic);
  }
}

void AddDelivery(const json::object& delivery, FieldWriter* fields) {
  for (const json::value& recipient : Array(delivery, "recipients")) {
    fields->EndGroup();
    fields->Add("Final-Recipient", TextOf(&recipient));
    fields->Add("Action", "delivered");
    fields->Add("Diagnostic-Code",
                "smtp; " + std::string(Text(delivery, "smtpResponse")));
  }
}

FeedbackReport ReadComplaint(const json::object& complaint) {
  FieldWriter fields;
  const std::string_view type = Text(complaint, "complaintFeedbackType");
  fields.Add("Feedback-Type", type.empty() ? "abuse" : type);
  fields.Add("User-Agent", Text(complaint, "userAgent"));
  for (const json::value& value : Array(complaint, "complainedRecipients")) {
    if (!value.is_object()) continue;
    fields.Add("Original-Rcpt-To", Text(value.get_object(), "emailAddress"));
  }
  return ParseFeedbackReport(fields.text());
}

Original ReadMailObject(const json::object& mail) {
  Header header;
  for (const json::value& value : Array(mail, "headers")) {
    if (!value.is_object()) continue;
    if (header.fields().size() == limits::kHeaderFields) break;
    const json::object& field = value.get_object();
    header.Add(std::string(Text(field, "name")),
               std::string(Text(field, "value")));
  }
  // Where the headers are not asked for.
  const json::object& common = Object(mail, "commonHeaders");
  for (const auto& [name, key] :
       {std::pair{"Message-ID", "messageId"}, {"Subject", "subject"}}) {
    header.Add(name, std::string(Text(common, key)));
  }
  header.Add("Return-Path", std::string(Text(mail, "source")));
  return ReadOriginal(header, {});
}

}  // namespace

std::optional<SesNotification> ParseSesNotification(std::string_view text) {
  text = Trim(text).substr(0, kTextSize);
  if (!text.starts_with('{')) return std::nullopt;
  std::optional<json::object> object = ParseMended(text);
  if (object && Text(*object, "Type") == "Notification") {
    object = ParseObject(Text(*object, "Message"));
  }
  if (!object) return std::nullopt;

  std::string_view type = Text(*object, "notificationType");
  if (type.empty()) type = Text(*object, "eventType");
  SesNotification notification;
  const json::object& mail = Object(*object, "mail");
  FieldWriter fields;
  fields.Add("X-SES-Queue-ID", Text(mail, "messageId"));
  if (type == "Complaint") {
    notification.kind = MailKind::kComplaint;
    notification.complaint = ReadComplaint(Object(*object, "complaint"));
  } else if (type == "Bounce") {
    const json::object& bounce = Object(*object, "bounce");
    fields.Add("Reporting-MTA", Text(bounce, "reportingMTA"));
    AddBounce(bounce, &fields);
  } else if (type == "DeliveryDelay") {
    const json::object& delay = Object(*object, "deliveryDelay");
    fields.Add("Reporting-MTA", Text(delay, "reportingMTA"));
    AddDelay(delay, &fields);
  } else if (type == "Delivery") {
    const json::object& delivery = Object(*object, "delivery");
    fields.Add("Reporting-MTA", Text(delivery, "reportingMTA"));
    AddDelivery(delivery, &fields);
  } else {
    return std::nullopt;
  }
  notification.report = ParseDeliveryReport(fields.text());
  notification.original = ReadMailObject(mail);
  return notification;
}

}  // namespace postbounce
