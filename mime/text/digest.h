#ifndef POSTBOUNCE_MIME_TEXT_DIGEST_H_
#define POSTBOUNCE_MIME_TEXT_DIGEST_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

namespace postbounce {

// SHA-256 and what is made of it, by OpenSSL.
using Digest = std::array<std::uint8_t, 32>;
using Key128 = std::array<std::uint8_t, 16>;

Digest Sha256(std::string_view bytes);

// The same of bytes that come one after the other.
class Sha256Sum {
 public:
  Sha256Sum();
  ~Sha256Sum();
  Sha256Sum(const Sha256Sum&) = delete;
  Sha256Sum& operator=(const Sha256Sum&) = delete;

  void Append(std::string_view bytes);
  // Once, and last.
  Digest Finish();

 private:
  struct State;
  const std::unique_ptr<State> state_;
};

// HMAC-SHA-256 (RFC 2104).
Digest HmacSha256(std::string_view secret, std::string_view bytes);

// HMAC-SHA-256 cut to 128 bits (RFC 2104 section 5).
Key128 KeyedHash(std::string_view secret, std::string_view bytes);

// Whether two texts are the same, in a time that only their sizes tell: for
// what a stranger offers as a keyed hash.
bool SameInConstantTime(std::string_view a, std::string_view b);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_TEXT_DIGEST_H_
