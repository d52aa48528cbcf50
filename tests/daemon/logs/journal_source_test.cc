#include "daemon/logs/journal_source.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/daemon/logs/log_files.h"
#include "tests/temp_dir.h"

namespace postbounce {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLong{60'000};
constexpr char kWriter[] = "/lib/systemd/systemd-journal-remote";
constexpr std::uint64_t kEpoch = 1'700'000'000'000'000;

// A journal that is written as journald writes it, by the tool that takes
// entries of other hosts.
class JournalSourceTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kWriter)) {
      GTEST_SKIP() << "needs systemd-journal-remote";
    }
  }

  // Seconds since kEpoch, and the fields, each with an LF.
  struct Entry {
    std::uint64_t time;
    std::string fields;
  };

  static Entry Mail(std::uint64_t time, const std::string& text) {
    return {time,
            "SYSLOG_FACILITY=2\nSYSLOG_IDENTIFIER=postfix/smtp\n"
            "_SYSTEMD_UNIT=postfix@-.service\n_HOSTNAME=mail\n"
            "_TRANSPORT=syslog\nMESSAGE=" +
                text + "\n"};
  }
  static Entry Suppressed(std::uint64_t time, const std::string& unit) {
    return {time,
            "SYSLOG_FACILITY=3\nSYSLOG_IDENTIFIER=systemd-journald\n"
            "_TRANSPORT=driver\n"
            "MESSAGE_ID=a596d6fe7bfa4994828e72309e95d61e\nN_DROPPED=7\n"
            "MESSAGE=Suppressed 7 messages from " +
                unit + "\n"};
  }

  void Write(const std::vector<Entry>& entries,
             const std::string& name = "system") {
    std::string text;
    for (const Entry& entry : entries) {
      text +=
          "__REALTIME_TIMESTAMP=" +
          std::to_string(kEpoch + entry.time * 1'000'000) +
          "\n__MONOTONIC_TIMESTAMP=" + std::to_string(entry.time * 1'000'000) +
          "\n_BOOT_ID=0123456789abcdef0123456789abcdef\n" + entry.fields + "\n";
    }
    WriteFile(dir_ / "export", text);
    ASSERT_TRUE(RunShell(std::string(kWriter) + " -o " + journal() + "/" +
                         name + ".journal " + dir_ / "export" +
                         " 2>/dev/null"));
  }

  std::unique_ptr<JournalSource> Open(
      std::string position = "",
      JournalSource::Start start = JournalSource::Start::kBeginning,
      std::vector<std::string> matches = {"SYSLOG_FACILITY=2"}) {
    auto source = JournalSource::Open(
        {std::move(matches), journal(), start, std::move(position)});
    EXPECT_TRUE(source) << source.error().ToString();
    return std::move(*source);
  }

  // "one two ! three": a gap is "!".
  static std::string Now(JournalSource* source,
                         milliseconds wait = milliseconds(0)) {
    std::string all;
    for (auto chunk = source->Next(wait);;
         chunk = source->Next(milliseconds(0))) {
      if (!chunk) return chunk.error().ToString();
      if (chunk->is_end) return all;
      const auto add = [&](std::string_view what) {
        if (!all.empty()) all += ' ';
        all += what;
      };
      for (std::uint64_t i = 0; i < chunk->gaps; ++i) add("!");
      for (const auto& line : chunk->lines) add(line.text);
    }
  }

  std::string journal() {
    std::filesystem::create_directory(dir_ / "journal");
    return dir_ / "journal";
  }

  TempDir dir_;
};

TEST_F(JournalSourceTest, GivesTheMatchingEntriesWithTheirFields) {
  Write({Mail(1, "one"),
         {2, "SYSLOG_FACILITY=3\nSYSLOG_IDENTIFIER=cron\nMESSAGE=no\n"},
         {3,
          "SYSLOG_FACILITY=2\nSYSLOG_IDENTIFIER=dovecot\n_HOSTNAME=h\n"
          "_SOURCE_REALTIME_TIMESTAMP=1600000000123456\nMESSAGE=two\n"}});
  auto source = Open();
  const auto chunk = source->Next(kLong);
  ASSERT_TRUE(chunk) << chunk.error().ToString();
  ASSERT_EQ(chunk->lines.size(), 2u);
  EXPECT_TRUE(chunk->is_new_stream);
  EXPECT_EQ(chunk->lines[0].text, "one");
  EXPECT_EQ(chunk->lines[0].tag, "postfix/smtp");
  EXPECT_EQ(chunk->lines[0].host, "mail");
  EXPECT_EQ(FormatTimestamp(*chunk->lines[0].time), "2023-11-14T22:13:21Z");
  EXPECT_EQ(chunk->lines[1].text, "two");
  EXPECT_EQ(chunk->lines[1].tag, "dovecot");
  EXPECT_EQ(chunk->lines[1].host, "h");
  EXPECT_EQ(chunk->lines[1].time->time_since_epoch().count(), 1600000000123);
  EXPECT_TRUE(source->Next(milliseconds(0))->is_end);
}

