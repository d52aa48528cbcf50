#ifndef POSTBOUNCE_DAEMON_CLI_REASON_WORDS_H_
#define POSTBOUNCE_DAEMON_CLI_REASON_WORDS_H_

#include <CLI/App.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "classifier/reason.h"
#include "classifier/taxonomy.h"

namespace postbounce {

// "hard: the address is dead"
std::string_view MeaningOf(ReasonClass reason_class);
// "the recipient's"; empty where nobody is at fault
std::string_view MeaningOf(Fault fault);

// Adds --taxonomy to a verb; `name` is empty or one of kTaxonomyNames then.
void AddTaxonomyOption(CLI::App& verb, std::string& name);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_REASON_WORDS_H_
