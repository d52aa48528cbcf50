#include "daemon/index.h"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "daemon/key_maker.h"
#include "daemon/place_table.h"

namespace postbounce {
namespace {

constexpr Timestamp kNow{std::chrono::seconds(1000)};
constexpr SubjectKeys kJoe{{1}, {3}};
constexpr SubjectKeys kAnn{{2}, {3}};

ListChange Listed(const Key128& key, ListState state,
                  const std::string& scope = "",
                  std::optional<Timestamp> until = {}) {
  return {key, scope, state, until, false, Reason::kNoSuchUser};
}

ListChange Allowed(const Key128& key, ListState state,
                   std::optional<Timestamp> until = {}) {
  return {key, "", state, until, true};
}

TEST(IndexTest, FollowsChangesAndExpiry) {
  Index index;
  const ListChange first[] = {
      Listed(kJoe.address, ListState::kActive),
      Listed(kAnn.address, ListState::kActive, "", kNow)};
  index.Apply(first);
  EXPECT_TRUE(index.Look().Find(kJoe, "", kNow).is_suppressed());
  EXPECT_TRUE(index.Look().Find(kJoe, "shop", kNow).is_suppressed());
  EXPECT_TRUE(index.Look()
                  .Find(kAnn, "", kNow - std::chrono::milliseconds(1))
                  .is_suppressed());
  EXPECT_FALSE(index.Look().Find(kAnn, "", kNow).is_suppressed());
  const ListChange removed[] = {Listed(kJoe.address, ListState::kRemoved)};
  index.Apply(removed);
  EXPECT_FALSE(index.Look().Find(kJoe, "", kNow).is_suppressed());
  EXPECT_EQ(index.size(), 1u);
}

TEST(IndexTest, TellsWhatIsListedAndWhy) {
  Index index;
  const ListChange changes[] = {
      Listed(kJoe.address, ListState::kHeld),
      {kJoe.domain, "", ListState::kActive, {}, false, Reason::kNoSuchDomain},
      {kAnn.address, "shop", ListState::kActive, {}, false, Reason::kComplaint},
  };
  index.Apply({&changes[0], 1});
  const Finding held = index.Look().Find(kJoe, "", kNow);
  EXPECT_EQ(held.state, ListState::kHeld);
  EXPECT_EQ(held.reason, Reason::kNoSuchUser);
  EXPECT_EQ(held.key, kJoe.address);
  index.Apply({&changes[2], 1});
  const Finding scoped = index.Look().Find(kAnn, "shop", kNow);
  EXPECT_TRUE(scoped.in_scope && !scoped.is_domain);
  EXPECT_EQ(scoped.reason, Reason::kComplaint);
  EXPECT_EQ(scoped.key, kAnn.address);
  index.Apply({&changes[1], 1});
  const Finding dead = index.Look().Find(kJoe, "", kNow);
  EXPECT_TRUE(dead.is_suppressed() && dead.is_domain && !dead.in_scope);
  EXPECT_EQ(dead.reason, Reason::kNoSuchDomain);
  EXPECT_EQ(dead.key, kJoe.domain);
  EXPECT_FALSE(index.Look().Find(kAnn, "shop", kNow).in_scope);
}

TEST(IndexTest, KeepsScopesApart) {
  Index index;
  const ListChange in_shop[] = {
      Listed(kJoe.address, ListState::kActive, "shop")};
  index.Apply(in_shop);
  EXPECT_TRUE(index.Look().Find(kJoe, "shop", kNow).is_suppressed());
  EXPECT_FALSE(index.Look().Find(kJoe, "list", kNow).is_suppressed());
  EXPECT_FALSE(index.Look().Find(kJoe, "", kNow).is_suppressed());
}

TEST(IndexTest, TheAllowListWinsWhileItLasts) {
  for (const Key128& key : {kJoe.address, kJoe.domain}) {
    SCOPED_TRACE(static_cast<int>(key[0]));
    Index index;
    const ListChange changes[] = {
        Listed(kJoe.address, ListState::kActive),
        Listed(kJoe.address, ListState::kActive, "shop"),
        Listed(kJoe.domain, ListState::kActive),
        Allowed(key, ListState::kActive, kNow)};
    index.Apply(changes);
    const auto before = kNow - std::chrono::milliseconds(1);
    EXPECT_FALSE(index.Look().Find(kJoe, "", before).is_suppressed());
    EXPECT_FALSE(index.Look().Find(kJoe, "shop", before).is_suppressed());
    EXPECT_TRUE(index.Look().Find(kJoe, "", kNow).is_suppressed());
    const ListChange ended[] = {Allowed(key, ListState::kNone)};
    index.Apply(ended);
    EXPECT_TRUE(index.Look().Find(kJoe, "", before).is_suppressed());
    EXPECT_EQ(index.size(), 3u);
  }
}

// Keys that lie close together, or even in the same place but for the last bit
// that is kept.
Key128 KeyNumber(std::uint32_t number) {
  Key128 key{};
  key[0] = static_cast<std::uint8_t>(number & 1);
  key[2] = static_cast<std::uint8_t>(number >> 1 & 3);
  key[9] = static_cast<std::uint8_t>(number >> 3 & 0xff);
  key[11] = static_cast<std::uint8_t>(number >> 11);
  return key;
}

TEST(PlaceTableTest, IsAMap) {
  std::mt19937 random(1);
  PlaceTable table;
  std::map<Key128, Place> map;
  for (int i = 0; i < 100'000; ++i) {
    const Key128 key = KeyNumber(random() % 5000);
    const Place place{random() % 2 ? Reason::kNoSuchUser : Reason::kComplaint,
                      random() % 2 == 0, kNow};
    switch (random() % 4) {
      case 0:
        table.Erase(key);
        map.erase(key);
        break;
      case 1:
        table.Set(key, place);
        map[key] = place;
        break;
      default: {
        const auto known = map.find(key);
        ASSERT_EQ(table.Find(key), known == map.end()
                                       ? std::nullopt
                                       : std::optional(known->second));
      }
    }
    ASSERT_EQ(table.size(), map.size());
  }
}

TEST(PlaceTableTest, RoundsTimesUpToSeconds) {
  using std::chrono::milliseconds, std::chrono::days;
  const struct {
    std::optional<Timestamp> until, want;
  } kCases[] = {
      {{}, {}},
      {kNow, kNow},
      {kNow + milliseconds(1), kNow + milliseconds(1000)},
      {Timestamp(milliseconds(-1)), Timestamp()},
      {Timestamp(days(-1)), Timestamp()},
      {Timestamp(days(49'000)), Timestamp(days(49'000))},
      {Timestamp(days(60'000)), {}},  // 2134, and the like
      {Timestamp::max(), {}},
  };
  for (const auto& test : kCases) {
    PlaceTable table;
    table.Set(kJoe.address, {Reason::kExpired, false, test.until});
    EXPECT_EQ(table.Find(kJoe.address)->until, test.want);
  }
}

TEST(KeyMakerTest, MakesTheKeysThatTheStoreHas) {
  for (const bool folds : {true, false}) {
    const AddressKeys keys("secret", Normaliser{folds});
    KeyMaker maker(keys);
    for (const char* text :
         {"joe@example.org", "Joe@Example.ORG", "\"joe\"@example.org",
          "<joe@example.org>", "joe@example.org.", "a..b@c.example",
          "joe@b\xc3\xbc"
          "cher.example",
          "\xc3\x89mile@example.org", "joe@[192.0.2.1]", "joe+x@localhost",
          "o'neil@a-b.example"}) {
      SCOPED_TRACE(text);
      const Address address = Address::Parse(text).value();
      for (int turn = 0; turn < 2; ++turn) {
        const SubjectKeys made = maker.Of(text).value();
        EXPECT_EQ(made.address, keys.KeyOf(address));
        EXPECT_EQ(made.domain, keys.KeyOfDomain(address.ascii_domain()));
      }
      const SubjectKeys of_domain = maker.OfDomain(address.ascii_domain());
      EXPECT_EQ(of_domain.address, keys.KeyOfDomain(address.ascii_domain()));
      EXPECT_EQ(of_domain.domain, of_domain.address);
    }
    for (const char* text : {"", "joe", "joe@", "@example.org", "a b@c.example",
                             "joe@-x.example", "joe@example..org"}) {
      SCOPED_TRACE(text);
      EXPECT_FALSE(maker.Of(text).has_value());
    }
  }
}

}  // namespace
}  // namespace postbounce
