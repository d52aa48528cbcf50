#include "mime/mail_signs.h"

#include <string>
#include <string_view>

#include "mime/bounce_phrases.h"
#include "mime/bounce_signs.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

// "AUTO: Joe is out of the office", Notes.
constexpr std::string_view kNotes = "auto";

// What programs put in front of the Subject that they answer.
constexpr std::string_view kSubjects[] = {
    "automatic reply",
    "automatic response",
    "auto reply",
    "auto-reply",
    "autoreply",
    "auto response",
    "auto-response",
    "autoresponse",
    kNotes,
    "out of office",
    "out of the office",
    "out-of-office",
    "vacation reply",
    "automatische antwort",
    "automatisch antwoord",
    "automatische beantwoording",
    "abwesenheitsnotiz",
    "abwesenheitsnachricht",
    "afwezigheidsbericht",
    "réponse automatique",
    "reponse automatique",
    "absence du bureau",
    "respuesta automática",
    "respuesta automatica",
    "fuera de la oficina",
    "resposta automática",
    "risposta automatica",
    "fuori sede",
    "fuori ufficio",
    "autosvar",
    "automatiskt svar",
    "automatisk svar",
    "frånvarande",
    "automaattinen vastaus",
    "automatyczna odpowiedź",
    "odpowiedź automatyczna",
    "autoodpowiedź",
    "automatická odpověď",
    "automatikus válasz",
    "otomatik yanıt",
    "автоответ",
    "автоматический ответ",
    "自動応答",
    "自動返信",
    "不在通知",
    "不在応答",
    "自动答复",
    "自动回复",
    "自動回覆",
    "부재중",
    "자동 회신",
    "자동 응답",
};

// True for what the header of an automatic reply often has, and that of other
// mail too.
bool MayBeAutomatic(const Header& header) {
  const std::string_view precedence = header.Get("Precedence");
  return header.Has("X-Auto-Response-Suppress") ||
         Trim(header.Get("Return-Path")) == "<>" ||
         StartsWithIgnoringCase(precedence, "bulk") ||
         StartsWithIgnoringCase(precedence, "junk");
}

// "Automatic reply: Offer", "[Out of Office] Offer". People write "Out of
// office next week" and "Re: Automatic reply: Offer".
bool HasAutoReplySubject(const Header& header) {
  const std::string folded = FoldCase(DecodeHeaderText(header.Get("Subject")));
  std::string_view subject = folded;
  while (!subject.empty() && (IsBlank(subject.front()) ||
                              std::string_view("[(*").find(subject.front()) !=
                                  std::string_view::npos)) {
    subject.remove_prefix(1);
  }
  bool begins_so = false;
  for (const std::string_view sign : kSubjects) {
    if (!subject.starts_with(sign)) continue;
    const std::string_view next = subject.substr(sign.size());
    for (const std::string_view mark :
         {":", " :", "\xC2\xA0:", "\xEF\xBC\x9A", "]", ")", "*",
          " autoreply:", " reply:"}) {
      if (next.starts_with(mark)) return true;
    }
    begins_so = begins_so || sign != kNotes;
  }
  return begins_so && MayBeAutomatic(header);
}

bool IsMarked(const Header& header) {
  const std::string_view submitted = header.Get("Auto-Submitted");
  if (StartsWithIgnoringCase(submitted, "auto-replied") ||
      StartsWithIgnoringCase(submitted, "auto-generated")) {
    return true;
  }
  for (const std::string_view precedence : {"auto_reply", "auto-reply"}) {
    if (StartsWithIgnoringCase(header.Get("Precedence"), precedence)) {
      return true;
    }
  }
  for (const std::string_view name : {"X-Autoreply", "X-Autorespond",
                                      "X-Autoreply-From", "X-Mail-Autoreply"}) {
    if (header.Has(name)) return true;
  }
  return false;
}

}  // namespace

bool IsAutoReply(const Header& header) {
  // Exim, Postfix and others mark their bounces as auto-replied too. One that
  // is no readable report is for people to look at, not a reply to forget.
  if (IsFromMailSystem(header)) return false;
  return IsMarked(header) || HasAutoReplySubject(header);
}

}  // namespace postbounce
