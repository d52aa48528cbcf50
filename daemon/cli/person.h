#ifndef POSTBOUNCE_DAEMON_CLI_PERSON_H_
#define POSTBOUNCE_DAEMON_CLI_PERSON_H_

#include <string>

namespace postbounce {

// Who sits at the keyboard, behind sudo(8) too: a user's name. To be asked
// before an asker is opened, which may become another user.
std::string PersonAtKeyboard();

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_PERSON_H_
