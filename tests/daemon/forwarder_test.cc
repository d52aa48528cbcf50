#include "daemon/forwarder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "tests/temp_dir.h"

namespace postbounce {
namespace {

using Numbers = std::vector<std::int64_t>;

// What the threads of a test share.
struct Board {
  void Note(Numbers* numbers, std::int64_t number) {
    const std::lock_guard lock(mutex);
    numbers->push_back(number);
    changed.notify_all();
  }
  template <class Condition>
  bool WaitFor(Condition condition) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(60), condition);
  }

  std::mutex mutex;
  std::condition_variable changed;
  Numbers waiting;  // mails to be forwarded, as the store knows it
  Numbers sent;
  Numbers complaints;
};

class FakeReader : public Reader {
 public:
  explicit FakeReader(Board* board) : board_(*board) {}

  Result<InboxPage> Inbox(const InboxQuery&) override {
    const std::lock_guard lock(board_.mutex);
    InboxPage page;
    for (const std::int64_t number : board_.waiting) {
      page.entries.emplace_back().id = MailId{number};
    }
    return page;
  }
  Result<std::string> KeptMail(MailId id) override {
    return "X-N: " + std::to_string(static_cast<std::int64_t>(id)) + "\n";
  }

  Result<AddressStory> Status(const Address&, std::size_t) override {
    return Error(ErrorCode::kIo, "not asked for");
  }
  Result<AddressStory> StatusOfDomain(const Subject&, std::size_t) override {
    return Error(ErrorCode::kIo, "not asked for");
  }
  Result<std::vector<Decision>> Decisions(const Key128&) override {
    return std::vector<Decision>();
  }
  Result<Subject> FindByHash(std::uint64_t) override {
    return Error(ErrorCode::kIo, "not asked for");
  }
  Result<UndoPage> Undos(const std::string&, std::size_t) override {
    return UndoPage();
  }
  Result<ListPage> List(const ListQuery&) override { return ListPage(); }
  Result<AllowPage> Allowed(const std::string&, std::size_t) override {
    return AllowPage();
  }
  Result<std::string> EachListed(const ListQuery&,
                                 const EachExported&) override {
    return std::string();
  }
  Result<std::string> EachChanged(const ListQuery&, const ChangeInterval&,
                                  const EachExported&) override {
    return std::string();
  }
  Result<ChangeMark> NewestMark(Timestamp) override { return ChangeMark(); }
  Result<ChangeMark> MarkOf(std::int64_t) override { return ChangeMark(); }
  Result<Totals> Count() override { return Totals(); }
  Result<ReplayPage> Replay(const ReplayQuery&) override {
    return ReplayPage();
  }
  Result<std::vector<UnknownHost>> UnknownHosts() override {
    return std::vector<UnknownHost>();
  }
  Result<void> EachPlace(
      const std::function<void(const ListChange&)>&) override {
    return {};
  }
  Result<void> EachHeld(
      const std::function<void(const std::string&, const Event&)>&) override {
    return {};
  }
  const AddressKeys& keys() const override { return keys_; }
  Result<std::vector<Alarm>> Alarms() override { return std::vector<Alarm>(); }
  Result<LogPage> Messages(const LogQuery&) override { return LogPage(); }
  Result<LogStats> MailStats(const LogStatsQuery&) override {
    return LogStats();
  }
  Result<std::vector<LogCoverage>> Coverage() override {
    return std::vector<LogCoverage>();
  }
  Result<std::string> LogPosition(const std::string&) override {
    return std::string();
  }
  Result<std::optional<LogMessage>> OpenMessage(const std::string&,
                                                const std::string&,
                                                const std::string&,
                                                Timestamp) override {
    return std::optional<LogMessage>();
  }

 private:
  Board& board_;
  const AddressKeys keys_{"secret", Normaliser()};
};

class ForwarderTest : public ::testing::Test {
 protected:
  // Starts with a sendmail(1) that refuses the mails that `refused` finds.
  void Start(const std::string& refused) {
    Forwarder::Settings settings = Sendmail("sendmail", refused);
    settings.retry = std::chrono::hours(1);
    forwarder_ = std::make_unique<Forwarder>(
        std::make_unique<FakeReader>(&board_), settings,
        [this](MailId id) {
          board_.Note(&board_.sent, static_cast<std::int64_t>(id));
        },
        [this](const std::string&) { board_.Note(&board_.complaints, 0); });
  }

  Forwarder::Settings Sendmail(const std::string& name,
                               const std::string& refused) {
    Forwarder::Settings settings;
    settings.address = "office@example.org";
    settings.sendmail = dir_ / name;
    std::ofstream(settings.sendmail)
        << "#!/bin/sh\necho x >> "
        << dir_ / "runs\nif grep -q 'X-N: " << refused
        << "'; then exit 65; fi\n";
    std::filesystem::permissions(settings.sendmail,
                                 std::filesystem::perms::owner_all);
    return settings;
  }

  std::size_t runs() { return std::filesystem::file_size(dir_ / "runs") / 2; }

  TempDir dir_;
  Board board_;
  std::unique_ptr<Forwarder> forwarder_;
};

TEST_F(ForwarderTest, AMailThatIsRefusedDoesNotHoldUpTheOthers) {
  board_.waiting = {1, 2, 3, 4, 5};
  Start("[12]");
  EXPECT_TRUE(board_.WaitFor([&] { return board_.sent.size() == 3; }));
  EXPECT_EQ(board_.sent, (Numbers{3, 4, 5}));
  EXPECT_EQ(board_.complaints.size(), 2u);
}

TEST_F(ForwarderTest, ASendmailThatTakesNothingIsNotTriedWithAll) {
  board_.waiting = {1, 2, 3, 4, 5};
  Start(".");
  EXPECT_TRUE(board_.WaitFor([&] { return board_.complaints.size() == 3; }));
  for (int i = 0; i < 1000; ++i) forwarder_->Wake();
  // Other settings are tried at once, and what failed has its turn again.
  forwarder_->Use(Sendmail("other", "none"));
  EXPECT_TRUE(board_.WaitFor([&] { return board_.sent.size() == 5; }));
  EXPECT_EQ(board_.sent, (Numbers{1, 2, 3, 4, 5}));
  EXPECT_EQ(board_.complaints.size(), 3u);
}

TEST_F(ForwarderTest, TellsTheStoreUntilItKnows) {
  board_.waiting = {7};
  Start("none");
  EXPECT_TRUE(board_.WaitFor([&] { return board_.sent.size() == 1; }));
  forwarder_->Wake();
  EXPECT_TRUE(board_.WaitFor([&] { return board_.sent.size() == 2; }));
  {
    const std::lock_guard lock(board_.mutex);
    board_.waiting = {8};
  }
  forwarder_->Wake();
  EXPECT_TRUE(board_.WaitFor([&] { return board_.sent.size() == 3; }));
  EXPECT_EQ(board_.sent, (Numbers{7, 7, 8}));
  EXPECT_EQ(runs(), 2u);
}

}  // namespace
}  // namespace postbounce
