// Reports about mail that a log knows.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "store/log_tail.h"
#include "tests/store/log_samples.h"
#include "tests/store/store_contract.h"

namespace postbounce {
namespace {

std::string RecipientOf(int number) {
  return "user" + std::to_string(number) + "@remote.test";
}

LogMessage NumberedMessage(int number) {
  auto attempt = AttemptAt(number, RecipientOf(number));
  attempt.text = "250 2.0.0 Ok: queued as 4NEXT" + std::to_string(number);
  return MessageOf("4OURS" + std::to_string(number), {attempt});
}

// By an id that begins with `id`, or by its Message-ID.
Mail ReportAbout(int number, const std::string& id) {
  const std::string recipient = RecipientOf(number);
  Mail report = ReportOf(recipient, {Hard(recipient)}, 20);
  report.witnesses[0].final_recipient = recipient;
  if (id.empty()) {
    report.facts.original_message_id =
        "<4ours" + std::to_string(number) + "@mail.local.test>";
  } else {
    report.facts.queue_id = id + std::to_string(number);
  }
  return report;
}

TEST_P(StoreContract, ReportsFindTheirMessagesInClosedSegments) {
  constexpr int kBatch = static_cast<int>(kPartsPerSegment / 8);
  constexpr int kMessages = 25 * kBatch;  // three closed ones, and an open one
  for (int number = 0; number < kMessages;) {
    std::vector<LogMessage> messages;
    for (int i = 0; i < kBatch; ++i) {
      messages.push_back(NumberedMessage(number++));
    }
    ApplyOne(WriteOf(BatchOf(std::move(messages))));
  }
  Origin::Names names;
  names.senders = {"news@local.test"};
  auto policy = std::make_shared<SitePolicy>(*PolicyWithoutProof());
  policy->origin = Origin(names);
  const auto message_of = [&](const Mail& report) {
    ApplyOne(report);
    const AddressStory story = StoryOf(report.witnesses[0].final_recipient);
    return story.events.at(0).event.message;
  };
  for (int first = 0; first < kMessages; first += 2'500) {
    SCOPED_TRACE(first);
    Reopen();
    store_->Use(policy);
    const Mail reports[] = {
        ReportAbout(first, "4OURS"), ReportAbout(first + 1, "4NEXT"),
        ReportAbout(first + 2, ""), ReportAbout(first + 3, "4NONE")};
    for (int i = 0; i < 4; ++i) {
      SCOPED_TRACE(i);
      const auto message = message_of(reports[i]);
      ASSERT_EQ(message.has_value(), i < 3);
      if (message) {
        EXPECT_EQ(*message, RefOf(NumberedMessage(first + i)));
      }
    }
  }
}

}  // namespace
}  // namespace postbounce
