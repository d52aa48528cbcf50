#ifndef POSTBOUNCE_CLASSIFIER_RULE_SET_H_
#define POSTBOUNCE_CLASSIFIER_RULE_SET_H_

#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "classifier/evidence.h"
#include "classifier/reason.h"
#include "mime/text/result.h"

namespace postbounce {

struct RuleSource;

// A rule file, TOML (see postbounce-rules(5)):
//   [[rule]]
//   name = "gmail-inactive"
//   match = 'the email account that you tried to reach is (disabled|inactive)'
//   remote = 'google\.com$'        # optional: who must have said it
//   reason = "mailbox-disabled"
//   remote_example = "mx.google.com"  # with `remote`; the examples use it
//   permanence = "temporary"       # optional: lowers a 5 to a 4, never raises
//   weak = true                    # optional: only where no code explains
//   second_day = true              # optional: wants to be said on two days
//   fault = "sender"               # optional, for relay-denied alone
//   examples = ["550 5.2.1 The email account ... inactive"]
struct RuleFile {
  std::string name;  // for messages: the file's path
  std::string text;
  bool is_shipped = false;  // with Postbounce; else it is a site's own
};

struct RuleMatch {
  std::string_view name;  // lives as long as the RuleSet
  Reason reason = Reason::kUnknown;
  std::optional<Fault> fault;  // where the rule states another than usual
  bool temporary = false;   // the rule says so, or one that lowers all fits too
  bool second_day = false;  // it is to be said again on another day
  bool expired = false;     // a rule for `expired` fits
  bool weak = false;        // a code that explains the failure wins over it
  std::string words;        // what matched, as it stood; at most 200 bytes
};

// The last texts that rules were matched to, and what fitted. The recipients of
// one report mostly failed for the same words, and servers repeat themselves:
// whoever matches many keeps one of these. For one thread and one RuleSet,
// which it must not outlive.
class MatchMemo {
 public:
  // Of so many texts.
  explicit MatchMemo(std::size_t size = 1) : size_(size) {}

 private:
  friend class RuleSet;
  struct Found {
    std::size_t rule = 0;   // its place in the order of precedence
    std::size_t begin = 0;  // of what matched, in `text_`
    std::size_t size = 0;
    bool temporary = false;
    bool expired = false;
  };

  const std::size_t size_;
  boost::unordered_flat_map<std::string, std::optional<Found>> found_;
  std::string key_;  // kept for its memory
};

// Text rules (RE2 over UTF-8, linear in time): only those are tried whose words
// are in the text. They see at most limits::kRuleText bytes of a diagnostic,
// case ignored and white space folded, without the codes that repeat on each
// line of a reply, and "@" for each mail address; bytes that are not UTF-8 are
// read as ISO 8859-1. Immutable and thread-safe.
class RuleSet {
 public:
  // Later files win over earlier ones, and within a file the earlier rule:
  // give the shipped files first, the site's own after them. Weak rules come
  // behind all others. A rule of a name that an earlier file has replaces that
  // one. On an error the text names file and line.
  static Result<RuleSet> Compile(std::span<const RuleFile> files);
  // The same, of files that are read already; without a hash.
  static Result<RuleSet> Assemble(std::vector<std::vector<RuleSource>> files);
  // The rules that ship with Postbounce, compiled into the program:
  // generic.toml, localised.toml, postfix.toml and providers.toml, which wins.
  static std::span<const RuleFile> Shipped();

  RuleSet(RuleSet&&) noexcept;
  RuleSet& operator=(RuleSet&&) noexcept;
  ~RuleSet();

  // The first rule, in order of precedence, that fits; where that is a shipped
  // one that condemns the address, the first that plainly blames another, if
  // one fits.
  std::optional<RuleMatch> Match(const Evidence& evidence) const;
  // The same; quick if `memo` has an equal text of the same hosts.
  std::optional<RuleMatch> Match(const Evidence& evidence,
                                 MatchMemo* memo) const;

  // Runs every rule's examples: one sentence for each that does not give the
  // rule's own name.
  std::vector<std::string> FailingExamples() const;

  // SHA-256 of the files' texts, in hexadecimal: stored with each verdict.
  const std::string& hash() const;
  std::size_t size() const;

 private:
  struct Impl;
  std::optional<MatchMemo::Found> Find(std::string_view folded,
                                       const Evidence& evidence) const;
  explicit RuleSet(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_CLASSIFIER_RULE_SET_H_
