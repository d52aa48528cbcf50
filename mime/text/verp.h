#ifndef POSTBOUNCE_MIME_TEXT_VERP_H_
#define POSTBOUNCE_MIME_TEXT_VERP_H_

#include <chrono>
#include <string_view>

#include "mime/text/address.h"
#include "mime/text/result.h"
#include "mime/text/verp_keys.h"

// Bounce addresses that name whom a mail was sent to, so that whoever answers
// to one has seen that mail. postbounce-verp(7) has the format for others:
//
//   bounces+TOKEN@news.example.org             signed
//   bounces+TOKEN+joe=example.net@news...      signed; what follows the token
//                                              is for people
//   bounces+joe=example.net@news.example.org   Postfix's XVERP (VERP_README)
//
// TOKEN is 21 letters and digits: 13 bytes in base32 (RFC 4648 section 6, no
// padding), read in either case as relays change it. They are the day it was
// signed (two bytes, since 1970, the high one first), the key's id, and the
// first ten bytes of HMAC-SHA-256 over these three bytes and the mailed
// address. That counts as NormalisedText() of a default Normaliser, whatever
// the site's own is.
namespace postbounce {

// Each of these, alone, may stand between the parts.
inline constexpr std::string_view kVerpDelimiters = "+-_=";

// How a site writes its bounce addresses.
struct VerpForm {
  Address from;               // bounces@news.example.org, without delimiter
  char delimiter = '+';       // one of kVerpDelimiters
  bool with_address = false;  // append it, where it fits and needs no quotes
};

// The bounce address for a mail to `mailed` that is sent on `day`, signed with
// the newest key. kNotFound without one; kSyntax for a day that is not in 1970
// to 2149-06-06; kLimit where the local part would be longer than 64 octets
// (RFC 5321 section 4.5.3.1.1).
Result<Address> MakeVerp(const VerpKeys& keys, const VerpForm& form,
                         const Address& mailed, std::chrono::sys_days day);

// What a bounce address says of the recipient of the mail that it was made for.
enum class VerpProof {
  kNone,      // nothing, or that it was somebody else
  kUnsigned,  // XVERP, which anybody can write
  kSigned,
};

struct VerpFinding {
  VerpProof proof = VerpProof::kNone;
  // When it was signed; the caller judges the age. 1970-01-01 where it is not.
  std::chrono::sys_days day;

  bool operator==(const VerpFinding&) const = default;
};

// Whether a bounce to `bounce` is one of mail to `mailed`. Total. A token
// counts wherever it stands behind a delimiter, since the part before may have
// delimiters of its own, but not in a local part above 64 octets. XVERP begins
// at the first delimiter: were it any, a person at joe+ann@example.org could
// speak for ann@example.org.
VerpFinding FindVerp(const VerpKeys& keys, char delimiter,
                     const Address& bounce, const Address& mailed);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_TEXT_VERP_H_
