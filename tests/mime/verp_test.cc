#include "mime/text/verp.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "mime/text/text.h"

namespace postbounce {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year;

constexpr std::string_view kSecret =
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const std::string kOnes(64, 'F');
const sys_days kDay = year(2026) / 11 / 21;

VerpKeys Keys(std::string_view text) {
  return VerpKeys::Parse(text, "verp.keys").value();
}

VerpKeys OneKey() { return Keys("1 " + std::string(kSecret)); }

Address At(std::string_view text) { return Address::Parse(text).value(); }

std::string Made(const VerpForm& form, std::string_view mailed,
                 sys_days day = kDay) {
  return MakeVerp(OneKey(), form, At(mailed), day).value().ToString();
}

TEST(VerpTest, MakesWhatAnotherImplementationMakes) {
  const struct {
    std::string key;
    VerpForm form;
    std::string_view mailed;
    sys_days day;
    std::string_view want;
  } kCases[] = {
      {"1 " + std::string(kSecret),
       {At("bounces@news.example.org")},
       "Joe@Example.NET",
       kDay,
       "bounces+kevacsxjhnijbnzzaxap6@news.example.org"},
      {"255 " + kOnes,
       {At("news-list@example.org"), '-'},
       "o'brien=x@München.example",
       sys_days(days(65535)),
       "news-list-77777vllud3ctgbnevpbo@example.org"},
      {"0\t" + kOnes,
       {At("b@example.org")},
       "\"Joe Doe\"@example.net",
       sys_days(days(0)),
       "b+aaaaadcthcdx23cjzl7e6@example.org"},
      {"0\t" + kOnes,
       {At("\"a \\\"b\\\\\"@example.org")},
       "\"Joe Doe\"@example.net",
       sys_days(days(0)),
       "\"a \\\"b\\\\+aaaaadcthcdx23cjzl7e6\"@example.org"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.want);
    const VerpKeys keys = Keys(test.key);
    const Address mailed = At(test.mailed);
    const auto made = MakeVerp(keys, test.form, mailed, test.day);
    ASSERT_TRUE(made.has_value());
    EXPECT_EQ(made->ToString(), test.want);
    EXPECT_EQ(FindVerp(keys, test.form.delimiter, *made, mailed),
              (VerpFinding{VerpProof::kSigned, test.day}));
  }
}

TEST(VerpTest, AppendsTheAddressWhereItFits) {
  const VerpForm form{At("b@news.example.org"), '+', true};
  const std::string user(28, 'u');
  const struct {
    std::string mailed;
    std::string behind;  // the token
  } kCases[] = {
      {"Joe@example.net", "+Joe=example.net@news.example.org"},
      {"joe@München.example", "+joe=xn--mnchen-3ya.example@news.example.org"},
      {"a=b+c@example.net", "+a=b+c=example.net@news.example.org"},
      {user + "@example.net", "+" + user + "=example.net@news.example.org"},
      {user + "u@example.net", "@news.example.org"},
      {"\"joe doe\"@example.net", "@news.example.org"},
      {"\"joe@doe\"@example.net", "@news.example.org"},
      {"joe@[192.0.2.1]", "@news.example.org"},
      {"jörg@example.net", "@news.example.org"},
      {"joe..x@example.net", "@news.example.org"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.mailed);
    const std::string made = Made(form, test.mailed);
    EXPECT_EQ(made.substr(23), test.behind);
    EXPECT_LE(made.find('@'), 64u);
    EXPECT_EQ(FindVerp(OneKey(), '+', At(made), At(test.mailed)),
              (VerpFinding{VerpProof::kSigned, kDay}));
  }
}

TEST(VerpTest, RefusesWhatCannotBeSigned) {
  const Address joe = At("joe@example.net");
  const VerpForm form{At("b@example.org")};
  const auto code = [&](const VerpKeys& keys, const VerpForm& of,
                        sys_days day) {
    return MakeVerp(keys, of, joe, day).error().code();
  };
  EXPECT_EQ(code(VerpKeys(), form, kDay), ErrorCode::kNotFound);
  EXPECT_EQ(code(OneKey(), form, sys_days(days(-1))), ErrorCode::kSyntax);
  EXPECT_EQ(code(OneKey(), form, sys_days(days(65536))), ErrorCode::kSyntax);
  const std::string longest(42, 'b');
  EXPECT_EQ(code(OneKey(), {At(longest + "b@example.org")}, kDay),
            ErrorCode::kLimit);
  EXPECT_TRUE(MakeVerp(OneKey(), {At(longest + "@example.org")}, joe, kDay));
}

// A token for joe@example.net, under the key and on the day of these tests.
const std::string kToken = "kevacsxjhnijbnzzaxap6";

TEST(VerpTest, TellsSignedFromUnsignedFromNeither) {
  const struct {
    std::string bounce, mailed;
    VerpProof want;
    char delimiter = '+';
  } kCases[] = {
      {"b+" + kToken, "joe@example.net", VerpProof::kSigned},
      {"b+" + kToken, "JOE@Example.Net", VerpProof::kSigned},
      {"b+KEVACSXJHNIJBNZZAXAP6", "joe@example.net", VerpProof::kSigned},
      {"a+b+" + kToken, "joe@example.net", VerpProof::kSigned},
      {"b+" + kToken + "+joe=example.net", "joe@example.net",
       VerpProof::kSigned},
      {"b+" + kToken + "+ann=example.net", "joe@example.net",
       VerpProof::kSigned},
      {"b+aaaaaaaaaaaaaaaaaaaaa+" + kToken, "joe@example.net",
       VerpProof::kSigned},
      {"b-" + kToken, "joe@example.net", VerpProof::kSigned, '-'},
      // Somebody else's, another key's, damaged, or not in its place.
      {"b+" + kToken, "ann@example.net", VerpProof::kNone},
      {"b+" + kToken + "+ann=example.net", "ann@example.net", VerpProof::kNone},
      {"b+kevacsxjhnijbnzzaxap4", "joe@example.net", VerpProof::kNone},
      {"b+kevacsxjhnijbnzzaxap7", "joe@example.net", VerpProof::kNone},
      {"b+kevacsxjhnijbnzzaxap", "joe@example.net", VerpProof::kNone},
      {"b+" + kToken + "a", "joe@example.net", VerpProof::kNone},
      {"b+kevacsxjhnijbnzzaxap1", "joe@example.net", VerpProof::kNone},
      {"b-" + kToken, "joe@example.net", VerpProof::kNone},
      {kToken, "joe@example.net", VerpProof::kNone},
      {"+" + kToken, "joe@example.net", VerpProof::kSigned},
      {std::string(42, 'b') + "+" + kToken, "joe@example.net",
       VerpProof::kSigned},
      {std::string(43, 'b') + "+" + kToken, "joe@example.net",
       VerpProof::kNone},
      // XVERP.
      {"b+joe=example.net", "joe@example.net", VerpProof::kUnsigned},
      {"B+JOE=EXAMPLE.NET", "joe@example.net", VerpProof::kUnsigned},
      {"b-joe=example.net", "joe@example.net", VerpProof::kUnsigned, '-'},
      {"b=joe=example.net", "joe@example.net", VerpProof::kUnsigned, '='},
      {"b+a=b=example.net", "a=b@example.net", VerpProof::kUnsigned},
      {"b+joe+x=example.net", "joe+x@example.net", VerpProof::kUnsigned},
      {"b+joe=München.example", "joe@xn--mnchen-3ya.example", VerpProof::kNone},
      {"b+joe=München.example", "joe@münchen.example", VerpProof::kUnsigned},
      {"b+joe=xn--mnchen-3ya.example", "joe@münchen.example",
       VerpProof::kUnsigned},
      {"\"b+joe doe=example.net\"", "\"joe doe\"@example.net",
       VerpProof::kUnsigned},
      {"b+" + std::string(60, 'j') + "=example.net",
       std::string(60, 'j') + "@example.net", VerpProof::kUnsigned},
      // Ann is not joe+ann.
      {"b+joe+ann=example.net", "ann@example.net", VerpProof::kNone},
      {"b+joe=example.net", "ann@example.net", VerpProof::kNone},
      {"b+joe=example.net", "joe@example.org", VerpProof::kNone},
      {"b+joe-example.net", "joe@example.net", VerpProof::kNone},
      {"b+", "joe@example.net", VerpProof::kNone},
      {"b", "joe@example.net", VerpProof::kNone},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.bounce + " for " + test.mailed);
    const VerpFinding found =
        FindVerp(OneKey(), test.delimiter, At(test.bounce + "@example.org"),
                 At(test.mailed));
    EXPECT_EQ(found.proof, test.want);
    EXPECT_EQ(found.day,
              test.want == VerpProof::kSigned ? kDay : sys_days(days(0)));
  }
}

