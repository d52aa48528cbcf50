#ifndef POSTBOUNCE_MIME_CHALLENGE_H_
#define POSTBOUNCE_MIME_CHALLENGE_H_

#include <string_view>

namespace postbounce {

// True for words that ask the sender to confirm a message before the recipient
// gets it: challenge/response filters such as Boxbe, TMDA and Spam Arrest. Some
// of them speak through the reply of a server or write reports. Linear.
bool AsksForConfirmation(std::string_view text);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_CHALLENGE_H_
