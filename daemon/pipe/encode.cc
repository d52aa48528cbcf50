#include "daemon/pipe/encode.h"

#include <string.h>

namespace postbounce::pipe {
namespace {

bool IsControl(char c) {
  return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
}

// True when a server finds the end of <address> where we mean it to be.
bool IsPlainPath(const char* address) {
  bool quoted = false;
  for (const char* p = address; *p != '\0'; ++p) {
    if (IsControl(*p)) return false;
    if (*p == '\\') {
      // Outside of quotes servers differ about what a backslash does.
      if (!quoted || *++p == '\0' || IsControl(*p)) return false;
    } else if (*p == '"') {
      quoted = !quoted;
    } else if (!quoted && strchr("<> ", *p) != nullptr) {
      return false;
    }
  }
  return !quoted;
}

// The domain from its "@" on if it is plain and short, else nothing.
const char* DomainOf(const char* address) {
  const char* const at = strrchr(address, '@');
  if (at == nullptr || strlen(at) > 256) return "";
  return strpbrk(at, "\"\\") == nullptr && IsPlainPath(at) ? at : "";
}

}  // namespace

size_t BodyEncoder::Encode(const char* bytes, size_t size, char* out) {
  char* const begin = out;
  const char* const end = bytes + size;
  while (bytes < end) {
    if (last_ == '\n' && *bytes == '.') *out++ = '.';
    const auto* lf = static_cast<const char*>(
        memchr(bytes, '\n', static_cast<size_t>(end - bytes)));
    const char* const stop = lf != nullptr ? lf : end;
    const auto length = static_cast<size_t>(stop - bytes);
    memcpy(out, bytes, length);
    out += length;
    if (length > 0) last_ = stop[-1];
    bytes = stop;
    if (lf == nullptr) break;
    if (last_ != '\r') *out++ = '\r';
    *out++ = last_ = '\n';
    ++bytes;
  }
  return static_cast<size_t>(out - begin);
}

size_t BodyEncoder::End(char* out) const {
  const char* const end = last_ == '\n' ? ".\r\n" : "\r\n.\r\n";
  memcpy(out, end, strlen(end));
  return strlen(end);
}

size_t EncodePath(const char* address, char* out) {
  const size_t size = strlen(address);
  if (size <= kMaxPath && IsPlainPath(address)) {
    memcpy(out, address, size);
    return size;
  }
  const char* const domain = DomainOf(address);
  const size_t domain_size = strlen(domain);
  // A byte takes two at most, and the last quote one.
  const char* const local_end = address + (size - domain_size);
  const char* const out_end = out + kMaxPath - domain_size - 3;
  char* const begin = out;
  *out++ = '"';
  for (const char* p = address; p < local_end && out < out_end; ++p) {
    if (*p == '"' || *p == '\\') *out++ = '\\';
    *out++ = IsControl(*p) ? '?' : *p;
  }
  *out++ = '"';
  memcpy(out, domain, domain_size);
  return static_cast<size_t>(out - begin) + domain_size;
}

}  // namespace postbounce::pipe
