#include "mime/text/verp_keys.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kSecretBytes = 32;
constexpr int kIds = 256;

std::optional<int> HexDigit(char c) {
  const char lower = AsciiLower(c);
  if (IsDigit(c)) return c - '0';
  if (lower >= 'a' && lower <= 'f') return lower - 'a' + 10;
  return std::nullopt;
}

std::optional<std::string> ReadSecret(std::string_view text) {
  if (text.size() != 2 * kSecretBytes) return std::nullopt;
  std::string secret;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = HexDigit(text[i]);
    const auto low = HexDigit(text[i + 1]);
    if (!high || !low) return std::nullopt;
    secret += static_cast<char>(*high * 16 + *low);
  }
  return secret;
}

Result<VerpKey> ReadKey(std::string_view line) {
  const Error error(ErrorCode::kSyntax,
                    "a key is an id from 0 to 255 and 64 hexadecimal digits");
  const auto id = TakeNumber(&line, 3);
  if (!id || *id >= kIds || line.empty() || !IsBlank(line.front())) {
    return error;
  }
  auto secret = ReadSecret(Trim(line));
  if (!secret) return error;
  return VerpKey{static_cast<std::uint8_t>(*id), *std::move(secret)};
}

}  // namespace

Result<VerpKeys> VerpKeys::Parse(std::string_view text, std::string_view file) {
  VerpKeys keys;
  int number = 0;
  const auto error = [&](std::string_view what) {
    return Error(ErrorCode::kSyntax, Printable(file, 200) + ":" +
                                         std::to_string(number) + ": " +
                                         std::string(what));
  };
  while (const auto line = TakeLine(&text)) {
    ++number;
    const std::string_view said = Trim(*line);
    if (said.empty() || said.front() == '#') continue;
    auto key = ReadKey(said);
    if (!key) return error(key.error().text());
    if (keys.Find(key->id) != nullptr) {
      return error("there is a key " + std::to_string(key->id) + " already");
    }
    keys.keys_.push_back(*std::move(key));
  }
  return keys;
}

const VerpKey* VerpKeys::Find(std::uint8_t id) const {
  const auto found =
      std::find_if(keys_.begin(), keys_.end(),
                   [&](const VerpKey& key) { return key.id == id; });
  return found == keys_.end() ? nullptr : &*found;
}

Result<std::uint8_t> VerpKeys::NextId() const {
  const int last = keys_.empty() ? 0 : keys_.back().id;
  for (int step = 1; step <= kIds; ++step) {
    const auto id = static_cast<std::uint8_t>(last + step);
    if (Find(id) == nullptr) return id;
  }
  return Error(ErrorCode::kLimit,
               "all 256 key ids are in use: take old keys out");
}

}  // namespace postbounce
