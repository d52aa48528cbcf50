#include "store/log_filter.h"

#include <algorithm>

namespace postbounce {
namespace {

constexpr std::size_t kBitsPerKey = 11;
constexpr std::size_t kBitsPerBlock = 512;
constexpr std::size_t kBytesPerBlock = kBitsPerBlock / 8;
// 4 MiB: segments are smaller, but for the batch that filled them.
constexpr std::size_t kMostBlocks = 1u << 16;

// Six bits for each word of a block, from the lowest. Keys of one block share
// their highest bits: those below make the places.
std::uint64_t PlacesOf(LogHash hash) {
  return hash * 0x9e3779b97f4a7c15u >> 16;
}

}  // namespace

LogFilter::LogFilter(std::vector<LogHash> keys) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  blocks_.resize(std::clamp<std::size_t>(
      (keys.size() * kBitsPerKey + kBitsPerBlock - 1) / kBitsPerBlock, 1,
      kMostBlocks));
  for (const LogHash key : keys) {
    std::uint64_t places = PlacesOf(key);
    for (std::uint64_t& word : blocks_[BlockOf(key)].words) {
      word |= std::uint64_t{1} << (places & 63);
      places >>= 6;
    }
  }
}

std::size_t LogFilter::BlockOf(LogHash hash) const {
  return (hash >> 32) * blocks_.size() >> 32;
}

bool LogFilter::MayHold(LogHash hash) const {
  std::uint64_t places = PlacesOf(hash);
  std::uint64_t all = 1;
  for (const std::uint64_t word : blocks_[BlockOf(hash)].words) {
    all &= word >> (places & 63);
    places >>= 6;
  }
  return all != 0;
}

// Words as eight bytes, the lowest first.
std::string LogFilter::Encode() const {
  std::string bytes;
  bytes.reserve(blocks_.size() * kBytesPerBlock);
  for (const Block& block : blocks_) {
    for (const std::uint64_t word : block.words) {
      for (int shift = 0; shift < 64; shift += 8) {
        bytes.push_back(static_cast<char>(word >> shift));
      }
    }
  }
  return bytes;
}

Result<LogFilter> LogFilter::Decode(std::string_view bytes) {
  const std::size_t blocks = bytes.size() / kBytesPerBlock;
  if (blocks == 0 || blocks > kMostBlocks ||
      bytes.size() % kBytesPerBlock != 0) {
    return Error(ErrorCode::kCorrupt, "the filter of a log is damaged");
  }
  LogFilter filter;
  filter.blocks_.resize(blocks);
  auto byte = bytes.begin();
  for (Block& block : filter.blocks_) {
    for (std::uint64_t& word : block.words) {
      for (int shift = 0; shift < 64; shift += 8) {
        word |= std::uint64_t{static_cast<std::uint8_t>(*byte++)} << shift;
      }
    }
  }
  return filter;
}

}  // namespace postbounce
