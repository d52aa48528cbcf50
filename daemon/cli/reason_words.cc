#include "daemon/cli/reason_words.h"

#include <CLI/Validators.hpp>
#include <vector>

namespace postbounce {

std::string_view MeaningOf(ReasonClass reason_class) {
  switch (reason_class) {
    case ReasonClass::kHard:
      return "hard: the address is dead";
    case ReasonClass::kSoft:
      return "soft: the address may work another time";
    case ReasonClass::kBlock:
      return "block: it says nothing about the address";
    case ReasonClass::kNone:
      return "none: it is no failure";
  }
  return {};
}

std::string_view MeaningOf(Fault fault) {
  switch (fault) {
    case Fault::kRecipient:
      return "the recipient's";
    case Fault::kDomain:
      return "the recipient's domain's";
    case Fault::kSender:
      return "ours, the sender's";
    case Fault::kMessage:
      return "the message's";
    case Fault::kNetwork:
      return "the network's";
    case Fault::kUnknown:
      return "nobody can tell";
    case Fault::kNobody:
      return {};
  }
  return {};
}

void AddTaxonomyOption(CLI::App& verb, std::string& name) {
  verb.add_option("--taxonomy", name, "also say what this program calls it")
      ->check(CLI::IsMember(std::vector<std::string>(kTaxonomyNames.begin(),
                                                     kTaxonomyNames.end())));
}

}  // namespace postbounce
