#ifndef POSTBOUNCE_DAEMON_LOGS_STREAM_SOURCE_H_
#define POSTBOUNCE_DAEMON_LOGS_STREAM_SOURCE_H_

#include <string>

#include "daemon/log_source.h"
#include "daemon/logs/log_reader.h"
#include "daemon/logs/watcher.h"

namespace postbounce {

// The lines of standard input, a pipe or a FIFO, until it ends. At most once:
// what was read and not stored is lost.
class StreamSource : public LogSource {
 public:
  StreamSource(Fd fd, std::string name);

  Result<LogChunk> Next(std::chrono::milliseconds wait) override;
  std::string Position() const override { return {}; }
  void Interrupt() override { interrupter_.Interrupt(); }

 private:
  Interrupter interrupter_;
  LogReader reader_;
  bool has_begun_ = false;
  bool has_ended_ = false;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LOGS_STREAM_SOURCE_H_
