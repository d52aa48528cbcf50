#include "store/log_keys.h"

#include <gtest/gtest.h>

#include <string>

namespace postbounce {
namespace {

LogHash Expected(const AddressKeys& keys, std::string_view text) {
  const Key128 key = keys.KeyOf(Address::Parse(text).value());
  LogHash hash = 0;
  for (std::size_t i = 0; i < 8; ++i) hash = hash << 8 | key[i];
  return hash;
}

TEST(LogHasherTest, AnAddressHasTheHashOfItsKeyHoweverItIsWritten) {
  for (const bool fold : {true, false}) {
    const AddressKeys keys("secret", {.fold_local_part = fold});
    LogHasher hasher(&keys);
    for (const char* text :
         {"joe@example.org", "Joe@Example.org", "j.o-e+x_1=y@a-b.example.org",
          "\"a b\"@example.org", "a..b@example.org", ".a@example.org",
          "a@xn--mnchen-3ya.example", "a@m\xc3\xbcnchen.example", "1@2.example",
          "a@-b.example", "a@b-.example", "a--b@c--d.example"}) {
      SCOPED_TRACE(text);
      if (!Address::Parse(text)) continue;
      EXPECT_EQ(hasher.HashOfAddress(text), Expected(keys, text));
      EXPECT_EQ(hasher.HashOfAddress(text), Expected(keys, text));
    }
    EXPECT_NE(hasher.HashOfAddress("no address"), 0u);
    EXPECT_EQ(hasher.HashOfAddress("No Address"),
              hasher.HashOfAddress("no address"));
  }
}

TEST(LogKeysTest, AMessageIdIsTheSameWithAndWithoutBrackets) {
  EXPECT_EQ(HashOfMessageId("<a@B>"), HashOfMessageId("A@b"));
  EXPECT_NE(HashOfMessageId("<a@b>"), HashOfMessageId("a@b.c"));
}

TEST(LogKeysTest, FindsTheIdThatTheNextServerGave) {
  const struct {
    std::string_view text, id;
  } kCases[] = {
      {"250 2.0.0 Ok: queued as 4jWY2c4NLgz1", "4jWY2c4NLgz1"},
      {"250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as "
       "30E4EA84943",
       "30E4EA84943"},
      {"250 2.0.0 Ok: queued as 30E4EA84943 of x", "30E4EA84943"},
      {"250 2.0.0 Ok: queued as", ""},
      {"250 2.0.0 Ok: queued as ", ""},
      {"250 queued 30E4EA84943", ""},
      {"", ""},
  };
  LogAttempt attempt;
  for (const auto& each : kCases) {
    SCOPED_TRACE(each.text);
    attempt.text = each.text;
    attempt.action = Action::kDelivered;
    EXPECT_EQ(NextIdOf(attempt), each.id);
    attempt.action = Action::kDelayed;
    EXPECT_EQ(NextIdOf(attempt), "");
  }
}

TEST(LogKeysTest, ALineIsKnownASecondEarlierOrLater) {
  LogMessage message;
  message.queue_id = "4BBBBBBBBBz1";
  LogAttempt attempt;
  attempt.time = Timestamp(std::chrono::milliseconds(1'999));
  const LogHash hash = HashOfAttempt(message, attempt);
  attempt.time += std::chrono::milliseconds(1);
  EXPECT_EQ(HashOfAttempt(message, attempt), SecondsLater(hash, 1));
  attempt.delays[3] = 1;
  EXPECT_NE(HashOfAttempt(message, attempt), SecondsLater(hash, 1));
}

}  // namespace
}  // namespace postbounce
