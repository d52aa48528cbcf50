#include "store/log_match.h"

#include <gtest/gtest.h>

#include "tests/store/log_samples.h"

namespace postbounce {
namespace {

bool AreOne(const std::string& logged, const std::string& asked, bool folds) {
  const AddressKeys keys("secret", Normaliser{folds});
  LogHasher hasher(&keys);
  LogQuery query;
  query.recipient = asked;
  const LogMatch match(query, &hasher);
  const bool fits = match.Fits(MessageOf("4AAAAz1", {AttemptAt(0, logged)}));
  EXPECT_EQ(fits, match.Keys().at(0).hash == hasher.HashOfAddress(logged))
      << "found and then lost, or never found";
  return fits;
}

TEST(LogMatchTest, TellsRecipientsApartAsTheIndexDoes) {
  EXPECT_TRUE(AreOne("Joe@X.test", "joe@x.test", true));
  EXPECT_FALSE(AreOne("Joe@X.test", "joe@x.test", false));
  EXPECT_TRUE(AreOne("joe@X.test", "joe@x.test", false));
  EXPECT_TRUE(AreOne("a@xn--mnchen-3ya.test", "a@m\u00fcnchen.test", true));
  EXPECT_FALSE(AreOne("joe", "joe@x.test", true));
}

TEST(LogMatchTest, KnowsADomainInAllItsForms) {
  const AddressKeys keys("secret", Normaliser());
  LogHasher hasher(&keys);
  const std::string forms[] = {"m\u00fcnchen.test", "M\u00dcNCHEN.test",
                               "xn--mnchen-3ya.test", "XN--MNCHEN-3YA.TEST"};
  for (const std::string& logged : forms) {
    for (const std::string& asked : forms) {
      SCOPED_TRACE(logged + " " + asked);
      LogQuery query;
      query.domain = asked;
      const LogMatch match(query, &hasher);
      EXPECT_TRUE(match.Fits(AttemptAt(0, "joe@" + logged)));
      EXPECT_EQ(match.Keys().at(0).hash, HashOfDomain(logged));
    }
  }
}

}  // namespace
}  // namespace postbounce
