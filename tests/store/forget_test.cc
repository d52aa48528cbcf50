// What is left of an address in the files of a store.
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "mime/text/limits.h"
#include "mime/text/text.h"
#include "store/compress.h"
#include "store/pseudonym.h"
#include "store/sqlite/sqlite_store.h"
#include "tests/store/log_samples.h"

namespace postbounce {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kJoe = "joe.miller@remote.test";
constexpr const char* kAnn = "ann@remote.test";

class ForgetTest : public testing::Test {
 protected:
  void Open(bool is_hashed = false) {
    reader_.reset();
    store_.reset();
    SqliteOptions options{directory_ / "store.db", "secret", {}};
    options.is_hashed = is_hashed;
    store_ = OpenSqliteStore(options).value();
    store_->Use(PolicyOfOurSite());
    reader_ = store_->OpenReader().value();
  }

  Result<Outcome> Try(const Write& write, int hour = 100) {
    return store_->Apply({&write, 1}, Hour(hour)).value().at(0);
  }
  Outcome Apply(const Write& write, int hour = 100) {
    return Try(write, hour).value();
  }

  // Until it is done.
  ForgetReport ForgetThem(std::vector<Address> addresses) {
    Forget forget;
    forget.addresses = std::move(addresses);
    forget.actor = "root";
    forget.why = "joe.miller@remote.test has asked";
    ForgetReport report = *Apply(forget).forgotten;
    GoOn(&report);
    return report;
  }
  void GoOn(ForgetReport* report) {
    for (int i = 0; i < 1000 && !report->is_done; ++i) {
      *report += *Apply(GoOnForgetting()).forgotten;
    }
    EXPECT_TRUE(report->is_done);
  }

  // All bytes that the files have, and those of what is compressed in them.
  std::string EveryByte() {
    std::string all;
    for (const char* name : {"store.db", "store.db-wal"}) {
      std::ifstream file(directory_ / name, std::ios::binary);
      all.append(std::istreambuf_iterator<char>(file), {});
    }
    SQLite::Database database(directory_ / "store.db", SQLite::OPEN_READONLY);
    for (const char* of :
         {"bytes FROM kept", "parts FROM log_chunk", "bytes FROM log_lines"}) {
      SQLite::Statement row(database, std::string("SELECT ") + of);
      while (row.executeStep()) {
        const auto text =
            Decompress(row.getColumn(0).getString(), limits::kMessageSize);
        EXPECT_TRUE(text.has_value());
        if (text) all += *text;
      }
    }
    return ToLower(all);
  }

  ListState StateOf(std::string_view address) {
    return reader_->Status(AddressOf(address), 10).value().decision.state;
  }

  // Of a message to both, of which a bounce tells as well.
  static LogBatch LogOf(std::string_view id, int second) {
    LogMessage message =
        MessageOf(id, {AttemptAt(second, kJoe, Action::kFailed),
                       AttemptAt(second + 1, kAnn, Action::kFailed)});
    message.sender = "bounces+joe.miller=remote.test@local.test";
    message.attempts[0].text =
        "host mx said: 550 5.1.1 <joe.miller@remote.test> joe.miller unknown";
    message.lines = "to=<joe.miller@remote.test>, status=bounced\n";
    message.keep_lines = true;
    LogBatch batch = BatchOf({message});
    for (std::size_t i : {0u, 1u}) {
      batch.failures.push_back(FailureOf(batch, 0, i));
    }
    batch.counters.last_bad = "to=<joe.miller@remote.test>, what?";
    return batch;
  }
  static Mail Bounce(std::string_view name) {
    Mail mail = ReportOf(name, {Hard(kJoe), Soft(kAnn)});
    mail.facts.is_local_origin = true;
    mail.facts.envelope_recipients = {
        "bounces+Joe.Miller=remote.test@local.test"};
    mail.facts.first_received = "from mx (for <Joe.Miller@remote.test>)";
    mail.witnesses[0].evidence.diagnostic =
        "550 5.1.1 <Joe.Miller@Remote.test>: joe.miller is gone";
    mail.witnesses[1].evidence.diagnostic =
        "452 full, ask joe.miller@remote.test";
    mail.kept = Compress("To: joe.miller@remote.test");
    return mail;
  }

  void Fill() {
    Apply(Bounce("a bounce"));
    Apply(WriteOf(LogOf("4AAAz1", 0)));
    Order order;
    order.subjects = {Subject::Parse(kJoe).value()};
    order.actor = "root";
    order.why = "Joe.Miller@remote.test has called";
    order.reason = Reason::kNoSuchUser;
    Apply(order);
  }

