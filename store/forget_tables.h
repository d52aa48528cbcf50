#ifndef POSTBOUNCE_STORE_FORGET_TABLES_H_
#define POSTBOUNCE_STORE_FORGET_TABLES_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mime/text/digest.h"
#include "mime/text/result.h"
#include "store/event.h"
#include "store/witness.h"

namespace postbounce {

// How far what was forgotten is taken out of what is stored: all tables, one
// after the other. Values are stored.
struct ForgetWalk {
  enum class Stage {
    kMails = 1,
    kLogs = 2,
    kActions = 3,
    kChanges = 4,
    kAlarms = 5,
    kLogNotes = 6,
    kAddresses = 7,
    kPages = 8,  // that are free have what was there before
  };
  Stage stage = Stage::kMails;
  std::int64_t after = 0;  // the last row that is done
  std::int64_t until = 0;  // what has come later knows what is forgotten
};

// What a database must be able to do to forget addresses, as Tables is for the
// rest.
class ForgetTables {
 public:
  virtual ~ForgetTables() = default;

  // No address at all is kept.
  virtual Result<bool> IsHashed() = 0;
  virtual Result<void> SetHashed() = 0;

  virtual Result<void> EachForgotten(
      const std::function<void(const Key128&)>& each) = 0;
  // The address is forgotten; its text is still needed, to be found.
  virtual Result<void> Begin(AddressId address, const std::string& text) = 0;
  struct Named {
    AddressId id{};
    Key128 key{};
    std::string text;
  };
  // Those that have begun.
  virtual Result<std::vector<Named>> Begun() = 0;
  // Any that have a text, without domains.
  virtual Result<std::vector<Named>> NamedAfter(AddressId after,
                                                std::size_t limit) = 0;
  // Puts the pseudonym in place of the text.
  virtual Result<void> End(AddressId address, const std::string& text) = 0;

  virtual Result<std::optional<ForgetWalk>> Walk() = 0;
  virtual Result<void> SetWalk(const std::optional<ForgetWalk>& walk) = 0;
  // The last row that the stage has.
  virtual Result<std::int64_t> LastRow(ForgetWalk::Stage stage) = 0;

  // Of the next `limit` mails those that are about an address which has begun,
  // or of which `may_have` is true of some text. `last`: of all.
  virtual Result<std::vector<MailId>> MailsAfter(
      MailId after, std::size_t limit,
      const std::function<bool(std::string_view)>& may_have, MailId* last) = 0;
  // Adds what Tables::LoadMail() leaves out: digest, sender and subject,
  // whether a person waits for it, as `for_people`.
  virtual Result<void> LoadHead(MailId id, Mail* mail) = 0;
  // All but its witnesses. Nothing is kept of it but for a person.
  virtual Result<void> RewriteMail(MailId id, const Mail& mail) = 0;
  // Nothing is kept of a mail that no person waits for any more.
  virtual Result<void> DropKept(MailId id) = 0;

  // What people and logs have said, at the stages that have such texts.
  struct Words {
    std::int64_t id = 0;
    std::string first;
    std::string second;
  };
  virtual Result<std::vector<Words>> WordsAfter(const ForgetWalk& walk,
                                                std::size_t limit) = 0;
  virtual Result<void> RewriteWords(ForgetWalk::Stage stage,
                                    const Words& words) = 0;

  // Gives some of the free pages back. How many are left.
  virtual Result<std::size_t> FreePages(std::size_t limit) = 0;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_FORGET_TABLES_H_
