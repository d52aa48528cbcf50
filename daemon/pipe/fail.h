#ifndef POSTBOUNCE_DAEMON_PIPE_FAIL_H_
#define POSTBOUNCE_DAEMON_PIPE_FAIL_H_

namespace postbounce::pipe {

// EX_TEMPFAIL. pipe(8) keeps the mail after this status and after 0 only.
inline constexpr int kTryLater = 75;

// Ends the program with kTryLater and one printable line of at most 200 bytes
// on standard error. It begins with the program's name: pipe(8) believes a
// status code at the beginning of the output more than the exit status.
[[noreturn]] void Fail(const char* what, const char* detail);

// The same with the reason that errno tells.
[[noreturn]] void FailWithErrno(const char* what);

}  // namespace postbounce::pipe

#endif  // POSTBOUNCE_DAEMON_PIPE_FAIL_H_
