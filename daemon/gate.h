#ifndef POSTBOUNCE_DAEMON_GATE_H_
#define POSTBOUNCE_DAEMON_GATE_H_

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/answers.h"
#include "daemon/index.h"
#include "daemon/key_maker.h"
#include "daemon/log.h"
#include "daemon/protocol/question.h"
#include "daemon/runtime.h"
#include "daemon/site.h"
#include "mime/text/result.h"
#include "mime/text/timestamp.h"

namespace postbounce {

// Tells Postfix what to do with mail to an address. For the desk's thread.
class Gate {
 public:
  // All that is referred to must outlive the gate; runtime and site may be
  // replaced.
  struct Parts {
    const Index& index;
    KeyMaker& keys;
    const std::shared_ptr<const Runtime>& runtime;
    const std::shared_ptr<const Site>& site;
    // Reader::Decisions
    std::function<Result<std::vector<Decision>>(const Key128&)> decisions;
    std::function<void(LogLevel, const std::string&)> log;
  };
  explicit Gate(Parts parts) : parts_(std::move(parts)) {}

  // A result of access(5), or of transport(5) where that was the question.
  // Empty: mail goes on. So it does with the null sender, to domains of this
  // site, and where the recipient is neither an address nor a domain. An error
  // only with lookup.fail = "closed", when the store was needed and could not
  // be read.
  Result<std::string> Answer(const Question& question, Timestamp now);
  // The same of many, which takes less time.
  void AnswerAll(std::span<Questioned> questions, Timestamp now);

 private:
  struct Looked {
    // Where nothing is asked: of nobody.
    SubjectKeys keys;
    std::string scope;
    Finding finding;
  };

  std::optional<SubjectKeys> KeysOf(const Question& question);
  std::string ScopeOf(const Question& question) const;
  Result<std::string> Refusal(const Question& question, const Finding& finding,
                              const std::string& scope, Timestamp now);
  void WarnOfScope(std::string_view scope, Timestamp now);
  bool IsOurs(const Question& question) const;
  Result<Timestamp> SinceOf(const Finding& finding, const std::string& scope);
  Result<std::string> AnswerWithout(const Error& error, Timestamp now);

  const Parts parts_;
  std::vector<Looked> looked_;  // room that is used again
  std::optional<Timestamp> complained_;
  std::optional<Timestamp> warned_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_GATE_H_
