#include "mime/text/address.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "mime/text/limits.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

using namespace std::string_view_literals;

struct Case {
  std::string_view text;
  std::string_view written;     // ToString()
  std::string_view normalised;  // NormalisedText()
};

TEST(AddressTest, ReadsAMailboxInAllItsSpellings) {
  const std::vector<Case> cases = {
      {"Joe@Example.ORG", "Joe@Example.ORG", "joe@example.org"},
      {" <joe@example.org> ", "joe@example.org", "joe@example.org"},
      {"joe@example.org.", "joe@example.org", "joe@example.org"},
      {"<@a.example,@b.example:joe@example.org>", "joe@example.org",
       "joe@example.org"},
      {"\"joe\"@example.org", "joe@example.org", "joe@example.org"},
      {"\"j\\oe\"@example.org", "joe@example.org", "joe@example.org"},
      {"\"Joe Doe\"@b.example", "\"Joe Doe\"@b.example",
       "\"joe doe\"@b.example"},
      {"\"a@b\"@c", "\"a@b\"@c", "\"a@b\"@c"},
      {"\"a\\\"\\\\b\"@c", "\"a\\\"\\\\b\"@c", "\"a\\\"\\\\b\"@c"},
      {"\"\"@c", "\"\"@c", "\"\"@c"},
      {"a..b.@docomo.example", "\"a..b.\"@docomo.example",
       "\"a..b.\"@docomo.example"},
      {"a+b=c/d!%&@x_y.example", "a+b=c/d!%&@x_y.example",
       "a+b=c/d!%&@x_y.example"},
      {"root@localhost", "root@localhost", "root@localhost"},
      {"a@[192.0.2.1]", "a@[192.0.2.1]", "a@[192.0.2.1]"},
      {"a@[IPv6:2001:DB8::1]", "a@[IPv6:2001:DB8::1]", "a@[ipv6:2001:db8::1]"},
      {"Jörg@München.example", "Jörg@München.example",
       "jörg@xn--mnchen-3ya.example"},
      {"ÅNGSTRÖM@x.example", "ÅNGSTRÖM@x.example", "ångström@x.example"},
      {"用户@例え.jp", "用户@例え.jp", "用户@xn--r8jz45g.jp"},
      {"a@XN--MNCHEN-3YA.example", "a@XN--MNCHEN-3YA.example",
       "a@xn--mnchen-3ya.example"},
      {"a@straße.example", "a@straße.example", "a@xn--strae-oqa.example"},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.text);
    const Result<Address> address = Address::Parse(one.text);
    ASSERT_TRUE(address.has_value());
    EXPECT_EQ(address->ToString(), one.written);
    EXPECT_EQ(address->NormalisedText({}), one.normalised);
    EXPECT_EQ(Address::Parse(address->ToString()).value(), *address);
    EXPECT_EQ(Address::Parse(one.normalised).value().NormalisedText({}),
              one.normalised);
  }
}

TEST(AddressTest, RefusesWhatIsNoMailbox) {
  for (const std::string_view text :
       {"",          "<>",           "joe",      "joe@",       "@b",
        "a b@c",     "a@b c",        "a@@b",     "a@b@c",      "a@b..c",
        "a@.b",      "a@-b.example", "a@b-.c",   "a@b,c",      "<a@b",
        "a@b>",      "\"a@b",        "\"a\"b@c", "\"a\nb\"@c", "a\"b\"@c",
        "@a:",       "@a,b:c@d",     "a@[1",     "a@[]",       "a@[a@b]",
        "\"\\ü\"@c", "Joe <joe@x>",  "a@b (Joe)"}) {
    SCOPED_TRACE(text);
    const Result<Address> address = Address::Parse(text);
    ASSERT_FALSE(address.has_value());
    EXPECT_EQ(address.error().code(), ErrorCode::kSyntax);
  }
  EXPECT_FALSE(Address::Parse("a\0b@c"sv).has_value());
  EXPECT_FALSE(Address::Parse("a\xFC@c").has_value());
  EXPECT_FALSE(Address::Parse("a@" + std::string(64, 'b')).has_value());
}

TEST(AddressTest, TwoSpellingsOfAMailboxHaveOneNormalForm) {
  const std::vector<std::pair<std::string_view, std::string_view>> pairs = {
      {"joe@münchen.example", "JOE@XN--MNCHEN-3YA.EXAMPLE"},
      {"joe@MÜNCHEN.example", "joe@mu\xCC\x88nchen.example"},
      {"jörg@x", "jo\xCC\x88rg@x"},
      {"\"joe\"@x", "joe@x."},
      {"a@例え。jp", "a@例え.jp"},
  };
  for (const auto& [a, b] : pairs) {
    SCOPED_TRACE(a);
    EXPECT_EQ(Address::Parse(a).value().NormalisedText({}),
              Address::Parse(b).value().NormalisedText({}));
  }
}

TEST(AddressTest, TheLocalPartIsFoldedOnlyWhereAsked) {
  const Address address = Address::Parse("JoeÄ@Example.ORG").value();
  EXPECT_EQ(address.NormalisedText({.fold_local_part = false}),
            "JoeÄ@example.org");
  EXPECT_EQ(address.NormalisedText({}), "joeä@example.org");
}

TEST(AddressTest, OnlyWhatHasNoAsciiFormNeedsSmtputf8) {
  EXPECT_FALSE(Address::Parse("joe@example.org").value().needs_smtputf8());
  EXPECT_FALSE(Address::Parse("joe@münchen.example").value().needs_smtputf8());
  EXPECT_TRUE(Address::Parse("jörg@example.org").value().needs_smtputf8());
  // No A-label: a label may not begin with a combining mark.
  EXPECT_TRUE(Address::Parse("a@\xCC\x88x.example").value().needs_smtputf8());
}

TEST(AddressTest, LengthIsLimited) {
  const auto make = [](std::size_t size, std::string_view unit) {
    std::string local;
    while (local.size() + unit.size() + 10 <= size) local += unit;
    return local + std::string(size - 10 - local.size(), 'x') + "@b.example";
  };
  using limits::kAddress;
  using limits::kAddressUtf8;
  EXPECT_TRUE(Address::Parse(make(kAddress, "a")).has_value());
  EXPECT_TRUE(Address::Parse(make(kAddressUtf8, "ü")).has_value());
  for (const std::string& text :
       {make(kAddress + 1, "a"), make(kAddressUtf8 + 1, "ü"),
        make(kAddress, "a."), std::string(1 << 20, 'a')}) {
    const Result<Address> address = Address::Parse(text);
    if (text.size() == kAddress) continue;
    ASSERT_FALSE(address.has_value());
    EXPECT_EQ(address.error().code(), ErrorCode::kLimit);
  }
  // Its quoted form is longer than the limit.
  EXPECT_FALSE(Address::Parse("." + make(kAddress - 1, "a")).has_value());
}

}  // namespace
}  // namespace postbounce
