#include "mime/feedback_report.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "mime/reading.h"

namespace postbounce {
namespace {

std::vector<std::string> Recipients(const FeedbackReport& report) {
  std::vector<std::string> texts;
  for (const Address& address : report.original_recipients) {
    texts.push_back(address.ToString());
  }
  return texts;
}

// A complaint with that feedback part and returned header.
std::string Complaint(std::string_view feedback, std::string_view original) {
  return "From: fbl@x.example\n"
         "Content-Type: multipart/report; report-type=feedback-report; "
         "boundary=q\n\n--q\n\nAn abuse report.\n"
         "--q\nContent-Type: message/feedback-report\n\n" +
         std::string(feedback) + "\n--q\nContent-Type: message/rfc822\n\n" +
         std::string(original) + "\n\nhi\n--q--\n";
}

TEST(FeedbackReportTest, NamesEachRecipientThatCanBeRead) {
  const FeedbackReport report = ParseFeedbackReport(
      "Feedback-Type: Abuse\nVersion: 1\nOriginal-Rcpt-To: a@b.example\n"
      "Original-Rcpt-To: <c@d.example>\nOriginal-Rcpt-To: redacted@d.example\n"
      "Original-Rcpt-To: [redacted]\nRemoval-Recipient: e@f.example\n");
  EXPECT_EQ(report.feedback_type, "abuse");
  EXPECT_EQ(Recipients(report),
            (std::vector<std::string>{"a@b.example", "c@d.example"}));
}

TEST(FeedbackReportTest, TakesTheRecipientToRemoveWhereNoOtherIsNamed) {
  EXPECT_EQ(Recipients(ParseFeedbackReport(
                "Removal-Recipient: e@f.example\nFeedback-Type: abuse\n")),
            std::vector<std::string>{"e@f.example"});
}

TEST(FeedbackReportTest, TakesTheRecipientOutOfTheOriginalWhereNoneIsNamed) {
  struct Case {
    std::string_view feedback;
    std::string_view original;
    std::vector<std::string> want;
  };
  const Case cases[] = {
      {"", "To: Joe <joe@b.example>", {"joe@b.example"}},
      {"", "To: joe@b.example, jim@b.example", {}},
      {"", "To: redacted@b.example", {}},
      {"", "To: <Undisclosed Recipients>", {}},
      {"",
       "Received: from x by y with ESMTP id 1\n\tfor <joe@b.example>; now\n"
       "Received: from z by x id 2 for <list@z.example>; now\n"
       "To: list@z.example",
       {"joe@b.example"}},
      {"",
       "X-HmXmrOriginalRecipient: joe@b.example\nTo: list@z.example",
       {"joe@b.example"}},
      {"Original-Rcpt-To: ann@b.example\n",
       "To: joe@b.example",
       {"ann@b.example"}},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.original);
    const Reading reading = ReadMail(
        Complaint("Feedback-Type: abuse\n" + std::string(test.feedback),
                  test.original),
        {});
    EXPECT_EQ(reading.kind, MailKind::kComplaint);
    EXPECT_EQ(Recipients(reading.complaint), test.want);
  }
}

TEST(FeedbackReportTest, TellsComplaintsFromReportsOfOtherThings) {
  EXPECT_TRUE(ParseFeedbackReport("Feedback-Type: auth-failure\n")
                  .is_about_authentication());
  EXPECT_TRUE(ParseFeedbackReport("Feedback-Type: not-spam\n").is_not_spam());
  for (const std::string_view type : {"abuse", "fraud", "opt-out", "", "x"}) {
    SCOPED_TRACE(type);
    const FeedbackReport report =
        ParseFeedbackReport("Feedback-Type: " + std::string(type) + "\n");
    EXPECT_FALSE(report.is_about_authentication());
    EXPECT_FALSE(report.is_not_spam());
  }
}

TEST(FeedbackReportTest, AComplaintMayHaveAnotherType) {
  std::string mail = Complaint("Feedback-Type: fraud\n", "To: joe@b.example");
  for (const std::string_view type :
       {"text/plain", "application/octet-stream", "message/feedback", ""}) {
    SCOPED_TRACE(type);
    std::string other = mail;
    const std::string_view usual = "message/feedback-report";
    other.replace(other.find(usual), usual.size(), type);
    const Reading reading = ReadMail(other, {});
    EXPECT_EQ(reading.kind, MailKind::kComplaint);
    EXPECT_EQ(reading.complaint.feedback_type, "fraud");
    EXPECT_EQ(Recipients(reading.complaint),
              std::vector<std::string>{"joe@b.example"});
  }
}

TEST(FeedbackReportTest, OutlookSendsComplaintsWithoutAReport) {
  const Reading reading = ReadMail(
      "From: staff@hotmail.com\nSubject: complaint about message from 1.2.3.4\n"
      "Content-Type: multipart/mixed; boundary=q\n\n--q\n"
      "Content-Type: message/rfc822\n\n"
      "X-HmXmrOriginalRecipient: joe@b.example\nTo: x@y.example\n\nhi\n--q--\n",
      {});
  EXPECT_EQ(reading.kind, MailKind::kComplaint);
  EXPECT_EQ(reading.complaint.feedback_type, "abuse");
  EXPECT_EQ(Recipients(reading.complaint),
            std::vector<std::string>{"joe@b.example"});
}

}  // namespace
}  // namespace postbounce
