#ifndef POSTBOUNCE_DAEMON_CLI_EXPLAIN_PRINT_H_
#define POSTBOUNCE_DAEMON_CLI_EXPLAIN_PRINT_H_

#include "daemon/cli/explain_input.h"
#include "daemon/judgement.h"

namespace postbounce {

// Print to standard output what was made of an input: one line of JSON, see
// postbounce-query(5), or some lines for people.
void PrintJudgementJson(const Input& input, const Judgement& judgement);
void PrintJudgement(const Input& input, const Judgement& judgement);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_EXPLAIN_PRINT_H_
