#include "daemon/gate.h"

#include <fmt/format.h>

#include <chrono>

#include "daemon/reference.h"
#include "mime/text/text.h"
#include "store/keys.h"

namespace postbounce {
namespace {

constexpr std::chrono::minutes kComplainEvery{1};
constexpr std::size_t kShown = 400;

bool IsDomain(std::string_view recipient) {
  return recipient.find('@') == recipient.npos;
}

std::string WithQuotes(std::string_view recipient, std::size_t at) {
  std::string quoted = "\"";
  for (const char c : recipient.substr(0, at)) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted.append("\"").append(recipient.substr(at));
}

// What stands for a domain is read as that of an address. A policy client
// writes a local part as it is: two words, and quotes only where they are of
// its name. Tables are asked for both, first as in a mail.
Result<Address> AddressOf(const Question& question) {
  const std::string_view recipient = question.recipient;
  if (IsDomain(recipient)) {
    return Address::Parse(std::string("any@").append(recipient));
  }
  const std::size_t at = recipient.rfind('@');
  // A blank or an "@" in front can only be of a local part.
  const bool is_bare = question.sender || recipient.find_first_of(" \t@") == 0;
  if (is_bare && at > 0) return Address::Parse(WithQuotes(recipient, at));
  auto address = Address::Parse(recipient);
  if (address || at == 0) return address;
  return Address::Parse(WithQuotes(recipient, at));
}

}  // namespace

// Nothing where mail goes on whatever the list says.
std::optional<SubjectKeys> Gate::KeysOf(const Question& question) {
  if (question.recipient.empty()) return std::nullopt;
  if (question.sender && question.sender->empty()) return std::nullopt;
  PlainMailbox::Space space;
  const auto plain =
      PlainMailbox::Read(question.recipient, Normaliser(), &space);
  if (plain) return parts_.keys.Of(*plain);
  // A table may ask for a domain; a recipient of that form is a local user.
  const bool is_domain = IsDomain(question.recipient);
  if (is_domain && question.sender) return std::nullopt;
  const auto address = AddressOf(question);
  if (!address) return std::nullopt;
  if (is_domain) return parts_.keys.OfDomain(address->ascii_domain());
  return parts_.keys.Of(*address);
}

bool Gate::IsOurs(const Question& question) const {
  const Origin& origin = parts_.site->policy.origin;
  PlainMailbox::Space space;
  const auto plain =
      PlainMailbox::Read(question.recipient, Normaliser(), &space);
  if (plain) return origin.IsLocal(plain->domain);
  const auto address = AddressOf(question);
  return address && origin.IsLocal(address->ascii_domain());
}

Result<Timestamp> Gate::SinceOf(const Finding& finding,
                                const std::string& scope) {
  const auto decisions = parts_.decisions(finding.key);
  if (!decisions) return decisions.error();
  for (const Decision& decision : *decisions) {
    const bool is_it =
        decision.scope.empty() ? !finding.in_scope : decision.scope == scope;
    if (is_it) return decision.since;
  }
  return Error(ErrorCode::kNotFound, "the store does not know of it");
}

Result<std::string> Gate::AnswerWithout(const Error& error, Timestamp now) {
  const bool is_open = parts_.runtime->config.lookup_fail == "open";
  if (!complained_ || now - *complained_ >= kComplainEvery) {
    complained_ = now;
    parts_.log(LogLevel::kWarning,
               fmt::format("the store cannot be read, so mail to suppressed "
                           "addresses {} (lookup.fail): {}",
                           is_open ? "goes on" : "waits", error.ToString()));
  }
  if (is_open) return std::string();
  // What is wrong inside is not for those who send mail.
  return Error(ErrorCode::kUnavailable, "the list cannot be read now");
}

// Nobody would see that such a table finds less than it should.
void Gate::WarnOfScope(std::string_view scope, Timestamp now) {
  if (scope.empty() || (warned_ && now - *warned_ < kComplainEvery)) return;
  if (parts_.site->policy.scopes.MayBe(scope)) return;
  warned_ = now;
  parts_.log(LogLevel::kWarning,
             fmt::format("Postfix asks for mail of the scope \"{}\", of which "
                         "no mail is: see the names of its maps",
                         Printable(scope, kShown)));
}

Result<std::string> Gate::Answer(const Question& question, Timestamp now) {
  Questioned one{question};
  AnswerAll({&one, 1}, now);
  return std::move(one.answer);
}

void Gate::AnswerAll(std::span<Questioned> questions, Timestamp now) {
  looked_.clear();
  for (const Questioned& one : questions) {
    WarnOfScope(one.question.scope, now);
    if (const auto keys = KeysOf(one.question)) {
      looked_.push_back({*keys, ScopeOf(one.question), {}});
    } else {
      looked_.emplace_back();
    }
  }
  {
    const Index::View view = parts_.index.Look();
    for (const Looked& one : looked_) view.FetchBuckets(one.keys);
    for (const Looked& one : looked_) view.FetchSlots(one.keys);
    for (Looked& one : looked_) {
      one.finding = view.Find(one.keys, one.scope, now);
    }
  }
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const Looked& looked = looked_[i];
    if (!looked.finding.is_suppressed()) continue;
    if (IsOurs(questions[i].question)) continue;
    questions[i].answer =
        Refusal(questions[i].question, looked.finding, looked.scope, now);
  }
}

std::string Gate::ScopeOf(const Question& question) const {
  if (!question.sender) return std::string(question.scope);
  return parts_.site->policy.scopes.NameOf(*question.sender,
                                           question.sasl_user);
}

Result<std::string> Gate::Refusal(const Question& question,
                                  const Finding& finding,
                                  const std::string& scope, Timestamp now) {
  const auto& form = parts_.runtime->answers.Of(finding.reason, scope);
  AnswerFacts facts;
  facts.reason = finding.reason;
  facts.ref = HashOf(finding.key);
  if (form.uses_since()) {
    const auto since = SinceOf(finding, scope);
    if (!since) return AnswerWithout(since.error(), now);
    facts.since = *since;
  }
  if (IsVerbose() || parts_.runtime->config.daemon_log_level == "debug") {
    parts_.log(
        LogLevel::kDebug,
        fmt::format("lookup: {} is suppressed, {}, reference {}",
                    Printable(question.recipient, kShown),
                    ReasonName(facts.reason), FormatReference(facts.ref)));
  }
  return question.is_transport ? form.ForTransport(facts)
                               : form.ForAccess(facts);
}

}  // namespace postbounce