TEST_F(JournalSourceTest, GoesOnFromItsPositionAfterAnyEntry) {
  Write({Mail(0, "zero")});
  auto source = Open();
  std::string expected = "zero";
  for (int i = 1; i < 10; ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(Now(&*source), expected);
    const std::string position = source->Position();
    source.reset();
    expected = "line" + std::to_string(i);
    Write({Mail(static_cast<std::uint64_t>(i), expected)});
    source = Open(position);
  }
}

TEST_F(JournalSourceTest, BeginsAtTheEndIfItIsToldTo) {
  Write({Mail(1, "one")});
  auto source = Open("", JournalSource::Start::kEnd);
  EXPECT_EQ(Now(&*source), "");
  const std::string position = source->Position();
  Write({Mail(2, "two")});
  EXPECT_EQ(Now(&*source, kLong), "two");
  EXPECT_EQ(Now(&*Open(position, JournalSource::Start::kEnd)), "two");
}

TEST_F(JournalSourceTest, BeginsAtTheEndOfAnEmptyJournalOnce) {
  const std::string position = [&] {
    auto source = Open("", JournalSource::Start::kEnd);
    EXPECT_EQ(Now(&*source), "");
    return source->Position();
  }();
  Write({Mail(1, "one")});
  EXPECT_EQ(Now(&*Open(position, JournalSource::Start::kEnd)), "one");
}

TEST_F(JournalSourceTest, BeginsAnewBehindAPositionInFiles) {
  Write({Mail(1, "one")});
  auto source = Open(R"({"patterns":["/var/log/mail.log"],"paths":[]})",
                     JournalSource::Start::kEnd);
  EXPECT_EQ(Now(&*source), "");
}

TEST_F(JournalSourceTest, WakesUpForEntriesAndForAnInterrupt) {
  Write({Mail(1, "one")});
  auto source = Open();
  EXPECT_EQ(Now(&*source), "one");
  std::thread writer([&] { Write({Mail(2, "two")}); });
  EXPECT_EQ(Now(&*source, kLong), "two");
  writer.join();
  std::thread other([&] { source->Interrupt(); });
  EXPECT_EQ(Now(&*source, kLong), "");
  other.join();
}

TEST_F(JournalSourceTest, CountsSuppressedMessagesOfItsUnitsAsGaps) {
  Write({Mail(1, "one"), Suppressed(2, "postfix@-.service"), Mail(3, "two"),
         Suppressed(4, "nginx.service"), Mail(5, "three"),
         Suppressed(6, "postfix-out.service")});
  EXPECT_EQ(Now(&*Open()), "one ! two three !");
  EXPECT_EQ(Now(&*Open("", JournalSource::Start::kBeginning,
                       {"_SYSTEMD_UNIT=postfix@-.service"})),
            "one ! two three");
  auto source = Open();
  EXPECT_EQ(source->Next(kLong)->lines.size(), 1u);
  EXPECT_EQ(Now(&*Open(source->Position())), "! two three !");
  const auto chunk = source->Next(kLong);
  EXPECT_EQ(chunk->gap_text,
            "journald: Suppressed 7 messages from postfix@-.service");
}

TEST_F(JournalSourceTest, BelievesNobodyElseWhoSaysThatMessagesAreLost) {
  Entry forged = Suppressed(2, "postfix.service");
  forged.fields.replace(forged.fields.find("driver"), 6, "syslog");
  Write({Mail(1, "one"), forged, Mail(3, "two")});
  EXPECT_EQ(Now(&*Open()), "one two");
}

TEST_F(JournalSourceTest, CountsAGapWhenItsPlaceWasRemoved) {
  Write({Mail(1, "one"), Mail(2, "two")});
  auto source = Open();
  EXPECT_EQ(Now(&*source), "one two");
  const std::string position = source->Position();
  source.reset();
  std::filesystem::remove_all(journal());
  source = Open(position);
  EXPECT_EQ(Now(&*source), "!");
  EXPECT_EQ(Now(&*Open(source->Position())), "") << "told already";
  Write({Mail(10, "three"), Mail(11, "four")}, "later");
  EXPECT_EQ(Now(&*Open(position)), "! three four");
  EXPECT_EQ(Now(&*Open(R"({"cursor":"nonsense"})")), "! three four");
}

TEST_F(JournalSourceTest, SaysThatThereIsNoSuchFolder) {
  const auto source = JournalSource::Open({{}, dir_ / "none", {}, ""});
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().ToString(),
            "cannot open " + dir_ / "none" + ": No such file or directory");
}

}  // namespace
}  // namespace postbounce
