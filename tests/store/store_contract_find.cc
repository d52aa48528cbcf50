// What a store answers when asked for messages of the logs.
#include <gmock/gmock.h>

#include "store/log_segment.h"
#include "tests/store/log_samples.h"
#include "tests/store/store_contract.h"

namespace postbounce {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> IdsOf(const LogPage& page) {
  std::vector<std::string> ids;
  for (const LogMessage& message : page.messages) {
    ids.push_back(message.queue_id);
  }
  return ids;
}

std::vector<std::string> RecipientsOf(const LogMessage& message) {
  std::vector<std::string> recipients;
  for (const LogAttempt& attempt : message.attempts) {
    recipients.push_back(attempt.recipient);
  }
  return recipients;
}

// More parts than a segment has, from `second` on.
LogBatch Filling(int second) {
  std::vector<LogMessage> messages;
  for (std::size_t i = 0; i < kPartsPerSegment; ++i, ++second) {
    messages.push_back(MessageOf("FILL" + std::to_string(second),
                                 {AttemptAt(second, "user@filled.test")}));
  }
  return BatchOf(std::move(messages));
}

// One of several parts, with these of its attempts.
LogMessage PartOf(LogMessage message, std::vector<LogAttempt> attempts) {
  message.last_seen = attempts.back().time;
  message.attempts = std::move(attempts);
  message.is_whole = false;
  message.is_removed = false;
  return message;
}

// A mailing whose every recipient came in a batch of its own.
LogMessage Mailing(std::size_t recipients) {
  std::vector<LogAttempt> attempts;
  for (std::size_t i = 0; i < recipients; ++i) {
    const int number = static_cast<int>(i);
    attempts.push_back(
        AttemptAt(number, "user" + std::to_string(number) + "@list.test"));
    attempts.back().text += std::string(400, '.');
  }
  return MessageOf("MAILING", std::move(attempts));
}

TEST_P(StoreContract, AReasonIsFoundThoughALaterPartHasAnother) {
  const LogMessage whole =
      MessageOf("4AAAAz1", {AttemptAt(0, "joe@x.test", Action::kDelayed),
                            AttemptAt(9000, "joe@x.test")});
  LogQuery query;
  query.reason = Reason::kGreylisted;
  ApplyOne(WriteOf(BatchOf({PartOf(whole, {whole.attempts[0]})})));
  ApplyOne(WriteOf(Filling(1)));
  EXPECT_THAT(IdsOf(Find(query)), ElementsAre("4AAAAz1"));
  ApplyOne(WriteOf(BatchOf({PartOf(whole, {whole.attempts[1]})})));
  EXPECT_THAT(IdsOf(Find(query)), ElementsAre("4AAAAz1"));
  ApplyOne(WriteOf(Filling(20'000)));
  EXPECT_THAT(IdsOf(Find(query)), ElementsAre("4AAAAz1"));
}

TEST_P(StoreContract, TheNewestComesFirstWhenItWasStoredFirst) {
  for (const bool is_import : {false, true}) {
    for (const int second : {500, 300, 100}) {
      LogBatch batch = BatchOf({MessageOf(
          (is_import ? "OLD" : "NEW") + std::to_string(second),
          {AttemptAt(second + (is_import ? 0 : 50), "joe@x.test")})});
      batch.is_import = is_import;
      ApplyOne(WriteOf(batch));
    }
  }
  LogQuery query;
  query.recipient = "joe@x.test";
  const auto in_order =
      ElementsAre("NEW500", "OLD500", "NEW300", "OLD300", "NEW100", "OLD100");
  EXPECT_THAT(IdsOf(Find(query)), in_order);
  query.limit = 1;
  std::vector<std::string> ids;
  do {
    const LogPage page = Find(query);
    for (const std::string& id : IdsOf(page)) ids.push_back(id);
    query.cursor = page.cursor;
  } while (!query.cursor.empty());
  EXPECT_THAT(ids, in_order);
}

TEST_P(StoreContract, ThatNothingIsLeftIsKnownWithTheLastMessage) {
  ApplyOne(
      WriteOf(BatchOf({MessageOf("4AAAAz1", {AttemptAt(0, "a@x.test")}),
                       MessageOf("4BBBBz1", {AttemptAt(9, "b@x.test")})})));
  LogQuery query;
  query.recipient = "b@x.test";
  query.limit = 1;
  EXPECT_EQ(Find(query).cursor, "");
}

TEST_P(StoreContract, AMailingInManyPartsIsOneMessageAndIsCut) {
  const LogMessage whole = Mailing(3000);
  LogMessage bare = whole;
  bare.attempts.clear();
  std::vector<Write> writes;
  for (const LogAttempt& attempt : whole.attempts) {
    writes.push_back(WriteOf(BatchOf({PartOf(bare, {attempt})})));
  }
  Apply(writes);
  LogQuery query;
  query.domain = "list.test";
  const LogPage page = Find(query);
  ASSERT_THAT(IdsOf(page), ElementsAre("MAILING"));
  const auto& attempts = page.messages[0].attempts;
  EXPECT_EQ(attempts.size() + page.left_out[0], 3000u);
  EXPECT_LT(attempts.size(), 1000u);
  EXPECT_EQ(attempts.back(), whole.attempts.back());
  // What was asked for is not cut.
  query.until = whole.attempts[10].time;
  EXPECT_EQ(Find(query).messages[0].attempts[0], whole.attempts[0]);
}

TEST_P(StoreContract, ThereIsNoMoreOnAPageThanOneReads) {
  std::vector<LogMessage> messages;
  for (int i = 0; i < 20; ++i) {
    messages.push_back(Mailing(500));
    messages.back().queue_id = "MAILING" + std::to_string(i);
  }
  ApplyOne(WriteOf(BatchOf(std::move(messages))));
  LogQuery query;
  query.sender = "news@local.test";
  std::size_t pages = 0;
  std::size_t found = 0;
  do {
    const LogPage page = Find(query);
    EXPECT_LT(page.messages.size(), 5u);
    found += page.messages.size();
    query.cursor = page.cursor;
    ++pages;
  } while (!query.cursor.empty());
  EXPECT_EQ(found, 20u);
  EXPECT_GT(pages, 4u);
}

TEST_P(StoreContract, OneRecipientsAttemptsAreShownUnlessAnIdIsAskedFor) {
  ApplyOne(WriteOf(BatchOf({MessageOf(
      "4AAAAz1", {AttemptAt(0, "ann@x.test", Action::kFailed),
                  AttemptAt(1, "Joe@x.test"), AttemptAt(2, "eve@x.test")})})));
  LogQuery query;
  query.recipient = "joe@x.test";
  LogPage page = Find(query);
  ASSERT_EQ(page.messages.size(), 1u);
  EXPECT_THAT(RecipientsOf(page.messages[0]), ElementsAre("Joe@x.test"));
  EXPECT_THAT(page.left_out, ElementsAre(2u));
  query.queue_id = "4AAAAz1";
  page = Find(query);
  ASSERT_EQ(page.messages.size(), 1u);
  EXPECT_EQ(page.messages[0].attempts.size(), 3u);
  EXPECT_THAT(page.left_out, ElementsAre(0u));
}

TEST_P(StoreContract, TheIdAtTheNextServerFindsAMessageToo) {
  LogMessage filtered = MessageOf("4AAAAz1", {AttemptAt(0, "joe@x.test")});
  filtered.attempts[0].text = "250 2.0.0 from MTA: 250 Ok: queued as 4BBBBz1";
  ApplyOne(WriteOf(
      BatchOf({filtered, MessageOf("4BBBBz1", {AttemptAt(3, "joe@x.test")}),
               MessageOf("4CCCCz1", {AttemptAt(5, "joe@x.test")})})));
  LogQuery query;
  query.queue_id = "4BBBBz1";
  EXPECT_THAT(IdsOf(Find(query)), ElementsAre("4BBBBz1", "4AAAAz1"));
  query.queue_id = "4BBBBz";
  EXPECT_THAT(IdsOf(Find(query)), IsEmpty());
}

TEST_P(StoreContract, AProbeIsNoMailThatBounced) {
  LogMessage probe =
      MessageOf("4AAAAz1", {AttemptAt(0, "joe@x.test", Action::kFailed)});
  probe.attempts[0].is_probe = true;
  ApplyOne(WriteOf(BatchOf({probe})));
  LogQuery query;
  query.recipient = "joe@x.test";
  EXPECT_THAT(IdsOf(Find(query)), ElementsAre("4AAAAz1"));
  query.action = Action::kFailed;
  EXPECT_THAT(IdsOf(Find(query)), IsEmpty());
}

TEST_P(StoreContract, LinesAreGivenOnceAndOnlyWhenAskedFor) {
  LogMessage whole =
      MessageOf("4AAAAz1", {AttemptAt(0, "joe@x.test", Action::kDelayed),
                            AttemptAt(600, "joe@x.test", Action::kFailed)});
  LogMessage first = PartOf(whole, {whole.attempts[0]});
  first.lines = "came\ncame\ndeferred\n";
  LogMessage second = PartOf(whole, {whole.attempts[1]});
  second.lines = "came\ndeferred\nbounced\n";
  ApplyOne(WriteOf(BatchOf({first})));
  ApplyOne(WriteOf(BatchOf({second})));
  LogQuery query;
  query.queue_id = "4AAAAz1";
  EXPECT_EQ(Find(query).messages.at(0).lines, "");
  query.with_lines = true;
  EXPECT_EQ(Find(query).messages.at(0).lines,
            "came\ncame\ndeferred\nbounced\n");
}

TEST_P(StoreContract, AMessageIsOpenUntilItIsRemoved) {
  LogMessage part =
      MessageOf("4AAAAz1", {AttemptAt(0, "joe@x.test", Action::kDelayed)});
  part.is_removed = false;
  part.is_whole = false;
  ApplyOne(WriteOf(BatchOf({part})));
  const auto open = [&](int hour) {
    return reader_->OpenMessage("mail", "postfix", "4AAAAz1", Hour(hour))
        .value();
  };
  ASSERT_TRUE(open(1));
  EXPECT_EQ(open(1)->sender, "news@local.test");
  EXPECT_FALSE(open(24 * 40));
  EXPECT_FALSE(
      reader_->OpenMessage("mail", "other", "4AAAAz1", Hour(1)).value());
  part.attempts = {AttemptAt(9, "joe@x.test")};
  part.last_seen = Hour(2);
  part.is_removed = true;
  ApplyOne(WriteOf(BatchOf({part})));
  EXPECT_FALSE(open(3));
  // For whoever reads the same lines again.
  EXPECT_TRUE(open(1));
}

}  // namespace
}  // namespace postbounce
