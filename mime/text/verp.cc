#include "mime/text/verp.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "mime/text/digest.h"
#include "mime/text/fold_case.h"
#include "mime/text/limits.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::size_t kHeadBytes = 3;  // day and key id
constexpr std::size_t kTagBytes = 10;
constexpr std::size_t kTokenChars = 21;  // for 13 bytes

std::string EncodeBase32(std::string_view bytes) {
  std::string text;
  unsigned bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = (bits << 8 | static_cast<unsigned char>(c)) & 0xfff;
    for (count += 8; count >= 5; count -= 5) {
      text += kBase32[bits >> (count - 5) & 31];
    }
  }
  if (count > 0) text += kBase32[bits << (5 - count) & 31];
  return text;
}

// The bytes of a token; nullopt for what is none.
std::optional<std::string> ReadToken(std::string_view text) {
  if (text.size() != kTokenChars) return std::nullopt;
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t value = kBase32.find(AsciiLower(c));
    if (value == kBase32.npos) return std::nullopt;
    bits = (bits << 5 | static_cast<unsigned>(value)) & 0xfff;
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xff);
  }
  // 105 bits, of which the last is none of the 13 bytes.
  if ((bits & 1) != 0) return std::nullopt;
  return bytes;
}

// `head` is the day and the key's id.
std::string Tag(const VerpKey& key, std::string_view head,
                const Address& mailed) {
  const Key128 hash = KeyedHash(
      key.secret, std::string(head) + mailed.NormalisedText(Normaliser{}));
  return std::string(hash.begin(), hash.begin() + kTagBytes);
}

std::string MakeToken(const VerpKey& key, std::uint16_t day,
                      const Address& mailed) {
  const std::string head = {static_cast<char>(day >> 8), static_cast<char>(day),
                            static_cast<char>(key.id)};
  return EncodeBase32(head + Tag(key, head, mailed));
}

// The day of a token that was made for `mailed`.
std::optional<std::chrono::sys_days> Verify(const VerpKeys& keys,
                                            std::string_view token,
                                            const Address& mailed) {
  const std::string_view head = token.substr(0, kHeadBytes);
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint8_t>(head[i]);
  };
  const VerpKey* key = keys.Find(byte(2));
  if (key == nullptr) return std::nullopt;
  if (!SameInConstantTime(token.substr(kHeadBytes), Tag(*key, head, mailed))) {
    return std::nullopt;
  }
  return std::chrono::sys_days(std::chrono::days(byte(0) << 8 | byte(1)));
}

// "joe=example.org" and nothing else. Postfix takes the recipient as the
// sender wrote it, which a relay may have put into other case.
bool Names(std::string_view text, const Address& mailed) {
  const std::string folded = FoldCase(text);
  const std::string user = mailed.local_part() + "=";
  return folded == FoldCase(user + mailed.domain()) ||
         folded == FoldCase(user + mailed.ascii_domain());
}

// As a quoted string of RFC 5321; Address drops the quotes that it need not
// have.
std::string Quoted(std::string_view local_part) {
  std::string quoted = "\"";
  for (const char c : local_part) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

// `plain` with the mailed address behind its token, where that is short enough
// and everybody can handle it: no quotes, no SMTPUTF8.
Address WithAddress(Address plain, char delimiter, const Address& mailed) {
  const std::string local = plain.local_part() + delimiter +
                            mailed.local_part() + "=" + mailed.ascii_domain();
  const std::string text = local + "@" + plain.domain();
  const auto address = Address::Parse(text);
  const bool fits = local.size() <= limits::kLocalPart && IsAscii(local) &&
                    address && address->ToString() == text;
  return fits ? *address : plain;
}

}  // namespace

Result<Address> MakeVerp(const VerpKeys& keys, const VerpForm& form,
                         const Address& mailed, std::chrono::sys_days day) {
  const VerpKey* key = keys.newest();
  if (key == nullptr) {
    return Error(ErrorCode::kNotFound, "there is no key to sign with");
  }
  const auto days = day.time_since_epoch().count();
  if (days < 0 || days > std::numeric_limits<std::uint16_t>::max()) {
    return Error(ErrorCode::kSyntax,
                 "only days from 1970 to 2149 can be signed");
  }
  const std::string local =
      form.from.local_part() + form.delimiter +
      MakeToken(*key, static_cast<std::uint16_t>(days), mailed);
  if (local.size() > limits::kLocalPart) {
    return Error(ErrorCode::kLimit,
                 "a local part with a token has 64 octets at most", local);
  }
  auto address = Address::Parse(Quoted(local) + "@" + form.from.domain());
  if (!address || !form.with_address) return address;
  return WithAddress(*std::move(address), form.delimiter, mailed);
}

VerpFinding FindVerp(const VerpKeys& keys, char delimiter,
                     const Address& bounce, const Address& mailed) {
  std::string_view rest = bounce.local_part();
  const bool may_be_signed = rest.size() <= limits::kLocalPart;
  const std::size_t first = rest.find(delimiter);
  if (first == rest.npos) return {};
  rest.remove_prefix(first + 1);
  const bool named = Names(rest, mailed);
  while (may_be_signed) {
    const std::size_t end = rest.find(delimiter);
    if (const auto token = ReadToken(rest.substr(0, end))) {
      const auto day = Verify(keys, *token, mailed);
      if (day) return {VerpProof::kSigned, *day};
    }
    if (end == rest.npos) break;
    rest.remove_prefix(end + 1);
  }
  return {named ? VerpProof::kUnsigned : VerpProof::kNone, {}};
}

}  // namespace postbounce
