#include "classifier/reason.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "classifier/taxonomy.h"

namespace postbounce {
namespace {

std::string ManPage() {
  std::ifstream file(std::string(TEST_DATA_DIR) +
                     "/../../man/postbounce-reasons.7");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Man pages start each sentence and each long phrase on a line of its own.
std::string OnOneLine(std::string text) {
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  return text;
}

TEST(ReasonTest, EveryReasonIsFoundByItsName) {
  std::set<std::string_view> names;
  for (const ReasonInfo& info : AllReasons()) {
    SCOPED_TRACE(info.name);
    EXPECT_TRUE(names.insert(info.name).second);
    EXPECT_EQ(ParseReason(info.name), info.reason);
    EXPECT_EQ(&InfoOf(info.reason), &info);
    EXPECT_EQ(ReasonName(info.reason), info.name);
  }
  EXPECT_EQ(names.size(), 36u);
  EXPECT_FALSE(ParseReason("No-Such-User").has_value());
  EXPECT_FALSE(ParseReason("").has_value());
}

TEST(ReasonTest, OnlyWhatConcernsAddressOrDomainIsHard) {
  for (const ReasonInfo& info : AllReasons()) {
    SCOPED_TRACE(info.name);
    if (info.reason_class == ReasonClass::kHard) {
      EXPECT_TRUE(info.fault == Fault::kRecipient ||
                  info.fault == Fault::kDomain);
    }
    if (info.reason_class == ReasonClass::kBlock) {
      EXPECT_TRUE(info.fault == Fault::kSender ||
                  info.fault == Fault::kMessage);
    }
    EXPECT_EQ(info.reason_class == ReasonClass::kNone,
              info.fault == Fault::kNobody);
  }
}

TEST(ReasonTest, MeaningAndAdviceAreSentences) {
  for (const ReasonInfo& info : AllReasons()) {
    SCOPED_TRACE(info.name);
    ASSERT_FALSE(info.meaning.empty());
    ASSERT_FALSE(info.advice.empty());
    EXPECT_EQ(info.meaning.back(), '.');
    EXPECT_EQ(info.advice.back(), '.');
  }
}

TEST(TaxonomyTest, NamesWhatOthersCallIt) {
  EXPECT_EQ(ParseTaxonomy("Sisimai"), std::nullopt);
  const auto name = [](std::string_view taxonomy, Reason reason) {
    return NameIn(ParseTaxonomy(taxonomy).value(), reason,
                  InfoOf(reason).reason_class);
  };
  EXPECT_EQ(name("sisimai", Reason::kNoSuchUser), "userunknown");
  EXPECT_EQ(name("powermta", Reason::kMailboxFull), "quota-issues");
  EXPECT_EQ(name("kumomta", Reason::kNoSuchDomain), "BadDomain");
  EXPECT_EQ(name("sendgrid", Reason::kRateLimited), "Frequency/Volume");
  EXPECT_EQ(name("ses", Reason::kMessageTooLarge), "Transient/MessageTooLarge");
  EXPECT_EQ(name("ses", Reason::kAlreadySuppressed), "Permanent/Suppressed");
}

TEST(TaxonomyTest, EachHasANameForEveryReason) {
  for (const std::string_view taxonomy : kTaxonomyNames) {
    SCOPED_TRACE(taxonomy);
    for (const ReasonInfo& info : AllReasons()) {
      SCOPED_TRACE(info.name);
      EXPECT_FALSE(
          NameIn(*ParseTaxonomy(taxonomy), info.reason, info.reason_class)
              .empty());
    }
  }
}

TEST(TaxonomyTest, SesCallsPermanentWhatIsHardAlone) {
  for (const ReasonInfo& info : AllReasons()) {
    SCOPED_TRACE(info.name);
    EXPECT_FALSE(NameIn(Taxonomy::kSes, info.reason, ReasonClass::kSoft)
                     .starts_with("Permanent/") &&
                 info.reason != Reason::kAlreadySuppressed);
    EXPECT_EQ(NameIn(Taxonomy::kSisimai, info.reason, ReasonClass::kSoft),
              NameIn(Taxonomy::kSisimai, info.reason, info.reason_class));
  }
}

TEST(ReasonTest, TheManPageListsEveryReasonInOrder) {
  const std::string page = OnOneLine(ManPage());
  std::size_t at = 0;
  for (const ReasonInfo& info : AllReasons()) {
    SCOPED_TRACE(info.name);
    const std::string item = ".It Cm " + std::string(info.name) + " Pq " +
                             std::string(ClassName(info.reason_class)) + ", " +
                             std::string(FaultName(info.fault)) + " " +
                             std::string(info.meaning) + " ";
    const std::size_t found = page.find(item, at);
    ASSERT_NE(found, page.npos);
    at = found + item.size();
    EXPECT_EQ(page.compare(at, info.advice.size(), info.advice), 0);
    std::string elsewhere = " .br Elsewhere:";
    for (const std::string_view name : kTaxonomyNames) {
      elsewhere += ' ';
      elsewhere += NameIn(*ParseTaxonomy(name), info.reason, info.reason_class);
      elsewhere += name == kTaxonomyNames.back() ? '.' : ';';
    }
    at += info.advice.size();
    EXPECT_EQ(page.substr(at, elsewhere.size()), elsewhere);
  }
  EXPECT_EQ(page.find(".It Cm ", at), page.npos);
}

}  // namespace
}  // namespace postbounce