  TempDir directory_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Reader> reader_;
};

TEST_F(ForgetTest, LeavesNoByteOfTheAddressAndKeepsItSuppressed) {
  Open();
  Fill();
  ASSERT_THAT(EveryByte(), HasSubstr("joe.miller@remote.test"));
  ASSERT_THAT(EveryByte(), HasSubstr("joe.miller=remote.test"));
  const std::uint64_t events =
      reader_->Status(AddressOf(kJoe), 10).value().event_count;
  const ForgetReport report = ForgetThem({AddressOf(kJoe)});
  EXPECT_EQ(report.known, 1u);
  EXPECT_EQ(report.suppressed, 1u);
  EXPECT_GE(report.mails, 2u);
  EXPECT_EQ(report.messages, 1u);
  const std::string bytes = EveryByte();
  EXPECT_THAT(bytes, Not(HasSubstr("joe")));
  EXPECT_THAT(bytes, Not(HasSubstr("miller")));
  EXPECT_THAT(bytes, HasSubstr(kAnn));
  const AddressStory story = reader_->Status(AddressOf(kJoe), 10).value();
  EXPECT_EQ(story.decision.state, ListState::kActive);
  EXPECT_EQ(story.event_count, events);
  EXPECT_TRUE(IsPseudonym(story.address));
  ASSERT_FALSE(story.orders.empty());
  EXPECT_EQ(story.orders[0].kind, OrderKind::kForget);
  EXPECT_EQ(story.orders[0].actor, "root");
  LogQuery query;
  query.recipient = kJoe;
  ASSERT_EQ(reader_->Messages(query).value().messages.size(), 1u);
}

TEST_F(ForgetTest, WhatComesLaterStaysForgotten) {
  Open();
  Fill();
  ForgetThem({AddressOf(kJoe)});
  Apply(Bounce("another bounce"), 120);
  Apply(WriteOf(LogOf("4LATERz1", 7200)), 120);
  Import import;
  import.rows = {
      { Subject::Parse(kJoe).value(),
        "",
        Reason::kComplaint,
        {},
        {} }};
  import.actor = "root";
  Apply(import, 120);
  Order order;
  order.subjects = {Subject::Parse(kJoe).value()};
  order.actor = "root";
  order.why = "joe.miller@remote.test again";
  Apply(order, 120);
  const std::string bytes = EveryByte();
  EXPECT_THAT(bytes, Not(HasSubstr("joe")));
  EXPECT_THAT(bytes, Not(HasSubstr("miller")));
  EXPECT_GT(reader_->Status(AddressOf(kJoe), 10).value().event_count, 1u);
}

TEST_F(ForgetTest, WhatComesAgainCountsOnce) {
  Open();
  Fill();
  const Totals before = reader_->Count().value();
  ForgetThem({AddressOf(kJoe)});
  EXPECT_TRUE(Apply(Bounce("a bounce")).known);
  EXPECT_EQ(Apply(WriteOf(LogOf("4AAAz1", 0))).affected, 0u);
  LogBatch import = LogOf("4AAAz1", 0);
  import.is_import = true;
  EXPECT_EQ(Apply(WriteOf(import)).affected, 0u);
  const Totals after = reader_->Count().value();
  EXPECT_EQ(after.mails, before.mails);
  EXPECT_EQ(after.witnesses, before.witnesses);
  EXPECT_EQ(after.events, before.events);
}

TEST_F(ForgetTest, CannotBeUndone) {
  Open();
  Fill();
  ForgetThem({AddressOf(kJoe)});
  const auto story = reader_->Status(AddressOf(kJoe), 10).value();
  Undo undo;
  undo.filter.action = story.orders.at(0).id;
  undo.actor = "root";
  const auto refused = Try(undo);
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().text(), HasSubstr("cannot be brought back"));
  // Others still can, by the address.
  undo.filter = {};
  undo.filter.subjects = {Subject::Parse(kJoe).value()};
  EXPECT_EQ(Apply(undo).undone->orders, 1u);
}

TEST_F(ForgetTest, GoesOnAfterACrash) {
  Open();
  Fill();
  Forget forget;
  forget.addresses = {AddressOf(kJoe)};
  forget.actor = "root";
  Apply(forget);
  Apply(GoOnForgetting());
  Open();
  ForgetReport report;
  GoOn(&report);
  EXPECT_THAT(EveryByte(), Not(HasSubstr("miller")));
}

