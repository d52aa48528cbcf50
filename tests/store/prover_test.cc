#include "store/prover.h"

#include <gtest/gtest.h>

#include "tests/store/prover_scene.h"

namespace postbounce {
namespace {

// Of our own Postfix, about this message.
void MakeLocal(Scene* scene, std::string_view queue_id) {
  scene->facts().is_local_origin = true;
  scene->facts().queue_id = queue_id;
}

TEST(ProverTest, OurOwnPostfixProvesWhatItReports) {
  Check({
      {"without a log", [](Scene* s) { MakeLocal(s, "Q1"); },
       "counts strong joe@other.test"},
      {"of its own people",
       [](Scene* s) {
         MakeLocal(s, "Q1");
         s->witness() = Hard("joe@local.test");
       },
       "not-ours strong joe@local.test"},
      {"of a mailbox that it has itself, it may be",
       [](Scene* s) {
         MakeLocal(s, "Q1");
         s->witness().evidence.remote_mta.clear();
       },
       "unproven strong joe@other.test"},
      {"of a mailbox of its next hop",
       [](Scene* s) {
         MakeLocal(s, "Q1");
         s->witness().evidence.remote_mta = "gate.local.test";
       },
       "unproven strong joe@other.test"},
      {"of a domain that it did not find",
       [](Scene* s) {
         MakeLocal(s, "Q1");
         s->witness() = WitnessOf(kJoe, Action::kFailed, Reason::kNoSuchDomain);
         s->witness().evidence.remote_mta.clear();
       },
       "counts strong joe@other.test"},
      {"of a stranger's mail",
       [](Scene* s) {
         MakeLocal(s, "Q1");
         LogMessage message = Sent("Q1", {AttemptAt(1, kJoe)});
         message.client_address = "192.0.2.9";
         s->Log(message);
       },
       "not-ours strong joe@other.test"},
      {"one member of an alias",
       [](Scene* s) {
         MakeLocal(s, "Q1");
         AskAbout(s, "team@local.test", kJoe);
         LogAttempt dead = AttemptAt(1, kJoe, Action::kFailed);
         LogAttempt alive = AttemptAt(2, kEve);
         dead.original = alive.original = "team@local.test";
         s->Log(Sent("Q1", {dead, alive}));
       },
       "counts strong joe@other.test"},
      {"before the log knows more than a copy for somebody else",
       [](Scene* s) {
         MakeLocal(s, "Q1");
         s->facts().arrival_date = Hour(0);
         s->Log(Sent("Q2", {AttemptAt(1, kEve)}));
       },
       "counts strong joe@other.test"},
      {"of a mail that imitates one of ours, and whose log is not read yet",
       [](Scene* s) {
         s->witness() = Hard("dead@local.test");
         MakeLocal(s, "Q9");
         AskAbout(s, kJoe, "dead@local.test");
         s->facts().received_ids = {"Q1"};
         s->Log(Sent("Q1", {AttemptAt(1, kJoe), AttemptAt(1, kAnn)}));
       },
       "not-ours strong dead@local.test"},
  });
}

// The report came to an address that was signed for `address`.
void Sign(Scene* scene, std::string_view address, int hour = 0) {
  scene->witness().mailed = AddressOf(address);
  scene->witness().verp = Proof::kStrong;
  scene->witness().verp_day = Hour(hour);
}

TEST(ProverTest, ASignatureProvesOneAddressOnly) {
  Check({
      {"without a log", [](Scene* s) { Sign(s, kJoe); },
       "counts strong joe@other.test"},
      {"of long ago", [](Scene* s) { Sign(s, kJoe, -15 * 24); },
       "too-old strong joe@other.test"},
      {"the forger's own, about another of the same message",
       [](Scene* s) {
         AskAbout(s, kAnn, kJoe);
         Sign(s, kAnn);
         s->Log(Sent("Q1", {AttemptAt(1, kAnn), AttemptAt(2, kJoe)}));
       },
       "counts strong ann@remote.test"},
      {"the forger's own, about another's copy",
       [](Scene* s) {
         AskAbout(s, kAnn, kJoe);
         Sign(s, kAnn);
         s->facts().arrival_date = Hour(0);
         s->Log(Sent("Q1", {AttemptAt(1, kJoe)}));
         s->Log(Sent("Q2", {AttemptAt(1, kAnn)}));
       },
       "counts strong ann@remote.test"},
      {"where the log only has copies of others",
       [](Scene* s) {
         Sign(s, kJoe);
         s->facts().arrival_date = Hour(0);
         s->Log(Sent("Q1", {AttemptAt(1, kEve)}));
         s->Log(Sent("Q2", {AttemptAt(1, kAnn)}));
       },
       "counts strong joe@other.test"},
  });
}

}  // namespace
}  // namespace postbounce
