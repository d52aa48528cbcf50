#ifndef POSTBOUNCE_TESTS_CLASSIFIER_VERDICT_CASE_H_
#define POSTBOUNCE_TESTS_CLASSIFIER_VERDICT_CASE_H_

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "classifier/classifier.h"

namespace postbounce {

// A failed delivery, and the reason and class that the shipped rules give it.
struct VerdictCase {
  std::string_view status;
  std::string_view diagnostic;
  std::string_view reason;
  std::string_view reason_class;
};

inline void ExpectVerdict(const VerdictCase& c) {
  static const RuleSet rules = RuleSet::Compile(RuleSet::Shipped()).value();
  SCOPED_TRACE(std::string(c.status) + " | " + std::string(c.diagnostic));
  Evidence evidence;
  evidence.action = Action::kFailed;
  evidence.status = c.status;
  evidence.diagnostic = c.diagnostic;
  const Verdict verdict = Classify(evidence, rules);
  EXPECT_EQ(ReasonName(verdict.reason), c.reason) << verdict.rule;
  EXPECT_EQ(ClassName(verdict.reason_class), c.reason_class) << verdict.rule;
}

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_CLASSIFIER_VERDICT_CASE_H_
