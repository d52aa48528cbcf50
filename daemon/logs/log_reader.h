#ifndef POSTBOUNCE_DAEMON_LOGS_LOG_READER_H_
#define POSTBOUNCE_DAEMON_LOGS_LOG_READER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/log_source.h"
#include "daemon/logs/log_bytes.h"
#include "daemon/logs/log_identity.h"
#include "mime/text/result.h"

namespace postbounce {

// The lines of one log, in pieces of at most 256 KiB. A line is without its
// end (LF or CRLF) and without zeros in front, which a crash or a truncated
// file leaves; what is longer than limits::kLogLine is cut.
class LogReader {
 public:
  // Reads at most `piece` bytes at a time.
  explicit LogReader(LogBytes bytes, std::size_t piece = kPiece);

  static constexpr std::size_t kPiece = 256u << 10;

  // A reader of that file. With an identity that has a first line: only if
  // the file is that log, and it goes on where the identity ends; else
  // kConflict.
  static Result<LogReader> Open(const std::string& path,
                                const LogIdentity& identity = {});

  // The hash of the file's first line, which may lack its end; 0 if there is
  // none before so many zeros that no log has them. Goes back to the beginning.
  Result<std::uint64_t> HashFirstLine();

  // The same of a plain file, and nothing moves. 0 also where it cannot.
  std::uint64_t PeekFirstLine() const;

  // Goes on where the identity ends; false if this is another log, and then
  // it stands anywhere.
  Result<bool> Continue(const LogIdentity& identity);

  // Passes over all lines that have ended by now.
  Result<bool> GoToEnd();

  // False if the file was truncated, and maybe written anew, since it was
  // opened: then what Read() gave last may be of either file.
  bool IsIntact();

  // Replaces `lines` by the lines that end in the next piece, maybe none;
  // they live until the next call. False at the end, when a last line without
  // its end is kept back: it may grow. Of damaged compressed files all lines
  // before the damage have been given when its error comes.
  Result<bool> Read(std::vector<LogChunk::Line>* lines);

  // Whether a last line is kept back.
  bool has_rest() const { return !open_line_.empty(); }

  // Gives the last line, which has no end, for no more will come: false if
  // there is none. Only after Read() has returned false or an error.
  bool TakeRest(std::vector<LogChunk::Line>* lines);

  // What was given so far: its offset is behind the last line.
  const LogIdentity& identity() const { return identity_; }
  const LogBytes& bytes() const { return bytes_; }

 private:
  void Split(std::string_view fresh, std::vector<LogChunk::Line>* lines);
  void Keep(std::string_view open_line, std::uint64_t begin);
  Result<bool> GoTo(std::uint64_t offset);

  LogBytes bytes_;
  std::size_t piece_;
  LogIdentity identity_;
  std::unique_ptr<char[]> buffer_;  // kLogLine + piece_, while it is needed
  // What is kept of the line that has not ended yet; in buffer_, or in rest_.
  std::string_view open_line_;
  std::uint64_t open_at_ = 0;  // where it begins
  std::vector<char> rest_;
  std::string head_;  // the first bytes, to know the file by
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LOGS_LOG_READER_H_
