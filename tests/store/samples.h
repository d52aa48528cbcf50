#ifndef POSTBOUNCE_TESTS_STORE_SAMPLES_H_
#define POSTBOUNCE_TESTS_STORE_SAMPLES_H_

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "classifier/reason.h"
#include "mime/text/address.h"
#include "mime/text/digest.h"
#include "store/compress.h"
#include "store/site_policy.h"
#include "store/witness.h"
#include "tests/temp_dir.h"

namespace postbounce {

// 21 November 2026, 00:00 UTC, and so many hours later.
inline Timestamp Hour(int hours) {
  return Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 11 / 21)) +
         std::chrono::hours(hours);
}

inline Address AddressOf(std::string_view text) {
  return Address::Parse(text).value();
}

// Suppresses for the first hard failure, whoever says so.
inline std::shared_ptr<const SitePolicy> PolicyWithoutProof() {
  auto policy = std::make_shared<SitePolicy>();
  policy->is_proof_required = false;
  for (const ReasonInfo& info : AllReasons()) {
    const bool is_hard = info.reason_class == ReasonClass::kHard;
    policy->list.reasons[static_cast<std::size_t>(info.reason)].failures =
        is_hard ? 1 : 0;
  }
  return policy;
}

// The same for a site of home.test, which also writes as news@local.test.
inline std::shared_ptr<SitePolicy> PolicyOfOurSite() {
  auto policy = std::make_shared<SitePolicy>(*PolicyWithoutProof());
  Origin::Names names;
  names.local_domains = {"home.test"};
  names.senders = {"news@local.test"};
  policy->origin = Origin(names);
  return policy;
}

// The same where a domain is dead when two of its people failed on so many
// days.
inline std::shared_ptr<SitePolicy> PolicyOfDeadDomains(std::uint32_t days) {
  auto policy = std::make_shared<SitePolicy>(*PolicyWithoutProof());
  policy->list.domain_recipients = 2;
  policy->list.domain_days = days;
  policy->list.domain_lasts = std::chrono::days(30);
  return policy;
}

// A witness that `recipient` had this outcome for this reason.
inline Witness WitnessOf(std::string_view recipient, Action action,
                         Reason reason) {
  const ReasonInfo& info = InfoOf(reason);
  Witness witness;
  witness.mailed = AddressOf(recipient);
  witness.final_recipient = "rfc822;" + std::string(recipient);
  witness.evidence.action = action;
  witness.evidence.status = "5.1.1";
  witness.evidence.diagnostic_type = "smtp";
  witness.evidence.diagnostic = "550 5.1.1 about " + std::string(recipient);
  witness.evidence.remote_mta = "mx.remote.test";
  witness.verdict.reason = reason;
  witness.verdict.reason_class = info.reason_class;
  witness.verdict.fault = info.fault;
  witness.verdict.permanent = action == Action::kFailed;
  witness.verdict.rule = "status 5.1.1";
  witness.verdict.status = EnhancedStatus::Parse("5.1.1").value();
  witness.verdict.reply = ReplyCode::Parse("550").value();
  return witness;
}

inline Witness Hard(std::string_view recipient) {
  return WitnessOf(recipient, Action::kFailed, Reason::kNoSuchUser);
}
inline Witness Soft(std::string_view recipient) {
  return WitnessOf(recipient, Action::kFailed, Reason::kMailboxFull);
}
inline Witness Delayed(std::string_view recipient) {
  return WitnessOf(recipient, Action::kDelayed, Reason::kDelayed);
}

// A delivery report of `hour` that nothing but `name` tells from others.
inline Mail ReportOf(std::string_view name, std::vector<Witness> witnesses,
                     int hour = 1) {
  Mail mail;
  mail.digest = Sha256(name);
  mail.date = Hour(hour);
  mail.received = Hour(hour);
  mail.kind = MailKind::kDeliveryReport;
  mail.from = "mailer-daemon@mx.remote.test";
  mail.subject = "Undelivered Mail Returned to Sender";
  mail.size = 3000;
  mail.rules_hash = "rules of today";
  mail.kept = Compress("kept of " + std::string(name));
  mail.facts.envelope_recipients = {"bounces@local.test"};
  mail.witnesses = std::move(witnesses);
  for (std::uint32_t i = 0; i < mail.witnesses.size(); ++i) {
    mail.witnesses[i].ordinal = i;
  }
  return mail;
}

// A mail from a person.
inline Mail LetterOf(std::string_view name, int hour = 1) {
  Mail mail = ReportOf(name, {}, hour);
  mail.kind = MailKind::kOther;
  mail.for_people = true;
  mail.from = "jane@remote.test";
  mail.subject = "About " + std::string(name);
  return mail;
}

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_STORE_SAMPLES_H_
