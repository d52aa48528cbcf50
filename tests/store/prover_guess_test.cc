// What a report may claim that knows little of a mail, or of another.
#include <gtest/gtest.h>

#include "store/prover.h"
#include "tests/store/prover_scene.h"

namespace postbounce {
namespace {

// Of a message that he alone had; the report names nobody who had one.
void Guess(Scene* scene) {
  scene->witness() = Hard("nobody@evil.test");
  scene->facts().original_message_id.clear();
  scene->Log(Sent("Q1", {Taken(kJoe, "N1")}));
}

TEST(ProverTest, OneThingThatIsKnownMayBeGuessed) {
  Check({
      {"our id",
       [](Scene* s) {
         Guess(s);
         s->facts().queue_id = "Q1";
       },
       "unproven weak joe@other.test"},
      {"the next server's id",
       [](Scene* s) {
         Guess(s);
         s->facts().queue_id = "N1";
       },
       "unproven weak joe@other.test"},
      {"the Message-ID",
       [](Scene* s) {
         Guess(s);
         s->facts().original_message_id = kMessageId;
       },
       "unproven weak joe@other.test"},
      {"both ids",
       [](Scene* s) {
         Guess(s);
         s->facts().queue_id = "N1";
         s->facts().received_ids = {"Q1"};
       },
       "counts strong joe@other.test"},
      {"an id and whose it was",
       [](Scene* s) {
         Guess(s);
         s->witness().final_recipient = kJoe;
         s->facts().queue_id = "Q1";
       },
       "counts strong joe@other.test"},
      {"an id, and everybody's name",
       [](Scene* s) {
         Guess(s);
         s->report.witnesses.push_back(s->report.witnesses[0]);
         s->report.witnesses[0].final_recipient = kJoe;
         s->facts().original_message_id = kMessageId;
       },
       "unproven weak joe@other.test"},
      {"both ids, but the next server has given it another Message-ID",
       [](Scene* s) {
         Guess(s);
         s->facts().queue_id = "N1";
         s->facts().received_ids = {"Q1"};
         s->facts().original_message_id = "other@local.test";
       },
       "counts strong joe@other.test"},
      {"an id of somebody else's mail, as the Message-ID says",
       [](Scene* s) {
         Guess(s);
         s->facts().queue_id = "N1";
         s->facts().original_message_id = "other@local.test";
       },
       "unproven none nobody@evil.test"},
      {"an id and whose it was, but of which mail is wrong",
       [](Scene* s) {
         Guess(s);
         s->witness().final_recipient = kJoe;
         s->facts().queue_id = "Q1";
         s->facts().original_message_id = "other@local.test";
       },
       "unproven weak joe@other.test"},
  });
}

TEST(ProverTest, OneOfSeveralSaysNothingOfTheAddressThatTheyStandFor) {
  const auto team = [](Scene* s, std::vector<std::string> members) {
    s->facts().queue_id = "Q1";
    s->Log(Sent("Q1", {AttemptAt(1, kJoe)}));
    s->report.witnesses.clear();
    for (const std::string& member : members) {
      s->report.witnesses.push_back(Hard(kJoe));
      s->report.witnesses.back().original_recipient = kJoe;
      s->report.witnesses.back().final_recipient = member;
    }
  };
  Check({
      {"its only member", [&](Scene* s) { team(s, {kEve}); },
       "counts strong joe@other.test"},
      {"one of two",
       [&](Scene* s) {
         team(s, {kEve, kAnn});
       },
       "not-ours strong joe@other.test"},
      {"himself, beside another",
       [&](Scene* s) {
         team(s, {kJoe, kAnn});
       },
       "counts strong joe@other.test"},
      {"the same one twice",
       [&](Scene* s) {
         team(s, {kEve, kEve});
       },
       "counts strong joe@other.test"},
      {"one of two who complain",
       [&](Scene* s) {
         team(s, {kEve, kAnn});
         s->report.kind = MailKind::kComplaint;
       },
       "counts strong joe@other.test"},
      {"one of two, for whom it is signed",
       [&](Scene* s) {
         team(s, {kEve, kAnn});
         s->candidates = {};
         for (Witness& one : s->report.witnesses) one.verp = Proof::kStrong;
       },
       "not-ours strong joe@other.test"},
      {"strangers beside an id",
       [&](Scene* s) {
         team(s, {kEve, kAnn});
         for (Witness& one : s->report.witnesses) {
           one.original_recipient.clear();
         }
         s->witness().mailed = AddressOf(kEve);
       },
       "unproven none eve@remote.test"},
  });
}

TEST(ProverTest, MailThatAStrangerBroughtIsNotOurs) {
  Check({
      {"and was sent on by a program",
       [](Scene* s) {
         s->Log(Sent("Q1", {AttemptAt(1, kJoe)}));
         s->candidates.forwarded = {RefOf(s->candidates.messages[0])};
       },
       "not-ours strong joe@other.test"},
      {"though one of ours has its Message-ID",
       [](Scene* s) {
         LogMessage theirs = Sent("Q2", {AttemptAt(1, "a@local.test")});
         theirs.client_address = "192.0.2.9";
         s->Log(theirs);
         s->Log(Sent("Q1", {AttemptAt(1, kJoe)}));
       },
       "counts strong joe@other.test"},
  });
}

TEST(ProverTest, WhatComesBackToTheQueueIsNoCopy) {
  Check({
      {"from a program",
       [](Scene* s) {
         LogMessage before = Sent("Q1", {AttemptAt(1, kJoe)});
         before.attempts[0].program = "pipe";
         before.attempts[0].relay = "filter";
         s->Log(before);
         s->Log(Sent("Q2", {AttemptAt(2, kJoe)}));
       },
       "counts strong joe@other.test"},
      {"by postsuper -r",
       [](Scene* s) {
         LogMessage after = Sent("Q2", {AttemptAt(2, kJoe)});
         after.previous_id = "Q1";
         s->Log(Sent("Q1", {AttemptAt(1, kJoe, Action::kDelayed)}));
         s->Log(after);
       },
       "counts strong joe@other.test"},
  });
}

}  // namespace
}  // namespace postbounce
