#ifndef POSTBOUNCE_STORE_CODEC_H_
#define POSTBOUNCE_STORE_CODEC_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "mime/text/result.h"
#include "store/witness.h"

namespace postbounce {

// What a mail and its witnesses say, as a store keeps it: JSON of one line
// with a version, {"v":1,...}, where what is empty is left out. Valid UTF-8
// comes back as it was, NUL bytes too; other bytes are repaired by ToUtf8().
std::string EncodeFacts(const Facts& facts);
// All of a witness but its ordinal, the mailed address and the binding, which
// have columns of their own.
std::string EncodeWitness(const Witness& witness);

// Unknown members are skipped, absent ones are empty. kCorrupt for what was
// never encoded, and for a version newer than this program.
Result<Facts> DecodeFacts(std::string_view text);
Result<Witness> DecodeWitness(std::string_view text);

// A Reason as it is stored; kUnknown for a value of a later program.
Reason ReasonFromStored(std::int64_t value);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_CODEC_H_
