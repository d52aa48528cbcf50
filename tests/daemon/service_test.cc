#include "daemon/service.h"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <string>

#include "daemon/base64.h"
#include "daemon/intake.h"
#include "daemon/open_store.h"
#include "daemon/reference.h"
#include "store/keys.h"
#include "tests/store/samples.h"
#include "tests/temp_dir.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr Timestamp kNow{std::chrono::seconds(1'795'220'876)};

std::string Dsn(const std::string& address, const std::string& id) {
  return "Received: by out.example (Postfix)\n\tid " + id +
         "; Sat, 21 Nov 2026 00:27:56 +0000 (UTC)\n"
         "From: MAILER-DAEMON@out.example\nTo: bounce@example.com\n"
         "Subject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n"
         "Content-Type: multipart/report; report-type=delivery-status;\n"
         "\tboundary=\"b\"\n\n--b\nContent-Type: text/plain\n\nSorry.\n\n"
         "--b\nContent-Type: message/delivery-status\n\n"
         "Reporting-MTA: dns; out.example\nX-Postfix-Queue-ID: " +
         id + "\n\nFinal-Recipient: rfc822; " + address +
         "\nOriginal-Recipient: rfc822;" + address +
         "\nAction: failed\nStatus: 5.1.1\nRemote-MTA: dns; mx.example.org\n"
         "Diagnostic-Code: smtp; 550 5.1.1 <" +
         address + ">: Recipient address rejected: User unknown\n\n--b--\n";
}

class ServiceTest : public ::testing::Test {
 protected:
  ServiceTest() {
    runtime_ = std::make_shared<Runtime>(
        Runtime{ParseConfig("[store]\npath = \"" + (dir_ / "db") +
                                "\"\nsite_key = \"" + (dir_ / "key") + "\"\n",
                            "a")
                    .value(),
                LoadRules({}).value(),
                {}});
    store_ = OpenStore(runtime_->config).value();
    reader_ = store_->OpenReader().value();
    store_->Use(policy_);
  }

  Outcome TakeIn(const std::string& bytes) {
    Envelope envelope;
    envelope.recipients = {"bounce@example.com"};
    const postbounce::Write write =
        UnderstandMail(envelope, Route::kUnixSocket, bytes, bytes.size(),
                       *runtime_, Site(), kNow);
    return store_->Apply({&write, 1}, kNow).value().at(0).value();
  }

  json::object Ask(const std::string& request, Door door = Door::kControl) {
    return Service(reader_.get(), *policy_)
        .Answer(json::parse(request).as_object(), door, kNow);
  }

  json::object Write(const std::string& text) {
    const auto request = json::parse(text).as_object();
    const postbounce::Write write =
        WriteOf(request, Door::kControl, Scopes(), kNow).value().value();
    return AnswerWritten(request,
                         store_->Apply({&write, 1}, kNow).value().at(0));
  }

  TempDir dir_;
  std::shared_ptr<const Runtime> runtime_;
  const std::shared_ptr<const SitePolicy> policy_ = PolicyWithoutProof();
  std::unique_ptr<Store> store_;
  std::unique_ptr<Reader> reader_;
};

TEST_F(ServiceTest, ABounceGoesInAndASuppressionComesOut) {
  const Outcome outcome = TakeIn(Dsn("Joe@Example.ORG", "3D534A849A1"));
  EXPECT_FALSE(outcome.known);
  EXPECT_EQ(outcome.affected, 1u);
  ASSERT_EQ(outcome.changes.size(), 1u);

  const json::object status =
      Ask(R"({"verb":"status","addresses":["joe@example.org"],"id":"x"})");
  EXPECT_EQ(status.at("id"), "x");
  const json::object& joe = status.at("results").at(0).as_object();
  EXPECT_EQ(joe.at("suppressed"), true);
  EXPECT_EQ(joe.at("reason"), "no-such-user");
  const json::value& event = joe.at("events").at(0);
  EXPECT_EQ(event.at("class"), "hard");
  const json::value& witness = event.at("witnesses").at(0);
  EXPECT_EQ(witness.at("queue_id"), "3D534A849A1");
  EXPECT_EQ(witness.at("status"), "5.1.1");
  EXPECT_EQ(witness.at("reply_code"), "550");
  EXPECT_EQ(witness.at("remote_mta"), "mx.example.org");

  const std::string ref = FormatReference(HashOf(outcome.changes[0].key));
  const json::object again =
      Ask(R"({"verb":"status","addresses":["joe",")" + ref +
          R"(","[postbounce )" + ref + R"(]","postbounce )" + ref + "\"]}");
  const json::array& results = again.at("results").as_array();
  EXPECT_TRUE(results.at(0).as_object().contains("error"));
  EXPECT_EQ(results.at(1), status.at("results").at(0));
  EXPECT_EQ(results.at(2), results.at(1));
  EXPECT_EQ(results.at(3), results.at(1));
  const json::object list = Ask(R"({"verb":"list"})");
  EXPECT_EQ(list.at("entries").as_array().size(), 1u);
  EXPECT_EQ(list.at("cursor"), "");
}

