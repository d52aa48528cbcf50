#ifndef POSTBOUNCE_DAEMON_CLOCK_H_
#define POSTBOUNCE_DAEMON_CLOCK_H_

#include "mime/text/timestamp.h"

namespace postbounce {

// The system's clock, which nothing below daemon/ asks.
inline Timestamp Now() {
  return std::chrono::time_point_cast<Timestamp::duration>(
      std::chrono::system_clock::now());
}

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLOCK_H_