TEST_F(ForgetTest, ADryRunForgetsNothing) {
  Open();
  Fill();
  Forget forget;
  forget.addresses = {AddressOf(kJoe), AddressOf("never@seen.test")};
  forget.actor = "root";
  forget.dry_run = true;
  const ForgetReport report = *Apply(forget).forgotten;
  EXPECT_EQ(report.addresses, 2u);
  EXPECT_EQ(report.known, 1u);
  EXPECT_TRUE(Apply(GoOnForgetting()).forgotten->is_done);
  Apply(Bounce("another bounce"), 120);
  EXPECT_EQ(reader_->Status(AddressOf(kJoe), 1).value().address, kJoe);
}

TEST_F(ForgetTest, AnAddressThatWasNeverSeenIsForgottenToo) {
  Open();
  ForgetThem({AddressOf(kJoe)});
  Apply(Bounce("a bounce"));
  EXPECT_THAT(EveryByte(), Not(HasSubstr("miller")));
}

TEST_F(ForgetTest, UnreadMailOfPeopleStaysUntilItIsSeen) {
  Open();
  Mail letter = LetterOf("letter");
  letter.kept = Compress("I am joe.miller@remote.test");
  const MailId id = *Apply(letter).mail;
  EXPECT_EQ(ForgetThem({AddressOf(kJoe)}).unread, 1u);
  EXPECT_TRUE(reader_->KeptMail(id).has_value());
  Apply(MarkSeen{{id}});
  EXPECT_EQ(ForgetThem({AddressOf(kJoe)}).unread, 0u);
  EXPECT_FALSE(reader_->KeptMail(id).has_value());
}

TEST_F(ForgetTest, AHashedStoreNeverHasAnAddress) {
  Open(true);
  Fill();
  Apply(WriteOf(LogOf("4MOREz1", 7200)));
  const std::string bytes = EveryByte();
  EXPECT_THAT(bytes, Not(HasSubstr("miller")));
  EXPECT_THAT(bytes, Not(HasSubstr("ann@")));
  EXPECT_EQ(StateOf(kJoe), ListState::kActive);
  LogQuery query;
  query.recipient = kJoe;
  const LogPage page = reader_->Messages(query).value();
  ASSERT_EQ(page.messages.size(), 2u);
  EXPECT_EQ(page.messages[0].lines, "");
  EXPECT_EQ(Apply(WriteOf(LogOf("4MOREz1", 7200))).affected, 0u);
}

TEST_F(ForgetTest, AHashedStoreKeepsMailOfPeopleUntilItIsSentOn) {
  Open(true);
  Mail letter = LetterOf("letter");
  letter.forward = true;
  const MailId id = *Apply(letter).mail;
  EXPECT_TRUE(reader_->KeptMail(id).has_value());
  EXPECT_THAT(EveryByte(), Not(HasSubstr("jane@")));
  Apply(MarkForwarded{id});
  EXPECT_FALSE(reader_->KeptMail(id).has_value());
}

TEST_F(ForgetTest, AStoreBecomesHashedAsAWhole) {
  Open();
  Fill();
  const Totals before = reader_->Count().value();
  const ListState ann = StateOf(kAnn);
  SqliteOptions options{directory_ / "store.db", "secret", {}};
  options.is_hashed = true;
  reader_.reset();
  store_.reset();
  const auto refused = OpenSqliteStore(options);
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().text(), HasSubstr("postbounce forget --all"));
  Open();
  Forget forget;
  forget.everybody = true;
  forget.actor = "root";
  ForgetReport report = *Apply(forget).forgotten;
  GoOn(&report);
  const std::string bytes = EveryByte();
  EXPECT_THAT(bytes, Not(HasSubstr("miller")));
  EXPECT_THAT(bytes, Not(HasSubstr("ann@")));
  options.is_hashed = false;
  reader_.reset();
  store_.reset();
  EXPECT_FALSE(OpenSqliteStore(options).has_value());
  Open(true);
  EXPECT_EQ(StateOf(kJoe), ListState::kActive);
  EXPECT_EQ(StateOf(kAnn), ann);
  EXPECT_EQ(Apply(WriteOf(LogOf("4AAAz1", 0))).affected, 0u);
  EXPECT_EQ(reader_->Count().value().witnesses, before.witnesses);
}

TEST_F(ForgetTest, NobodySpeaksForAnAddressByItsPseudonym) {
  Open();
  Fill();
  ForgetThem({AddressOf(kJoe)});
  const auto before = reader_->Status(AddressOf(kJoe), 10).value();
  Mail forged = ReportOf("forged", {Hard(before.address)});
  forged.facts.is_local_origin = true;
  Apply(forged);
  EXPECT_EQ(reader_->Status(AddressOf(kJoe), 10).value().event_count,
            before.event_count);
}

}  // namespace
}  // namespace postbounce
