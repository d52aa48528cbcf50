#include "store/scrubber.h"

#include <gtest/gtest.h>

#include <vector>

#include "store/pseudonym.h"
#include "tests/store/samples.h"

namespace postbounce {
namespace {

class ScrubberTest : public testing::Test {
 protected:
  std::string AliasOf(std::string_view address) const {
    return PseudonymOf(keys_.KeyOf(AddressOf(address)), "");
  }
  // "$" stands for the alias of joe.
  std::string With(std::string text) const {
    const std::string alias = AliasOf("joe@remote.test");
    for (std::size_t at = text.find('$'); at != text.npos;
         at = text.find('$', at + alias.size())) {
      text.replace(at, 1, alias);
    }
    return text;
  }

  const AddressKeys keys_{"secret", {}};
  const std::vector<Address> joe_ = {AddressOf("Joe@remote.test")};
  const Scrubber some_{&keys_, joe_};
  const Scrubber all_{&keys_};
};

struct Case {
  std::string text;
  std::string clean;
};

TEST_F(ScrubberTest, TakesOutAnAddressInEachOfItsForms) {
  const Case cases[] = {
      {"550 <joe@remote.test>: unknown", "550 <$@remote.test>: unknown"},
      {"JOE@Remote.TEST", "$@remote.test"},
      {"rfc822;joe@remote.test.", "rfc822;$@remote.test."},
      {"bounces+joe=remote.test@local.test",
       "bounces+$=remote.test@local.test"},
      {"u?e=joe%40remote.test&x", "u?e=$%40remote.test&x"},
      {"joe@remote.test, joe@remote.test", "$@remote.test, $@remote.test"},
      {"nothing here", "nothing here"},
  };
  for (const auto& [text, clean] : cases) {
    SCOPED_TRACE(text);
    EXPECT_EQ(some_.Clean(text), With(clean));
    EXPECT_EQ(some_.MayFind(text), text != clean);
  }
}

TEST_F(ScrubberTest, LeavesTheAddressesOfOthers) {
  for (const char* text :
       {"xjoe@remote.test", "ann.joe@remote.test", "joe@remote.test.example",
        "joe@remote.testing", "joe+tag@remote.test", "joe@other.test",
        "\xc3\xa4joe@remote.test"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(some_.Clean(text), text);
  }
}

TEST_F(ScrubberTest, TakesOutWhateverLooksLikeAnAddress) {
  const Case cases[] = {
      {"550 <joe@remote.test>: unknown", "550 <$@remote.test>: unknown"},
      {"to Joe@remote.test.", "to $@remote.test."},
      {"x joe%40remote.test y", "x $@remote.test y"},
      {"550 5.1.1 unknown", "550 5.1.1 unknown"},
      {"a @ b", "a @ b"},
      {"", ""},
  };
  for (const auto& [text, clean] : cases) {
    SCOPED_TRACE(text);
    EXPECT_EQ(all_.Clean(text), With(clean));
    EXPECT_EQ(all_.Clean(all_.Clean(text)), all_.Clean(text));
  }
  EXPECT_EQ(all_.Clean("\"joe smith\"@remote.test").find("smith"),
            std::string::npos);
}

TEST_F(ScrubberTest, ServersAlsoSayTheLocalPartAlone) {
  const Address joe = AddressOf("joe@remote.test");
  EXPECT_EQ(all_.CleanOf(joe, "550 User JOE unknown, not joey"),
            With("550 User $ unknown, not joey"));
  EXPECT_EQ(all_.CleanOf(AddressOf("550@remote.test"), "550 no"), "550 no");
}

TEST(PseudonymTest, HasTheKeyOfTheAddressThatItStandsFor) {
  const AddressKeys keys("secret", {});
  const Address joe = AddressOf("joe@remote.test");
  const std::string text = PseudonymOf(keys.KeyOf(joe), joe.ascii_domain());
  EXPECT_TRUE(IsPseudonym(text));
  EXPECT_FALSE(IsPseudonym("#joe@remote.test"));
  EXPECT_EQ(keys.KeyOf(AddressOf(text)), keys.KeyOf(joe));
  EXPECT_EQ(AddressOf(text).ascii_domain(), "remote.test");
}

}  // namespace
}  // namespace postbounce
