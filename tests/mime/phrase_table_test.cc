#include <gtest/gtest.h>

#include <set>
#include <string>

#include "mime/bounce_phrase_table.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

TEST(PhraseTableTest, HoldsFoldedPhrasesEachOnce) {
  for (const PhraseRow& row : PhraseRows()) {
    SCOPED_TRACE(row.language);
    EXPECT_TRUE(IsValidUtf8(row.phrases));
    EXPECT_EQ(FoldCase(row.phrases), row.phrases);
    std::set<std::string> seen;
    std::string_view rest = row.phrases;
    for (;;) {
      const std::size_t bar = rest.find('|');
      const std::string phrase(rest.substr(0, bar));
      // Two CJK characters, or a few letters.
      EXPECT_GE(phrase.size(), 6u) << phrase;
      EXPECT_EQ(Trim(phrase), phrase);
      EXPECT_TRUE(seen.insert(phrase).second) << phrase;
      if (bar == rest.npos) break;
      rest.remove_prefix(bar + 1);
    }
  }
}

}  // namespace
}  // namespace postbounce
