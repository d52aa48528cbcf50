#include "mime/text/network.h"

#include <gtest/gtest.h>

#include <string>

namespace postbounce {
namespace {

TEST(NetworkTest, ContainsItsAddresses) {
  const struct {
    const char* network;
    const char* address;
    bool want;
  } kCases[] = {
      {"127.0.0.0/8", "127.255.0.1", true},
      {"127.0.0.0/8", "128.0.0.1", false},
      {"192.0.2.64/27", "192.0.2.95", true},
      {"192.0.2.64/27", "192.0.2.96", false},
      {"192.0.2.1", "192.0.2.1", true},
      {"192.0.2.1", "::ffff:192.0.2.1", true},
      {"0.0.0.0/0", "1.2.3.4", true},
      {"0.0.0.0/0", "::1", false},
      {"::1", "::1", true},
      {"2001:db8::/33", "2001:db8:7fff::1", true},
      {"2001:db8::/33", "2001:db8:8000::1", false},
      {"::/0", "unknown", false},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(std::string(test.network) + " " + test.address);
    EXPECT_EQ(Network::Parse(test.network).value().Contains(test.address),
              test.want);
  }
}

TEST(NetworkTest, RefusesWhatIsNone) {
  for (const char* text : {"", "localhost", "1.2.3", "1.2.3.4/33", "::1/129",
                           "1.2.3.4/", "1.2.3.4/8x", "1.2.3.4 "}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(Network::Parse(text).has_value());
  }
}

}  // namespace
}  // namespace postbounce
