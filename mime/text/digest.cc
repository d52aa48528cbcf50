#include "mime/text/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <algorithm>

namespace postbounce {
namespace {

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

Digest Sha256(std::string_view bytes) {
  Digest digest;
  SHA256(Bytes(bytes), bytes.size(), digest.data());
  return digest;
}

Key128 KeyedHash(std::string_view secret, std::string_view bytes) {
  // HMAC() takes a null key for "as before"; an empty view may be null.
  if (secret.empty()) secret = std::string_view("");
  Digest digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       Bytes(bytes), bytes.size(), digest.data(), &size);
  Key128 key;
  std::copy_n(digest.begin(), key.size(), key.begin());
  return key;
}

}  // namespace postbounce
