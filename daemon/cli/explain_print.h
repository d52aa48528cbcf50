#ifndef POSTBOUNCE_DAEMON_CLI_EXPLAIN_PRINT_H_
#define POSTBOUNCE_DAEMON_CLI_EXPLAIN_PRINT_H_

#include <string>

#include "daemon/cli/explain_input.h"
#include "daemon/judgement.h"

namespace postbounce {

// Print to standard output what was made of an input: one line of JSON, see
// postbounce-query(5), or some lines for people. `taxonomy` is empty or one of
// kTaxonomyNames, whose name for each reason is printed too.
void PrintJudgementJson(const Input& input, const Judgement& judgement,
                        const std::string& taxonomy);
void PrintJudgement(const Input& input, const Judgement& judgement,
                    const std::string& taxonomy);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_EXPLAIN_PRINT_H_
