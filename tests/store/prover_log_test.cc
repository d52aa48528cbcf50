#include <gtest/gtest.h>

#include "store/prover.h"
#include "tests/store/prover_scene.h"

namespace postbounce {
namespace {

TEST(ProverTest, ALoginTellsTheScope) {
  Scene scene;
  scene.policy.scopes = Scopes({{"app", {}, {"till"}}});
  LogMessage message = Sent("Q1", {AttemptAt(1, kJoe)});
  message.sasl_user = "till";
  scene.Log(message);
  EXPECT_EQ(scene.Result().binding.scope, "app");
}

TEST(ProverTest, AMessageThatOneRecipientHadProves) {
  Check({
      {"by its queue id",
       [](Scene* s) {
         s->facts().received_ids = {"Q1"};
         s->Log(Sent("Q1", {AttemptAt(1, kJoe)}));
       },
       "counts strong joe@other.test"},
      {"by its Message-ID",
       [](Scene* s) { s->Log(Sent("Q1", {AttemptAt(1, kJoe)})); },
       "counts strong joe@other.test"},
      {"that he had forwarded",
       [](Scene* s) {
         s->witness() = Hard("gone@elsewhere.test");
         s->facts().received_ids = {"Q1"};
         s->Log(Sent("Q1", {AttemptAt(1, kJoe)}));
       },
       "counts strong joe@other.test"},
      {"beside an archive of the site's own",
       [](Scene* s) {
         s->Log(Sent("Q1", {AttemptAt(1, kJoe), AttemptAt(2, "a@local.test")}));
       },
       "counts strong joe@other.test"},
      {"but perhaps another that was not tried yet",
       [](Scene* s) {
         LogMessage message =
             Sent("Q1", {AttemptAt(1, kJoe), AttemptAt(2, "a@local.test")});
         message.recipients = 3;
         s->Log(message);
       },
       "unproven weak joe@other.test"},
      {"through a content filter",
       [](Scene* s) {
         LogAttempt filtered = Taken(kJoe, "Q2");
         filtered.relay = "127.0.0.1[127.0.0.1]:10024";
         s->policy.internal_relays =
             InternalRelays({}, {Network::Parse("127.0.0.0/8").value()});
         s->Log(Sent("Q1", {filtered}));
         s->Log(Sent("Q2", {AttemptAt(2, kJoe)}));
       },
       "counts strong joe@other.test"},
      {"but is too old",
       [](Scene* s) {
         LogMessage message = Sent("Q1", {AttemptAt(1, kJoe)});
         message.first_seen = Hour(-15 * 24);
         s->Log(message);
       },
       "too-old strong joe@other.test"},
      {"but in a log that anybody can write",
       [](Scene* s) {
         s->policy.untrusted_logs = {"mail"};
         s->Log(Sent("Q1", {AttemptAt(1, kJoe)}));
       },
       "unproven none joe@other.test"},
  });
}

TEST(ProverTest, AMessageIdThatCopiesShareProvesLittle) {
  const auto copy = [](std::string_view id, std::string_view recipient) {
    return Sent(id, {AttemptAt(1, recipient)});
  };
  Check({
      {"two copies",
       [&](Scene* s) {
         s->Log(copy("Q1", kJoe));
         s->Log(copy("Q2", kAnn));
       },
       "unproven weak joe@other.test"},
      {"a copy for him, one for many",
       [&](Scene* s) {
         s->Log(Sent("Q1", {AttemptAt(1, kAnn), AttemptAt(1, kEve)}));
         s->Log(copy("Q2", kJoe));
       },
       "unproven weak joe@other.test"},
      {"the forger's server claims to have passed his copy on",
       [&](Scene* s) {
         s->Log(Sent("Q1", {Taken(kAnn, "Q1")}));
         s->Log(copy("Q2", kJoe));
       },
       "unproven weak joe@other.test"},
      {"a copy that has not been tried yet",
       [&](Scene* s) {
         LogMessage queued = copy("Q1", kAnn);
         queued.attempts.clear();
         s->Log(queued);
         s->Log(copy("Q2", kJoe));
       },
       "unproven weak joe@other.test"},
      {"more copies than were looked at",
       [&](Scene* s) {
         s->Log(copy("Q1", kJoe));
         s->candidates.is_cut = true;
       },
       "unproven weak joe@other.test"},
      {"and it names nobody who had one",
       [&](Scene* s) {
         s->witness() = Hard("gone@elsewhere.test");
         s->facts().arrival_date = Hour(0);
         s->Log(copy("Q1", kJoe));
         s->Log(copy("Q2", kAnn));
       },
       "unproven none gone@elsewhere.test"},
      {"nor did it when one copy was all that the log had",
       [&](Scene* s) {
         AskAbout(s, "", "gone@elsewhere.test");
         s->facts().arrival_date = Hour(0);
         s->Log(copy("Q1", kJoe));
         s->Log(copy("Q2", kAnn));
       },
       "unproven none joe@other.test"},
      {"two mails to him, and no Arrival-Date",
       [&](Scene* s) {
         s->Log(copy("Q1", kJoe));
         s->Log(copy("Q2", kJoe));
         s->Log(copy("Q3", kAnn));
       },
       "unproven none joe@other.test"},
  });
}

TEST(ProverTest, AMailThatWasSentTwiceIsStillHis) {
  const auto twice = [](Scene* s) {
    s->Log(Sent("Q1", {AttemptAt(1, kJoe)}));
    s->Log(Sent("Q2", {AttemptAt(1, kJoe)}));
  };
  Check({
      {"without an Arrival-Date", twice, "counts strong joe@other.test"},
      {"with one",
       [&](Scene* s) {
         s->facts().arrival_date = Hour(0);
         twice(s);
       },
       "counts strong joe@other.test"},
      {"but one that somebody else had, too",
       [&](Scene* s) {
         twice(s);
         s->Log(Sent("Q3", {AttemptAt(1, kJoe), AttemptAt(1, kAnn)}));
       },
       "unproven none joe@other.test"},
  });
}

TEST(ProverTest, OnlyANearQueueIdIsFinalSinceMoreMayFollow) {
  Scene scene;
  scene.Log(Sent("Q1", {AttemptAt(1, kJoe)}));
  EXPECT_FALSE(scene.Result().is_final);
  scene.facts().queue_id = "Q1";
  EXPECT_FALSE(scene.Result().is_final);
  scene.facts().arrival_date = Hour(72);
  EXPECT_FALSE(scene.Result().is_final);
  scene.facts().arrival_date = Hour(1);
  EXPECT_TRUE(scene.Result().is_final);
  scene.candidates.messages[0].is_removed = false;
  EXPECT_FALSE(scene.Result().is_final);
}

TEST(ProverTest, WhatAContentFilterHasTakenMayStandInTheLogOnceMore) {
  Scene scene;
  LogMessage message = Sent("Q1", {Taken(kJoe, "Q2")});
  message.attempts[0].relay = "gate.local.test[10.0.0.1]:10024";
  scene.Log(message);
  scene.facts().queue_id = "Q1";
  scene.facts().arrival_date = Hour(0);
  EXPECT_FALSE(scene.Result().is_final);
}

TEST(ProverTest, TheNextServersIdProvesIfItIsOfOneDelivery) {
  Check({
      {"his own",
       [](Scene* s) {
         s->facts().queue_id = "N2";
         s->Log(Sent("Q1", {Taken(kAnn, "N1"), Taken(kJoe, "N2")}));
       },
       "counts strong joe@other.test"},
      {"his own, of a forwarded mail",
       [](Scene* s) {
         s->witness() = Hard("gone@elsewhere.test");
         s->facts().queue_id = "N2";
         s->Log(Sent("Q1", {Taken(kAnn, "N1"), Taken(kJoe, "N2")}));
       },
       "counts strong joe@other.test"},
      {"of both in one transaction",
       [](Scene* s) {
         s->facts().queue_id = "N1";
         s->Log(Sent("Q1", {Taken(kAnn, "N1"), Taken(kJoe, "N1")}));
       },
       "unproven weak joe@other.test"},
      {"the forger's",
       [](Scene* s) {
         s->facts().queue_id = "N1";
         s->Log(Sent("Q1", {Taken(kAnn, "N1"), Taken(kJoe, "N2")}));
       },
       "unproven weak joe@other.test"},
  });
}

// A message of two, and a report of Joe that this client brought.
void ShareWith(Scene* scene, std::string_view name, std::string_view address) {
  LogAttempt attempt = AttemptAt(1, kJoe);
  attempt.relay = "mx1.other.test[192.0.2.7]:25";
  scene->Log(Sent("Q1", {AttemptAt(1, kAnn), attempt}));
  scene->facts().queue_id = "Q1";
  scene->facts().client_name = name;
  scene->facts().client_address = address;
}

TEST(ProverTest, ASharedIdCountsIfTheServerThatTookTheMailReports) {
  Check({
      {"its address", [](Scene* s) { ShareWith(s, "", "192.0.2.7"); },
       "counts weak joe@other.test"},
      {"its domain",
       [](Scene* s) { ShareWith(s, "out.other.test", "192.0.2.99"); },
       "counts weak joe@other.test"},
      {"as MAILER-DAEMON",
       [](Scene* s) {
         ShareWith(s, "", "192.0.2.7");
         s->facts().envelope_sender = "MAILER-DAEMON";
       },
       "counts weak joe@other.test"},
      {"with a sender",
       [](Scene* s) {
         ShareWith(s, "", "192.0.2.7");
         s->facts().envelope_sender = kAnn;
       },
       "unproven weak joe@other.test"},
      {"the server that took the forger's",
       [](Scene* s) { ShareWith(s, "mx.remote.test", "192.0.2.1"); },
       "unproven weak joe@other.test"},
      {"a host without a name", [](Scene* s) { ShareWith(s, "", "192.0.2.8"); },
       "unproven weak joe@other.test"},
      {"a domain that ends alike",
       [](Scene* s) { ShareWith(s, "mx1.another.test", "192.0.2.8"); },
       "unproven weak joe@other.test"},
      {"nobody knows who", [](Scene* s) { ShareWith(s, "", ""); },
       "unproven weak joe@other.test"},
      {"our own gateway, which brings everybody's mail",
       [](Scene* s) {
         ShareWith(s, "gate.local.test", "198.51.100.1");
         s->candidates.messages[0].attempts[1].relay =
             "gate.local.test[198.51.100.1]:25";
       },
       "unproven weak joe@other.test"},
  });
}

TEST(ProverTest, AnUnsignedAddressNeedsTheServerAsWell) {
  Check({
      {"without a log", [](Scene* s) { s->witness().verp = Proof::kWeak; },
       "unproven weak joe@other.test"},
      {"from anybody",
       [](Scene* s) {
         ShareWith(s, "", "192.0.2.8");
         s->witness().verp = Proof::kWeak;
       },
       "unproven weak joe@other.test"},
      {"from that server",
       [](Scene* s) {
         ShareWith(s, "", "192.0.2.7");
         s->witness().verp = Proof::kWeak;
       },
       "counts weak joe@other.test"},
  });
}

TEST(ProverTest, AnAliasIsNoneOfItsMembers) {
  const auto alias = [](Scene* s, std::vector<std::string> members) {
    std::vector<LogAttempt> attempts;
    for (const std::string& member : members) {
      attempts.push_back(AttemptAt(1, member));
      attempts.back().original = "team@local.test";
    }
    s->Log(Sent("Q1", std::move(attempts)));
    s->facts().queue_id = "Q1";
    s->facts().client_address = "192.0.2.1";
    s->witness() = Hard("team@local.test");
    AskAbout(s, "", "team@local.test");
  };
  Check({
      {"which is named, with it",
       [&](Scene* s) {
         alias(s, {kJoe, kEve});
         AskAbout(s, "team@local.test", kJoe);
       },
       "counts weak joe@other.test"},
      {"which are two, and none is named",
       [&](Scene* s) {
         alias(s, {kJoe, kEve});
       },
       "not-ours none team@local.test"},
      {"which is the only one", [&](Scene* s) { alias(s, {kJoe}); },
       "counts strong joe@other.test"},
  });
}

TEST(ProverTest, WhatNeedsNoProofCounts) {
  Check({
      {"an automatic reply",
       [](Scene* s) { s->report.kind = MailKind::kAutoReply; },
       "counts none joe@other.test"},
      {"where the site asks for none",
       [](Scene* s) { s->policy.is_proof_required = false; },
       "counts none joe@other.test"},
      {"though not for what is not ours",
       [](Scene* s) {
         s->policy.is_proof_required = false;
         s->witness() = Hard("joe@local.test");
       },
       "not-ours none joe@local.test"},
  });
}

}  // namespace
}  // namespace postbounce
