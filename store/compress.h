#ifndef POSTBOUNCE_STORE_COMPRESS_H_
#define POSTBOUNCE_STORE_COMPRESS_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "mime/text/result.h"

namespace postbounce {

// zstd at a level that keeps up with intake. Thread-safe.
std::string Compress(std::string_view bytes);

// kCorrupt when it is no zstd frame, kLimit when it would grow over `max`.
Result<std::string> Decompress(std::string_view compressed, std::size_t max);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_COMPRESS_H_
