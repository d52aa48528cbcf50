#include "store/orders.h"

namespace postbounce {

std::string_view OrderName(OrderKind kind) {
  switch (kind) {
    case OrderKind::kSuppress:
      return "suppress";
    case OrderKind::kRemove:
      return "remove";
    case OrderKind::kAllow:
      return "allow";
    case OrderKind::kDisallow:
      return "disallow";
    case OrderKind::kUndo:
      return "undo";
    case OrderKind::kImport:
      return "import";
    case OrderKind::kForget:
      return "forget";
  }
  return "unknown";
}

Result<Subject> Subject::Parse(std::string_view text) {
  Subject subject;
  if (!text.starts_with('@')) {
    auto address = Address::Parse(text);
    if (!address) return address.error();
    subject.ascii_domain_ = address->ascii_domain();
    subject.address_ = *std::move(address);
    return subject;
  }
  // A domain is read as that of an address.
  const auto any = Address::Parse("any" + std::string(text));
  if (!any) return Error(any.error().code(), "this is no domain", text);
  subject.ascii_domain_ = any->ascii_domain();
  return subject;
}

std::string Subject::ToString() const {
  return address_ ? address_->ToString() : "@" + ascii_domain_;
}

}  // namespace postbounce
