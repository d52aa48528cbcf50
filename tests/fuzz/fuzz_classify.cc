// Classifies arbitrary evidence with the shipped rules. The input is: a byte
// for the action, then status, remote MTA and diagnostic, each up to a NUL.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "classifier/classifier.h"

namespace {

std::string TakeField(std::string_view* rest) {
  const std::size_t end = rest->find('\0');
  std::string field(rest->substr(0, end));
  rest->remove_prefix(end == rest->npos ? rest->size() : end + 1);
  return field;
}

void Require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace postbounce;
  static const RuleSet rules = RuleSet::Compile(RuleSet::Shipped()).value();
  if (size == 0) return 0;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  Evidence evidence;
  evidence.action = static_cast<Action>(rest[0] & 7) <= Action::kExpanded
                        ? static_cast<Action>(rest[0] & 7)
                        : Action::kFailed;
  evidence.address_needs_smtputf8 = (rest[0] & 8) != 0;
  rest.remove_prefix(1);
  evidence.status = TakeField(&rest);
  evidence.remote_mta = TakeField(&rest);
  evidence.diagnostic = rest;
  const Verdict verdict = Classify(evidence, rules);
  Require(!verdict.rule.empty());
  Require(verdict.words.size() <= 200);
  if (verdict.reason_class == ReasonClass::kHard) {
    Require(verdict.permanent);
    Require(InfoOf(verdict.reason).reason_class == ReasonClass::kHard);
    Require(evidence.action == Action::kFailed ||
            evidence.action == Action::kOther);
  }
  return 0;
}
