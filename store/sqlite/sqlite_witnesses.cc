// What SqliteTables knows of witnesses and of the mails that they came in.
#include <utility>

#include "mime/text/address.h"
#include "store/codec.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/sqlite_tables.h"
#include "store/sqlite/statement.h"

namespace postbounce {
namespace {

std::int64_t IdOf(MailId mail, std::int64_t ordinal) {
  return static_cast<std::int64_t>(mail) * kWitnessesPerMail + ordinal;
}

Result<BoundWitness> WitnessOfRow(Run* row) {
  auto witness = DecodeWitness(row->Bytes(3));
  if (!witness) return witness.error();
  BoundWitness bound{*std::move(witness), std::nullopt, std::nullopt};
  bound.witness.ordinal =
      static_cast<std::uint32_t>(row->Int(0) % kWitnessesPerMail);
  if (!row->IsNull(1)) bound.address = AddressId{row->Int(1)};
  if (!row->IsNull(2)) bound.event = EventId{row->Int(2)};
  const auto mailed = Address::Parse(row->Bytes(4));
  if (mailed) bound.witness.mailed = *mailed;
  if (!bound.witness.reported) bound.witness.reported = bound.witness.mailed;
  bound.witness.binding = BindingOfRow(row, 5);
  return bound;
}

}  // namespace

Result<void> SqliteTables::InsertWitness(MailId mail,
                                         const BoundWitness& bound) {
  const Witness& witness = bound.witness;
  const Binding& binding = witness.binding;
  if (witness.ordinal >= kWitnessesPerMail) {
    return Error(ErrorCode::kLimit, "a mail has too many witnesses");
  }
  return Guard([&]() -> Result<void> {
    const std::string account = EncodeWitness(witness);
    Run(&insert_witness_, bound.address, bound.event, binding.time,
        binding.standing, binding.proof, binding.after_acceptance,
        binding.scope, binding.relay, binding.message,
        IdOf(mail, witness.ordinal), account)
        .Execute();
    return {};
  });
}

Result<void> SqliteTables::UpdateWitness(MailId mail,
                                         const BoundWitness& bound) {
  const Binding& binding = bound.witness.binding;
  return Guard([&]() -> Result<void> {
    // It says whom the report is about by itself, where that is another.
    const std::string account = EncodeWitness(bound.witness);
    Run(&update_witness_, bound.address, bound.event, binding.time,
        binding.standing, binding.proof, binding.after_acceptance,
        binding.scope, binding.relay, binding.message, account,
        IdOf(mail, bound.witness.ordinal))
        .Execute();
    return {};
  });
}

Result<std::vector<Witness>> SqliteTables::WitnessesOf(EventId event) {
  return Guard([&]() -> Result<std::vector<Witness>> {
    std::vector<Witness> witnesses;
    Run row(&witnesses_of_event_, event);
    while (row.Next()) {
      auto bound = WitnessOfRow(&row);
      if (!bound) return bound.error();
      witnesses.push_back(std::move(bound->witness));
    }
    return witnesses;
  });
}

Result<KnownMail> SqliteTables::LoadMail(MailId id) {
  return Guard([&]() -> Result<KnownMail> {
    KnownMail known;
    Run mail(&load_mail_, id);
    if (!mail.Next())
      return Error(ErrorCode::kNotFound, "there is no such mail");
    known.mail.received = mail.Time(0);
    known.mail.date = mail.Time(1);
    known.mail.kind = static_cast<MailKind>(mail.Int(2));
    auto facts = DecodeFacts(mail.Bytes(3));
    if (!facts) return facts.error();
    known.mail.facts = *std::move(facts);
    Run row(&witnesses_of_mail_, IdOf(id, 0), IdOf(id, kWitnessesPerMail));
    while (row.Next()) {
      auto bound = WitnessOfRow(&row);
      if (!bound) return bound.error();
      known.witnesses.push_back(*std::move(bound));
    }
    return known;
  });
}

Result<void> SqliteTables::UpdateFacts(MailId mail, const Facts& facts) {
  return Guard([&]() -> Result<void> {
    Run(&update_facts_, EncodeFacts(facts), mail).Execute();
    return {};
  });
}

Result<void> SqliteTables::SetAwaited(MailId mail,
                                      std::span<const std::uint64_t> ids) {
  return Guard([&]() -> Result<void> {
    Run(&forget_awaited_, mail).Execute();
    for (const std::uint64_t id : ids) Run(&await_, mail, id).Execute();
    return {};
  });
}

Result<void> SqliteTables::EachAwaited(
    Timestamp since, const std::function<void(MailId, std::uint64_t)>& each) {
  return Guard([&]() -> Result<void> {
    Run row(&each_awaited_, since);
    while (row.Next()) {
      each(MailId{row.Int(0)}, static_cast<std::uint64_t>(row.Int(1)));
    }
    return {};
  });
}

Result<void> SqliteTables::SetDue(MailId mail) {
  return Guard([&]() -> Result<void> {
    Run(&set_due_, mail).Execute();
    return {};
  });
}

Result<std::optional<MailId>> SqliteTables::TakeDue() {
  return Guard([&]() -> Result<std::optional<MailId>> {
    std::optional<MailId> mail;
    {
      Run row(&next_due_);
      if (row.Next() && !row.IsNull(0)) mail = MailId{row.Int(0)};
    }
    if (mail) Run(&drop_due_, *mail).Execute();
    return mail;
  });
}

Result<void> SqliteTables::DeleteEvent(EventId event) {
  return Guard([&]() -> Result<void> {
    Run(&delete_links_, event).Execute();
    Run(&delete_merged_, event).Execute();
    Run(&drop_undos_, event).Execute();
    Run(&delete_event_, event).Execute();
    return {};
  });
}

}  // namespace postbounce
