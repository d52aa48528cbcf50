#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "mime/reading.h"
#include "tests/mime/sample_report.h"

namespace postbounce {
namespace {

std::string Cut(std::string_view mail) {
  return WithoutReturnedBody(mail, ReadMail(mail, {}));
}

TEST(MailDigestTest, TheWayOfDeliveryDoesNotMatter) {
  const std::string mail = "Subject: a\nReceived: by x\n\nbody\n--\n";
  const Digest digest = MailDigest(mail);
  const std::string received =
      "Received: by host (Postfix) id 4X;\n\tSat, 21 Nov 2026 00:00:00\n";
  for (const std::string& same :
       {"Return-Path: <>\nDelivered-To: a@b\nX-Original-To: a@b\n" + received +
            mail,
        "From MAILER-DAEMON Sat Nov 21\n" + received + mail,
        Replaced(received + mail, "\n", "\r\n"), mail + "\n\n",
        mail.substr(0, mail.size() - 1), Replaced(mail, "\n", "\r"),
        "envelope-to: a@b\n" + mail,
        received + "X-Postbounce: failed\n" + received + mail}) {
    SCOPED_TRACE(same);
    EXPECT_EQ(MailDigest(same), digest);
  }
}

TEST(MailDigestTest, EverythingElseMatters) {
  const std::string mail = "Subject: a\nReceived: by x\n\nbody\n";
  for (const std::string_view other :
       {"Subject: a\n\nbody\n", "Subject: b\nReceived: by x\n\nbody\n",
        "Subject: a\nReceived: by x\n\nbody \n", "X-Other: 1\n", "", "\n"}) {
    SCOPED_TRACE(other);
    EXPECT_NE(MailDigest(other), MailDigest(mail));
  }
}

TEST(ReturnedBodyTest, KeepsTheReportAndTheHeadersOfTheOriginal) {
  const std::string mail = Report(kStatus, kOriginal);
  for (const std::string& bytes : {mail, Replaced(mail, "\n", "\r\n")}) {
    const std::string cut = Cut(bytes);
    EXPECT_EQ(cut.find("line"), cut.npos);
    EXPECT_NE(cut.find("--q--"), cut.npos);
    const Reading reading = ReadMail(cut, {});
    EXPECT_EQ(reading.report.recipients.size(), 1u);
    ASSERT_TRUE(reading.original.has_value());
    EXPECT_EQ(reading.original->subject, "hello");
    EXPECT_EQ(Cut(cut), cut);
  }
}

TEST(ReturnedBodyTest, CutsTheBodyOfAPastedMessage) {
  const std::string kept =
      "From: MAILER-DAEMON@mx.example.net\r\nSubject: failure notice\r\n\r\n"
      "I wasn't able to deliver your message.\r\n\r\n"
      "<joe@example.org>:\r\nno such user\r\n\r\n"
      "--- Below this line is a copy of the message.\r\n\r\n"
      "Return-Path: <news@example.com>\r\n"
      "Message-ID: <1@example.com>\r\nSubject: Secret\r\n\r\n";
  const std::string mail = kept + "The secret body.\r\n\r\nMore.\r\n";
  EXPECT_EQ(Cut(mail), kept);
  EXPECT_EQ(Cut(kept), kept);
  const Reading reading = ReadMail(mail, {});
  ASSERT_TRUE(reading.original);
  EXPECT_EQ(reading.original->message_id, "1@example.com");
}

TEST(ReturnedBodyTest, CutsAMultipartOriginalAsAWhole) {
  const std::string mail = Report(
      kStatus,
      "Content-Type: message/rfc822\n\nSubject: hello\nContent-Type: "
      "multipart/mixed; boundary=in\n\npre\n--in\n\nline\n--in--\npost\n");
  const std::string cut = Cut(mail);
  EXPECT_NE(cut.find("boundary=in\n\n--q--\n"), cut.npos);
}

TEST(ReturnedBodyTest, KeepsAForwardedReport) {
  const std::string cut = Cut(WithAttached("From: joe@a.example\n", "See.",
                                           Report(kStatus, kOriginal)));
  EXPECT_EQ(cut.find("line one"), cut.npos);
  EXPECT_EQ(ReadMail(cut, {}).report.recipients.size(), 1u);
}

TEST(ReturnedBodyTest, KeepsWhatStandsBehindTheOriginal) {
  const std::string status =
      "--q\nContent-Type: message/delivery-status\n\n" + std::string(kStatus);
  const std::string mail =
      "Content-Type: multipart/report; boundary=q\n\n--q\n" +
      std::string(kOriginal) + status + "\n--q--\n";
  const std::string cut = Cut(mail);
  EXPECT_EQ(cut.find("line one"), cut.npos);
  EXPECT_EQ(ReadMail(cut, {}).report.recipients.size(), 1u);
}

TEST(ReturnedBodyTest, LeavesOtherMailsAlone) {
  for (const std::string& mail :
       {std::string("Subject: a\n\nbody\n"), std::string(),
        Report(kStatus, "Content-Type: text/rfc822-headers\n\nSubject: a\n"),
        Report(kStatus,
               "Content-Type: message/rfc822\n"
               "Content-Transfer-Encoding: base64\n\nU3ViamVjdDogYQoKYQo=")}) {
    SCOPED_TRACE(mail);
    EXPECT_EQ(Cut(mail), mail);
  }
}

}  // namespace
}  // namespace postbounce
