#include "maillog/log_record.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/maillog/record_dump.h"

namespace postbounce {
namespace {

std::string Read(std::string_view text) {
  LogLine line;
  line.text = text;
  const LogRecord record = ReadLogRecord(line);
  return (record.queue_id.empty() ? "-" : std::string(record.queue_id)) + " " +
         Dump(record);
}

TEST(LogRecordTest, TakesEveryFieldOfADelivery) {
  LogLine line;
  line.text =
      "3D534A849A1: to=<m@remote.test>, orig_to=<Old@out.test>, "
      "relay=mx.remote.test[192.0.2.1]:25, conn_use=2, delay=10.05, "
      "delays=0.1/2/0.33/7.6, tls=none, dsn=5.2.2, status=bounced (host "
      "mx.remote.test[192.0.2.1] said: 552 (full))";
  const LogRecord record = ReadLogRecord(line);
  EXPECT_EQ(record.queue_id, "3D534A849A1");
  const auto& delivery = std::get<Delivery>(record.what);
  EXPECT_EQ(delivery.to, "m@remote.test");
  EXPECT_EQ(delivery.orig_to, "Old@out.test");
  EXPECT_EQ(delivery.relay, "mx.remote.test[192.0.2.1]:25");
  EXPECT_EQ(delivery.conn_use, 2);
  EXPECT_EQ(delivery.delay, Milliseconds(10'050));
  EXPECT_EQ(delivery.delays[0], Milliseconds(100));
  EXPECT_EQ(delivery.delays[1], Milliseconds(2000));
  EXPECT_EQ(delivery.delays[2], Milliseconds(330));
  EXPECT_EQ(delivery.delays[3], Milliseconds(7600));
  EXPECT_EQ(delivery.tls, "none");
  EXPECT_EQ(delivery.dsn, "5.2.2");
  EXPECT_EQ(delivery.status, DeliveryStatus::kBounced);
  EXPECT_EQ(delivery.text, "host mx.remote.test[192.0.2.1] said: 552 (full)");
  EXPECT_FALSE(delivery.is_cut);
}

TEST(LogRecordTest, CountsDeliveriesWhoseQueueIdIsStrange) {
  const std::string rest =
      ": to=<a@b.test>, relay=none, delay=1, delays=1/0/0/0, dsn=5.4.4, "
      "status=bounced (no such host)";
  const std::string want = "- malformed: no queue id that Postfix makes";
  EXPECT_EQ(Read("4c000BCDQz1c7xJ" + rest), want);
  EXPECT_EQ(Read("87A56" + rest), want);
  EXPECT_EQ(Read("87a56ad43fd" + rest), want);
  EXPECT_EQ(Read("4c000BCDQz1c7xJ: to=<a@b.test>"), "- noise");
  EXPECT_EQ(Read("two words" + rest), "- noise");
  EXPECT_EQ(Read(std::string(40, 'x') + rest), "- noise");
}

TEST(LogRecordTest, SaysWhatIsWrongWithALineOfAKnownForm) {
  constexpr std::string_view kTo = "no recipient behind \"to=\"";
  constexpr std::string_view kRelay = "no relay behind the recipient";
  constexpr std::string_view kDelay = "no delay that can be read";
  constexpr std::string_view kDsn = "no status code";
  constexpr std::string_view kStatus = "no status that is known";
  constexpr std::string_view kFrom = "no sender behind \"from=\"";
  constexpr std::string_view kQueued =
      "neither a size nor a status behind the sender";
  constexpr std::string_view kClient = "no client behind \"client=\"";
  constexpr std::string_view kPickup = "no user and sender behind \"uid=\"";
  constexpr std::string_view kNotice = "no queue id behind the notification";
  const struct {
    std::string_view rest, what;
  } kCases[] = {
      {"to=", kTo},
      {"to=a@b.test, relay=none", kTo},
      {"to=<a@b.test", kTo},
      {"to=<a@b.test>", kTo},
      {"to=<\"a@b.test>, relay=none, dsn=5.0.0, status=sent (x)", kTo},
      {"to=<a@b.test>, orig_to=<a, relay=none, dsn=5.0.0, status=sent", kTo},
      {"to=<a@b.test>, dsn=5.0.0, relay=none, status=sent (x)", kRelay},
      {"to=<a@b.test>, relay=none", kRelay},
      {"to=<a@b.test>, relay=none,x, dsn=5.0.0", kRelay},
      {"to=<a@b.test>, relay=none, conn_use=x, dsn=5.0.0", kDelay},
      {"to=<a@b.test>, relay=none, conn_use=1000000001, dsn=5.0.0", kDelay},
      {"to=<a@b.test>, relay=none, delay=x, dsn=5.0.0", kDelay},
      {"to=<a@b.test>, relay=none, delay=1, delays=0/0/0, dsn=5.0.0", kDelay},
      {"to=<a@b.test>, relay=none, delay=-1, dsn=5.0.0", kDelay},
      {"to=<a@b.test>, relay=none, delay=444444444444444444, dsn=2.0.0",
       kDelay},
      {"to=<a@b.test>, relay=none, delay=99999999999999999999, dsn=2.0.0",
       kDelay},
      {"to=<a@b.test>, relay=none, tls=none dsn=5.0.0", "no end of \"tls=\""},
      {"to=<a@b.test>, relay=none, status=sent (x)", kDsn},
      {"to=<a@b.test>, relay=none, dsn=3.0.0, status=sent (x)", kDsn},
      {"to=<a@b.test>, relay=none, dsn=5.0, status=sent (x)", kDsn},
      {"to=<a@b.test>, relay=none, dsn=5.0.1234, status=sent (x)", kDsn},
      {"to=<a@b.test>, relay=none, dsn=5.0.x, status=sent (x)", kDsn},
      {"to=<a@b.test>, relay=none, dsn=5.0.0", kDsn},
      {"to=<a@b.test>, relay=none, dsn=5.0.0, status=odd (x)", kStatus},
      {"to=<a@b.test>, relay=none, dsn=5.0.0, x, status=sent (x)", kStatus},
      {"from=a@b.test, size=1, nrcpt=1 (queue active)", kFrom},
      {"from=<a@b.test>", kFrom},
      {"from=<a@b.test>, size=x, nrcpt=1 (queue active)", kQueued},
      {"from=<a@b.test>, size=1, nrcpt=1", kQueued},
      {"from=<a@b.test>, size=9999999999999999999, nrcpt=1 (queue active)",
       kQueued},
      {"from=<a@b.test>, size=1, nrcpt=4294967296 (queue active)", kQueued},
      {"from=<a@b.test>, status=expired", kQueued},
      {"client=", kClient},
      {"client=localhost", kClient},
      {"client=local host[127.0.0.1]", kClient},
      {"client=localhost[127.0.0.1", kClient},
      {"client=localhost[127.0.0 1]", kClient},
      {"uid=x from=<>", kPickup},
      {"uid=4294967296 from=<>", kPickup},
      {"uid=0 from=root", kPickup},
      {"sender delay notification: ", kNotice},
      {"sender delay notification: none", kNotice},
  };
  for (const auto& each : kCases) {
    SCOPED_TRACE(each.rest);
    EXPECT_EQ(Read("87A56AD43FD: " + std::string(each.rest)),
              "87A56AD43FD malformed: " + std::string(each.what));
  }
}

TEST(LogRecordTest, TakesNoFormWithoutItsQueueId) {
  for (std::string_view text :
       {"", "to=<a@b.test>, relay=none, dsn=5.0.0, status=sent (x)", "removed",
        "87A56AD43FD:to=<a@b.test>, relay=none, dsn=5.0.0, status=sent (x)",
        "NOQUEUE: to=<a@b.test>, relay=none, dsn=5.0.0, status=sent (x)",
        "NOQUEUE: reject: ", "NOQUEUE: removed", "warning: x: removed"}) {
    SCOPED_TRACE(text);
    const std::string got = Read(text);
    EXPECT_EQ(got.substr(0, 2), "- ");
    EXPECT_TRUE(got == "- noise" || got == "- rejection verb <reject>") << got;
  }
}

TEST(LogRecordTest, TakesTheBracketsOffOneMessageIdAlone) {
  const struct {
    std::string_view value, id;
  } kCases[] = {
      {"<a@b.test>", "a@b.test"},
      {"<>", ""},
      {"", ""},
      {"a@b.test", "a@b.test"},
      {"<a@b.test", "<a@b.test"},
      {"<a b@c.test>", "<a b@c.test>"},
      {"<a@b.test> <c@d.test>", "<a@b.test> <c@d.test>"},
      {"<<a@b.test>>", "<<a@b.test>>"},
      {"<a@b.test> (added by relay)", "<a@b.test> (added by relay)"},
  };
  for (const auto& each : kCases) {
    SCOPED_TRACE(each.value);
    EXPECT_EQ(Read("87A56AD43FD: message-id=" + std::string(each.value)),
              "87A56AD43FD message-id <" + std::string(each.id) + ">");
  }
}

TEST(LogRecordTest, EndsATextWithTheLineIfNothingWasCut) {
  const auto read = [](std::string_view text) {
    LogLine line;
    const std::string whole =
        "87A56AD43FD: to=<a@b.test>, relay=none, dsn=5.0.0, status=bounced" +
        std::string(text);
    line.text = whole;
    const LogRecord record = ReadLogRecord(line);
    const auto& delivery = std::get<Delivery>(record.what);
    return std::string(delivery.text) + (delivery.is_cut ? "..." : "");
  };
  EXPECT_EQ(read(" (a) (b)"), "a) (b");
  EXPECT_EQ(read(" ((a))"), "(a)");
  EXPECT_EQ(read(" ()"), "");
  EXPECT_EQ(read(" (a) cut after 2000 by"), "a) cut after 2000 by...");
  EXPECT_EQ(read(" ("), "...");
  EXPECT_EQ(read(""), "...");
}

TEST(LogRecordTest, KnowsAQueueId) {
  for (std::string_view id :
       {"30E4EA84943", "87A56A", "4jWY2c4NLgz1", "4jWY2c4NLgz1cBKT",
        "4jWY2z4NLzz1", "0BCDFGHJKLMNPz0", "999999999999999"}) {
    SCOPED_TRACE(id);
    EXPECT_TRUE(IsQueueId(id));
  }
  for (std::string_view id :
       {"", "30E4E", "30e4ea84943", "30E4EA84943 ", "30E4EA8494G", "NOQUEUE",
        "4jWY2c4NLz1", "4jWY2c4NLgz", "4jAY2c4NLgz1", "4jWY2c4NLgz1e",
        "warning", "LAB000042"}) {
    SCOPED_TRACE(id);
    EXPECT_FALSE(IsQueueId(id));
  }
}

TEST(LogRecordTest, NamesAStatusAsItIsLogged) {
  EXPECT_EQ(DeliveryStatusName(DeliveryStatus::kSent), "sent");
  EXPECT_EQ(DeliveryStatusName(DeliveryStatus::kSoftBounce), "SOFTBOUNCE");
  EXPECT_EQ(DeliveryStatusName(DeliveryStatus::kUndeliverable),
            "undeliverable");
}

}  // namespace
}  // namespace postbounce
