#ifndef POSTBOUNCE_STORE_VARINT_H_
#define POSTBOUNCE_STORE_VARINT_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace postbounce {

// Numbers in as few bytes as they need (7 bits a byte, the lowest first), and
// texts with their length in front.

inline void PutNumber(std::string* out, std::uint64_t number) {
  while (number >= 0x80) {
    out->push_back(static_cast<char>(number | 0x80));
    number >>= 7;
  }
  out->push_back(static_cast<char>(number));
}

// Small negative numbers are short, too.
inline void PutSigned(std::string* out, std::int64_t number) {
  PutNumber(out, (static_cast<std::uint64_t>(number) << 1) ^
                     static_cast<std::uint64_t>(number >> 63));
}

inline void PutText(std::string* out, std::string_view text) {
  PutNumber(out, text.size());
  out->append(text);
}

// Takes them off the front again. After the first that is not there all are
// zero or empty, and ok() is false.
class VarintReader {
 public:
  explicit VarintReader(std::string_view bytes) : rest_(bytes) {}

  std::uint64_t Number() {
    std::uint64_t number = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<std::uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return number;
    }
    return Fail();
  }

  std::int64_t Signed() {
    const std::uint64_t number = Number();
    return static_cast<std::int64_t>(number >> 1) ^
           -static_cast<std::int64_t>(number & 1);
  }

  std::string_view Text() { return Bytes(Number()); }

  std::string_view Bytes(std::uint64_t size) {
    if (size > rest_.size()) {
      Fail();
      return {};
    }
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }

  bool ok() const { return ok_; }
  std::string_view rest() const { return rest_; }

 private:
  std::uint64_t Fail() {
    ok_ = false;
    rest_ = {};
    return 0;
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_VARINT_H_
