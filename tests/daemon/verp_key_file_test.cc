#include "daemon/verp_key_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "daemon/config.h"
#include "daemon/runtime.h"
#include "tests/temp_dir.h"

namespace postbounce {
namespace {

const std::string kSecret(64, 'a');

struct stat InfoOf(const std::string& path) {
  struct stat info = {};
  EXPECT_EQ(stat(path.c_str(), &info), 0);
  return info;
}

TEST(VerpKeyFileTest, AMissingFileHasNoKeys) {
  TempDir dir;
  EXPECT_EQ(LoadVerpKeys(dir / "keys").value().newest(), nullptr);
}

TEST(VerpKeyFileTest, AnUnreadableOrMalformedOneIsRefusedByName) {
  TempDir dir;
  const auto folder = LoadVerpKeys(dir.path());
  ASSERT_FALSE(folder.has_value());
  EXPECT_NE(folder.error().text().find(dir.path()), std::string::npos);

  std::ofstream(dir / "keys") << "# mine\n1 xyz\n";
  EXPECT_FALSE(LoadVerpKeys(dir / "keys/below").has_value());
  for (const Error& error :
       {LoadVerpKeys(dir / "keys").error(), AddVerpKey(dir / "keys").error()}) {
    EXPECT_EQ(error.code(), ErrorCode::kSyntax);
    EXPECT_TRUE(error.text().starts_with((dir / "keys") + ":2: "))
        << error.text();
  }
}

TEST(VerpKeyFileTest, ANewKeySignsAndTheOlderOnesStay) {
  TempDir dir;
  EXPECT_EQ(AddVerpKey(dir / "keys").value(), 1);
  EXPECT_EQ(InfoOf(dir / "keys").st_mode & 0777u, 0600u);
  const std::string first = LoadVerpKeys(dir / "keys").value().Find(1)->secret;
  EXPECT_EQ(AddVerpKey(dir / "keys").value(), 2);
  const VerpKeys keys = LoadVerpKeys(dir / "keys").value();
  EXPECT_EQ(keys.newest()->id, 2);
  EXPECT_NE(keys.newest()->secret, first);
  ASSERT_NE(keys.Find(1), nullptr);
  EXPECT_EQ(keys.Find(1)->secret, first);
}

TEST(VerpKeyFileTest, WhatAPersonWroteAndAllowedIsKept) {
  TempDir dir;
  std::ofstream(dir / "keys") << "# mine\n9 " << kSecret;  // no newline
  ASSERT_EQ(chmod((dir / "keys").c_str(), 0640), 0);
  EXPECT_EQ(AddVerpKey(dir / "keys").value(), 10);
  EXPECT_TRUE(ReadFile(dir / "keys")
                  .value()
                  .starts_with("# mine\n9 " + kSecret + "\n10 "));
  EXPECT_EQ(InfoOf(dir / "keys").st_mode & 0777u, 0640u);
}

TEST(VerpKeyFileTest, WhatRootWritesBelongsToTheDaemon) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can write for others";
  TempDir dir;
  constexpr uid_t kDaemon = 4711;
  ASSERT_EQ(chown(dir.path().c_str(), kDaemon, kDaemon), 0);
  ASSERT_TRUE(AddVerpKey(dir / "keys").has_value());
  EXPECT_EQ(InfoOf(dir / "keys").st_uid, kDaemon);
  ASSERT_EQ(chown((dir / "keys").c_str(), kDaemon, kDaemon + 1), 0);
  ASSERT_TRUE(AddVerpKey(dir / "keys").has_value());
  EXPECT_EQ(InfoOf(dir / "keys").st_uid, kDaemon);
  EXPECT_EQ(InfoOf(dir / "keys").st_gid, kDaemon + 1);
}

TEST(VerpKeyFileTest, NothingIsLeftWhereItCannotBeWritten) {
  TempDir dir;
  const auto id = AddVerpKey(dir / "none/keys");
  ASSERT_FALSE(id.has_value());
  EXPECT_EQ(id.error().code(), ErrorCode::kIo);
}

TEST(VerpKeyFileTest, ARuntimeHasTheKeysOrIsRefused) {
  TempDir dir;
  std::ofstream(dir / "toml") << "[verp]\nkeys = \"" << dir / "keys"
                              << "\"\n";
  EXPECT_EQ(LoadRuntime(dir / "toml").value()->verp_keys.newest(), nullptr);
  std::ofstream(dir / "keys") << "7 " << kSecret << "\n";
  EXPECT_EQ(LoadRuntime(dir / "toml").value()->verp_keys.newest()->id, 7);
  std::ofstream(dir / "keys", std::ios::app) << "7 " << kSecret << "\n";
  const auto runtime = LoadRuntime(dir / "toml");
  ASSERT_FALSE(runtime.has_value());
  EXPECT_EQ(runtime.error().text(),
            (dir / "keys") + ":2: there is a key 7 already");
}

TEST(VerpDelimiterTest, IsOneCharacterOutOfFew) {
  const struct {
    std::string value;
    bool valid;
  } kCases[] = {
      {"+", true},   {"-", true},  {"_", true},  {"=", true},  {"", false},
      {"+-", false}, {"a", false}, {".", false}, {"@", false},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.value);
    const auto config =
        ParseConfig("[verp]\ndelimiter = \"" + test.value + "\"\n", "x");
    EXPECT_EQ(config.has_value(), test.valid);
    if (!config) {
      EXPECT_EQ(config.error().text(),
                "x:2: verp.delimiter: it is one of: + - _ =");
    }
  }
}

}  // namespace
}  // namespace postbounce
