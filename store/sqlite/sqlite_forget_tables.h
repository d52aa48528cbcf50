#ifndef POSTBOUNCE_STORE_SQLITE_SQLITE_FORGET_TABLES_H_
#define POSTBOUNCE_STORE_SQLITE_SQLITE_FORGET_TABLES_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <array>
#include <utility>

#include "store/forget_tables.h"

namespace postbounce {

// ForgetTables in SQLite, with the schema of schema.h.
class SqliteForgetTables : public ForgetTables {
 public:
  // The database must outlive this.
  explicit SqliteForgetTables(SQLite::Database* database);

  Result<bool> IsHashed() override;
  Result<void> SetHashed() override;
  Result<void> EachForgotten(
      const std::function<void(const Key128&)>& each) override;
  Result<void> Begin(AddressId address, const std::string& text) override;
  Result<std::vector<Named>> Begun() override;
  Result<std::vector<Named>> NamedAfter(AddressId after,
                                        std::size_t limit) override;
  Result<void> End(AddressId address, const std::string& text) override;
  Result<std::optional<ForgetWalk>> Walk() override;
  Result<void> SetWalk(const std::optional<ForgetWalk>& walk) override;
  Result<std::int64_t> LastRow(ForgetWalk::Stage stage) override;
  Result<std::vector<MailId>> MailsAfter(
      MailId after, std::size_t limit,
      const std::function<bool(std::string_view)>& may_have,
      MailId* last) override;
  Result<void> LoadHead(MailId id, Mail* mail) override;
  Result<void> RewriteMail(MailId id, const Mail& mail) override;
  Result<void> DropKept(MailId id) override;
  Result<std::vector<Words>> WordsAfter(const ForgetWalk& walk,
                                        std::size_t limit) override;
  Result<void> RewriteWords(ForgetWalk::Stage stage,
                            const Words& words) override;
  Result<std::size_t> FreePages(std::size_t limit) override;

  // Whether a walk has ended since this was asked last.
  bool TakeEnded() { return std::exchange(has_ended_, false); }

 private:
  // Of a stage with words.
  struct WordStatements {
    SQLite::Statement read;
    SQLite::Statement write;
  };
  WordStatements& WordsOf(ForgetWalk::Stage stage);
  std::vector<Named> AllNamed(SQLite::Statement* statement, std::int64_t after,
                              std::int64_t limit);
  bool IsAbout(std::int64_t mail,
               const std::function<bool(std::string_view)>& may_have);

  SQLite::Database& database_;
  SQLite::Statement is_hashed_;
  SQLite::Statement set_hashed_;
  SQLite::Statement each_forgotten_;
  SQLite::Statement begin_;
  SQLite::Statement begun_;
  SQLite::Statement named_;
  SQLite::Statement end_;
  SQLite::Statement walk_;
  SQLite::Statement set_walk_;
  SQLite::Statement drop_walk_;
  SQLite::Statement mails_;
  SQLite::Statement accounts_;
  SQLite::Statement kept_;
  SQLite::Statement head_;
  SQLite::Statement rewrite_mail_;
  SQLite::Statement drop_kept_;
  SQLite::Statement mark_dropped_;
  std::array<WordStatements, 4> words_;
  bool has_ended_ = false;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_SQLITE_SQLITE_FORGET_TABLES_H_