TEST_F(ServiceTest, StatusTellsTheWholeStory) {
  SitePolicy strict = *policy_;
  strict.is_proof_required = true;
  store_->Use(std::make_shared<SitePolicy>(strict));
  TakeIn(Dsn("joe@example.org", "3D534A849A1"));
  const json::value joe =
      Ask(R"({"verb":"status","addresses":["joe@example.org"]})")
          .at("results")
          .at(0);
  EXPECT_EQ(joe.at("suppressed"), false);
  EXPECT_EQ(joe.at("failures").at("unproven").to_number<int>(), 1);
  EXPECT_EQ(joe.at("failures").at("last"), "2026-11-21T00:27:56Z");
  EXPECT_EQ(joe.at("last_delivery"), nullptr);
  EXPECT_EQ(joe.at("held_by"), nullptr);
  EXPECT_EQ(joe.at("outlook").as_array().size(), 0u);
  EXPECT_EQ(joe.at("next").at("word"), "unproven");
  const json::value& event = joe.at("events").at(0);
  EXPECT_EQ(event.at("standing"), "unproven");
  EXPECT_EQ(event.at("void"), false);
  EXPECT_EQ(event.at("why_not"),
            "no log has the mail that it is about, queue id 3D534A849A1, "
            "reported by out.example");
  EXPECT_EQ(event.at("witnesses").at(0).at("proof"), "none");

  const json::object stats = Ask(R"({"verb":"stats"})");
  EXPECT_EQ(stats.at("failures").to_number<int>(), 1);
  EXPECT_EQ(stats.at("unproven").to_number<int>(), 1);
  EXPECT_EQ(stats.at("unknown_hosts").at(0).at("host"), "out.example");
}

TEST_F(ServiceTest, StatusNamesTheAlarmThatHoldsAnAddress) {
  for (int i = 0; i < 100; ++i) {
    const std::string n = std::to_string(10 + i);
    TakeIn(Dsn("u" + n + "@example.org", "3D534A849" + n));
  }
  const json::value held =
      Ask(R"({"verb":"status","addresses":["u109@example.org"]})")
          .at("results")
          .at(0);
  EXPECT_EQ(held.at("state"), "held");
  EXPECT_EQ(held.at("suppressed"), false);
  EXPECT_EQ(held.at("held_by").at("alarm"), 1);
  EXPECT_EQ(held.at("next").at("word"), "held");
  EXPECT_EQ(held.at("events").at(0).at("held"), true);
  EXPECT_EQ(held.at("events").at(0).at("why_not"),
            "the outage guard doubts it");
}

TEST_F(ServiceTest, AnIdOfAnyKindComesBack) {
  for (const char* id : {"null", "[[[[[[1]]]]]]", R"({"a":{"b":{"c":"d"}}})"}) {
    SCOPED_TRACE(id);
    const std::string text = std::string(R"({"verb":"stats","id":)") + id + "}";
    const auto request = ParseRequest({text});
    ASSERT_TRUE(request.has_value());
    EXPECT_EQ(json::serialize(Ask(json::serialize(*request)).at("id")), id);
  }
}

TEST_F(ServiceTest, TheSameBounceTwiceCountsOnce) {
  TakeIn(Dsn("joe@example.org", "3D534A849A1"));
  EXPECT_TRUE(TakeIn(Dsn("joe@example.org", "3D534A849A1")).known);
  const json::object stats = Ask(R"({"verb":"stats"})");
  EXPECT_EQ(stats.at("mails").to_number<int>(), 1);
  EXPECT_EQ(stats.at("events").to_number<int>(), 1);
}

