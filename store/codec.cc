#include "store/codec.h"

#include <boost/json.hpp>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr int kVersion = 1;

using Fields = decltype(Facts::original_fields);

// Builds an object in a buffer of its own: no allocation for what is usual.
class Encoder {
 public:
  Encoder() { object_.emplace("v", kVersion); }

  void Add(std::string_view name, std::string_view text) {
    if (!text.empty()) object_.emplace(name, ToUtf8(text));
  }
  void Add(std::string_view name, std::int64_t value) {
    if (value != 0) object_.emplace(name, value);
  }
  void Add(std::string_view name, std::optional<Timestamp> time) {
    if (time) object_.emplace(name, time->time_since_epoch().count());
  }
  void Add(std::string_view name, const std::vector<std::string>& list) {
    if (list.empty()) return;
    json::array array(object_.storage());
    for (const std::string& text : list) array.emplace_back(ToUtf8(text));
    object_.emplace(name, std::move(array));
  }

  void Add(std::string_view name, const Fields& fields) {
    if (fields.empty()) return;
    json::array array(object_.storage());
    for (const auto& [field, value] : fields) {
      array.emplace_back(json::array({ToUtf8(field), ToUtf8(value)}));
    }
    object_.emplace(name, std::move(array));
  }

  std::string Text() const { return json::serialize(object_); }

 private:
  unsigned char buffer_[4096];
  json::monotonic_resource memory_{buffer_, sizeof buffer_};
  json::object object_{&memory_};
};

// Reads members that may be absent or, from a later program, of another type.
class Decoder {
 public:
  static Result<Decoder> Parse(std::string_view text) {
    boost::system::error_code failed;
    json::parse_options options;
    options.max_depth = 8;
    json::value value = json::parse(text, failed, {}, options);
    const auto error = [&](const char* what) {
      return Error(ErrorCode::kCorrupt, what, text);
    };
    if (failed || !value.is_object()) return error("stored JSON is damaged");
    Decoder decoder(std::move(value.get_object()));
    const std::int64_t version = decoder.Number("v");
    if (version < 1) return error("stored JSON has no version");
    if (version > kVersion) return error("stored JSON is newer than this");
    return decoder;
  }

  std::string Text(std::string_view name) const {
    const json::value* const value = object_.if_contains(name);
    return value != nullptr ? TextOf(*value) : std::string();
  }
  std::int64_t Number(std::string_view name) const {
    const json::value* const value = object_.if_contains(name);
    return value != nullptr && value->is_int64() ? value->get_int64() : 0;
  }
  std::optional<Timestamp> Time(std::string_view name) const {
    if (!object_.contains(name)) return std::nullopt;
    return Timestamp(std::chrono::milliseconds(Number(name)));
  }
  std::vector<std::string> Texts(std::string_view name) const {
    const json::value* const value = object_.if_contains(name);
    std::vector<std::string> texts;
    if (value == nullptr || !value->is_array()) return texts;
    for (const json::value& text : value->get_array()) {
      texts.push_back(TextOf(text));
    }
    return texts;
  }
  Fields Pairs(std::string_view name) const {
    const json::value* const value = object_.if_contains(name);
    Fields fields;
    if (value == nullptr || !value->is_array()) return fields;
    for (const json::value& pair : value->get_array()) {
      if (!pair.is_array() || pair.get_array().size() != 2) continue;
      fields.emplace_back(TextOf(pair.get_array()[0]),
                          TextOf(pair.get_array()[1]));
    }
    return fields;
  }
  // The value if it is one of the enumerators 0 to `last`, else 0.
  template <class Enum>
  Enum Named(std::string_view name, Enum last) const {
    const std::int64_t value = Number(name);
    const bool is_known = value > 0 && value <= static_cast<int>(last);
    return is_known ? static_cast<Enum>(value) : static_cast<Enum>(0);
  }

 private:
  explicit Decoder(json::object object) : object_(std::move(object)) {}

  static std::string TextOf(const json::value& value) {
    if (!value.is_string()) return {};
    const json::string& text = value.get_string();
    return std::string(text.data(), text.size());
  }

  json::object object_;
};

Evidence EvidenceOf(const Decoder& decoder) {
  Evidence evidence;
  evidence.action = decoder.Named("action", Action::kExpanded);
  evidence.status = decoder.Text("status");
  evidence.diagnostic_type = decoder.Text("diagnostic_type");
  evidence.diagnostic = decoder.Text("diagnostic");
  evidence.remote_mta = decoder.Text("remote_mta");
  evidence.reporting_mta = decoder.Text("reporting_mta");
  evidence.address_needs_smtputf8 = decoder.Number("needs_smtputf8") != 0;
  return evidence;
}

Verdict VerdictOf(const Decoder& decoder) {
  Verdict verdict;
  verdict.reason = ReasonFromStored(decoder.Number("reason"));
  verdict.reason_class = decoder.Named("class", ReasonClass::kHard);
  verdict.fault = decoder.Named("fault", Fault::kNobody);
  verdict.permanent = decoder.Number("permanent") != 0;
  verdict.wants_second_day = decoder.Number("second_day") != 0;
  verdict.rule = decoder.Text("rule");
  verdict.words = decoder.Text("words");
  const auto status = EnhancedStatus::Parse(decoder.Text("code"));
  if (status) verdict.status = *status;
  const auto reply = ReplyCode::Parse(decoder.Text("reply"));
  if (reply) verdict.reply = *reply;
  return verdict;
}

}  // namespace

