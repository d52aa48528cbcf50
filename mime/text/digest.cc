#include "mime/text/digest.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <memory>
#include <new>
#include <string>

namespace postbounce {
namespace {

// OpenSSL looks an algorithm up anew for each digest unless it was fetched,
// which costs more than the digest of a line.
struct Free {
  void operator()(EVP_MD* it) const { EVP_MD_free(it); }
  void operator()(EVP_MD_CTX* it) const { EVP_MD_CTX_free(it); }
  void operator()(EVP_MAC* it) const { EVP_MAC_free(it); }
  void operator()(EVP_MAC_CTX* it) const { EVP_MAC_CTX_free(it); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// With a provider that has SHA-256, as they all do, only memory can be wanting.
void Expect(bool worked) {
  if (!worked) throw std::bad_alloc();
}

// HMAC-SHA-256 with the secret that was asked for last.
class Mac {
 public:
  Mac() : context_(EVP_MAC_CTX_new(Fetched())) { Expect(context_ != nullptr); }

  Digest Of(std::string_view secret, std::string_view bytes) {
    Expect(Begin(secret));
    Digest digest;
    std::size_t size = 0;
    Expect(EVP_MAC_update(context_.get(), Bytes(bytes), bytes.size()) &&
           EVP_MAC_final(context_.get(), digest.data(), &size, digest.size()));
    return digest;
  }

 private:
  static EVP_MAC* Fetched() {
    static const Owned<EVP_MAC> mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    Expect(mac != nullptr);
    return mac.get();
  }

  bool Begin(std::string_view secret) {
    if (has_secret_ && secret == secret_) {
      return EVP_MAC_init(context_.get(), nullptr, 0, nullptr) != 0;
    }
    char name[] = "SHA256";
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
        OSSL_PARAM_construct_end()};
    secret_ = secret;
    // A null key would stand for the one before.
    has_secret_ = EVP_MAC_init(context_.get(), Bytes(secret_), secret_.size(),
                               params) != 0;
    return has_secret_;
  }

  const Owned<EVP_MAC_CTX> context_;
  std::string secret_;
  bool has_secret_ = false;
};

}  // namespace

Digest Sha256(std::string_view bytes) {
  static const Owned<EVP_MD> sha256(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  thread_local const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  Digest digest;
  Expect(sha256 && context &&
         EVP_DigestInit_ex2(context.get(), sha256.get(), nullptr) &&
         EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) &&
         EVP_DigestFinal_ex(context.get(), digest.data(), nullptr));
  return digest;
}

Key128 KeyedHash(std::string_view secret, std::string_view bytes) {
  thread_local Mac mac;
  const Digest digest = mac.Of(secret, bytes);
  Key128 key;
  std::copy_n(digest.begin(), key.size(), key.begin());
  return key;
}

bool SameInConstantTime(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace postbounce
