#include "daemon/cli/explain_input.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <string>
#include <vector>

#include "tests/temp_dir.h"

namespace postbounce {
namespace {

constexpr std::string_view kMail = "Subject: one\n\nHello\n\n";
constexpr std::string_view kSeparator =
    "From a@example.org Sat Jan  3 01:05:34 2026\n";
constexpr std::string_view kDelivery =
    "Nov 21 00:27:56 out postfix/smtp[960]: 3D534A849A1: to=<m@remote.test>, "
    "relay=none, dsn=5.1.1, status=bounced (no)\n";
constexpr std::string_view kRemoved =
    "Nov 21 00:27:56 out postfix/qmgr[960]: 3D534A849A1: removed\n";

std::string Join(std::initializer_list<std::string_view> parts) {
  std::string all;
  for (std::string_view part : parts) all += part;
  return all;
}

class ExplainInputTest : public ::testing::Test {
 protected:
  // The path of a new file.
  std::string Write(const std::string& name, std::string_view bytes) {
    const std::string path = folder_.path() + "/" + name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  void MakeFolder(const std::string& name) {
    ASSERT_EQ(mkdir((folder_.path() + "/" + name).c_str(), 0700), 0);
  }
  // What is read of a file, a line each: form, number, bytes.
  static std::vector<std::string> Read(const std::string& path) {
    std::vector<std::string> all;
    const auto done = ReadInput(path, [&](const Input& input) {
      EXPECT_EQ(input.file, path);
      all.push_back(Join({FormName(input.form), " ",
                          std::to_string(input.number), " ", input.bytes}));
    });
    if (!done) all.push_back(done.error().text());
    return all;
  }
  // Their names within folder_.
  std::vector<std::string> Files(const std::string& name = "") {
    const auto files = FilesOf(folder_.path() + name);
    std::vector<std::string> names;
    if (!files) return {files.error().text()};
    for (const std::string& file : *files) {
      names.push_back(file.substr(folder_.path().size() + 1));
    }
    return names;
  }

  TempDir folder_;
};

TEST_F(ExplainInputTest, TellsByStructureWhatItIsGiven) {
  const struct {
    std::string head;
    InputKind kind;
  } kCases[] = {
      {Join({kMail}), InputKind::kMessage},
      {"\n\nReceived: from a by b\n\tid c\n\n", InputKind::kMessage},
      {"X-Odd: 1\r\nsubject : a\r\n\r\n", InputKind::kMessage},
      {"{\"Type\": \"Notification\"}", InputKind::kMessage},
      {"From nobody\nSubject: a\n\n", InputKind::kMessage},
      {Join({kSeparator, kMail}), InputKind::kMbox},
      {Join({kDelivery}), InputKind::kLog},
      {Join({"\n", kRemoved, kDelivery}), InputKind::kLog},
      {"550 5.1.1 <a@b.test>: Recipient address rejected: User unknown",
       InputKind::kText},
      {"550 5.1.1 from: nobody\n\nSubject: a\n", InputKind::kText},
      {"Diagnostic-Code: smtp; 550 5.1.1 User unknown", InputKind::kText},
      {"Final-Recipient: rfc822; a@b.test\nStatus: 5.1.1\n", InputKind::kText},
      {"Mailbox full", InputKind::kText},
      {"", InputKind::kText},
  };
  for (const auto& each : kCases) {
    SCOPED_TRACE(each.head);
    EXPECT_EQ(KindOfInput(each.head), each.kind);
  }
}

TEST_F(ExplainInputTest, ReadsAFileOfOneMessageAsItIs) {
  for (const std::string& bytes :
       {Join({kMail}), Join({kSeparator, kMail, ">From afar\n"}),
        std::string("no mail at all"), std::string(),
        std::string(200'000, 'x')}) {
    SCOPED_TRACE(bytes.substr(0, 80));
    EXPECT_EQ(Read(Write("a", bytes)),
              std::vector<std::string>{"message 0 " + bytes});
  }
}

TEST_F(ExplainInputTest, NumbersTheMessagesOfAnMbox) {
  const std::string long_body(100'000, 'x');
  const std::string path =
      Write("mbox", Join({kSeparator, kMail, long_body, "\n\n", kSeparator,
                          kMail, ">From afar\n"}));
  EXPECT_EQ(Read(path),
            (std::vector<std::string>{
                Join({"message 1 ", kSeparator, kMail, long_body, "\n\n"}),
                Join({"message 2 ", kSeparator, kMail, "From afar\n"})}));
}

TEST_F(ExplainInputTest, GivesTheDeliveriesOfALog) {
  const std::string line(kDelivery.substr(0, kDelivery.size() - 1));
  const std::string much(70'000, 'x');
  const std::string path =
      Write("log", Join({kRemoved, kDelivery, much, "\n", kRemoved, line}));
  EXPECT_EQ(Read(path), (std::vector<std::string>{"log-line 2 " + line,
                                                  "log-line 5 " + line}));
  EXPECT_EQ(
      Read(Write("log", kRemoved)),
      std::vector<std::string>{"no line of " + path + " tells of a delivery"});
}

TEST_F(ExplainInputTest, NamesWhatItCannotRead) {
  EXPECT_EQ(Read(folder_.path() + "/gone"),
            std::vector<std::string>{"cannot read " + folder_.path() +
                                     "/gone: No such file or directory"});
  EXPECT_EQ(Read(folder_.path()),
            std::vector<std::string>{"cannot read " + folder_.path() +
                                     ": Is a directory"});
}

TEST_F(ExplainInputTest, TakesTheFilesOfAFolderInTheOrderOfTheirNames) {
  Write("b", "");
  Write("a", "");
  Write(".hidden", "");
  MakeFolder("c");
  Write("c/d", "");
  EXPECT_EQ(Files(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(Files("/a"), std::vector<std::string>{"a"});
}

TEST_F(ExplainInputTest, TakesNewAndSeenMailOfAMaildir) {
  for (const char* name : {"new", "cur", "tmp"}) MakeFolder(name);
  Write("cur/1:2,S", "");
  Write("new/2", "");
  Write("tmp/3", "");
  Write("dovecot.index", "");
  EXPECT_EQ(Files(), (std::vector<std::string>{"new/2", "cur/1:2,S"}));
}

TEST_F(ExplainInputTest, SaysWhereThereAreOnlyFolders) {
  EXPECT_EQ(Files(), std::vector<std::string>{});
  MakeFolder("a");
  EXPECT_EQ(Files(),
            std::vector<std::string>{"cannot read " + folder_.path() +
                                     ": it has folders, but no files"});
}

}  // namespace
}  // namespace postbounce
