#include "mime/outline.h"

#include <utility>

#include "mime/text/text.h"

namespace postbounce {
namespace {

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

// A multipart whose boundary is nowhere: some gateways make one text of all
// its parts, and keep the header.
bool IsUndivided(const Message& message, std::size_t index) {
  const bool has_child =
      index + 1 < message.parts.size() &&
      message.parts[index + 1].parent == static_cast<int>(index);
  return message.parts[index].type.type == "multipart" && !has_child;
}

bool IsUnknown(const ContentType& type) {
  return type.Is("application", "octet-stream") ||
         type.Is("application", "json") || type.type == "message";
}

class OutlineMaker {
 public:
  explicit OutlineMaker(const Message& message) : message_(message) {}

  void Add(std::size_t index) {
    const ContentType& type = message_.parts[index].type;
    if (IsDeliveryStatus(type)) {
      outline_.reports.push_back(index);
      behind_report_ = true;
    } else if (type.Is("message", "feedback-report")) {
      if (outline_.complaint == kNoPart) outline_.complaint = index;
      behind_report_ = true;
    } else if (IsDisposition(type)) {
      outline_.has_disposition = true;
      behind_report_ = true;
    } else if (HoldsMessage(type) || HoldsHeaders(type)) {
      AddOriginal(index);
    } else if (type.type == "text" || IsUndivided(message_, index)) {
      outline_.texts.push_back(index);
    } else if (IsUnknown(type)) {
      outline_.unknown.push_back(index);
    }
  }

  Outline Finish(std::size_t root) {
    outline_.root = root;
    const std::string_view report_type =
        message_.parts[root].type.Parameter("report-type");
    if (EqualsIgnoringCase(report_type, "disposition-notification") &&
        outline_.reports.empty()) {
      outline_.has_disposition = true;
    }
    return std::move(outline_);
  }

 private:
  void AddOriginal(std::size_t index) {
    const bool better = behind_report_ && !original_is_behind_;
    if (outline_.original != kNoPart && !better) return;
    outline_.original = index;
    original_is_behind_ = behind_report_;
  }

  const Message& message_;
  Outline outline_;
  bool behind_report_ = false;
  bool original_is_behind_ = false;
};

}  // namespace

Outline MakeOutline(const Message& message, std::size_t root) {
  OutlineMaker maker(message);
  std::vector<bool> own(message.parts.size());
  for (std::size_t i = root; i < message.parts.size(); ++i) {
    const Part& part = message.parts[i];
    if (i == root) {
      own[i] = true;
    } else {
      const auto parent = static_cast<std::size_t>(part.parent);
      own[i] = own[parent] && !HoldsMessage(message.parts[parent].type);
    }
    if (own[i]) maker.Add(i);
  }
  return maker.Finish(root);
}

std::size_t EntityInside(const Message& message, std::size_t index) {
  const std::size_t child = index + 1;  // document order
  const bool inside = child < message.parts.size() &&
                      message.parts[child].parent == static_cast<int>(index);
  return inside ? child : kNoPart;
}

}  // namespace postbounce
