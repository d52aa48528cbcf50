#include <memory>
#include <string>

#include "tests/store/log_samples.h"
#include "tests/store/store_contract.h"

namespace postbounce {
namespace {

// As `sender` sends it, by pickup, and it fails; a stranger had brought a mail
// with the same Message-ID.
LogBatch SentOnBy(const std::string& sender) {
  LogMessage in = MessageOf("4AAAAz1", {AttemptAt(0, "list@home.test")});
  in.sender = "eve@evil.test";
  in.client_address = "192.0.2.9";
  LogMessage out =
      MessageOf("4BBBBz1", {AttemptAt(5, "joe@x.test", Action::kFailed)});
  out.message_id = in.message_id;
  out.sender = sender;
  out.is_local = true;
  out.is_remote = false;
  LogBatch batch = BatchOf({in, out});
  batch.failures.push_back(FailureOf(batch, 1, 0));
  batch.failures[0].account.facts.envelope_sender = sender;
  return batch;
}

TEST_P(StoreContract, WhatAStrangerSentAndAProgramSentOnIsNotOurs) {
  store_->Use(PolicyOfOurSite());
  const LogBatch batch = SentOnBy("eve@evil.test");
  for (int i = 0; i < 2; ++i) {
    ApplyOne(WriteOf(batch));
    const AddressStory story = StoryOf("joe@x.test");
    ASSERT_EQ(story.events.size(), 1u);
    EXPECT_EQ(story.events[0].event.standing, Standing::kNotOurs);
    EXPECT_EQ(story.decision.state, ListState::kNone);
  }
}

TEST_P(StoreContract, WhatWeSentMayComeBackBeforeTheRestOfItGoesOut) {
  store_->Use(PolicyOfOurSite());
  LogBatch batch = SentOnBy("news@home.test");
  batch.messages[0].sender = "news@home.test";
  LogMessage first = batch.messages[1];
  first.queue_id = "4CCCCz1";
  first.attempts = {AttemptAt(-60, "ann@x.test")};
  first.first_seen = first.last_seen = Hour(0) - std::chrono::seconds(60);
  batch.messages.push_back(first);
  ApplyOne(WriteOf(batch));
  EXPECT_EQ(StateOf("joe@x.test"), ListState::kActive);
}

TEST_P(StoreContract, WhatAListSendsOnIsItsOwn) {
  store_->Use(PolicyOfOurSite());
  ApplyOne(WriteOf(SentOnBy("list-bounces@home.test")));
  EXPECT_EQ(StateOf("joe@x.test"), ListState::kActive);
}

}  // namespace
}  // namespace postbounce
