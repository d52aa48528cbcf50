#include "store/log_filter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace postbounce {
namespace {

std::vector<LogHash> Keys(const std::string& prefix, std::size_t count) {
  std::vector<LogHash> keys;
  for (std::size_t i = 0; i < count; ++i) {
    keys.push_back(HashOfId(prefix + std::to_string(i)));
  }
  return keys;
}

constexpr std::size_t kSizes[] = {0, 1, 46, 47, 1'000, 16'384, 60'000, 500'000};

TEST(LogFilterTest, EveryKeyIsHeld) {
  for (const std::size_t size : kSizes) {
    SCOPED_TRACE(size);
    const auto keys = Keys("4Q", size);
    const LogFilter made(keys);
    const auto read = LogFilter::Decode(made.Encode());
    ASSERT_TRUE(read);
    std::size_t missed = 0;
    for (const LogHash key : keys) {
      missed += made.MayHold(key) && read->MayHold(key) ? 0 : 1;
    }
    EXPECT_EQ(missed, 0u);
  }
}

TEST(LogFilterTest, FewerThanOneInAHundredOthersSeemHeld) {
  for (const std::size_t size : kSizes) {
    SCOPED_TRACE(size);
    const LogFilter filter(Keys("4Q", size));
    std::size_t held = 0;
    for (const LogHash other : Keys("4N", 100'000)) {
      held += filter.MayHold(other) ? 1 : 0;
    }
    EXPECT_LT(held, size == 0 ? 1u : 1'000u);
  }
}

TEST(LogFilterTest, ItIsAsLargeAsItsKeysAreMany) {
  for (const std::size_t size : kSizes) {
    SCOPED_TRACE(size);
    auto keys = Keys("4Q", size);
    const std::size_t bytes = LogFilter(keys).Encode().size();
    EXPECT_LE(bytes, size * 11 / 8 + 64);
    // One that stands there again needs no room.
    keys.insert(keys.end(), keys.begin(), keys.end());
    EXPECT_EQ(LogFilter(keys).Encode().size(), bytes);
  }
  EXPECT_EQ(LogFilter(Keys("4Q", 3'100'000)).Encode().size(), 4u << 20);
}

TEST(LogFilterTest, DamagedBytesAreAnErrorAndNoCrash) {
  const std::string whole = LogFilter(Keys("4Q", 100)).Encode();
  ASSERT_EQ(whole.size(), 192u);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    SCOPED_TRACE(size);
    const auto read = LogFilter::Decode(whole.substr(0, size));
    const bool is_whole_blocks = size > 0 && size % 64 == 0;
    ASSERT_EQ(read.has_value(), is_whole_blocks);
  }
  const std::string most(4u << 20, '\xff');
  const auto full = LogFilter::Decode(most);
  ASSERT_TRUE(full);
  EXPECT_TRUE(full->MayHold(0));
  EXPECT_TRUE(full->MayHold(~LogHash{0}));
  EXPECT_EQ(LogFilter::Decode(most + std::string(64, '\0')).error().code(),
            ErrorCode::kCorrupt);
}

TEST(LogFilterTest, ItIsReadAsItWasOnceWritten) {
  std::string stored(64, '\0');
  for (const std::size_t byte : {0, 8, 16, 24, 32, 40, 48, 56}) {
    stored[byte] = 1;
  }
  EXPECT_EQ(LogFilter({LogHash{0}}).Encode(), stored);
  EXPECT_TRUE(LogFilter::Decode(stored)->MayHold(0));
  EXPECT_FALSE(LogFilter::Decode(stored)->MayHold(1));
}

}  // namespace
}  // namespace postbounce