std::string EncodeFacts(const Facts& facts) {
  Encoder encoder;
  encoder.Add("route", static_cast<std::int64_t>(facts.route));
  encoder.Add("envelope_sender", facts.envelope_sender);
  encoder.Add("envelope_recipients", facts.envelope_recipients);
  encoder.Add("envelope_id", facts.envelope_id);
  encoder.Add("reporting_mta", facts.reporting_mta);
  encoder.Add("queue_id", facts.queue_id);
  encoder.Add("arrival_date", facts.arrival_date);
  encoder.Add("original_message_id", facts.original_message_id);
  encoder.Add("original_return_path", facts.original_return_path);
  encoder.Add("received_ids", facts.received_ids);
  encoder.Add("original_fields", facts.original_fields);
  encoder.Add("first_received", facts.first_received);
  encoder.Add("second_received", facts.second_received);
  encoder.Add("local_origin", std::int64_t{facts.is_local_origin ? 1 : 0});
  encoder.Add("client_name", facts.client_name);
  encoder.Add("client_address", facts.client_address);
  return encoder.Text();
}

std::string EncodeWitness(const Witness& witness) {
  const Evidence& evidence = witness.evidence;
  const Verdict& verdict = witness.verdict;
  Encoder encoder;
  encoder.Add("original_recipient", witness.original_recipient);
  encoder.Add("final_recipient", witness.final_recipient);
  // Else it is in the table of addresses alone.
  if (witness.reported && witness.reported != witness.mailed) {
    encoder.Add("reported", witness.reported->ToString());
  }
  encoder.Add("action", static_cast<std::int64_t>(evidence.action));
  encoder.Add("status", evidence.status);
  encoder.Add("diagnostic_type", evidence.diagnostic_type);
  encoder.Add("diagnostic", evidence.diagnostic);
  encoder.Add("remote_mta", evidence.remote_mta);
  encoder.Add("reporting_mta", evidence.reporting_mta);
  encoder.Add("needs_smtputf8",
              std::int64_t{evidence.address_needs_smtputf8 ? 1 : 0});
  encoder.Add("reason", static_cast<std::int64_t>(verdict.reason));
  encoder.Add("class", static_cast<std::int64_t>(verdict.reason_class));
  encoder.Add("fault", static_cast<std::int64_t>(verdict.fault));
  encoder.Add("permanent", std::int64_t{verdict.permanent ? 1 : 0});
  encoder.Add("second_day", std::int64_t{verdict.wants_second_day ? 1 : 0});
  encoder.Add("rule", verdict.rule);
  encoder.Add("words", verdict.words);
  if (verdict.status) encoder.Add("code", verdict.status->ToString());
  if (verdict.reply) encoder.Add("reply", verdict.reply->ToString());
  encoder.Add("hidden", std::int64_t{witness.was_hidden ? 1 : 0});
  encoder.Add("verp", static_cast<std::int64_t>(witness.verp));
  encoder.Add("verp_day", witness.verp_day);
  return encoder.Text();
}

Result<Facts> DecodeFacts(std::string_view text) {
  const auto decoder = Decoder::Parse(text);
  if (!decoder) return decoder.error();
  Facts facts;
  facts.route = decoder->Named("route", Route::kLog);
  if (facts.route == Route{}) facts.route = Route::kInetSocket;
  facts.envelope_sender = decoder->Text("envelope_sender");
  facts.envelope_recipients = decoder->Texts("envelope_recipients");
  facts.envelope_id = decoder->Text("envelope_id");
  facts.reporting_mta = decoder->Text("reporting_mta");
  facts.queue_id = decoder->Text("queue_id");
  facts.arrival_date = decoder->Time("arrival_date");
  facts.original_message_id = decoder->Text("original_message_id");
  facts.original_return_path = decoder->Text("original_return_path");
  facts.received_ids = decoder->Texts("received_ids");
  facts.original_fields = decoder->Pairs("original_fields");
  facts.first_received = decoder->Text("first_received");
  facts.second_received = decoder->Text("second_received");
  facts.is_local_origin = decoder->Number("local_origin") != 0;
  facts.client_name = decoder->Text("client_name");
  facts.client_address = decoder->Text("client_address");
  return facts;
}

Result<Witness> DecodeWitness(std::string_view text) {
  const auto decoder = Decoder::Parse(text);
  if (!decoder) return decoder.error();
  Witness witness;
  witness.original_recipient = decoder->Text("original_recipient");
  witness.final_recipient = decoder->Text("final_recipient");
  auto reported = Address::Parse(decoder->Text("reported"));
  if (reported) witness.reported = *std::move(reported);
  witness.evidence = EvidenceOf(*decoder);
  witness.verdict = VerdictOf(*decoder);
  witness.was_hidden = decoder->Number("hidden") != 0;
  witness.verp = decoder->Named("verp", Proof::kStrong);
  witness.verp_day = decoder->Time("verp_day");
  return witness;
}

Reason ReasonFromStored(std::int64_t value) {
  for (const ReasonInfo& info : AllReasons()) {
    if (static_cast<std::int64_t>(info.reason) == value) return info.reason;
  }
  return Reason::kUnknown;
}

}  // namespace postbounce
