#include "store/event.h"

namespace postbounce {

std::string_view StandingName(Standing standing) {
  switch (standing) {
    case Standing::kUnproven:
      return "unproven";
    case Standing::kCounts:
      return "counts";
    case Standing::kNotOurs:
      return "not-ours";
    case Standing::kUntrusted:
      return "untrusted";
    case Standing::kTooOld:
      return "too-old";
  }
  return "unproven";
}

std::string_view ProofName(Proof proof) {
  switch (proof) {
    case Proof::kNone:
      return "none";
    case Proof::kWeak:
      return "weak";
    case Proof::kStrong:
      return "strong";
  }
  return "none";
}

bool IsSameMessage(const MessageRef& a, const MessageRef& b) {
  constexpr std::chrono::seconds kSlack{2};
  return a.id == b.id && a.first_seen <= b.first_seen + kSlack &&
         b.first_seen <= a.first_seen + kSlack;
}

std::string_view StateName(ListState state) {
  switch (state) {
    case ListState::kNone:
      return "none";
    case ListState::kActive:
      return "active";
    case ListState::kHeld:
      return "held";
    case ListState::kExpired:
      return "expired";
    case ListState::kRemoved:
      return "removed";
  }
  return "none";
}

}  // namespace postbounce
