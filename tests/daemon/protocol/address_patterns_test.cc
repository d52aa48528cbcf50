#include "daemon/protocol/address_patterns.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace postbounce {
namespace {

TEST(AddressPatternsTest, WhoIsMeant) {
  const struct {
    std::string pattern;
    std::string_view address;
    bool is_match;
  } kCases[] = {
      {"bounces.example.com", "anybody@bounces.example.com", true},
      {"Bounces.Example.com", "ANY@bounces.EXAMPLE.com", true},
      {"bounces.example.com", "x@sub.bounces.example.com", false},
      {"bounces.example.com", "x@notbounces.example.com", false},
      {"bounces.example.com", "bounces.example.com", false},
      {"bounces.example.com", "@bounces.example.com", false},
      {"bounce@example.com", "bounce@example.com", true},
      {"bounce@example.com", "bounce+tag@example.com", false},
      {"bounce@example.com", "xbounce@example.com", false},
      {"bounce+*@example.com", "bounce+joe=example.org@example.com", true},
      {"bounce+*@example.com", "bounce+@example.com", true},
      {"bounce+*@example.com", "bounce@example.com", false},
      {"*-bounces@example.com", "list-bounces@example.com", true},
      {"*-bounces@example.com", "list-bounces+joe@example.com", false},
      {"*-bounces+*=*@example.com", "l-bounces+a=b=c@example.com", true},
      {"*-bounces+*=*@example.com", "l-bounces-bounces@example.com", false},
      // The last "@" is the one that counts, whatever a client puts before it.
      {"bounce@example.com", "bounce@example.com@evil.example", false},
      {"*@example.com", "\"a@b\"@example.com", true},
      {"bounce+*@example.com", "bounce+x@example.com@evil.example", false},
      {"*@example.com", "", false},
      {"*@example.com", "example.com", false},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.pattern + " " + std::string(test.address));
    EXPECT_EQ(AddressPatterns({test.pattern}).Match(test.address),
              test.is_match);
  }
}

TEST(AddressPatternsTest, AnyOfThemWillDoAndNoneMeansNobody) {
  const AddressPatterns patterns({"a@example.com", "b.example"});
  EXPECT_TRUE(patterns.Match("a@example.com"));
  EXPECT_TRUE(patterns.Match("x@b.example"));
  EXPECT_FALSE(patterns.Match("b@example.com"));
  EXPECT_FALSE(AddressPatterns().Match("a@example.com"));
  EXPECT_TRUE(AddressPatterns().empty());
}

TEST(AddressPatternsTest, WhatIsNoPattern) {
  for (std::string_view good :
       {"example.com", "a@example.com", "*@example.com", "a+*=*@b"}) {
    SCOPED_TRACE(good);
    EXPECT_EQ(AddressPatterns::Check(good), "");
  }
  for (std::string_view bad :
       {"", "*", "@example.com", "a@", "a@*.example.com", "*.example.com",
        "<a@b>", "a b@c", "a@b\n", "a@b.example.", "b\u00fccher.example"}) {
    SCOPED_TRACE(bad);
    EXPECT_NE(AddressPatterns::Check(bad), "");
  }
}

// A minute, if each "*" were tried anew for each byte.
TEST(AddressPatternsTest, ManyStarsTakeNoLongTime) {
  std::string pattern;
  for (int i = 0; i < 50; ++i) pattern += "*a";
  const AddressPatterns patterns({pattern + "b@example.com"});
  EXPECT_FALSE(patterns.Match(std::string(20'000, 'a') + "@example.com"));
}

}  // namespace
}  // namespace postbounce
