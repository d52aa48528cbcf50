#ifndef POSTBOUNCE_STORE_SQLITE_SQLITE_TABLES_H_
#define POSTBOUNCE_STORE_SQLITE_SQLITE_TABLES_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "store/tables.h"

namespace postbounce {

// The tables of schema.cc through prepared statements. The constructor throws
// SQLite::Exception; the database must outlive this.
class SqliteTables : public Tables {
 public:
  explicit SqliteTables(SQLite::Database* database);

  Result<void> Begin() override;
  Result<void> Commit() override;
  void Rollback() override;
  Result<void> BeginItem() override;
  Result<void> KeepItem() override;
  Result<void> DropItem() override;

  Result<std::optional<MailId>> FindMail(const Digest& digest,
                                         Timestamp date) override;
  Result<MailId> InsertMail(const Mail& mail) override;
  Result<Interned> InternAddress(const Key128& key,
                                 const std::string& text) override;
  Result<Key128> KeyOf(AddressId address) override;
  Result<std::vector<Event>> FindEvents(AddressId address,
                                        std::span<const Link> links) override;
  Result<EventId> InsertEvent(AddressId address, const Event& event) override;
  Result<void> UpdateEvent(const Event& event) override;
  Result<void> SetDomain(EventId event, AddressId domain) override;
  Result<std::optional<AddressId>> DomainOf(EventId event) override;
  Result<void> MergeEvent(EventId from, EventId into) override;
  Result<std::vector<ActionId>> UndosOf(EventId event) override;
  Result<void> AddUndos(EventId event,
                        std::span<const ActionId> undos) override;
  Result<void> DeleteEvent(EventId event) override;
  Result<void> InsertLinks(AddressId address, EventId event,
                           std::span<const Link> links) override;
  Result<void> InsertWitness(MailId mail, const BoundWitness& bound) override;
  Result<void> UpdateWitness(MailId mail, const BoundWitness& bound) override;
  Result<std::vector<Witness>> WitnessesOf(EventId event) override;
  Result<KnownMail> LoadMail(MailId mail) override;
  Result<void> UpdateFacts(MailId mail, const Facts& facts) override;
  Result<void> SetAwaited(MailId mail,
                          std::span<const std::uint64_t> ids) override;
  Result<void> EachAwaited(
      Timestamp since,
      const std::function<void(MailId, std::uint64_t id)>& each) override;
  Result<void> SetDue(MailId mail) override;
  Result<std::optional<MailId>> TakeDue() override;
  Result<std::size_t> MarkSeen(MailId mail) override;
  Result<std::size_t> MarkForwarded(MailId mail) override;
  Result<std::size_t> Prune(Timestamp kept_before, std::size_t limit) override;

 private:
  std::int64_t InternRuleSet(const std::string& hash);
  Result<std::size_t> Mark(SQLite::Statement* update, MailId mail);

  SQLite::Database& database_;
  SQLite::Statement begin_, commit_, rollback_;
  SQLite::Statement begin_item_, keep_item_, drop_item_;
  SQLite::Statement find_mail_, insert_mail_, load_mail_, insert_kept_;
  SQLite::Statement has_mail_;
  SQLite::Statement find_rule_set_, insert_rule_set_;
  SQLite::Statement find_address_, insert_address_, key_of_;
  SQLite::Statement find_events_, insert_event_, update_event_;
  SQLite::Statement merge_event_, merge_undos_, merge_merged_;
  SQLite::Statement move_witnesses_;
  SQLite::Statement set_domain_, domain_of_, undos_, add_undo_, drop_undos_,
      set_voided_, insert_link_, delete_merged_, delete_links_, delete_event_;
  SQLite::Statement insert_witness_, update_witness_, update_facts_;
  SQLite::Statement witnesses_of_event_, witnesses_of_mail_;
  SQLite::Statement forget_awaited_, await_, each_awaited_;
  SQLite::Statement set_due_, next_due_, drop_due_;
  SQLite::Statement mark_seen_, mark_forwarded_;
  SQLite::Statement to_prune_, drop_kept_, mark_pruned_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_SQLITE_SQLITE_TABLES_H_
