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

TEST_F(ExportServiceTest, APageLooksAtABoundedPartOfTheList) {
  for (char c = 'a'; c <= 'z'; ++c) {
    Order(std::string(R"({"verb":"suppress","addresses":["x@example.org"]})")
              .replace(33, 1, 1, c)
              .c_str());
  }
  Order(R"({"verb":"suppress","addresses":["one@example.org"],)"
        R"("reason":"complaint"})");
  std::string cursor;
  int pages = 0;
  std::size_t found = 0;
  do {
    const auto page =
        Export(std::string(R"({"limit":1,"reason":"complaint","cursor":")")
                   .append(cursor)
                   .append("\"}"))
            .value();
    cursor = page.at("cursor").as_string();
    found += page.at("entries").as_array().size();
    ++pages;
  } while (!cursor.empty());
  EXPECT_EQ(found, 1u);
  EXPECT_EQ(pages, 3);
}

TEST_F(ExportServiceTest, RowsHaveWhatEntriesHave) {
  Order(R"({"verb":"suppress","addresses":["joe@example.org"],)"
        R"("reason":"mailbox-full","until":"2027-01-01"})");
  Order(R"({"verb":"suppress","addresses":["@gone.example"]})");
  Order(R"({"verb":"allow","addresses":["ann@gone.example"]})");
  const auto answer = Export(R"({"rows":true,"references":true})").value();
  const std::string rows(answer.at("rows").as_string());
  const std::string ref(Export(R"({"references":true})")
                            .value()
                            .at("entries")
                            .at(0)
                            .at("ref")
                            .as_string());
  EXPECT_TRUE(
      rows.starts_with("joe@example.org\t\tmailbox-full\t"
                       "2026-11-21T00:27:56Z\t2027-01-01T00:00:00Z\t" +
                       ref + "\n@gone.example\t\tunknown\t"))
      << rows;
  EXPECT_EQ(answer.at("except"),
            json::parse(R"({"@gone.example":["ann@gone.example"]})"));
  EXPECT_EQ(answer.at("cursor"), "");
}

TEST_F(ExportServiceTest, WhatIsAskedForAndNotKnownIsRefused) {
  for (const char* request :
       {R"({"state":"held"})", R"({"limit":10001})", R"({"cursor":"x"})",
        R"({"reason":"x"})", R"({"from":"0"})"}) {
    SCOPED_TRACE(request);
    const auto answer = Export(request);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code(), ErrorCode::kSyntax);
  }
}

}  // namespace
}  // namespace postbounce
