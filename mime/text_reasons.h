#ifndef POSTBOUNCE_MIME_TEXT_REASONS_H_
#define POSTBOUNCE_MIME_TEXT_REASONS_H_

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "mime/bounce_text.h"
#include "mime/delivery_report.h"
#include "mime/recipient_items.h"
#include "mime/transcript.h"

namespace postbounce {

// Why a bounce's text says that its recipients failed. Keeps references to what
// it is given.
class TextReasons {
 public:
  TextReasons(std::string_view text, const BounceText& bounce);

  // Sets the diagnostic and the remote MTA of `recipient` from the lines about
  // it: a reply quoted there, or in a session, or a transcript's remarks; else
  // the lines themselves, or what stands in front of them.
  void FillIn(const RecipientItem& item, ReportedRecipient* recipient) const;

  // The recipients of a session that is quoted.
  const std::vector<SessionRecipient>& session() const { return session_; }

  // The first reply to nobody in particular; empty when there is none.
  std::string AnyReply() const;
  // The same, or else the first words about a failure.
  std::string Anything() const;

 private:
  void ReadSessions();
  const SessionRecipient* SessionOf(const Address& address) const;
  const Mention& BestMention(const RecipientItem& item) const;
  std::string About(const Mention& mention) const;
  std::string SharedReply(const Mention& mention) const;
  std::string Before(std::size_t line) const;

  const std::string_view text_;
  const BounceText& bounce_;
  std::vector<SessionRecipient> session_;
  std::map<std::string, std::size_t> session_of_;  // by AddressKey()
  std::string remarks_;  // of a transcript, about nobody in particular
};

// What two spellings of an address in one mail have in common.
std::string AddressKey(const Address& address);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_TEXT_REASONS_H_
