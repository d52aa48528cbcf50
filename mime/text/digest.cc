#define OPENSSL_SUPPRESS_DEPRECATED
#include "mime/text/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstddef>
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
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

// With a provider that has SHA-256, as they all do, only memory can be wanting.
void Expect(bool worked) {
  if (!worked) throw std::bad_alloc();
}

// HMAC-SHA-256 (RFC 2104) with the secret that was asked for last. EVP_MAC
// takes more than twice as long, and a lookup is little more than this. So the
// older functions of OpenSSL, whose state can be copied: of what is alike in
// every hash with one secret.
class Mac {
 public:
  Digest Of(std::string_view secret, std::string_view bytes) {
    if (!has_secret_ || secret != secret_) Begin(secret);
    return End(outer_, View(End(inner_, bytes)));
  }

 private:
  static constexpr std::size_t kBlock = SHA256_CBLOCK;
  static constexpr std::size_t kLastBlock = kBlock - 9;

  static std::string_view View(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
  }

  static SHA256_CTX Padded(std::string_view key, char pad) {
    std::array<char, kBlock> block;
    block.fill(pad);
    for (std::size_t i = 0; i < key.size(); ++i) {
      block[i] = static_cast<char>(block[i] ^ key[i]);
    }
    SHA256_CTX state;
    SHA256_Init(&state);
    SHA256_Update(&state, block.data(), block.size());
    OPENSSL_cleanse(block.data(), block.size());
    return state;
  }

  // `state` has taken one block.
  static Digest End(SHA256_CTX state, std::string_view bytes) {
    if (bytes.size() <= kLastBlock) return EndInOneBlock(state, bytes);
    Digest digest;
    SHA256_Update(&state, bytes.data(), bytes.size());
    SHA256_Final(digest.data(), &state);
    return digest;
  }

  // As the functions above do, in two thirds of the time: the bytes and their
  // padding (RFC 6234 section 4.1) fit into one block.
  static Digest EndInOneBlock(SHA256_CTX state, std::string_view bytes) {
    std::array<unsigned char, kBlock> block{};
    std::copy(bytes.begin(), bytes.end(), block.begin());
    block[bytes.size()] = 0x80;
    const std::size_t bits = 8 * (kBlock + bytes.size());
    block[kBlock - 2] = static_cast<unsigned char>(bits >> 8);
    block[kBlock - 1] = static_cast<unsigned char>(bits);
    SHA256_Transform(&state, block.data());
    Digest digest;
    for (std::size_t i = 0; i < digest.size(); ++i) {
      digest[i] =
          static_cast<unsigned char>(state.h[i / 4] >> (24 - i % 4 * 8));
    }
    return digest;
  }

  void Begin(std::string_view secret) {
    secret_ = secret;
    has_secret_ = true;
    const std::string key =
        secret.size() > kBlock ? std::string(View(Sha256(secret))) : secret_;
    inner_ = Padded(key, 0x36);
    outer_ = Padded(key, 0x5c);
  }

  std::string secret_;
  bool has_secret_ = false;
  SHA256_CTX inner_{};
  SHA256_CTX outer_{};
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

struct Sha256Sum::State {
  SHA256_CTX context;
};

Sha256Sum::Sha256Sum() : state_(std::make_unique<State>()) {
  SHA256_Init(&state_->context);
}

Sha256Sum::~Sha256Sum() = default;

void Sha256Sum::Append(std::string_view bytes) {
  SHA256_Update(&state_->context, bytes.data(), bytes.size());
}

Digest Sha256Sum::Finish() {
  Digest digest;
  SHA256_Final(digest.data(), &state_->context);
  return digest;
}

Digest HmacSha256(std::string_view secret, std::string_view bytes) {
  thread_local Mac mac;
  return mac.Of(secret, bytes);
}

Key128 KeyedHash(std::string_view secret, std::string_view bytes) {
  const Digest digest = HmacSha256(secret, bytes);
  Key128 key;
  std::copy_n(digest.begin(), key.size(), key.begin());
  return key;
}

bool SameInConstantTime(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace postbounce