TEST(VerpTest, NoChangedCharacterIsLetPass) {
  const Address joe = At("joe@example.net");
  for (std::size_t i = 0; i < kToken.size(); ++i) {
    for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyz234567")) {
      if (c == kToken[i]) continue;
      std::string token = kToken;
      token[i] = c;
      SCOPED_TRACE(token);
      const Address bounce = At("b+" + token + "@example.org");
      EXPECT_EQ(FindVerp(OneKey(), '+', bounce, joe).proof, VerpProof::kNone);
    }
  }
}

TEST(VerpTest, OlderKeysVerifyAndTheLastOneSigns) {
  const Address joe = At("joe@example.net");
  const VerpForm form{At("b@example.org")};
  const VerpKeys old_keys = OneKey();
  const VerpKeys both = Keys("1 " + std::string(kSecret) + "\n2 " + kOnes);
  const VerpKeys new_keys = Keys("2 " + kOnes);
  const Address old_one = MakeVerp(old_keys, form, joe, kDay).value();
  const Address new_one = MakeVerp(both, form, joe, kDay).value();
  EXPECT_EQ(new_one, MakeVerp(new_keys, form, joe, kDay).value());
  const VerpFinding signed_then{VerpProof::kSigned, kDay};
  EXPECT_EQ(FindVerp(both, '+', old_one, joe), signed_then);
  EXPECT_EQ(FindVerp(both, '+', new_one, joe), signed_then);
  EXPECT_EQ(FindVerp(new_keys, '+', old_one, joe), VerpFinding());
  EXPECT_EQ(FindVerp(VerpKeys(), '+', new_one, joe), VerpFinding());
}