TEST_F(ServiceTest, PagesThroughTheList) {
  for (int i = 0; i < 5; ++i) {
    const std::string n = std::to_string(i);
    TakeIn(Dsn("u" + n + "@example.org", "3D534A849A" + n));
  }
  json::object request{{"verb", "list"}, {"limit", 2}};
  std::vector<std::string> seen;
  std::string cursor;
  do {
    request["cursor"] = cursor;
    const json::object page = Ask(json::serialize(request));
    for (const json::value& entry : page.at("entries").as_array()) {
      seen.push_back(entry.at("address").as_string().c_str());
    }
    cursor = page.at("cursor").as_string().c_str();
  } while (!cursor.empty());
  EXPECT_EQ(seen, (std::vector<std::string>{"u0@example.org", "u1@example.org",
                                            "u2@example.org", "u3@example.org",
                                            "u4@example.org"}));
}

TEST_F(ServiceTest, MailFromPeopleWaitsInTheInboxUntilSeen) {
  const std::string mail =
      "From: Joe <joe@example.org>\nSubject: Hi\n\nStop!\n";
  TakeIn(mail);
  TakeIn(Dsn("dead@example.org", "3D534A849A1"));
  const json::object inbox = Ask(R"({"verb":"inbox"})");
  ASSERT_EQ(inbox.at("entries").as_array().size(), 1u);
  const json::value& entry = inbox.at("entries").at(0);
  EXPECT_EQ(entry.at("subject"), "Hi");
  EXPECT_EQ(entry.at("kind"), "mail");
  const std::string id = json::serialize(entry.at("id"));

  const json::object shown = Ask(R"({"verb":"inbox-show","mail":)" + id + "}");
  EXPECT_EQ(ParseBase64(shown.at("base64").as_string().c_str()), mail);

  const json::object seen =
      Write(R"({"verb":"inbox-seen","mails":[)" + id + "]}");
  EXPECT_EQ(seen.at("affected").to_number<int>(), 1);
  EXPECT_EQ(Ask(R"({"verb":"inbox"})").at("entries").as_array().size(), 0u);
  EXPECT_EQ(
      Ask(R"({"verb":"inbox","all":true})").at("entries").as_array().size(),
      1u);
}

TEST_F(ServiceTest, TheAllowListWinsWithoutADaemonTooUntilItEnds) {
  TakeIn(Dsn("joe@example.org", "3D534A849A1"));
  Write(R"({"verb":"allow","addresses":["@example.org"],"until":"1d",)"
        R"("actor":"ann","why":"a partner"})");
  const struct {
    Timestamp now;
    bool suppressed;
    std::size_t listed, allowed;
  } kCases[] = {{kNow, false, 0, 1}, {kNow + std::chrono::days(1), true, 1, 0}};
  for (const auto& one : kCases) {
    SCOPED_TRACE(one.suppressed);
    const auto ask = [&](const char* request) {
      return Service(reader_.get(), *policy_)
          .Answer(json::parse(request).as_object(), Door::kControl, one.now);
    };
    for (const char* verb :
         {R"({"verb":"check","addresses":["joe@example.org"]})",
          R"({"verb":"status","addresses":["joe@example.org"]})"}) {
      EXPECT_EQ(ask(verb).at("results").at(0).at("suppressed"), one.suppressed)
          << verb;
    }
    EXPECT_EQ(ask(R"({"verb":"list"})").at("entries").as_array().size(),
              one.listed);
    EXPECT_EQ(ask(R"({"verb":"allow-list"})").at("entries").as_array().size(),
              one.allowed);
  }
  const json::object status =
      Ask(R"({"verb":"status","addresses":["joe@example.org"]})");
  EXPECT_EQ(status.at("results").at(0).at("domain_allowed").at("why"),
            "a partner");
}

