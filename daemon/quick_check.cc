#include "daemon/quick_check.h"

#include <array>
#include <bitset>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "mime/text/address.h"

namespace postbounce {
namespace {

namespace json = boost::json;

enum class Member { kVerb, kAddresses, kSender, kId, kOther };

Member MemberOf(std::string_view key) {
  if (key == "verb") return Member::kVerb;
  if (key == "addresses") return Member::kAddresses;
  if (key == "sender") return Member::kSender;
  if (key == "id") return Member::kId;
  return Member::kOther;
}

// Takes what a JSON parser meets in a plain request, and stops it in every
// other one.
class PlainRequest {
 public:
  using Code = json::error_code;
  using Text = json::string_view;
  static constexpr std::size_t max_object_size = SIZE_MAX;
  static constexpr std::size_t max_array_size = SIZE_MAX;
  static constexpr std::size_t max_key_size = SIZE_MAX;
  static constexpr std::size_t max_string_size = SIZE_MAX;

  void Begin(std::string_view request) {
    request_ = request;
    depth_ = 0;
    is_check_ = false;
    seen_.reset();
    sender_ = id_ = {};
    count_ = 0;
  }

  // All of these are parts of the request.
  bool is_check() const { return is_check_ && count_ > 0; }
  std::span<const std::string_view> addresses() const {
    return {addresses_.data(), count_};
  }
  std::string_view sender() const { return sender_; }
  std::string_view id() const { return id_; }  // as JSON; empty: none

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code& error) {
    return OrStop(std::exchange(depth_, 1) == 0, error);
  }
  bool on_object_end(std::size_t, Code&) { return true; }
  bool on_array_begin(Code& error) {
    const bool is_list = depth_ == 1 && member_ == Member::kAddresses;
    depth_ = 2;
    return OrStop(is_list, error);
  }
  bool on_array_end(std::size_t, Code&) {
    depth_ = 1;
    return true;
  }
  bool on_key_part(Text, std::size_t, Code& error) { return Stop(error); }
  bool on_key(Text key, std::size_t, Code& error) {
    member_ = MemberOf(key);
    const auto bit = static_cast<std::size_t>(member_);
    const bool is_new = member_ != Member::kOther && !seen_.test(bit);
    if (is_new) seen_.set(bit);
    return OrStop(is_new, error);
  }
  bool on_string_part(Text, std::size_t, Code& error) { return Stop(error); }
  bool on_string(Text text, std::size_t, Code& error) {
    return OrStop(IsPlain(text) && Take(text), error);
  }
  bool on_number_part(Text, Code& error) { return Stop(error); }
  bool on_int64(std::int64_t number, Text text, Code& error) {
    return OrStop(number > 0 && TakeId(text), error);
  }
  bool on_uint64(std::uint64_t, Text text, Code& error) {
    return OrStop(TakeId(text), error);
  }
  bool on_double(double, Text, Code& error) { return Stop(error); }
  bool on_bool(bool, Code& error) { return Stop(error); }
  bool on_null(Code& error) { return Stop(error); }
  bool on_comment_part(Text, Code& error) { return Stop(error); }
  bool on_comment(Text, Code& error) { return Stop(error); }

 private:
  static bool Stop(Code& error) {
    error = json::error::syntax;  // any will do
    return false;
  }
  static bool OrStop(bool holds, Code& error) { return holds || Stop(error); }

  // A text with an escape is given from another place than the request.
  bool IsPlain(std::string_view text) const {
    return text.data() > request_.data() &&
           text.data() + text.size() < request_.data() + request_.size();
  }

  static bool IsMailbox(std::string_view text) {
    PlainMailbox::Space space;
    return PlainMailbox::Read(text, Normaliser(), &space).has_value();
  }

  bool TakeId(std::string_view text) {
    id_ = text;
    return depth_ == 1 && member_ == Member::kId;
  }

  bool Take(std::string_view text) {
    const bool is_listed = depth_ == 2;
    switch (member_) {
      case Member::kVerb:
        is_check_ = text == "check";
        return is_check_ && !is_listed;
      case Member::kAddresses:
        if (!is_listed || count_ == addresses_.size()) return false;
        addresses_[count_++] = text;
        return true;
      case Member::kSender:
        sender_ = text;
        return !is_listed && IsMailbox(text);
      case Member::kId:  // with its quotes
        return TakeId(request_.substr(
            static_cast<std::size_t>(text.data() - request_.data()) - 1,
            text.size() + 2));
      case Member::kOther:
        return false;
    }
    return false;
  }

  std::string_view request_;
  int depth_ = 0;  // 1: in the object, 2: in its list
  bool is_check_ = false;
  Member member_ = Member::kOther;
  std::bitset<static_cast<std::size_t>(Member::kOther)> seen_;
  std::string_view sender_;
  std::string_view id_;
  std::size_t count_ = 0;
  std::array<std::string_view, 100> addresses_;
};

// The address has no escape in it, and needs none.
void AppendResult(const Asked& asked, std::string* output) {
  output->append("{\"address\":\"").append(asked.address);
  if (!asked.finding) {
    const json::string error(asked.finding.error().ToString());
    output->append("\",\"error\":").append(json::serialize(error));
    output->push_back('}');
    return;
  }
  const Finding& finding = *asked.finding;
  output->append(finding.is_suppressed() ? "\",\"suppressed\":true"
                                         : "\",\"suppressed\":false");
  if (finding.state == ListState::kNone) {
    output->append(",\"state\":\"none\",\"reason\":null}");
    return;
  }
  output->append(",\"state\":\"").append(StateName(finding.state));
  output->append("\",\"reason\":\"").append(ReasonName(finding.reason));
  output->append("\"}");
}

}  // namespace

struct QuickCheck::Parser {
  json::basic_parser<PlainRequest> json{json::parse_options{}};
};

QuickCheck::QuickCheck() : parser_(std::make_unique<Parser>()) {}
QuickCheck::~QuickCheck() = default;

bool QuickCheck::Take(std::string_view request) {
  PlainRequest& plain = parser_->json.handler();
  plain.Begin(request);
  parser_->json.reset();
  json::error_code error;
  const std::size_t used =
      parser_->json.write_some(false, request.data(), request.size(), error);
  if (error || used != request.size() || !plain.is_check()) return false;
  for (const std::string_view address : plain.addresses()) {
    asked_.push_back({address, plain.sender()});
  }
  requests_.push_back({asked_.size(), plain.id()});
  return true;
}

void QuickCheck::Answer(const FindAll& find, std::string* output) {
  if (requests_.empty()) return;
  find(asked_);
  std::size_t next = 0;
  for (const Request& request : requests_) {
    output->append("{\"results\":[");
    for (; next < request.end; ++next) {
      if (output->back() == '}') output->push_back(',');
      AppendResult(asked_[next], output);
    }
    output->append("],\"ok\":true");
    if (!request.id.empty()) output->append(",\"id\":").append(request.id);
    output->append("}\n");
  }
  asked_.clear();
  requests_.clear();
}

}  // namespace postbounce
