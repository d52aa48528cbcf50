#include "mime/bounce_signs.h"

#include <string>
#include <string_view>

#include "mime/bounce_phrases.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

// The subject without what people put there: "Fwd: Returned mail" and "Re:
// Undeliverable: Offer" are theirs, "RE: Offer : non remis" is Notes's.
std::string_view SystemsSubject(std::string_view folded) {
  std::string_view rest = Trim(folded);
  if (rest.starts_with('[') && rest.find(']') != rest.npos) {
    rest = Trim(rest.substr(rest.find(']') + 1));
  }
  for (const std::string_view prefix :
       {"re", "fw", "fwd", "aw", "wg", "sv", "vs", "tr", "rv", "res", "enc",
        "odp", "ynt", "antw", "antwort", "doorst", "vb", "i", "r"}) {
    if (!rest.starts_with(prefix)) continue;
    const std::string_view behind = Trim(rest.substr(prefix.size()));
    if (!behind.starts_with(':')) continue;
    const std::size_t last = behind.rfind(" : ");
    return last == behind.npos ? std::string_view() : behind.substr(last + 3);
  }
  return folded;
}

// Automatic replies of people's mailboxes have it too.
bool HasNullSender(const Header& header) {
  const std::string path = ToLower(Trim(header.Get("Return-Path")));
  return path == "<>" || Contains(path, "mailer-daemon");
}

}  // namespace

bool IsFromMailSystem(const Header& header) {
  if (header.Has("X-Failed-Recipients")) return true;
  if (header.Has("X-MLServer")) return true;  // fml, a list server
  const std::string from = ToLower(DecodeHeaderText(header.Get("From")));
  if (from.ends_with("<>")) return true;
  for (const std::string_view name :
       {"mailer-daemon", "mailer_daemon", "mail-daemon", "mailerdaemon",
        "mailer daemon", "mdaemon@", "postmaster", "post_master",
        "mail delivery", "mail deliver", "delivery subsystem",
        "delivery system", "mail system", "mailsystem", "mail router",
        "mail administrator", "system administrator", "microsoftexchange",
        "interscan"}) {
    if (Contains(from, name)) return true;
  }
  return false;
}

BounceSigns::BounceSigns(const Header& header)
    : from_system_(IsFromMailSystem(header) || HasNullSender(header)) {
  const std::string folded = FoldCase(DecodeHeaderText(header.Get("Subject")));
  const std::string_view subject = SystemsSubject(folded);
  // Nobody else writes an empty From.
  certain_ = IsBounceSubject(subject) || header.Get("From").ends_with("<>");
  no_subject_ = Trim(folded).empty();
  // What is sent to subscribers is no bounce, whatever it is about.
  const bool is_mailing =
      header.Has("List-Unsubscribe") || header.Has("In-Reply-To");
  may_be_bounce_ = from_system_ || (certain_ && !is_mailing);
  if (!may_be_bounce_) return;
  failed_ = header.Has("X-Failed-Recipients");
  for (const FoundPhrase& phrase : FindPhrases(subject)) {
    if (phrase.kind == PhraseKind::kFailure) failed_ = true;
    if (phrase.kind == PhraseKind::kDelay) delayed_ = true;
  }
}

void BounceSigns::Read(const BounceText& text) {
  using Line = BounceText::Line;
  failed_ = failed_ || text.Has(&Line::failure) ||
            (certain_ && text.Has(&Line::reason));
  delayed_ = delayed_ || text.Has(&Line::delay);
  permanent_ = text.says_permanent;
}

}  // namespace postbounce
