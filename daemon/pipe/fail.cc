#include "daemon/pipe/fail.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

namespace postbounce::pipe {
namespace {

constexpr size_t kMaxLine = 200;

// Adds `text` to the line, one byte of which is left for its end.
void Add(const char* text, char* line, size_t* size) {
  for (; *text != '\0' && *size < kMaxLine - 1; ++text) {
    line[(*size)++] = *text >= ' ' && *text <= '~' ? *text : '?';
  }
}

}  // namespace

void Fail(const char* what, const char* detail) {
  char line[kMaxLine];
  size_t size = 0;
  Add("postbounce-pipe: ", line, &size);
  Add(what, line, &size);
  if (*detail != '\0') Add(": ", line, &size);
  Add(detail, line, &size);
  line[size++] = '\n';
  // Nothing can be done when this fails, and the exit status says it all.
  if (write(STDERR_FILENO, line, size) < 0) _exit(kTryLater);
  _exit(kTryLater);
}

void FailWithErrno(const char* what) { Fail(what, strerror(errno)); }

}  // namespace postbounce::pipe
