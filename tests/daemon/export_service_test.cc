#include "daemon/export_service.h"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <memory>
#include <string>

#include "daemon/open_store.h"
#include "daemon/service.h"
#include "tests/store/samples.h"
#include "tests/temp_dir.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr Timestamp kNow{std::chrono::seconds(1'795'220'876)};

class ExportServiceTest : public ::testing::Test {
 protected:
  ExportServiceTest() {
    store_ =
        OpenStore(ParseConfig("[store]\npath = \"" + (dir_ / "db") +
                                  "\"\nsite_key = \"" + (dir_ / "key") + "\"\n",
                              "a")
                      .value())
            .value();
    reader_ = store_->OpenReader().value();
    store_->Use(PolicyWithoutProof());
  }

  void Order(const char* request) {
    const Write write = WriteOf(json::parse(request).as_object(),
                                Door::kControl, Scopes(), kNow)
                            .value()
                            .value();
    ASSERT_TRUE(store_->Apply({&write, 1}, kNow).value().at(0));
  }

  Result<json::object> Export(const std::string& request) {
    return AnswerExport(json::parse(request).as_object(), reader_.get(), kNow);
  }

  TempDir dir_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Reader> reader_;
};

TEST_F(ExportServiceTest, ItHasWhatIsEnforcedAndNoMore) {
  Order(R"({"verb":"suppress","addresses":["joe@example.org"],)"
        R"("reason":"mailbox-full","until":"2027-01-01"})");
  Order(R"({"verb":"suppress","addresses":["ann@example.org"],)"
        R"("scope":"example.com"})");
  Order(R"({"verb":"suppress","addresses":["bob@example.org"]})");
  Order(R"({"verb":"allow","addresses":["bob@example.org"]})");
  const auto first = Export(R"({"limit":1})").value();
  const json::value joe = {
      {"address", "joe@example.org"},    {"scope", nullptr},
      {"reason", "mailbox-full"},        {"class", "soft"},
      {"since", "2026-11-21T00:27:56Z"}, {"until", "2027-01-01T00:00:00Z"}};
  EXPECT_EQ(first.at("entries"), json::value(json::array{joe}));
  const std::string cursor(first.at("cursor").as_string());
  const auto rest = Export("{\"cursor\":\"" + cursor + "\"}").value();
  ASSERT_EQ(rest.at("entries").as_array().size(), 1u);
  EXPECT_EQ(rest.at("entries").at(0).at("scope"), "example.com");
  EXPECT_EQ(rest.at("cursor"), "");
}

TEST_F(ExportServiceTest, WhatIsAskedForAndNotKnownIsRefused) {
  for (const char* request : {R"({"state":"held"})", R"({"limit":10001})",
                              R"({"cursor":"x"})", R"({"reason":"x"})"}) {
    SCOPED_TRACE(request);
    const auto answer = Export(request);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code(), ErrorCode::kSyntax);
  }
}

}  // namespace
}  // namespace postbounce
