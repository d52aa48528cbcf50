#include "store/event.h"

namespace postbounce {

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
