#ifndef POSTBOUNCE_TESTS_DAEMON_PROTOCOL_MILTER_FIXTURE_H_
#define POSTBOUNCE_TESTS_DAEMON_PROTOCOL_MILTER_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstddef>

#include "tests/daemon/protocol/milter_talk.h"

namespace postbounce {

inline constexpr std::size_t kRoom = 1u << 20;

// Sessions with a budget, all of which has to be given back.
class MilterFixture : public testing::Test {
 protected:
  void TearDown() override { EXPECT_TRUE(HasRoom(kRoom)); }

  bool HasRoom(std::size_t size) {
    ByteBudget::Share all(&budget_);
    return all.Grow(size);
  }

  static MilterSession::Options WithBounceAddresses() {
    MilterSession::Options options;
    options.bounce_addresses = AddressPatterns({"b+*@us.example"});
    return options;
  }

  ByteBudget budget_{kRoom};
};

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_DAEMON_PROTOCOL_MILTER_FIXTURE_H_
