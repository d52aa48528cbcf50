#ifndef POSTBOUNCE_TESTS_STORE_PROVER_SCENE_H_
#define POSTBOUNCE_TESTS_STORE_PROVER_SCENE_H_

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "store/prover.h"
#include "tests/store/log_samples.h"

namespace postbounce {

inline constexpr const char* kAnn = "ann@remote.test";  // the one who forges
inline constexpr const char* kJoe = "joe@other.test";
inline constexpr const char* kEve = "eve@remote.test";
inline constexpr const char* kMessageId = "news-7@local.test";

inline LogAttempt Taken(std::string_view recipient, std::string_view next_id) {
  LogAttempt attempt = AttemptAt(1, recipient);
  attempt.text = "250 2.0.0 Ok: queued as " + std::string(next_id);
  return attempt;
}

inline LogMessage Sent(std::string_view queue_id,
                       std::vector<LogAttempt> attempts) {
  LogMessage message = MessageOf(queue_id, std::move(attempts));
  message.log = "mail";
  message.message_id = kMessageId;
  return message;
}

// A report of a failure, with what a case changes, and all that it meets.
struct Scene {
  Mail report = ReportOf("forged", {Hard(kJoe)});
  Candidates candidates;
  SitePolicy policy;

  Scene() {
    policy.origin =
        Origin({{"local.test"}, {Network::Parse("127.0.0.0/8").value()}, {}});
    policy.internal_relays = InternalRelays(
        {"gate.local.test"}, {Network::Parse("10.0.0.0/8").value()});
    report.facts.original_message_id = kMessageId;
    report.witnesses[0].final_recipient = kJoe;
  }

  Witness& witness() { return report.witnesses[0]; }
  Facts& facts() { return report.facts; }

  void Log(LogMessage message) {
    candidates.messages.push_back(std::move(message));
  }

  Proven Result() {
    const AddressKeys keys("secret", Normaliser());
    LogHasher hasher(&keys);
    return Prover(report, report.witnesses, candidates, policy, &hasher,
                  Hour(1))
        .Prove(witness());
  }

  // "counts strong joe@other.test"
  std::string Prove() {
    const Proven proven = Result();
    const auto& mailed = proven.mailed ? proven.mailed : witness().mailed;
    return std::string(StandingName(proven.binding.standing)) + " " +
           std::string(ProofName(proven.binding.proof)) + " " +
           (mailed ? mailed->ToString() : "nobody");
  }
};

struct ProofCase {
  const char* name;
  std::function<void(Scene*)> change;
  std::string want;
};

inline void Check(const std::vector<ProofCase>& cases) {
  for (const ProofCase& one : cases) {
    SCOPED_TRACE(one.name);
    Scene scene;
    one.change(&scene);
    EXPECT_EQ(scene.Prove(), one.want);
  }
}

// What the fields of the report say.
inline void AskAbout(Scene* scene, std::string_view original,
                     std::string_view final_recipient) {
  scene->witness().original_recipient = original;
  scene->witness().final_recipient = final_recipient;
}

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_STORE_PROVER_SCENE_H_
