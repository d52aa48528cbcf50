#include "store/orders.h"

#include <gtest/gtest.h>

#include <optional>

namespace postbounce {
namespace {

TEST(SubjectTest, IsAnAddressOrADomain) {
  const struct {
    const char* text;
    std::optional<const char*> want;  // none: refused
    bool is_domain;
  } cases[] = {
      {"joe@example.org", "joe@example.org", false},
      {" <Joe@Example.ORG> ", "Joe@Example.ORG", false},
      {"@Example.ORG", "@example.org", true},
      {"@m\xc3\xbcnchen.example", "@xn--mnchen-3ya.example", true},
      {"@example.org.", "@example.org", true},
      {"example.org", std::nullopt, false},
      {"joe", std::nullopt, false},
      {"@", std::nullopt, false},
      {"", std::nullopt, false},
      {"@a@example.org", std::nullopt, false},
      {"joe@example.org, ann@example.org", std::nullopt, false},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.text);
    const auto subject = Subject::Parse(one.text);
    ASSERT_EQ(subject.has_value(), one.want.has_value());
    if (!subject) continue;
    EXPECT_EQ(subject->ToString(), *one.want);
    EXPECT_EQ(subject->is_domain(), one.is_domain);
  }
}

}  // namespace
}  // namespace postbounce
