#ifndef POSTBOUNCE_MIME_TEXT_RESULT_H_
#define POSTBOUNCE_MIME_TEXT_RESULT_H_

#include <boost/system/result.hpp>
#include <string>
#include <string_view>

namespace postbounce {

// Why something was refused. A caller branches on this, never on the text.
enum class ErrorCode {
  kSyntax,       // the input is not of the form that it should have
  kLimit,        // a bound of limits.h or of the configuration was reached
  kNotFound,     // what was named does not exist
  kConflict,     // it contradicts what is there, such as a lock held elsewhere
  kUnavailable,  // may work later: a busy store, a full queue, a peer away
  kCorrupt,      // stored data is not what was written
  kIo,           // the operating system refused
};

// A failure as a value: a code to branch on, a sentence for people, and the
// first bytes of the input that caused it.
class Error {
 public:
  // Result::error() of a success, which Boost 1.81 must be able to make.
  Error() = default;
  // Keeps at most kMaxBytes of `bytes`, as they are.
  Error(ErrorCode code, std::string text, std::string_view bytes = {});

  static constexpr std::size_t kMaxBytes = 80;

  ErrorCode code() const { return code_; }
  const std::string& text() const { return text_; }
  const std::string& bytes() const { return bytes_; }

  // One printable line: the text, then the offending bytes in quotes.
  std::string ToString() const;

 private:
  ErrorCode code_ = ErrorCode::kCorrupt;
  std::string text_;
  std::string bytes_;
};

// What every fallible function below daemon/ returns. Nothing there throws.
template <class T>
using Result = boost::system::result<T, Error>;

// Called by Result::value() on an error: std::runtime_error. Only tests use
// value(); code asks first.
[[noreturn]] void throw_exception_from_error(const Error& error,
                                             const boost::source_location&);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_TEXT_RESULT_H_
