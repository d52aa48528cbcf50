// What a store remembers of logs.
#include <gmock/gmock.h>

#include <algorithm>

#include "store/log_segment.h"
#include "tests/store/log_samples.h"
#include "tests/store/store_contract.h"

namespace postbounce {
namespace {

std::vector<std::string> IdsOf(const LogPage& page) {
  std::vector<std::string> ids;
  for (const LogMessage& message : page.messages) {
    ids.push_back(message.queue_id);
  }
  return ids;
}

LogQuery For(std::string recipient) {
  LogQuery query;
  query.recipient = std::move(recipient);
  return query;
}

// More than fits into one segment: messages of one second each.
std::vector<LogBatch> Filling(std::size_t segments) {
  std::vector<LogBatch> batches;
  int second = 0;
  for (std::size_t i = 0; i < segments * 9; ++i) {
    std::vector<LogMessage> messages;
    for (std::size_t k = 0; k < kPartsPerSegment / 8; ++k) {
      const std::string number = std::to_string(second);
      messages.push_back(
          MessageOf("FILL" + number,
                    {AttemptAt(second++, "user" + number + "@filled.test")}));
    }
    batches.push_back(BatchOf(std::move(messages)));
  }
  return batches;
}

using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(StoreContract, AMessageIsFoundByAllThatItIsKnownBy) {
  LogMessage message = MessageOf("4AAAAz1", {AttemptAt(0, "Joe@Remote.test")});
  message.attempts[0].original = "alias@local.test";
  ApplyOne(WriteOf(
      BatchOf({message, MessageOf("4BBBBz1", {AttemptAt(5, "x@y.test")})})));
  for (const bool is_reopened : {false, true}) {
    SCOPED_TRACE(is_reopened);
    if (is_reopened) Reopen();
    std::vector<LogQuery> queries(7);
    queries[0].recipient = "joe@remote.test";
    queries[1].recipient = "alias@local.test";
    queries[2].queue_id = "4AAAAz1";
    queries[3].message_id = "<4aaaaz1@mail.local.test>";
    queries[4].domain = "REMOTE.test";
    queries[5].sender = "News@local.test";
    queries[5].until = Hour(0) + std::chrono::seconds(3);
    queries[6].status = "2.0";
    queries[6].until = Hour(0) + std::chrono::seconds(3);
    for (const LogQuery& query : queries) {
      const LogPage page = Find(query);
      ASSERT_EQ(page.messages.size(), 1u);
      LogMessage expected = message;
      expected.log = "mail";
      EXPECT_EQ(page.messages[0], expected);
      EXPECT_EQ(page.cursor, "");
    }
  }
}

TEST_P(StoreContract, WhatDoesNotFitIsNotFound) {
  ApplyOne(WriteOf(
      BatchOf({MessageOf("4AAAAz1", {AttemptAt(0, "joe@remote.test")})})));
  std::vector<LogQuery> queries(7);
  queries[0].recipient = "joe@remote.example";
  queries[1].queue_id = "4AAAAz2";
  queries[2].domain = "remote";
  queries[3].sender = "<>";
  queries[4].status = "2.0.0.";
  queries[5].action = Action::kFailed;
  queries[6].reason = Reason::kNoSuchUser;
  for (const LogQuery& query : queries) {
    EXPECT_THAT(IdsOf(Find(query)), IsEmpty());
  }
}

TEST_P(StoreContract, PartsOfAMessageAreOneMessage) {
  LogMessage whole =
      MessageOf("4AAAAz1", {AttemptAt(0, "joe@remote.test", Action::kDelayed),
                            AttemptAt(600, "joe@remote.test")});
  LogMessage first = whole;
  first.attempts.pop_back();
  first.last_seen = first.attempts.back().time;
  first.is_removed = false;
  first.is_whole = false;
  first.lines = "first line\n";
  LogMessage second;
  second.instance = whole.instance;
  second.host = whole.host;
  second.queue_id = whole.queue_id;
  second.first_seen = whole.first_seen;
  second.last_seen = whole.last_seen;
  second.sender = whole.sender;
  second.is_removed = true;
  second.attempts = {whole.attempts[1]};
  second.lines = "second line\n";
  second.keep_lines = true;
  ApplyOne(WriteOf(BatchOf({first})));
  ApplyOne(WriteOf(BatchOf({second})));
  LogQuery query;
  query.recipient = "joe@remote.test";
  query.with_lines = true;
  const LogPage page = Find(query);
  ASSERT_EQ(page.messages.size(), 1u);
  whole.log = "mail";
  whole.lines = "first line\nsecond line\n";
  whole.keep_lines = true;
  whole.is_whole = false;
  EXPECT_EQ(page.messages[0], whole);
}

TEST_P(StoreContract, TheSameLinesAgainChangeNothing) {
  LogBatch batch = BatchOf(
      {MessageOf("4AAAAz1", {AttemptAt(0, "joe@remote.test", Action::kFailed)}),
       MessageOf("4BBBBz1", {AttemptAt(1, "ann@remote.test")})});
  batch.failures.push_back(FailureOf(batch, 0, 0));
  EXPECT_EQ(ApplyOne(WriteOf(batch)).affected, 2u);
  const Totals totals = Count();
  // By another way, whose clock cuts the second elsewhere.
  batch.log = "journal";
  batch.is_import = true;
  batch.messages[0].attempts[0].time += std::chrono::seconds(1);
  for (const bool is_reopened : {false, true}) {
    SCOPED_TRACE(is_reopened);
    if (is_reopened) Reopen();
    const Outcome outcome = ApplyOne(WriteOf(batch));
    EXPECT_EQ(outcome.affected, 0u);
    EXPECT_THAT(outcome.changes, IsEmpty());
    EXPECT_EQ(Count().events, totals.events);
    EXPECT_THAT(IdsOf(Find(For("joe@remote.test"))), ElementsAre("4AAAAz1"));
  }
  LogStatsQuery query;
  query.from = Hour(0);
  query.to = Hour(24);
  EXPECT_EQ(reader_->MailStats(query).value().sum,
            (LogCounts{.sent = 1, .deferred = 0, .bounced = 1}));
}

TEST_P(StoreContract, TriesWithinASecondAreTwoWhereTheirDelaysDiffer) {
  LogMessage message =
      MessageOf("4AAAAz1", {AttemptAt(0, "joe@remote.test", Action::kDelayed),
                            AttemptAt(0, "joe@remote.test", Action::kDelayed)});
  message.attempts[1].delays[0] += 500;
  EXPECT_EQ(ApplyOne(WriteOf(BatchOf({message}))).affected, 2u);
  EXPECT_EQ(ApplyOne(WriteOf(BatchOf({message}))).affected, 0u);
}

TEST_P(StoreContract, AFailureOfTheLogSuppressesUnlessItDoesNotCount) {
  LogBatch batch = BatchOf(
      {MessageOf("4AAAAz1", {AttemptAt(0, "joe@remote.test", Action::kFailed)}),
       MessageOf("4BBBBz1",
                 {AttemptAt(1, "ann@remote.test", Action::kFailed)})});
  batch.failures.push_back(FailureOf(batch, 0, 0));
  batch.failures.push_back(FailureOf(batch, 1, 0));
  batch.failures[1].account.witnesses[0].binding.standing = Standing::kNotOurs;
  EXPECT_EQ(ApplyOne(WriteOf(batch)).changes.size(), 1u);
  EXPECT_EQ(StateOf("joe@remote.test"), ListState::kActive);
  EXPECT_EQ(StateOf("ann@remote.test"), ListState::kNone);
  EXPECT_EQ(StoryOf("ann@remote.test").event_count, 1u);
}

TEST_P(StoreContract, ABounceAndTheLogLineOfOneFailureAreOneEvent) {
  LogBatch batch = BatchOf({MessageOf(
      "4AAAAz1", {AttemptAt(0, "joe@remote.test", Action::kFailed)})});
  batch.failures.push_back(FailureOf(batch, 0, 0));
  Mail bounce = batch.failures[0].account;
  bounce.digest = Sha256("the bounce");
  bounce.kind = MailKind::kDeliveryReport;
  bounce.facts.route = Route::kUnixSocket;
  ApplyOne(WriteOf(batch));
  ApplyOne(bounce);
  const AddressStory story = StoryOf("joe@remote.test");
  ASSERT_EQ(story.events.size(), 1u);
  EXPECT_EQ(story.events[0].witnesses.size(), 2u);
}

TEST_P(StoreContract, ClosedSegmentsAnswerLikeOpenOnes) {
  for (const LogBatch& batch : Filling(2)) ApplyOne(WriteOf(batch));
  EXPECT_THAT(IdsOf(Find(For("user0@filled.test"))), ElementsAre("FILL0"));
  EXPECT_THAT(IdsOf(Find(For("user20000@filled.test"))),
              ElementsAre("FILL20000"));
  EXPECT_THAT(IdsOf(Find(For("user36863@filled.test"))),
              ElementsAre("FILL36863"));
  // Lines of a closed segment, again.
  const LogBatch again =
      BatchOf({MessageOf("FILL5", {AttemptAt(5, "user5@filled.test")})});
  EXPECT_EQ(ApplyOne(WriteOf(again)).affected, 0u);
  LogStatsQuery query;
  query.from = Hour(0);
  query.to = Hour(24);
  const LogStats stats = reader_->MailStats(query).value();
  EXPECT_EQ(stats.sum.sent, 36'864u);
  EXPECT_EQ(stats.delays.count(), 36'864u);
  query.dimension = LogDimension::kDomain;
  const LogStats domains = reader_->MailStats(query).value();
  ASSERT_EQ(domains.rows.size(), 1u);
  EXPECT_EQ(domains.rows[0].name, "filled.test");
  EXPECT_EQ(domains.rows[0].counts.sent, 36'864u);
}

TEST_P(StoreContract, PagesHaveEachMessageOnce) {
  // Its first part comes into a closed segment, its last one does not.
  LogMessage part =
      MessageOf("SPLIT", {AttemptAt(0, "x@y.test", Action::kDelayed)});
  part.is_removed = false;
  part.is_whole = false;
  ApplyOne(WriteOf(BatchOf({part})));
  for (const LogBatch& batch : Filling(1)) ApplyOne(WriteOf(batch));
  part.attempts = {AttemptAt(30'000, "x@y.test")};
  part.last_seen = part.attempts[0].time;
  part.is_removed = true;
  ApplyOne(WriteOf(BatchOf({part})));
  LogQuery query;
  query.sender = "news@local.test";
  query.limit = 1000;
  std::vector<std::string> ids;
  do {
    const LogPage page = Find(query);
    for (const LogMessage& message : page.messages) {
      ids.push_back(message.queue_id);
    }
    query.cursor = page.cursor;
  } while (!query.cursor.empty());
  EXPECT_EQ(ids.size(), 18'433u);
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(std::unique(ids.begin(), ids.end()), ids.end());
}

TEST_P(StoreContract, LinesAreKeptOfWhatFailedOrMayYet) {
  LogMessage failed =
      MessageOf("4AAAAz1", {AttemptAt(0, "a@x.test", Action::kFailed)});
  failed.lines = "why it failed\n";
  failed.keep_lines = true;
  LogMessage sent = MessageOf("4BBBBz1", {AttemptAt(1, "b@x.test")});
  sent.lines = "nothing of interest\n";
  LogMessage open =
      MessageOf("4CCCCz1", {AttemptAt(2, "c@x.test", Action::kDelayed)});
  open.lines = "not over yet\n";
  open.is_removed = false;
  open.is_whole = false;
  ApplyOne(WriteOf(BatchOf({failed, sent, open})));
  for (const LogBatch& batch : Filling(1)) ApplyOne(WriteOf(batch));
  const auto lines_of = [&](std::string id) {
    LogQuery query;
    query.queue_id = std::move(id);
    query.with_lines = true;
    return Find(query).messages.at(0).lines;
  };
  EXPECT_EQ(lines_of("4AAAAz1"), "why it failed\n");
  EXPECT_EQ(lines_of("4BBBBz1"), "");
  EXPECT_EQ(lines_of("4CCCCz1"), "not over yet\n");

  ApplyOne(PruneLog{Hour(0), Hour(24 * 30)});
  EXPECT_EQ(lines_of("4AAAAz1"), "");
  EXPECT_EQ(Find(For("a@x.test")).messages.size(), 1u);
}

TEST_P(StoreContract, WhatIsOldIsForgottenAndItsCountsStay) {
  for (const LogBatch& batch : Filling(1)) ApplyOne(WriteOf(batch));
  EXPECT_EQ(Find(For("user1@filled.test")).messages.size(), 1u);
  // Ten days later what is open is closed first.
  std::size_t steps = 0;
  while (ApplyOne(PruneLog{Hour(240), Hour(240)}, 240).affected > 0) ++steps;
  EXPECT_GE(steps, 2u);
  EXPECT_THAT(IdsOf(Find(For("user1@filled.test"))), IsEmpty());
  LogStatsQuery query;
  query.from = Hour(0);
  query.to = Hour(24);
  EXPECT_EQ(reader_->MailStats(query).value().sum.sent, 18'432u);
}

TEST_P(StoreContract, ALineThatTheLogSaysTwiceIsOneAttempt) {
  LogAttempt again = AttemptAt(0, "joe@x.test");
  again.time += std::chrono::seconds(1);
  LogAttempt alias = AttemptAt(0, "joe@x.test");
  alias.original = "sales@x.test";
  const auto twice =
      MessageOf("4AAAAz1", {AttemptAt(0, "joe@x.test"), again, alias, alias});
  EXPECT_EQ(ApplyOne(WriteOf(BatchOf({twice}))).affected, 2u);
  EXPECT_EQ(ApplyOne(WriteOf(BatchOf({twice}))).affected, 0u);
  const LogPage page = Find(For("sales@x.test"));
  EXPECT_EQ(page.messages.at(0).attempts.size() + page.left_out.at(0), 2u);
}

TEST_P(StoreContract, AFailedGroupLeavesNothingInMemory) {
  LogBatch good =
      BatchOf({MessageOf("4AAAAz1", {AttemptAt(0, "joe@remote.test")})});
  // A mark of a mail that is not there fails, and what came before with it.
  const auto outcomes = store_->Apply(
      std::vector<Write>{WriteOf(good), MarkSeen{{MailId{99}}}}, Hour(1));
  ASSERT_TRUE(outcomes);
  EXPECT_TRUE((*outcomes)[0]);
  EXPECT_FALSE((*outcomes)[1]);
  EXPECT_EQ(Find(For("joe@remote.test")).messages.size(), 1u);
  EXPECT_EQ(ApplyOne(WriteOf(good)).affected, 0u);
}

TEST_P(StoreContract, ThePositionIsKeptWithTheLines) {
  EXPECT_EQ(reader_->LogPosition("mail").value(), "");
  LogBatch batch = BatchOf({});
  batch.position = R"({"offset":17})";
  batch.counters.bad = 2;
  batch.counters.last_bad = "postfix/smtp: \xff";
  batch.counters.refused = 3;
  ApplyOne(WriteOf(batch));
  Reopen();
  EXPECT_EQ(reader_->LogPosition("mail").value(), R"({"offset":17})");
  const auto coverage = reader_->Coverage().value();
  ASSERT_EQ(coverage.size(), 1u);
  EXPECT_EQ(coverage[0].counters.bad, 2u);
  EXPECT_EQ(coverage[0].counters.refused, 3u);
}

}  // namespace
}  // namespace postbounce
