#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <string>

#include "daemon/base64.h"
#include "daemon/cli/csv.h"
#include "daemon/endpoint.h"
#include "daemon/site_key.h"
#include "tests/temp_dir.h"

namespace postbounce {
namespace {

TEST(Base64Test, GivesBackWhatItWasGiven) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    SCOPED_TRACE(i);
    const std::string text = EncodeBase64(bytes);
    EXPECT_EQ(ParseBase64(text), bytes);
    bytes += static_cast<char>(i);
  }
  EXPECT_EQ(EncodeBase64("ab"), "YWI=");
}

TEST(Base64Test, RefusesWhatIsNone) {
  for (std::string_view text : {"a", "abc", "a===", "!!!!", "YWI"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(ParseBase64(text).has_value());
  }
}

TEST(CsvTest, QuotesWhatNeedsIt) {
  const struct {
    std::string_view text, want;
  } kCases[] = {
      {"", ""},
      {"joe@example.org", "joe@example.org"},
      {"a,b", "\"a,b\""},
      {"say \"x\"", "\"say \"\"x\"\"\""},
      {"a\r\nb", "\"a  b\""},
      {"=1+1", "\"'=1+1\""},
      {"+x@example.org", "\"'+x@example.org\""},
      {"-x", "\"'-x\""},
      {"@x", "\"'@x\""},
      {"\tx", "\"' x\""},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.text);
    EXPECT_EQ(CsvField(test.text), test.want);
  }
}

TEST(EndpointTest, ReadsAndPrintsBothKinds) {
  for (std::string_view text :
       {"unix:/run/a", "inet:127.0.0.1:24", "inet:[::1]:65535"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(Endpoint::Parse(text).value().ToString(), text);
  }
}

TEST(EndpointTest, InTheWordsOfLibmilter) {
  const std::pair<const char*, const char*> kCases[] = {
      {"unix:/run/a", "unix:/run/a"},
      {"inet:127.0.0.1:2529", "inet:2529@127.0.0.1"},
      {"inet:[::1]:2529", "inet6:2529@::1"}};
  for (const auto& [text, want] : kCases) {
    EXPECT_EQ(Endpoint::Parse(text).value().ForLibmilter(), want);
  }
}

TEST(EndpointTest, RefusesWhatCannotBeListenedAt) {
  const std::string long_path = "unix:/" + std::string(107, 'a');
  for (std::string_view text : std::initializer_list<std::string_view>{
           "", "unix:", "unix:a", "inet:localhost:25", "inet:127.0.0.1",
           "inet:127.0.0.1:", "inet:127.0.0.1:65536", "inet:127.0.0.1:2x",
           "127.0.0.1:25", std::string_view(long_path)}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(Endpoint::Parse(text).has_value());
  }
  const std::string at_bound = "unix:/" + std::string(106, 'a');
  EXPECT_TRUE(Endpoint::Parse(at_bound).has_value());
}

TEST(SiteKeyTest, IsMadeOnceAndOnlyForANewStore) {
  TempDir dir;
  const std::string key = LoadOrMakeSiteKey(dir / "key", dir / "db").value();
  EXPECT_EQ(key.size(), 64u);
  struct stat info;
  ASSERT_EQ(stat((dir / "key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0600u);
  EXPECT_EQ(LoadOrMakeSiteKey(dir / "key", dir / "db").value(), key);

  std::ofstream(dir / "db") << "x";
  EXPECT_EQ(LoadOrMakeSiteKey(dir / "other", dir / "db").error().code(),
            ErrorCode::kConflict);
}

TEST(SiteKeyTest, RefusesAKeyThatOthersMayRead) {
  TempDir dir;
  ASSERT_TRUE(LoadOrMakeSiteKey(dir / "key", dir / "db").has_value());
  ASSERT_EQ(chmod((dir / "key").c_str(), 0640), 0);
  EXPECT_EQ(LoadOrMakeSiteKey(dir / "key", dir / "db").error().code(),
            ErrorCode::kConflict);
}

TEST(SiteKeyTest, RefusesAFileThatHoldsNone) {
  TempDir dir;
  std::ofstream(dir / "key") << "short\n";
  EXPECT_EQ(LoadOrMakeSiteKey(dir / "key", dir / "db").error().code(),
            ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace postbounce
