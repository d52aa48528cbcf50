#include "store/relay_site.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace postbounce {
namespace {

TEST(RelaySiteTest, TheSiteIsTheRegisteredDomain) {
  struct Case {
    std::string host;
    std::string_view want;
  };
  const Case cases[] = {
      {"mx1.example.com", "example.com"},
      {"example.com", "example.com"},
      {"MX1.Example.COM.", "example.com"},
      {"a.b.example.co.uk", "example.co.uk"},
      {"a_b.example.com", "example.com"},
      {"mx.xn--mnchen-3ya.de", "xn--mnchen-3ya.de"},
      {"mx.shop.xn--55qx5d.cn", "shop.xn--55qx5d.cn"},
      {"gmail-smtp-in.l.google.com", "google.com"},
      {"mx1.hospital.internal", "hospital.internal"},
      // A rule with a star, and the exception to it.
      {"mx.example.any.ck", "example.any.ck"},
      {"mx.www.ck", "www.ck"},
      // Customers of a hosting company.
      {"mx.joe.github.io", "joe.github.io"},
      {"x.ec2-192-0-2-1.compute-1.amazonaws.com",
       "x.ec2-192-0-2-1.compute-1.amazonaws.com"},
      {"ec2-192-0-2-1.compute-1.amazonaws.com", ""},
      {"github.io", ""},
      {"com", ""},
      {"co.uk", ""},
      {"any.ck", ""},
      {"localhost", ""},
      {"", ""},
      {".", ""},
      {"..", ""},
      {".example.com", ""},
      {"mx..example.com", ""},
      {"example.com..", ""},
      {"192.0.2.1", ""},
      {"192.0.2.1.", ""},
      {"2001:db8::1", ""},
      {"::ffff:192.0.2.1", ""},
      {"[192.0.2.1]", ""},
      {"mx.example.com:25", ""},
      {"mx.example.com[192.0.2.1]", ""},
      {"mx.münchen.de", ""},
      {"a b.example.com", ""},
      {std::string("evil.example\0.google.com", 24), ""},
      {std::string(250, 'a') + ".com", ""},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.host);
    EXPECT_EQ(SiteOf(test.host), test.want);
  }
}

TEST(RelaySiteTest, HostsOfOneRegisteredDomainAreOneSite) {
  struct Case {
    std::string_view a;
    std::string_view b;
    bool want;
  };
  const Case cases[] = {
      {"mx1.example.com", "mx2.example.com", true},
      {"mx1.example.com", "OUT.Relay.EXAMPLE.com.", true},
      {"example.com", "mx1.example.com", true},
      {"a.example.co.uk", "b.example.co.uk", true},
      {"mx1.example.com", "mx1.example.org", false},
      {"mx1.example.com", "mx1.notexample.com", false},
      {"example.com", "example.com.evil.org", false},
      {"a.co.uk", "b.co.uk", false},
      {"mx.joe.github.io", "mx.jim.github.io", false},
      {"mx.joe.github.io", "joe.github.io", true},
      {"github.io", "joe.github.io", false},
      // Nothing but itself.
      {"co.uk", "co.uk", true},
      {"co.uk", "a.co.uk", false},
      {"localhost", "LOCALHOST", true},
      {"localhost", "mx.localhost", false},
      {"192.0.2.1", "192.0.2.1", true},
      {"192.0.2.1", "198.51.2.1", false},
      {"2001:db8::1", "2001:DB8::1", true},
      {"2001:db8::1", "2001:db8::2", false},
      // Nobody knows which hosts have no name.
      {"", "", false},
      {".", "", false},
      {"", "example.com", false},
      {"example.com", "", false},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(testing::Message() << test.a << " " << test.b);
    EXPECT_EQ(IsSameSite(test.a, test.b), test.want);
    EXPECT_EQ(IsSameSite(test.b, test.a), test.want);
  }
}

}  // namespace
}  // namespace postbounce