TEST(VerpKeysTest, ReadsAFile) {
  const VerpKeys keys = Keys("# made by hand\r\n\n  7  " + kOnes + "  \n0 " +
                             std::string(kSecret));
  ASSERT_NE(keys.newest(), nullptr);
  EXPECT_EQ(keys.newest()->id, 0);
  EXPECT_EQ(Hex(keys.newest()->secret), kSecret);
  ASSERT_NE(keys.Find(7), nullptr);
  EXPECT_EQ(keys.Find(7)->secret, std::string(32, '\xff'));
  EXPECT_EQ(keys.Find(1), nullptr);
  EXPECT_EQ(Keys("# nothing\n").newest(), nullptr);
}

TEST(VerpKeysTest, NamesTheLineThatIsWrongAndNoSecret) {
  const std::string wanted =
      "a key is an id from 0 to 255 and 64 hexadecimal digits";
  const struct {
    std::string text;
    std::string want;
  } kCases[] = {
      {"256 " + kOnes, "k:1: " + wanted},
      {"-1 " + kOnes, "k:1: " + wanted},
      {"\n1" + kOnes, "k:2: " + wanted},
      {"#\n#\n1 " + kOnes + "0", "k:3: " + wanted},
      {"1 " + kOnes.substr(1), "k:1: " + wanted},
      {"1 " + kOnes.substr(1) + "g", "k:1: " + wanted},
      {"1 " + kOnes + " # mine", "k:1: " + wanted},
      {kOnes, "k:1: " + wanted},
      {"1", "k:1: " + wanted},
      {std::string("1 \0", 3) + kOnes, "k:1: " + wanted},
      {"1 " + kOnes + "\n01 " + std::string(kSecret),
       "k:2: there is a key 1 already"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.text);
    const auto keys = VerpKeys::Parse(test.text, "k");
    ASSERT_FALSE(keys.has_value());
    EXPECT_EQ(keys.error().ToString(), test.want);
  }
}

TEST(VerpKeysTest, TheNextIdIsNotInUse) {
  EXPECT_EQ(VerpKeys().NextId().value(), 1);
  EXPECT_EQ(OneKey().NextId().value(), 2);
  EXPECT_EQ(Keys("0 " + kOnes + "\n255 " + kOnes).NextId().value(), 1);
  std::string all;
  for (int id = 0; id < 256; ++id) {
    all += std::to_string(id) + " " + kOnes + "\n";
  }
  EXPECT_EQ(Keys(all).NextId().error().code(), ErrorCode::kLimit);
}

}  // namespace
}  // namespace postbounce
