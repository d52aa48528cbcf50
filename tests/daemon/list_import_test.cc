#include "daemon/list_import.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/temp_dir.h"

namespace postbounce {
namespace {

constexpr Timestamp kNow{std::chrono::seconds(1'795'220'876)};

class ListImportTest : public ::testing::Test {
 protected:
  Result<void> Read(const std::string& text) {
    const std::string name = dir_ / "rows";
    std::ofstream(name, std::ios::binary) << text;
    const LogBytes file(Fd(open(name.c_str(), O_RDONLY | O_CLOEXEC)), name);
    import_ = ListImport();
    return import_.Read(file, Scopes(), kNow);
  }

  TempDir dir_;
  ListImport import_;
};

TEST_F(ListImportTest, RowsAreReadWhereverPiecesOfTheFileEnd) {
  std::string text;
  constexpr std::size_t kRows = 50'000;
  for (std::size_t i = 0; i < kRows; ++i) {
    text.append("{\"address\":\"user").append(std::to_string(i));
    text.append("@example.org\",\"reason\":\"no-such-user\"}");
    text.append(i % 3 == 0 ? "\r\n" : "\n");
  }
  text += "{\"address\":\"none\"}\n{\"address\":\"last@example.org\"}";
  ASSERT_GT(text.size(), 2u << 20);
  ASSERT_TRUE(Read(text));
  ASSERT_EQ(import_.import.rows.size(), kRows + 1);
  for (const std::size_t i : {std::size_t{0}, std::size_t{22'222}, kRows - 1}) {
    EXPECT_EQ(import_.import.rows[i].subject.ToString(),
              std::string("user").append(std::to_string(i)) + "@example.org");
  }
  EXPECT_EQ(import_.import.rows.back().subject.ToString(), "last@example.org");
  ASSERT_EQ(import_.rejected_count, 1u);
  EXPECT_EQ(import_.rejected[0].at("line"), kRows + 1);
}

TEST_F(ListImportTest, ARowWithoutAnEndIsNotKept) {
  const auto read = Read(std::string(3u << 20, ' '));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), ErrorCode::kSyntax);
}

TEST_F(ListImportTest, AnEmptyFileHasNoRows) {
  ASSERT_TRUE(Read(""));
  EXPECT_TRUE(import_.import.rows.empty());
}

}  // namespace
}  // namespace postbounce