TEST_F(ServiceTest, AnUndoTellsWhatItHasDone) {
  TakeIn(Dsn("joe@example.org", "3D534A849A1"));
  const json::object answer =
      Write(R"({"verb":"undo","filter":{"domain":"example.org"}})");
  EXPECT_EQ(answer.at("action"), 1);
  EXPECT_EQ(answer.at("failures").to_number<int>(), 1);
  const json::value& effect = answer.at("effects").at(0);
  EXPECT_EQ(effect.at("address"), "joe@example.org");
  EXPECT_EQ(effect.at("before").at("state"), "active");
  EXPECT_EQ(effect.at("after").at("state"), "none");
}

TEST_F(ServiceTest, RefusesWhatItCannotAnswer) {
  const struct {
    const char* request;
    const char* code;
  } kCases[] = {
      {R"({})", "syntax"},
      {R"({"verb":5})", "syntax"},
      {R"({"verb":"drop"})", "syntax"},
      {R"({"verb":"status"})", "syntax"},
      {R"({"verb":"status","addresses":[]})", "syntax"},
      {R"({"verb":"status","addresses":[1]})", "syntax"},
      {R"({"verb":"status","addresses":["a@b.test"],"limit":1})", "syntax"},
      {R"({"verb":"list","limit":1001})", "syntax"},
      {R"({"verb":"list","limit":-1})", "syntax"},
      {R"({"verb":"list","reason":"bad-luck"})", "syntax"},
      {R"({"verb":"list","cursor":"x'; drop"})", "syntax"},
      {R"({"verb":"list","state":"dead"})", "syntax"},
      {R"({"verb":"inbox","all":1})", "syntax"},
      {R"({"verb":"inbox-show","mail":77})", "not-found"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.request);
    const json::object answer = Ask(test.request);
    EXPECT_EQ(answer.at("ok"), false);
    EXPECT_EQ(answer.at("code"), test.code);
  }
}

TEST_F(ServiceTest, AnUndoIsFoundAgain) {
  TakeIn(Dsn("joe@example.org", "3D534A849A1"));
  const json::object undone =
      Write(R"({"verb":"undo","filter":{"addresses":["joe@example.org"]},)"
            R"("actor":"ann","why":"a bad night"})");
  const json::value& action = undone.at("action");
  const json::object undos = Ask(R"({"verb":"undos"})");
  ASSERT_EQ(undos.at("entries").as_array().size(), 1u);
  const json::value& undo = undos.at("entries").at(0);
  EXPECT_EQ(undo.at("action"), action);
  EXPECT_EQ(undo.at("actor"), "ann");
  EXPECT_EQ(undo.at("failures"), 1);
  EXPECT_TRUE(undo.at("undone_by").is_null());
  EXPECT_TRUE(undo.at("undo_of").is_null());

  const json::object status = Ask(
      R"({"verb":"status","addresses":["joe@example.org","@example.org"]})");
  const json::value& joe = status.at("results").at(0);
  EXPECT_EQ(joe.at("events").at(0).at("voided_by"), action);
  EXPECT_EQ(joe.at("orders").at(0).at("kind"), "undo");
  EXPECT_EQ(joe.at("orders").at(0).at("why"), "a bad night");
  EXPECT_EQ(status.at("results").at(1).at("address"), "@example.org");
}

TEST_F(ServiceTest, TheQuerySocketGivesNoLists) {
  for (const char* verb :
       {"list", "undos", "allow-list", "inbox", "inbox-show"}) {
    SCOPED_TRACE(verb);
    const json::object answer =
        Ask(std::string(R"({"verb":")") + verb + "\"}", Door::kQuery);
    EXPECT_EQ(answer.at("code"), "conflict");
  }
  const json::object seen =
      json::parse(R"({"verb":"inbox-seen","mails":[1]})").as_object();
  EXPECT_FALSE(WriteOf(seen, Door::kQuery, Scopes(), kNow).value().has_value());
  for (const char* verb : {"suppress", "remove", "allow", "disallow", "undo"}) {
    SCOPED_TRACE(verb);
    const json::object order{{"verb", verb}};
    EXPECT_EQ(
        WriteOf(order, Door::kQuery, Scopes(), kNow).value().error().code(),
        ErrorCode::kConflict);
  }
  EXPECT_EQ(Ask(R"({"verb":"check","addresses":["a@b.example"]})", Door::kQuery)
                .at("ok"),
            true);
}

}  // namespace
}  // namespace postbounce
