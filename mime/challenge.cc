#include "mime/challenge.h"

#include <string>
#include <vector>

#include "mime/bounce_phrases.h"
#include "mime/quoted_reply.h"
#include "mime/text/string_finder.h"

namespace postbounce {
namespace {

// Not "sender verification failed" and the like: these are refusals.
const StringFinder& Phrases() {
  static const StringFinder kPhrases(std::vector<std::string>{
      "requires confirmation",
      "requires sender confirmation",
      "requires your confirmation",
      "requires you to confirm",
      "awaiting confirmation",
      "awaiting your confirmation",
      "waiting for your confirmation",
      "pending your confirmation",
      "confirmation of your message",
      "confirm this mail server",
      "confirm your message",
      "confirm that you sent",
      "confirm that you are",
      "confirm you are",
      "confirm your email to",
      "verify that you are a",
      "verify you are a",
      "prove that you are",
      "prove you are",
      "until you confirm",
      "until you have confirmed",
      "until you verify",
      "one-time verification",
      "one-time confirmation",
      "challenge/response",
      "challenge-response",
      "guest list so your",
      "your address added to the recipient",
      "add yourself to my",
      "add yourself to the recipient",
      "you will be added to my",
      "tmda-confirm",
      "bitte bestätigen sie ihre nachricht",
      "bitte bestätigen sie ihre e-mail",
      "veuillez confirmer votre message",
      "veuillez confirmer l'envoi",
      "confirme el envío",
      "confirme su mensaje",
      "confermare l'invio",
      "подтвердите отправку",
  });
  return kPhrases;
}

}  // namespace

bool AsksForConfirmation(std::string_view text) {
  const std::string folded = FoldCase(text);
  if (!Phrases().FindAll(folded, 1).empty()) return true;
  // In a server's reply these are a refusal.
  if (FindReply(text) != text.npos) return false;
  for (const std::string_view phrase :
       {"until you authenticate", "not pre-approved", "spamarrest.com"}) {
    if (folded.find(phrase) != folded.npos) return true;
  }
  return false;
}

}  // namespace postbounce
