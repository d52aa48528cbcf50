#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <string>
#include <vector>

#include "daemon/service.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr Timestamp kNow{std::chrono::seconds(1'795'220'876)};

TEST(ServiceWriteTest, WhatWritesTakesNoMembersThatItDoesNotKnow) {
  for (const char* text :
       {R"({"verb":"inbox-seen","mails":[1],"al":true})",
        R"({"verb":"resolve","alarm":1,"state":"released","wy":"x"})",
        R"({"verb":"remove","addresses":["a@b.example"],"scop":"shop"})"}) {
    SCOPED_TRACE(text);
    const auto request = json::parse(text).as_object();
    EXPECT_EQ(
        WriteOf(request, Door::kControl, Scopes(), kNow).value().error().code(),
        ErrorCode::kSyntax);
  }
}

TEST(ServiceWriteTest, OnlyAScopeThatMailCanHaveIsSuppressed) {
  const std::vector<Scope> known = {{"shop", {"shop.example"}},
                                    {"news", {"n@b.example"}}};
  const Scopes scopes(known);
  const struct {
    const char* verb;
    const char* scope;
    bool is_taken;
  } cases[] = {
      {"suppress", "shop", true},      {"suppress", "shopp", false},
      {"suppress", "b.example", true}, {"suppress", "shop.example", false},
      {"suppress", "", true},          {"remove", "shopp", true},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(std::string(one.verb) + " " + one.scope);
    const json::object request{{"verb", one.verb},
                               {"addresses", json::array{"a@b.example"}},
                               {"scope", one.scope}};
    const auto write = WriteOf(request, Door::kControl, scopes, kNow).value();
    EXPECT_EQ(write.has_value(), one.is_taken);
    if (one.is_taken) continue;
    EXPECT_NE(write.error().ToString().find("news, shop"), std::string::npos);
  }
}

}  // namespace
}  // namespace postbounce
